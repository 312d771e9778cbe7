/**
 * Rows of deleted objects: those of the version before, marked as deleted. A rule that groups by id and value then finds
 * each of them superseded.
 */

import type { DuckDBConnection } from "@duckdb/node-api";
import type { ObjectVersion } from "../store/index.ts";
import { INDICATOR_TYPE, tableId } from "../tables/index.ts";
import { mirrorTable, quoteText, STORED_TABLE } from "./names.ts";
import { instant } from "./stored-columns.ts";

/** The tombstones that follow one another from a place on, of one workspace and kind, each object once. */
export function tombstonesFrom(
  versions: readonly ObjectVersion[],
  at: number,
): readonly ObjectVersion[] {
  const first = versions[at];
  const found: ObjectVersion[] = [];
  const seen = new Set<string>();
  for (const version of first?.deleted === true ? versions.slice(at) : []) {
    const id = tableId(version.sourceSystem, version.stixId);
    const isAlike = version.workspaceId === first?.workspaceId && kindOf(version) === kindOf(first);
    if (!version.deleted || !isAlike || seen.has(id)) {
      break;
    }
    seen.add(id);
    found.push(version);
  }
  return found;
}

function kindOf(version: ObjectVersion): keyof typeof STORED_TABLE {
  return version.facts.type === INDICATOR_TYPE ? "indicator" : "object";
}

/** Adds the rows of tombstones within the transaction of a connection that sees the versions before. */
export async function deleteObjects(
  connection: DuckDBConnection,
  tombstones: readonly ObjectVersion[],
): Promise<void> {
  const [first] = tombstones;
  if (first === undefined) {
    return;
  }
  const table = mirrorTable(first.workspaceId, STORED_TABLE[kindOf(first)]);
  const rows = tombstones.map((version) => {
    const id = quoteText(tableId(version.sourceSystem, version.stixId));
    const micros = instant(version.ingestedAt)?.micros ?? 0n;
    return `(${id}, ${version.change}, ${micros})`;
  });
  await connection.run(
    `INSERT INTO ${table} BY NAME
     SELECT before.* REPLACE (gone.Change AS Change, make_timestamp(gone.Micros) AS TimeGenerated,
              CAST(NULL AS TIMESTAMP) AS Republished, true AS IsDeleted)
       FROM (SELECT Id, CAST(Change AS BIGINT) AS Change, CAST(Micros AS BIGINT) AS Micros
               FROM (VALUES ${rows.join(", ")}) AS t (Id, Change, Micros)) AS gone
       JOIN (SELECT * FROM ${table}
              WHERE Id IN (${tombstones.map((v) => quoteText(tableId(v.sourceSystem, v.stixId))).join(", ")})
            QUALIFY rank() OVER (PARTITION BY Id ORDER BY Change DESC) = 1) AS before
         ON before.Id = gone.Id`,
  );
}
