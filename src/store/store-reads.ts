/**
 * The reading half of a store's door, the same for every engine: checks limits, reads and writes cursors,
 * and puts what the engine's rows say into the words of the door.
 */

import type { ReceiptReader, VersionReader } from "./engine-rows.ts";
import {
  CHANGES_MAX,
  checkKeys,
  checkLimit,
  checkPosition,
  cursorAfter,
  type ListName,
  PAGE_ITEMS_MAX,
  positionOf,
} from "./paging.ts";
import type { Store } from "./store.ts";
import { receiptOf, summaryOf, versionOf } from "./stored-rows.ts";

/** The reads of an engine: limits have been checked, cursors are numbers, rows come back. */
export interface EngineReads extends VersionReader, ReceiptReader {}

/** Asks an engine, wherever it runs. */
export type Read = <Name extends keyof EngineReads>(
  method: Name,
  args: Parameters<EngineReads[Name]>,
) => Promise<ReturnType<EngineReads[Name]>>;

/** The reading half of the door. */
export function readsOf(read: Read): Omit<Store, keyof Writes> {
  return {
    async currentObject(key) {
      const row = await read("currentObject", [key]);
      return row && versionOf(row);
    },

    async currentObjects(query) {
      checkLimit(query.limit, PAGE_ITEMS_MAX);
      const after = positionOf("objects", query.cursor) ?? 0;
      const { rows, next } = await read("currentObjects", [query, after]);
      return { items: rows.map(versionOf), next: cursorOf("objects", next) };
    },

    async countObjects(workspaceId) {
      return Object.fromEntries(await read("countObjects", [workspaceId]));
    },

    async objectVersions(key, limit, before = Number.MAX_SAFE_INTEGER) {
      checkLimit(limit, PAGE_ITEMS_MAX);
      checkPosition("before", before);
      return (await read("objectVersions", [key, limit, before])).map(versionOf);
    },

    async objectVersion(key, change) {
      checkPosition("change", change);
      const row = await read("objectVersion", [key, change]);
      return row && versionOf(row);
    },

    async changes(after, limit) {
      checkPosition("after", after);
      checkLimit(limit, CHANGES_MAX);
      return (await read("changes", [after, limit])).map(versionOf);
    },

    async revokedObjects(keys) {
      checkKeys(keys);
      return new Set(await read("revokedObjects", [keys]));
    },

    async receipts(query) {
      checkLimit(query.limit, PAGE_ITEMS_MAX);
      const before = positionOf("receipts", query.cursor) ?? Number.MAX_SAFE_INTEGER;
      const { rows, next } = await read("receipts", [query, before]);
      return { items: rows.map(summaryOf), next: cursorOf("receipts", next) };
    },

    async receipt(workspaceId, requestId) {
      const row = await read("receipt", [workspaceId, requestId]);
      return row && receiptOf(row);
    },

    receivedRecords: (workspaceId, requestId) => read("receivedRecords", [workspaceId, requestId]),
  };
}

/** The calls that have to do with the log. */
type Writes = Omit<Store, keyof VersionReader | keyof ReceiptReader>;

function cursorOf(list: ListName, next: number | null): string | null {
  return next === null ? null : cursorAfter(list, next);
}
