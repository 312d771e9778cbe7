/** Looks hashes up in the sorted lists of the index; see `entry-tables.ts` for how they come about. */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import {
  BLOB_HEAD_BYTES,
  blobEntryCount,
  type EntryList,
  entriesFromBlob,
  entryCount,
  entryOf,
  refsOf,
} from "./entries.ts";
import type { EntryKind } from "./entry-tables.ts";

/** Reads of the lists; each is to be called within one snapshot of the database. */
export interface EntryReader {
  /** The numbers that a hash leads to, behind `after`, in ascending order, each once. */
  refs(kind: EntryKind, hash: number, after: number): Iterable<number>;
  /** The numbers that each of these hashes leads to, in any order; neighbours share a read, so let them ascend. */
  refsOfEach(kind: EntryKind, hashes: readonly number[]): readonly (readonly number[])[];
  /** Every entry of a kind: segments first, each in order. An entry can come twice. */
  all(kind: EntryKind): Iterable<EntryList>;
  /** About how many entries of a kind there are; an entry can count twice. */
  count(kind: EntryKind): number;
}

/** Entries of runs that stay in memory, 16 bytes each: runs are few, but each question asks all of them. */
const CACHED_ENTRIES_MAX = 1_000_000;

/** Prepares the reads on a connection. */
export function createEntryReader(database: DatabaseSync): EntryReader {
  const runsOf = createRuns(database);
  const segments = database.prepare(
    "SELECT entries FROM entry_segment WHERE kind = ? ORDER BY hash, ref",
  );
  const holding = database.prepare(
    `SELECT entries FROM entry_segment WHERE kind = ? AND (hash, ref) <= (?, ?)
      ORDER BY hash DESC, ref DESC LIMIT 1`,
  );
  const following = database.prepare(
    `SELECT entries FROM entry_segment WHERE kind = ? AND (hash, ref) > (?, ?)
      ORDER BY hash, ref LIMIT 1`,
  );
  const head = `length(entries) AS bytes, substr(entries, 1, ${BLOB_HEAD_BYTES}) AS head`;
  const sizes = database.prepare(
    `SELECT ${head} FROM entry_run WHERE kind = ?1
      UNION ALL SELECT ${head} FROM entry_segment WHERE kind = ?1`,
  );

  return {
    *refs(kind, hash, after) {
      const inRuns = runsOf(kind).flatMap((list) => refsOf(list, hash, after));
      yield* mergedRefs(inRuns, inSegments({ holding, following }, { kind, hash, after }));
    },
    refsOfEach(kind, hashes) {
      const runs = hashes.length === 0 ? [] : runsOf(kind);
      const inSegment = segmentReader({ holding, following }, kind);
      return hashes.map((hash) => {
        const inRuns = runs.flatMap((list) => refsOf(list, hash, 0));
        return [...mergedRefs(inRuns, inSegment(hash))];
      });
    },
    *all(kind) {
      for (const row of segments.iterate(kind)) {
        yield entriesFromBlob(row["entries"] as Uint8Array);
      }
      yield* runsOf(kind);
    },
    count: (kind) =>
      sizes
        .all(kind)
        .map(({ bytes, head: first }) => blobEntryCount(Number(bytes), first as Uint8Array))
        .reduce((sum, each) => sum + each, 0),
  };
}

/** Numbers of runs, in any order, with those of segments, in order: all in order, each once. */
function* mergedRefs(inRuns: number[], segmentRefs: Iterable<number>): Iterable<number> {
  const waiting = inRuns.sort((a, b) => a - b);
  let at = 0;
  let last = -1;
  for (const ref of segmentRefs) {
    for (; (waiting[at] ?? ref) < ref; at += 1) {
      const next = waiting[at] ?? ref;
      if (next !== last) {
        yield next;
        last = next;
      }
    }
    if (ref !== last) {
      yield ref;
      last = ref;
    }
  }
  for (; at < waiting.length; at += 1) {
    const next = waiting[at] ?? 0;
    if (next !== last) {
      yield next;
      last = next;
    }
  }
}

function* inSegments(
  { holding, following }: { readonly holding: StatementSync; readonly following: StatementSync },
  asked: { readonly kind: EntryKind; readonly hash: number; readonly after: number },
): Iterable<number> {
  const { kind, hash, after } = asked;
  const row = holding.get(kind, hash, after + 1) ?? following.get(kind, hash, after);
  let list = row && entriesFromBlob(row["entries"] as Uint8Array);
  while (list !== undefined) {
    yield* refsOf(list, hash, after);
    const last = entryOf(list, entryCount(list) - 1);
    if (last.hash > hash) {
      return;
    }
    const next = following.get(kind, last.hash, last.ref);
    list = next && entriesFromBlob(next["entries"] as Uint8Array);
  }
}

/** Reads hashes of one kind; the segment read last is kept for the next hash. */
function segmentReader(
  statements: { readonly holding: StatementSync; readonly following: StatementSync },
  kind: EntryKind,
): (hash: number) => Iterable<number> {
  let list: EntryList | undefined;
  // A hash at an end of a segment can go on in the next one.
  const isInside = (hash: number): boolean =>
    list !== undefined &&
    entryOf(list, 0).hash < hash &&
    hash < entryOf(list, entryCount(list) - 1).hash;
  return (hash) => {
    if (!isInside(hash)) {
      const row = statements.holding.get(kind, hash, 1);
      list = row && entriesFromBlob(row["entries"] as Uint8Array);
    }
    return list !== undefined && isInside(hash)
      ? refsOf(list, hash, 0)
      : inSegments(statements, { kind, hash, after: 0 });
  };
}

/** The runs of a kind; those read before are remembered, since a run never changes. */
function createRuns(database: DatabaseSync): (kind: EntryKind) => readonly EntryList[] {
  const list = database.prepare("SELECT id FROM entry_run WHERE kind = ?");
  const read = database.prepare("SELECT entries FROM entry_run WHERE id = ?");
  const known = new Map<EntryKind, Map<number, EntryList>>();
  return (kind) => {
    const before = known.get(kind);
    const now = new Map<number, EntryList>();
    const lists: EntryList[] = [];
    let entries = 0;
    for (const { id } of list.all(kind)) {
      const run =
        before?.get(Number(id)) ?? entriesFromBlob(read.get(Number(id))?.["entries"] as Uint8Array);
      lists.push(run);
      entries += entryCount(run);
      if (entries <= CACHED_ENTRIES_MAX) {
        now.set(Number(id), run);
      }
    }
    known.set(kind, now);
    return lists;
  };
}
