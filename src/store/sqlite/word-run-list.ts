/** The runs of the search index as readers know them: they only change together with the position of the index. */

import type { DatabaseSync } from "node:sqlite";

/** A run: its number, the changes it reaches over, and how many of its objects are no longer found. */
export interface KnownRun {
  readonly id: number;
  readonly first: number;
  readonly last: number;
  readonly gone: number;
}

/** Prepares a function that gives the runs in the order of their changes, as of this snapshot. */
export function createRunList(database: DatabaseSync): () => readonly KnownRun[] {
  const state = database.prepare("SELECT change FROM search_state");
  const list = database.prepare("SELECT id, first, last, gone FROM word_run ORDER BY first");
  let runs: readonly KnownRun[] = [];
  let runsOf = -1;
  return () => {
    const change = Number(state.get()?.["change"]);
    if (change !== runsOf) {
      runs = list.all().map((row) => ({
        id: Number(row["id"]),
        first: Number(row["first"]),
        last: Number(row["last"]),
        gone: Number(row["gone"]),
      }));
      runsOf = change;
    }
    return runs;
  };
}
