/**
 * Brings a database to the newest schema. The number of the schema stands in `user_version`; each step is
 * a transaction, so a crash leaves the database between two steps and never within one.
 */

import type { DatabaseSync } from "node:sqlite";
import { AppError } from "../../wire/index.ts";
import { LOG_AND_INDEX } from "./migrations/0001-log-and-index.ts";
import { SORTED_LISTS } from "./migrations/0002-sorted-lists.ts";
import { RETENTION } from "./migrations/0003-retention.ts";
import { VERSION_RETENTION } from "./migrations/0004-version-retention.ts";
import { COMPACT_LISTS } from "./migrations/0005-compact-lists.ts";
import { PACKED_IDS } from "./migrations/0006-packed-ids.ts";
import { inTransaction } from "./transaction.ts";

/** The steps in order; the first makes schema 1. A step that was released is never edited. */
export const MIGRATIONS: readonly string[] = [
  LOG_AND_INDEX,
  SORTED_LISTS,
  RETENTION,
  VERSION_RETENTION,
  COMPACT_LISTS,
  PACKED_IDS,
];

/**
 * Runs the steps that are missing. Processes that open a database together take turns, a step each.
 * @param name what the database holds, for the message
 * @throws AppError `store_unavailable` when a newer version of the program wrote the database, or another
 *   program did
 */
export function migrate(
  database: DatabaseSync,
  name: string,
  migrations: readonly string[] = MIGRATIONS,
): void {
  const known = migrations.length;
  while (schemaOf(database) !== known) {
    inTransaction(database, () => {
      // Another process may have taken the step, or written its first table, since it was asked for.
      const schema = schemaOf(database);
      refuseForeign(database, { name, schema, known });
      const step = migrations[schema];
      if (step !== undefined) {
        database.exec(step);
        database.exec(`PRAGMA user_version = ${schema + 1}`);
      }
    });
  }
}

function refuseForeign(
  database: DatabaseSync,
  {
    name,
    schema,
    known,
  }: { readonly name: string; readonly schema: number; readonly known: number },
): void {
  if (schema > known) {
    throw new AppError(
      "store_unavailable",
      `${name} has schema ${schema}, and this version of the program knows schemas up to ` +
        `${known}: a newer version has opened it. Run that version, or restore a backup.`,
    );
  }
  if (schema === 0 && holdsTables(database)) {
    throw new AppError(
      "store_unavailable",
      `${name} holds tables of another program. Choose another data directory.`,
    );
  }
}

function schemaOf(database: DatabaseSync): number {
  return Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
}

function holdsTables(database: DatabaseSync): boolean {
  return database.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() !== undefined;
}
