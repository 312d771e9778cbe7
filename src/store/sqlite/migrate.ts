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
 * Runs the steps that are missing.
 * @param name what the database holds, for the message
 * @throws AppError `store_unavailable` when a newer version of the program wrote the database, or another
 *   program did
 */
export function migrate(
  database: DatabaseSync,
  name: string,
  migrations: readonly string[] = MIGRATIONS,
): void {
  const { user_version: version } = database.prepare("PRAGMA user_version").get() ?? {};
  const schema = Number(version);
  if (schema > migrations.length) {
    throw new AppError(
      "store_unavailable",
      `${name} has schema ${schema}, and this version of the program knows schemas up to ` +
        `${migrations.length}: a newer version has opened it. Run that version, or restore a backup.`,
    );
  }
  if (schema === 0 && holdsTables(database)) {
    throw new AppError(
      "store_unavailable",
      `${name} holds tables of another program. Choose another data directory.`,
    );
  }
  for (const [at, step] of migrations.entries()) {
    if (at >= schema) {
      inTransaction(database, () => {
        database.exec(step);
        database.exec(`PRAGMA user_version = ${at + 1}`);
      });
    }
  }
}

function holdsTables(database: DatabaseSync): boolean {
  return database.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() !== undefined;
}
