/**
 * Goal: a token is accepted exactly when a trusted issuer signed it with its own key, for this API, for now,
 * for an application; every refusal names its reason, and what was remembered is forgotten in time.
 */
import assert from "node:assert/strict";
import { createHmac, generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { CompactSign } from "jose";
import {
  APP_ID,
  CLIENT_SECRET,
  OBJECT_ID,
  openRealm,
  REALM_NOW,
  type Realm,
  type RealmChoices,
  TENANT_ID,
} from "../../test/support/realm.ts";
import type { Principal } from "./principal.ts";
import { principalKey } from "./principal.ts";

const NOW = REALM_NOW.getTime() / 1000;
const ENTRA_TENANT = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa";
const V1_ISSUER = `https://sts.windows.net/${ENTRA_TENANT}/`;
const V2_ISSUER = `https://login.microsoftonline.com/${ENTRA_TENANT}/v2.0`;
const V1_KEYS = `https://login.microsoftonline.com/${ENTRA_TENANT}/discovery/keys`;
const V2_KEYS = `https://login.microsoftonline.com/${ENTRA_TENANT}/discovery/v2.0/keys`;
const KID = "entra-key-1";
const HEADER = { typ: "JWT", alg: "RS256", kid: KID, x5t: KID };

const V1_CLAIMS = {
  aud: "https://management.azure.com",
  iss: V1_ISSUER,
  iat: NOW - 300,
  nbf: NOW - 300,
  exp: NOW + 3600,
  appid: APP_ID,
  appidacr: "1",
  idtyp: "app",
  oid: OBJECT_ID,
  sub: OBJECT_ID,
  tid: ENTRA_TENANT,
  ver: "1.0",
};
const V2_CLAIMS = {
  aud: "https://management.core.windows.net/",
  iss: V2_ISSUER,
  iat: NOW,
  nbf: NOW,
  exp: NOW + 3600,
  azp: APP_ID,
  azpacr: "2",
  oid: OBJECT_ID,
  sub: OBJECT_ID,
  tid: ENTRA_TENANT,
  ver: "2.0",
};

const entraKey = generateKeyPairSync("rsa", { modulusLength: 2048 });
const otherKey = generateKeyPairSync("rsa", { modulusLength: 2048 });

function jwk(publicKey: KeyObject, kid = KID, more: object = {}) {
  return { ...publicKey.export({ format: "jwk" }), use: "sig", kid, ...more };
}

/** Microsoft's key documents, by address; a test may change them. */
function entra(documents: Record<string, unknown> = {}) {
  const state = {
    documents: {
      [V1_KEYS]: { keys: [jwk(entraKey.publicKey)] },
      [V2_KEYS]: {
        keys: [
          jwk(entraKey.publicKey, KID, {
            issuer: "https://login.microsoftonline.com/{tenantid}/v2.0",
          }),
        ],
      },
      ...documents,
    } as Record<string, unknown>,
    isDown: false,
    requests: [] as string[],
  };
  const fetch = async (input: string | URL | Request): Promise<Response> => {
    const url = String(input);
    state.requests.push(url);
    if (state.isDown) {
      throw new TypeError("fetch failed");
    }
    return Response.json(state.documents[url]);
  };
  return { state, fetch };
}

function trusting(choices: RealmChoices = {}): RealmChoices {
  return {
    fetch: entra().fetch,
    ...choices,
    options: { trustedTenants: [ENTRA_TENANT.toUpperCase()], ...choices.options },
  };
}

function sign(claims: object, header: object = HEADER, key: KeyObject = entraKey.privateKey) {
  return new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: "RS256", ...header })
    .sign(key, { crit: { exp: true } });
}

async function builtinToken(
  realm: Realm,
  resource = "https://management.azure.com",
): Promise<string> {
  const outcome = await realm.service.issue({
    route: "v2",
    tenant: TENANT_ID,
    form: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: APP_ID,
      client_secret: CLIENT_SECRET,
      scope: `${resource}/.default`,
    }),
    authorization: undefined,
    protocol: "https",
    host: "stixgate.example",
    address: "192.0.2.1",
  });
  assert.ok(outcome.kind === "issued");
  return outcome.reply.access_token;
}

const BUILTIN: Principal = {
  tenantId: TENANT_ID,
  objectId: OBJECT_ID,
  appId: APP_ID,
  kind: "application",
  tokenVersion: "1.0",
  issuer: "builtin",
};
const ENTRA: Principal = { ...BUILTIN, tenantId: ENTRA_TENANT, issuer: "entra" };

test("built-in tokens of both versions verify", async (context) => {
  for (const tokenVersion of ["1.0", "2.0"] as const) {
    const realm = await openRealm(context, { options: { tokenVersion } });
    const token = await builtinToken(realm);
    const principal = await realm.verifier.verifyAuthorization(`Bearer ${token}`);
    assert.deepEqual(principal, { ...BUILTIN, tokenVersion });
    assert.equal(principalKey(principal), `${TENANT_ID}/${OBJECT_ID}`);
    await realm.verifier.verifyAuthorization(`bearer  ${token} `);
  }
});

test("what is no bearer token is refused by name", async (context) => {
  const realm = await openRealm(context);
  const cases: readonly (readonly [string | undefined, string])[] = [
    [undefined, "The Authorization header is missing."],
    [" ", "The Authorization header is missing."],
    ["Basic abc", "The Authorization header holds no bearer token."],
    ["Bearer", "The Authorization header holds no bearer token."],
    ["Bearer a b", "The Authorization header holds no bearer token."],
    ["Bearer abc", "The token is malformed. It does not consist of three base64url parts."],
    [`Bearer ${"a".repeat(16_385)}`, "The token is malformed. It is longer than 16384 characters."],
  ];
  for (const [header, message] of cases) {
    await assert.rejects(realm.verifier.verifyAuthorization(header), {
      code: "unauthorized",
      message,
    });
  }
});

test("tokens of a trusted Entra tenant verify, every audience and both versions", async (context) => {
  const realm = await openRealm(context, trusting());
  for (const aud of [
    "https://management.core.windows.net/",
    "https://management.core.windows.net",
    "https://management.azure.com/",
    "https://management.azure.com",
  ]) {
    assert.deepEqual(await realm.verifier.verifyToken(await sign({ ...V1_CLAIMS, aud })), ENTRA);
    assert.deepEqual(await realm.verifier.verifyToken(await sign({ ...V2_CLAIMS, aud })), {
      ...ENTRA,
      tokenVersion: "2.0",
    });
  }
});

test("claims that Entra leaves out or writes differently are no obstacle", async (context) => {
  const realm = await openRealm(context, trusting());
  const variants: readonly object[] = [
    { ...V1_CLAIMS, idtyp: undefined },
    { ...V1_CLAIMS, oid: OBJECT_ID.toUpperCase(), appid: APP_ID.toUpperCase() },
    { ...V1_CLAIMS, exp: NOW - 299 },
    { ...V1_CLAIMS, nbf: NOW + 300 },
    { ...V2_CLAIMS, idtyp: "app" },
  ];
  for (const claims of variants) {
    assert.equal((await realm.verifier.verifyToken(await sign(claims))).objectId, OBJECT_ID);
  }
  assert.equal(
    (await realm.verifier.verifyToken(await sign(V2_CLAIMS, { kid: KID }))).objectId,
    OBJECT_ID,
  );
});

interface Refused {
  readonly name: string;
  readonly claims?: object;
  readonly header?: object;
  readonly key?: KeyObject;
  readonly reason: string;
  readonly code?: "wrong_audience";
}

const AUDIENCE_RULE =
  "it must be one of https://management.core.windows.net/, https://management.core.windows.net, " +
  "https://management.azure.com/, https://management.azure.com.";

const REFUSED: readonly Refused[] = [
  {
    name: "RS512",
    header: { alg: "RS512" },
    reason: "The token's alg is 'RS512'; only RS256 is accepted.",
  },
  {
    name: "PS256",
    header: { alg: "PS256" },
    reason: "The token's alg is 'PS256'; only RS256 is accepted.",
  },
  {
    name: "crit",
    header: { crit: ["exp"], exp: 1 },
    reason: "The token's header has crit, which is not accepted.",
  },
  { name: "no kid", header: { kid: undefined }, reason: "The token's header has no kid." },
  { name: "kid a number", header: { kid: 7 }, reason: "The token's header has no kid." },
  {
    name: "foreign tenant",
    claims: { iss: V1_ISSUER.replaceAll("a", "b") },
    reason: `The token's iss '${V1_ISSUER.replaceAll("a", "b")}' is not a trusted issuer.`,
  },
  {
    name: "iss almost",
    claims: { iss: V1_ISSUER.slice(0, -1) },
    reason: `The token's iss '${V1_ISSUER.slice(0, -1)}' is not a trusted issuer.`,
  },
  {
    name: "no iss",
    claims: { iss: undefined },
    reason: "The token's iss (absent) is not a trusted issuer.",
  },
  {
    name: "iss a list",
    claims: { iss: [V1_ISSUER] },
    reason: `The token's iss (a list) is not a trusted issuer.`,
  },
  {
    name: "iss with a quote and a line",
    claims: { iss: 'x"\r\nset-cookie: é' },
    reason: "The token's iss 'x???set-cookie: ?' is not a trusted issuer.",
  },
  {
    name: "tid of another tenant",
    claims: { tid: TENANT_ID },
    reason: `The token's tid '${TENANT_ID}' is not the tenant of its iss.`,
  },
  {
    name: "no tid",
    claims: { tid: undefined },
    reason: "The token's tid (absent) is not the tenant of its iss.",
  },
  {
    name: "ver of the other version",
    claims: { ver: "2.0" },
    reason: "The token's ver '2.0' doesn't fit its iss.",
  },
  {
    name: "unknown kid",
    header: { kid: "nobody" },
    reason: "The token's kid 'nobody' is none of the keys of its issuer.",
  },
  {
    name: "same kid, another key",
    key: otherKey.privateKey,
    reason: "The token's signature is not valid.",
  },
  {
    name: "expired",
    claims: { exp: NOW - 300 },
    reason: "The token expired 300 seconds ago; 300 are tolerated.",
  },
  {
    name: "not yet valid",
    claims: { nbf: NOW + 301 },
    reason: "The token is valid only in 301 seconds; 300 are tolerated.",
  },
  {
    name: "exp in words",
    claims: { exp: String(NOW + 3600) },
    reason: "The token's exp is not a number.",
  },
  { name: "no exp", claims: { exp: undefined }, reason: "The token's exp is not a number." },
  { name: "no nbf", claims: { nbf: undefined }, reason: "The token's nbf is not a number." },
  {
    name: "aud of Graph",
    claims: { aud: "https://graph.microsoft.com" },
    reason: `The token's aud is 'https://graph.microsoft.com'; ${AUDIENCE_RULE}`,
    code: "wrong_audience",
  },
  {
    name: "aud with two slashes",
    claims: { aud: "https://management.azure.com//" },
    reason: `The token's aud is 'https://management.azure.com//'; ${AUDIENCE_RULE}`,
    code: "wrong_audience",
  },
  {
    name: "aud in capitals",
    claims: { aud: "HTTPS://management.azure.com" },
    reason: `The token's aud is 'HTTPS://management.azure.com'; ${AUDIENCE_RULE}`,
    code: "wrong_audience",
  },
  {
    name: "aud a list",
    claims: { aud: ["https://management.azure.com"] },
    reason: `The token's aud is (a list); ${AUDIENCE_RULE}`,
    code: "wrong_audience",
  },
  {
    name: "no aud",
    claims: { aud: undefined },
    reason: `The token's aud is (absent); ${AUDIENCE_RULE}`,
    code: "wrong_audience",
  },
  { name: "no oid", claims: { oid: undefined }, reason: "The token's oid (absent) is not a GUID." },
  { name: "oid no GUID", claims: { oid: "me" }, reason: "The token's oid 'me' is not a GUID." },
  {
    name: "no appid",
    claims: { appid: undefined, azp: APP_ID },
    reason: "The token's appid (absent) is not a GUID.",
  },
  {
    name: "scp",
    claims: { scp: "user_impersonation" },
    reason:
      "The token is a person's (it has scp, or an idtyp other than app); only applications are accepted.",
  },
  {
    name: "idtyp user",
    claims: { idtyp: "user" },
    reason:
      "The token is a person's (it has scp, or an idtyp other than app); only applications are accepted.",
  },
];

test("each rule refuses with its reason", async (context) => {
  const realm = await openRealm(context, trusting());
  for (const { name, claims, header, key, reason, code } of REFUSED) {
    const token = await sign({ ...V1_CLAIMS, ...claims }, { ...HEADER, ...header }, key);
    const refusal = { code: code ?? "unauthorized", message: reason };
    await assert.rejects(realm.verifier.verifyToken(token), refusal, name);
  }
  const v2 = { ...V2_CLAIMS, azp: undefined, appid: APP_ID };
  await assert.rejects(realm.verifier.verifyToken(await sign(v2)), {
    message: "The token's azp (absent) is not a GUID.",
  });
});

test("forged algorithms and tampered tokens are refused", async (context) => {
  const realm = await openRealm(context, trusting());
  const good = await sign(V1_CLAIMS);
  const [header = "", payload = "", signature = ""] = good.split(".");
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const hmacInput = `${encode({ ...HEADER, alg: "HS256" })}.${payload}`;
  const publicPem = entraKey.publicKey.export({ type: "spki", format: "pem" });
  const hmac = createHmac("sha256", publicPem).update(hmacInput).digest("base64url");
  const cases: readonly (readonly [string, RegExp])[] = [
    [`${encode({ ...HEADER, alg: "none" })}.${payload}.`, /alg is 'none'/],
    [`${hmacInput}.${hmac}`, /alg is 'HS256'/],
    [
      `${header}.${encode({ ...V1_CLAIMS, oid: TENANT_ID })}.${signature}`,
      /signature is not valid/,
    ],
    [`${header}.${payload}.${signature.slice(0, -4)}`, /signature is not valid/],
    [`${header}.${payload}.`, /signature is not valid/],
    [`${header}.${payload}`, /three base64url parts/],
    [
      `${header}.${Buffer.from("null").toString("base64url")}.${signature}`,
      /payload is not a JSON object/,
    ],
  ];
  for (const [token, message] of cases) {
    await assert.rejects(realm.verifier.verifyToken(token), { code: "unauthorized", message });
  }
});

test("a key of one issuer never vouches for another", async (context) => {
  const realm = await openRealm(context, trusting());
  const { kid, privateKey } = await realm.keys.current();
  const asMicrosoft = await sign(V1_CLAIMS, { kid }, privateKey);
  await assert.rejects(realm.verifier.verifyToken(asMicrosoft), { message: /none of the keys/ });
  const ours = `https://stixgate.example:8443/${TENANT_ID}/`;
  const asBuiltin = await sign({ ...V1_CLAIMS, iss: ours, tid: TENANT_ID });
  await assert.rejects(realm.verifier.verifyToken(asBuiltin), { message: /none of the keys/ });
});

test("a v2 key whose issuer is another tenant's doesn't vouch", async (context) => {
  const issuer = `https://login.microsoftonline.com/${TENANT_ID}/v2.0`;
  const { fetch } = entra({ [V2_KEYS]: { keys: [jwk(entraKey.publicKey, KID, { issuer })] } });
  const realm = await openRealm(context, trusting({ fetch }));
  await assert.rejects(realm.verifier.verifyToken(await sign(V2_CLAIMS)), {
    message: "The key 'entra-key-1' doesn't vouch for the token's issuer.",
  });
});

test("tokens of people are accepted by setting", async (context) => {
  const realm = await openRealm(context, trusting({ options: { allowDelegated: true } }));
  for (const claims of [{ scp: "user_impersonation" }, { idtyp: "user" }]) {
    const principal = await realm.verifier.verifyToken(await sign({ ...V1_CLAIMS, ...claims }));
    assert.deepEqual(principal, { ...ENTRA, kind: "delegated" });
  }
});

test("the skew is a setting", async (context) => {
  const realm = await openRealm(context, trusting({ options: { clockSkewSeconds: 0 } }));
  await assert.rejects(realm.verifier.verifyToken(await sign({ ...V1_CLAIMS, exp: NOW })), {
    message: "The token expired 0 seconds ago; 0 are tolerated.",
  });
});

test("other clouds have issuers and audiences of their own", async (context) => {
  const keys = { keys: [jwk(entraKey.publicKey)] };
  const url = `https://login.microsoftonline.us/${ENTRA_TENANT}/discovery/v2.0/keys`;
  const { fetch } = entra({ [url]: keys });
  const options = { trustedTenants: [`usgov/${ENTRA_TENANT}`] };
  const realm = await openRealm(context, { fetch, options });
  const iss = `https://login.microsoftonline.us/${ENTRA_TENANT}/v2.0`;
  const aud = "https://management.usgovcloudapi.net";
  assert.equal(
    (await realm.verifier.verifyToken(await sign({ ...V2_CLAIMS, iss, aud }))).issuer,
    "entra",
  );
  await assert.rejects(realm.verifier.verifyToken(await sign({ ...V2_CLAIMS, iss })), {
    code: "wrong_audience",
  });
});

test("pinned keys need no network", async (context) => {
  const directory = mkdtempSync(join(tmpdir(), "stixgate-jwks-"));
  context.after(() => rmSync(directory, { recursive: true }));
  const jwksFile = join(directory, "keys.json");
  writeFileSync(jwksFile, JSON.stringify({ keys: [jwk(entraKey.publicKey)] }));
  const realm = await openRealm(context, {
    options: { trustedTenants: [ENTRA_TENANT], jwksFile },
  });
  assert.deepEqual(await realm.verifier.verifyToken(await sign(V1_CLAIMS)), ENTRA);
  const unusable = {
    keys: [
      { kty: "EC", kid: "x" },
      { kty: "RSA", kid: "y", n: "AQAB", e: "AQAB" },
    ],
  };
  for (const [content, message] of [
    ["no json", /^jwksFile: .*can't be read as JSON/],
    [JSON.stringify(unusable), /^jwksFile: .*holds no RSA signing key/],
  ] as const) {
    writeFileSync(jwksFile, content);
    const opening = openRealm(context, { options: { trustedTenants: [ENTRA_TENANT], jwksFile } });
    await assert.rejects(opening, { code: "settings_invalid", message });
  }
});

test("malformed trusted tenants stop the start", async (context) => {
  for (const [trustedTenants, message] of [
    [["contoso.example"], /^trustedTenants: "contoso\.example" is not the id/],
    [["mars/aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"], /^trustedTenants: "mars/],
    [[ENTRA_TENANT, ENTRA_TENANT.toUpperCase()], /named twice/],
  ] as const) {
    const opening = openRealm(context, { options: { trustedTenants } });
    await assert.rejects(opening, { code: "settings_invalid", message });
  }
});

test("a disabled or deleted application is refused at once, remembered token or not", async (context) => {
  const realm = await openRealm(context);
  const token = await builtinToken(realm);
  await realm.verifier.verifyToken(token);
  await realm.directory.setApplicationEnabled(APP_ID, false);
  await assert.rejects(realm.verifier.verifyToken(token), {
    message: "The token's application is disabled.",
  });
  await realm.directory.setApplicationEnabled(APP_ID, true);
  await realm.verifier.verifyToken(token);
  await realm.directory.deleteApplication(APP_ID, { force: true });
  await assert.rejects(realm.verifier.verifyToken(token), {
    message: "The token's application doesn't exist any more.",
  });
});

test("tokens survive a rotation of the signing key and end with their own key", async (context) => {
  const realm = await openRealm(context);
  const old = await builtinToken(realm);
  await realm.verifier.verifyToken(old);
  const before = (await realm.keys.published()).map(({ kid }) => kid);
  await realm.keys.rotate();
  const after = (await realm.keys.published()).map(({ kid }) => kid);
  assert.deepEqual(after.slice(0, 2), before);
  assert.equal(after.length, 3);
  assert.equal((await realm.keys.current()).kid, before[1]);
  await realm.verifier.verifyToken(old);
  await realm.verifier.verifyToken(await builtinToken(realm));
});

test("a remembered token is forgotten when it expires, and when the keys change", async (context) => {
  const microsoft = entra();
  const realm = await openRealm(context, trusting({ fetch: microsoft.fetch }));
  const token = await sign({ ...V1_CLAIMS, exp: NOW + 100 });
  await realm.verifier.verifyToken(token);
  realm.time.now = new Date(REALM_NOW.getTime() + 401_000);
  await assert.rejects(realm.verifier.verifyToken(token), { message: /expired 301 seconds ago/ });

  const lasting = await sign({ ...V1_CLAIMS, exp: NOW + 90_000 });
  await realm.verifier.verifyToken(lasting);
  microsoft.state.documents[V1_KEYS] = { keys: [jwk(otherKey.publicKey)] };
  realm.time.now = new Date(REALM_NOW.getTime() + 401_000 + 300_000);
  const unknown = await sign(V1_CLAIMS, { kid: "new" });
  await assert.rejects(realm.verifier.verifyToken(unknown), { message: /none of the keys/ });
  await assert.rejects(realm.verifier.verifyToken(lasting), { message: /signature is not valid/ });
});

test("no token whatever ends in anything but a refusal with an ASCII reason", async (context) => {
  const realm = await openRealm(context, trusting());
  // Deeper than JSON.stringify can go, so it is put in as text.
  const deep = `${"[".repeat(5_000)}${"]".repeat(5_000)}`;
  const encode = (value: unknown) =>
    Buffer.from((JSON.stringify(value) ?? "").replaceAll('"DEEP"', deep)).toString("base64url");
  const claim = fc.oneof(fc.jsonValue(), fc.constant("DEEP"), fc.string({ unit: "binary" }));
  const payload = fc.record(
    {
      iss: fc.oneof(fc.constant(V1_ISSUER), claim),
      tid: claim,
      ver: claim,
      exp: claim,
      aud: claim,
    },
    { requiredKeys: [] },
  );
  const header = fc.record(
    {
      alg: fc.oneof(fc.constant("RS256"), claim),
      kid: fc.oneof(fc.constant(KID), claim),
      crit: claim,
    },
    { requiredKeys: [] },
  );
  const token = fc.oneof(
    fc.string({ unit: "binary" }),
    fc
      .tuple(header, payload, fc.base64String())
      .map(
        ([first, second, third]) =>
          `${encode(first)}.${encode(second)}.${third.replaceAll(/[+/=]/g, "")}`,
      ),
  );
  await fc.assert(
    fc.asyncProperty(token, async (text) => {
      await assert.rejects(realm.verifier.verifyAuthorization(`Bearer ${text}`), (error: Error) => {
        assert.equal(error.name, "AppError", error.stack);
        assert.match(error.message, /^[\x20-\x7e]{1,400}$/);
        assert.ok(!error.message.includes('"'));
        return true;
      });
    }),
    { numRuns: 500 },
  );
});

test("every signed combination of claims is judged, never thrown upon", async (context) => {
  const realm = await openRealm(context, trusting());
  const claim = fc.oneof(fc.jsonValue(), fc.integer(), fc.double(), fc.constant(undefined));
  const changes = fc.dictionary(fc.constantFrom(...Object.keys(V1_CLAIMS), "scp"), claim);
  await fc.assert(
    fc.asyncProperty(changes, async (change) => {
      const token = await sign({ ...V1_CLAIMS, ...change });
      const outcome = await realm.verifier.verifyToken(token).catch((error: Error) => error);
      assert.ok(!(outcome instanceof Error) || outcome.name === "AppError", String(outcome));
    }),
    { numRuns: 200 },
  );
});

test("a token of one plane is worth nothing on another", async (context) => {
  const realm = await openRealm(context);
  const planes = [
    ["management", "https://management.azure.com"],
    ["query", "https://api.loganalytics.io"],
    ["query", "https://api.loganalytics.azure.com"],
    ["ingestion", "https://monitor.azure.com"],
    ["ingestion", "https://monitor.azure.com/"],
  ] as const;
  for (const [plane, resource] of planes) {
    const token = await builtinToken(realm, resource);
    for (const asked of ["management", "query", "ingestion"] as const) {
      const verified = realm.verifier.verifyToken(token, asked);
      if (asked === plane) {
        assert.equal((await verified).appId, APP_ID, `${resource} on ${asked}`);
      } else {
        await assert.rejects(verified, { code: "wrong_audience" }, `${resource} on ${asked}`);
      }
    }
  }
});
