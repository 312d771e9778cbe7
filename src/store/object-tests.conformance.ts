/** What every store must do with objects: keys, versions, revocation, lists. */

import assert from "node:assert/strict";
import { factsOf, stixIdOf as idOf, indicators, objectOf } from "./samples.conformance.ts";
import { ids, keyOf, pagesOf, refusedWith, type StoreTest, take } from "./steps.conformance.ts";
import type { IntakeObject } from "./store.ts";

/** The tests by their names. */
export const OBJECT_TESTS: Readonly<Record<string, StoreTest>> = {
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
      deleted: false,
      json,
    });
  },

  "objects of many types are listed in the order of their changes, in pages": async (store) => {
    const workspaceId = "types-in-order";
    const types = ["malware", "indicator", "tool", "x-one", "indicator", "indicator"];
    const objects = Array.from({ length: 120 }, (_, at) => {
      const type = at < 60 ? (types[at % types.length] ?? "") : "report";
      return objectOf({ type, stixId: `${type}--${at}` });
    });
    await take(store, workspaceId, { objects }, { objects: objects.slice(0, 1) });
    const wanted = objects.map(({ facts }) => facts.stixId);
    for (const limit of [7, 40, 500]) {
      const pages = await pagesOf((cursor) =>
        store.currentObjects({ workspaceId, limit, ...(cursor === undefined ? {} : { cursor }) }),
      );
      assert.deepEqual(ids(pages.flat()), wanted);
    }
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
};
