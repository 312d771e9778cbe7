/** Goal: each kind of request to the upload API gets its status, envelope and text, over a real socket. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { type Answer, type Call, type RunningServer, startServer } from "./running-server.ts";

const INDICATOR = {
  type: "indicator",
  spec_version: "2.1",
  id: "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",
  created: "2026-01-05T08:00:00.000Z",
  modified: "2026-01-05T08:00:00.000Z",
  name: "A host",
  pattern: "[ipv4-addr:value = '192.0.2.10']",
  pattern_type: "stix",
  valid_from: "2026-01-05T08:00:00Z",
};
const { id: _id, ...NO_ID } = INDICATOR;
const GOOD = JSON.stringify({ sourcesystem: "test", stixobjects: [INDICATOR] });
const MISSING_ID = "Error for Property=id: Required property is missing. Actual value: NULL.";
const UNAUTHORIZED =
  '{ "statusCode": 401, "message": "Unauthorized. Access token is missing or invalid." }';
const NOT_FOUND = '{ "statusCode": 404, "message": "Resource not found" }';
const ELSEWHERE = "11111111-2222-4333-8444-555555555555";

interface Case {
  readonly name: string;
  /** `{ws}` stands for the workspace id. */
  readonly path?: string;
  readonly call?: Call;
  /** No token is sent. */
  readonly anonymous?: boolean;
  readonly status: number;
  readonly body: string | RegExp;
  readonly headers?: Readonly<Record<string, string | RegExp | undefined>>;
}

const V3 =
  "/workspaces/{ws}/threat-intelligence-stix-objects:upload?api-version=2024-02-01-preview";
const V2 = "/workspaces/{ws}/threatintelligenceindicators:upload?api-version=2022-07-01";
const V1 = "/{ws}/threatintelligence:upload-indicators?api-version=2022-07-01";

function backend(code: string, message: string): string {
  return JSON.stringify({
    error: { code, message, details: [], target: null, additionalInfo: null },
  });
}

function errors(...messages: readonly string[]): string {
  return JSON.stringify({
    errors: messages.map((message, recordIndex) => ({ recordIndex, errorMessages: [message] })),
  });
}

const NOT_JSON = backend(
  "InvalidRequestBodyProperty(RequestBody)",
  "Body of the request is not in valid JSON format.",
);

const CASES: readonly Case[] = [
  {
    name: "v3 success",
    status: 200,
    body: "",
    headers: { "content-type": undefined, "content-length": "0" },
  },
  {
    name: "v2 success",
    path: V2,
    call: { body: '{"SourceSystem":"t","Indicators":[]}' },
    status: 200,
    body: '{"errors":[]}',
    headers: { "content-type": "application/json; charset=utf-8" },
  },
  {
    name: "v1 success",
    path: V1,
    call: { body: JSON.stringify({ SourceSystem: "t", Value: [INDICATOR] }) },
    status: 200,
    body: '{"errors":[]}',
  },
  {
    name: "misspelt path",
    path: "/workspaces/{ws}/threatintelligence-stix-objects:upload?api-version=2024-02-01-preview",
    status: 200,
    body: "",
  },
  {
    name: "v2 without workspaces",
    path: "/{ws}/threatintelligenceindicators:upload",
    call: { body: '{"sourcesystem":"t","indicators":[]}' },
    status: 200,
    body: '{"errors":[]}',
  },
  { name: "no api-version", path: V3.split("?")[0] ?? "", status: 200, body: "" },
  { name: "empty api-version", path: `${V3.split("?")[0]}?api-version=`, status: 200, body: "" },
  {
    name: "unknown api-version",
    path: `${V3.split("?")[0]}?api-version=2099-01-01`,
    status: 200,
    body: "",
  },
  { name: "escaped colon", path: V3.replace(":upload", "%3Aupload"), status: 200, body: "" },
  {
    name: "path in capitals",
    path: V3.replace("/workspaces/", "/Workspaces/"),
    status: 200,
    body: "",
  },
  { name: "no Content-Type", call: { headers: {} }, status: 200, body: "" },
  {
    name: "odd Content-Type",
    call: { headers: { "content-type": "text/plain" } },
    status: 200,
    body: "",
  },
  {
    name: "unreadable Content-Type",
    call: { headers: { "content-type": "json;;=" } },
    status: 200,
    body: "",
  },
  {
    name: "charset",
    call: { headers: { "content-type": "application/json; charset=utf-8" } },
    status: 200,
    body: "",
  },
  { name: "byte order mark", call: { body: `\ufeff${GOOD}` }, status: 200, body: "" },
  {
    name: "gzip",
    call: { body: gzipSync(GOOD), headers: { "content-encoding": "gzip" } },
    status: 200,
    body: "",
  },
  {
    name: "deflate",
    call: { body: deflateSync(GOOD), headers: { "content-encoding": "deflate" } },
    status: 200,
    body: "",
  },
  {
    name: "raw deflate",
    call: { body: deflateRawSync(GOOD), headers: { "content-encoding": "deflate" } },
    status: 200,
    body: "",
  },
  {
    name: "brotli",
    call: { body: brotliCompressSync(GOOD), headers: { "content-encoding": "br" } },
    status: 200,
    body: "",
  },
  {
    name: "unknown encoding",
    call: { headers: { "content-encoding": "zip" } },
    status: 400,
    body: /^\{"error":\{"code":"InvalidRequestBodyProperty\(RequestBody\)","message":"Content-Encoding \\"zip\\" is not supported/,
  },
  {
    name: "broken gzip",
    call: { headers: { "content-encoding": "gzip" } },
    status: 400,
    body: /"code":"InvalidRequestBodyProperty\(RequestBody\)"/,
  },
  {
    name: "empty array",
    call: { body: '{"sourcesystem":"t","stixobjects":[]}' },
    status: 200,
    body: "",
  },
  {
    name: "some invalid",
    call: { body: JSON.stringify({ sourcesystem: "t", stixobjects: [NO_ID, INDICATOR] }) },
    status: 200,
    body: errors(MISSING_ID),
  },
  {
    name: "v3 all invalid",
    call: { body: JSON.stringify({ sourcesystem: "t", stixobjects: [NO_ID, NO_ID] }) },
    status: 400,
    body: errors(MISSING_ID, MISSING_ID),
  },
  {
    name: "v2 all invalid",
    path: V2,
    call: { body: JSON.stringify({ sourcesystem: "t", indicators: [NO_ID] }) },
    status: 200,
    body: errors(MISSING_ID),
  },
  {
    name: "v1 all invalid",
    path: V1,
    call: { body: JSON.stringify({ sourcesystem: "t", value: [NO_ID] }) },
    status: 200,
    body: errors(MISSING_ID),
  },
  {
    name: "malformed JSON",
    call: { body: '{"sourcesystem":"t",' },
    status: 400,
    body: NOT_JSON,
    headers: { "retry-after": undefined },
  },
  { name: "no body", call: { body: "" }, status: 400, body: NOT_JSON },
  {
    name: "deep nesting",
    call: { body: `{"sourcesystem":"t","stixobjects":${"[".repeat(100_000)}` },
    status: 400,
    body: /nested deeper than 256 levels/,
  },
  {
    name: "101 objects",
    call: { body: JSON.stringify({ sourcesystem: "t", stixobjects: Array(101).fill(INDICATOR) }) },
    status: 400,
    body: backend(
      "InvalidRequestBodyProperty(stixobjects)",
      "The request holds 101 objects in stixobjects; at most 100 are allowed in one request.",
    ),
  },
  {
    name: "no sourcesystem",
    call: { body: '{"stixobjects":[]}' },
    status: 400,
    body: backend(
      "InvalidRequestBodyProperty(sourcesystem)",
      "Error for Property=sourcesystem: Required property is missing. Actual value: NULL.",
    ),
  },
  {
    name: "restricted sourcesystem",
    call: { body: '{"sourcesystem":"Microsoft Sentinel","stixobjects":[]}' },
    status: 400,
    body: /^\{"error":\{"code":"InvalidRequestBodyProperty\(sourcesystem\)","message":"Error for Property=sourcesystem: The value Microsoft Sentinel is restricted/,
  },
  {
    name: "value on v3",
    call: { body: '{"sourcesystem":"t","value":[]}' },
    status: 400,
    body: /"code":"InvalidRequestBodyProperty\(stixobjects\)"/,
  },
  {
    name: "no token",
    anonymous: true,
    status: 401,
    body: UNAUTHORIZED,
    headers: {
      "www-authenticate":
        /^Bearer authorization_uri="https:\/\/127\.0\.0\.1:\d+\/[^"]+", error="invalid_token", error_description="[^"]+"$/,
      "content-type": "application/json; charset=utf-8",
      "retry-after": undefined,
    },
  },
  {
    name: "a token that is none",
    anonymous: true,
    call: { headers: { authorization: "Bearer abc.def.ghi" } },
    status: 401,
    body: UNAUTHORIZED,
  },
  {
    name: "another scheme",
    anonymous: true,
    call: { headers: { authorization: "Basic abc" } },
    status: 401,
    body: UNAUTHORIZED,
  },
  {
    name: "no token and an unknown workspace",
    path: V3.replace("{ws}", ELSEWHERE),
    anonymous: true,
    status: 401,
    body: UNAUTHORIZED,
  },
  {
    name: "unknown workspace",
    path: V3.replace("{ws}", ELSEWHERE),
    status: 404,
    body: NOT_FOUND,
    headers: { "x-stixgate-reason": `Workspace '${ELSEWHERE}' does not exist.` },
  },
  {
    name: "workspace id that is no GUID",
    path: V3.replace("{ws}", "my-workspace"),
    status: 400,
    body: backend("InvalidRequestUriParameter(workspaceId)", "Workspace Id must be a valid GUID."),
  },
  {
    name: "wrong path",
    path: "/workspaces/{ws}/stixobjects:upload",
    status: 404,
    body: /^\{ "statusCode": 404, "message": "Resource not found\. To upload STIX objects, POST to \/workspaces\/\{workspaceId\}\/threat-intelligence-stix-objects:upload/,
  },
  { name: "another path", path: "/nothing/here", status: 404, body: NOT_FOUND },
  {
    name: "GET",
    call: { method: "GET", body: "" },
    status: 404,
    body: /^\{ "statusCode": 404, "message": "Resource not found\. Use POST \/workspaces\/\{workspaceId\}\/threat-intelligence-stix-objects:upload\." \}$/,
    headers: { allow: "POST" },
  },
  { name: "PUT", call: { method: "PUT" }, status: 404, body: /Use POST/ },
];

describe("the upload contract", () => {
  let server: RunningServer;
  let token: string;
  before(async () => {
    server = await startServer({ args: ["--set", "throttle.mode=off"] });
    token = await server.token();
  });
  after(async () => {
    assert.equal(await server.stop(), 0);
  });

  async function send(row: Case): Promise<Answer> {
    const path = (row.path ?? V3).replace("{ws}", server.ready.workspaceId);
    const contentType =
      row.call?.headers === undefined ? { "content-type": "application/json" } : {};
    const authorization = row.anonymous ? {} : { authorization: `Bearer ${token}` };
    return server.call(path, {
      method: "POST",
      body: GOOD,
      ...row.call,
      headers: { ...contentType, ...authorization, ...row.call?.headers },
    });
  }

  for (const row of CASES) {
    test(row.name, async () => {
      const answer = await send(row);
      assert.equal(answer.status, row.status, answer.body);
      if (typeof row.body === "string") {
        assert.equal(answer.body, row.body);
      } else {
        assert.match(answer.body, row.body);
      }
      for (const [name, expected] of Object.entries(row.headers ?? {})) {
        const actual = answer.headers[name];
        if (expected instanceof RegExp) {
          assert.match(String(actual), expected);
        } else {
          assert.equal(actual, expected, name);
        }
      }
      assert.match(String(answer.headers["x-ms-request-id"]), /^[0-9a-f-]{36}$/);
    });
  }

  test("refused and rejected requests are found by the id of their answer", async () => {
    const refused = await send({ name: "", call: { body: "{" }, status: 400, body: "" });
    const rejected = await send({
      name: "",
      call: {
        body: JSON.stringify({
          sourcesystem: "t",
          stixobjects: [INDICATOR, { ...NO_ID, x: 12345678901234567890n.toString() }],
        }),
      },
      status: 200,
      body: "",
    });
    const path = `/api/v1/workspaces/${server.ready.workspaceId}/requests`;
    const read = async (id: unknown): Promise<Record<string, unknown>> =>
      JSON.parse(
        (await server.call(`${path}/${id}`, { headers: { authorization: `Bearer ${token}` } }))
          .body,
      );
    const first = await read(refused.headers["x-ms-request-id"]);
    assert.equal(first["outcome"], "refused");
    assert.deepEqual((first["refusal"] as { code: string }).code, "malformed_body");
    const second = await read(rejected.headers["x-ms-request-id"]);
    assert.equal(second["outcome"], "partly_accepted");
    const [rejection] = second["rejections"] as {
      recordIndex: number;
      payload: unknown;
      errors: { rule: string; message: string }[];
    }[];
    assert.equal(rejection?.recordIndex, 1);
    assert.deepEqual(rejection?.payload, { ...NO_ID, x: "12345678901234567890" });
    assert.deepEqual(
      rejection?.errors.map((error) => [error.rule, error.message]),
      [["id.present", MISSING_ID]],
    );
    const missing = await server.call(`${path}/${ELSEWHERE}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    assert.equal(missing.status, 404);
    assert.match(String(missing.headers["content-type"]), /^application\/problem\+json\b/);
  });

  test("receipts need a token and are paged", async () => {
    const path = `/api/v1/workspaces/${server.ready.workspaceId}/requests`;
    assert.equal((await server.call(path)).status, 401);
    const seen = new Set<string>();
    let next: string | null = `${path}?limit=7`;
    while (next !== null) {
      const answer = await server.call(next, { headers: { authorization: `Bearer ${token}` } });
      assert.equal(answer.status, 200, answer.body);
      const page = JSON.parse(answer.body) as {
        value: { requestId: string }[];
        nextLink: string | null;
      };
      for (const { requestId } of page.value) {
        assert.ok(!seen.has(requestId), "no receipt is shown twice");
        seen.add(requestId);
      }
      next = page.nextLink === null ? null : page.nextLink.slice(server.ready.https.length);
    }
    assert.ok(seen.size >= 30, `${seen.size} receipts`);
  });

  test("life, readiness and the CA need no token", async () => {
    assert.equal((await server.call("/livez")).status, 200);
    assert.equal((await server.call("/readyz")).status, 200);
    assert.equal((await server.call("/ca.pem")).body, server.ca);
  });
});
