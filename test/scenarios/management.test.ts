/** Goal: our own API does on a real server what analysts do: search, edit, relate, curate, import, and who did it is known. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Answer, type RunningServer, startServer } from "./running-server.ts";

interface View {
  readonly id: string;
  readonly stixId: string;
  readonly change: number;
  readonly title: string;
  readonly labels: readonly string[];
  readonly confidence: number | null;
  readonly requestId: string;
  readonly object: Readonly<Record<string, unknown>>;
}

function indicator(at: number, more: object = {}): Record<string, unknown> {
  return {
    type: "indicator",
    spec_version: "2.1",
    id: `indicator--6d0a9f0e-0001-4000-8000-${String(at).padStart(12, "0")}`,
    created: "2026-01-01T00:00:00.000Z",
    modified: "2026-01-01T00:00:00.000Z",
    name: `feed ${at}`,
    pattern: `[ipv4-addr:value = '203.0.113.${at}']`,
    pattern_type: "stix",
    valid_from: "2026-01-01T00:00:00Z",
    valid_until: "2036-01-01T00:00:00Z",
    confidence: at,
    labels: [at % 2 === 0 ? "even" : "odd"],
    ...more,
  };
}

const ACTOR = {
  type: "threat-actor",
  spec_version: "2.1",
  id: "threat-actor--6d0a9f0e-0002-4000-8000-000000000001",
  created: "2026-01-01T00:00:00.000Z",
  modified: "2026-01-01T00:00:00.000Z",
  name: "Quiet Heron",
};

describe("the management API", () => {
  let server: RunningServer;
  let authorization = "";
  let base = "";
  before(async () => {
    server = await startServer();
    authorization = `Bearer ${await server.token()}`;
    base = `/api/v1/workspaces/${server.ready.workspaceId}`;
    const stixobjects = Array.from({ length: 40 }, (_, at) => indicator(at + 1));
    await uploaded(stixobjects);
    await uploaded([indicator(1), ACTOR], "other feed");
  });
  after(() => server.stop());

  async function uploaded(stixobjects: readonly object[], sourcesystem = "feed"): Promise<string> {
    const answer = await server.upload({ sourcesystem, stixobjects });
    assert.equal(answer.status, 200, answer.body);
    return String(answer.headers["x-ms-request-id"]);
  }
  function ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    return server.call(base + path, {
      method,
      headers: {
        authorization,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  }
  async function json<T>(method: string, path: string, body?: unknown, status = 200): Promise<T> {
    const answer = await ask(method, path, body);
    assert.equal(answer.status, status, answer.body);
    return (answer.body === "" ? undefined : JSON.parse(answer.body)) as T;
  }
  const search = async (condition: object, more: object = {}): Promise<readonly View[]> =>
    (await json<{ value: View[] }>("POST", "/objects/search", { condition, ...more })).value;
  const ofFeed = (at: number): object => ({
    kind: "and",
    conditions: [
      { kind: "id", anyOf: [indicator(at)["id"]] },
      { kind: "source", anyOf: ["feed"] },
    ],
  });
  async function one(at: number): Promise<View> {
    const [found] = await search(ofFeed(at));
    assert.ok(found);
    return found;
  }

  test("searches find exactly what their conditions say", async () => {
    const at = "2026-06-01T00:00:00Z";
    const cases: readonly (readonly [condition: object, count: number])[] = [
      [{ kind: "and", conditions: [] }, 42],
      [{ kind: "type", anyOf: ["threat-actor"] }, 1],
      [{ kind: "source", anyOf: ["other feed"] }, 2],
      [{ kind: "label", anyOf: ["even"] }, 20],
      [{ kind: "confidence", from: 10, to: 12 }, 3],
      [{ kind: "observable", value: "203.0.113.1" }, 2],
      [{ kind: "text", words: "heron" }, 1],
      [{ kind: "text", words: "feed 1*" }, 12],
      [{ kind: "name", startsWith: "QUIET" }, 1],
      [{ kind: "active", at }, 42],
      [{ kind: "revoked", is: true }, 0],
      [{ kind: "valid_until", before: "2030-01-01T00:00:00Z" }, 0],
      [{ kind: "not", condition: { kind: "label", anyOf: ["even", "odd"] } }, 1],
      [
        {
          kind: "or",
          conditions: [
            { kind: "confidence", from: 39 },
            {
              kind: "and",
              conditions: [
                { kind: "label", anyOf: ["odd"] },
                { kind: "confidence", to: 3 },
              ],
            },
          ],
        },
        5,
      ],
    ];
    for (const [condition, count] of cases) {
      const found = await search(condition, { limit: 100 });
      assert.equal(found.length, count, JSON.stringify(condition));
      const counted = await json<object>("POST", "/objects/count", { condition });
      assert.deepEqual(counted, { count, exact: true });
    }
    const wrong = await ask("POST", "/objects/search", { condition: { kind: "colour" } });
    assert.equal(wrong.status, 400);
    assert.match(JSON.parse(wrong.body).field, /^condition/);
  });

  test("pages hold each object once, in order; facets count", async () => {
    const seen: number[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const page: { value: View[]; cursor: string | null } = await json("POST", "/objects/search", {
        condition: { kind: "source", anyOf: ["feed"] },
        sort: { by: "confidence", direction: "descending" },
        limit: 7,
        ...(cursor === undefined ? {} : { cursor }),
      });
      seen.push(...page.value.map(({ confidence }) => confidence ?? -1));
      cursor = page.cursor;
    }
    assert.deepEqual(
      seen,
      Array.from({ length: 40 }, (_, at) => 40 - at),
    );
    assert.deepEqual(await json("GET", "/facets/type"), [
      { value: "indicator", count: 41 },
      { value: "threat-actor", count: 1 },
    ]);
    assert.deepEqual(await json("GET", "/facets/label?prefix=ev"), [{ value: "even", count: 20 }]);
  });

  test("long answers are compressed for whoever takes that, those with secrets never", async () => {
    const accepting = { "accept-encoding": "gzip" };
    const found = await ask("POST", "/objects/search", {}, accepting);
    assert.equal(found.headers["content-encoding"], "gzip");
    const session = await server.call("/api/v1/session", {
      headers: { authorization, ...accepting },
    });
    assert.equal(session.status, 200);
    assert.equal(session.headers["content-encoding"], undefined);
  });

  test("the second of two editors gets 412 with what changed", async () => {
    const { id, change } = await one(2);
    const path = `/objects/${encodeURIComponent(id)}`;
    const etag = { "if-match": `"${change}"` };
    const first = await ask("PATCH", path, { confidence: 77 }, etag);
    assert.equal(first.status, 200, first.body);
    const second = await ask("PATCH", path, { labels: ["mine"] }, etag);
    assert.equal(second.status, 412, second.body);
    const problem = JSON.parse(second.body);
    assert.deepEqual(
      [problem.code, problem.change, problem.changes],
      [
        "precondition_failed",
        JSON.parse(first.body).change,
        [{ kind: "changed", path: "/confidence", before: 2, after: 77 }],
      ],
    );
    const race = await Promise.all(
      [1, 2, 3, 4].map((confidence) =>
        ask("PATCH", path, { confidence }, { "if-match": String(first.headers.etag) }),
      ),
    );
    assert.deepEqual(race.map(({ status }) => status).toSorted(), [200, 412, 412, 412]);
    const foreign = await ask("PATCH", path, { name: "mine" });
    assert.equal(foreign.status, 400);
    assert.match(JSON.parse(foreign.body).detail, /It belongs to the source "feed"/);
  });

  test("versions and their differences stay, and a deletion is one of them", async () => {
    const { id } = await one(3);
    const path = `/objects/${encodeURIComponent(id)}`;
    await json("POST", `${path}/tags`, { add: ["seen"] });
    await json("PATCH", path, { revoked: true });
    const versions = await json<View[]>("GET", `${path}/versions`);
    const [newest, tagged, original] = versions;
    assert.equal(versions.length, 3);
    const diff = (from: View | undefined, to: View | undefined) =>
      json("GET", `${path}/diff?from=${from?.change}&to=${to?.change}`);
    assert.deepEqual(await diff(tagged, newest), [
      { kind: "added", path: "/revoked", after: true },
    ]);
    assert.deepEqual(original?.object["labels"], ["odd"]);
    await json("DELETE", path, undefined, 204);
    assert.equal((await ask("GET", path)).status, 404);
    assert.equal((await search(ofFeed(3))).length, 0);
    const [deleted] = await json<(View & { deleted: boolean })[]>("GET", `${path}/versions`);
    assert.equal(deleted?.deleted, true);
  });

  test("own objects are made, copied, related, and seen as a graph", async () => {
    const made = await json<View>(
      "POST",
      "/objects",
      { type: "malware", name: "Heron loader", is_family: false },
      201,
    );
    assert.match(made.stixId, /^malware--/);
    const path = `/objects/${encodeURIComponent(made.id)}`;
    const copy = await json<View>("POST", `${path}/duplicate`, { name: "Heron loader 2" }, 201);
    assert.notEqual(copy.stixId, made.stixId);
    const allowed = await json<string[]>(
      "GET",
      "/relationship-types?source=indicator&target=malware",
    );
    assert.ok(allowed.includes("indicates"));
    const relationships = [
      { relationshipType: "indicates", targetRef: indicator(4)["id"], inverse: true },
      { relationshipType: "authored-by", targetRef: ACTOR.id },
    ];
    const related = await json<View[]>("POST", `${path}/relationships`, { relationships }, 201);
    assert.equal(related.length, 2);
    const graph = await json<{ nodes: { stixId: string }[]; edges: { relation: string }[] }>(
      "GET",
      `${path}/graph?depth=2`,
    );
    assert.deepEqual(
      graph.nodes.map(({ stixId }) => stixId).toSorted(),
      [made.stixId, ACTOR.id, String(indicator(4)["id"])].toSorted(),
    );
    assert.deepEqual(graph.edges.map(({ relation }) => relation).toSorted(), [
      "authored-by",
      "indicates",
    ]);
    const { value: listed } = await json<{ value: View[] }>("POST", "/objects/search", {
      condition: { kind: "type", anyOf: ["relationship"] },
    });
    assert.deepEqual(listed.map(({ title }) => title).toSorted(), [
      "Heron loader authored-by Quiet Heron",
      "feed 4 indicates Heron loader",
    ]);
    const impossible = await ask("POST", `${path}/relationships`, {
      relationships: [{ relationshipType: "eats", targetRef: ACTOR.id }],
    });
    assert.equal(impossible.status, 400);
  });

  test("a view is saved for everybody, and its etag guards it", async () => {
    const content = { condition: { kind: "label", anyOf: ["even"] } };
    const saved = await ask("PUT", "/views/Even%20ones", { content });
    assert.equal(saved.status, 200, saved.body);
    const late = await ask("PUT", "/views/Even%20ones", { content }, { "if-match": '"1"' });
    assert.equal(late.status, 412);
    const { value } = await json<{ value: { name: string; content: object }[] }>("GET", "/views");
    assert.deepEqual(
      value.map((view) => [view.name, view.content]),
      [["Even ones", content]],
    );
    await json("DELETE", "/views/Even%20ones", undefined, 204);
  });

  test("a rule changes what is uploaded, and the receipt says so", async () => {
    const rule = {
      order: 1,
      enabled: true,
      condition: { kind: "source", anyOf: ["ruled feed"] },
      actions: [
        { kind: "addLabels", labels: ["ruled"] },
        { kind: "extendValidUntil", days: 10 },
      ],
    };
    const { enabled: _enabled, ...tried } = {
      ...rule,
      condition: { kind: "label", anyOf: ["odd"] },
    };
    const trial = await json<{ changed: number }>("POST", "/rules/test", tried);
    assert.equal(trial.changed, 20, "the deleted one and the one of the other feed even out");
    await json("PUT", "/rules/Extend", rule);
    const drop = {
      order: 2,
      enabled: true,
      condition: { kind: "name", startsWith: "noise" },
      drop: true,
    };
    await json("PUT", "/rules/Drop", drop);
    const requestId = await uploaded([indicator(1), indicator(2, { name: "noise" })], "ruled feed");
    const found = await search({ kind: "source", anyOf: ["ruled feed"] });
    assert.deepEqual(
      found.map(({ labels, object }) => [labels, object["valid_until"]]),
      [[["odd", "ruled"], "2036-01-11T00:00:00.000Z"]],
    );
    const receipt = await ask("GET", `/requests/${requestId}`);
    assert.match(receipt.body, /The ingestion rule \\"Extend\\" changed valid_until, labels\./);
    assert.match(receipt.body, /Drop/);
    await json("DELETE", "/rules/Extend", undefined, 204);
    await json("DELETE", "/rules/Drop", undefined, 204);
  });

  test("a rejected record is found, put right, and sent again under its source", async () => {
    const bad = indicator(50, { confidence: 200 });
    const answer = await server.upload({
      sourcesystem: "sloppy",
      stixobjects: [bad, indicator(51)],
    });
    const requestId = String(answer.headers["x-ms-request-id"]);
    const { value } = await json<{ value: { requestId: string; recordIndex: number }[] }>(
      "GET",
      "/quarantine",
    );
    assert.deepEqual(
      value.map((each) => [each.requestId, each.recordIndex]),
      [[requestId, 0]],
    );
    const again = await json<{ stored: number; rejected: unknown[] }>(
      "POST",
      `/requests/${requestId}/replay`,
      {},
    );
    assert.deepEqual([again.stored, again.rejected.length], [0, 1]);
    const fixed = await json<{ stored: number }>("POST", `/requests/${requestId}/replay`, {
      records: [{ recordIndex: 0, object: { ...bad, confidence: 20 } }],
    });
    assert.equal(fixed.stored, 1);
    assert.equal((await search({ kind: "source", anyOf: ["sloppy"] })).length, 2);
    const { applications } = await json<{
      applications: { source: string; requests: number; rejected: number }[];
    }>("GET", "/activity");
    const sloppy = applications.find(({ source }) => source === "sloppy");
    assert.ok((sloppy?.rejected ?? 0) >= 1);
  });

  test("a file is tried out, stored, and what it became is exported and imported again", async () => {
    const file = `[\n${JSON.stringify(indicator(61))},\n${JSON.stringify(indicator(62, { confidence: -1 }))}\n]`;
    const tried = await json<{ importId: string; state: string; faults: { line: number }[] }>(
      "POST",
      "/imports?source=file&fileName=feed.json",
      file,
      201,
    );
    assert.deepEqual([tried.state, tried.faults.map(({ line }) => line)], ["checked", [3]]);
    assert.equal((await search({ kind: "source", anyOf: ["file"] })).length, 0);
    const errors = await ask("GET", `/imports/${tried.importId}/errors.csv`);
    assert.equal(errors.headers["content-type"], "text/csv; charset=utf-8");
    assert.match(
      errors.body,
      /^index,line,id,pointer,message,suggestion\n1,3,indicator--.*,\/confidence,/,
    );
    const path = `/imports/${tried.importId}/store`;
    assert.equal((await ask("POST", path, { mode: "all" })).status, 409);
    const stored = await json<{ state: string; stored: number }>("POST", path, { mode: "valid" });
    assert.deepEqual([stored.state, stored.stored], ["done", 1]);
    const condition = { kind: "source", anyOf: ["file"] };
    const bundle = await ask("POST", "/objects/export", { condition });
    assert.deepEqual(JSON.parse(bundle.body).objects, [indicator(61)]);
    const copied = await json<{ valid: number }>("POST", "/imports?source=copy", bundle.body, 201);
    assert.equal(copied.valid, 1);
    const table = await ask("POST", "/objects/export", { condition, format: "csv" });
    assert.match(table.body, /^id,type,source,[^\r]*\r\nindicator--[^\r]*,indicator,file,feed 61,/);
    const list = await json<{ value: { faults: unknown[] }[] }>("GET", "/imports");
    assert.deepEqual(
      list.value.map(({ faults }) => faults.length),
      [0, 0],
    );
  });

  test("every change is in the log with who made it, before and after", async () => {
    const { value } = await json<{
      value: { action: string; actorName: string; before: object; after: object }[];
    }>("GET", "/audit?limit=1000");
    const actions = new Set(value.map(({ action }) => action));
    const expected = [
      ...["object.create", "object.edit", "object.tag", "object.delete", "object.relate"],
      ...["rule.save", "rule.remove", "view.save", "view.remove"],
      ...["quarantine.replay", "import.store"],
    ];
    assert.deepEqual(
      expected.filter((action) => !actions.has(action)),
      [],
    );
    const edit = value.findLast(({ action }) => action === "object.edit");
    assert.deepEqual([edit?.before, edit?.after], [{ "/confidence": 2 }, { "/confidence": 77 }]);
    assert.ok(value.every(({ actorName }) => actorName !== ""));
  });
});
