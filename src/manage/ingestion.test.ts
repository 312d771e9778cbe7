/** Goal: people see who sends what and what goes in circles, and put rejected records right under their own source. */

import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, test } from "node:test";
import { UPLOAD_VALIDATION } from "../../test/support/validation.ts";
import {
  createMemoryStore,
  type DocumentStore,
  openSqliteDocumentStore,
  type Store,
} from "../store/index.ts";
import { prepareObjects, settled } from "./context.ts";
import {
  type Acting,
  activitySince,
  createRecentReceipts,
  createTurnedAwayLog,
  dismissRejected,
  filteredReceipts,
  type ManageParts,
  rejectedRecords,
  replayRejected,
  requestBody,
  requestRecords,
  requestTable,
  type StixObject,
} from "./index.ts";

const WORKSPACE = "44444444-4444-4444-8444-444444444444";

describe("what connectors send", () => {
  let store: Store;
  let documents: DocumentStore;
  let parts: ManageParts;
  let now = new Date("2026-11-22T10:00:00.000Z");
  let requests = 0;
  beforeEach(() => {
    store = createMemoryStore();
    documents = openSqliteDocumentStore({ file: ":memory:", now: () => now });
    parts = {
      store,
      documents,
      validation: UPLOAD_VALIDATION,
      now: () => now,
    };
    requests = 0;
  });
  afterEach(async () => {
    await store.close();
    await documents.close();
  });

  function acting(appId = "app-1"): Acting {
    requests += 1;
    return {
      workspaceId: WORKSPACE,
      actor: { id: "p", name: "Ada" },
      caller: { tenantId: "t", objectId: `o-${appId}`, appId, userAgent: "misp" },
      requestId: `00000000-0000-4000-8000-${String(requests).padStart(12, "0")}`,
    };
  }

  async function send(objects: readonly StixObject[], appId?: string): Promise<string> {
    const who = acting(appId);
    const { prepared } = prepareObjects(parts, who, {
      sourceSystem: "feed",
      objects,
      notes: [],
    });
    await settled(parts, await store.append(prepared));
    now = new Date(now.getTime() + 1_000);
    return who.requestId;
  }

  function indicator(at: number, more: object = {}): StixObject {
    return {
      type: "indicator",
      spec_version: "2.1",
      id: `indicator--6d0a9f0e-0001-4000-8000-${String(at).padStart(12, "0")}`,
      created: "2026-01-01T00:00:00.000Z",
      modified: "2026-01-01T00:00:00.000Z",
      pattern: "[ipv4-addr:value = '203.0.113.7']",
      pattern_type: "stix",
      valid_from: "2026-01-01T00:00:00Z",
      ...more,
    };
  }

  test("requests are counted by application and source, within the time asked for", async () => {
    await send([indicator(1)], "old");
    now = new Date("2026-11-23T10:00:00.000Z");
    await send([indicator(2), indicator(3, { confidence: 200 })], "busy");
    await send([indicator(4)], "busy");
    await send([indicator(5)], "quiet");
    const since = new Date("2026-11-23T00:00:00.000Z");
    const recent = createRecentReceipts(store);
    const report = await activitySince(parts, recent, { workspaceId: WORKSPACE, since });
    assert.equal(report.complete, true);
    assert.deepEqual(
      report.applications.map((each) => [
        each.appId,
        each.source,
        each.requests,
        each.records,
        each.accepted,
        each.rejected,
        each.loop,
      ]),
      [
        ["busy", "feed", 2, 3, 2, 1, null],
        ["quiet", "feed", 1, 1, 1, 0, null],
      ],
    );
    assert.deepEqual(report.applications[0]?.outcomes, {
      ...{ accepted: 1, partly: 1, rejected: 0, empty: 0, throttled: 0, refused: 0 },
    });
    await send([indicator(6)], "quiet");
    const some = { workspaceId: WORKSPACE, since, appId: "quiet" };
    const later = await activitySince(parts, recent, some);
    const sum = later.steps.reduce((total, { accepted }) => total + accepted, 0);
    assert.deepEqual([later.steps.length, sum, later.applications.length], [48, 2, 2]);
    assert.equal(later.steps.at(-1)?.accepted, 2);
  });

  test("requests are found by application, source and what became of them", async () => {
    for (let at = 1; at <= 5; at += 1) {
      await send([indicator(at)], at % 2 === 0 ? "even" : "odd");
    }
    await store.append({
      ...{ requestId: "late", workspaceId: WORKSPACE, receivedAt: now.toISOString() },
      ...{ outcome: "refused", generation: "v3", apiVersion: "", sourceSystem: null },
      caller: acting("odd").caller,
      refusal: { code: "throttled", message: "Rate limit is exceeded." },
      ...{ notes: [], received: 0, objects: [], rejections: [] },
    });
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const filter = { workspaceId: WORKSPACE, appId: "odd", source: "feed", limit: 2 };
      const page = await filteredReceipts(store, {
        ...filter,
        ...(cursor === undefined ? {} : { cursor }),
      });
      assert.ok(page.items.length <= 2);
      ids.push(...page.items.map(({ requestId }) => requestId.slice(-1)));
      // What comes meanwhile is not on the pages behind.
      await send([indicator(50)], "odd");
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    assert.deepEqual(ids, ["5", "3", "1"]);
    const throttled = { workspaceId: WORKSPACE, outcome: "throttled", limit: 9 } as const;
    const { items } = await filteredReceipts(store, throttled);
    assert.deepEqual(
      items.map(({ requestId }) => requestId),
      ["late"],
    );
    await assert.rejects(filteredReceipts(store, { ...throttled, cursor: "x" }), {
      field: "cursor",
    });
  });

  test("what was not let in is remembered, and not for ever", () => {
    const log = createTurnedAwayLog();
    for (let at = 0; at < 2_100; at += 1) {
      const minute = String(at).padStart(4, "0");
      log.add("w", { at: minute, code: "unauthorized", message: "", appId: null, userAgent: "" });
    }
    assert.equal(log.since("w", "0000").length, 2_000);
    assert.deepEqual(
      log.since("w", "2098").map(({ at }) => at),
      ["2099", "2098"],
    );
    assert.deepEqual(log.since("elsewhere", "0000"), []);
  });

  test("every record of a request is there as it was received, with what became of it", async () => {
    await send([indicator(1)]);
    const requestId = await send([
      indicator(1),
      indicator(2, { confidence: 200 }),
      indicator(1, { name: "=New name" }),
      indicator(3),
    ]);
    const query = { requestId, from: 0, limit: 10 };
    const { items, next } = await requestRecords(parts, WORKSPACE, query);
    assert.deepEqual(
      items.map(({ recordIndex, fate }) => [recordIndex, fate]),
      [
        [0, "unchanged"],
        [1, "rejected"],
        [2, "changed"],
        [3, "new"],
      ],
    );
    assert.equal(next, null);
    assert.equal(items[1]?.text, JSON.stringify(indicator(2, { confidence: 200 })));
    assert.equal(items[3]?.objectId, `ZmVlZA==---${indicator(3)["id"]}`);
    const rejected = await requestRecords(parts, WORKSPACE, { ...query, only: "rejected" });
    assert.equal(rejected.items.length, 1);
    const short = await requestRecords(parts, WORKSPACE, { ...query, limit: 2 });
    assert.equal(short.next, 2);
    const body = JSON.parse(await requestBody(parts, WORKSPACE, requestId));
    assert.deepEqual(body, {
      sourcesystem: "feed",
      stixobjects: items.map(({ text: received }) => JSON.parse(received)),
    });
    const table = await text(Readable.from(requestTable(parts, WORKSPACE, requestId)));
    assert.deepEqual(
      table.split("\n").map((line) => line.slice(0, 14)),
      [
        "index,fate,id,",
        "0,unchanged,in",
        "1,rejected,ind",
        "2,changed,indi",
        "3,new,indicato",
        "",
      ],
    );
    await assert.rejects(requestRecords(parts, WORKSPACE, { ...query, requestId: "none" }), {
      code: "not_found",
    });
  });

  test("the same batch five times without a pause is a loop; new objects are none", async () => {
    for (let at = 0; at < 6; at += 1) {
      await send([indicator(1), indicator(2, { confidence: 200 })], "stuck");
      await send([indicator(100 + at)], "fine");
    }
    const since = new Date("2026-11-01T00:00:00.000Z");
    const recent = createRecentReceipts(store);
    const { applications } = await activitySince(parts, recent, { workspaceId: WORKSPACE, since });
    const loops = Object.fromEntries(applications.map(({ appId, loop }) => [appId, loop?.times]));
    assert.deepEqual(loops, { stuck: 6, fine: undefined });
  });

  test("rejected records are listed with their reasons over all requests", async () => {
    await send([indicator(1), indicator(2, { confidence: 200 })]);
    await send([indicator(3, { confidence: 300 })]);
    for (let at = 10; at < 25; at += 1) {
      await send([indicator(at, { confidence: -1 })]);
    }
    const found: number[] = [];
    let cursor: string | undefined;
    for (;;) {
      const page = await rejectedRecords(parts, {
        workspaceId: WORKSPACE,
        ...(cursor === undefined ? {} : { cursor }),
      });
      found.push(
        ...page.items.map(({ payload }) => (payload as { confidence: number }).confidence),
      );
      assert.ok(page.items.every(({ errors, source }) => errors.length > 0 && source === "feed"));
      if (page.next === null) {
        break;
      }
      cursor = page.next;
    }
    assert.deepEqual([found.length, found[0], found.at(-2), found.at(-1)], [17, -1, 300, 200]);
    await assert.rejects(rejectedRecords(parts, { workspaceId: WORKSPACE, cursor: "x" }), {
      field: "cursor",
    });
  });

  test("a record that was put right is stored under the source it came from", async () => {
    const requestId = await send([
      indicator(1, { confidence: 200 }),
      indicator(2),
      indicator(3, { confidence: 300 }),
    ]);
    const again = await replayRejected(parts, acting(), { requestId, fixed: new Map() });
    assert.deepEqual([again.stored, again.requestId], [0, null]);
    assert.deepEqual(
      again.rejected.map(({ recordIndex }) => recordIndex),
      [0, 2],
    );
    const result = await replayRejected(parts, acting(), {
      requestId,
      recordIndexes: [2],
      fixed: new Map([[2, indicator(3, { confidence: 30 })]]),
    });
    assert.deepEqual([result.stored, result.rejected], [1, []]);
    const stored = await store.currentObject({
      workspaceId: WORKSPACE,
      sourceSystem: "feed",
      stixId: String(indicator(3)["id"]),
    });
    assert.equal(stored?.facts.confidence, 30);
    const open = async (settled?: "only" | "with"): Promise<readonly unknown[]> => {
      const query = { workspaceId: WORKSPACE, ...(settled === undefined ? {} : { settled }) };
      const { items } = await rejectedRecords(parts, query);
      return items.map(({ recordIndex, settled: by }) => [recordIndex, by?.how, by?.requestId]);
    };
    assert.deepEqual(await open(), [[0, undefined, undefined]]);
    assert.deepEqual(await open("only"), [[2, "stored", result.requestId]]);
    assert.equal((await open("with")).length, 2);
    const all = { requestId, undo: false };
    assert.equal(await dismissRejected(parts, acting(), all), 1);
    assert.equal(await dismissRejected(parts, acting(), all), 0);
    assert.deepEqual(await open(), []);
    assert.equal(await dismissRejected(parts, acting(), { ...all, undo: true }), 1);
    assert.deepEqual(await open(), [[0, undefined, undefined]]);
    assert.deepEqual(await open("only"), [[2, "stored", result.requestId]]);
    await assert.rejects(
      replayRejected(parts, acting(), { requestId, recordIndexes: [1], fixed: new Map() }),
      { code: "invalid_request", field: "records" },
    );
    await assert.rejects(
      replayRejected(parts, acting(), { requestId: "nothing", fixed: new Map() }),
      { code: "not_found" },
    );
  });
});
