/**
 * Goal: a client that trusts the CA reaches the server by each of its names and by no other; the identity
 * outlives restarts, is renewed when and only when it has to be, and damaged or foreign files are refused
 * with a sentence that says what to do.
 */
import assert from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { connect } from "node:tls";
import { AppError } from "../../wire/index.ts";
import { type DataDirectory, openDataDirectory } from "../data-directory.ts";
import { openTls, type Tls, type TlsOptions } from "./open-tls.ts";

const DAY_MS = 86_400_000;
const START = new Date("2026-11-22T12:00:00Z");

describe("TLS identity", () => {
  let root = "";
  const opened: Tls[] = [];
  before(async () => {
    root = await mkdtemp(join(tmpdir(), "stixgate-tls-"));
  });
  after(async () => {
    for (const tls of opened) {
      tls.close();
    }
    await rm(root, { recursive: true });
  });

  async function open(name: string, options: Partial<TlsOptions> = {}): Promise<Tls> {
    const tls = await openTls({
      dataDirectory: await openDataDirectory(join(root, name)),
      names: [],
      takeover: false,
      machine: "box",
      now: () => START,
      ...options,
    });
    opened.push(tls);
    return tls;
  }

  function leafOf(tls: Tls): X509Certificate {
    return new X509Certificate(tls.secureContext().cert);
  }

  async function refused(work: Promise<unknown>, message: RegExp): Promise<void> {
    await assert.rejects(work, (error: unknown) => {
      assert.ok(error instanceof AppError, String(error));
      assert.equal(error.code, "settings_invalid");
      assert.match(error.message, message);
      return true;
    });
  }

  test("the CA may sign servers and nothing else", async () => {
    const tls = await open("ca");
    const ca = new X509Certificate(tls.caPem ?? "");
    assert.match(ca.subject, /^CN=Stixgate local CA [0-9a-f]{6}$/);
    assert.equal(ca.ca, true);
    assert.equal(ca.checkIssued(ca), true);
    assert.equal(ca.validToDate.toISOString(), "2036-11-22T11:00:00.000Z");
    assert.equal(ca.publicKey.asymmetricKeyDetails?.namedCurve, "prime256v1");
    const { x509, flags } = await extensionsOf(tls.caPem ?? "");
    assert.equal(x509.BasicConstraints?.pathLength, 0);
    assert.equal(flags, "keyCertSign,cRLSign");
  });

  test("the server's certificate lasts 397 days, for servers only, under the CA", async () => {
    const tls = await open("leaf");
    const ca = new X509Certificate(tls.caPem ?? "");
    const leaf = leafOf(tls);
    assert.equal(leaf.checkIssued(ca), true);
    assert.equal(leaf.verify(ca.publicKey), true);
    assert.equal(leaf.ca, false);
    assert.deepEqual(leaf.keyUsage, ["1.3.6.1.5.5.7.3.1"]);
    assert.equal(leaf.validFromDate.toISOString(), "2026-11-22T11:00:00.000Z");
    assert.equal(leaf.validToDate.toISOString(), "2027-12-24T11:00:00.000Z");
    assert.equal(
      leaf.subjectAltName,
      "DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, DNS:box",
    );
    assert.equal(leaf.checkPrivateKey(createPrivateKey(tls.secureContext().key)), true);
  });

  test("private keys are on disk only encrypted, and only for the owner", async () => {
    const tls = await open("sealed");
    const path = join(root, "sealed");
    assert.deepEqual((await readdir(path)).sort(), [
      "ca.pem",
      "ca.sealed.json",
      "master.key",
      "server.sealed.json",
    ]);
    const key = createPrivateKey(tls.secureContext().key).export({ type: "pkcs8", format: "der" });
    const secretPart = key.subarray(36, 68);
    for (const file of await readdir(path)) {
      const bytes = await readFile(join(path, file));
      assert.equal(bytes.includes(secretPart), false, file);
      assert.equal(bytes.includes("PRIVATE KEY"), false, file);
    }
    assert.equal(await readFile(join(path, "ca.pem"), "utf8"), tls.caPem);
    if (process.platform !== "win32") {
      assert.equal((await stat(join(path, "ca.sealed.json"))).mode & 0o777, 0o600);
      assert.equal((await stat(join(path, "server.sealed.json"))).mode & 0o777, 0o600);
      assert.equal((await stat(join(path, "ca.pem"))).mode & 0o777, 0o644);
    }
  });

  test("many openers of a new directory agree on one CA", async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => open("race")));
    assert.equal(new Set(all.map((tls) => tls.caPem)).size, 1);
    const ca = new X509Certificate(all[0]?.caPem ?? "");
    assert.ok(all.every((tls) => leafOf(tls).verify(ca.publicKey)));
    const names = (await readdir(join(root, "race"))).filter((name) => name.endsWith(".tmp"));
    assert.deepEqual(names, []);
  });

  test("a restart keeps CA and certificate, and mends the published copy of the CA", async () => {
    const first = await open("restart");
    await writeFile(join(root, "restart/ca.pem"), "damaged");
    const second = await open("restart", { now: () => new Date(START.getTime() + 300 * DAY_MS) });
    assert.equal(second.caPem, first.caPem);
    assert.deepEqual(second.secureContext(), first.secureContext());
    assert.equal(await readFile(join(root, "restart/ca.pem"), "utf8"), first.caPem);
  });

  const RENEWALS: readonly (readonly [
    why: string,
    change: Partial<TlsOptions>,
    renewed: boolean,
  ])[] = [
    ["367 days later", { now: () => new Date(START.getTime() + 367 * DAY_MS) }, true],
    ["366 days later", { now: () => new Date(START.getTime() + 366 * DAY_MS) }, false],
    ["after its end", { now: () => new Date(START.getTime() + 500 * DAY_MS) }, true],
    ["with the clock set back a year", { now: () => new Date("2025-11-22T12:00:00Z") }, true],
    ["with another name", { names: ["ti.example.org"] }, true],
    ["with a name it has already", { names: ["Box", "127.0.0.1"] }, false],
    ["with takeover", { takeover: true }, true],
    ["with nothing changed", {}, false],
  ];
  for (const [why, change, renewed] of RENEWALS) {
    test(`${why} the certificate is ${renewed ? "renewed" : "kept"}`, async () => {
      const directory = `renewal ${why}`;
      const first = await open(directory);
      const second = await open(directory, change);
      assert.equal(second.caPem, first.caPem);
      assert.equal(leafOf(second).fingerprint256 !== leafOf(first).fingerprint256, renewed);
      const third = await open(directory, change);
      assert.deepEqual(third.secureContext(), second.secureContext());
    });
  }

  test("another CA or a damaged file means another certificate", async () => {
    const first = await open("replaced");
    const path = join(root, "replaced");
    await rm(join(path, "ca.sealed.json"));
    const second = await open("replaced");
    assert.notEqual(second.caPem, first.caPem);
    assert.ok(leafOf(second).verify(new X509Certificate(second.caPem ?? "").publicKey));
    await writeFile(join(path, "server.sealed.json"), "{");
    const third = await open("replaced");
    assert.notDeepEqual(third.secureContext(), second.secureContext());
    assert.equal(third.caPem, second.caPem);
  });

  test("near the CA's end the certificate ends with it, is kept, and a warning says so", async () => {
    await open("aged");
    const warnings: string[] = [];
    const late = {
      now: () => new Date(START.getTime() + 3_630 * DAY_MS),
      warn: (message: string) => warnings.push(message),
    };
    const tls = await open("aged", late);
    assert.equal(leafOf(tls).validTo, new X509Certificate(tls.caPem ?? "").validTo);
    assert.deepEqual((await open("aged", late)).secureContext(), tls.secureContext());
    assert.match(warnings[0] ?? "", /^The local CA ends in 22 days, at 2036-11-22T11:00:00.000Z/);
    await refused(
      open("aged", { now: () => new Date(START.getTime() + 3_653 * DAY_MS) }),
      /^The local CA in .*ca\.sealed\.json expired at 2036-11-22T11:00:00.000Z. Delete the file/,
    );
  });

  test("a CA that can't be opened stops the start with advice", async () => {
    await open("one");
    await open("other");
    const sealed = join(root, "one/ca.sealed.json");
    await copyFile(join(root, "other/ca.sealed.json"), sealed);
    await refused(open("one"), /can't be decrypted with this directory's master\.key\. Restore it/);
    for (const text of [
      "",
      "{}",
      "[]",
      "null",
      '{"version":1}',
      '{"version":1,"names":[],"certificate":"x","sealedKey":""}',
    ]) {
      await writeFile(sealed, text);
      await refused(
        open("one"),
        /ca\.sealed\.json is damaged\. Restore it together with master\.key/,
      );
    }
    const file = JSON.parse(await readFile(join(root, "other/ca.sealed.json"), "utf8"));
    await writeFile(sealed, JSON.stringify({ ...file, sealedKey: "AAAA" }));
    await refused(open("one"), /can't be decrypted/);
  });

  describe("on a socket", () => {
    let server: Server;
    let tls: Tls;
    let clock = START.getTime();
    before(async () => {
      clock = Date.now();
      tls = await open("socket", {
        names: ["ti.example.org", "*.wild.example"],
        takeover: true,
        now: () => new Date(clock),
      });
      server = createServer(tls.secureContext(), (_request, response) => response.end("ok"));
      tls.onRenewal(() => server.setSecureContext(tls.secureContext()));
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
    });
    after(async () => {
      server.close();
      await once(server, "close");
    });

    /** Fingerprint of the certificate that a verifying client is shown, or the code of its refusal. */
    async function dial(host: string, ca: string | undefined): Promise<string> {
      const { port } = server.address() as AddressInfo;
      const isAddress = /^[\d.]+$|:/.test(host);
      const socket = connect({
        host: "127.0.0.1",
        port,
        ...(isAddress
          ? { checkServerIdentity: (_: string, peer) => identityError(host, peer.raw) }
          : { servername: host }),
        ...(ca === undefined ? {} : { ca }),
      });
      try {
        await once(socket, "secureConnect");
        return socket.getPeerX509Certificate()?.fingerprint256 ?? "none";
      } catch (error) {
        return (error as { code?: string }).code ?? String(error);
      } finally {
        socket.destroy();
      }
    }

    function identityError(address: string, raw: Buffer): Error | undefined {
      return new X509Certificate(raw).checkIP(address) === undefined
        ? Object.assign(new Error("wrong address"), { code: "ERR_TLS_CERT_ALTNAME_INVALID" })
        : undefined;
    }

    const DIALS: readonly (readonly [host: string, reached: boolean])[] = [
      ["localhost", true],
      ["127.0.0.1", true],
      ["::1", true],
      ["box", true],
      ["ti.example.org", true],
      ["a.wild.example", true],
      ["api.ti.sentinel.azure.com", true],
      ["sentinelus.azure-api.net", true],
      ["login.microsoftonline.com", true],
      ["management.azure.com", true],
      ["graph.microsoft.com", false],
      ["wild.example", false],
      ["10.0.0.1", false],
    ];
    for (const [host, reached] of DIALS) {
      test(`${host} is ${reached ? "reached" : "refused"}`, async () => {
        assert.equal(
          await dial(host, tls.caPem),
          reached ? leafOf(tls).fingerprint256 : "ERR_TLS_CERT_ALTNAME_INVALID",
        );
      });
    }

    test("a client that doesn't trust the CA refuses", async () => {
      assert.equal(await dial("localhost", undefined), "UNABLE_TO_VERIFY_LEAF_SIGNATURE");
      const stranger = await open("stranger");
      assert.equal(await dial("localhost", stranger.caPem), "UNABLE_TO_VERIFY_LEAF_SIGNATURE");
    });

    test("a renewal reaches new connections without a restart", async () => {
      const before = await dial("localhost", tls.caPem);
      assert.equal(await tls.refresh(), false);
      clock += 380 * DAY_MS;
      assert.equal(await tls.refresh(), true);
      clock -= 380 * DAY_MS;
      assert.equal(await tls.refresh(), true);
      const renewed = await dial("localhost", tls.caPem);
      assert.notEqual(renewed, before);
      assert.equal(renewed, leafOf(tls).fingerprint256);
    });
  });

  describe("with the operator's certificate", () => {
    let directory: DataDirectory;
    let pair = { certFile: "", keyFile: "" };
    before(async () => {
      const issuer = await open("issuer", { names: ["ti.example.org"] });
      directory = await openDataDirectory(join(root, "own"));
      pair = { certFile: join(root, "own.pem"), keyFile: join(root, "own-key.pem") };
      await writeFile(pair.certFile, issuer.secureContext().cert + (issuer.caPem ?? ""));
      await writeFile(pair.keyFile, issuer.secureContext().key);
    });

    test("it is served as it stands, and no CA is made", async () => {
      const tls = await open("own", pair);
      assert.equal(tls.caPem, undefined);
      assert.deepEqual(tls.names, ["localhost", "127.0.0.1", "::1", "box", "ti.example.org"]);
      assert.equal(tls.secureContext().cert, await readFile(pair.certFile, "utf8"));
      assert.deepEqual(await readdir(directory.path), ["master.key"]);
    });

    test("a replaced file is taken up; a broken one leaves the old certificate in use", async () => {
      const files = { certFile: join(root, "live.pem"), keyFile: join(root, "live-key.pem") };
      const warnings: string[] = [];
      await copyFile(pair.certFile, files.certFile);
      await copyFile(pair.keyFile, files.keyFile);
      const tls = await open("own", { ...files, warn: (message) => warnings.push(message) });
      const old = tls.secureContext();
      await writeFile(files.certFile, "half a fi");
      assert.equal(await tls.refresh(), false);
      assert.deepEqual(tls.secureContext(), old);
      assert.match(warnings.at(-1) ?? "", /could not be renewed: .*live\.pem holds no certificate/);
      const next = await open("next", { names: ["next.example.org"] });
      await writeFile(files.certFile, next.secureContext().cert);
      await writeFile(files.keyFile, next.secureContext().key);
      assert.equal(await tls.refresh(), true);
      assert.deepEqual(tls.secureContext(), next.secureContext());
    });

    test("names it doesn't cover and a near end are warned of", async () => {
      const warnings: string[] = [];
      await open("own", {
        ...pair,
        names: ["ti.example.org", "else.example.org", "10.9.8.7"],
        takeover: true,
        now: () => new Date(START.getTime() + 390 * DAY_MS),
        warn: (message) => warnings.push(message),
      });
      assert.match(warnings[0] ?? "", /own\.pem ends in 6 days, at 2027-12-24T11:00:00.000Z/);
      assert.match(
        warnings[1] ?? "",
        /doesn't cover else\.example\.org, 10\.9\.8\.7, api\.ti\.sentinel\.azure\.com, sentinelus/,
      );
    });

    const FAULTS: readonly (readonly [
      what: string,
      change: (files: typeof pair) => Partial<TlsOptions>,
      message: RegExp,
    ])[] = [
      [
        "a certificate alone",
        ({ certFile }) => ({ certFile }),
        /^The setting tls\.certFile needs tls\.keyFile: give both, or neither/,
      ],
      [
        "a key alone",
        ({ keyFile }) => ({ keyFile }),
        /^The setting tls\.keyFile needs tls\.certFile/,
      ],
      [
        "a missing certificate",
        (files) => ({ ...files, certFile: "/nowhere.pem" }),
        /certificate file \/nowhere\.pem doesn't exist/,
      ],
      [
        "a missing key",
        (files) => ({ ...files, keyFile: "/nowhere.pem" }),
        /key file \/nowhere\.pem doesn't exist/,
      ],
      [
        "swapped files",
        (files) => ({ certFile: files.keyFile, keyFile: files.certFile }),
        /holds no certificate in PEM\. It holds a private key: are the files swapped\?/,
      ],
      [
        "a key file without a key",
        (files) => ({ ...files, keyFile: files.certFile }),
        /holds no private key in PEM/,
      ],
      ["a directory", (files) => ({ ...files, certFile: tmpdir() }), /can't be read \(EISDIR\)/],
      [
        "an end in the past",
        (files) => ({ ...files, now: () => new Date(START.getTime() + 400 * DAY_MS) }),
        /own\.pem \(CN=Stixgate server\) expired at 2027-12-24T11:00:00\.000Z/,
      ],
      [
        "a start in the future",
        (files) => ({ ...files, now: () => new Date(START.getTime() - DAY_MS) }),
        /is valid only from 2026-11-22T11:00:00\.000Z on\. Is this machine's clock right\?/,
      ],
    ];
    for (const [what, change, message] of FAULTS) {
      test(`${what} is refused`, () => refused(open("own", change(pair)), message));
    }

    test("a key of another certificate, an encrypted key and nameless certificates are refused", async () => {
      const stranger = await open("stranger key");
      const keyFile = join(root, "stranger-key.pem");
      await writeFile(keyFile, stranger.secureContext().key);
      await refused(
        open("own", { ...pair, keyFile }),
        /stranger-key\.pem doesn't belong to the certificate/,
      );
      const encrypted = createPrivateKey(stranger.secureContext().key).export({
        type: "pkcs8",
        format: "pem",
        cipher: "aes-256-cbc",
        passphrase: "x",
      });
      await writeFile(keyFile, encrypted);
      await refused(
        open("own", { ...pair, keyFile }),
        /is encrypted\. Decrypt it first: openssl pkey -in/,
      );
    });
  });
});

/** Reads the two extensions that Node's own class doesn't show. */
async function extensionsOf(pem: string): Promise<{
  x509: { BasicConstraints: { pathLength?: number | undefined } | null };
  flags: string;
}> {
  const { BasicConstraintsExtension, KeyUsageFlags, KeyUsagesExtension, X509Certificate } =
    await import("@peculiar/x509");
  const certificate = new X509Certificate(pem);
  const usages = certificate.getExtension(KeyUsagesExtension)?.usages ?? 0;
  const flags = [KeyUsageFlags.digitalSignature, KeyUsageFlags.keyCertSign, KeyUsageFlags.cRLSign]
    .filter((flag) => (usages & flag) !== 0)
    .map((flag) => KeyUsageFlags[flag]);
  return {
    x509: { BasicConstraints: certificate.getExtension(BasicConstraintsExtension) },
    flags: flags.join(","),
  };
}
