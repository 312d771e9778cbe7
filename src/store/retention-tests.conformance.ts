/**
 * What every store must do with what has been kept long enough, as a suite that each store with retention runs:
 * what is due goes and gives its room back, everything else stays and can be read as before, whoever else uploads
 * or follows meanwhile.
 */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  AT_ONCE,
  nameOf,
  namesOf,
  type RetentionPlace,
  receiptsOf,
  remove,
  until,
  upload,
  WORKSPACE,
  withStore,
} from "./retention-steps.conformance.ts";
import { indicators, objectOf, requestOf, stixIdOf } from "./samples.conformance.ts";
import { keyOf, rejectionOf } from "./steps.conformance.ts";
import type { Store } from "./store.ts";

/** How a store takes part. */
export interface RetentionConformanceOptions {
  /** Name of the store in the report. */
  readonly name: string;
  /** Makes a place for a store, empty. */
  readonly newPlace: () => Promise<RetentionPlace>;
}

type PlaceTest = (place: RetentionPlace) => Promise<void>;

/** The tests by their names. */
const TESTS: Readonly<Record<string, PlaceTest>> = {
  "an object keeps its newest versions, and each of them its text": async (place) => {
    await withStore(place, {}, async (store) => {
      for (const name of ["a", "b", "c", "d", "e"]) {
        await upload(store, name, { 1: name, 2: "same" });
      }
    });
    const retention = { versionsMax: 2, ...AT_ONCE };
    await withStore(place, { retention }, async (store) => {
      await until(["e", "d"], () => namesOf(store, 1));
      await upload(store, "f", { 1: "f" });
      await until(["f", "e"], () => namesOf(store, 1));
      assert.deepEqual(await namesOf(store, 2), ["same"]);
      const changes = await store.changes(0, 100);
      assert.deepEqual(changes.map(nameOf), ["same", "e", "f"]);
      assert.deepEqual(
        changes.map(({ change }) => change),
        [2, 6, 7],
        "numbers stay",
      );
      assert.equal((await store.receipt(WORKSPACE, "b"))?.counts.updated, 1);
    });
  },

  "what was dropped is gone from every read, and what is left is found as before": async (
    place,
  ) => {
    const key = keyOf(WORKSPACE, stixIdOf(1));
    const dropped = await withStore(place, {}, async (store) => {
      await upload(store, "r1", { 1: "first", 2: "other" });
      await upload(store, "r2", { 1: "second" });
      await upload(store, "r3", { 1: "third" });
      return (await store.objectVersions(key, 10)).at(-1)?.change ?? 0;
    });
    const retention = { versionsMax: 1, ...AT_ONCE };
    await withStore(place, { retention }, async (store) => {
      await until(["third"], () => namesOf(store, 1));
      assert.equal(await store.objectVersion(key, dropped), undefined);
      assert.equal((await store.currentObject(key))?.facts.name, "third");
      assert.deepEqual(await store.countObjects(WORKSPACE), { indicator: 2 });
      const read = { workspaceId: WORKSPACE, limit: 10 };
      for (const [name, found] of [
        ["first", 0],
        ["third", 1],
        ["other", 1],
      ] as const) {
        const labelled = await store.currentObjects({ ...read, label: name });
        assert.equal(labelled.items.length, found, name);
        const observableValue = `https://${name}.example`;
        const pinned = await store.currentObjects({ ...read, observableValue });
        assert.equal(pinned.items.length, found, name);
      }
      const searched = await store.searchObjects(read);
      assert.deepEqual(searched.items.map(nameOf), ["third", "other"]);
      assert.deepEqual(await store.facets({ ...read, field: "label" }), [
        { value: "other", count: 1 },
        { value: "third", count: 1 },
      ]);
    });
  },

  "a version goes so many days after it was replaced, however old it is itself": async (place) => {
    let now = new Date("2026-01-01T00:00:00.000Z");
    const retention = { versionDays: 10, ...AT_ONCE };
    await withStore(place, { clock: () => now, retention }, async (store) => {
      await upload(store, "a", { 1: "a", 2: "a" });
      now = new Date("2026-03-01T00:00:00.000Z");
      await upload(store, "b", { 1: "b" });
      now = new Date("2026-03-10T00:00:00.000Z");
      await upload(store, "c", { 1: "c" });
      assert.deepEqual(await namesOf(store, 1), ["c", "b", "a"]);
      now = new Date("2026-03-12T00:00:00.000Z");
      await until(["c", "b"], () => namesOf(store, 1));
      now = new Date("2026-03-21T00:00:00.000Z");
      await until(["c"], () => namesOf(store, 1));
      assert.deepEqual(await namesOf(store, 2), ["a"]);
    });
  },

  "a deleted object goes with its history, and its id begins anew": async (place) => {
    let now = new Date("2026-01-01T00:00:00.000Z");
    const retention = { tombstoneDays: 10, receiptDays: 20, ...AT_ONCE };
    await withStore(place, { clock: () => now, retention }, async (store) => {
      await upload(store, "a", { 1: "a", 2: "a", 3: "a" });
      await upload(store, "b", { 1: "b" });
      await remove(store, [1, 2], now);
      await upload(store, "c", { 2: "reborn" });
      assert.deepEqual(await namesOf(store, 1), ["deleted", "b", "a"]);
      await store.waitSearchable(store.position().appended);
      now = new Date("2026-01-12T00:00:00.000Z");
      await until([], () => namesOf(store, 1));
      assert.deepEqual(await namesOf(store, 2), ["reborn", "deleted", "a"]);
      assert.deepEqual(await store.countObjects(WORKSPACE), { indicator: 2 });
      await upload(store, "e", { 1: "again" });
      assert.deepEqual(await namesOf(store, 1), ["again"]);
      // Nothing of request b is left, so its receipt goes by its own age.
      now = new Date("2026-03-01T00:00:00.000Z");
      await until(undefined, () => store.receipt(WORKSPACE, "b"));
      assert.ok(await store.receipt(WORKSPACE, "a"));
      const { items } = await store.searchObjects({ workspaceId: WORKSPACE, limit: 10 });
      assert.deepEqual(items.map(nameOf), ["again", "reborn", "a"]);
    });
  },

  "old rejected records and empty receipts go, whatever brought objects stays": async (place) => {
    const old = "2026-01-01T00:00:00.000Z";
    const requests = [
      { requestId: "old refused", receivedAt: old, outcome: "refused" },
      { requestId: "old with objects", receivedAt: old, objects: indicators(1, 2) },
      { requestId: "middle-aged", receivedAt: "2026-05-20T00:00:00.000Z", outcome: "rejected" },
      { requestId: "new", receivedAt: "2026-06-01T00:00:00.000Z", outcome: "rejected" },
    ] as const;
    await withStore(place, {}, async (store) => {
      for (const request of requests) {
        const rejections = request.requestId === "old refused" ? [] : [rejectionOf({ json: "{" })];
        await store.append(requestOf({ workspaceId: WORKSPACE, ...request, rejections }));
      }
      await store.waitIndexed(requests.length);
    });
    const retention = { rejectedDays: 7, receiptDays: 30, ...AT_ONCE };
    const clock = () => new Date("2026-06-02T00:00:00.000Z");
    await withStore(place, { clock, retention }, async (store) => {
      await until(["new", "middle-aged", "old with objects"], () => receiptsOf(store));
      for (const requestId of ["middle-aged", "old with objects"]) {
        const receipt = async () => await store.receipt(WORKSPACE, requestId);
        await until([], async () => (await receipt())?.rejections);
        assert.equal((await receipt())?.counts.rejected, 1);
      }
      assert.equal((await store.receipt(WORKSPACE, "new"))?.rejections.length, 1);
      assert.equal((await store.changes(0, 10)).length, 2);
    });
    await withStore(place, {}, async (store) => {
      assert.equal(
        await store.append(requestOf({ workspaceId: WORKSPACE })),
        requests.length + 1,
        "sequences go on",
      );
    });
  },

  "warnings of accepted records go with the rejected ones": async (place) => {
    const warning = { code: "W", message: "odd", path: "" } as never;
    const objects = [objectOf({ name: "a" }, { warnings: [warning] })];
    const requestId = "warned";
    const now = new Date("2026-06-02T00:00:00.000Z");
    await withStore(place, {}, async (store) => {
      await store.append(requestOf({ workspaceId: WORKSPACE, requestId, objects }));
      await store.waitIndexed(1);
      assert.equal((await store.receipt(WORKSPACE, requestId))?.warnings.length, 1);
    });
    const retention = { rejectedDays: 7, ...AT_ONCE };
    await withStore(place, { clock: () => now, retention }, async (store) => {
      const receipt = async () => await store.receipt(WORKSPACE, requestId);
      await until([], async () => (await receipt())?.warnings);
      assert.equal((await receipt())?.counts.warned, 1);
    });
  },

  "records that changed nothing go, with the receipt in its time": async (place) => {
    const now = new Date("2026-06-02T00:00:00.000Z");
    const repeated = { workspaceId: WORKSPACE, receivedAt: "2026-01-01T00:00:00.000Z" };
    await withStore(place, {}, async (store) => {
      for (const requestId of ["first", "second", "third"]) {
        await store.append(requestOf({ ...repeated, requestId, objects: indicators(1, 50) }));
      }
      await store.waitIndexed(3);
    });
    const before = await place.logSize();
    const retention = { versionsMax: 10, receiptDays: 30, ...AT_ONCE };
    await withStore(place, { clock: () => now, retention }, async (store) => {
      await until(["first"], () => receiptsOf(store));
      assert.equal((await store.changes(0, 100)).length, 50);
    });
    const after = await place.logSize();
    assert.deepEqual([before.requests, after.requests], [3, 1]);
    assert.ok(after.bytes < before.bytes, `${after.bytes} bytes of ${before.bytes}`);
  },

  "a request of which half is left gives back the room of the other half": async (place) => {
    const text = (seed: number): string =>
      Array.from({ length: 40 }, (_, at) =>
        ((seed + 1) * (at + 7) * 2_654_435_761).toString(36),
      ).join("");
    const large = Array.from({ length: 40 }, (_, at) => {
      const stixId = stixIdOf(at);
      return objectOf({ stixId }, { json: JSON.stringify({ id: stixId, text: text(at) }) });
    });
    await withStore(place, {}, async (store) => {
      await store.append(requestOf({ workspaceId: WORKSPACE, requestId: "large", objects: large }));
      await upload(store, "most", Object.fromEntries(large.slice(4).map((_, at) => [at + 4, "x"])));
    });
    const before = await place.logSize();
    const retention = { versionsMax: 1, ...AT_ONCE };
    await withStore(place, { retention }, async (store) => {
      await until(40, async () => (await store.changes(0, 100)).length);
      await until(true, async () => (await place.logSize()).bytes < before.bytes / 2);
    });
    await withStore(place, {}, async (store) => {
      const kept = await store.changes(0, 4);
      assert.deepEqual(
        kept.map(({ json }) => json),
        large.slice(0, 4).map(({ json }) => json),
      );
    });
  },

  "what has no limit is kept for ever": async (place) => {
    const clock = () => new Date("2099-01-01T00:00:00.000Z");
    await withStore(place, {}, async (store) => {
      await upload(store, "a", { 1: "a" });
      await upload(store, "b", { 1: "b", 2: "b" });
      await remove(store, [2], new Date("2026-01-01T00:00:00.000Z"));
      await store.append(
        requestOf({ workspaceId: WORKSPACE, requestId: "r", rejections: [rejectionOf({})] }),
      );
      await store.append(requestOf({ workspaceId: WORKSPACE, requestId: "refused" }));
    });
    const retention = { receiptDays: 1, ...AT_ONCE };
    await withStore(place, { clock, retention }, async (store) => {
      await until(["d", "b", "a"], () => receiptsOf(store));
      assert.deepEqual(await namesOf(store, 1), ["b", "a"]);
      assert.deepEqual(await namesOf(store, 2), ["deleted", "b"]);
    });
  },

  "more than one round's worth goes, a part at a time": async (place) => {
    await withStore(place, {}, async (store) => {
      for (let version = 0; version < 8; version += 1) {
        const objects = indicators(1, 700, { name: `${version}` });
        await store.append(requestOf({ workspaceId: WORKSPACE, requestId: `${version}`, objects }));
      }
      await store.waitIndexed(8);
    });
    const retention = { versionsMax: 2, ...AT_ONCE };
    await withStore(place, { retention }, async (store) => {
      await until(1400, async () => (await store.changes(0, 10_000)).length);
      for (const number of [1, 350, 700]) {
        assert.deepEqual(await namesOf(store, number), ["7", "6"]);
      }
    });
  },

  "whoever follows, uploads and reads while rounds run misses nothing that is kept": async (
    place,
  ) => {
    const retention = { versionsMax: 2, receiptDays: 1, rejectedDays: 1, ...AT_ONCE };
    const [objects, versions] = [60, 40];
    const ended = await withStore(place, { retention }, async (store) => {
      const last = new Map<string, unknown>();
      const tail = createFollower(store, last);
      for (let version = 0; version < versions; version += 1) {
        // Every second request brings two thirds of the objects again, as they are.
        const name = `v${version - (version % 2)}`;
        const names = Array.from({ length: objects }, (_, at) => [at, name] as const);
        const part = version % 2 === 0 ? names : names.filter(([at]) => at % 3 > 0);
        await upload(store, `request ${version}`, Object.fromEntries(part));
        await tail.readOn();
        const key = keyOf(WORKSPACE, stixIdOf(version % objects));
        assert.ok(await store.currentObject(key), "what is current is never gone");
        assert.ok((await store.objectVersions(key, 10)).length > 0);
      }
      await tail.readOn();
      await store.waitSearchable(store.position().appended);
      assert.equal(
        await store.countMatches({ workspaceId: WORKSPACE }).then(({ count }) => count),
        objects,
      );
      await until(2 * objects, async () => (await store.changes(0, 10_000)).length);
      return last;
    });
    assert.equal(ended.size, objects);
    assert.deepEqual(new Set(ended.values()), new Set([`v${versions - 2}`]));
  },
};

/** Reads changes as they come, and insists on their order. */
function createFollower(store: Store, last: Map<string, unknown>) {
  let after = 0;
  return {
    async readOn(): Promise<void> {
      for (;;) {
        const versions = await store.changes(after, 100);
        for (const version of versions) {
          assert.ok(version.change > after, "changes rise");
          assert.equal(version.json.length > 0, true, "each has its text");
          after = version.change;
          last.set(version.stixId, nameOf(version));
        }
        if (versions.length === 0) {
          return;
        }
      }
    },
  };
}

/** Runs the suite on one store. */
export function retentionConformance({ name, newPlace }: RetentionConformanceOptions): void {
  describe(`retention conformance: ${name}`, () => {
    for (const [title, run] of Object.entries(TESTS)) {
      test(title, async () => {
        const place = await newPlace();
        await run(place);
        assert.deepEqual(await place.faults(), [], "the store is sound");
      });
    }
  });
}
