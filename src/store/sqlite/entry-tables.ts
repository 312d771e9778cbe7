/**
 * Writes the sorted lists of the index and keeps them few. Each batch adds one run of each kind; sixteen
 * runs of a level become one of the next; when the runs of a kind hold half a million entries, the oldest of
 * them, so many together, are swept into the segments, a slice at a time, so that nobody waits for all of it. So an entry is written a
 * few times in large pieces, however many there are, and never as a random page.
 *
 * Runs that are being swept stay readable until the last slice is done. An entry may then stand in a run
 * and in a segment; readers take it once. After a crash the sweep starts from its beginning and finds what
 * it has swept already.
 */

import type { DatabaseSync } from "node:sqlite";
import {
  BLOB_HEAD_BYTES,
  blobEntryCount,
  type EntryList,
  entriesBetween,
  entriesFromBlob,
  entriesToBlob,
  entryCount,
  entryList,
  entryOf,
  type IndexEntry,
  mergeEntries,
  placeOf,
} from "./entries.ts";

/** What the hash of an entry stands for; the numbers stand in the database. */
export const ENTRY_KIND: {
  readonly identity: 1;
  readonly observable: 2;
  readonly label: 3;
} = { identity: 1, observable: 2, label: 3 };

/** One of the kinds. */
export type EntryKind = (typeof ENTRY_KIND)[keyof typeof ENTRY_KIND];

/** The lists, as the indexer writes them. Everything is to be called inside a write transaction. */
export interface EntryTables {
  /** Adds entries in any order. */
  add(kind: EntryKind, entries: readonly IndexEntry[]): void;
  /** Merges what is due, for about so long; true when there is more to do. */
  tidy(forMs: number): boolean;
  /** To be called after a rollback: begins anew what was under way. */
  forget(): void;
}

/** Sizes that decide when lists are merged. */
export interface EntryLimits {
  /** Runs of one level that become one of the next. */
  readonly runsPerLevel: number;
  /** Entries of the runs of one kind that are worth a sweep: the more, the less is rewritten for each. */
  readonly sweepEntriesMin: number;
  /** A segment of more entries is cut in two; a reader reads one whole segment. */
  readonly segmentEntriesMax: number;
}

/** The sizes where nothing else is said. */
const ENTRY_LIMITS: EntryLimits = {
  runsPerLevel: 16,
  sweepEntriesMin: 500_000,
  segmentEntriesMax: 8_192,
};

interface Sweep {
  readonly kind: EntryKind;
  readonly runs: readonly number[];
  readonly entries: EntryList;
  /** Place of the first entry that is in no segment yet. */
  place: number;
}

/** Prepares the statements on the writer's connection. */
export function createEntryTables(
  database: DatabaseSync,
  limits: EntryLimits = ENTRY_LIMITS,
): EntryTables {
  const runs = createRuns(database);
  const putIntoSegments = segmentWriter(database, limits.segmentEntriesMax);
  let sweep: Sweep | undefined;

  /** Merges the runs of a full level; false when no level is full. */
  function mergeLevel(): boolean {
    const swept = new Set(sweep?.runs);
    const levels = Map.groupBy(
      runs.known().filter(({ id }) => !swept.has(id)),
      ({ kind, level }) => `${kind}/${level}`,
    );
    for (const full of levels.values()) {
      const [first] = full;
      const isFull = full.length >= limits.runsPerLevel;
      // So many entries are swept as they are: merging them in one go would hold everybody up.
      if (first !== undefined && isFull && entriesOf(full) < limits.sweepEntriesMin) {
        const ids = full.map(({ id }) => id);
        runs.add(first.kind, first.level + 1, runs.read(ids));
        runs.drop(ids);
        return true;
      }
    }
    return false;
  }

  function beginSweep(): boolean {
    for (const [kind, ofKind] of Map.groupBy(runs.known(), (run) => run.kind)) {
      if (entriesOf(ofKind) >= limits.sweepEntriesMin) {
        const ids = firstOf(ofKind, limits.sweepEntriesMin).map(({ id }) => id);
        sweep = { kind, runs: ids, entries: runs.read(ids), place: 0 };
        return true;
      }
    }
    return false;
  }

  function step(): boolean {
    if (mergeLevel()) {
      return true;
    }
    if (sweep === undefined) {
      return beginSweep();
    }
    sweep.place = putIntoSegments(sweep.kind, sweep.entries, sweep.place);
    if (sweep.place === entryCount(sweep.entries)) {
      runs.drop(sweep.runs);
      sweep = undefined;
    }
    return true;
  }

  return {
    add(kind, entries) {
      if (entries.length > 0) {
        runs.add(kind, 0, entryList(entries));
      }
    },
    tidy(forMs) {
      const endMs = performance.now() + forMs;
      while (performance.now() < endMs) {
        if (!step()) {
          return false;
        }
      }
      return true;
    },
    forget() {
      runs.forget();
      sweep = undefined;
    },
  };
}

/** The runs, their sizes remembered. */
function createRuns(database: DatabaseSync) {
  const insert = database.prepare("INSERT INTO entry_run (kind, level, entries) VALUES (?, ?, ?)");
  const sizes = database.prepare(
    `SELECT id, kind, level, length(entries) AS bytes, substr(entries, 1, ${BLOB_HEAD_BYTES}) AS head
      FROM entry_run`,
  );
  const find = database.prepare("SELECT entries FROM entry_run WHERE id = ?");
  const remove = database.prepare("DELETE FROM entry_run WHERE id = ?");
  let runs: RunSize[] | undefined;

  function known(): RunSize[] {
    runs ??= sizes.all().map((row) => ({
      id: Number(row["id"]),
      kind: Number(row["kind"]) as EntryKind,
      level: Number(row["level"]),
      entries: blobEntryCount(Number(row["bytes"]), row["head"] as Uint8Array),
    }));
    return runs;
  }

  return {
    known,
    add(kind: EntryKind, level: number, list: EntryList): void {
      const all = known();
      const { lastInsertRowid } = insert.run(kind, level, entriesToBlob(list));
      all.push({ id: Number(lastInsertRowid), kind, level, entries: entryCount(list) });
    },
    read(ids: readonly number[]): EntryList {
      return mergeEntries(
        ids.map((id) => entriesFromBlob(find.get(id)?.["entries"] as Uint8Array)),
      );
    },
    drop(ids: readonly number[]): void {
      for (const id of ids) {
        remove.run(id);
      }
      runs = known().filter(({ id }) => !ids.includes(id));
    },
    forget(): void {
      runs = undefined;
    },
  };
}

interface RunSize {
  readonly id: number;
  readonly kind: EntryKind;
  readonly level: number;
  readonly entries: number;
}

function entriesOf(runs: readonly RunSize[]): number {
  return runs.reduce((sum, run) => sum + run.entries, 0);
}

/** The oldest runs that hold so many entries together: the time to merge them is bounded. */
function firstOf(runs: readonly RunSize[], entriesMin: number): readonly RunSize[] {
  let entries = 0;
  const oldest = runs.toSorted((a, b) => a.id - b.id);
  const enough = oldest.findIndex((run) => {
    entries += run.entries;
    return entries >= entriesMin;
  });
  return oldest.slice(0, enough + 1);
}

/**
 * A function that puts the entries of one segment's range into it, from a place in a list on, and returns
 * the place of the first entry that belongs to the next segment.
 */
function segmentWriter(
  database: DatabaseSync,
  entriesMax: number,
): (kind: EntryKind, list: EntryList, place: number) => number {
  const columns = "SELECT id, entries FROM entry_segment WHERE kind = ?";
  const holding = database.prepare(
    `${columns} AND (hash, ref) <= (?, ?) ORDER BY hash DESC, ref DESC LIMIT 1`,
  );
  const first = database.prepare(`${columns} ORDER BY hash, ref LIMIT 1`);
  const following = database.prepare(
    `SELECT hash, ref FROM entry_segment WHERE kind = ? AND (hash, ref) > (?, ?)
      ORDER BY hash, ref LIMIT 1`,
  );
  const insert = database.prepare(
    "INSERT INTO entry_segment (kind, hash, ref, entries) VALUES (?, ?, ?, ?)",
  );
  const update = database.prepare(
    "UPDATE entry_segment SET hash = ?, ref = ?, entries = ? WHERE id = ?",
  );

  return (kind, list, place) => {
    const { hash, ref } = entryOf(list, place);
    const segment = holding.get(kind, hash, ref) ?? first.get(kind);
    const old = segment && entriesFromBlob(segment["entries"] as Uint8Array);
    const last = old && entryOf(old, entryCount(old) - 1);
    const after = last && following.get(kind, last.hash, last.ref);
    const end = after
      ? placeOf(list, Number(after["hash"]), Number(after["ref"]))
      : entryCount(list);
    // One that is merged at once could be as large as the whole list, so a slice is bounded as well.
    const taken = Math.min(end, place + entriesMax);
    const merged = mergeEntries([...(old ? [old] : []), entriesBetween(list, place, taken)]);
    const pieces = Math.ceil(entryCount(merged) / entriesMax);
    const size = Math.ceil(entryCount(merged) / pieces);
    for (let piece = 0; piece < pieces; piece += 1) {
      const part = entriesBetween(merged, piece * size, (piece + 1) * size);
      const start = entryOf(part, 0);
      if (piece === 0 && segment !== undefined) {
        update.run(start.hash, start.ref, entriesToBlob(part), Number(segment["id"]));
      } else {
        insert.run(kind, start.hash, start.ref, entriesToBlob(part));
      }
    }
    return taken;
  };
}
