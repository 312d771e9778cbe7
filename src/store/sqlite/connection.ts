/** Opens the database of a data directory the way the writer and the reader need it. */

import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { AppError } from "../../wire/index.ts";

/** Name of the database in the data directory; SQLite puts `-wal` and `-shm` beside it. */
export const DATABASE_FILE: string = "intelligence.db";

/** How long a statement waits for another connection, a backup for instance, to let go. */
const BUSY_TIMEOUT_MS = 5_000;

/**
 * Pages in the write-ahead log before it is copied back, 8 MB: that takes some 20 ms, which appends wait for; at
 * 64 MB it took up to 200. Few pages are written twice, since the index is written in long lists, so copying
 * more often costs no more in all.
 */
const CHECKPOINT_PAGES = 2_000;

const BYTES_PER_KIB = 1_024;

/** How a connection is opened. */
export interface ConnectionOptions {
  readonly directory: string;
  readonly cacheBytesMax: number;
}

/**
 * Opens the connection that writes, and makes the directory and the file where they don't exist.
 * @throws AppError `store_unavailable` when the file can't be opened or isn't a database
 */
export function openWriterConnection(options: ConnectionOptions): DatabaseSync {
  return opened(options, (file) => {
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
    // SQLite would make the file readable for everybody; its companions take over the mode.
    closeSync(openSync(file, "a", 0o600));
    return `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
      PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};`;
  });
}

/** Opens a connection that can't write. @throws AppError `store_unavailable` */
export function openReaderConnection(options: ConnectionOptions): DatabaseSync {
  return opened(options, () => "PRAGMA query_only = ON;");
}

function opened(options: ConnectionOptions, prepare: (file: string) => string): DatabaseSync {
  const file = join(options.directory, DATABASE_FILE);
  let database: DatabaseSync | undefined;
  try {
    const pragmas = prepare(file);
    // Every foreign key here is a number that the indexer itself has given, so checking them buys nothing.
    database = new DatabaseSync(file, {
      timeout: BUSY_TIMEOUT_MS,
      enableForeignKeyConstraints: false,
    });
    database.exec(`${pragmas} PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;
      PRAGMA cache_size = -${Math.ceil(options.cacheBytesMax / BYTES_PER_KIB)};`);
    return database;
  } catch (error) {
    database?.close();
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError("store_unavailable", `Cannot open the store ${file}: ${reason}.`, {
      cause: error,
    });
  }
}
