/**
 * Examines a data directory: is everything there, readable for its owner alone, sound, and in step? Changes
 * nothing and may run beside a server; what it can't tell while one runs, it says.
 */

import { stat, statfs } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ENGINE_FILES } from "../mirror/index.ts";
import {
  checkSqliteDatabase,
  inspectSqliteSearch,
  inspectSqliteStore,
  lockDataDirectory,
  type SearchInspection,
  type StoreInspection,
} from "../store/index.ts";
import { AppError } from "../wire/index.ts";
import { DATA_FILES, openDataDirectory } from "./data-directory.ts";
import { type Check, type Found, failure, ok, warning } from "./doctor-checks.ts";
import { examinePostgres } from "./doctor-postgres.ts";
import { QUERY_FOLDER } from "./query-parts.ts";
import { describeCa } from "./tls/describe-ca.ts";

/** The store that is examined with the directory. */
type ExaminedStore =
  | { readonly kind: "sqlite" }
  | { readonly kind: "postgres"; readonly url: string };

/** What is examined, how thoroughly, and when. */
export interface ExamineOptions {
  readonly store: ExaminedStore;
  /** Leaves out what reads every page and every record. */
  readonly quick: boolean;
  readonly now: Date;
}

const DAY_MS = 86_400_000;

/** A server renews its certificate weeks before its end; closer than this, nothing has renewed it. */
const CERTIFICATE_DAYS_MIN = 14;

const MIB = 1024 * 1024;

/** Below the first the next busy day may fill the disk; below the second the write-ahead log may not fit. */
const FREE_BYTES_MIN = { warning: 1024 * MIB, failure: 128 * MIB };

/** Everybody's bits; a group may have been given access on purpose. */
const OTHERS_MODE_MASK = 0o007;

/** Files that hold secrets. */
const SECRET_FILES = [
  "masterKey",
  "identity",
  "intelligence",
  "documents",
  "caSealed",
  "serverSealed",
] as const;

/** A data directory that was never opened by this release has no documents yet. */
const OPTIONAL_DATABASES: readonly string[] = ["documents"];

/**
 * Examines a data directory and its store.
 * @throws AppError `settings_invalid` when there is no such directory
 */
export async function examine(
  dataDirectory: string,
  options: ExamineOptions,
): Promise<readonly Check[]> {
  const directory = resolve(dataDirectory);
  const found = await stat(directory).catch(() => undefined);
  if (found === undefined || !found.isDirectory()) {
    throw new AppError("settings_invalid", `There is no data directory ${directory}.`, {
      field: "data.directory",
    });
  }
  const checks: Check[] = [];
  const add = async (name: string, look: () => Found | Promise<Found>): Promise<void> => {
    try {
      checks.push({ name, ...(await look()) });
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      checks.push({ name, status: "failure", detail });
    }
  };
  await add("server", () => lookForServer(directory));
  await add("file modes", () => lookAtModes(directory));
  await add("disk space", () => lookAtSpace(directory));
  await add("master key", async () => {
    await stat(join(directory, DATA_FILES.masterKey)).catch(() => {
      throw new Error("It is missing: what was sealed with it can't be read. Restore a backup.");
    });
    await openDataDirectory(directory);
    return ok("It is there and complete.");
  });
  await add("certificate", () => lookAtCertificate(directory, options.now));
  await add("uploaded logs", () => lookAtLogs(join(directory, QUERY_FOLDER)));
  if (options.store.kind === "postgres") {
    return [...checks, ...(await examinePostgres({ ...options, url: options.store.url }))];
  }
  for (const database of ["identity", "intelligence", "documents"] as const) {
    await add(`${DATA_FILES[database]} pages`, async () => {
      const found = await stat(join(directory, DATA_FILES[database])).catch(() => undefined);
      if (found === undefined && OPTIONAL_DATABASES.includes(database)) {
        return ok("Not made yet.");
      }
      const faults = checkSqliteDatabase(join(directory, DATA_FILES[database]), options);
      return faults.length === 0 ? ok("Sound.") : failure(faults.join("; "));
    });
  }
  await add("log and index", () => lookAtStore(inspectSqliteStore(directory, options)));
  await add("search index", () => lookAtSearches(inspectSqliteSearch(directory, options)));
  return checks;
}

function lookForServer(directory: string): Found {
  try {
    lockDataDirectory(directory).release();
    return ok("None is running on this directory.");
  } catch (error) {
    if (error instanceof AppError && error.code === "data_directory_locked") {
      return ok("One is running on this directory; all of this is as of one moment.");
    }
    throw error;
  }
}

async function lookAtModes(directory: string): Promise<Found> {
  const paths = [directory, ...SECRET_FILES.map((file) => join(directory, DATA_FILES[file]))];
  const open: string[] = [];
  for (const path of process.platform === "win32" ? [] : paths) {
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && (found.mode & OTHERS_MODE_MASK) !== 0) {
      open.push(path);
    }
  }
  return open.length === 0
    ? ok("Nothing secret is open to every user of this machine.")
    : failure(`Every user of this machine has access: run chmod o= ${open.join(" ")}`);
}

async function lookAtSpace(directory: string): Promise<Found> {
  const { bavail, bsize } = await statfs(directory);
  const freeBytes = bavail * bsize;
  const detail = `${Math.floor(freeBytes / MIB)} MiB are free.`;
  if (freeBytes < FREE_BYTES_MIN.failure) {
    return failure(`${detail} Uploads will soon be refused: make room.`);
  }
  return freeBytes < FREE_BYTES_MIN.warning ? warning(`${detail} Make room.`) : ok(detail);
}

/** The engine alone can read these files, and throws the mirror away where it can't; their sizes are told. */
async function lookAtLogs(folder: string): Promise<Found> {
  const sizeOf = async (name: string): Promise<number> => {
    const sizes = [name, `${name}.wal`].map((file) =>
      stat(join(folder, file)).then(
        ({ size }) => size,
        () => 0,
      ),
    );
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  };
  const mib = (bytes: number): number => Math.ceil(bytes / MIB);
  const logs = mib(await sizeOf(ENGINE_FILES.logs));
  const mirror = mib(await sizeOf(ENGINE_FILES.mirror));
  return logs + mirror === 0
    ? ok("There are none: no query engine has run on this directory.")
    : ok(`${logs} MiB, and ${mirror} MiB of the mirror, which can be built anew.`);
}

async function lookAtCertificate(directory: string, now: Date): Promise<Found> {
  const isMade = await stat(join(directory, DATA_FILES.caSealed)).catch(() => undefined);
  if (isMade === undefined) {
    return ok("There is no local CA: the server has never started, or has a certificate of yours.");
  }
  if ((await stat(join(directory, DATA_FILES.masterKey)).catch(() => undefined)) === undefined) {
    // Opening the directory would make a new key, and nothing is changed here.
    return failure("It can't be read without the master key.");
  }
  const { server, validTo } = await describeCa(await openDataDirectory(directory));
  const ends = [validTo, ...(server === null ? [] : [server.validTo])].map((end) =>
    Date.parse(end),
  );
  const days = Math.floor((Math.min(...ends) - now.getTime()) / DAY_MS);
  if (days < 0) {
    return failure(
      "It has expired. Start the server, which makes a new one, or see stixgate ca show.",
    );
  }
  return days < CERTIFICATE_DAYS_MIN
    ? warning(`It ends in ${days} days, and no server has renewed it.`)
    : ok(`It is valid for another ${days} days.`);
}

function lookAtStore(found: StoreInspection): Found {
  const { schema, requests, objects, versions, appended, indexed, faults } = found;
  if (faults.length > 0) {
    return failure(faults.join("; "));
  }
  if (found.isOutdated) {
    return ok(`Schema ${schema} of an earlier version: the next start brings it up to date.`);
  }
  const counts = `${requests} requests, ${objects} objects, ${versions} versions`;
  return appended === indexed || requests === 0
    ? ok(`In step: ${counts} (schema ${schema}).`)
    : ok(`${counts}; the index is ${appended - indexed} requests behind the log and catches up.`);
}

/** What is made anew by itself is no failure; what a server would go on using is. */
function lookAtSearches({ state, behindRequests, objects, faults }: SearchInspection): Found {
  const anew = "the next start makes it anew, in the background";
  if (faults.length > 0) {
    return failure(
      `${faults.join("; ")}. Nothing is lost: stop the server, delete search.db, search.db-wal and ` +
        `search.db-shm, and start it; ${anew}.`,
    );
  }
  if (state !== "own") {
    const reason = {
      missing: "Not there",
      outdated: "Of another version",
      foreign: "Of another log",
    };
    return ok(`${reason[state === "damaged" ? "missing" : state]}: ${anew}.`);
  }
  return behindRequests === 0
    ? ok(`In step: ${objects} objects.`)
    : ok(`${objects} objects; it is ${behindRequests} requests behind and catches up.`);
}
