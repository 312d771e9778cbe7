/**
 * Goal: each kind of credential proves itself as the token service expects, tokens are kept and renewed in
 * time, and every refusal says what to do. Assertions are checked with the certificate's own key.
 */
import assert from "node:assert/strict";
import { createPublicKey, verify, type webcrypto, X509Certificate } from "node:crypto";
import { before, test } from "node:test";
import "reflect-metadata";
import { X509CertificateGenerator } from "@peculiar/x509";
import { createFakeClock } from "../../test/fake-clock.ts";
import { CLIENT_SECRET, type FakeReply, startFakeService } from "../../test/fake-service.ts";
import { ClientError } from "./client-error.ts";
import { type Credential, grantOf } from "./credential.ts";
import { type CheckedOptions, type ClientOptions, checkOptions } from "./options.ts";
import type { StopSignals } from "./retry.ts";
import { createTokenSource } from "./token.ts";

const WORKSPACE_ID = "11111111-2222-3333-4444-555555555555";
const NEVER: StopSignals = { stop: undefined, cut: new AbortController().signal };

let pem = "";
let otherKeyPem = "";
let ecPem = "";

const RSA = {
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
};
const EC = { name: "ECDSA", namedCurve: "P-256" };

async function makePem(
  algorithm: typeof RSA | typeof EC,
): Promise<{ certificate: string; key: string }> {
  const keys = (await crypto.subtle.generateKey(algorithm, true, [
    "sign",
    "verify",
  ])) as webcrypto.CryptoKeyPair;
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: "CN=client",
    keys,
    signingAlgorithm: algorithm === EC ? { ...EC, hash: "SHA-256" } : RSA,
  });
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey("pkcs8", keys.privateKey));
  const lines = pkcs8
    .toString("base64")
    .match(/.{1,64}/g)
    ?.join("\n");
  return {
    certificate: certificate.toString("pem"),
    key: `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n`,
  };
}

before(async () => {
  const [mine, other, ec] = [await makePem(RSA), await makePem(RSA), await makePem(EC)];
  pem = `${mine.key}\n${mine.certificate}\n`;
  otherKeyPem = `${mine.certificate}\n${other.key}`;
  ecPem = `${ec.certificate}\n${ec.key}`;
});

function optionsWith(credential: Credential, more: Partial<ClientOptions> = {}): CheckedOptions {
  return checkOptions({
    workspaceId: WORKSPACE_ID,
    credential,
    clock: createFakeClock(),
    ...more,
  });
}

function segment(assertion: string, place: number): unknown {
  return JSON.parse(Buffer.from(assertion.split(".")[place] ?? "", "base64url").toString());
}

for (const algorithm of ["PS256", "RS256"] as const) {
  test(`signs an assertion with ${algorithm}`, async () => {
    const grant = grantOf({
      tenantId: "contoso.onmicrosoft.com",
      clientId: "app-id",
      certificatePem: pem,
      ...(algorithm === "RS256" ? { algorithm } : {}),
    });
    const proof = await grant.proof(1_795_371_488_123);
    assert.equal(
      proof["client_assertion_type"],
      "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    );
    const assertion = proof["client_assertion"] ?? "";
    const certificate = new X509Certificate(pem.slice(pem.indexOf("-----BEGIN CERT")));
    const thumbprint = (hex: string) =>
      Buffer.from(hex.replaceAll(":", ""), "hex").toString("base64url");
    assert.deepEqual(
      segment(assertion, 0),
      algorithm === "RS256"
        ? { alg: "RS256", typ: "JWT", x5t: thumbprint(certificate.fingerprint) }
        : { alg: "PS256", typ: "JWT", "x5t#S256": thumbprint(certificate.fingerprint256) },
    );
    const { jti, ...claims } = segment(assertion, 1) as Record<string, unknown>;
    assert.match(String(jti), /^[0-9a-f-]{36}$/);
    assert.deepEqual(claims, {
      aud: "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/token",
      iss: "app-id",
      sub: "app-id",
      iat: 1_795_371_488,
      nbf: 1_795_371_488,
      exp: 1_795_372_088,
    });
    const signed = assertion.slice(0, assertion.lastIndexOf("."));
    const signature = Buffer.from(assertion.split(".")[2] ?? "", "base64url");
    // Padding 6 is PSS, 1 is PKCS #1 v1.5.
    const key = {
      key: createPublicKey(certificate.publicKey.export({ type: "spki", format: "pem" })),
      padding: algorithm === "PS256" ? 6 : 1,
      saltLength: 32,
    };
    assert.ok(verify("sha256", Buffer.from(signed), key, signature));
  });
}

test("asks the authority that it is told, with the older path for adfs", () => {
  const endpointOf = (tenantId: string, authorityHost?: string): string =>
    grantOf({ tenantId, clientId: "a", clientSecret: "s", authorityHost }).tokenEndpoint;
  assert.equal(endpointOf("t"), "https://login.microsoftonline.com/t/oauth2/v2.0/token");
  assert.equal(endpointOf("t", "https://host:8443/"), "https://host:8443/t/oauth2/v2.0/token");
  assert.equal(
    endpointOf("adfs", "http://127.0.0.1:8080"),
    "http://127.0.0.1:8080/adfs/oauth2/token",
  );
});

interface BadOption {
  readonly name: string;
  readonly make: () => unknown;
  readonly expected: RegExp;
}

const app = { tenantId: "t", clientId: "a" } as const;
const secret = { ...app, clientSecret: "s" } as const;
const BAD_OPTIONS: readonly BadOption[] = [
  {
    name: "tenant",
    make: () => grantOf({ ...secret, tenantId: "a/b" }),
    expected: /^tenantId must be a GUID or a domain name, not "a\/b"/,
  },
  {
    name: "client",
    make: () => grantOf({ ...secret, clientId: "" }),
    expected: /^clientId must not be empty/,
  },
  {
    name: "secret",
    make: () => grantOf({ ...app, clientSecret: "" }),
    expected: /^clientSecret must not be empty/,
  },
  {
    name: "authority without TLS",
    make: () => grantOf({ ...secret, authorityHost: "http://host" }),
    expected: /^authorityHost must be https/,
  },
  {
    name: "relative authority",
    make: () => grantOf({ ...secret, authorityHost: "host" }),
    expected: /^authorityHost must be an absolute https address/,
  },
  {
    name: "authority with a query",
    make: () => grantOf({ ...secret, authorityHost: "https://h/?a" }),
    expected: /^authorityHost must be a base address/,
  },
  {
    name: "no certificate",
    make: () => grantOf({ ...app, certificatePem: "x" }),
    expected: /^certificatePem holds no certificate/,
  },
  {
    name: "no key",
    make: () => grantOf({ ...app, certificatePem: pem.slice(pem.indexOf("-----BEGIN CERT")) }),
    expected: /^certificatePem holds no private key/,
  },
  {
    name: "foreign key",
    make: () => grantOf({ ...app, certificatePem: otherKeyPem }),
    expected: /does not belong to its certificate/,
  },
  {
    name: "elliptic key",
    make: () => grantOf({ ...app, certificatePem: ecPem }),
    expected: /must hold an RSA key/,
  },
  {
    name: "workspace",
    make: () => optionsWith(secret, { workspaceId: "my-workspace" }),
    expected: /^workspaceId must be a GUID, not "my-workspace"/,
  },
  {
    name: "endpoint",
    make: () => optionsWith(secret, { endpoint: "http://example.com" }),
    expected: /^endpoint must be https/,
  },
  {
    name: "batch size",
    make: () => optionsWith(secret, { objectsPerRequestMax: 0 }),
    expected: /^objectsPerRequestMax must be a whole number from 1 to 10000/,
  },
  {
    name: "user agent",
    make: () => optionsWith(secret, { userAgent: "a\nb" }),
    expected: /^userAgent must be 1-256 printable/,
  },
];

for (const { name, make, expected } of BAD_OPTIONS) {
  test(`refuses a bad option: ${name}`, () => {
    assert.throws(make, (error: unknown) => {
      assert.ok(error instanceof ClientError);
      assert.equal(error.code, "options_invalid");
      assert.match(error.message, expected);
      return true;
    });
  });
}

test("keeps a token until five minutes before its end, and asks once for many", async () => {
  const service = await startFakeService({ tokenLifetimeSeconds: 3599 });
  try {
    const options = optionsWith({
      ...secret,
      clientSecret: CLIENT_SECRET,
      authorityHost: service.endpoint,
    });
    const tokens = createTokenSource(options);
    const first = await Promise.all([tokens.get(NEVER), tokens.get(NEVER), tokens.get(NEVER)]);
    assert.deepEqual(first, ["token-1", "token-1", "token-1"]);
    await options.clock.sleep(3_298_999, undefined);
    assert.equal(await tokens.get(NEVER), "token-1");
    await options.clock.sleep(1, undefined);
    assert.equal(await tokens.get(NEVER), "token-2");
    tokens.discard("token-1");
    assert.equal(await tokens.get(NEVER), "token-2", "an old token is no reason to ask");
    tokens.discard("token-2");
    assert.equal(await tokens.get(NEVER), "token-3");
  } finally {
    await service.close();
  }
});

const TOKEN_ANSWERS: readonly (readonly [string, FakeReply, RegExp])[] = [
  [
    "a wrong secret",
    {},
    /^authentication_failed: The token service at 127\.0\.0\.1:\d+ gave no token: AADSTS7000215: Invalid client secret provided\..* app 'a'\.$/,
  ],
  [
    "a page",
    { status: 200, body: "<html>" },
    /^authentication_failed: .*no token service gives \(status 200\)/,
  ],
  [
    "an error of OAuth",
    { status: 400, body: '{"error":"invalid_scope"}' },
    /^authentication_failed: .*invalid_scope/,
  ],
  [
    "500 for ever",
    { status: 500 },
    /^unavailable: Gave up on the token request after 2 tries: status 500/,
  ],
  [
    "a dropped connection",
    { drop: true },
    /^unavailable: Gave up on the token request after 2 tries: no answer from 127/,
  ],
];

for (const [name, reply, expected] of TOKEN_ANSWERS) {
  test(`says why there is no token: ${name}`, async () => {
    const service = await startFakeService({
      onToken: () => (Object.keys(reply).length === 0 ? undefined : reply),
    });
    try {
      const credential = { ...secret, authorityHost: service.endpoint };
      const tokens = createTokenSource(optionsWith(credential, { triesMax: 2 }));
      await assert.rejects(tokens.get(NEVER), (error: unknown) => {
        assert.ok(error instanceof ClientError);
        assert.match(`${error.code}: ${error.message}`, expected);
        return true;
      });
    } finally {
      await service.close();
    }
  });
}

test("waits out a throttled token service", async () => {
  const service = await startFakeService({
    onToken: (_form, place) =>
      place === 0 ? { status: 429, headers: { "retry-after": "3" } } : undefined,
  });
  try {
    const credential = { ...secret, clientSecret: CLIENT_SECRET, authorityHost: service.endpoint };
    const options = optionsWith(credential);
    assert.equal(await createTokenSource(options).get(NEVER), "token-2");
    assert.equal(options.clock.now(), 3000);
  } finally {
    await service.close();
  }
});

test("takes tokens of a caller's credential, as @azure/identity has them", async () => {
  const scopes: unknown[] = [];
  const options = optionsWith({
    getToken: (scope) => {
      scopes.push(scope);
      return Promise.resolve({ token: `own-${scopes.length}`, expiresOnTimestamp: 400_000 });
    },
  });
  const tokens = createTokenSource(options);
  assert.equal(await tokens.get(NEVER), "own-1");
  assert.equal(await tokens.get(NEVER), "own-1");
  await options.clock.sleep(200_000, undefined);
  assert.equal(await tokens.get(NEVER), "own-2", "in the last half of a short life");
  assert.deepEqual(scopes, [
    "https://management.azure.com/.default",
    "https://management.azure.com/.default",
  ]);
  const none = createTokenSource(optionsWith({ getToken: () => Promise.resolve(null) }));
  await assert.rejects(none.get(NEVER), { code: "authentication_failed" });
  const failing = createTokenSource(
    optionsWith({ getToken: () => Promise.reject(new Error("no luck")) }),
  );
  await assert.rejects(failing.get(NEVER), { code: "authentication_failed", message: "no luck" });
});
