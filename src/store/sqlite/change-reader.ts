/** Reads the change sequence of an embedded store from another process, beside the server that writes it. */

import type { ChangeSequence, ObjectVersion } from "../store.ts";
import { versionOf } from "../stored-rows.ts";
import { openReaderConnection } from "./connection.ts";
import { inSnapshot } from "./transaction.ts";
import { createVersionReader } from "./version-reader.ts";

/** Memory for pages: the log is read from front to back, so few are read twice. */
const CACHE_BYTES = 8 * 1024 * 1024;

/** The change sequence of a store that somebody else has open. */
export interface ChangeReader {
  /** Versions after a change, in order; fewer than `limit` when their texts are large. */
  changes(after: ChangeSequence, limit: number): readonly ObjectVersion[];
  /** The last change in the store. */
  latest(): ChangeSequence;
  close(): void;
}

/**
 * Opens the change sequence of a data directory whose store exists.
 * @throws AppError `store_unavailable` when it can't be read
 */
export function openSqliteChanges(directory: string): ChangeReader {
  const database = openReaderConnection({ directory, cacheBytesMax: CACHE_BYTES });
  const reader = createVersionReader(database);
  const position = database.prepare("SELECT change FROM index_position");
  return {
    changes: (after, limit) =>
      inSnapshot(database, () => reader.changes(after, limit)).map(versionOf),
    latest: () => Number(position.get()?.["change"] ?? 0),
    close: () => database.close(),
  };
}
