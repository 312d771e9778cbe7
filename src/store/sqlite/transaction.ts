/** Transactions, and which of SQLite's errors say that the disk is at fault. */

import type { DatabaseSync } from "node:sqlite";
import { AppError } from "../../wire/index.ts";
import { storeUnavailable } from "../store-errors.ts";

/** Primary result codes for which the same statement can succeed later: NOMEM, READONLY, IOERR, FULL,
 * CANTOPEN, BUSY, LOCKED, CORRUPT and NOTADB. @see SQLite, "Result and Error Codes" */
const DISK_FAULTS: ReadonlySet<number> = new Set([7, 8, 10, 13, 14, 5, 6, 11, 26]);

/** Runs `work` in a write transaction; whatever it throws, and a failing commit, undoes all of it. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
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
  const code = error instanceof Error && "errcode" in error ? Number(error.errcode) : 0;
  return DISK_FAULTS.has(code & 0xff);
}

/** The refusal that an error of the database means to the caller. */
export function refusalFor(error: unknown): AppError {
  if (error instanceof AppError) {
    return error;
  }
  const detail = error instanceof Error ? error.message : String(error);
  return isDiskFault(error)
    ? storeUnavailable(detail, error)
    : new AppError("internal", "The store failed.", { detail, cause: error });
}
