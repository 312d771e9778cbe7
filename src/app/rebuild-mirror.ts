/** Builds the columnar mirror of a data directory anew, for a directory that no server works on. */

import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { discardMirror, type MirrorPosition, openMirror } from "../mirror/index.ts";
import { lockDataDirectory } from "../store/index.ts";
import { openDataDirectory } from "./data-directory.ts";
import { versionsOf } from "./offline-queries.ts";
import { mirrorLimits, QUERY_FOLDER } from "./query-parts.ts";
import type { Settings } from "./settings-table.ts";
import { type Teardown, takeDown } from "./teardown.ts";

/** How often the progress is told. */
const PROGRESS_MS = 200;

/** What was built. */
export interface RebuiltMirror {
  /** The last change that it has. */
  readonly change: number;
  readonly elapsedMs: number;
}

/**
 * Throws the mirror away and builds it from the store. Uploaded logs stay as they are.
 * @throws AppError `data_directory_locked` while a server runs, `settings_invalid`, `store_unavailable`
 */
export async function rebuildMirror(
  settings: Settings,
  onProgress: (position: MirrorPosition) => void,
): Promise<RebuiltMirror> {
  const teardown: Teardown = [];
  try {
    const dataDirectory = await openDataDirectory(settings["data.directory"]);
    const lock = lockDataDirectory(dataDirectory.path);
    teardown.push(() => lock.release());
    const source = await versionsOf(settings, dataDirectory, teardown);
    const directory = join(dataDirectory.path, QUERY_FOLDER);
    discardMirror(directory);
    const startMs = performance.now();
    const mirror = openMirror({
      ...mirrorLimits(settings),
      directory,
      source,
      republishDays: settings["query.republishDays"],
      logColumns: () => undefined,
      onNotice: () => undefined,
    });
    teardown.push(() => mirror.close());
    let isDone = false;
    const built = mirror.waitCurrent().finally(() => {
      isDone = true;
    });
    while (!isDone) {
      await Promise.race([built, pause(PROGRESS_MS)]);
      onProgress(mirror.position());
    }
    await built;
    return { change: mirror.position().applied, elapsedMs: performance.now() - startMs };
  } finally {
    await takeDown(teardown);
  }
}
