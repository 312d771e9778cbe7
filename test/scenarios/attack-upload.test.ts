/**
 * Goal: unmodified Azure clients, by secret and by certificate, upload a real ATT&CK bundle through TLS:
 * every STIX-defined object is stored, every custom one rejected with a reason, and the receipts count what
 * the file holds.
 */
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { promisify } from "node:util";
import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  type Pipeline,
} from "@azure/core-rest-pipeline";
import {
  ClientCertificateCredential,
  ClientSecretCredential,
  type TokenCredential,
} from "@azure/identity";
import { ConfidentialClientApplication } from "@azure/msal-node";
import type { Receipt } from "../../src/wire/index.ts";
import {
  mainFile,
  projectRoot,
  type RunningServer,
  startServer,
  temporaryDirectory,
  uploadPath,
} from "./running-server.ts";

const BUNDLE = join(projectRoot, "../shared/data/ics-attack-17.1.json");
const SCOPE = "https://management.azure.com/.default";

interface StixObject {
  readonly id: string;
  readonly type: string;
}

const missing = existsSync(BUNDLE) ? false : "the ATT&CK bundle is not beside this project";
const noOpenssl = opensslIsMissing();

describe("uploading an ATT&CK bundle", { skip: missing || noOpenssl }, () => {
  let server: RunningServer;
  let objects: readonly StixObject[];
  let pem: string;
  const directory = temporaryDirectory();

  before(async () => {
    server = await startServer({ args: ["--set", "throttle.mode=off"] });
    objects = (JSON.parse(readFileSync(BUNDLE, "utf8")) as { objects: StixObject[] }).objects;
    setDefaultCACertificates([...getCACertificates("default"), server.ca]);
    pem = makeCertificate(directory.path);
    const run = promisify(execFile);
    await run(process.execPath, [
      ...[mainFile, "app", "cert", "add", "quickstart", join(directory.path, "cert.pem")],
      ...["--data-dir", server.ready.dataDir],
    ]);
  });
  after(async () => {
    directory.remove();
    assert.equal(await server.stop(), 0);
  });

  const credentials: readonly (readonly [string, () => TokenCredential])[] = [
    [
      "@azure/identity by secret",
      () =>
        new ClientSecretCredential(
          server.ready.tenantId,
          server.ready.clientId,
          server.ready.clientSecret,
          identityOptions(server),
        ),
    ],
    [
      "@azure/identity by certificate",
      () =>
        new ClientCertificateCredential(
          server.ready.tenantId,
          server.ready.clientId,
          { certificate: pem },
          identityOptions(server),
        ),
    ],
    [
      "msal-node by secret",
      () => msalCredential(server, { clientSecret: server.ready.clientSecret }),
    ],
    [
      "msal-node by certificate",
      () =>
        msalCredential(server, {
          clientCertificate: { privateKey: pem, thumbprintSha256: thumbprint(pem) },
        }),
    ],
  ];

  for (const [name, makeCredential] of credentials) {
    test(name, async () => {
      const pipeline = createEmptyPipeline();
      pipeline.addPolicy(
        bearerTokenAuthenticationPolicy({ credential: makeCredential(), scopes: SCOPE }),
      );
      const receipts = await uploadAll(server, pipeline, objects, `ATT&CK ${name}`);
      const custom = objects.filter((object) => object.type.startsWith("x-"));
      const sum = (pick: (receipt: Receipt) => number): number =>
        receipts.reduce((total, receipt) => total + pick(receipt), 0);
      assert.equal(
        sum((receipt) => receipt.counts.received),
        objects.length,
      );
      assert.equal(
        sum((receipt) => receipt.counts.rejected),
        custom.length,
      );
      assert.equal(
        sum((receipt) => receipt.counts.accepted),
        objects.length - custom.length,
      );
      const rejected = receipts.flatMap((receipt) => receipt.rejections);
      assert.deepEqual(
        rejected.map(({ stixId }) => stixId).sort(),
        custom.map(({ id }) => id).sort(),
      );
      for (const { errors } of rejected) {
        assert.deepEqual(
          errors.map(({ rule, path }) => [rule, path]),
          [["type.supported", "type"]],
        );
      }
    });
  }
});

/** Uploads in batches of 100 and gives the receipts, read back when they are indexed. */
async function uploadAll(
  server: RunningServer,
  pipeline: Pipeline,
  objects: readonly StixObject[],
  source: string,
): Promise<Receipt[]> {
  const client = createDefaultHttpClient();
  const receipts: Receipt[] = [];
  for (let start = 0; start < objects.length; start += 100) {
    const upload = createPipelineRequest({
      url: server.ready.https + uploadPath(server.ready.workspaceId),
      method: "POST",
      headers: createHttpHeaders({ "content-type": "application/json" }),
      body: JSON.stringify({
        sourcesystem: source,
        stixobjects: objects.slice(start, start + 100),
      }),
    });
    const answer = await pipeline.sendRequest(client, upload);
    assert.equal(answer.status, 200, answer.bodyAsText ?? "");
    const requestId = answer.headers.get("x-ms-request-id");
    const read = createPipelineRequest({
      url: `${server.ready.https}/api/v1/workspaces/${server.ready.workspaceId}/requests/${requestId}`,
    });
    receipts.push(
      JSON.parse((await pipeline.sendRequest(client, read)).bodyAsText ?? "") as Receipt,
    );
  }
  return receipts;
}

function identityOptions(server: RunningServer): {
  authorityHost: string;
  disableInstanceDiscovery: boolean;
} {
  return { authorityHost: server.ready.https, disableInstanceDiscovery: true };
}

type MsalAuth = ConstructorParameters<typeof ConfidentialClientApplication>[0]["auth"];

function msalCredential(server: RunningServer, secret: Partial<MsalAuth>): TokenCredential {
  const app = new ConfidentialClientApplication({
    auth: {
      clientId: server.ready.clientId,
      authority: `${server.ready.https}/${server.ready.tenantId}`,
      knownAuthorities: [new URL(server.ready.https).host],
      ...secret,
    },
  });
  return {
    async getToken() {
      const result = await app.acquireTokenByClientCredential({ scopes: [SCOPE] });
      assert.ok(result !== null);
      return { token: result.accessToken, expiresOnTimestamp: result.expiresOn?.getTime() ?? 0 };
    },
  };
}

/** Makes a certificate as an administrator would, and gives it with its key in one PEM. */
function makeCertificate(directory: string): string {
  const key = join(directory, "key.pem");
  const certificate = join(directory, "cert.pem");
  execFileSync(
    "openssl",
    [
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-days",
      "30",
      "-subj",
      "/CN=connector",
      "-keyout",
      key,
      "-out",
      certificate,
    ],
    { stdio: "ignore" },
  );
  const pem = readFileSync(key, "utf8") + readFileSync(certificate, "utf8");
  writeFileSync(join(directory, "both.pem"), pem);
  return pem;
}

function thumbprint(pem: string): string {
  return createHash("sha256").update(new X509Certificate(pem).raw).digest("hex");
}

function opensslIsMissing(): string | false {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return false;
  } catch {
    return "openssl is not installed";
  }
}
