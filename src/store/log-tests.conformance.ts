/** What every store must do with requests: order, receipts, waiting, closing. */

import assert from "node:assert/strict";
import type { Outcome } from "../wire/index.ts";
import { stixIdOf as idOf, indicators, objectOf, requestOf } from "./samples.conformance.ts";
import {
  keyOf,
  lastChanges,
  pagesOf,
  refusedWith,
  rejectionOf,
  type StoreTest,
  take,
} from "./steps.conformance.ts";
import { prepareRequest } from "./stored-rows.ts";

/** The tests by their names; the last one closes the store. */
export const LOG_TESTS: Readonly<Record<string, StoreTest>> = {
  "an empty store answers with nothing": async (store) => {
    const workspaceId = "empty";
    assert.deepEqual(await store.currentObject(keyOf(workspaceId, idOf(1))), undefined);
    assert.deepEqual(await store.currentObjects({ workspaceId, limit: 1 }), {
      items: [],
      next: null,
    });
    assert.deepEqual(await store.countObjects(workspaceId), {});
    assert.deepEqual(await store.objectVersions(keyOf(workspaceId, idOf(1)), 10), []);
    assert.deepEqual(await store.receipts({ workspaceId, limit: 1 }), { items: [], next: null });
    assert.deepEqual(await store.receipt(workspaceId, "unknown"), undefined);
    assert.deepEqual(await store.revokedObjects([]), new Set());
    await store.checkHealth();
  },

  "sequences and changes rise in the order of commits over all workspaces": async (store) => {
    const start = store.position();
    const before = (await lastChanges(store)).at(-1)?.change ?? 0;
    const sequences = [
      ...(await take(store, "order-1", { objects: indicators(1, 3) })),
      ...(await take(store, "order-2", { objects: indicators(1, 2) })),
      ...(await take(store, "order-1", { objects: [objectOf({ stixId: idOf(2), name: "x" })] })),
    ];
    const next = start.appended + 1;
    assert.deepEqual(sequences, [next, next + 1, next + 2]);
    const changes = await store.changes(before, 100);
    assert.deepEqual(
      changes.map(({ workspaceId, stixId }) => [workspaceId, stixId]),
      [
        ["order-1", idOf(1)],
        ["order-1", idOf(2)],
        ["order-1", idOf(3)],
        ["order-2", idOf(1)],
        ["order-2", idOf(2)],
        ["order-1", idOf(2)],
      ],
    );
    const numbers = changes.map(({ change }) => change);
    assert.deepEqual(
      numbers.map((change) => change - before),
      [1, 2, 3, 4, 5, 6],
    );
    const some = await store.changes(before + 1, 2);
    assert.deepEqual(
      some.map(({ change }) => change - before),
      [2, 3],
    );
    await refusedWith("invalid_request", store.changes(-1, 1));
    await refusedWith("invalid_request", store.changes(0, 10_001));
  },

  "a request that was prepared elsewhere is kept as one that was not": async (store) => {
    const request = requestOf({
      workspaceId: "prepared",
      requestId: "prepared-1",
      outcome: "partly_accepted",
      received: 3,
      notes: ["a note"],
      objects: [
        objectOf({ stixId: idOf(1), name: "Ünïcode 👍" }),
        {
          ...objectOf({ stixId: idOf(2) }),
          warnings: [{ rule: "r", path: "p", message: "m" }],
        },
      ],
      rejections: [{ recordIndex: 2, json: '{"a":1}', stixId: null, errors: [], warnings: [] }],
    });
    const prepared = prepareRequest(request);
    await store.waitIndexed(await store.append(structuredClone(prepared)));
    await store.waitIndexed(
      await store.append({ ...request, requestId: "prepared-2", workspaceId: "plain" }),
    );
    const here = await store.receipt("prepared", "prepared-1");
    const there = await store.receipt("plain", "prepared-2");
    const same = { requestId: "", workspaceId: "", sequence: 0 };
    assert.deepEqual({ ...here, ...same }, { ...there, ...same });
    assert.deepEqual(here?.warnings, [
      { recordIndex: 1, stixId: idOf(2), warnings: [{ rule: "r", path: "p", message: "m" }] },
    ]);
    const [first] = await store.objectVersions(keyOf("prepared", idOf(1)), 1);
    const [plain] = await store.objectVersions(keyOf("plain", idOf(1)), 1);
    assert.deepEqual([first?.json, first?.facts], [plain?.json, plain?.facts]);
  },

  "concurrent appends are all kept, each once, in one order": async (store) => {
    const workspaceId = "concurrent";
    const writers = Array.from({ length: 16 }, (_, writer) => writer);
    const appended = await Promise.all(
      writers.map(async (writer) => {
        const sequences: number[] = [];
        for (let round = 0; round < 5; round += 1) {
          const objects = indicators(writer * 100 + round * 10, 10);
          const requestId = `${writer}/${round}`;
          sequences.push(await store.append(requestOf({ workspaceId, requestId, objects })));
        }
        return sequences;
      }),
    );
    const all = appended.flat();
    assert.equal(new Set(all).size, 80);
    for (const own of appended) {
      assert.deepEqual(
        own,
        own.toSorted((a, b) => a - b),
      );
    }
    await store.waitIndexed(Math.max(...all));
    assert.deepEqual(await store.countObjects(workspaceId), { indicator: 800 });
    const page = await store.receipts({ workspaceId, limit: 1000 });
    const read = page.items.map(({ sequence }) => sequence);
    assert.deepEqual(
      read,
      all.toSorted((a, b) => b - a),
    );
    for (const { requestId, sequence } of page.items) {
      const [writer = 0, round = 0] = requestId.split("/").map(Number);
      assert.equal(appended[writer]?.[round], sequence);
    }
  },

  "appends that nobody awaits keep the order of the calls": async (store) => {
    const workspaceId = "order-of-calls";
    const calls = Array.from({ length: 20 }, (_, at) =>
      store.append(requestOf({ workspaceId, requestId: `${at}`, objects: indicators(at, 1) })),
    );
    const sequences = await Promise.all(calls);
    assert.deepEqual(
      sequences,
      sequences.toSorted((a, b) => a - b),
    );
  },

  "receipts are listed newest first, by outcome, in pages": async (store) => {
    const workspaceId = "receipt-list";
    const outcomes = ["accepted", "empty", "rejected", "accepted", "refused", "accepted"] as const;
    for (const [at, outcome] of outcomes.entries()) {
      await take(store, workspaceId, { requestId: `r${at}`, outcome });
    }
    await take(store, "another", { requestId: "other" });
    const list = async (limit: number, outcome?: Outcome) => {
      const pages = await pagesOf((cursor) =>
        store.receipts({
          workspaceId,
          limit,
          ...(outcome && { outcome }),
          ...(cursor && { cursor }),
        }),
      );
      return pages.map((page) => page.map(({ requestId }) => requestId));
    };
    assert.deepEqual(await list(4), [
      ["r5", "r4", "r3", "r2"],
      ["r1", "r0"],
    ]);
    assert.deepEqual(await list(6), [["r5", "r4", "r3", "r2", "r1", "r0"]]);
    assert.deepEqual(await list(2, "accepted"), [["r5", "r3"], ["r0"]]);
    assert.deepEqual(await list(2, "refused"), [["r4"]]);
    assert.deepEqual(await list(2, "partly_accepted"), [[]]);
  },

  "a receipt holds the request, the rejected records and the warnings": async (store) => {
    const workspaceId = "receipt-detail";
    const requestId = "detail";
    const finding = { rule: "id.present", path: "id", message: "Error for Property=id: …" };
    const warning = { rule: "x", path: "labels[0]", message: "Warning \u0000 \ud83d\ude00" };
    const rejections = [
      rejectionOf({ recordIndex: 1, json: '{"type":"x","n":[1,{}]}', errors: [finding] }),
      rejectionOf({ recordIndex: 3, json: "{broken", stixId: "x--1", warnings: [warning] }),
      rejectionOf({ recordIndex: 4, json: "null", errors: [finding, warning] }),
    ];
    const request = requestOf({
      ...{ workspaceId, requestId, rejections, outcome: "partly_accepted", received: 5 },
      receivedAt: "2026-02-03T04:05:06.789Z",
      generation: "v2",
      apiVersion: "",
      sourceSystem: "Quelle ü",
      caller: { tenantId: "t", objectId: "o", appId: "a", userAgent: 'agent "\\\u0000' },
      notes: ["The body was not UTF-8."],
      objects: [
        objectOf({ stixId: idOf(1) }),
        objectOf({ stixId: idOf(2) }, { warnings: [warning] }),
      ],
    });
    const sequence = await store.append(request);
    const early = await store.receipt(workspaceId, requestId);
    assert.ok(early, "a receipt is there as soon as the append has resolved");
    assert.equal(early.counts.accepted, 2);
    if (!early.indexed) {
      const { created, updated, unchanged } = early.counts;
      assert.deepEqual([created, updated, unchanged], [null, null, null]);
    }
    await store.waitIndexed(sequence);
    const counts = { received: 5, accepted: 2, rejected: 3, warned: 1 };
    const summary = {
      ...{ requestId, workspaceId, sequence, receivedAt: "2026-02-03T04:05:06.789Z" },
      ...{ outcome: "partly_accepted", generation: "v2", apiVersion: "", sourceSystem: "Quelle ü" },
      caller: { tenantId: "t", objectId: "o", appId: "a", userAgent: 'agent "\\\u0000' },
      counts: { ...counts, created: 2, updated: 0, unchanged: 0 },
      ...{ indexed: true, refusal: null },
    };
    const list = await store.receipts({ workspaceId, limit: 10 });
    assert.deepEqual(list, { items: [summary], next: null });
    assert.deepEqual(await store.receipt(workspaceId, requestId), {
      ...summary,
      notes: ["The body was not UTF-8."],
      rejections: [
        {
          ...{ recordIndex: 1, stixId: null, errors: [finding], warnings: [] },
          payload: { type: "x", n: [1, {}] },
        },
        {
          ...{ recordIndex: 3, stixId: "x--1", errors: [], warnings: [warning] },
          payload: "{broken",
        },
        { recordIndex: 4, stixId: null, errors: [finding, warning], warnings: [], payload: null },
      ],
      warnings: [{ recordIndex: 1, stixId: idOf(2), warnings: [warning] }],
    });
    assert.equal(await store.receipt("another", requestId), undefined);
    const records = await store.receivedRecords(workspaceId, requestId);
    assert.deepEqual(
      records.map(({ recordIndex, accepted, stixId }) => [recordIndex, accepted, stixId]),
      [
        [0, true, idOf(1)],
        [1, true, idOf(2)],
        [1, false, null],
        [3, false, "x--1"],
        [4, false, null],
      ],
    );
    assert.deepEqual(
      records.slice(2).map(({ json }) => json),
      ['{"type":"x","n":[1,{}]}', "{broken", "null"],
    );
    assert.equal(records[0]?.json, request.objects[0]?.json);
    assert.deepEqual(await store.receivedRecords("another", requestId), []);
  },

  "a refused request leaves a receipt and no object": async (store) => {
    const workspaceId = "refused";
    const refusal = { code: "malformed_body", message: "Not JSON." };
    await take(store, workspaceId, { outcome: "refused", refusal, sourceSystem: null });
    const { items } = await store.receipts({ workspaceId, limit: 10 });
    assert.deepEqual(items[0]?.refusal, refusal);
    assert.equal(items[0]?.sourceSystem, null);
    assert.deepEqual(items[0]?.counts.created, 0);
    assert.deepEqual(await store.countObjects(workspaceId), {});
  },

  "many workspaces do not see each other": async (store) => {
    const workspaces = Array.from({ length: 50 }, (_, at) => `many-${at}`);
    const sequences = await Promise.all(
      workspaces.map((workspaceId, at) =>
        store.append(requestOf({ workspaceId, objects: indicators(1, at + 1) })),
      ),
    );
    await store.waitIndexed(Math.max(...sequences));
    for (const [at, workspaceId] of workspaces.entries()) {
      assert.deepEqual(await store.countObjects(workspaceId), { indicator: at + 1 });
      const { items } = await store.receipts({ workspaceId, limit: 10 });
      assert.equal(items.length, 1);
    }
  },

  "a big request is taken whole": async (store) => {
    const workspaceId = "big";
    const description = "word ".repeat(200);
    const objects = Array.from({ length: 5_000 }, (_, at) =>
      objectOf({ stixId: idOf(at) }, { json: JSON.stringify({ at, description }) }),
    );
    const large = objectOf({ stixId: idOf(5_000) }, { json: `"${"x".repeat(4_000_000)}"` });
    await take(store, workspaceId, { requestId: "big", objects: [...objects, large] });
    assert.deepEqual(await store.countObjects(workspaceId), { indicator: 5_001 });
    const read = await store.currentObject(keyOf(workspaceId, idOf(4_321)));
    assert.equal(read?.json, JSON.stringify({ at: 4_321, description }));
    assert.equal(read?.recordIndex, 4_321);
    const last = await store.currentObject(keyOf(workspaceId, idOf(5_000)));
    assert.equal(last?.json.length, 4_000_002);
    assert.equal((await store.receipt(workspaceId, "big"))?.counts.created, 5_001);
  },

  "a reader can wait for a sequence, and stop waiting": async (store) => {
    const workspaceId = "wait";
    const { appended } = store.position();
    const controller = new AbortController();
    const waiting = store.waitIndexed(appended + 1);
    const stopped = store.waitIndexed(appended + 1_000_000, controller.signal);
    controller.abort(new Error("enough"));
    await assert.rejects(stopped, /enough/);
    await assert.rejects(store.waitIndexed(appended + 1, AbortSignal.abort()), /abort/i);
    await refusedWith("invalid_request", store.waitIndexed(Number.NaN));
    await store.append(requestOf({ workspaceId, objects: indicators(1, 1) }));
    await waiting;
    assert.deepEqual(await store.countObjects(workspaceId), { indicator: 1 });
    assert.ok(store.position().appended >= appended + 1);
    assert.ok(store.position().indexed >= appended + 1);
    await store.waitIndexed(appended + 1);
    await store.waitIndexed(0);
  },

  "close finishes what was appended and refuses what comes later": async (store) => {
    const pending = Array.from({ length: 5 }, (_, at) =>
      store.append(requestOf({ workspaceId: "close", objects: indicators(at, 1) })),
    );
    const waiting = store.waitIndexed(store.position().appended + 1_000_000);
    const refused = refusedWith("shutting_down", waiting);
    await store.close();
    const sequences = await Promise.all(pending);
    assert.equal(new Set(sequences).size, 5);
    await refused;
    await refusedWith("shutting_down", store.append(requestOf()));
    await refusedWith("shutting_down", store.countObjects("close"));
    await refusedWith("shutting_down", store.checkHealth());
    await store.close();
  },
};
