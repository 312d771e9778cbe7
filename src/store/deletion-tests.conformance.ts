/** What every store must do with deletions and with the history of an object. */

import assert from "node:assert/strict";
import { stixIdOf as idOf, indicators, objectOf, SOURCE } from "./samples.conformance.ts";
import { ids, keyOf, lastChanges, refusedWith, type StoreTest, take } from "./steps.conformance.ts";
import type { Sequence, Store } from "./store.ts";

const CALLER = { tenantId: "t", objectId: "o", appId: "a", userAgent: "remover/1" };

/** Deletes objects of the samples' source and waits until that can be read. */
async function remove(
  store: Store,
  workspaceId: string,
  stixIds: readonly string[],
  requestId = "deletion",
): Promise<Sequence> {
  const sequence = await store.deleteObjects({
    ...{ requestId, workspaceId, stixIds, caller: CALLER, sourceSystem: SOURCE },
    receivedAt: "2026-03-04T05:06:07.890Z",
    notes: ["No longer true."],
  });
  await store.waitIndexed(sequence);
  return sequence;
}

/** The tests by their names. */
export const DELETION_TESTS: Readonly<Record<string, StoreTest>> = {
  "a deleted object is gone from current reads, its history stays": async (store) => {
    const workspaceId = "deleted";
    const facts = { labels: ["x"], observables: [{ key: "url:value", value: "u" }] };
    await take(
      store,
      workspaceId,
      { objects: indicators(1, 3, facts) },
      { objects: indicators(2, 1, { ...facts, name: "second", revoked: true }) },
    );
    const before = (await lastChanges(store)).at(-1)?.change ?? 0;
    const sequence = await remove(store, workspaceId, [idOf(2)]);
    const key = keyOf(workspaceId, idOf(2));
    assert.equal(await store.currentObject(key), undefined);
    assert.deepEqual(await store.countObjects(workspaceId), { indicator: 2 });
    for (const condition of [{}, { label: "x" }, { observableValue: "u" }, { type: "indicator" }]) {
      const page = await store.currentObjects({ workspaceId, limit: 10, ...condition });
      assert.deepEqual(ids(page.items), [idOf(1), idOf(3)]);
    }
    assert.deepEqual(await store.revokedObjects([key]), new Set());
    assert.deepEqual(ids((await store.searchObjects({ workspaceId, limit: 10 })).items), [
      idOf(3),
      idOf(1),
    ]);
    const [tombstone, ...history] = await store.objectVersions(key, 10);
    assert.deepEqual(
      history.map(({ facts: { name }, deleted }) => [name, deleted]),
      [
        ["second", false],
        [null, false],
      ],
    );
    assert.ok(tombstone);
    assert.deepEqual(
      [tombstone.deleted, tombstone.json, tombstone.facts.type, tombstone.sequence],
      [true, "", "indicator", sequence],
    );
    assert.deepEqual(await store.changes(before, 10), [tombstone]);
    assert.equal(tombstone.requestId, "deletion");
  },

  "an object uploaded after its deletion is new, with its history": async (store) => {
    const workspaceId = "reborn";
    const object = objectOf({ stixId: idOf(1), keepRevoked: true, revoked: true });
    const again = objectOf({ stixId: idOf(1), keepRevoked: true });
    await take(store, workspaceId, { requestId: "r1", objects: [object] });
    await remove(store, workspaceId, [idOf(1)]);
    await take(store, workspaceId, { requestId: "r2", objects: [again] });
    await remove(store, workspaceId, [idOf(1)]);
    await take(store, workspaceId, { requestId: "r3", objects: [again] });
    const key = keyOf(workspaceId, idOf(1));
    assert.equal((await store.currentObject(key))?.revoked, false);
    const versions = await store.objectVersions(key, 10);
    assert.deepEqual(
      versions.map(({ deleted, revoked }) => [deleted, revoked]),
      [
        [false, false],
        [true, false],
        [false, false],
        [true, false],
        [false, true],
      ],
    );
    assert.equal((await store.receipt(workspaceId, "r3"))?.counts.created, 1);
    assert.deepEqual(await store.countObjects(workspaceId), { indicator: 1 });
    assert.deepEqual((await store.currentObjects({ workspaceId, limit: 5 })).items, [versions[0]]);
  },

  "a deletion has a receipt that names the caller and counts what it did": async (store) => {
    const workspaceId = "deletion-receipt";
    await take(store, workspaceId, { objects: indicators(1, 2) });
    await remove(store, workspaceId, [idOf(1), idOf(2), idOf(2), idOf(3)], "first");
    await remove(store, workspaceId, [idOf(1)], "second");
    await remove(store, workspaceId, [], "nothing");
    const { items } = await store.receipts({ workspaceId, limit: 10, outcome: "deleted" });
    assert.deepEqual(
      items.map(({ requestId, counts }) => [requestId, counts.updated, counts.unchanged]),
      [
        ["nothing", 0, 0],
        ["second", 0, 1],
        ["first", 2, 1],
      ],
    );
    const receipt = await store.receipt(workspaceId, "first");
    assert.deepEqual(receipt?.caller, CALLER);
    assert.deepEqual(receipt?.notes, ["No longer true."]);
    assert.equal(receipt?.sourceSystem, SOURCE);
    assert.equal(receipt?.receivedAt, "2026-03-04T05:06:07.890Z");
    const stixIds = Array.from({ length: 10_001 }, (_, at) => idOf(at));
    await refusedWith("invalid_request", remove(store, workspaceId, stixIds, "too many"));
  },

  "a deletion of one source or workspace leaves the same id of another": async (store) => {
    for (const workspaceId of ["deletion-a", "deletion-b"]) {
      await take(store, workspaceId, { objects: indicators(1, 1) });
      await take(store, workspaceId, { sourceSystem: "other", objects: indicators(1, 1) });
    }
    await remove(store, "deletion-a", [idOf(1)]);
    assert.equal(await store.currentObject(keyOf("deletion-a", idOf(1))), undefined);
    assert.ok(await store.currentObject(keyOf("deletion-a", idOf(1), "other")));
    assert.ok(await store.currentObject(keyOf("deletion-b", idOf(1))));
  },

  "uploads and deletions that nobody awaits are applied in their order": async (store) => {
    const workspaceId = "deletion-order";
    const calls: Promise<Sequence>[] = [];
    for (let round = 0; round < 20; round += 1) {
      calls.push(
        take(store, workspaceId, { objects: indicators(1, 5) }).then(([last = 0]) => last),
      );
      calls.push(remove(store, workspaceId, [idOf(1), idOf(2 + (round % 3))]));
    }
    await Promise.all(calls);
    assert.deepEqual(await store.countObjects(workspaceId), { indicator: 3 });
    const page = await store.currentObjects({ workspaceId, limit: 10 });
    assert.deepEqual(ids(page.items).toSorted(), [idOf(2), idOf(4), idOf(5)]);
  },

  "versions come in pages, and one by its number": async (store) => {
    const workspaceId = "version-pages";
    const names = ["a", "b", "c", "d", "e"];
    await take(store, workspaceId, ...names.map((name) => ({ objects: [objectOf({ name })] })));
    await take(store, workspaceId, { objects: indicators(2, 1) });
    const key = keyOf(workspaceId, idOf(1));
    const first = await store.objectVersions(key, 2);
    const second = await store.objectVersions(key, 2, first.at(-1)?.change ?? 0);
    const third = await store.objectVersions(key, 2, second.at(-1)?.change ?? 0);
    assert.deepEqual(
      [first, second, third].map((page) => page.map(({ facts }) => facts.name).join("")),
      ["ed", "cb", "a"],
    );
    const [, , c] = names.keys();
    const wanted = second[c === 2 ? 0 : 1];
    assert.ok(wanted);
    assert.deepEqual(await store.objectVersion(key, wanted.change), wanted);
    const foreign = keyOf(workspaceId, idOf(2));
    assert.equal(await store.objectVersion(foreign, wanted.change), undefined);
    assert.equal(await store.objectVersion(key, 1_000_000), undefined);
    assert.equal(await store.objectVersion(keyOf("unknown", idOf(1)), wanted.change), undefined);
    await refusedWith("invalid_request", store.objectVersions(key, 2, -1));
  },
};
