/**
 * Looks after the files of a data directory from outside: copies a database while others write it, and
 * finds out whether one is sound. Nothing here changes the database that it is given.
 */

import { chmodSync, closeSync, existsSync, fsyncSync, openSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { AppError } from "../../wire/index.ts";
import { decodeObjects, unpack } from "../payload.ts";
import { DATABASE_FILE } from "./connection.ts";
import { createEntryReader } from "./entry-reader.ts";
import { ENTRY_KIND } from "./entry-tables.ts";
import { MIGRATIONS } from "./migrate.ts";
import { inSnapshot } from "./transaction.ts";

/** How long a statement waits for another connection to let go. */
const BUSY_TIMEOUT_MS = 5_000;

/** A copy holds key material and hashes: nobody but its owner needs to read it. */
const FILE_MODE = 0o600;

/** Faults of one kind that are told one by one; a broken disk would fill the screen otherwise. */
const FAULTS_MAX = 20;

/** How thoroughly a database is looked at. */
export interface InspectOptions {
  /** Leaves out whatever reads every page or every record. */
  readonly quick: boolean;
}

/** What a store holds and what is wrong with it. */
export interface StoreInspection {
  readonly schema: number;
  /** Of an earlier version of the program: nothing else has been looked at. */
  readonly isOutdated: boolean;
  /** Requests in the log, and the last sequence given. */
  readonly requests: number;
  readonly appended: number;
  readonly indexed: number;
  readonly objects: number;
  readonly versions: number;
  /** One sentence each; empty when the store is sound. */
  readonly faults: readonly string[];
}

/**
 * Copies a database into a new file, as it is at one moment, and forces the copy to disk. Others may write
 * the original meanwhile.
 * @throws AppError `store_unavailable` when the original can't be read or the copy can't be written
 */
export function copySqliteDatabase(file: string, target: string): void {
  withDatabase(file, (database) => {
    database.prepare("VACUUM INTO ?").run(target);
  });
  chmodSync(target, FILE_MODE);
  const copy = openSync(target, "r+");
  try {
    fsyncSync(copy);
  } finally {
    closeSync(copy);
  }
}

/**
 * Faults of a database file as SQLite finds them; none when it is sound.
 * @throws AppError `store_unavailable` when it can't be opened
 */
export function checkSqliteDatabase(file: string, { quick }: InspectOptions): readonly string[] {
  return withDatabase(file, (database) => {
    const check = quick ? "PRAGMA quick_check" : "PRAGMA integrity_check";
    const lines = database.prepare(`${check}(${FAULTS_MAX})`).all();
    return lines.map((line) => String(Object.values(line)[0])).filter((line) => line !== "ok");
  });
}

/**
 * Compares the log of a store with its index, on one unchanging state.
 * @throws AppError `store_unavailable` when it can't be read
 */
export function inspectSqliteStore(directory: string, options: InspectOptions): StoreInspection {
  return withDatabase(join(directory, DATABASE_FILE), (database) => {
    const { user_version } = database.prepare("PRAGMA user_version").get() ?? {};
    const schema = Number(user_version);
    if (schema !== MIGRATIONS.length) {
      const faults =
        schema > MIGRATIONS.length
          ? [`the schema ${schema} is newer than this program, which knows ${MIGRATIONS.length}`]
          : [];
      const isOutdated = schema < MIGRATIONS.length;
      return {
        schema,
        isOutdated,
        requests: 0,
        appended: 0,
        indexed: 0,
        objects: 0,
        versions: 0,
        faults,
      };
    }
    return inSnapshot(database, () => ({
      schema,
      isOutdated: false,
      ...inspect(database, options),
    }));
  });
}

function inspect(database: DatabaseSync, { quick }: InspectOptions) {
  const number = (sql: string): number =>
    Number(Object.values(database.prepare(sql).get() ?? {})[0] ?? 0);
  const appended = number("SELECT seq FROM sqlite_sequence WHERE name = 'request'");
  const indexed = number("SELECT sequence FROM index_position");
  const lastChange = number("SELECT change FROM index_position");
  const objects = number("SELECT count(*) FROM object WHERE workspace > 0");
  const versions = number("SELECT count(*) FROM version");
  const faults: string[] = [];
  const expect = (isSo: boolean, fault: string): void => {
    if (!isSo) {
      faults.push(fault);
    }
  };
  expect(indexed <= appended, `the index is at ${indexed}, the log ends at ${appended}`);
  const newest = number("SELECT max(change) FROM version");
  expect(newest <= lastChange, `version ${newest} is newer than the last, ${lastChange}`);
  const counted = number("SELECT sum(count) FROM object_count");
  expect(counted === objects, `${objects} objects are stored, and ${counted} are counted`);
  const unindexed = number(
    `SELECT count(*) FROM request LEFT JOIN index_result USING (sequence)
      WHERE index_result.sequence IS NULL AND request.sequence <= ${indexed}`,
  );
  expect(unindexed === 0, `${unindexed} requests were passed over by the index`);
  if (!quick) {
    const lost = number(
      `SELECT count(*) FROM object LEFT JOIN version ON version.change = object.change
        WHERE version.object IS NOT object.id`,
    );
    expect(lost === 0, `${lost} objects have no current version`);
    const unfound = unfoundObjects(database, number("SELECT object FROM index_position"));
    const named = number("SELECT count(*) FROM object");
    expect(unfound === 0, `${named} objects are stored, and ${named - unfound} can be found`);
    faults.push(...recordFaults(database));
  }
  const requests = number("SELECT count(*) FROM request");
  return { requests, appended, indexed, objects, versions, faults };
}

/** Number of objects that the look-up by identity doesn't lead to; a bit for each, since there may be many
 * millions. It may lead to objects that retention has dropped. */
function unfoundObjects(database: DatabaseSync, lastObject: number): number {
  const seen = new Uint8Array((lastObject >>> 3) + 1);
  for (const list of createEntryReader(database).all(ENTRY_KIND.identity)) {
    for (let at = 1; at < list.length; at += 2) {
      const object = list[at] ?? 0;
      seen[object >>> 3] = (seen[object >>> 3] ?? 0) | (1 << (object & 7));
    }
  }
  let unfound = 0;
  for (const row of database.prepare("SELECT id FROM object").iterate()) {
    const object = Number(row["id"]);
    unfound += ((seen[object >>> 3] ?? 0) & (1 << (object & 7))) === 0 ? 1 : 0;
  }
  return unfound;
}

/** Unpacks the records of every request and compares their number with what was acknowledged. */
function recordFaults(database: DatabaseSync): string[] {
  const faults: string[] = [];
  const rows = database.prepare(
    `SELECT sequence, accepted, codec, payload, records FROM request
      LEFT JOIN request_objects USING (sequence) LEFT JOIN log_garbage USING (sequence)
      WHERE accepted > 0 ORDER BY sequence`,
  );
  for (const row of rows.iterate()) {
    const fault = recordFault(row);
    if (fault !== undefined) {
      faults.push(`request ${row["sequence"]}: ${fault}`);
    }
    if (faults.length === FAULTS_MAX) {
      return [...faults, "and perhaps more"];
    }
  }
  return faults;
}

function recordFault(row: Readonly<Record<string, unknown>>): string | undefined {
  const payload = row["payload"];
  // Retention has written down how many it has left.
  const expected = row["records"] ?? row["accepted"];
  if (!(payload instanceof Uint8Array)) {
    return expected === 0 ? undefined : "its records are missing";
  }
  try {
    const records = decodeObjects(unpack({ codec: Number(row["codec"]), payload }));
    const kept = records.filter(({ facts }) => facts.length > 0).length;
    return records.length === row["accepted"] && kept === expected
      ? undefined
      : `it holds ${kept} records of ${expected}`;
  } catch (error) {
    return `its records can't be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function withDatabase<T>(file: string, work: (database: DatabaseSync) => T): T {
  try {
    if (!existsSync(file)) {
      throw new Error("there is no such file");
    }
    using database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
    return work(database);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError("store_unavailable", `Cannot read the database ${file}: ${reason}.`, {
      cause: error,
    });
  }
}
