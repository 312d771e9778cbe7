/** Current versions by the numbers of their changes, read on the connection of the search index. */

import type { DatabaseSync } from "node:sqlite";
import type { VersionRow } from "../engine-rows.ts";
import { COLUMNS, JOINS } from "./object-list.ts";
import { createRowDecoder } from "./version-rows.ts";

/** Prepares the look-up; what is no longer current is missing in what the function returns. */
export function createCurrentVersions(
  database: DatabaseSync,
): (changes: readonly number[]) => ReadonlyMap<number, VersionRow> {
  const decode = createRowDecoder(database);
  const find = database.prepare(`SELECT ${COLUMNS} FROM version
    CROSS JOIN object ON object.id = version.object AND object.change = version.change ${JOINS}
    WHERE version.change = ? AND object.workspace > 0`);
  return (changes) => {
    const found = new Map<number, VersionRow>();
    // In the order of the log: neighbours lie in one blob.
    for (const change of changes.toSorted((a, b) => a - b)) {
      const row = find.get(change);
      const [version] = row === undefined ? [] : decode([row], 1).rows;
      if (version !== undefined) {
        found.set(change, version);
      }
    }
    return found;
  };
}
