/**
 * Goal: tokens and replies have Entra's members, values and types; refusals come in Entra's order with
 * Entra's codes and texts; whoever guesses secrets is slowed down and nobody else is.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeJwt, decodeProtectedHeader } from "jose";
import {
  APP_ID,
  CLIENT_SECRET,
  OBJECT_ID,
  openRealm,
  type Realm,
  TENANT_ID,
} from "../../test/support/realm.ts";
import { ENTRA_ERRORS, type EntraErrorId, entraErrorText } from "../wire/index.ts";
import { checkTokenOptions } from "./options.ts";
import type { TokenRequest } from "./token-request.ts";
import type { TokenRefusal } from "./token-service.ts";

/** The realm's clock, in seconds. */
const NOW = 1_772_366_400;
const ARM = "https://management.azure.com";

interface Ask extends Partial<Omit<TokenRequest, "form">> {
  /** Merged into a complete request; undefined takes a field away. */
  readonly form?: Readonly<Record<string, string | undefined>>;
}

function ask(realm: Realm, { form = {}, ...rest }: Ask = {}) {
  const fields = {
    grant_type: "client_credentials",
    client_id: APP_ID,
    client_secret: CLIENT_SECRET,
    ...(rest.route === "v1" ? { resource: ARM } : { scope: `${ARM}/.default` }),
    ...form,
  };
  const present = Object.entries(fields).filter(
    (field): field is [string, string] => field[1] !== undefined,
  );
  return realm.service.issue({
    route: "v2",
    tenant: TENANT_ID,
    form: new URLSearchParams(present),
    authorization: undefined,
    protocol: "https",
    host: "stixgate.example:8443",
    address: "192.0.2.1",
    ...rest,
  });
}

async function issue(realm: Realm, request: Ask = {}) {
  const outcome = await ask(realm, request);
  assert.ok(outcome.kind === "issued", outcome.kind === "refused" ? entraErrorText(outcome) : "");
  return { ...outcome, claims: decodeJwt(outcome.reply.access_token) };
}

async function refused(realm: Realm, request: Ask): Promise<TokenRefusal> {
  const outcome = await ask(realm, request);
  assert.ok(outcome.kind === "refused", "a token was issued");
  return outcome;
}

test("the reply of v2 has numbers, the reply of v1 only strings", async (context) => {
  const realm = await openRealm(context);
  const { access_token: _two, ...two } = (await issue(realm)).reply;
  assert.deepEqual(two, { token_type: "Bearer", expires_in: 3599, ext_expires_in: 3599 });
  const { access_token: _one, ...one } = (await issue(realm, { route: "v1" })).reply;
  assert.deepEqual(one, {
    token_type: "Bearer",
    expires_in: "3599",
    ext_expires_in: "3599",
    expires_on: "1772370000",
    not_before: "1772366100",
    resource: ARM,
  });
});

test("tokens have the shape of version 1.0 by default, from either route", async (context) => {
  const realm = await openRealm(context);
  const { kid } = await realm.keys.current();
  for (const route of ["v1", "v2"] as const) {
    const { reply, claims } = await issue(realm, { route });
    assert.deepEqual(decodeProtectedHeader(reply.access_token), {
      typ: "JWT",
      alg: "RS256",
      x5t: kid,
      kid,
    });
    const { aio, rh, uti, ...plain } = claims;
    assert.ok([aio, rh, uti].every((claim) => typeof claim === "string" && claim.length > 20));
    assert.deepEqual(plain, {
      aud: ARM,
      iss: `https://stixgate.example:8443/${TENANT_ID}/`,
      iat: NOW - 300,
      nbf: NOW - 300,
      exp: NOW + 3600,
      app_displayname: "MISP",
      appid: APP_ID,
      appidacr: "1",
      idp: `https://stixgate.example:8443/${TENANT_ID}/`,
      idtyp: "app",
      oid: OBJECT_ID,
      sub: OBJECT_ID,
      tid: TENANT_ID,
      ver: "1.0",
      xms_tcdt: NOW,
    });
  }
});

test("tokens have the shape of version 2.0 by setting, from either route", async (context) => {
  const realm = await openRealm(context, { options: { tokenVersion: "2.0" } });
  const { kid } = await realm.keys.current();
  for (const route of ["v1", "v2"] as const) {
    const { reply, claims } = await issue(realm, { route });
    assert.deepEqual(decodeProtectedHeader(reply.access_token), { typ: "JWT", alg: "RS256", kid });
    assert.deepEqual(Object.keys(claims).sort(), [
      ...["aio", "aud", "azp", "azpacr", "exp", "iat", "iss", "nbf", "oid"],
      ...["rh", "sub", "tid", "uti", "ver", "xms_ftd"],
    ]);
    assert.equal(claims.iss, `https://stixgate.example:8443/${TENANT_ID}/v2.0`);
    assert.deepEqual([claims["azp"], claims["azpacr"], claims["ver"]], [APP_ID, "1", "2.0"]);
  }
});

test("every audience is reachable, on both routes, and reserved scopes are ignored", async (context) => {
  const realm = await openRealm(context);
  const cases: readonly (readonly [Ask, string])[] = [
    [{ form: { scope: "https://management.azure.com/.default" } }, ARM],
    [{ form: { scope: "https://management.azure.com//.default" } }, `${ARM}/`],
    [
      { form: { scope: "https://management.core.windows.net/.default" } },
      "https://management.core.windows.net",
    ],
    [
      { form: { scope: "https://management.core.windows.net//.default" } },
      "https://management.core.windows.net/",
    ],
    [{ form: { scope: `openid ${ARM}/.default offline_access  profile` } }, ARM],
    [{ route: "v1", form: { resource: `${ARM}/` } }, `${ARM}/`],
    [
      { route: "v1", form: { resource: "https://management.core.windows.net/" } },
      "https://management.core.windows.net/",
    ],
    [{ route: "v1", tenant: "adfs", form: { resource: undefined, scope: `${ARM}/.default` } }, ARM],
  ];
  for (const [request, audience] of cases) {
    assert.equal((await issue(realm, request)).claims.aud, audience, JSON.stringify(request));
  }
});

test("a tenant answers to id, domain and adfs; client ids may be in capitals", async (context) => {
  const realm = await openRealm(context);
  for (const tenant of [TENANT_ID.toUpperCase(), "Contoso.onmicrosoft.com", "adfs"]) {
    assert.equal((await issue(realm, { tenant })).claims["tid"], TENANT_ID);
  }
  assert.equal(
    (await issue(realm, { form: { client_id: APP_ID.toUpperCase() } })).claims["appid"],
    APP_ID,
  );
});

test("HTTP Basic works, form-encoded as OAuth wants it and plain as curl sends it", async (context) => {
  const realm = await openRealm(context);
  const chosen = "percent%41and+plus~in_a_secret_of_40_char";
  await realm.directory.addSecret(APP_ID, { secret: chosen });
  const basic = (id: string, secret: string) =>
    `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;
  const form = { client_id: undefined, client_secret: undefined };
  for (const authorization of [
    basic(APP_ID, CLIENT_SECRET),
    basic(APP_ID, chosen),
    basic(APP_ID, encodeURIComponent(chosen)),
  ]) {
    await issue(realm, { authorization, form });
    await issue(realm, { authorization, form: { client_secret: undefined } });
  }
  const cases: readonly (readonly [string, EntraErrorId])[] = [
    [basic(APP_ID, "wrong"), "bad_secret"],
    [basic(APP_ID, ""), "no_credential"],
    [basic(OBJECT_ID, CLIENT_SECRET), "unknown_app"],
    ["Basic !", "malformed_request"],
    [`Basic ${Buffer.from("no colon").toString("base64")}`, "malformed_request"],
    ["Bearer x", "malformed_request"],
  ];
  for (const [authorization, id] of cases) {
    assert.equal((await refused(realm, { authorization, form })).id, id, authorization);
  }
  const mixed = {
    authorization: basic(OBJECT_ID, CLIENT_SECRET),
    form: { client_secret: undefined },
  };
  assert.equal((await refused(realm, mixed)).id, "malformed_request");
});

const ZERO = "00000000-0000-0000-0000-000000000000";
const UNKNOWN = "99999999-9999-4999-8999-999999999999";

/** What is asked, and the refusal's error, code and text. */
const REFUSALS: readonly (readonly [Ask, string, number, string])[] = [
  [
    { form: { client_secret: "wrong" } },
    "invalid_client",
    7000215,
    `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${APP_ID}'.`,
  ],
  [
    { form: { client_secret: undefined } },
    "invalid_client",
    7000216,
    "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
  ],
  [
    { form: { client_id: UNKNOWN } },
    "unauthorized_client",
    700016,
    `Application with identifier '${UNKNOWN}' was not found in the directory 'Contoso'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
  ],
  [
    { form: { client_id: "no-guid" } },
    "unauthorized_client",
    700016,
    "Application with identifier 'no-guid' was not found in the directory 'Contoso'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.",
  ],
  [
    { form: { client_id: ZERO } },
    "unauthorized_client",
    700038,
    `${ZERO} is not a valid application identifier.`,
  ],
  [
    { tenant: UNKNOWN },
    "invalid_request",
    90002,
    `Tenant '${UNKNOWN}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
  ],
  [
    { tenant: "fabrikam.example" },
    "invalid_request",
    90002,
    "Tenant 'fabrikam.example' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.",
  ],
  [
    { tenant: "fabrikam" },
    "invalid_request",
    900023,
    "Specified tenant identifier 'fabrikam' is neither a valid DNS name, nor a valid external domain.",
  ],
  [
    { form: { scope: ARM } },
    "invalid_scope",
    1002012,
    `The provided value for scope ${ARM} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
  ],
  [
    { form: { scope: "https://graph.microsoft.com/.default" } },
    "invalid_resource",
    500011,
    "The resource principal named https://graph.microsoft.com was not found in the tenant named Contoso. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.",
  ],
  [
    { form: { grant_type: undefined } },
    "invalid_request",
    900144,
    "The request body must contain the following parameter: 'grant_type'.",
  ],
  [
    { form: { client_id: undefined } },
    "invalid_request",
    900144,
    "The request body must contain the following parameter: 'client_id'.",
  ],
  [
    { form: { scope: undefined, resource: ARM } },
    "invalid_request",
    900144,
    "The request body must contain the following parameter: 'scope'.",
  ],
  [
    { route: "v1", form: { resource: undefined } },
    "invalid_request",
    900144,
    "The request body must contain the following parameter: 'resource'.",
  ],
  [
    { form: { grant_type: "password" } },
    "unsupported_grant_type",
    70003,
    "The app requested an unsupported grant type 'password'.",
  ],
];

test("refusals carry Entra's errors, codes and texts", async (context) => {
  const realm = await openRealm(context);
  for (const [request, error, code, text] of REFUSALS) {
    const refusal = await refused(realm, request);
    const { error: name, code: number } = ENTRA_ERRORS[refusal.id];
    assert.deepEqual([name, number, entraErrorText(refusal)], [error, code, text]);
  }
});

test("of several faults the first in Entra's order is named", async (context) => {
  const realm = await openRealm(context);
  const faults: readonly (readonly [Ask, EntraErrorId])[] = [
    [{ tenant: UNKNOWN }, "unknown_tenant"],
    [{ form: { grant_type: "password" } }, "unsupported_grant"],
    [{ form: { client_id: undefined } }, "missing_parameter"],
    [{ form: { scope: "nonsense" } }, "invalid_scope"],
    [{ form: { client_id: UNKNOWN } }, "unknown_app"],
    [{ form: { client_secret: "wrong" } }, "bad_secret"],
    [{ form: { scope: "https://nowhere/.default" } }, "unknown_resource"],
  ];
  const overlap = (one: Ask, other: Ask): Ask => ({
    ...other,
    ...one,
    form: { ...other.form, ...one.form },
  });
  for (const [place, [earlier, id]] of faults.entries()) {
    for (const [later] of faults.slice(place + 1)) {
      assert.equal((await refused(realm, overlap(earlier, later))).id, id);
    }
  }
});

test("a field that stands twice is refused, an empty one counts as absent, others are ignored", async (context) => {
  const realm = await openRealm(context);
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    "x-client-SKU": "msal.js.node",
  });
  form.append("x-client-SKU", "twice");
  form.append("client_id", APP_ID);
  form.append("client_id", APP_ID);
  const request = {
    route: "v2",
    tenant: TENANT_ID,
    form,
    authorization: undefined,
    protocol: "https",
    host: "stixgate.example:8443",
    address: "192.0.2.1",
  } as const;
  const twice = await realm.service.issue(request);
  assert.deepEqual(
    [twice.kind === "refused" && twice.id, twice.kind === "refused" && twice.values],
    ["repeated_parameter", { parameter: "client_id" }],
  );
  assert.equal((await refused(realm, { form: { client_secret: "" } })).id, "no_credential");
  await issue(realm, {
    form: {
      claims: '{"access_token":{"xms_cc":{"values":["cp1"]}}}',
      client_info: "1",
      resource: "x",
    },
  });
});

test("expired secrets and disabled applications are told apart from wrong ones", async (context) => {
  const realm = await openRealm(context);
  realm.time.now = new Date("2026-08-28T12:00:00.000Z");
  assert.equal((await refused(realm, {})).id, "expired_secret");
  assert.equal((await refused(realm, { form: { client_secret: "x" } })).id, "bad_secret");
  await realm.directory.setApplicationEnabled(APP_ID, false);
  assert.equal((await refused(realm, {})).id, "disabled_app");
});

test("after too many failures the pair of address and client has to wait, and only it", async (context) => {
  const realm = await openRealm(context, { options: { failedSignInsPerMinuteMax: 3 } });
  const other = await realm.directory.createApplication({ displayName: "other" });
  const { secret } = await realm.directory.addSecret(other.appId);
  const wrong = { form: { client_secret: "wrong" } };
  for (const place of [1, 2, 3]) {
    await issue(realm);
    assert.equal((await refused(realm, wrong)).id, "bad_secret", String(place));
  }
  realm.time.now = new Date(realm.time.now.getTime() + 15_500);
  for (const request of [wrong, {}]) {
    const refusal = await refused(realm, request);
    assert.deepEqual([refusal.id, refusal.retryAfterSeconds], ["too_many_failures", 45]);
  }
  await issue(realm, { address: "192.0.2.2" });
  await issue(realm, { form: { client_id: other.appId, client_secret: secret } });
  realm.time.now = new Date(realm.time.now.getTime() + 45_000);
  await issue(realm);
});

test("impossible options are refused, unwise ones give a warning", async (context) => {
  const { options } = await openRealm(context);
  const cases: readonly (readonly [object, string])[] = [
    [
      { tokenLifetimeSeconds: 59 },
      "tokenLifetimeSeconds: It must be a whole number from 60 to 86400, not 59.",
    ],
    [
      { tokenLifetimeSeconds: 3600.5 },
      "tokenLifetimeSeconds: It must be a whole number from 60 to 86400, not 3600.5.",
    ],
    [
      { clockSkewSeconds: -1 },
      "clockSkewSeconds: It must be a whole number from 0 to 3600, not -1.",
    ],
    [
      { failedSignInsPerMinuteMax: 0 },
      "failedSignInsPerMinuteMax: It must be a whole number from 1 to 100000, not 0.",
    ],
  ];
  for (const [change, message] of cases) {
    assert.throws(() => checkTokenOptions({ ...options, ...change }), {
      code: "settings_invalid",
      message,
    });
  }
  assert.throws(() => checkTokenOptions({ ...options, allowedRoles: ["King"] }), {
    message: /^allowedRoles: There is no role "King"/,
  });
  assert.deepEqual(checkTokenOptions(options), []);
  assert.match(
    checkTokenOptions({ ...options, tokenLifetimeSeconds: 3499 })[0] ?? "",
    /misp2sentinel/,
  );
  assert.match(checkTokenOptions({ ...options, tokenLifetimeSeconds: 300 })[0] ?? "", /every call/);
});

test("tokens never claim to come from Microsoft", async (context) => {
  const realm = await openRealm(context, {
    options: { canonicalUrl: () => "https://sts.windows.net" },
  });
  await assert.rejects(ask(realm), { code: "settings_invalid", field: "canonicalUrl" });
});
