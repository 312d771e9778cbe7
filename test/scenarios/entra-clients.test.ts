/**
 * Goal: real, unmodified identity clients get tokens from the token service over TLS, in each way of setting
 * them up: custom authority, environment with the tenant adfs, and DNS that leads Microsoft's host here.
 *
 * The last way is shown without root: connections to port 443 of login.microsoftonline.com are led to the
 * server's port, as a hosts file and a forwarded port would.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash, generateKeyPairSync, type KeyObject, type webcrypto } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { promisify } from "node:util";
import "reflect-metadata";
import {
  ClientCertificateCredential,
  ClientSecretCredential,
  EnvironmentCredential,
  type TokenCredential,
} from "@azure/identity";
import { ConfidentialClientApplication, type Configuration } from "@azure/msal-node";
import {
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import fastify, { type FastifyInstance } from "fastify";
import { registerTokenRoutes } from "../../src/http/token-routes.ts";
import type { Principal } from "../../src/token/index.ts";
import {
  APP_ID,
  CLIENT_SECRET,
  type ClientCertificate,
  makeClientCertificate,
  OBJECT_ID,
  openRealm,
  type Realm,
  TENANT_ID,
} from "../support/realm.ts";

const SCOPE = "https://management.azure.com/.default";
const MICROSOFT_HOST = "login.microsoftonline.com";
const run = promisify(execFile);

interface Site {
  readonly realm: Realm;
  readonly port: number;
  readonly caFile: string;
  readonly client: ClientCertificate;
  readonly clientFile: string;
  readonly requests: string[];
}

describe("real identity clients", () => {
  let site: Site;
  let app: FastifyInstance;
  const directory = mkdtempSync(join(tmpdir(), "stixgate-clients-"));
  const trusted = getCACertificates("default");
  const connect = Socket.prototype.connect;
  const cleanups: (() => Promise<void>)[] = [];

  before(async () => {
    const tls = await makeServerCertificate();
    const caFile = join(directory, "ca.pem");
    writeFileSync(caFile, tls.ca);
    setDefaultCACertificates([...trusted, tls.ca]);
    let port = 0;
    const afterwards = { after: (work: () => Promise<void>) => cleanups.push(work) };
    const realm = await openRealm(afterwards, {
      now: new Date(),
      options: { canonicalUrl: () => `https://127.0.0.1:${port}` },
    });
    const client = await makeClientCertificate();
    await realm.directory.addCertificate(APP_ID, { certificate: client.pem });
    const clientFile = join(directory, "client.pem");
    writeFileSync(clientFile, client.privateKeyPem + client.pem);
    const requests: string[] = [];
    app = fastify({ https: { key: tls.key, cert: tls.certificate } }) as unknown as FastifyInstance;
    app.addHook("onRequest", async (request) => {
      requests.push(`${request.method} ${request.headers.host} ${request.url.split("?", 1)[0]}`);
    });
    registerTokenRoutes(app, {
      tokens: realm.service,
      metadata: realm.metadata,
      origins: realm.options,
      clock: () => new Date(),
    });
    await app.listen({ host: "127.0.0.1", port: 0 });
    port = (app.server.address() as AddressInfo).port;
    site = { realm, port, caFile, client, clientFile, requests };
  });

  after(async () => {
    Socket.prototype.connect = connect;
    setDefaultCACertificates(trusted);
    await app.close();
    await Promise.all(cleanups.map((work) => work()));
    rmSync(directory, { recursive: true });
  });

  /** The principal that the API would see. */
  async function verify(token: string | undefined): Promise<void> {
    const principal = await site.realm.verifier.verifyAuthorization(`Bearer ${token}`);
    const wanted: Principal = {
      tenantId: TENANT_ID,
      objectId: OBJECT_ID,
      appId: APP_ID,
      kind: "application",
      tokenVersion: "1.0",
      issuer: "builtin",
    };
    assert.deepEqual(principal, wanted);
  }

  /** The ways in which msal-node may prove that it is the application. */
  function msalCredentials(): Readonly<Record<string, Partial<Configuration["auth"]>>> {
    const { client } = site;
    const privateKey = client.privateKeyPem;
    const thumbprint = createHash("sha1").update(client.der).digest("hex");
    const thumbprintSha256 = createHash("sha256").update(client.der).digest("hex");
    return {
      secret: { clientSecret: CLIENT_SECRET },
      "certificate by SHA-1": { clientCertificate: { thumbprint, privateKey } },
      "certificate by SHA-256": { clientCertificate: { thumbprintSha256, privateKey } },
      "certificate with its chain": {
        clientCertificate: { thumbprintSha256, privateKey, x5c: client.pem },
      },
    };
  }

  async function msalToken(auth: Omit<Configuration["auth"], "clientId">): Promise<string> {
    const application = new ConfidentialClientApplication({ auth: { clientId: APP_ID, ...auth } });
    const result = await application.acquireTokenByClientCredential({ scopes: [SCOPE] });
    assert.ok(result);
    return result.accessToken;
  }

  test("msal-node with a custom authority, by id and by domain, on two host names", async () => {
    for (const host of [`127.0.0.1:${site.port}`, `localhost:${site.port}`]) {
      for (const tenant of [TENANT_ID, "contoso.onmicrosoft.com"]) {
        for (const [name, credential] of Object.entries(msalCredentials())) {
          const authority = `https://${host}/${tenant}`;
          const token = await msalToken({ ...credential, authority, knownAuthorities: [host] });
          await verify(token).catch((error: unknown) => assert.fail(`${name}: ${error}`));
        }
      }
    }
  });

  test("msal-node takes a token from its cache the second time", async () => {
    const host = `127.0.0.1:${site.port}`;
    const application = new ConfidentialClientApplication({
      auth: {
        clientId: APP_ID,
        clientSecret: CLIENT_SECRET,
        authority: `https://${host}/${TENANT_ID}`,
        knownAuthorities: [host],
      },
    });
    const first = await application.acquireTokenByClientCredential({ scopes: [SCOPE] });
    const second = await application.acquireTokenByClientCredential({ scopes: [SCOPE] });
    assert.deepEqual([first?.fromCache, second?.fromCache], [false, true]);
    assert.equal(second?.accessToken, first?.accessToken);
  });

  test("@azure/identity with a custom authority: secret, certificate, chain, CAE", async () => {
    const options = {
      authorityHost: `https://127.0.0.1:${site.port}`,
      disableInstanceDiscovery: true,
    };
    const certificatePath = site.clientFile;
    const credentials: readonly TokenCredential[] = [
      new ClientSecretCredential(TENANT_ID, APP_ID, CLIENT_SECRET, options),
      new ClientSecretCredential("contoso.example", APP_ID, CLIENT_SECRET, options),
      new ClientCertificateCredential(TENANT_ID, APP_ID, certificatePath, options),
      new ClientCertificateCredential(
        TENANT_ID,
        APP_ID,
        { certificatePath },
        { ...options, sendCertificateChain: true },
      ),
    ];
    for (const credential of credentials) {
      await verify((await credential.getToken(SCOPE))?.token);
      await verify((await credential.getToken(SCOPE, { enableCae: true }))?.token);
    }
  });

  test("@azure/identity by environment alone, with the tenant adfs", async () => {
    const { port } = site;
    const common = {
      AZURE_AUTHORITY_HOST: `https://127.0.0.1:${port}`,
      AZURE_TENANT_ID: "adfs",
      AZURE_CLIENT_ID: APP_ID,
    };
    const variants = [
      { ...common, AZURE_CLIENT_SECRET: CLIENT_SECRET },
      { ...common, AZURE_CLIENT_CERTIFICATE_PATH: site.clientFile },
    ];
    for (const environment of variants) {
      site.requests.length = 0;
      Object.assign(process.env, environment);
      try {
        await verify((await new EnvironmentCredential().getToken(SCOPE)).token);
      } finally {
        for (const name of Object.keys(environment)) {
          delete process.env[name];
        }
      }
      assert.deepEqual(site.requests, [
        `GET 127.0.0.1:${port} /adfs/.well-known/openid-configuration`,
        `POST 127.0.0.1:${port} /adfs/oauth2/token`,
      ]);
    }
  });

  test("curl: v2, v1, HTTP Basic, adfs", async () => {
    const base = `https://127.0.0.1:${site.port}`;
    const client = [
      "-d",
      `client_id=${APP_ID}`,
      "--data-urlencode",
      `client_secret=${CLIENT_SECRET}`,
    ];
    const calls: readonly (readonly string[])[] = [
      [`${base}/${TENANT_ID}/oauth2/v2.0/token`, ...client, "-d", `scope=${SCOPE}`],
      [
        `${base}/contoso.example/oauth2/token`,
        ...client,
        "-d",
        "resource=https://management.azure.com",
      ],
      [
        `${base}/${TENANT_ID}/oauth2/v2.0/token`,
        "-u",
        `${APP_ID}:${CLIENT_SECRET}`,
        "-d",
        `scope=${SCOPE}`,
      ],
      [`${base}/adfs/oauth2/token`, ...client, "-d", `scope=${SCOPE}`],
    ];
    for (const call of calls) {
      const { access_token } = await curl(site, [...call, "-d", "grant_type=client_credentials"]);
      await verify(access_token);
    }
  });

  test("clients report refusals by Entra's codes", async () => {
    const host = `127.0.0.1:${site.port}`;
    const auth = { authority: `https://${host}/${TENANT_ID}`, knownAuthorities: [host] };
    await assert.rejects(msalToken({ ...auth, clientSecret: "wrong" }), {
      errorCode: "invalid_client",
      errorNo: 7000215,
      status: 401,
    });
    const elsewhere = { ...auth, authority: `https://${host}/fabrikam.example` };
    await assert.rejects(msalToken({ ...elsewhere, clientSecret: CLIENT_SECRET }), {
      errorCode: "endpoints_resolution_error",
    });
    const credential = new ClientSecretCredential(TENANT_ID, APP_ID, "wrong", {
      authorityHost: `https://${host}`,
      disableInstanceDiscovery: true,
    });
    await assert.rejects(Promise.resolve(credential.getToken(SCOPE)), /AADSTS7000215/);
  });

  test("curl believes it talks to Microsoft when DNS leads here", async () => {
    const { access_token } = await curl(site, [
      `https://${MICROSOFT_HOST}/${TENANT_ID}/oauth2/v2.0/token`,
      "--connect-to",
      `${MICROSOFT_HOST}:443:127.0.0.1:${site.port}`,
      ...["-d", "grant_type=client_credentials", "-d", `client_id=${APP_ID}`],
      ...["-d", `client_secret=${CLIENT_SECRET}`, "-d", `scope=${SCOPE}`],
    ]);
    await verify(access_token);
  });

  test("clients without any setting get tokens when DNS leads Microsoft's host here", async () => {
    leadMicrosoftHere(site.port);
    for (const [name, credential] of Object.entries(msalCredentials())) {
      const authority = `https://${MICROSOFT_HOST}/${TENANT_ID}`;
      const token = await msalToken({ ...credential, authority });
      await verify(token).catch((error: unknown) => assert.fail(`${name}: ${error}`));
    }
    const credentials: readonly TokenCredential[] = [
      new ClientSecretCredential("contoso.onmicrosoft.com", APP_ID, CLIENT_SECRET),
      new ClientCertificateCredential(TENANT_ID, APP_ID, site.clientFile),
    ];
    for (const credential of credentials) {
      await verify((await credential.getToken(SCOPE))?.token);
    }
  });

  test("instance discovery at Microsoft's host vouches for this server's own name", async () => {
    leadMicrosoftHere(site.port);
    site.requests.length = 0;
    const authority = `https://localhost:${site.port}/${TENANT_ID}`;
    await verify(await msalToken({ authority, clientSecret: CLIENT_SECRET }));
    assert.ok(site.requests.includes(`GET ${MICROSOFT_HOST} /common/discovery/instance`));
  });

  /** Does what a line in the hosts file and a forwarded port would do. */
  function leadMicrosoftHere(port: number): void {
    Socket.prototype.connect = function led(this: Socket, ...args: unknown[]): Socket {
      const [first] = args;
      const options = (Array.isArray(first) ? first[0] : first) as { host?: string; port?: number };
      if (options.host === MICROSOFT_HOST) {
        Object.assign(options, { host: "127.0.0.1", port });
      }
      return Reflect.apply(connect, this, args) as Socket;
    } as typeof connect;
  }
});

async function curl(site: Site, args: readonly string[]): Promise<{ access_token: string }> {
  const { stdout } = await run("curl", [
    "-sS",
    "--fail-with-body",
    "--cacert",
    site.caFile,
    ...args,
  ]);
  return JSON.parse(stdout);
}

/** A CA and a certificate for loopback and for Microsoft's host. */
async function makeServerCertificate(): Promise<{ ca: string; certificate: string; key: string }> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const caKeys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const signingAlgorithm = { name: "ECDSA", hash: "SHA-256" };
  const importKey = (key: KeyObject, usage: "sign" | "verify"): webcrypto.CryptoKey =>
    key.toCryptoKey(algorithm, true, [usage]);
  const times = {
    notBefore: new Date(Date.now() - 3_600_000),
    notAfter: new Date(Date.now() + 86_400_000),
  };
  const ca = await X509CertificateGenerator.createSelfSigned({
    ...times,
    name: "CN=stixgate test CA",
    signingAlgorithm,
    keys: {
      publicKey: importKey(caKeys.publicKey, "verify"),
      privateKey: importKey(caKeys.privateKey, "sign"),
    },
    extensions: [new BasicConstraintsExtension(true, 0, true)],
  });
  const leaf = await X509CertificateGenerator.create({
    ...times,
    subject: "CN=localhost",
    issuer: ca.subject,
    signingAlgorithm,
    publicKey: importKey(keys.publicKey, "verify"),
    signingKey: importKey(caKeys.privateKey, "sign"),
    extensions: [
      new SubjectAlternativeNameExtension([
        { type: "dns", value: "localhost" },
        { type: "dns", value: MICROSOFT_HOST },
        { type: "ip", value: "127.0.0.1" },
      ]),
    ],
  });
  return {
    ca: ca.toString("pem"),
    certificate: leaf.toString("pem"),
    key: keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}
