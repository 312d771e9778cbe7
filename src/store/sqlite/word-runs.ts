/**
 * The index of words as the search indexer writes it: runs, each of the objects of a stretch of changes. A batch is a
 * run; eight neighbours of a size become one, until it has some hundred thousand objects. So every token is written a
 * few times in large pieces, never as a random page, and a search that wants the newest objects reads the newest
 * runs only. Objects that are replaced stay in their runs, which readers leave out by the table of found
 * objects; a run of which half is gone is written anew without them.
 */

import type { DatabaseSync } from "node:sqlite";
import { readKeyHash } from "./key-hash.ts";
import { createWordBatch, type PutToken, type WordBatch, type WordedObject } from "./word-batch.ts";
import { createBlockWriter } from "./word-block.ts";
import { mergeRuns } from "./word-merge.ts";

/** Sizes that decide when runs are merged. */
export interface WordLimits {
  /** Neighbours of a size that become one. */
  readonly runsPerMerge: number;
  /** Objects of one run: readers unpack the places of a frequent word in all of it. */
  readonly runObjectsMax: number;
  /** Changes that a run reaches over: a bit of memory each. */
  readonly runChangesMax: number;
}

const WORD_LIMITS: WordLimits = {
  runsPerMerge: 8,
  runObjectsMax: 131_072,
  runChangesMax: 2 ** 26,
};

/** The index of words. Everything is to be called inside a write transaction. */
export interface WordRuns {
  /** Takes an object; it can be found after `end`. */
  add(object: WordedObject): void;
  /** An object that was taken before is gone, or has another change. */
  remove(change: number): void;
  /** To be called at the end of a batch: writes it, and merges what is due. */
  end(): void;
  /** To be called after a rollback. */
  forget(): void;
}

interface Run {
  readonly id: number;
  readonly first: number;
  readonly last: number;
  readonly objects: number;
  gone: number;
}

/** Prepares the statements on the connection of the search index. */
export function createWordRuns(database: DatabaseSync, limits: WordLimits = WORD_LIMITS): WordRuns {
  const rows = createRunRows(database);
  const batch = createWordBatch(readKeyHash(database));
  const changed = new Set<Run>();
  let runs: Run[] | undefined;

  function known(): Run[] {
    runs ??= rows.all();
    return runs;
  }

  function writeBatch(): void {
    if (batch.objects() > 0) {
      const all = known();
      all.push(rows.write(rangeOf(batch), batch.drain));
    }
  }

  function replace(old: readonly Run[]): void {
    const all = known();
    const start = all.findIndex(({ id }) => id === old[0]?.id);
    const merged = rows.merge(old);
    for (const run of old) {
      rows.drop(run);
      changed.delete(run);
    }
    all.splice(start, old.length, ...(merged === undefined ? [] : [merged]));
  }

  return {
    add(object) {
      if (batch.objects() > 0 && object.change - batch.first() >= limits.runChangesMax) {
        writeBatch();
      }
      batch.add(object);
    },

    remove(change) {
      const run = runHolding(known(), change);
      if (run !== undefined) {
        run.gone += 1;
        changed.add(run);
      }
    },

    end() {
      writeBatch();
      for (let due = dueRuns(known(), limits); due !== undefined; due = dueRuns(known(), limits)) {
        replace(due);
      }
      for (const run of changed) {
        rows.update(run);
      }
      changed.clear();
    },

    forget() {
      batch.forget();
      changed.clear();
      runs = undefined;
    },
  };
}

/** The rows of runs and their blocks. */
function createRunRows(database: DatabaseSync) {
  const list = database.prepare(
    "SELECT id, first, last, objects, gone FROM word_run ORDER BY first",
  );
  const insert = database.prepare(
    "INSERT INTO word_run (first, last, objects, gone) VALUES (?, ?, ?, 0)",
  );
  const update = database.prepare("UPDATE word_run SET gone = ? WHERE id = ?");
  const drop = database.prepare("DELETE FROM word_run WHERE id = ?");
  const insertBlock = database.prepare(
    "INSERT INTO word_block (run, first, data) VALUES (?, ?, ?)",
  );
  const dropBlocks = database.prepare("DELETE FROM word_block WHERE run = ?");
  const living = database.prepare("SELECT change FROM found WHERE change BETWEEN ? AND ?");

  function write(range: RunRange, tokens: (put: PutToken) => void): Run {
    const { first, last, objects } = range;
    const id = Number(insert.run(first, last, objects).lastInsertRowid);
    const writer = createBlockWriter((block) => insertBlock.run(id, block.first, block.data));
    tokens(writer.add);
    writer.end();
    return { id, first, last, objects, gone: 0 };
  }

  /** Bits of the changes that are found, from the first of a range on. */
  function livingIn(first: number, last: number): Uint8Array {
    const bits = new Uint8Array(((last - first) >>> 3) + 1);
    for (const { change } of living.iterate(first, last)) {
      const place = Number(change) - first;
      bits[place >>> 3] = (bits[place >>> 3] ?? 0) | (1 << (place & 7));
    }
    return bits;
  }

  function* blocksOf(run: Run): Iterable<Uint8Array> {
    // A statement of its own: those of several runs are read at once.
    const blocks = database.prepare("SELECT data FROM word_block WHERE run = ? ORDER BY first");
    for (const { data } of blocks.iterate(run.id)) {
      yield data as Uint8Array;
    }
  }

  return {
    write,

    all: (): Run[] =>
      list.all().map((row) => ({
        id: Number(row["id"]),
        first: Number(row["first"]),
        last: Number(row["last"]),
        objects: Number(row["objects"]),
        gone: Number(row["gone"]),
      })),

    /** Writes neighbours as one run, without what is gone; undefined where nothing is left. */
    merge(old: readonly Run[]): Run | undefined {
      const objects = old.reduce((sum, run) => sum + run.objects - run.gone, 0);
      const { first = 0 } = old[0] ?? {};
      const { last = 0 } = old.at(-1) ?? {};
      const isWhole = old.every(({ gone }) => gone === 0);
      const bits = objects === 0 || isWhole ? undefined : livingIn(first, last);
      const parts = old.map((run) => ({ shift: run.first - first, blocks: blocksOf(run) }));
      return objects === 0
        ? undefined
        : write({ first, last, objects }, (put) => mergeRuns(parts, bits, put));
    },

    update: ({ id, gone }: Run): void => void update.run(gone, id),

    drop({ id }: Run): void {
      drop.run(id);
      dropBlocks.run(id);
    },
  };
}

type RunRange = Omit<Run, "id" | "gone">;

function rangeOf(batch: WordBatch): RunRange {
  return { first: batch.first(), last: batch.last(), objects: batch.objects() };
}

/** The run that a change belongs to, of runs in order. */
export function runHolding<T extends { readonly first: number; readonly last: number }>(
  runs: readonly T[],
  change: number,
): T | undefined {
  let low = 0;
  let high = runs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((runs[middle]?.last ?? change) < change) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  const run = runs[low];
  return run !== undefined && run.first <= change ? run : undefined;
}

/** Neighbours that are to become one run, or one of which half is gone. */
function dueRuns(runs: readonly Run[], limits: WordLimits): readonly Run[] | undefined {
  const halfGone = runs.find(({ objects, gone }) => gone * 2 >= objects);
  if (halfGone !== undefined) {
    return [halfGone];
  }
  const { runsPerMerge, runObjectsMax } = limits;
  const full = runObjectsMax / 2;
  for (let size = runsPerMerge; ; size *= runsPerMerge) {
    const most = Math.min(size, full);
    let stretch: Run[] = [];
    for (const run of runs) {
      stretch = run.objects - run.gone < most ? [...stretch, run] : [];
      const fit = stretch.length === runsPerMerge ? fitting(stretch, limits) : [];
      if (fit.length > 1) {
        return fit;
      }
      stretch = stretch.slice(-runsPerMerge + 1);
    }
    if (most === full) {
      return undefined;
    }
  }
}

/** As many of neighbours as fit into one run. */
function fitting(stretch: readonly Run[], limits: WordLimits): readonly Run[] {
  const { runObjectsMax, runChangesMax } = limits;
  const { first = 0 } = stretch[0] ?? {};
  let objects = 0;
  const end = stretch.findIndex((run) => {
    objects += run.objects - run.gone;
    return objects > runObjectsMax || run.last - first >= runChangesMax;
  });
  return end === -1 ? stretch : stretch.slice(0, end);
}
