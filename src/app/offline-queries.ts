/** Queries on a data directory itself, for commands: with no server on it, or beside a running one. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Queries } from "../query/index.ts";
import { type DataDirectoryLock, lockDataDirectory, type Workspace } from "../store/index.ts";
import { createDirectory } from "../token/index.ts";
import { AppError } from "../wire/index.ts";
import { type DataDirectory, openDataDirectory } from "./data-directory.ts";
import { IDENTITY_KEY_PURPOSE } from "./offline.ts";
import { openQueries, openQueriesWithoutData, QUERY_FOLDER } from "./query-parts.ts";
import type { Settings } from "./settings-table.ts";
import { openDocumentStore, openIdentityStore, openStore } from "./stores.ts";
import { type Teardown, takeDown } from "./teardown.ts";

/** A command has no use for an answer without what is stored; a copy of ten million objects takes minutes. */
const CATCH_UP_SECONDS_MAX = 3_600;

/** Opened queries of a data directory. */
export interface OfflineQueries {
  readonly queries: Queries;
  readonly workspaces: readonly Workspace[];
  /**
   * True when a server works on the directory: then intelligence is read into a copy of this command's own, and
   * uploaded logs, which the server holds, are not seen and cannot be taken in.
   */
  readonly isServerRunning: boolean;
  readonly close: () => Promise<void>;
}

/** What an administrator looks after for queries, without the data. */
export interface QueryAdmin
  extends Pick<Queries, "logTables" | "logs" | "functions" | "watchlists"> {
  readonly workspaces: readonly Workspace[];
  readonly close: () => Promise<void>;
}

/**
 * Opens the documents that queries depend on, with or without a server on the directory. A compiler is started only when
 * a function is to be bound; there is no mirror.
 * @throws AppError `settings_invalid`, `store_unavailable`
 */
export async function openQueryAdmin(settings: Settings): Promise<QueryAdmin> {
  const teardown: Teardown = [];
  const now = (): Date => new Date();
  try {
    const dataDirectory = await openDataDirectory(settings["data.directory"]);
    const documents = await openDocumentStore(settings, dataDirectory, now);
    teardown.push(() => documents.close());
    const queries = await openQueriesWithoutData(documents, now, teardown);
    return {
      ...queries,
      workspaces: await readWorkspaces(settings, dataDirectory, now),
      close: () => takeDown(teardown),
    };
  } catch (error) {
    await takeDown(teardown);
    throw error;
  }
}

/** Opens them. @throws AppError `settings_invalid`, `store_unavailable` */
export async function openOfflineQueries(
  settings: Settings,
  onNotice: (text: string) => void,
): Promise<OfflineQueries> {
  const teardown: Teardown = [];
  try {
    return await build(settings, onNotice, teardown);
  } catch (error) {
    await takeDown(teardown);
    throw error;
  }
}

async function build(
  settings: Settings,
  onNotice: (text: string) => void,
  teardown: Teardown,
): Promise<OfflineQueries> {
  const now = (): Date => new Date();
  const dataDirectory = await openDataDirectory(settings["data.directory"]);
  const lock = tryLock(dataDirectory.path);
  teardown.push(() => lock?.release());
  const documents = await openDocumentStore(settings, dataDirectory, now);
  teardown.push(() => documents.close());
  const { queries } = await openQueries(
    {
      settings: { ...settings, "query.freshSeconds": CATCH_UP_SECONDS_MAX },
      directory: await mirrorFolder(dataDirectory, lock, teardown),
      source: await versionsOf(settings, dataDirectory, teardown),
      documents,
      now,
      onNotice: ({ level, message }) => {
        if (level !== "info") {
          onNotice(message);
        }
      },
      onFault: (cause) => onNotice(String(cause)),
    },
    teardown,
  );
  return {
    queries,
    workspaces: await readWorkspaces(settings, dataDirectory, now),
    isServerRunning: lock === undefined,
    close: () => takeDown(teardown),
  };
}

function tryLock(path: string): DataDirectoryLock | undefined {
  try {
    return lockDataDirectory(path);
  } catch (error) {
    if (error instanceof AppError && error.code === "data_directory_locked") {
      return undefined;
    }
    throw error;
  }
}

/** The server's folder belongs to the server; beside it a copy lives as long as the command. */
async function mirrorFolder(
  dataDirectory: DataDirectory,
  lock: DataDirectoryLock | undefined,
  teardown: Teardown,
): Promise<string> {
  if (lock !== undefined) {
    return join(dataDirectory.path, QUERY_FOLDER);
  }
  const folder = await mkdtemp(join(tmpdir(), "stixgate-query-"));
  teardown.push(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** Where the mirror of a data directory gets its versions. */
export async function versionsOf(
  settings: Settings,
  dataDirectory: DataDirectory,
  teardown: Teardown,
): Promise<Parameters<typeof openQueries>[0]["source"]> {
  if (settings["store.kind"] === "sqlite") {
    return { kind: "sqlite", directory: dataDirectory.path };
  }
  const store = await openStore(settings, dataDirectory);
  teardown.push(() => store.close());
  return { kind: "store", changes: (after, limit) => store.changes(after, limit) };
}

async function readWorkspaces(
  settings: Settings,
  dataDirectory: DataDirectory,
  now: () => Date,
): Promise<readonly Workspace[]> {
  const store = await openIdentityStore(settings, dataDirectory);
  try {
    const masterKey = dataDirectory.deriveKey(IDENTITY_KEY_PURPOSE);
    return (await createDirectory({ store, masterKey, clock: now }).view()).workspaces;
  } finally {
    await store.close();
  }
}
