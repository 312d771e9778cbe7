/**
 * The orders of objects as the runs of the search index keep them: for each order a run has a token of every rank, with
 * the places of its objects. A stretch of an order is merged from all runs, each read from where the stretch begins.
 */

import type { DatabaseSync } from "node:sqlite";
import { type BlockReader, compareTokens, readBlock } from "./word-block.ts";
import { createRunList, type KnownRun } from "./word-run-list.ts";
import { type OrderColumn, orderPrefix, orderToken, type Rank } from "./word-tokens.ts";

/** A stretch of an order. */
export interface OrderQuestion {
  readonly workspace: number;
  readonly column: OrderColumn;
  readonly ascending: boolean;
  readonly limit: number;
  /** Ranks from this one on, and below that one. */
  readonly from: Rank | undefined;
  readonly before: Rank | undefined;
  /** The place behind which the stretch begins. */
  readonly after: { readonly rank: Rank; readonly change: number } | undefined;
}

/** Reads stretches of orders; each is to be read within one snapshot of the database. */
export interface OrderReader {
  /** Changes of found objects, in order. */
  next(question: OrderQuestion): readonly number[];
  /** Changes of a range in any order; some of them may have been replaced. */
  within(question: Omit<OrderQuestion, "ascending" | "after">): readonly number[];
}

/** A rank of a run, with its places: those of a frequent one are many, so they are unpacked when they are wanted. */
interface Entry {
  readonly token: Uint8Array;
  readonly places: () => number[];
}

/** A run that is read, at its next entry. */
interface Cursor {
  readonly run: KnownRun;
  readonly entries: Iterator<Entry>;
  entry: Entry;
}

/** Prepares the reads on a connection. */
export function createOrderReader(database: DatabaseSync): OrderReader {
  const runsNow = createRunList(database);
  const read = createEntries(database);
  const found = database.prepare("SELECT 1 FROM found WHERE change = ?");

  function isFound(run: KnownRun, change: number): boolean {
    return run.gone === 0 || found.get(change) !== undefined;
  }

  /** Takes the changes of an entry that lie behind a place and are found, as long as there is room. */
  function takeFound(
    changes: number[],
    { run, entry, last }: Pick<Cursor, "run" | "entry"> & { readonly last: number },
    { ascending, limit }: OrderQuestion,
  ): void {
    const places = entry.places();
    for (const place of ascending ? places : places.reverse()) {
      if (changes.length === limit) {
        return;
      }
      const change = run.first + place;
      const isBehind = ascending ? change > last : change < last;
      if (isBehind && isFound(run, change)) {
        changes.push(change);
      }
    }
  }

  return {
    next(question) {
      const { ascending, limit } = question;
      const stretch = stretchOf(question);
      const lastOf = createLastOf(question);
      const cursors = createCursors(runsNow(), (run) => read(run, stretch), ascending);
      const changes: number[] = [];
      while (changes.length < limit) {
        const least = cursors.take();
        if (least === undefined) {
          break;
        }
        takeFound(changes, { ...least, last: lastOf(least.entry.token) }, question);
      }
      return changes;
    },

    within(question) {
      const stretch = stretchOf({ ...question, ascending: true, after: undefined });
      const changes: number[] = [];
      for (const run of runsNow()) {
        for (const { places } of read(run, stretch)) {
          for (const place of places()) {
            changes.push(run.first + place);
          }
          if (changes.length >= question.limit) {
            return changes.slice(0, question.limit);
          }
        }
      }
      return changes;
    },
  };
}

/** A function that gives the change behind which those of a rank are wanted: only the rank of the place has one. */
function createLastOf({
  workspace,
  column,
  ascending,
  after,
}: OrderQuestion): (token: Uint8Array) => number {
  const none = ascending ? 0 : Number.MAX_SAFE_INTEGER;
  if (after === undefined) {
    return () => none;
  }
  const place = orderToken(orderPrefix(workspace, column), after.rank);
  return (token) => (Buffer.compare(token, place) === 0 ? after.change : none);
}

/** The tokens of a stretch: from the first on, and below the end. */
interface Stretch {
  readonly ascending: boolean;
  readonly first: Buffer;
  readonly end: Buffer;
}

function stretchOf({ workspace, column, ascending, from, before, after }: OrderQuestion): Stretch {
  const prefix = orderPrefix(workspace, column);
  const lowest = from === undefined ? Buffer.from(prefix) : orderToken(prefix, from);
  const highest =
    before === undefined ? tokenAbove(Buffer.from(prefix)) : orderToken(prefix, before);
  const place = after && orderToken(prefix, after.rank);
  const isUp = ascending && place !== undefined && Buffer.compare(place, lowest) > 0;
  // The rank of the place itself is read again, for the changes of it that follow.
  const placeEnd = place && Buffer.concat([place, Buffer.of(0)]);
  const isDown = !ascending && placeEnd !== undefined && Buffer.compare(placeEnd, highest) < 0;
  return { ascending, first: isUp ? place : lowest, end: isDown ? placeEnd : highest };
}

/** A token above all that begin with a prefix. */
function tokenAbove(prefix: Buffer): Buffer {
  const above = Buffer.from(prefix);
  above[above.length - 1] = (above[above.length - 1] ?? 0) + 1;
  return above;
}

/** Prepares a function that reads a stretch of a run, one block after the other. */
function createEntries(
  database: DatabaseSync,
): (run: KnownRun, stretch: Stretch) => Iterable<Entry> {
  const columns = "SELECT first, data FROM word_block WHERE run = ?";
  const holding = database.prepare(`${columns} AND first <= ? ORDER BY first DESC LIMIT 1`);
  const following = database.prepare(`${columns} AND first > ? ORDER BY first LIMIT 1`);
  const preceding = database.prepare(`${columns} AND first < ? ORDER BY first DESC LIMIT 1`);

  function* upwards(run: KnownRun, { first, end }: Stretch): Iterable<Entry> {
    let row = holding.get(run.id, first) ?? following.get(run.id, first);
    while (row !== undefined && Buffer.compare(row["first"] as Uint8Array, end) < 0) {
      yield* entriesOf(readBlock(row["data"] as Uint8Array), first, end);
      row = following.get(run.id, row["first"] as Uint8Array);
    }
  }

  function* downwards(run: KnownRun, { first, end }: Stretch): Iterable<Entry> {
    let row = preceding.get(run.id, end);
    while (row !== undefined) {
      yield* [...entriesOf(readBlock(row["data"] as Uint8Array), first, end)].reverse();
      const start = row["first"] as Uint8Array;
      row = Buffer.compare(start, first) <= 0 ? undefined : preceding.get(run.id, start);
    }
  }

  return (run, stretch) => (stretch.ascending ? upwards(run, stretch) : downwards(run, stretch));
}

function* entriesOf(block: BlockReader, first: Buffer, end: Buffer): Iterable<Entry> {
  while (block.next()) {
    if (compareTokens(block.token, block.length, end, end.length) >= 0) {
      return;
    }
    if (compareTokens(block.token, block.length, first, first.length) < 0) {
      block.skip();
    } else {
      yield { token: block.token.slice(0, block.length), places: block.later() };
    }
  }
}

/** The runs, the one whose entry comes next last; of equal ranks the earlier changes come first, or last. */
function createCursors(
  runs: readonly KnownRun[],
  read: (run: KnownRun) => Iterable<Entry>,
  ascending: boolean,
) {
  const sign = ascending ? 1 : -1;
  const isBefore = (one: Cursor, other: Cursor): boolean =>
    sign *
      (compareTokens(
        one.entry.token,
        one.entry.token.length,
        other.entry.token,
        other.entry.token.length,
      ) || one.run.first - other.run.first) <
    0;
  const waiting: Cursor[] = [];

  function put(cursor: Cursor): void {
    let low = 0;
    let high = waiting.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = waiting[middle];
      if (other !== undefined && isBefore(cursor, other)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    waiting.splice(low, 0, cursor);
  }

  function advance(run: KnownRun, entries: Iterator<Entry>): void {
    const next = entries.next();
    if (next.done !== true) {
      put({ run, entries, entry: next.value });
    }
  }

  for (const run of runs) {
    advance(run, read(run)[Symbol.iterator]());
  }
  return {
    /** The next entry, and the run that it is of. */
    take(): Pick<Cursor, "run" | "entry"> | undefined {
      const least = waiting.pop();
      if (least !== undefined) {
        advance(least.run, least.entries);
      }
      return least;
    },
  };
}
