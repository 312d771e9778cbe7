/**
 * Copies of the uploaded logs. DuckDB lets one process at a time have a database, so while a server runs its engine
 * makes the copy: it is asked by a file, because whoever asks may be another program than the server.
 */

import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { constants, copyFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { AppError } from "../wire/index.ts";
import { ENGINE_FILES, WAL_ENDING } from "./files.ts";

/** How soon the engine and whoever asks look again. */
const LOOK_MS = 200;

/** How long the engine has for its first answer: it looks between two transactions. */
const ANSWER_MS = 60_000;

/** Files of a copy: the database, and the write-ahead log where the engine did not end well. */
export type LogsCopy = readonly { readonly name: string; readonly path: string }[];

/**
 * Gives files that hold all logs of a folder, none when there are no logs.
 * @param isInUse true when an engine has the folder open; it then makes the copy
 * @throws AppError `store_unavailable` when the engine does not answer
 */
export async function copyLogs(directory: string, isInUse: boolean): Promise<LogsCopy> {
  const name = ENGINE_FILES.logs;
  if (!existsSync(join(directory, name))) {
    return [];
  }
  if (isInUse) {
    await askForCopy(directory);
    return [{ name, path: join(directory, ENGINE_FILES.logsCopy) }];
  }
  return ["", WAL_ENDING]
    .map((ending) => ({ name: `${name}${ending}`, path: join(directory, `${name}${ending}`) }))
    .filter(({ path }) => existsSync(path));
}

/** Deletes the copy that an engine has made. */
export function dropLogsCopy(directory: string): void {
  rmSync(join(directory, ENGINE_FILES.logsCopy), { force: true });
}

async function askForCopy(directory: string): Promise<void> {
  const wanted = join(directory, ENGINE_FILES.copyWanted);
  dropLogsCopy(directory);
  writeFileSync(wanted, "");
  const endMs = performance.now() + ANSWER_MS;
  while (existsSync(wanted)) {
    if (performance.now() > endMs) {
      rmSync(wanted, { force: true });
      throw new AppError(
        "store_unavailable",
        "The uploaded logs can't be copied: the server's query engine does not answer. Try again, or stop the server first.",
      );
    }
    await pause(LOOK_MS);
  }
  if (!existsSync(join(directory, ENGINE_FILES.logsCopy))) {
    throw new AppError(
      "store_unavailable",
      "The uploaded logs can't be copied: the server's query engine could not write the copy. Its log says why.",
    );
  }
}

/** The engine's side: copies the checkpointed database when somebody has asked. Nothing may write it meanwhile. */
export async function answerCopyRequest(
  directory: string,
  checkpoint: () => Promise<void>,
): Promise<void> {
  const wanted = join(directory, ENGINE_FILES.copyWanted);
  try {
    await checkpoint();
    const partial = join(directory, `${ENGINE_FILES.logsCopy}.partial`);
    await copyFile(join(directory, ENGINE_FILES.logs), partial, constants.COPYFILE_FICLONE);
    renameSync(partial, join(directory, ENGINE_FILES.logsCopy));
  } finally {
    rmSync(wanted, { force: true });
  }
}

/** Whether somebody has asked for a copy. */
export function isCopyWanted(directory: string): boolean {
  return existsSync(join(directory, ENGINE_FILES.copyWanted));
}

/** How often the engine looks whether a copy is wanted. */
export const COPY_LOOK_MS: number = LOOK_MS;
