/**
 * Goal: programs that know nothing of us accept the local CA and its certificate (curl, OpenSSL in strict
 * mode), and processes that start together on a new directory end up with one CA.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { openDataDirectory } from "../../src/app/data-directory.ts";
import { openTls, type Tls } from "../../src/app/tls/open-tls.ts";

const run = promisify(execFile);
const PROCESSES = 4;

const OPEN_AND_PRINT = `
  import { openDataDirectory } from ${JSON.stringify(new URL("../../src/app/data-directory.ts", import.meta.url).href)};
  import { openTls } from ${JSON.stringify(new URL("../../src/app/tls/open-tls.ts", import.meta.url).href)};
  const dataDirectory = await openDataDirectory(process.argv[1]);
  const tls = await openTls({ dataDirectory, names: [], takeover: false, now: () => new Date() });
  console.log(JSON.stringify({ ca: tls.caPem, cert: tls.secureContext().cert }));
`;

async function isInstalled(program: string, versionFlag: string): Promise<boolean> {
  return await run(program, [versionFlag]).then(
    () => true,
    () => false,
  );
}

const withoutCurl = (await isInstalled("curl", "--version")) ? false : "curl is not installed";
const withoutOpenssl = (await isInstalled("openssl", "version"))
  ? false
  : "openssl is not installed";

describe("TLS with strangers", () => {
  let root = "";
  let tls: Tls;
  let server: Server;
  let port = 0;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), "stixgate-tls-"));
    tls = await openTls({
      dataDirectory: await openDataDirectory(join(root, "data")),
      names: ["ti.example.org", "10.0.0.5"],
      takeover: true,
      now: () => new Date(),
    });
    server = createServer(tls.secureContext(), (_request, response) => response.end("hello"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    port = (server.address() as AddressInfo).port;
  });
  after(async () => {
    tls.close();
    server.close();
    await once(server, "close");
    await rm(root, { recursive: true });
  });

  test("processes that start together make one CA", async () => {
    const directory = join(root, "race");
    const outputs = await Promise.all(
      Array.from({ length: PROCESSES }, () =>
        run(process.execPath, ["--input-type=module", "-e", OPEN_AND_PRINT, directory]),
      ),
    );
    const opened = outputs.map(({ stdout }) => JSON.parse(stdout) as { ca: string; cert: string });
    assert.equal(new Set(opened.map(({ ca }) => ca)).size, 1);
    for (const { ca, cert } of opened) {
      assert.ok(new X509Certificate(cert).verify(new X509Certificate(ca).publicKey));
    }
    assert.deepEqual((await readdir(directory)).sort(), [
      "ca.pem",
      "ca.sealed.json",
      "master.key",
      "server.sealed.json",
    ]);
  });

  async function curl(host: string, ...flags: string[]): Promise<string> {
    const caFile = join(root, "data/ca.pem");
    const common = ["--silent", "--show-error", "--noproxy", "*", "--cacert", caFile];
    const resolved = ["--resolve", `${host}:${port}:127.0.0.1`];
    const { stdout } = await run("curl", [
      ...common,
      ...resolved,
      ...flags,
      `https://${host}:${port}/`,
    ]);
    return stdout;
  }

  for (const host of ["localhost", "127.0.0.1", "ti.example.org", "login.microsoftonline.com"]) {
    test(`curl --cacert reaches ${host}`, { skip: withoutCurl }, async () => {
      assert.equal(await curl(host), "hello");
    });
  }

  test("curl refuses another name", { skip: withoutCurl }, async () => {
    await assert.rejects(curl("graph.microsoft.com"), { code: 60 });
  });

  test("OpenSSL verifies the chain by the letter of RFC 5280", {
    skip: withoutOpenssl,
  }, async () => {
    const leafFile = join(root, "leaf.pem");
    await writeFile(leafFile, tls.secureContext().cert);
    const verify = (...flags: string[]): Promise<{ stdout: string }> =>
      run("openssl", [
        "verify",
        "-x509_strict",
        "-purpose",
        "sslserver",
        "-CAfile",
        join(root, "data/ca.pem"),
        ...flags,
        leafFile,
      ]);
    for (const flags of [
      ["-verify_hostname", "api.ti.sentinel.azure.com"],
      ["-verify_ip", "10.0.0.5"],
      ["-verify_ip", "::1"],
    ]) {
      assert.match((await verify(...flags)).stdout, /leaf\.pem: OK/);
    }
    await assert.rejects(verify("-verify_hostname", "graph.microsoft.com"), { code: 2 });
    await assert.rejects(verify("-purpose", "sslclient"), { code: 2 });
  });
});
