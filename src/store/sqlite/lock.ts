/**
 * One process per data directory. The lock is an exclusive transaction on an SQLite file, which is a lock
 * of the operating system: it ends with the process, however the process ends. The number of the process
 * stands in a file beside it, for the message only.
 */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { AppError } from "../../wire/index.ts";
import { SQLITE_CODE, sqliteCode } from "./transaction.ts";

/** Holds a data directory for this process. */
export interface DataDirectoryLock {
  /** Lets go; calling it again does nothing. */
  release(): void;
}

const LOCK_FILE = "stixgate.lock";
const PID_FILE = "stixgate.pid";

/**
 * Locks a data directory, making it if it doesn't exist. Other programs, a backup for instance, can still
 * read the files in it.
 * @throws AppError `data_directory_locked` when a process has it, whose number the message gives as far as
 *   it is known; `store_unavailable` when the directory can't be used
 */
export function lockDataDirectory(directory: string): DataDirectoryLock {
  const database = lockedDatabase(directory);
  const pidFile = join(directory, PID_FILE);
  writePid(pidFile);
  let held = true;
  return {
    release() {
      if (held) {
        held = false;
        rmSync(pidFile, { force: true });
        database.close();
      }
    },
  };
}

function lockedDatabase(directory: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    database = new DatabaseSync(join(directory, LOCK_FILE), { timeout: 0 });
    database.exec("BEGIN EXCLUSIVE");
    return database;
  } catch (error) {
    database?.close();
    const code = sqliteCode(error);
    if (code === SQLITE_CODE.busy || code === SQLITE_CODE.locked) {
      throw new AppError(
        "data_directory_locked",
        `The data directory ${directory} is in use by ${holderOf(directory)}. ` +
          "Stop that process, or give this one another directory.",
        { cause: error },
      );
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError(
      "store_unavailable",
      `Cannot use the data directory ${directory}: ${reason}.`,
      {
        cause: error,
      },
    );
  }
}

/** A full disk must not keep the server from starting: without the number the lock holds all the same. */
function writePid(file: string): void {
  try {
    writeFileSync(file, `${process.pid}\n`);
  } catch {
    rmSync(file, { force: true });
  }
}

function holderOf(directory: string): string {
  try {
    const pid = Number(readFileSync(join(directory, PID_FILE), "utf8"));
    return Number.isSafeInteger(pid) && pid > 0 ? `process ${pid}` : "another process";
  } catch {
    return "another process";
  }
}
