/** Transactions, and what SQLite's errors mean to a caller. */

import type { DatabaseSync } from "node:sqlite";
import type { AppError } from "../../wire/index.ts";
import { storeFailed, storeUnavailable } from "../store-errors.ts";

/** Primary result codes. @see SQLite, "Result and Error Codes" */
export const SQLITE_CODE: {
  readonly busy: 5;
  readonly locked: 6;
  readonly outOfMemory: 7;
  readonly readOnly: 8;
  readonly ioError: 10;
  readonly corrupt: 11;
  readonly full: 13;
  readonly cannotOpen: 14;
  readonly notADatabase: 26;
} = {
  busy: 5,
  locked: 6,
  outOfMemory: 7,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
};

/** The codes that blame the disk or the machine, not the statement. */
const DISK_FAULTS: ReadonlySet<number> = new Set(Object.values(SQLITE_CODE));

/** Extended result codes keep the primary one in their low byte. */
const PRIMARY_CODE_MASK = 0xff;

/** The primary result code of an error that SQLite raised; 0 for any other error. */
export function sqliteCode(error: unknown): number {
  const code = error instanceof Error && "errcode" in error ? Number(error.errcode) : 0;
  return code & PRIMARY_CODE_MASK;
}

/** A write transaction takes the lock at once; a read transaction sees one moment and takes none. */
type TransactionKind = "IMMEDIATE" | "DEFERRED";

/** Runs `work` in a transaction; whatever it throws, and a failing commit, undoes all of it. */
export function inTransaction<T>(
  database: DatabaseSync,
  work: () => T,
  kind: TransactionKind = "IMMEDIATE",
): T {
  database.exec(`BEGIN ${kind}`);
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    // SQLite has rolled back by itself after some errors, a full disk among them.
    if (database.isTransaction) {
      database.exec("ROLLBACK");
    }
    throw error;
  }
}

/**
 * The same for what can be derived from the log again: it is atomic but doesn't wait for the disk. The next
 * commit of the log takes it along, since both stand in one write-ahead log, in this order.
 */
export function inDerivedTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec("PRAGMA synchronous = NORMAL");
  try {
    return inTransaction(database, work);
  } finally {
    database.exec("PRAGMA synchronous = FULL");
  }
}

/** Runs `read` on one unchanging state of the database. */
export function inSnapshot<T>(database: DatabaseSync, read: () => T): T {
  database.exec("BEGIN");
  try {
    return read();
  } finally {
    database.exec("ROLLBACK");
  }
}

/** Whether the disk, rather than the statement, caused the error. */
export function isDiskFault(error: unknown): boolean {
  return DISK_FAULTS.has(sqliteCode(error));
}

/** The refusal that an error of the database means to the caller. */
export function refusalFor(error: unknown): AppError {
  return isDiskFault(error) ? storeUnavailable(messageOf(error), error) : storeFailed(error);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
