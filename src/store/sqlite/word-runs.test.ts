/**
 * Goal: whatever objects come and go in whatever batches, runs that are merged at any size answer as the objects
 * themselves would, in both directions, and stay few.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import fc from "fast-check";
import { factsOf } from "../samples.conformance.ts";
import type { SearchColumns } from "../search-object.ts";
import { exactToken, type TokenQuery, wordToken } from "../search-tokens.ts";
import { wordsOf } from "../search-words.ts";
import { openWriterConnection } from "./connection.ts";
import { readKeyHash } from "./key-hash.ts";
import { migrate } from "./migrate.ts";
import { openSearchDatabase } from "./search-database.ts";
import type { WordedObject } from "./word-batch.ts";
import { createOrderReader, type OrderReader } from "./word-orders.ts";
import { createWordReader, type WordReader, wordQuery } from "./word-reader.ts";
import { createWordRuns, type WordRuns } from "./word-runs.ts";
import { type OrderColumn, RUN_ORDERS } from "./word-tokens.ts";

const root = mkdtempSync(join(tmpdir(), "stixgate-words-"));
after(() => rmSync(root, { recursive: true, force: true }));

const CACHE = { cacheBytesMax: 1_000_000 };

/** Small enough that a few objects are merged several times. */
const LIMITS = { runsPerMerge: 3, runObjectsMax: 24, runChangesMax: 200 };

interface Opened {
  readonly database: DatabaseSync;
  readonly runs: WordRuns;
  readonly reader: WordReader;
  readonly orders: OrderReader;
}

function open(name: string): Opened {
  const directory = mkdtempSync(join(root, name));
  const log = openWriterConnection({ directory, ...CACHE });
  migrate(log, "test");
  log.close();
  const database = openSearchDatabase({ directory, ...CACHE });
  return {
    database,
    runs: createWordRuns(database, LIMITS),
    reader: createWordReader(database),
    orders: createOrderReader(database),
  };
}

function columnsOf(change: number, texts: readonly string[]): SearchColumns {
  const created = (change * 7) % 5;
  return {
    ...{ created, modified: 2 ** 45 - change, validFrom: change, validUntil: 0 },
    ...{ updated: 1, ingested: 1, confidence: 0, name: texts[0] ?? "" },
  };
}

function objectOf(change: number, workspace: number, texts: readonly string[]): WordedObject {
  const stixId = `indicator--${change % 7}`;
  const facts = factsOf({ stixId, labels: texts.slice(0, 1) });
  const version = { facts, sourceSystem: "s", revoked: false };
  return {
    workspace,
    change,
    texts,
    exact: { version, references: [] },
    columns: columnsOf(change, texts),
  };
}

/** What a batch does: objects that come, each so many changes after the last, and the places of some that go. */
interface Batch {
  readonly come: readonly {
    readonly gap: number;
    readonly workspace: number;
    readonly texts: readonly string[];
  }[];
  readonly go: readonly number[];
}

const TEXT = fc
  .array(
    fc.constantFrom(
      "alpha",
      "alphabet",
      "beta",
      "Beta-7",
      "1.2.3.4",
      "żółć",
      "a\ud83d\ude00b",
      "a\ue000b",
      "a\ud800b",
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((words) => words.join(" "));

const BATCH: fc.Arbitrary<Batch> = fc.record({
  come: fc.array(
    fc.record({
      gap: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 90 })),
      workspace: fc.constantFrom(1, 2, 36),
      texts: fc.array(TEXT, { maxLength: 3 }),
    }),
    { maxLength: 12 },
  ),
  go: fc.array(fc.nat(30), { maxLength: 6 }),
});

function asked(
  workspace: number,
): readonly (readonly [TokenQuery, (object: WordedObject) => boolean])[] {
  const word = (text: string): TokenQuery => ({ kind: "token", token: wordToken(workspace, text) });
  const beginning = (text: string): TokenQuery => ({
    kind: "prefix",
    token: wordToken(workspace, text),
  });
  const words = ({ texts }: WordedObject) => [...wordsOf(texts.join("\n").toWellFormed())];
  const has = (text: string) => (object: WordedObject) => words(object).includes(text);
  const begins = (text: string) => (object: WordedObject) =>
    words(object).some((each) => each.startsWith(text));
  return [
    [word("alpha"), has("alpha")],
    [word("żółć"), has("żółć")],
    [word("a\ue000b"), has("a\ue000b")],
    [beginning("alpha"), begins("alpha")],
    [beginning("a"), begins("a")],
    [
      { kind: "and", parts: [beginning("b"), word("alpha")] },
      (each) => begins("b")(each) && has("alpha")(each),
    ],
    [
      { kind: "or", parts: [word("7"), word("alphabet")] },
      (each) => has("7")(each) || has("alphabet")(each),
    ],
    [exactToken(workspace, "id", "indicator--3"), ({ change }) => change % 7 === 3],
    [exactToken(workspace, "label", "alpha"), ({ texts }) => texts[0] === "alpha"],
    [exactToken(workspace, "source", "s"), () => true],
  ];
}

/** Asks everything of the reader and of the objects; the reader may know objects that are gone. */
function expectEqual({ database, reader }: Opened, living: readonly WordedObject[]): void {
  const hash = readKeyHash(database);
  const alive = new Set(living.map(({ change }) => change));
  for (const workspace of [1, 2, 36]) {
    const own = living.filter((each) => each.workspace === workspace);
    for (const [query, holds] of asked(workspace)) {
      const text = wordQuery(query, hash);
      const expected = own.filter(holds).map(({ change }) => change);
      const page = (after: number, ascending: boolean, limit: number) =>
        reader.changes(text, { after, ascending, limit });
      const found = page(0, true, 1_000).filter((change) => alive.has(change));
      assert.deepEqual(found, expected, text);
      const down = page(Number.MAX_SAFE_INTEGER, false, 1_000);
      assert.deepEqual(
        down.toReversed().filter((change) => alive.has(change)),
        expected,
        text,
      );
      const middle = down[Math.floor(down.length / 2)] ?? 0;
      assert.deepEqual(page(middle, false, 2), down.filter((each) => each < middle).slice(0, 2));
      assert.deepEqual(
        page(middle, true, 2),
        down
          .toReversed()
          .filter((each) => each > middle)
          .slice(0, 2),
      );
      assert.equal(reader.count(text, 1_000), expected.length);
      assert.equal(reader.count(text, 3), Math.min(expected.length, 3));
      for (const { change } of own) {
        assert.equal(reader.has(text, change), expected.includes(change), `${text} ${change}`);
      }
    }
  }
}

function compareRanks(one: number | string, other: number | string): number {
  return typeof one === "string"
    ? Buffer.compare(Buffer.from(one), Buffer.from(String(other)))
    : one - Number(other);
}

/** Walks every order both ways, from its end and from the middle, and takes ranges of it. */
function expectOrdered({ orders }: Opened, living: readonly WordedObject[]): void {
  const alive = new Set(living.map(({ change }) => change));
  for (const workspace of [1, 2, 36]) {
    const own = living.filter((each) => each.workspace === workspace);
    for (const column of Object.keys(RUN_ORDERS) as OrderColumn[]) {
      const rankOf = (each: WordedObject) => RUN_ORDERS[column].rank(each.columns);
      const up = own.toSorted(
        (one, other) => compareRanks(rankOf(one), rankOf(other)) || one.change - other.change,
      );
      for (const ascending of [true, false]) {
        const ordered = ascending ? up : up.toReversed();
        const changes = ordered.map(({ change }) => change);
        const asked = { workspace, column, ascending, limit: 1_000 };
        const all = { ...asked, from: undefined, before: undefined, after: undefined };
        assert.deepEqual(orders.next(all), changes, `${column} ${ascending}`);
        const at = Math.floor(ordered.length / 2);
        const middle = ordered[at];
        if (middle !== undefined) {
          const rank = rankOf(middle);
          const after = { rank, change: middle.change };
          assert.deepEqual(orders.next({ ...all, after, limit: 3 }), changes.slice(at + 1, at + 4));
          const from = up.filter((each) => compareRanks(rankOf(each), rank) >= 0);
          const within = orders.within({ ...all, from: rank });
          assert.deepEqual(
            within.filter((change) => alive.has(change)).sort((one, other) => one - other),
            from.map(({ change }) => change).sort((one, other) => one - other),
          );
          assert.deepEqual(
            orders.next({ ...all, before: rank }),
            ordered
              .filter((each) => compareRanks(rankOf(each), rank) < 0)
              .map(({ change }) => change),
          );
        }
      }
    }
  }
}

test("runs answer as their objects would, whatever comes and goes", () => {
  let name = 0;
  fc.assert(
    fc.property(fc.array(BATCH, { minLength: 1, maxLength: 12 }), (batches) => {
      const opened = open(`runs-${name++}-`);
      const { database, runs } = opened;
      const insert = database.prepare(
        `INSERT INTO found (change, workspace, object, updated, kept, created, modified_after,
          valid_after, valid_for, confidence, revoked, name, facets)
          VALUES (?, ?, ?, 1, 0, 1, 0, 0, 0, 0, 0, '', '')`,
      );
      const remove = database.prepare("DELETE FROM found WHERE change = ?");
      let living: WordedObject[] = [];
      let change = 0;
      for (const { come, go } of batches) {
        for (const place of go) {
          const gone = living[place];
          if (gone !== undefined) {
            living = living.filter((each) => each !== gone);
            remove.run(gone.change);
            runs.remove(gone.change);
          }
        }
        for (const { gap, workspace, texts } of come) {
          change += gap;
          const object = objectOf(change, workspace, texts);
          insert.run(change, workspace, change);
          runs.add(object);
          living.push(object);
        }
        runs.end();
        change += 1;
        if (change % 2 === 0) {
          runs.forget();
        }
        database.prepare("UPDATE search_state SET change = ?").run(change);
        expectEqual(opened, living);
        expectOrdered(opened, living);
      }
      database.close();
    }),
    { numRuns: 15 },
  );
});

test("runs stay few, and those of objects that are gone are dropped", () => {
  const { database, runs } = open("few-");
  const count = () =>
    Number(database.prepare("SELECT count(*) AS runs FROM word_run").get()?.["runs"]);
  const insert = database.prepare(
    `INSERT INTO found (change, workspace, object, updated, kept, created, modified_after,
      valid_after, valid_for, confidence, revoked, name, facets)
      VALUES (?1, 1, ?1, 1, 0, 1, 0, 0, 0, 0, 0, '', '')`,
  );
  for (let change = 1; change <= 240; change += 1) {
    insert.run(change);
    runs.add(objectOf(change, 1, ["alpha"]));
    runs.end();
  }
  assert.ok(count() <= 240 / 12 + 8, `${count()} runs`);
  for (let change = 1; change <= 240; change += 1) {
    database.prepare("DELETE FROM found WHERE change = ?").run(change);
    runs.remove(change);
  }
  runs.end();
  assert.deepEqual(
    [count(), database.prepare("SELECT count(*) AS blocks FROM word_block").get()?.["blocks"]],
    [0, 0],
  );
  database.close();
});
