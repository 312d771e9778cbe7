/**
 * Goal: assertions of every client library pass, bent rules included, and nothing passes that the holder of a
 * registered certificate didn't sign for this tenant, this application and this time.
 */
import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { test } from "node:test";
import { CompactSign } from "jose";
import {
  APP_ID,
  type ClientCertificate,
  makeClientCertificate,
  openRealm,
  REALM_NOW,
  type Realm,
  TENANT_ID,
} from "../../test/support/realm.ts";
import { ENTRA_ERRORS, entraErrorText } from "../wire/index.ts";

const NOW = REALM_NOW.getTime() / 1000;
const AUDIENCE = `https://stixgate.example:8443/${TENANT_ID}/oauth2/v2.0/token`;
const PLAIN = {
  aud: AUDIENCE,
  iss: APP_ID,
  sub: APP_ID,
  jti: "used again and again",
  nbf: NOW,
  exp: NOW + 600,
};

interface Vector {
  readonly name: string;
  readonly header?: object;
  readonly claims?: object;
  /** The code behind AADSTS, and a part of the text; absent when the assertion passes. */
  readonly refusal?: readonly [code: number, text: string];
}

const certificate = await makeClientCertificate();
const stranger = await makeClientCertificate();
const sha1 = createHash("sha1").update(certificate.der).digest();
const sha256 = createHash("sha256").update(certificate.der).digest();
const x5c = certificate.der.toString("base64");
const strangerSha1 = createHash("sha1").update(stranger.der).digest();

const RS256 = { typ: "JWT", alg: "RS256", x5t: sha1.toString("base64url") };
const PS256 = { typ: "JWT", alg: "PS256", "x5t#S256": sha256.toString("base64url") };

const PASSING: readonly Vector[] = [
  { name: "msal-node 1, @azure/identity up to 4.5: RS256, x5t", claims: { iat: NOW } },
  { name: "the same with a chain", header: { ...RS256, x5c: [x5c] } },
  { name: "msal-node from 2.16, @azure/identity from 4.13: PS256, x5t#S256", header: PS256 },
  { name: "the same with a chain", header: { ...PS256, x5c: [x5c] } },
  {
    name: "MSAL Python: padded x5t, fractional exp and iat, no nbf",
    header: { ...RS256, x5t: `${sha1.toString("base64url")}=` },
    claims: { exp: NOW + 600.12, iat: NOW + 0.12, nbf: undefined },
  },
  {
    name: "MSAL Python from 1.30: PS256, padded x5t#S256",
    header: { ...PS256, "x5t#S256": `${sha256.toString("base64url")}=` },
    claims: { exp: NOW + 600.12, iat: NOW + 0.12, nbf: undefined },
  },
  {
    name: "ADAL: the v1 endpoint as audience",
    claims: { aud: `https://stixgate.example:8443/${TENANT_ID}/oauth2/token` },
  },
  {
    name: "MSAL.NET 4.37: kid in hexadecimal, x5c as a string",
    header: { alg: "RS256", kid: sha1.toString("hex").toUpperCase(), x5t: RS256.x5t, x5c },
    claims: { iat: undefined },
  },
  {
    name: "MSAL.NET 2026: exp and nbf as strings, x5c as a string",
    header: { ...PS256, x5c },
    claims: { exp: String(NOW + 600), nbf: String(NOW) },
  },
  { name: "kid alone, hexadecimal", header: { alg: "RS256", kid: sha1.toString("hex") } },
  { name: "kid alone, base64url", header: { alg: "RS256", kid: sha1.toString("base64url") } },
  { name: "kid alone, SHA-256", header: { alg: "RS256", kid: sha256.toString("hex") } },
  {
    name: "audience by domain",
    claims: { aud: "https://stixgate.example:8443/contoso.example/oauth2/v2.0/token" },
  },
  { name: "audience by adfs", claims: { aud: "https://stixgate.example:8443/adfs/oauth2/token" } },
  {
    name: "audience in capitals",
    claims: { aud: AUDIENCE.replace(TENANT_ID, TENANT_ID.toUpperCase()) },
  },
  {
    name: "audience of Microsoft, when DNS leads here",
    claims: { aud: `https://login.microsoftonline.com/${TENANT_ID}/oauth2/v2.0/token` },
  },
  {
    name: "audience as issuer",
    claims: { aud: `https://stixgate.example:8443/${TENANT_ID}/v2.0` },
  },
  { name: "audience as v1 issuer", claims: { aud: `https://stixgate.example:8443/${TENANT_ID}/` } },
  { name: "audience in a list", claims: { aud: ["https://elsewhere.example", AUDIENCE] } },
  { name: "no sub", claims: { sub: undefined } },
  { name: "iss in capitals", claims: { iss: APP_ID.toUpperCase() } },
  { name: "a century to go", claims: { exp: NOW + 3_000_000_000 } },
  { name: "expired within the skew", claims: { exp: NOW - 299 } },
  { name: "not yet valid within the skew", claims: { nbf: NOW + 300 } },
];

const WRONG_AUDIENCE = [700023, "audience claim does not match"] as const;
const OUT_OF_TIME = [700024, "not within its valid time range"] as const;
const OTHER_APP = [700021, "doesn't match 'client_id'"] as const;

const FAILING: readonly Vector[] = [
  { name: "expired", claims: { exp: NOW - 300 }, refusal: OUT_OF_TIME },
  { name: "expired, as a string", claims: { exp: String(NOW - 300) }, refusal: OUT_OF_TIME },
  { name: "not yet valid", claims: { nbf: NOW + 301 }, refusal: OUT_OF_TIME },
  { name: "no exp", claims: { exp: undefined }, refusal: [50027, "exp"] },
  { name: "exp null", claims: { exp: null }, refusal: [50027, "exp"] },
  { name: "exp in words", claims: { exp: "tomorrow" }, refusal: [50027, "exp"] },
  { name: "nbf in words", claims: { nbf: "1e9" }, refusal: [50027, "nbf"] },
  { name: "another application as iss", claims: { iss: TENANT_ID }, refusal: OTHER_APP },
  { name: "another application as sub", claims: { sub: TENANT_ID }, refusal: OTHER_APP },
  { name: "no iss", claims: { iss: undefined }, refusal: OTHER_APP },
  {
    name: "another host",
    claims: { aud: AUDIENCE.replace("stixgate", "evil") },
    refusal: WRONG_AUDIENCE,
  },
  {
    name: "another port",
    claims: { aud: AUDIENCE.replace("8443", "8444") },
    refusal: WRONG_AUDIENCE,
  },
  {
    name: "another tenant",
    claims: { aud: AUDIENCE.replace(TENANT_ID, APP_ID) },
    refusal: WRONG_AUDIENCE,
  },
  { name: "another path", claims: { aud: `${AUDIENCE}/x` }, refusal: WRONG_AUDIENCE },
  { name: "a query", claims: { aud: `${AUDIENCE}?x` }, refusal: WRONG_AUDIENCE },
  { name: "no aud", claims: { aud: undefined }, refusal: WRONG_AUDIENCE },
  { name: "aud a number", claims: { aud: 7 }, refusal: WRONG_AUDIENCE },
  { name: "an empty list of audiences", claims: { aud: [] }, refusal: WRONG_AUDIENCE },
  {
    name: "no thumbprint",
    header: { alg: "RS256" },
    refusal: [50027, "No certificate thumbprint"],
  },
  {
    name: "an empty thumbprint",
    header: { alg: "RS256", x5t: "" },
    refusal: [50027, "No certificate thumbprint"],
  },
  {
    name: "an unknown certificate, named with its key",
    header: {
      alg: "RS256",
      x5t: strangerSha1.toString("base64url"),
      x5c: [stranger.der.toString("base64")],
    },
    refusal: [
      700027,
      `Thumbprint of key used by client: '${strangerSha1.toString("hex").toUpperCase()}'`,
    ],
  },
  {
    name: "RS384",
    header: { ...RS256, alg: "RS384" },
    refusal: [5002738, "'RS384' is not a supported"],
  },
  {
    name: "a critical extension",
    header: { ...RS256, crit: ["exp"], exp: 1 },
    refusal: [700027, "failed signature validation"],
  },
];

async function sign(header: object, claims: object, signer: ClientCertificate): Promise<string> {
  return new CompactSign(Buffer.from(JSON.stringify({ ...PLAIN, ...claims })))
    .setProtectedHeader({ alg: "RS256", ...header })
    .sign(signer.privateKey, { crit: { exp: true } });
}

function present(realm: Realm, assertion: string, fields: Record<string, string> = {}) {
  return realm.service.issue({
    route: "v2",
    tenant: TENANT_ID,
    form: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: APP_ID,
      scope: "https://management.azure.com/.default",
      client_assertion: assertion,
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      ...fields,
    }),
    authorization: undefined,
    protocol: "https",
    host: "stixgate.example:8443",
    address: "192.0.2.1",
  });
}

async function check(realm: Realm, name: string, assertion: string, refusal: Vector["refusal"]) {
  const outcome = await present(realm, assertion);
  if (refusal === undefined) {
    assert.equal(
      outcome.kind === "issued" ? outcome.credential : entraErrorText(outcome),
      "certificate",
      name,
    );
    return;
  }
  assert.ok(outcome.kind === "refused", `${name}: passed`);
  const text = entraErrorText(outcome);
  assert.equal(ENTRA_ERRORS[outcome.id].code, refusal[0], `${name}: ${text}`);
  assert.ok(text.includes(refusal[1]), `${name}: ${text}`);
}

test("assertions of every client pass, and fail for the right reason", async (context) => {
  const realm = await openRealm(context, { options: { failedSignInsPerMinuteMax: 1_000 } });
  await realm.directory.addCertificate(APP_ID, { certificate: certificate.pem });
  for (const { name, header = RS256, claims = {}, refusal } of [...PASSING, ...FAILING]) {
    await check(realm, name, await sign(header, claims, certificate), refusal);
  }
});

test("what isn't signed by the registered key never passes", async (context) => {
  const realm = await openRealm(context, { options: { failedSignInsPerMinuteMax: 1_000 } });
  await realm.directory.addCertificate(APP_ID, { certificate: certificate.pem });
  const good = await sign(RS256, {}, certificate);
  const [header = "", payload = "", signature = ""] = good.split(".");
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const hmacInput = `${encode({ ...RS256, alg: "HS256" })}.${payload}`;
  const hmac = createHmac("sha256", certificate.pem).update(hmacInput).digest("base64url");
  const signatureRefusal = [700027, "did not match the expected signature value"] as const;
  const cases: readonly (readonly [string, string, readonly [number, string]])[] = [
    ["another key", await sign(RS256, {}, stranger), signatureRefusal],
    [
      "tampered payload",
      `${header}.${encode({ ...PLAIN, exp: NOW + 999 })}.${signature}`,
      signatureRefusal,
    ],
    ["tampered header", `${encode({ ...RS256, x: 1 })}.${payload}.${signature}`, signatureRefusal],
    ["cut signature", `${header}.${payload}.${signature.slice(4)}`, signatureRefusal],
    [
      "PS256 claimed for RS256",
      `${encode({ ...RS256, alg: "PS256" })}.${payload}.${signature}`,
      signatureRefusal,
    ],
    ["alg none", `${encode({ ...RS256, alg: "none" })}.${payload}.`, [5002738, "'none'"]],
    ["HS256 with the public key", `${hmacInput}.${hmac}`, [5002738, "'HS256'"]],
    ["no alg", `${encode({ x5t: RS256.x5t })}.${payload}.${signature}`, [5002738, "'undefined'"]],
    [
      "alg a deep list",
      `${Buffer.from(`{"alg":${"[".repeat(5_000)}${"]".repeat(5_000)}}`).toString("base64url")}.${payload}.${signature}`,
      [5002738, "'object'"],
    ],
    ["two parts", `${header}.${payload}`, [50027, "three base64url parts"]],
    ["no JWT", "hello", [50027, "three base64url parts"]],
    ["header no JSON", `AAAA.${payload}.${signature}`, [50027, "header is not a JSON object"]],
    [
      "payload a list",
      `${header}.${Buffer.from("[]").toString("base64url")}.${signature}`,
      [50027, "payload is not a JSON object"],
    ],
    ["too long", "A".repeat(16_385), [50027, "longer than 16384"]],
  ];
  for (const [name, assertion, refusal] of cases) {
    await check(realm, name, assertion, refusal);
  }
});

test("a certificate outside its own validity proves nothing", async (context) => {
  const realm = await openRealm(context);
  await realm.directory.addCertificate(APP_ID, { certificate: certificate.pem });
  realm.time.now = new Date("2036-01-01T00:00:01.000Z");
  const later = realm.time.now.getTime() / 1000;
  const assertion = await sign(RS256, { nbf: later, exp: later + 600 }, certificate);
  await check(realm, "ended", assertion, [700027, "The key used is expired."]);
});

test("a certificate of another application proves nothing", async (context) => {
  const realm = await openRealm(context);
  const other = await realm.directory.createApplication({ displayName: "other" });
  await realm.directory.addCertificate(other.appId, { certificate: certificate.pem });
  await check(realm, "foreign", await sign(RS256, {}, certificate), [
    700027,
    "not registered on application",
  ]);
});

test("the type of the assertion has to be named", async (context) => {
  const realm = await openRealm(context);
  const missing = await present(realm, "x.y.z", { client_assertion_type: "" });
  const unknown = await present(realm, "x.y.z", { client_assertion_type: "saml" });
  assert.deepEqual(
    [missing, unknown].map((outcome) => (outcome.kind === "refused" ? outcome.id : "issued")),
    ["missing_parameter", "malformed_assertion"],
  );
});
