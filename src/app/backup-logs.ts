/** Uploaded logs in backups: their files lie beside the others in a backup, and in the query folder where they are used. */

import { join } from "node:path";
import { copyLogs, dropLogsCopy, ENGINE_FILES } from "../mirror/index.ts";
import { lockDataDirectory } from "../store/index.ts";
import { AppError } from "../wire/index.ts";
import { QUERY_FOLDER } from "./query-parts.ts";

const LOGS_FILES: readonly string[] = [ENGINE_FILES.logs, `${ENGINE_FILES.logs}.wal`];

/** Whether a file of a backup holds logs. */
export function isLogsFile(name: string): boolean {
  return LOGS_FILES.includes(name);
}

/** Where a file of a backup belongs in a data directory. */
export function placeInDataDirectory(name: string): string {
  return isLogsFile(name) ? join(QUERY_FOLDER, name) : name;
}

/**
 * Copies the logs of a data directory, and gives the names of the files. A server that is running makes the copy; it
 * takes no logs in meanwhile.
 * @throws AppError `store_unavailable` when it does not answer
 */
export async function backUpLogs(
  dataDirectory: string,
  copy: (path: string, name: string) => Promise<unknown>,
): Promise<readonly string[]> {
  const directory = join(dataDirectory, QUERY_FOLDER);
  const lock = freeLock(dataDirectory);
  try {
    const files = await copyLogs(directory, lock === undefined);
    for (const { path, name } of files) {
      await copy(path, name);
    }
    return files.map(({ name }) => name);
  } finally {
    if (lock === undefined) {
      dropLogsCopy(directory);
    }
    lock?.release();
  }
}

/** The lock of a data directory; undefined when a server has it. */
function freeLock(dataDirectory: string): ReturnType<typeof lockDataDirectory> | undefined {
  try {
    return lockDataDirectory(dataDirectory);
  } catch (error) {
    if (error instanceof AppError && error.code === "data_directory_locked") {
      return undefined;
    }
    throw error;
  }
}
