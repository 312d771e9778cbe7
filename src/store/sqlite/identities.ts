/**
 * From the hash of an identity to the objects that may have it, as the indexer asks. Most records of a feed are
 * new; both kinds say so without reading the disk. They differ in what they keep in memory:
 *
 *     tables     everything, 12 bytes a slot: an object that is sent again is found without the disk, too
 *     bounded    a filter, two bytes an object: an object that is sent again is looked up in the lists
 *
 * Both are filled from the lists of the index after the start, a little at a time: appends go on meanwhile, and
 * only the index waits. What they find is still compared with the object itself.
 */

import type { DatabaseSync } from "node:sqlite";
import { type EntryList, entriesFromBlob, entryCount, entryOf } from "./entries.ts";
import { createEntryReader } from "./entry-reader.ts";
import { ENTRY_KIND } from "./entry-tables.ts";
import { createIdentityFilter } from "./identity-filter.ts";
import { createIdentityTable } from "./identity-table.ts";

/** What is kept in memory of the objects that there are. */
export type MemoryMode = "tables" | "bounded";

/** The objects that there are, by the hashes of their identities. */
export interface Identities {
  /** Reads what the index has, for about so long; true when all of it is known. */
  load(forMs: number): boolean;
  /** For each hash the numbers of the objects that may have it; the hashes ascend. */
  find(hashes: readonly number[]): readonly (readonly number[])[];
  add(hash: number, object: number): void;
}

/** What is filled with each stored identity. */
interface Filled {
  add(hash: number, object: number): void;
}

/** Prepares the statements; nothing is read yet. */
export function createIdentities(database: DatabaseSync, mode: MemoryMode): Identities {
  const reader = createEntryReader(database);
  const expected = reader.count(ENTRY_KIND.identity);
  if (mode === "tables") {
    const table = createIdentityTable(expected);
    return {
      load: createLoad(database, table),
      find: (hashes) => hashes.map(table.find),
      add: table.add,
    };
  }
  const filter = createIdentityFilter(expected);
  return {
    load: createLoad(database, filter),
    find(hashes) {
      const stored = hashes.filter(filter.mayHave);
      const refs = reader.refsOfEach(ENTRY_KIND.identity, stored);
      const found = new Map(stored.map((hash, at) => [hash, refs[at] ?? []]));
      return hashes.map((hash) => found.get(hash) ?? []);
    },
    add: filter.add,
  };
}

/** Reads the lists one by one. Nothing may be merged before all have been read. */
function createLoad(database: DatabaseSync, filled: Filled): (forMs: number) => boolean {
  const segments = database.prepare(
    `SELECT entries FROM entry_segment WHERE kind = ? AND (hash, ref) > (?, ?)
      ORDER BY hash, ref LIMIT 1`,
  );
  const runs = database.prepare(
    "SELECT id, entries FROM entry_run WHERE kind = ? AND id > ? ORDER BY id LIMIT 1",
  );
  let lastEntry = { hash: -1, ref: -1 };
  let lastRun = 0;
  let isDone = false;

  function next(): EntryList | undefined {
    const segment = segments.get(ENTRY_KIND.identity, lastEntry.hash, lastEntry.ref);
    if (segment !== undefined) {
      const list = entriesFromBlob(segment["entries"] as Uint8Array);
      lastEntry = entryOf(list, entryCount(list) - 1);
      return list;
    }
    const run = runs.get(ENTRY_KIND.identity, lastRun);
    lastRun = Number(run?.["id"]);
    return run && entriesFromBlob(run["entries"] as Uint8Array);
  }

  return (forMs) => {
    const endMs = performance.now() + forMs;
    while (!isDone && performance.now() < endMs) {
      const list = next();
      isDone = list === undefined;
      for (let at = 0; list !== undefined && at < list.length; at += 2) {
        filled.add(list[at] ?? 0, list[at + 1] ?? 0);
      }
    }
    return isDone;
  };
}
