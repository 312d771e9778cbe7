/**
 * Opens the engine's databases: the disposable mirror, the logs attached beside it. Everything outside these two files
 * and the folder for temporary data is shut off before the first query, and can't be opened again.
 */

import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { MACROS } from "../kql/index.ts";
import { AppError } from "../wire/index.ts";
import { discardMirror, ENGINE_FILES } from "./files.ts";
import { messageOf } from "./message-of.ts";
import type { EngineLimits } from "./mirror.ts";
import { LOGS_DATABASE, quoteText } from "./names.ts";

/**
 * Number of the form in which the mirror keeps rows. Raise it with every change of the stored columns, of what is put
 * into them, or of the engine: a mirror of another number is thrown away and built anew.
 */
const MIRROR_FORMAT = 1;

/** Write-ahead log of the mirror before it is copied back; the mirror is disposable, so seldom is cheapest. */
const CHECKPOINT_THRESHOLD = "256MB";

const DIRECTORY_MODE = 0o700;

/** The engine with its two databases. */
export interface EngineDatabase {
  /** A connection for one user at a time. */
  connect(): Promise<DuckDBConnection>;
  /** Last change in the mirror when it was opened, and a mark of it. */
  readonly position: MirrorMark;
  close(): void;
}

/** The last applied change; `mark` tells it from the same number of another store. */
export interface MirrorMark {
  readonly change: number;
  readonly mark: string;
}

/** What decides whether a mirror found on disk is of use. */
export interface OpenChecks {
  readonly isOfThisStore: (position: MirrorMark) => Promise<boolean>;
  /** Told why a mirror was thrown away. */
  readonly onDiscarded: (reason: string) => void;
}

/**
 * Opens both databases and locks the engine down. A mirror that can't be used is thrown away; the logs never are.
 * @throws Error when the logs can't be opened
 */
export async function openDatabase(
  directory: string,
  limits: EngineLimits,
  checks: OpenChecks,
): Promise<EngineDatabase> {
  mkdirSync(directory, { recursive: true, mode: DIRECTORY_MODE });
  // What was put aside for queries of an earlier run is of no use.
  rmSync(join(directory, ENGINE_FILES.temporary), { recursive: true, force: true });
  try {
    return await opened(directory, limits, checks);
  } catch (error) {
    if (!(error instanceof UnusableMirror)) {
      throw error;
    }
    checks.onDiscarded(error.message);
    discardMirror(directory);
    return await opened(directory, limits, checks);
  }
}

class UnusableMirror extends Error {}

/** Faults that are not the file's own, and no reason to throw it away: another process has it, or the disk. */
const SURROUNDINGS =
  /could not set lock|permission denied|no space left|too many open files|read-only file system/i;

async function opened(
  directory: string,
  limits: EngineLimits,
  { isOfThisStore }: OpenChecks,
): Promise<EngineDatabase> {
  const instance = await openInstance(directory, limits);
  let connection: DuckDBConnection | undefined;
  try {
    connection = await instance.connect();
    const position = await readPosition(connection);
    if (!(await isOfThisStore(position))) {
      throw new UnusableMirror("the store does not have its last change");
    }
    const logs = quoteText(join(directory, ENGINE_FILES.logs));
    await connection.run(`ATTACH ${logs} AS ${LOGS_DATABASE}`);
    for (const macro of MACROS) {
      await connection.run(macro);
    }
    await connection.run("SET GLOBAL TimeZone = 'UTC'");
    await connection.run("SET enable_external_access = false");
    await connection.run("SET lock_configuration = true");
    return {
      connect: () => instance.connect(),
      position,
      close: () => instance.closeSync(),
    };
  } catch (error) {
    connection?.disconnectSync();
    instance.closeSync();
    throw error;
  }
}

async function openInstance(directory: string, limits: EngineLimits): Promise<DuckDBInstance> {
  const options = {
    memory_limit: `${limits.memoryBytesMax}B`,
    threads: String(limits.threads),
    temp_directory: join(directory, ENGINE_FILES.temporary),
    max_temp_directory_size: `${limits.temporaryBytesMax}B`,
    checkpoint_threshold: CHECKPOINT_THRESHOLD,
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    allow_community_extensions: "false",
  };
  try {
    return await DuckDBInstance.create(join(directory, ENGINE_FILES.mirror), options);
  } catch (error) {
    const message = messageOf(error);
    if (SURROUNDINGS.test(message)) {
      throw new AppError("store_unavailable", `The mirror can't be opened: ${message}`, {
        cause: error,
      });
    }
    throw new UnusableMirror(`it can't be opened: ${message}`);
  }
}

/** Reads how far the mirror is, making the table for it in a new one. @throws UnusableMirror for another format */
async function readPosition(connection: DuckDBConnection): Promise<MirrorMark> {
  await connection.run(
    'CREATE TABLE IF NOT EXISTS main."~position" (Format INTEGER, Change BIGINT, Mark VARCHAR)',
  );
  const reader = await connection.runAndReadAll(
    'SELECT Format, Change, Mark FROM main."~position"',
  );
  const [row] = reader.getRowsJS();
  if (row === undefined) {
    await connection.run(`INSERT INTO main."~position" VALUES (${MIRROR_FORMAT}, 0, '')`);
    return { change: 0, mark: "" };
  }
  const [format, change, mark] = row;
  if (format !== MIRROR_FORMAT) {
    throw new UnusableMirror(`its form is ${format}, and this program writes ${MIRROR_FORMAT}`);
  }
  return { change: Number(change), mark: String(mark) };
}
