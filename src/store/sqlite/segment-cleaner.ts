/**
 * Takes entries of dropped versions out of the sorted lists, a segment at a time, once enough were dropped.
 */

import type { DatabaseSync } from "node:sqlite";
import { isCleaningDue } from "../retention.ts";
import { entriesFromBlob, entriesToBlob, entryCount, entryOf } from "./entries.ts";
import { ENTRY_KIND } from "./entry-tables.ts";

/** Prepares the statements; the function cleans one segment and returns 1, or 0 when nothing is due. To be called
 * inside a write transaction. */
export function createSegmentCleaner(database: DatabaseSync, droppedMin?: number): () => number {
  const state = database.prepare("SELECT dropped, clean_segment FROM version_retention");
  const last = database.prepare(
    "SELECT (SELECT max(change) FROM version) - (SELECT min(change) FROM version) AS span",
  );
  const move = database.prepare(
    "UPDATE version_retention SET clean_segment = ?1, dropped = CASE WHEN ?1 = 0 THEN 0 ELSE dropped END",
  );
  const end = database.prepare("UPDATE version_retention SET clean_segment = NULL");
  const next = database.prepare(
    `SELECT id, entries FROM entry_segment WHERE id > ? AND kind IN (?, ?) ORDER BY id LIMIT 1`,
  );
  const update = database.prepare(
    "UPDATE entry_segment SET hash = ?, ref = ?, entries = ? WHERE id = ?",
  );
  const remove = database.prepare("DELETE FROM entry_segment WHERE id = ?");
  const isThere = database.prepare("SELECT 1 FROM version WHERE change = ?");

  function isDue(dropped: number): boolean {
    return isCleaningDue(dropped, Number(last.get()?.["span"] ?? 0), droppedMin);
  }

  function cleanSegment(id: number, blob: Uint8Array): void {
    const entries = entriesFromBlob(blob);
    const kept = new Float64Array(entries.length);
    let length = 0;
    for (let place = 0; place < entryCount(entries); place += 1) {
      const { hash, ref } = entryOf(entries, place);
      if (isThere.get(ref) !== undefined) {
        kept[length] = hash;
        kept[length + 1] = ref;
        length += 2;
      }
    }
    if (length === entries.length) {
      return;
    }
    if (length === 0) {
      remove.run(id);
      return;
    }
    const first = entryOf(kept, 0);
    update.run(first.hash, first.ref, entriesToBlob(kept.slice(0, length)), id);
  }

  return () => {
    const { dropped, clean_segment: place } = state.get() ?? {};
    if (place === null || place === undefined) {
      if (!isDue(Number(dropped))) {
        return 0;
      }
      move.run(0);
      return 1;
    }
    const row = next.get(Number(place), ENTRY_KIND.observable, ENTRY_KIND.label);
    if (row === undefined) {
      end.run();
      return 0;
    }
    cleanSegment(Number(row["id"]), row["entries"] as Uint8Array);
    move.run(Number(row["id"]));
    return 1;
  };
}
