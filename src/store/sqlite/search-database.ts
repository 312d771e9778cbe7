/**
 * The database of the search index, beside that of the log: written by one thread of its own, so that neither
 * waits for the other. Everything in it is derived from the log; where it is missing, damaged, of another schema
 * or of another log, it is made anew and filled in the background.
 */

import { closeSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { AppError } from "../../wire/index.ts";
import { type ConnectionOptions, DATABASE_FILE } from "./connection.ts";

/** Name of the database in the data directory. */
export const SEARCH_FILE = "search.db";

/** Raised whenever the tables, the tokens or the searched text change. */
export const SEARCH_SCHEMA = 5;

const BUSY_TIMEOUT_MS = 5_000;

/** As in the log's database. */
const CHECKPOINT_PAGES = 16_000;

const BYTES_PER_KIB = 1_024;

/**
 * `found` has a row for each current object; `change` is that of its current version, by which it is joined with
 * the runs of words (see `word-runs.ts`). Instants are milliseconds from the year 1, 0 where there is none; a confidence of -1 is none.
 * `facets` are the numbers of the values that the object counts for, so that they can be taken back. The other
 * orders stand in the runs (see `word-orders.ts`). Instants are mostly equal, or near each other: what is stored are differences, of which
 * a 0 takes no room.
 */
const TABLES = `
CREATE TABLE found (
  change INTEGER PRIMARY KEY,
  workspace INTEGER NOT NULL,
  object INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  kept INTEGER NOT NULL,
  created INTEGER NOT NULL,
  modified_after INTEGER NOT NULL,
  valid_after INTEGER NOT NULL,
  valid_for INTEGER NOT NULL,
  confidence REAL NOT NULL,
  revoked INTEGER NOT NULL,
  name TEXT NOT NULL,
  facets TEXT NOT NULL,
  ingested INTEGER AS (updated - kept) VIRTUAL,
  modified INTEGER AS (created + modified_after) VIRTUAL,
  valid_from INTEGER AS (created + valid_after) VIRTUAL,
  valid_until INTEGER AS (created + valid_after + valid_for) VIRTUAL
) STRICT;
CREATE INDEX found_by_object ON found (workspace, object);
CREATE INDEX found_by_confidence ON found (workspace, confidence);

CREATE TABLE word_run (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  first INTEGER NOT NULL, -- of the changes of its objects
  last INTEGER NOT NULL,
  objects INTEGER NOT NULL,
  gone INTEGER NOT NULL -- of these, no longer found
) STRICT;

CREATE TABLE word_block (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL,
  first BLOB NOT NULL, -- token
  data BLOB NOT NULL -- see word-block.ts
) STRICT;
CREATE UNIQUE INDEX word_block_by_first ON word_block (run, first);

CREATE TABLE facet (
  id INTEGER PRIMARY KEY,
  workspace INTEGER NOT NULL,
  field INTEGER NOT NULL, -- 1 type, 2 source, 3 label, 4 tlp, 5 revoked
  value TEXT NOT NULL,
  count INTEGER NOT NULL,
  UNIQUE (workspace, field, value)
) STRICT;
CREATE INDEX facet_by_count ON facet (workspace, field, count);

CREATE TABLE search_state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  lower INTEGER NOT NULL, -- of the log's database: entry_seed
  upper INTEGER NOT NULL,
  sequence INTEGER NOT NULL, -- up to this request everything can be searched
  change INTEGER NOT NULL, -- the last version that was looked at
  object INTEGER NOT NULL -- the highest object among the versions up to there
) STRICT;
INSERT INTO search_state (id, lower, upper, sequence, change, object)
  SELECT 1, lower, upper, 0, 0, 0 FROM entry_seed;
PRAGMA user_version = ${SEARCH_SCHEMA};
`;

/**
 * Opens the database, with that of the log attached for reading; its tables can be named without a schema.
 * @throws AppError `store_unavailable` when the directory can't be used
 */
export function openSearchDatabase(options: ConnectionOptions): DatabaseSync {
  try {
    const database = connected(options);
    if (isOfThisLog(database)) {
      return database;
    }
    database.close();
  } catch (error) {
    if (error instanceof AppError) {
      throw error;
    }
    // Damaged: what is made anew tells whether the disk is to blame.
  }
  for (const ending of ["", "-wal", "-shm"]) {
    rmSync(join(options.directory, `${SEARCH_FILE}${ending}`), { force: true });
  }
  try {
    const database = connected(options);
    database.exec(`BEGIN; ${TABLES} COMMIT;`);
    return database;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError("store_unavailable", `Cannot open the search index: ${reason}.`, {
      cause: error,
    });
  }
}

function connected({ directory, cacheBytesMax }: ConnectionOptions): DatabaseSync {
  const file = join(directory, SEARCH_FILE);
  // SQLite would make the file readable for everybody; its companions take over the mode.
  closeSync(openSync(file, "a", 0o600));
  const database = new DatabaseSync(file, {
    timeout: BUSY_TIMEOUT_MS,
    enableForeignKeyConstraints: false,
  });
  try {
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
      PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}; PRAGMA temp_store = MEMORY;
      PRAGMA cache_size = -${Math.ceil(cacheBytesMax / BYTES_PER_KIB)};`);
    const log = pathToFileURL(join(directory, DATABASE_FILE));
    log.searchParams.set("mode", "ro");
    database.prepare("ATTACH ? AS log").run(log.href);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Opens a connection that can't write; the index has been made by the one that writes it. */
export function openSearchReader(options: ConnectionOptions): DatabaseSync {
  const database = connected(options);
  database.exec("PRAGMA query_only = ON");
  return database;
}

function isOfThisLog(database: DatabaseSync): boolean {
  const { user_version: schema } = database.prepare("PRAGMA main.user_version").get() ?? {};
  if (Number(schema) !== SEARCH_SCHEMA) {
    return false;
  }
  const found = database
    .prepare(
      `SELECT 1 FROM search_state JOIN entry_seed USING (lower, upper)
        JOIN index_position ON index_position.change >= search_state.change`,
    )
    .get();
  return found !== undefined;
}
