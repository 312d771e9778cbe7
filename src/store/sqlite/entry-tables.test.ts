/**
 * Goal: whatever is written to the sorted lists of the index, in whatever batches, with merges interrupted
 * anywhere, is found again: all of it, in order, each entry once.
 */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import fc from "fast-check";
import {
  BLOB_HEAD_BYTES,
  blobEntryCount,
  entriesFromBlob,
  entriesToBlob,
  entryCount,
  entryList,
  mergeEntries,
} from "./entries.ts";
import { createEntryReader, type EntryReader } from "./entry-reader.ts";
import { createEntryTables, ENTRY_KIND } from "./entry-tables.ts";
import { migrate } from "./migrate.ts";
import { inTransaction } from "./transaction.ts";

/** Small enough that a few entries already fill levels and split segments. */
const LIMITS = { runsPerLevel: 3, sweepEntriesMin: 20, segmentEntriesMax: 4 };

const HASHES = 6;

type Entry = readonly [hash: number, ref: number];

const entry: fc.Arbitrary<Entry> = fc.tuple(
  fc.integer({ min: 0, max: HASHES - 1 }).map((at) => at * (2 ** 49 + 1)),
  fc.integer({ min: 1, max: 200 }),
);

const step = fc.record({
  kind: fc.constantFrom(...Object.values(ENTRY_KIND)),
  entries: fc.array(entry, { maxLength: 12 }),
  /** Slices of merging that follow; each is one transaction, and the last one may be rolled back. */
  slices: fc.integer({ min: 0, max: 4 }),
  fails: fc.boolean(),
  restarts: fc.boolean(),
});

type Model = Map<string, Set<number>>;

function compare(reader: EntryReader, model: Model): void {
  for (const kind of Object.values(ENTRY_KIND)) {
    const hashes = Array.from({ length: HASHES }, (_, at) => at * (2 ** 49 + 1));
    assert.deepEqual(
      reader.refsOfEach(kind, hashes),
      hashes.map((hash) => [...reader.refs(kind, hash, 0)]),
    );
    for (let at = 0; at < HASHES; at += 1) {
      const hash = at * (2 ** 49 + 1);
      const expected = [...(model.get(`${kind}/${hash}`) ?? [])].sort((a, b) => a - b);
      assert.deepEqual([...reader.refs(kind, hash, 0)], expected);
      const later = expected.filter((ref) => ref > 100);
      assert.deepEqual([...reader.refs(kind, hash, 100)], later);
    }
  }
}

test("entries are found in order, each once, whatever was merged", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      using database = new DatabaseSync(":memory:");
      migrate(database, "test");
      let tables = createEntryTables(database, LIMITS);
      const reader = createEntryReader(database);
      const model: Model = new Map();
      for (const { kind, entries, slices, fails, restarts } of steps) {
        inTransaction(database, () => tables.add(kind, entries));
        for (const [hash, ref] of entries) {
          const key = `${kind}/${hash}`;
          model.set(key, (model.get(key) ?? new Set()).add(ref));
        }
        for (let slice = 0; slice < slices; slice += 1) {
          inTransaction(database, () => tables.tidy(0.001));
        }
        if (fails) {
          const roll = (): void =>
            inTransaction(database, () => {
              tables.tidy(0.05);
              throw new Error("rolled back");
            });
          assert.throws(roll, /rolled back/);
          tables.forget();
        }
        tables = restarts ? createEntryTables(database, LIMITS) : tables;
        compare(reader, model);
      }
    }),
    { numRuns: 150 },
  );
});

test("merging ends, and leaves few runs and segments of bounded size", () => {
  using database = new DatabaseSync(":memory:");
  migrate(database, "test");
  const tables = createEntryTables(database, LIMITS);
  for (let at = 0; at < 100; at += 1) {
    tables.add(ENTRY_KIND.label, [
      [at % 7, at],
      [at, 1000 - at],
    ]);
    while (tables.tidy(1)) {
      // Each call does a slice.
    }
  }
  const { runs } = database.prepare("SELECT count(*) AS runs FROM entry_run").get() ?? {};
  const { size } =
    database.prepare("SELECT max(length(entries)) / 16 AS size FROM entry_segment").get() ?? {};
  assert.ok(Number(runs) <= 6, `${runs} runs`);
  assert.ok(Number(size) <= LIMITS.segmentEntriesMax, `a segment of ${size}`);
});

test("a list keeps its entries sorted and once, and survives as a blob", () => {
  const list = entryList([
    [2 ** 52 - 1, 3],
    [0, 9],
    [2 ** 52 - 1, 3],
    [0, 2 ** 40],
  ]);
  assert.deepEqual([...list], [0, 9, 0, 2 ** 40, 2 ** 52 - 1, 3]);
  assert.deepEqual(entriesFromBlob(entriesToBlob(list)), list);
  assert.deepEqual(
    mergeEntries([list, entryList([[0, 10]]), list]),
    entryList([
      [0, 9],
      [0, 10],
      [0, 2 ** 40],
      [2 ** 52 - 1, 3],
    ]),
  );
  const shifted = new Uint8Array(entriesToBlob(list).length + 1);
  shifted.set(entriesToBlob(list), 1);
  assert.deepEqual(entriesFromBlob(shifted.subarray(1)), list);
  assert.throws(() => entriesFromBlob(new Uint8Array(17)), /has 17 bytes/);
});

test("a list of few hashes becomes a small blob, which tells its entries and its damage", () => {
  const numbers = fc.uniqueArray(fc.integer({ min: 0, max: 2 ** 40 }), { maxLength: 40 });
  const hashes = fc.uniqueArray(fc.integer({ min: 0, max: 2 ** 52 - 1 }), { maxLength: 3 });
  fc.assert(
    fc.property(hashes, numbers, (chosen, refs) => {
      const list = entryList(chosen.flatMap((hash) => refs.map((ref) => [hash, ref] as const)));
      const blob = entriesToBlob(list);
      assert.deepEqual(entriesFromBlob(blob), list);
      const head = blob.subarray(0, BLOB_HEAD_BYTES);
      assert.equal(blobEntryCount(blob.length, head), entryCount(list));
    }),
  );
  const refs = Array.from({ length: 1_000 }, (_, ref) => [2 ** 51 + (ref % 4), ref] as const);
  const blob = entriesToBlob(entryList(refs));
  assert.equal(blob.length, 1_022);
  assert.throws(() => entriesFromBlob(blob.subarray(0, 999)), /has 999 bytes/);
  assert.throws(() => entriesFromBlob(new Uint8Array([1, 0xff, 0x7f])), /has 3 bytes/);
  assert.throws(() => entriesFromBlob(new Uint8Array([1, 2, 5, 3, 1, 1, 1])), /has 7 bytes/);
});
