/** Goal: people see who sends what and what goes in circles, and put rejected records right under their own source. */

import assert from "node:assert/strict";
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
  type ManageParts,
  rejectedRecords,
  replayRejected,
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
    const report = await activitySince(parts, WORKSPACE, new Date("2026-11-23T00:00:00.000Z"));
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
  });

  test("the same batch five times without a pause is a loop; new objects are none", async () => {
    for (let at = 0; at < 6; at += 1) {
      await send([indicator(1), indicator(2, { confidence: 200 })], "stuck");
      await send([indicator(100 + at)], "fine");
    }
    const since = new Date("2026-11-01T00:00:00.000Z");
    const { applications } = await activitySince(parts, WORKSPACE, since);
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
      const page = await rejectedRecords(parts, WORKSPACE, cursor);
      found.push(
        ...page.items.map(({ payload }) => (payload as { confidence: number }).confidence),
      );
      assert.ok(page.items.every(({ errors, source }) => errors.length > 0 && source === "feed"));
      if (page.next === null) {
        break;
      }
      cursor = page.next;
    }
    assert.deepEqual([found.length, found[0], found.at(-1)], [17, 200, 300]);
    await assert.rejects(rejectedRecords(parts, WORKSPACE, "x"), { field: "cursor" });
  });

  test("a record that was put right is stored under the source it came from", async () => {
    const requestId = await send([
      indicator(1, { confidence: 200 }),
      indicator(2),
      indicator(3, { confidence: 300 }),
    ]);
    const again = await replayRejected(parts, acting(), { requestId, fixed: new Map() });
    assert.equal(again.stored, 0);
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
