/**
 * What every store must do, as one suite of tests that each store runs. It speaks to the door only, so it
 * can't see how a store does it; faults of disks and crashes are tested by each store itself.
 */

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AppError, type AppErrorCode, type Outcome } from "../wire/index.ts";
import {
  factsOf,
  stixIdOf as idOf,
  indicators,
  objectOf,
  requestOf,
  SOURCE,
} from "./samples.conformance.ts";
import type {
  IntakeObject,
  IntakeRejection,
  IntakeRequest,
  ObjectKey,
  ObjectVersion,
  Page,
  Store,
} from "./store.ts";

/** How a store takes part. */
export interface StoreConformanceOptions {
  /** Name of the store in the report. */
  readonly name: string;
  /** Opens an empty store; the suite closes it. */
  readonly open: () => Promise<Store>;
  /** Tests, by their names, that this store can't pass yet, and why. */
  readonly skip?: readonly { readonly reason: string; readonly tests: readonly string[] }[];
}

type StoreTest = (store: Store) => Promise<void>;

function rejectionOf(rest: Partial<IntakeRejection>): IntakeRejection {
  return { recordIndex: 0, json: "{}", stixId: null, errors: [], warnings: [], ...rest };
}

/** Appends requests one after the other and waits until they can be read. */
async function take(
  store: Store,
  workspaceId: string,
  ...requests: Partial<IntakeRequest>[]
): Promise<number[]> {
  const sequences: number[] = [];
  for (const request of requests) {
    sequences.push(await store.append(requestOf({ workspaceId, ...request })));
  }
  await store.waitIndexed(sequences.at(-1) ?? 0);
  return sequences;
}

function keyOf(workspaceId: string, stixId: string, sourceSystem: string = SOURCE): ObjectKey {
  return { workspaceId, sourceSystem, stixId };
}

async function pagesOf<T>(read: (cursor?: string) => Promise<Page<T>>): Promise<T[][]> {
  const pages: T[][] = [];
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    pages.push([...page.items]);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && pages.length < 100);
  return pages;
}

function ids(versions: readonly ObjectVersion[]): string[] {
  return versions.map(({ facts }) => facts.stixId);
}

async function refusedWith(code: AppErrorCode, call: Promise<unknown>): Promise<void> {
  await assert.rejects(call, (error) => error instanceof AppError && error.code === code);
}

/** The tests in reading order; each works in a workspace of its own, named like the test. */
const TESTS: Readonly<Record<string, StoreTest>> = {
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

  "an object is read as it was received, with its facts and its origin": async (store) => {
    const workspaceId = "as-received";
    const facts = factsOf({
      stixId: idOf(7),
      specVersion: "2.0",
      created: "2026-01-01T00:00:00.123456Z",
      modified: null,
      validUntil: "2027-01-01T00:00:00Z",
      name: "Gefährlich 毒 🦠",
      confidence: 0,
      tlp: "amber+strict",
      labels: ["b", "a", "b"],
      observables: [
        { key: "ipv4-addr:value", value: "192.0.2.1" },
        { key: "file:hashes.'SHA-256'", value: "AB" },
      ],
    });
    const json = '{ "type":"indicator",\n\t"n":1.50, "x":"\\u0041ü\\u0000" }';
    const object: IntakeObject = { recordIndex: 0, json, facts, warnings: [] };
    const requestId = "request-7";
    const [sequence] = await take(store, workspaceId, { requestId, objects: [object] });
    const read = await store.currentObject(keyOf(workspaceId, idOf(7)));
    assert.ok(read);
    const { change, ingestedAt, ...rest } = read;
    assert.match(ingestedAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.ok(change >= 1);
    assert.deepEqual(rest, {
      ...keyOf(workspaceId, idOf(7)),
      requestId,
      sequence,
      recordIndex: 0,
      facts,
      revoked: false,
      json,
    });
  },

  "a changed record is a version, the last one taken is current": async (store) => {
    const workspaceId = "versions";
    await take(
      store,
      workspaceId,
      { objects: [objectOf({ name: "one", modified: "2026-01-03T00:00:00Z" })] },
      { objects: [objectOf({ name: "two", modified: "2026-01-02T00:00:00Z" })] },
      { objects: [objectOf({ name: "three", modified: "2026-01-01T00:00:00Z" })] },
    );
    const key = keyOf(workspaceId, factsOf().stixId);
    assert.equal((await store.currentObject(key))?.facts.name, "three");
    const versions = await store.objectVersions(key, 10);
    assert.deepEqual(
      versions.map(({ facts }) => facts.name),
      ["three", "two", "one"],
    );
    const newest = await store.objectVersions(key, 2);
    assert.deepEqual(
      newest.map(({ facts }) => facts.name),
      ["three", "two"],
    );
    const current = await store.currentObjects({ workspaceId, limit: 10 });
    assert.deepEqual(
      current.items.map(({ facts }) => facts.name),
      ["three"],
    );
    assert.deepEqual(await store.countObjects(workspaceId), { indicator: 1 });
  },

  "an object that changes its type is counted and listed under the new one": async (store) => {
    const workspaceId = "types";
    await take(
      store,
      workspaceId,
      { objects: [objectOf({ stixId: "x--1", type: "malware" }), objectOf({ stixId: idOf(2) })] },
      { objects: [objectOf({ stixId: "x--1", type: "tool" })] },
    );
    assert.deepEqual(await store.countObjects(workspaceId), { indicator: 1, tool: 1 });
    const listed = await store.currentObjects({ workspaceId, type: "malware", limit: 10 });
    assert.deepEqual(listed.items, []);
  },

  "the same id from another source or workspace is another object": async (store) => {
    await take(store, "keys-1", { sourceSystem: "A", objects: [objectOf({ name: "a" })] });
    await take(store, "keys-1", { sourceSystem: "B", objects: [objectOf({ name: "b" })] });
    await take(store, "keys-2", { sourceSystem: "A", objects: [objectOf({ name: "c" })] });
    const { stixId } = factsOf();
    const cases = [
      ["keys-1", "A", "a"],
      ["keys-1", "B", "b"],
      ["keys-2", "A", "c"],
    ] as const;
    for (const [workspaceId, source, name] of cases) {
      const read = await store.currentObject(keyOf(workspaceId, stixId, source));
      assert.equal(read?.facts.name, name);
      assert.equal(read?.sourceSystem, source);
    }
    assert.equal(await store.currentObject(keyOf("keys-2", stixId, "B")), undefined);
    assert.deepEqual(await store.countObjects("keys-1"), { indicator: 2 });
  },

  "a record equal to the current version changes nothing": async (store) => {
    const workspaceId = "unchanged";
    const one = objectOf({ name: "one" });
    const two = objectOf({ name: "two" });
    await take(
      store,
      workspaceId,
      { requestId: "r1", objects: [one, objectOf({ stixId: idOf(2) })] },
      { requestId: "r2", objects: [one, objectOf({ stixId: idOf(2), name: "new" })] },
      { requestId: "r3", objects: [two] },
      { requestId: "r4", objects: [one] },
    );
    const versions = await store.objectVersions(keyOf(workspaceId, factsOf().stixId), 10);
    assert.deepEqual(
      versions.map(({ requestId }) => requestId),
      ["r4", "r3", "r1"],
    );
    const counts: unknown[] = [];
    for (const requestId of ["r1", "r2", "r3", "r4"]) {
      const { created, updated, unchanged } =
        (await store.receipt(workspaceId, requestId))?.counts ?? {};
      counts.push([created, updated, unchanged]);
    }
    assert.deepEqual(counts, [
      [2, 0, 0],
      [0, 1, 1],
      [0, 1, 0],
      [0, 1, 0],
    ]);
  },

  "of equal keys in one request each changed record is a version, the last is current": async (
    store,
  ) => {
    const workspaceId = "duplicates";
    const names = ["one", "one", "two", "one"];
    await take(store, workspaceId, {
      requestId: "r",
      objects: names.map((name) => objectOf({ name })),
    });
    const versions = await store.objectVersions(keyOf(workspaceId, factsOf().stixId), 10);
    assert.deepEqual(
      versions.map(({ facts, recordIndex }) => [facts.name, recordIndex]),
      [
        ["one", 3],
        ["two", 2],
        ["one", 0],
      ],
    );
    assert.deepEqual((await store.receipt(workspaceId, "r"))?.counts, {
      received: 4,
      accepted: 4,
      rejected: 0,
      warned: 0,
      created: 1,
      updated: 2,
      unchanged: 1,
    });
    assert.deepEqual(await store.countObjects(workspaceId), { indicator: 1 });
  },

  "a revoked object stays revoked only where the facts say so": async (store) => {
    const workspaceId = "revoked";
    const [kept, freed, never] = [idOf(1), idOf(2), idOf(3)];
    const rounds = [
      { name: "first", revoked: true },
      { name: "second", revoked: false },
      { name: "third", revoked: false },
    ];
    for (const round of rounds) {
      await take(store, workspaceId, {
        objects: [
          objectOf({ ...round, stixId: kept, keepRevoked: true }),
          objectOf({ ...round, stixId: freed }),
          objectOf({ ...round, stixId: never, revoked: false, keepRevoked: true }),
        ],
      });
    }
    const revokedOf = async (stixId: string) =>
      (await store.objectVersions(keyOf(workspaceId, stixId), 10)).map(({ revoked }) => revoked);
    assert.deepEqual(await revokedOf(kept), [true, true, true]);
    assert.deepEqual(await revokedOf(freed), [false, false, true]);
    assert.deepEqual(await revokedOf(never), [false, false, false]);
    const read = await store.currentObject(keyOf(workspaceId, kept));
    assert.equal(read?.facts.revoked, false, "the facts stay as received");
    const asked = [kept, freed, never, idOf(4)].map((id) => keyOf(workspaceId, id));
    assert.deepEqual(await store.revokedObjects(asked), new Set([kept]));
    const foreign = asked.map((key) => ({ ...key, sourceSystem: "other" }));
    assert.deepEqual(await store.revokedObjects(foreign), new Set());
    const mixed = [keyOf(workspaceId, kept), keyOf("elsewhere", kept)];
    await refusedWith("invalid_request", store.revokedObjects(mixed));
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

  "current objects come in pages, in order of change, by type, label and value": async (store) => {
    const workspaceId = "pages";
    const malware = objectOf({ type: "malware", stixId: "malware--1", labels: ["x"] });
    await take(
      store,
      workspaceId,
      { objects: indicators(1, 4, { labels: ["x", "y"] }) },
      { objects: [malware] },
      { objects: [objectOf({ stixId: idOf(2), name: "later", labels: ["y"] })] },
      {
        objects: [
          objectOf({ stixId: idOf(5), observables: [{ key: "url:value", value: "http://a" }] }),
          objectOf({ stixId: idOf(6), observables: [{ key: "domain-name:value", value: "a" }] }),
        ],
      },
    );
    const order = [idOf(1), idOf(3), idOf(4), "malware--1", idOf(2), idOf(5), idOf(6)];
    const listed = await pagesOf((cursor) =>
      store.currentObjects({ workspaceId, limit: 3, ...(cursor && { cursor }) }),
    );
    assert.deepEqual(listed.map(ids), [order.slice(0, 3), order.slice(3, 6), order.slice(6)]);
    const cases = [
      [{ type: "indicator" }, [idOf(1), idOf(3), idOf(4), idOf(2), idOf(5), idOf(6)]],
      [{ type: "malware" }, ["malware--1"]],
      [{ type: "x" }, []],
      [{ label: "x" }, [idOf(1), idOf(3), idOf(4), "malware--1"]],
      [{ label: "x", type: "indicator" }, [idOf(1), idOf(3), idOf(4)]],
      [{ label: "y" }, [idOf(1), idOf(3), idOf(4), idOf(2)]],
      [{ label: "X" }, []],
      [{ observableValue: "a" }, [idOf(6)]],
      [{ observableValue: "http://a" }, [idOf(5)]],
      [{ observableValue: "a", label: "x" }, []],
      [{ observableValue: "b" }, []],
    ] as const;
    for (const [conditions, expected] of cases) {
      for (const limit of [1, 2, 1000]) {
        const pages = await pagesOf((cursor) =>
          store.currentObjects({ workspaceId, limit, ...conditions, ...(cursor && { cursor }) }),
        );
        assert.deepEqual(ids(pages.flat()), expected, JSON.stringify(conditions));
        assert.ok(pages.every((page) => page.length <= limit));
      }
    }
    assert.deepEqual(await store.countObjects(workspaceId), { indicator: 6, malware: 1 });
  },

  "an object that changes between two pages is read again, none is missed": async (store) => {
    const workspaceId = "moving";
    await take(store, workspaceId, { objects: indicators(1, 4) });
    const first = await store.currentObjects({ workspaceId, limit: 2 });
    assert.ok(first.next);
    await take(store, workspaceId, { objects: [objectOf({ stixId: idOf(1), name: "moved" })] });
    const second = await store.currentObjects({ workspaceId, limit: 10, cursor: first.next });
    assert.deepEqual(ids(second.items), [idOf(3), idOf(4), idOf(1)]);
    assert.equal(second.next, null);
  },

  "bad limits and cursors are refused with the field's name": async (store) => {
    const workspaceId = "bad-pages";
    await take(store, workspaceId, { objects: indicators(1, 2) }, { objects: [] });
    const objects = await store.currentObjects({ workspaceId, limit: 1 });
    const receipts = await store.receipts({ workspaceId, limit: 1 });
    assert.ok(objects.next && receipts.next);
    for (const limit of [0, -1, 1.5, Number.NaN, 1001]) {
      await refusedWith("invalid_request", store.currentObjects({ workspaceId, limit }));
      await refusedWith("invalid_request", store.receipts({ workspaceId, limit }));
      await refusedWith("invalid_request", store.objectVersions(keyOf("w", "i"), limit));
    }
    const cursors = ["", "x", "bnVsbA", `${objects.next}=`, "b2JqZWN0czotMQ", "💥"];
    for (const cursor of [...cursors, receipts.next]) {
      await refusedWith("invalid_request", store.currentObjects({ workspaceId, limit: 1, cursor }));
    }
    for (const cursor of [...cursors, objects.next]) {
      await refusedWith("invalid_request", store.receipts({ workspaceId, limit: 1, cursor }));
    }
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

  "odd ids, sources, labels and values stay apart and come back unchanged": async (store) => {
    const workspaceId = 'odd "\\\u0000 ünï';
    const texts = [
      "x",
      "x\u0000",
      "x\u0000y",
      "",
      "\ud800",
      "\ufffd",
      "\\ud800",
      '"',
      '\\"',
      "__proto__",
      "é",
      "e\u0301",
      "x'; drop table object; --",
      "🦠",
      "a".repeat(10_000),
    ];
    for (const sourceSystem of texts) {
      const objects = texts.map((text) =>
        objectOf({
          ...{ stixId: text, type: text, labels: [text], name: text },
          observables: [{ key: text, value: text }],
        }),
      );
      await take(store, workspaceId, { sourceSystem, objects });
    }
    const counts = Object.entries(await store.countObjects(workspaceId));
    assert.deepEqual(counts.toSorted(), texts.map((text) => [text, texts.length]).toSorted());
    for (const text of texts) {
      for (const source of ["x", "x\u0000", "\ud800", "\ufffd"]) {
        const read = await store.currentObject(keyOf(workspaceId, text, source));
        assert.equal(read?.facts.name, text);
        assert.equal(read?.sourceSystem, source);
        assert.equal(read?.workspaceId, workspaceId);
      }
      for (const condition of [{ label: text }, { observableValue: text }, { type: text }]) {
        const page = await store.currentObjects({ workspaceId, limit: 100, ...condition });
        assert.deepEqual(
          page.items.map(({ stixId }) => stixId),
          texts.map(() => text),
        );
      }
    }
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

async function lastChanges(store: Store): Promise<readonly ObjectVersion[]> {
  let last: readonly ObjectVersion[] = [];
  for (;;) {
    const next = await store.changes(last.at(-1)?.change ?? 0, 10_000);
    if (next.length === 0) {
      return last;
    }
    last = next;
  }
}

/** Runs the suite on one store, which is opened once: each test works in workspaces of its own. */
export function storeConformance({ name, open, skip = [] }: StoreConformanceOptions): void {
  describe(`store conformance: ${name}`, () => {
    let store: Store;
    before(async () => {
      store = await open();
    });
    after(() => store.close());
    for (const [title, run] of Object.entries(TESTS)) {
      const reason = skip.find(({ tests }) => tests.includes(title))?.reason;
      test(title, reason === undefined ? {} : { skip: reason }, () => run(store));
    }
    for (const title of skip.flatMap(({ tests }) => tests).filter((each) => !(each in TESTS))) {
      test(`skips a test that doesn't exist: ${title}`, () => assert.fail(title));
    }
  });
}
