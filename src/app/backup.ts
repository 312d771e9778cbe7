/**
 * Backups of a data directory: a folder with copies of both databases and of the key files, and a manifest
 * with their checksums. A backup is taken while a server runs; it is restored into a directory that is not
 * in use. Whoever can read a backup can read everything the server keeps.
 */

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { copyFile, mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { checkSqliteDatabase, copySqliteDatabase, inspectSqliteStore } from "../store/index.ts";
import { AppError } from "../wire/index.ts";
import { backUpLogs, isLogsFile, placeInDataDirectory } from "./backup-logs.ts";
import { DATA_FILES } from "./data-directory.ts";
import { replaceFile, systemErrorCode } from "./durable-file.ts";

/** What a backup holds. */
export interface BackupManifest {
  readonly format: typeof BACKUP_FORMAT;
  /** RFC 3339, UTC. */
  readonly createdAt: string;
  readonly files: readonly BackupFile[];
  /** Requests in the log and objects in the index at that moment. */
  readonly requests: number;
  readonly objects: number;
}

/** One file of a backup. */
export interface BackupFile {
  readonly name: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

const BACKUP_FORMAT = "stixgate-backup-1";
const MANIFEST_FILE = "manifest.json";
const SETTINGS_FILE = "stixgate.json";

/** Without these a data directory is of no use. */
const REQUIRED_FILES: readonly string[] = [
  DATA_FILES.masterKey,
  DATA_FILES.identity,
  DATA_FILES.intelligence,
];

const DATABASES: readonly string[] = [
  DATA_FILES.identity,
  DATA_FILES.intelligence,
  DATA_FILES.documents,
];
const DIRECTORY_MODE = 0o700;
const FILE_MODE = 0o600;

/** Most bytes of a manifest; it names ten files. */
const MANIFEST_BYTES_MAX = 65_536;

/**
 * Backs a data directory up into a new folder; the folder has its name only when it is complete.
 * @param target must not exist, or be an empty folder
 * @throws AppError `settings_invalid` when there is nothing to back up or something in the way;
 *   `store_unavailable` when a database can't be read or the disk is full
 */
export async function backUp(
  dataDirectory: string,
  target: string,
  now: Date,
): Promise<BackupManifest> {
  const from = resolve(dataDirectory);
  await refuseIncomplete(from);
  const manifest = await build(resolve(target), async (folder) => {
    const files: BackupFile[] = [];
    // The key first: whatever is sealed with it is then surely younger.
    for (const name of [...Object.values(DATA_FILES), SETTINGS_FILE]) {
      if (DATABASES.includes(name) && (await exists(join(from, name)))) {
        copySqliteDatabase(join(from, name), join(folder, name));
        files.push(await describe(folder, name));
      } else if (await copied(join(from, name), join(folder, name))) {
        files.push(await describe(folder, name));
      }
    }
    for (const name of await backUpLogs(from, (path, file) => copied(path, join(folder, file)))) {
      files.push(await describe(folder, name));
    }
    const { requests, objects } = inspectSqliteStore(folder, { quick: true });
    const createdAt = now.toISOString();
    const written: BackupManifest = { format: BACKUP_FORMAT, createdAt, files, requests, objects };
    const text = `${JSON.stringify(written, null, 2)}\n`;
    await replaceFile(join(folder, MANIFEST_FILE), Buffer.from(text), FILE_MODE);
    return written;
  });
  return manifest;
}

/**
 * Restores a backup into a data directory, after checking all of it.
 * @param dataDirectory must not exist, or be an empty folder
 * @throws AppError `settings_invalid` when the folder is no complete backup, a file of it has changed, or
 *   the data directory holds something; `store_unavailable` when a database is damaged
 */
export async function restore(backup: string, dataDirectory: string): Promise<BackupManifest> {
  const from = resolve(backup);
  const manifest = await readManifest(from);
  for (const file of manifest.files) {
    await refuseChanged(from, file);
  }
  return await build(resolve(dataDirectory), async (folder) => {
    for (const { name } of manifest.files) {
      const place = join(folder, placeInDataDirectory(name));
      await mkdir(dirname(place), { recursive: true, mode: DIRECTORY_MODE });
      await copied(join(from, name), place);
    }
    const names = manifest.files.map(({ name }) => name);
    for (const name of DATABASES.filter((database) => names.includes(database))) {
      const [fault] = checkSqliteDatabase(join(folder, name), { quick: true });
      if (fault !== undefined) {
        throw new AppError("settings_invalid", `The backup's ${name} is damaged: ${fault}.`);
      }
    }
    return manifest;
  });
}

/** Fills a new folder under a provisional name, and gives it its own when `fill` has succeeded. */
async function build<T>(target: string, fill: (folder: string) => Promise<T>): Promise<T> {
  await refuseOccupied(target);
  const folder = join(dirname(target), `.${basename(target)}.partial`);
  try {
    await mkdir(dirname(target), { recursive: true, mode: DIRECTORY_MODE });
    await mkdir(folder, { mode: DIRECTORY_MODE });
  } catch (cause) {
    const hint =
      systemErrorCode(cause) === "EEXIST"
        ? "it is left over from an attempt that was interrupted, or one is under way; remove it if not"
        : String(cause);
    throw new AppError("settings_invalid", `The folder ${folder} can't be made: ${hint}.`, {
      cause,
    });
  }
  try {
    const result = await fill(folder);
    await rename(folder, target);
    await syncFolder(dirname(target));
    return result;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function refuseIncomplete(directory: string): Promise<void> {
  for (const name of REQUIRED_FILES) {
    if (!(await exists(join(directory, name)))) {
      throw new AppError(
        "settings_invalid",
        `${directory} is no data directory of a server that has run: ${name} is missing.`,
        { field: "data.directory" },
      );
    }
  }
}

async function refuseOccupied(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (systemErrorCode(error) === "ENOENT") {
      return [];
    }
    throw new AppError("settings_invalid", `${folder} can't be used: ${String(error)}.`, {
      cause: error,
    });
  });
  if (names.length > 0) {
    throw new AppError(
      "settings_invalid",
      `${folder} holds something already, and nothing is overwritten. Name a new folder.`,
    );
  }
}

async function readManifest(folder: string): Promise<BackupManifest> {
  const path = join(folder, MANIFEST_FILE);
  const refuse = (reason: string): never => {
    throw new AppError("settings_invalid", `${folder} is no complete backup: ${reason}.`);
  };
  const { size } = await stat(path).catch(() => ({ size: undefined }));
  if (size === undefined || size > MANIFEST_BYTES_MAX) {
    return refuse(
      size === undefined ? `${MANIFEST_FILE} is missing` : `${MANIFEST_FILE} is too large`,
    );
  }
  const manifest = parsedManifest(await readFile(path, "utf8"));
  if (manifest === undefined) {
    return refuse(`${MANIFEST_FILE} can't be read, or is of another version of the program`);
  }
  const known: readonly string[] = [...Object.values(DATA_FILES), SETTINGS_FILE];
  const names = manifest.files.map(({ name }) => name);
  const stranger = names.find((name) => !known.includes(name) && !isLogsFile(name));
  const missing = REQUIRED_FILES.find((name) => !names.includes(name));
  if (stranger !== undefined || missing !== undefined) {
    const fault = stranger === undefined ? `does not name ${missing}` : `names "${stranger}"`;
    return refuse(`${MANIFEST_FILE} ${fault}`);
  }
  return manifest;
}

function parsedManifest(text: string): BackupManifest | undefined {
  try {
    const value = JSON.parse(text) as Partial<BackupManifest> | null;
    return value?.format === BACKUP_FORMAT && Array.isArray(value.files)
      ? (value as BackupManifest)
      : undefined;
  } catch {
    return undefined;
  }
}

async function refuseChanged(folder: string, file: BackupFile): Promise<void> {
  const found = (await exists(join(folder, file.name)))
    ? await describe(folder, file.name)
    : undefined;
  if (found?.sha256 !== file.sha256 || found.bytes !== file.bytes) {
    const fault = found === undefined ? "is missing" : "is not what was backed up";
    throw new AppError("settings_invalid", `${join(folder, file.name)} ${fault}.`);
  }
}

async function describe(folder: string, name: string): Promise<BackupFile> {
  const path = join(folder, name);
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { name, bytes, sha256: hash.digest("hex") };
}

/** Copies a file and forces the copy to disk; false when there is none. */
async function copied(from: string, to: string): Promise<boolean> {
  if (!(await exists(from))) {
    return false;
  }
  await copyFile(from, to);
  const handle = await open(to, "r+");
  try {
    await handle.chmod(FILE_MODE);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return true;
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  // Some systems don't open folders; the names are then as safe as that system makes them.
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
