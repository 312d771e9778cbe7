/** Current versions by the numbers of their changes. */

import type { VersionRow } from "../engine-rows.ts";
import { bigints } from "./array-parameters.ts";
import type { Ask, Statement } from "./sessions.ts";
import { createRowCompleter, type PlacedVersion } from "./version-rows.ts";

const CURRENT: Statement = {
  name: "current-versions",
  text: `SELECT version.change, version.sequence, version.record, version.revoked
    FROM unnest($1::bigint[]) AS wanted (change)
    JOIN stixgate.version ON version.change = wanted.change
    JOIN stixgate.object ON object.place = version.place AND object.id = version.object
    WHERE object.change = version.change AND object.workspace > 0`,
};

/** Prepares the look-up; what is no longer current is missing in what the function resolves with. */
export function createCurrentVersions(
  ask: Ask,
): (changes: readonly number[]) => Promise<ReadonlyMap<number, VersionRow>> {
  const complete = createRowCompleter(ask);
  return async (changes) => {
    const found = new Map<number, VersionRow>();
    const rows = changes.length === 0 ? [] : await ask<PlacedVersion>(CURRENT, [bigints(changes)]);
    // In the order of the log: neighbours lie in one blob.
    let left = rows.toSorted((a, b) => Number(a.change) - Number(b.change));
    while (left.length > 0) {
      const completed = await complete(left);
      for (const row of completed.rows) {
        found.set(row.change, row);
      }
      left = left.slice(completed.taken);
    }
    return found;
  };
}
