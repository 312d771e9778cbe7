/**
 * Goal: the token service's routes answer as Microsoft Entra's do, to the header and the order of members;
 * documents name the host that the client called; and no input whatever makes an answer of 500 or more.
 */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import fastify, { type FastifyInstance } from "fastify";
import {
  APP_ID,
  CLIENT_SECRET,
  openRealm,
  type Realm,
  type RealmChoices,
  TENANT_ID,
} from "../../test/support/realm.ts";
import { registerTokenRoutes } from "./token-routes.ts";

const HOST = "stixgate.example:8443";
const ORIGIN = `https://${HOST}`;
const FORM = "application/x-www-form-urlencoded";
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const TRACE = "55555555-5555-4555-8555-555555555555";

interface Site {
  readonly app: FastifyInstance;
  readonly realm: Realm;
}

async function openSite(context: TestContext, choices: RealmChoices = {}): Promise<Site> {
  const realm = await openRealm(context, choices);
  // The proxy setting lets a test say that the request came over TLS.
  const app = fastify({ trustProxy: true, genReqId: () => TRACE });
  context.after(() => app.close());
  app.post("/other", async (request) => ({ body: request.body }));
  registerTokenRoutes(app, {
    tokens: realm.service,
    metadata: realm.metadata,
    origins: realm.options,
    clock: () => realm.time.now,
  });
  return { app, realm };
}

function get({ app }: Site, url: string, host = HOST) {
  return app.inject({ url, headers: { host, "x-forwarded-proto": "https" } });
}

function tokenForm(fields: Readonly<Record<string, string>> = {}): string {
  return new URLSearchParams({
    grant_type: "client_credentials",
    client_id: APP_ID,
    client_secret: CLIENT_SECRET,
    scope: "https://management.azure.com/.default",
    ...fields,
  }).toString();
}

function post({ app }: Site, url: string, payload: string, headers: Record<string, string> = {}) {
  return app.inject({
    method: "POST",
    url,
    payload,
    headers: { host: HOST, "x-forwarded-proto": "https", "content-type": FORM, ...headers },
  });
}

const TOKEN_URL = `/${TENANT_ID}/oauth2/v2.0/token`;

test("metadata has Entra's members and names the host that was called", async (context) => {
  const site = await openSite(context);
  const reply = await get(site, `/${TENANT_ID}/v2.0/.well-known/openid-configuration`);
  assert.equal(reply.statusCode, 200);
  assert.equal(reply.headers["cache-control"], "max-age=86400, private");
  assert.equal(reply.headers["access-control-allow-origin"], "*");
  assert.equal(reply.headers["content-type"], "application/json; charset=utf-8");
  const base = `${ORIGIN}/${TENANT_ID}`;
  assert.deepEqual(reply.json(), {
    token_endpoint: `${base}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: [
      "client_secret_post",
      "private_key_jwt",
      "client_secret_basic",
    ],
    jwks_uri: `${base}/discovery/v2.0/keys`,
    response_modes_supported: ["query", "fragment", "form_post"],
    subject_types_supported: ["pairwise"],
    id_token_signing_alg_values_supported: ["RS256"],
    response_types_supported: ["code", "id_token", "code id_token", "id_token token"],
    scopes_supported: ["openid", "profile", "email", "offline_access"],
    issuer: `${base}/v2.0`,
    request_uri_parameter_supported: false,
    userinfo_endpoint: `${ORIGIN}/oidc/userinfo`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
    http_logout_supported: true,
    frontchannel_logout_supported: true,
    end_session_endpoint: `${base}/oauth2/v2.0/logout`,
    claims_supported: [
      "sub",
      "iss",
      "aud",
      "exp",
      "iat",
      "nbf",
      "tid",
      "oid",
      "ver",
      "appid",
      "azp",
    ],
    tenant_region_scope: null,
    cloud_instance_name: HOST,
    cloud_graph_host_name: "graph.windows.net",
    msgraph_host: "graph.microsoft.com",
    rbac_url: "https://pas.windows.net",
  });
});

test("segments, versions and hosts in metadata", async (context) => {
  const site = await openSite(context);
  const canonical = "https://stixgate.example:8443";
  const cases: readonly (readonly [string, string, string, string])[] = [
    [
      `/${TENANT_ID.toUpperCase()}/.well-known/openid-configuration`,
      HOST,
      `${ORIGIN}/${TENANT_ID}/oauth2/token`,
      `${ORIGIN}/${TENANT_ID}/`,
    ],
    [
      "/Contoso.example/v2.0/.well-known/openid-configuration",
      HOST,
      `${ORIGIN}/${TENANT_ID}/oauth2/v2.0/token`,
      `${ORIGIN}/${TENANT_ID}/v2.0`,
    ],
    [
      "/adfs/.well-known/openid-configuration",
      HOST,
      `${ORIGIN}/adfs/oauth2/token`,
      `${ORIGIN}/${TENANT_ID}/`,
    ],
    [
      "/common/v2.0/.well-known/openid-configuration",
      HOST,
      `${ORIGIN}/common/oauth2/v2.0/token`,
      `${ORIGIN}/{tenantid}/v2.0`,
    ],
    [
      "/organizations/.well-known/openid-configuration",
      HOST,
      `${ORIGIN}/organizations/oauth2/token`,
      `${ORIGIN}/{tenantid}/`,
    ],
    [
      "/adfs/.well-known/openid-configuration",
      "LOCALHOST:9443",
      "https://localhost:9443/adfs/oauth2/token",
      `https://localhost:9443/${TENANT_ID}/`,
    ],
    [
      "/adfs/.well-known/openid-configuration",
      "127.0.0.1:443",
      "https://127.0.0.1/adfs/oauth2/token",
      `https://127.0.0.1/${TENANT_ID}/`,
    ],
    [
      "/adfs/.well-known/openid-configuration",
      "[::1]:8443",
      "https://[::1]:8443/adfs/oauth2/token",
      `https://[::1]:8443/${TENANT_ID}/`,
    ],
    [
      "/adfs/.well-known/openid-configuration",
      "login.microsoftonline.com",
      "https://login.microsoftonline.com/adfs/oauth2/token",
      `https://login.microsoftonline.com/${TENANT_ID}/`,
    ],
    [
      "/adfs/.well-known/openid-configuration",
      "evil.example",
      `${canonical}/adfs/oauth2/token`,
      `${canonical}/${TENANT_ID}/`,
    ],
    [
      "/adfs/.well-known/openid-configuration",
      "localhost@evil.example",
      `${canonical}/adfs/oauth2/token`,
      `${canonical}/${TENANT_ID}/`,
    ],
    [
      "/adfs/.well-known/openid-configuration",
      "localhost/../evil",
      `${canonical}/adfs/oauth2/token`,
      `${canonical}/${TENANT_ID}/`,
    ],
  ];
  for (const [url, host, tokenEndpoint, issuer] of cases) {
    const reply = await get(site, url, host);
    const { token_endpoint, issuer: found } = reply.json();
    assert.deepEqual([token_endpoint, found], [tokenEndpoint, issuer], `${url} at ${host}`);
  }
});

test("an unknown tenant's metadata is refused as invalid_tenant, members in order", async (context) => {
  const site = await openSite(context);
  const reply = await get(site, "/fabrikam.example/v2.0/.well-known/openid-configuration");
  assert.equal(reply.statusCode, 400);
  const { correlation_id } = reply.json();
  assert.match(correlation_id, GUID);
  assert.equal(
    reply.body,
    '{"error":"invalid_tenant","error_description":"AADSTS90002: Tenant \'fabrikam.example\' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant. ' +
      `Trace ID: ${TRACE} Correlation ID: ${correlation_id} Timestamp: 2026-03-01 12:00:00Z",` +
      `"error_codes":[90002],"timestamp":"2026-03-01 12:00:00Z","trace_id":"${TRACE}","correlation_id":"${correlation_id}",` +
      '"error_uri":"https://stixgate.example:8443/error?code=90002"}',
  );
  const malformed = await get(site, "/fabrikam/discovery/keys");
  assert.deepEqual([malformed.statusCode, malformed.json().error_codes], [400, [900023]]);
});

test("both key documents show at least two keys, the v2 one with its issuer", async (context) => {
  const site = await openSite(context);
  const { keys: v1 } = (await get(site, `/${TENANT_ID}/discovery/keys`)).json();
  const { keys: v2 } = (await get(site, "/common/discovery/v2.0/keys")).json();
  assert.equal(v1.length, 2);
  assert.deepEqual(Object.keys(v1[0]), ["kty", "use", "kid", "x5t", "n", "e", "x5c"]);
  assert.deepEqual([v1[0].kty, v1[0].use, v1[0].x5t], ["RSA", "sig", v1[0].kid]);
  assert.deepEqual(v2[0], { ...v1[0], issuer: "https://stixgate.example:8443/{tenantid}/v2.0" });
});

test("instance discovery names the authority with and without its port", async (context) => {
  const site = await openSite(context);
  const ask = (endpoint: string, more = "", host = "login.microsoftonline.com") =>
    get(
      site,
      `/common/discovery/instance?authorization_endpoint=${encodeURIComponent(endpoint)}${more}`,
      host,
    );
  const entry = (host: string) => ({
    preferred_network: host,
    preferred_cache: host,
    aliases: [host],
  });
  const authority = `${ORIGIN}/${TENANT_ID}`;
  const full = await ask(`${authority}/oauth2/v2.0/authorize`, "&api-version=1.0");
  assert.deepEqual(full.json(), {
    tenant_discovery_endpoint: `${authority}/v2.0/.well-known/openid-configuration`,
    "api-version": "1.0",
    metadata: [entry(HOST), entry("stixgate.example")],
  });
  const withoutPort = await ask(`https://stixgate.example/${TENANT_ID}/oauth2/authorize`, "", HOST);
  assert.deepEqual(withoutPort.json(), {
    tenant_discovery_endpoint: `${authority}/.well-known/openid-configuration`,
    "api-version": "1.1",
    metadata: [entry("stixgate.example"), entry(HOST)],
  });
  for (const endpoint of [
    "https://evil.example/common",
    "http://localhost/common",
    "nonsense",
    "",
  ]) {
    const reply = await ask(endpoint);
    const { error, error_codes } = reply.json();
    assert.deepEqual(
      [reply.statusCode, error, error_codes],
      [400, "invalid_instance", [50049]],
      endpoint,
    );
  }
});

test("webfinger names the trusted realm", async (context) => {
  const site = await openSite(context);
  const reply = await get(
    site,
    `/.well-known/webfinger?rel=x&resource=${encodeURIComponent(ORIGIN)}`,
  );
  assert.deepEqual(reply.json(), {
    subject: ORIGIN,
    links: [{ rel: "http://schemas.microsoft.com/rel/trusted-realm", href: ORIGIN }],
  });
});

test("a token's reply carries Entra's headers", async (context) => {
  const site = await openSite(context);
  const reply = await post(site, TOKEN_URL, tokenForm());
  assert.equal(reply.statusCode, 200);
  assert.deepEqual(Object.keys(reply.json()), [
    "token_type",
    "expires_in",
    "ext_expires_in",
    "access_token",
  ]);
  const wanted = {
    "cache-control": "no-store, no-cache",
    pragma: "no-cache",
    expires: "-1",
    "content-type": "application/json; charset=utf-8",
    "x-content-type-options": "nosniff",
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "x-ms-request-id": TRACE,
  };
  for (const [name, value] of Object.entries(wanted)) {
    assert.equal(reply.headers[name], value, name);
  }
  const loopback = await post(site, TOKEN_URL, tokenForm(), { host: "localhost:8443" });
  assert.equal(loopback.headers["strict-transport-security"], undefined);
});

test("the body is read as a form whatever its Content-Type says", async (context) => {
  const site = await openSite(context);
  for (const type of [
    FORM,
    `${FORM};charset=utf-8`,
    `${FORM}; charset=iso-8859-1`,
    "text/plain",
    "nonsense",
  ]) {
    assert.equal(
      (await post(site, TOKEN_URL, tokenForm(), { "content-type": type })).statusCode,
      200,
      type,
    );
  }
  const json = await post(site, TOKEN_URL, '{"grant_type":"client_credentials"}', {
    "content-type": "application/json",
  });
  assert.match(json.json().error_description, /^AADSTS900144: .*'grant_type'/);
  const nothing = await site.app.inject({ method: "POST", url: TOKEN_URL });
  assert.match(nothing.json().error_description, /^AADSTS900144: .*'grant_type'/);
});

test("refusals: status, correlation id from wherever the client put it, error_uri on this server", async (context) => {
  const site = await openSite(context);
  const correlation = "66666666-6666-4666-8666-666666666666";
  const id = { "client-request-id": correlation };
  const wrong = tokenForm({ client_secret: "wrong" });
  const replies = [
    await post(site, TOKEN_URL, tokenForm({ client_secret: "wrong", ...id })),
    await post(site, `${TOKEN_URL}?client-request-id=${correlation}`, wrong),
    await post(site, TOKEN_URL, wrong, id),
  ];
  for (const reply of replies) {
    assert.equal(reply.statusCode, 401);
    const body = reply.json();
    assert.deepEqual(Object.keys(body), [
      ...["error", "error_description", "error_codes", "timestamp"],
      ...["trace_id", "correlation_id", "error_uri"],
    ]);
    assert.equal(body.error_uri, `${ORIGIN}/error?code=7000215`);
    assert.deepEqual(
      [body.correlation_id, body.trace_id],
      [correlation, reply.headers["x-ms-request-id"]],
    );
  }
  const malformed = await post(site, TOKEN_URL, wrong, { "client-request-id": 'x\\"' });
  assert.match(malformed.json().correlation_id, GUID);
});

test("statuses by kind of refusal", async (context) => {
  const site = await openSite(context);
  const nil = "00000000-0000-0000-0000-000000000000";
  const cases: readonly (readonly [
    string,
    Readonly<Record<string, string>>,
    number,
    string,
    number,
    boolean,
  ])[] = [
    [TOKEN_URL, { client_secret: "" }, 401, "invalid_client", 7000216, true],
    [TOKEN_URL, { client_id: TENANT_ID }, 400, "unauthorized_client", 700016, true],
    [TOKEN_URL, { client_id: nil }, 400, "unauthorized_client", 700038, false],
    [TOKEN_URL, { grant_type: "x" }, 400, "unsupported_grant_type", 70003, false],
    [TOKEN_URL, { scope: "x" }, 400, "invalid_scope", 1002012, true],
    [TOKEN_URL, { scope: "x/.default" }, 400, "invalid_resource", 500011, true],
    ["/nobody.example/oauth2/token", {}, 400, "invalid_request", 90002, true],
    ["/common/oauth2/v2.0/token", {}, 400, "invalid_request", 90002, true],
    ["/x/oauth2/v2.0/token", {}, 400, "invalid_request", 900023, true],
  ];
  for (const [url, fields, status, error, code, hasUri] of cases) {
    const reply = await post(site, url, tokenForm(fields));
    const body = reply.json();
    assert.deepEqual(
      [reply.statusCode, body.error, body.error_codes, "error_uri" in body],
      [status, error, [code], hasUri],
      JSON.stringify(fields),
    );
  }
});

test("the token routes take POST only", async (context) => {
  const site = await openSite(context);
  for (const method of ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"] as const) {
    const reply = await site.app.inject({ method, url: TOKEN_URL });
    const { error, error_description } = reply.json();
    assert.deepEqual(
      [reply.statusCode, error, reply.headers.allow],
      [400, "invalid_request", "POST"],
    );
    assert.match(
      error_description,
      new RegExp(
        `^AADSTS900561: The endpoint only accepts POST requests\\. Received a ${method} request\\. `,
      ),
    );
  }
});

test("a body of more than 64 KiB is refused", async (context) => {
  const site = await openSite(context);
  const fits = await post(site, TOKEN_URL, `${tokenForm()}&padding=${"x".repeat(65_000)}`);
  assert.equal(fits.statusCode, 200);
  const reply = await post(site, TOKEN_URL, "x".repeat(65_537));
  assert.deepEqual([reply.statusCode, reply.json().error_codes], [413, [9002313]]);
});

test("too many failures are answered with 429 and Retry-After", async (context) => {
  const site = await openSite(context, { options: { failedSignInsPerMinuteMax: 1 } });
  const wrong = tokenForm({ client_secret: "wrong" });
  await post(site, TOKEN_URL, wrong);
  const reply = await post(site, TOKEN_URL, wrong);
  assert.deepEqual(
    [reply.statusCode, reply.headers["retry-after"], reply.json().error],
    [429, "60", "temporarily_unavailable"],
  );
});

test("a failing store is answered in the same envelope", async (context) => {
  const site = await openSite(context);
  const broken = { issue: () => Promise.reject(new Error("a fault with details")) };
  const app = fastify();
  context.after(() => app.close());
  const { realm } = site;
  registerTokenRoutes(app, {
    tokens: broken,
    metadata: realm.metadata,
    origins: realm.options,
    clock: () => realm.time.now,
  });
  const reply = await app.inject({ method: "POST", url: TOKEN_URL, payload: tokenForm() });
  assert.deepEqual([reply.statusCode, reply.json().error], [500, "server_error"]);
  assert.equal(reply.body.includes("details"), false);
});

test("the page behind error_uri explains a code, and only codes", async (context) => {
  const site = await openSite(context);
  const page = await get(site, "/error?code=7000215");
  assert.equal(page.statusCode, 200);
  assert.equal(page.headers["content-type"], "text/html; charset=utf-8");
  assert.match(
    page.body,
    /<h1>AADSTS7000215<\/h1>[\s\S]*<code>stixgate app secret rotate APP<\/code>/,
  );
  for (const code of ["", "<script>", "1", "__proto__"]) {
    const reply = await get(site, `/error?code=${encodeURIComponent(code)}`);
    assert.equal(reply.statusCode, 404);
    assert.equal(reply.body.includes("<"), false);
  }
});

test("other routes keep their own way with bodies", async (context) => {
  const { app } = await openSite(context);
  const reply = await app.inject({ method: "POST", url: "/other", payload: { a: 1 } });
  assert.deepEqual(reply.json(), { body: { a: 1 } });
  const form = await app.inject({
    method: "POST",
    url: "/other",
    payload: "a=1",
    headers: { "content-type": FORM },
  });
  assert.equal(form.statusCode, 415);
});

test("no input makes an answer of 500 or more", async (context) => {
  const site = await openSite(context, { options: { failedSignInsPerMinuteMax: 100_000 } });
  const field = fc.constantFrom(
    "grant_type",
    "client_id",
    "client_secret",
    "scope",
    "resource",
    "client_assertion",
    "client_assertion_type",
  );
  const value = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      "client_credentials",
      APP_ID,
      CLIENT_SECRET,
      "https://management.azure.com/.default",
      "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      "eyJhbGciOiJSUzI1NiIsIng1dCI6ImEifQ.e30.AA",
    ),
  );
  const form = fc
    .array(fc.tuple(field, value), { maxLength: 10 })
    .map((entries) => new URLSearchParams(entries).toString());
  const segment = fc.oneof(fc.constantFrom(TENANT_ID, "adfs", "common"), fc.webSegment());
  const path = fc.constantFrom(
    "oauth2/v2.0/token",
    "oauth2/token",
    "discovery/keys",
    "v2.0/.well-known/openid-configuration",
  );
  const host = fc.oneof(
    fc.constantFrom(HOST, "localhost", "[::1", "a b", "%", ":"),
    fc.string({ unit: "grapheme-ascii" }),
  );
  const authorization = fc.oneof(
    fc.constant(undefined),
    fc.base64String().map((text) => `Basic ${text}`),
    fc.string({ unit: "grapheme-ascii" }),
  );
  const body = fc.oneof(form, fc.string({ unit: "binary" }));
  await fc.assert(
    fc.asyncProperty(fc.record({ segment, path, body, host, authorization }), async (input) => {
      const method = input.path.endsWith("token") ? "POST" : "GET";
      const reply = await site.app.inject({
        method,
        url: `/${input.segment}/${input.path}`,
        ...(method === "POST" ? { payload: input.body } : {}),
        headers: {
          host: input.host,
          ...(input.authorization === undefined ? {} : { authorization: input.authorization }),
        },
      });
      assert.ok(reply.statusCode < 500, reply.body);
    }),
    { numRuns: 300 },
  );
});
