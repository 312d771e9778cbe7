/**
 * Cursors of searches. A cursor names the place that a page ended at and the search that it belongs to:
 *
 *     cursor = base64url(JSON [digest, key, change] or [digest, key, change, group])
 *
 * digest = the beginning of a hash of condition and order; group = the type or source of searches that are
 * sorted by one. Nothing of it is secret: whoever forges a place reads the same objects from there.
 */

import { hash } from "node:crypto";
import { AppError } from "../wire/index.ts";
import type { SearchQuery } from "./search.ts";
import type { SortPlace } from "./search-object.ts";

/** Where a page of a search ended. */
export interface SearchPlace extends SortPlace {
  readonly group?: string;
}

const DIGEST_DIGITS = 10;

/** Hash of what must not change between two pages. */
function digestOf({ workspaceId, condition, sort }: SearchQuery): string {
  const text = JSON.stringify([workspaceId, condition ?? null, sort ?? null]);
  return hash("sha256", text).slice(0, DIGEST_DIGITS);
}

/** Writes the cursor of the page behind a place. */
export function searchCursor(query: SearchQuery, { key, change, group }: SearchPlace): string {
  const parts = [digestOf(query), key, change, ...(group === undefined ? [] : [group])];
  return Buffer.from(JSON.stringify(parts)).toString("base64url");
}

/** @throws AppError `invalid_request` unless a page of the same search wrote it */
export function searchPlace(query: SearchQuery): SearchPlace | undefined {
  if (query.cursor === undefined) {
    return undefined;
  }
  const [digest, key, change, group] = partsOf(query.cursor);
  const isKey = typeof key === "string" || Number.isSafeInteger(key);
  const isGroup = group === undefined || typeof group === "string";
  if (digest !== digestOf(query) || !isKey || !Number.isSafeInteger(change) || !isGroup) {
    throw new AppError("invalid_request", "The cursor is not one that this search returned.", {
      field: "cursor",
    });
  }
  const place = { key: key as number | string, change: Number(change) };
  return group === undefined ? place : { ...place, group };
}

function partsOf(cursor: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}
