/**
 * Identities in one SQLite file. Readers hold an immutable snapshot in memory and ask SQLite once per call
 * whether another process has committed since (`PRAGMA data_version`), which costs microseconds; commands
 * may therefore change the file while the server runs, and the next request sees it.
 *
 * Everything here is small and synchronous on the calling thread: a read of the whole file happens only
 * after a change, a write only when an operator makes one.
 */

import { closeSync, openSync } from "node:fs";
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from "node:sqlite";
import { AppError } from "../../wire/index.ts";
import type {
  IdentityChange,
  IdentitySnapshot,
  IdentityStore,
  IdentityTable,
} from "../identity.ts";
import {
  type Column,
  type ColumnKind,
  TABLE_MAPPINGS,
  type TableMapping,
} from "../identity-columns.ts";
import { IDENTITY_MIGRATIONS } from "./identity-schema.ts";
import { migrate } from "./migrate.ts";
import { inTransaction } from "./transaction.ts";

/** How long a writer waits for another process's transaction; each takes milliseconds. */
const BUSY_TIMEOUT_MS = 5_000;

/** The file holds hashes and encrypted keys: nobody but its owner needs to read it. */
const FILE_MODE = 0o600;

/**
 * Opens the identity store in a file, creating or migrating it; `:memory:` gives one that isn't kept.
 * @throws AppError `store_unavailable` when the file can't be opened, isn't one of ours, or was written by
 *   a newer version
 */
export function openSqliteIdentityStore(file: string): IdentityStore {
  const database = guarded(`open the identity store ${file}`, () => openDatabase(file));
  const tables = Object.entries(TABLE_MAPPINGS).map(([table, mapping]) =>
    prepareTable(database, table as IdentityTable, mapping),
  );
  const dataVersion = database.prepare("PRAGMA data_version");
  let cached: { readonly snapshot: IdentitySnapshot; readonly version: SQLOutputValue } | undefined;
  let closed = false;

  function versionNow(): SQLOutputValue {
    return dataVersion.get()?.["data_version"] ?? null;
  }

  /** The version is read before the rows, so that a commit in between causes a second read, never a miss. */
  function current(): IdentitySnapshot {
    const version = versionNow();
    if (cached?.version === version) {
      return cached.snapshot;
    }
    const rows = tables.map(({ table, readAll }) => [table, Object.freeze(readAll())]);
    const snapshot: IdentitySnapshot = Object.freeze(Object.fromEntries(rows));
    cached = { snapshot, version };
    return snapshot;
  }

  function apply(change: IdentityChange): void {
    const table = tables.find((candidate) => candidate.table === change.table);
    if (change.kind === "put") {
      table?.put({ ...change.row });
    } else {
      table?.remove(change.key);
    }
  }

  function refuseWhenClosed(): void {
    if (closed) {
      throw new AppError("shutting_down", "The identity store is closed.");
    }
  }

  return {
    async snapshot() {
      refuseWhenClosed();
      return guarded("read the identity store", () =>
        cached?.version === versionNow()
          ? cached.snapshot
          : inTransaction(database, current, "DEFERRED"),
      );
    },
    async update(decide) {
      refuseWhenClosed();
      guarded("write the identity store", () =>
        inTransaction(database, () => decide(current()).forEach(apply)),
      );
      // Our own commits don't change data_version, so the snapshot is dropped by hand.
      cached = undefined;
    },
    async close() {
      if (!closed) {
        closed = true;
        database.close();
      }
    },
  };
}

function openDatabase(file: string): DatabaseSync {
  if (file !== ":memory:") {
    closeSync(openSync(file, "a", FILE_MODE));
  }
  const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
  try {
    database.exec(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;",
    );
    migrate(database, `The identity store ${file}`, IDENTITY_MIGRATIONS);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

interface PreparedTable {
  readonly table: IdentityTable;
  readAll(): readonly object[];
  put(row: Readonly<Record<string, unknown>>): void;
  remove(key: string): void;
}

function prepareTable(
  database: DatabaseSync,
  table: IdentityTable,
  { name, columns }: TableMapping,
): PreparedTable {
  const names = columns.map((column) => column.name);
  const [key = ""] = names;
  const updates = names.map((column) => `${column} = excluded.${column}`).join(", ");
  const select = database.prepare(`SELECT ${names.join(", ")} FROM ${name} ORDER BY rowid`);
  const upsert = database.prepare(
    `INSERT INTO ${name} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})
     ON CONFLICT (${key}) DO UPDATE SET ${updates}`,
  );
  const removal = database.prepare(`DELETE FROM ${name} WHERE ${key} = ?`);
  return {
    table,
    readAll: () => select.all().map((row) => fromColumns(columns, row)),
    put(row) {
      upsert.run(...columns.map(({ property, kind }) => CODECS[kind].write(row[property])));
    },
    remove(value) {
      removal.run(value);
    },
  };
}

function fromColumns(
  columns: readonly Column[],
  row: Readonly<Record<string, SQLOutputValue>>,
): object {
  const entries = columns.map(({ property, name, kind }) => [
    property,
    CODECS[kind].read(row[name] ?? null),
  ]);
  return Object.freeze(Object.fromEntries(entries));
}

/** How each kind of column is written and read back. */
const CODECS: Readonly<
  Record<ColumnKind, { write(value: unknown): SQLInputValue; read(value: SQLOutputValue): unknown }>
> = {
  text: { write: (value) => value as string | null, read: (value) => value },
  blob: { write: (value) => value as Uint8Array, read: (value) => value },
  boolean: { write: (value) => (value === true ? 1 : 0), read: (value) => value === 1 },
  list: {
    write: (value) => JSON.stringify(value),
    read: (value) => Object.freeze(JSON.parse(String(value))),
  },
};

function guarded<Result>(purpose: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof AppError || !isSystemFault(error)) {
      throw error;
    }
    throw new AppError("store_unavailable", `Cannot ${purpose}: ${error.message}`, {
      cause: error,
    });
  }
}

/** SQLite's errors carry ERR_SQLITE_ERROR, those of the file system their errno. */
function isSystemFault(error: unknown): error is Error {
  return error instanceof Error && "code" in error;
}
