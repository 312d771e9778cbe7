/** The engine's files in its folder. */

import { rmSync } from "node:fs";
import { join } from "node:path";

/** Their names. */
export const ENGINE_FILES = {
  /** The copy of the store. Disposable. */
  mirror: "mirror.duckdb",
  /** Uploaded logs. Not disposable. */
  logs: "logs.duckdb",
  /** Folder of what queries put aside. */
  temporary: "query-temp",
  /** Made by whoever wants a copy of the logs, taken away by the engine when the copy is complete. */
  copyWanted: "logs-copy-wanted",
  logsCopy: "logs-copy.duckdb",
} as const;

/** What DuckDB calls the write-ahead log of a database. */
export const WAL_ENDING = ".wal";

/**
 * Deletes the mirror in a folder that no engine uses; the next start builds it anew. The logs stay.
 */
export function discardMirror(directory: string): void {
  for (const ending of ["", WAL_ENDING]) {
    rmSync(join(directory, `${ENGINE_FILES.mirror}${ending}`), { force: true });
  }
}
