/**
 * The data directory: where it is, what its files are called, and the master key from which every key
 * that protects something on this disk is derived. It doesn't lock the directory and opens no database.
 */

import { hkdfSync, randomBytes } from "node:crypto";
import { mkdir, open } from "node:fs/promises";
import { join, resolve } from "node:path";
import { AppError } from "../wire/index.ts";
import { createFileOnce, systemErrorCode } from "./durable-file.ts";

/** The files of a data directory by their purpose; the one place where they are named. */
export const DATA_FILES = {
  /** 32 random bytes; without it the sealed files below can't be read. */
  masterKey: "master.key",
  /** Tenants, applications, hashed secrets, roles. */
  identity: "identity.db",
  /** Intake log, versions, receipts. */
  intelligence: "intelligence.db",
  /** Saved views, rules, tasks, and the audit log. */
  documents: "documents.db",
  /** Certificate of the local CA for clients to trust: a copy of what `caSealed` holds. */
  caCertificate: "ca.pem",
  /** The local CA: certificate and encrypted private key. */
  caSealed: "ca.sealed.json",
  /** The server's certificate from the local CA, with its encrypted private key. */
  serverSealed: "server.sealed.json",
} as const;

/** Purpose of a file in the data directory. */
export type DataFile = keyof typeof DATA_FILES;

/** An opened data directory. */
export interface DataDirectory {
  /** Absolute. */
  readonly path: string;
  /** Absolute paths of its files, whether they exist or not. */
  readonly files: Readonly<Record<DataFile, string>>;
  /** Derives 32 bytes from the master key; the same purpose always gives the same key. @see RFC 5869 */
  deriveKey(purpose: string): Buffer;
}

const MASTER_KEY_BYTES = 32;
const DERIVED_KEY_BYTES = 32;
/** Separates our keys from those of any other program that should be given the same master key. */
const DERIVATION_SALT = "stixgate data directory v1";
const DIRECTORY_MODE = 0o700;
const KEY_MODE = 0o600;
/** Everybody's bits. The group's are let pass: Kubernetes gives volumes to a group (fsGroup). */
const OTHERS_MODE_MASK = 0o007;

const ADVICE: Readonly<Record<string, string>> = {
  EACCES: "give the user that runs stixgate read and write access, or choose another directory",
  EPERM: "give the user that runs stixgate read and write access, or choose another directory",
  EEXIST: "a file of that name is in the way: move it, or choose another directory",
  ENOTDIR: "a part of the path is a file: choose another directory",
  EROFS: "the file system is read-only: choose another directory or mount it writable",
  ENOSPC: "the disk is full: make room",
  ENAMETOOLONG: "the path is too long: choose a shorter one",
  ELOOP: "the path leads through a circle of symbolic links: choose another directory",
};

/**
 * Opens a data directory, creating it (for its owner alone) and its master key when they are missing.
 *
 * Processes that open a new directory at the same time agree on one master key.
 *
 * @param path relative paths start at the working directory
 * @throws AppError `settings_invalid` when the directory can't be used, or when the master key is damaged
 *   or readable by everybody
 */
export async function openDataDirectory(path: string): Promise<DataDirectory> {
  if (path.trim() === "" || path.includes("\0")) {
    throw new AppError("settings_invalid", "The data directory has no usable name: give a path.");
  }
  const directory = resolve(path);
  await withAdvice(`The data directory ${directory} can't be created`, () =>
    mkdir(directory, { recursive: true, mode: DIRECTORY_MODE }),
  );
  const files = pathsIn(directory);
  const masterKey = await readOrCreateMasterKey(files.masterKey);
  return Object.freeze({
    path: directory,
    files,
    deriveKey: (purpose: string): Buffer => {
      return Buffer.from(
        hkdfSync("sha256", masterKey, DERIVATION_SALT, purpose, DERIVED_KEY_BYTES),
      );
    },
  });
}

function pathsIn(directory: string): Readonly<Record<DataFile, string>> {
  const entries = Object.entries(DATA_FILES).map(([purpose, name]) => [
    purpose,
    join(directory, name),
  ]);
  return Object.freeze(Object.fromEntries(entries) as Record<DataFile, string>);
}

async function readOrCreateMasterKey(path: string): Promise<Buffer> {
  return await withAdvice(`The master key ${path} can't be read or created`, async () => {
    const existing = await readMasterKey(path);
    if (existing !== undefined) {
      return existing;
    }
    await createFileOnce(path, randomBytes(MASTER_KEY_BYTES), KEY_MODE);
    const created = await readMasterKey(path);
    if (created === undefined) {
      throw new AppError(
        "settings_invalid",
        `The master key ${path} vanished while it was created: is something cleaning the directory?`,
      );
    }
    return created;
  });
}

async function readMasterKey(path: string): Promise<Buffer | undefined> {
  const handle = await open(path, "r").catch((error: unknown) => {
    if (systemErrorCode(error) === "ENOENT") {
      return undefined;
    }
    throw error;
  });
  if (handle === undefined) {
    return undefined;
  }
  try {
    const { mode, size } = await handle.stat();
    refuseUnsafeKey({ path, mode, size });
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

function refuseUnsafeKey(file: { path: string; mode: number; size: number }): void {
  if (process.platform !== "win32" && (file.mode & OTHERS_MODE_MASK) !== 0) {
    const mode = (file.mode & 0o777).toString(8).padStart(4, "0");
    throw new AppError(
      "settings_invalid",
      `The master key ${file.path} is open to every user of this machine (mode ${mode}). If nobody ` +
        `can have copied it, run: chmod 600 ${file.path}`,
    );
  }
  if (file.size !== MASTER_KEY_BYTES) {
    throw new AppError(
      "settings_invalid",
      `The master key ${file.path} has ${file.size} bytes instead of ${MASTER_KEY_BYTES}: it is ` +
        "damaged. Restore it from a backup; what was sealed with it can't be read without it.",
    );
  }
}

/** Turns failures of the file system into refusals that name the path and say what to do. */
async function withAdvice<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = systemErrorCode(error);
    if (error instanceof AppError || code === undefined) {
      throw error;
    }
    const advice = ADVICE[code];
    throw new AppError("settings_invalid", `${what} (${code})${advice ? `: ${advice}` : ""}.`, {
      cause: error,
    });
  }
}
