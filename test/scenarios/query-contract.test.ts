/**
 * Goal: every kind of request to the query API, the Logs Ingestion API, and our own routes about queries gets its
 * status and body, over a real socket; roles and audiences keep the planes apart; a throttle says when to come back.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { type Answer, mainFile, type RunningServer, startServer } from "./running-server.ts";

const run = promisify(execFile);
const ELSEWHERE = "11111111-2222-4333-8444-555555555555";

interface Body {
  readonly tables?: readonly {
    readonly name: string;
    readonly columns: readonly { readonly name: string; readonly type: string }[];
    readonly rows: readonly (readonly unknown[])[];
  }[];
  readonly statistics?: unknown;
  readonly render?: { readonly visualization: string | null };
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly innererror?: unknown;
  };
  readonly responses?: readonly {
    readonly id: string;
    readonly status: number;
    readonly body: Body;
  }[];
}

describe("the query plane", () => {
  let server: RunningServer;
  const tokens = new Map<string, string>();

  before(async () => {
    server = await startServer({ args: ["--set", "query.requestsPerMinute=100"] });
    for (const [plane, resource] of [
      ["management", "https://management.azure.com"],
      ["query", "https://api.loganalytics.io"],
      ["ingestion", "https://monitor.azure.com"],
    ] as const) {
      tokens.set(plane, await tokenFor(resource));
    }
  });

  after(async () => {
    await server?.stop();
  });

  async function tokenFor(resource: string): Promise<string> {
    const { tenantId, clientId, clientSecret } = server.ready;
    const answer = await server.call(`/${tenantId}/oauth2/v2.0/token`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: clientId,
        client_secret: clientSecret,
        scope: `${resource}/.default`,
      }).toString(),
    });
    return (JSON.parse(answer.body) as { access_token: string }).access_token;
  }

  async function ask(
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
    plane = "query",
  ): Promise<Answer & { readonly json: Body }> {
    const answer = await server.call(path.replaceAll("{ws}", server.ready.workspaceId), {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${tokens.get(plane) ?? ""}`, ...headers },
      ...(body === undefined
        ? {}
        : {
            body: typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body),
          }),
    });
    return { ...answer, json: JSON.parse(answer.body || "{}") as Body };
  }

  test("one query, posted and got", async () => {
    const posted = await ask("/v1/workspaces/{ws}/query", { query: "print x = 1", timespan: "" });
    assert.equal(posted.status, 200);
    assert.equal(
      posted.body,
      '{"tables":[{"name":"PrimaryResult","columns":[{"name":"x","type":"long"}],"rows":[[1]]}]}',
    );
    assert.match(String(posted.headers["x-ms-request-id"]), /^[0-9a-f-]{36}$/);
    const got = await ask("/workspaces/{ws}/query?query=print%20x%20%3D%201&timespan=P1D");
    assert.equal(got.body, posted.body);
  });

  test("each type in its spelling on the wire", async () => {
    const query =
      'print a = int(1), b = 9223372036854775807, c = 1.5, d = true, e = datetime(2026-01-02 03:04:05.1234567), f = dynamic({"k":[1]}), g = guid(0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0), h = decimal(1.5), i = 1d + 2h, j = "s", k = datetime(null), l = real(nan)';
    const { body } = await ask("/v1/workspaces/{ws}/query", { query });
    assert.match(
      body,
      /"rows":\[\[1,9223372036854775807,1\.5,true,"2026-01-02T03:04:05\.1234560Z","\{\\"k\\":\[1\]\}","0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0","1\.5","1\.02:00:00","s",null,"NaN"\]\]/,
    );
  });

  test("Prefer asks for statistics and render hints", async () => {
    const query = "range x from 1 to 2 step 1 | render columnchart";
    const plain = await ask("/v1/workspaces/{ws}/query", { query });
    assert.deepEqual(Object.keys(plain.json), ["tables"]);
    const full = await ask(
      "/v1/workspaces/{ws}/query",
      { query },
      {
        prefer: "wait=30, include-statistics=true,include-render=true",
      },
    );
    assert.deepEqual(Object.keys(full.json), ["tables", "statistics", "render"]);
    assert.equal(full.json.render?.visualization, "columnchart");
  });

  test("what is wrong is said", async () => {
    const cases: readonly (readonly [
      name: string,
      body: unknown,
      status: number,
      code: string,
      text: RegExp,
    ])[] = [
      ["no JSON", "{", 400, "BadArgumentError", /not valid JSON/],
      ["no query", {}, 400, "BadArgumentError", /query must be a text/],
      ["timespan", { query: "print 1", timespan: "soon" }, 400, "BadArgumentError", /ISO 8601/],
      ["column", { query: "DnsEvents | where Nope == 1" }, 400, "BadArgumentError", /KS142/],
      ["syntax", { query: "print (" }, 400, "BadArgumentError", /SyntaxError/],
      ["regex", { query: "print 'a' matches regex '('" }, 400, "BadArgumentError", /missing \)/],
      [
        "another workspace",
        { query: "print 1", workspaces: [ELSEWHERE] },
        404,
        "WorkspaceNotFoundError",
        /could not be found/,
      ],
      ["workspaces", { query: "print 1", workspaces: "x" }, 400, "BadArgumentError", /list/],
    ];
    for (const [name, body, status, code, text] of cases) {
      const answer = await ask("/v1/workspaces/{ws}/query", body);
      assert.equal(answer.status, status, name);
      assert.equal(answer.json.error?.code, code, name);
      assert.match(answer.body, text, name);
    }
  });

  test("places are nested as the service nests them", async () => {
    const { json } = await ask("/v1/workspaces/{ws}/query", {
      query: "DnsEvents\n| where Nope == 1",
    });
    assert.deepEqual(json.error?.innererror, {
      code: "SemanticError",
      message: "A semantic error occurred.",
      innererror: {
        code: "KS142",
        message: "The name 'Nope' does not refer to any known column, table, variable or function.",
        line: 2,
        pos: 9,
        start: 18,
        length: 4,
      },
    });
  });

  test("tokens, workspaces and paths are refused in their order", async () => {
    const query = { query: "print 1" };
    const anonymous = await server.call(`/v1/workspaces/${ELSEWHERE}/query`, {
      method: "POST",
      body: "{",
    });
    assert.equal(anonymous.status, 401);
    assert.match(anonymous.body, /AuthorizationRequiredError/);
    const wrongPlane = await ask("/v1/workspaces/{ws}/query", query, {}, "management");
    assert.equal(wrongPlane.status, 403);
    assert.equal(wrongPlane.json.error?.code, "InvalidTokenError");
    const elsewhere = await ask(`/v1/workspaces/${ELSEWHERE}/query`, query);
    assert.equal(elsewhere.status, 404);
    assert.equal(elsewhere.json.error?.code, "WorkspaceNotFoundError");
    const nowhere = await ask("/v1/nothing", query);
    assert.equal(nowhere.status, 404);
    assert.equal(nowhere.json.error?.code, "PathNotFoundError");
  });

  test("a batch in which some fail", async () => {
    const { workspaceId } = server.ready;
    const { status, json } = await ask("/v1/$batch", {
      requests: [
        { id: "a", workspace: workspaceId, body: { query: "print 1" } },
        { id: "b", workspace: workspaceId, body: { query: "print (" } },
        { id: "c", workspace: ELSEWHERE, body: { query: "print 1" } },
        { id: "d", workspace: workspaceId },
        {
          id: "e",
          workspace: workspaceId,
          headers: { prefer: "include-render=true" },
          body: { query: "print 5" },
        },
      ],
    });
    assert.equal(status, 200);
    assert.deepEqual(
      json.responses?.map(({ id, status, body }) => [id, status, body.error?.code ?? null]),
      [
        ["a", 200, null],
        ["b", 400, "BadArgumentError"],
        ["c", 404, "WorkspaceNotFoundError"],
        ["d", 400, "BadArgumentError"],
        ["e", 200, null],
      ],
    );
    assert.ok(json.responses?.[4]?.body.render !== undefined);
  });

  test("logs: packed, coerced, unknown columns named, durable, within a timespan", async () => {
    const rule = `dcr-${server.ready.workspaceId.replaceAll("-", "")}`;
    const path = `/dataCollectionRules/${rule}/streams/Microsoft-SecurityAlert?api-version=2023-01-01`;
    const records = [
      { AlertName: "old", TimeGenerated: "2026-01-01T00:00:00Z", ConfidenceScore: "0.5" },
      { AlertName: "new", Nonsense: 1, IsIncident: "yes" },
    ];
    const sent = await ask(
      path,
      gzipSync(JSON.stringify(records)),
      { "content-encoding": "gzip", "content-type": "application/json" },
      "ingestion",
    );
    assert.equal(sent.status, 204, sent.body);
    assert.equal(
      sent.headers["x-stixgate-notes"],
      "no such column: Nonsense (1); not of the column's type: IsIncident (1)",
    );
    const query =
      "SecurityAlert | project AlertName, ConfidenceScore, IsIncident | order by AlertName";
    const all = await ask("/v1/workspaces/{ws}/query", { query });
    assert.deepEqual(all.json.tables?.[0]?.rows, [
      ["old", 0.5, null],
      ["new", null, null],
    ]);
    const today = await ask("/v1/workspaces/{ws}/query", { query, timespan: "PT1H" });
    assert.deepEqual(today.json.tables?.[0]?.rows, [["new", null, null]]);
    const january = await ask("/v1/workspaces/{ws}/query", {
      query,
      timespan: "2025-12-31/2026-01-02",
    });
    assert.deepEqual(january.json.tables?.[0]?.rows, [["old", 0.5, null]]);
  });

  test("logs that cannot be taken in", async () => {
    const rule = `dcr-${server.ready.workspaceId.replaceAll("-", "")}`;
    const cases: readonly (readonly [string, unknown, number, string])[] = [
      [`/dataCollectionRules/${rule}/streams/Custom-X_CL`, [{}], 400, "InvalidStream"],
      [`/dataCollectionRules/${rule}/streams/Microsoft-Syslog`, {}, 400, "InvalidPayload"],
      [`/dataCollectionRules/${rule}/streams/Microsoft-Syslog`, [1], 400, "InvalidPayload"],
      [`/dataCollectionRules/${rule}/streams/Microsoft-Syslog`, "[", 400, "ContentParseError"],
      [
        `/dataCollectionRules/${rule}/streams/Microsoft-Syslog`,
        "x".repeat(2_000_000),
        413,
        "ContentLengthLimitExceeded",
      ],
      ["/dataCollectionRules/dcr-1/streams/Microsoft-Syslog", [{}], 404, "NotFound"],
    ];
    for (const [path, body, status, code] of cases) {
      const answer = await ask(path, body, {}, "ingestion");
      assert.equal(answer.status, status, `${path} ${answer.body}`);
      assert.equal(answer.json.error?.code, code, path);
    }
    const wrongPlane = await ask(
      `/dataCollectionRules/${rule}/streams/Microsoft-Syslog`,
      [{}],
      {},
      "query",
    );
    assert.equal(wrongPlane.status, 401);
  });

  async function own(method: string, path: string, body?: unknown): Promise<Answer> {
    return server.call(`/api/v1/workspaces/${server.ready.workspaceId}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${tokens.get("management") ?? ""}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  test("saved functions are bound, called, and removed", async () => {
    const saved = await own("PUT", "/functions/Recent", {
      parameters: "(days: int = 7, name: string = 'x')",
      body: "print Days = days, Name = name",
    });
    assert.equal(saved.status, 200, saved.body);
    const called = await ask("/v1/workspaces/{ws}/query", {
      query: "Recent(days=3) | project Days, Name",
    });
    assert.deepEqual(called.json.tables?.[0]?.rows, [[3, "x"]]);
    const wrong = await own("PUT", "/functions/Wrong", { body: "DnsEvents\n| where Nope == 1" });
    assert.equal(wrong.status, 400);
    assert.match(wrong.body, /KS142: .*Nope.*\(line 2, column 9\)/);
    const taken = await own("PUT", "/functions/DnsEvents", { body: "print 1" });
    assert.match(taken.body, /named 'DnsEvents'/);
    const self = await own("PUT", "/functions/Loop", { body: "Loop" });
    assert.match(self.body, /calls itself/);
    assert.equal((await own("DELETE", "/functions/Recent")).status, 204);
    const gone = await ask("/v1/workspaces/{ws}/query", { query: "Recent(3)" });
    assert.equal(gone.status, 400);
  });

  test("watchlists are read by their alias, in their current edition, whatever the time range", async () => {
    const list = {
      columns: ["Ip", "Owner name"],
      rows: [
        ["192.0.2.1", "Ann"],
        ["192.0.2.2", "Bob"],
      ],
    };
    const saved = await own("PUT", "/watchlists/Trusted", { ...list, searchKey: "Ip" });
    assert.equal(saved.status, 200, saved.body);
    const query =
      "_GetWatchlist('trusted') | project SearchKey, Ip, ['Owner name'] | order by Ip asc";
    const first = await ask("/v1/workspaces/{ws}/query", { query, timespan: "PT1M" });
    assert.deepEqual(first.json.tables?.[0]?.rows, [
      ["192.0.2.1", "192.0.2.1", "Ann"],
      ["192.0.2.2", "192.0.2.2", "Bob"],
    ]);
    await own("PUT", "/watchlists/Trusted", {
      columns: ["Ip", "Owner name"],
      rows: [["192.0.2.3", "Cleo"]],
    });
    const second = await ask("/v1/workspaces/{ws}/query", { query });
    assert.deepEqual(second.json.tables?.[0]?.rows, [["192.0.2.3", "192.0.2.3", "Cleo"]]);
    const missing = await ask("/v1/workspaces/{ws}/query", {
      query: "_GetWatchlist('none') | count",
    });
    assert.deepEqual(missing.json.tables?.[0]?.rows, [[0]]);
    const ragged = await own("PUT", "/watchlists/Bad", { columns: ["a", "b"], rows: [["1"]] });
    assert.match(ragged.body, /Row 1 has not 2 values/);
  });

  test("tables of one's own and further columns come by command, at once", async () => {
    const { dataDir } = server.ready;
    const cli = (...args: string[]): Promise<{ stdout: string }> =>
      run(process.execPath, [mainFile, ...args, "--data-dir", dataDir]);
    await cli("table", "add-column", "DnsEvents", "Verdict:string");
    await cli("table", "add", "Honeypot_CL", "Ip:string", "Hits:long");
    const rule = `dcr-${server.ready.workspaceId.replaceAll("-", "")}`;
    const path = `/dataCollectionRules/${rule}/streams/Custom-Honeypot_CL`;
    const record = { Ip: "198.51.100.9", Hits: 3 };
    // Additions of another process are seen within a second.
    let sent = await ask(path, [record], {}, "ingestion");
    for (let tries = 0; sent.status !== 204 && tries < 100; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      sent = await ask(path, [record], {}, "ingestion");
    }
    assert.equal(sent.status, 204, sent.body);
    const { json } = await ask("/v1/workspaces/{ws}/query", {
      query:
        "Honeypot_CL | project Ip, Hits | union (DnsEvents | where Verdict == 'none' | project Ip = Verdict)",
    });
    assert.deepEqual(json.tables?.[0]?.rows, [["198.51.100.9", 3]]);
  });

  test("ingest-logs and query work against the server with its ready file", async () => {
    const { dataDir } = server.ready;
    const ready = join(dataDir, "ready.json");
    writeFileSync(ready, JSON.stringify(server.ready));
    const file = join(dataDir, "events.csv");
    writeFileSync(
      file,
      'Computer,EventID,TimeGenerated\n"a, b",4624,2026-01-01T00:00:00Z\nc,4625,\n',
    );
    const { stdout } = await run(process.execPath, [
      mainFile,
      "ingest-logs",
      "SecurityEvent",
      file,
      "--ready",
      ready,
    ]);
    assert.match(stdout, /2 records/);
    const query = "SecurityEvent | project Computer, EventID | order by EventID asc";
    const answered = await run(process.execPath, [
      mainFile,
      "query",
      query,
      "--format",
      "csv",
      "--ready",
      ready,
    ]);
    assert.equal(answered.stdout, 'Computer,EventID\r\n"a, b",4624\r\nc,4625\r\n');
    const wrong = await run(process.execPath, [
      mainFile,
      "query",
      "print nope()",
      "--ready",
      ready,
    ]).catch((error: unknown) => error as { code: number; stderr: string });
    assert.equal("code" in wrong ? wrong.code : 0, 1);
    assert.match(String(wrong.stderr), /KS211[\s\S]*line 1, column 7[\s\S]*\^\^\^\^/);
  });

  test("beside a running server a command sees intelligence and refuses what the server holds", async () => {
    const { dataDir } = server.ready;
    const query = (text: string): Promise<{ stdout: string; stderr: string; code?: number }> =>
      run(process.execPath, [
        mainFile,
        "query",
        text,
        "--format",
        "csv",
        "--data-dir",
        dataDir,
      ]).catch((error: unknown) => error as { stdout: string; stderr: string; code: number });
    assert.equal((await query("ThreatIntelIndicators | count")).stdout, "Count\r\n0\r\n");
    assert.match((await query("DnsEvents | count")).stderr, /ask the server/);
  });

  test("too many queries are told when to come back", async () => {
    const answers: number[] = [];
    let last: Awaited<ReturnType<typeof ask>> | undefined;
    for (let index = 0; index < 120 && last?.status !== 429; index += 1) {
      last = await ask("/v1/workspaces/{ws}/query", { query: "print 1" });
      answers.push(last.status);
    }
    assert.equal(last?.status, 429, `after ${answers.length}`);
    assert.equal(last?.json.error?.code, "ThrottledError");
    assert.match(String(last?.headers["retry-after"]), /^\d{1,2}$/);
  });
});
