/**
 * Cursors and limits of the store's lists. A cursor names the last item that a page held, so the next
 * page starts behind it whatever was stored in between (keyset paging).
 *
 *     cursor = base64url(list ":" position)     list = lower-case letters, position = decimal integer
 */

import { AppError } from "../wire/index.ts";

/** Most items of one page of objects, versions or receipts: a page is built in memory. */
export const PAGE_ITEMS_MAX = 1_000;

/** Most versions that `changes` returns at once: its readers are mirrors, which want long runs. */
export const CHANGES_MAX = 10_000;

/** Most keys of one question: more than any request holds. */
export const KEYS_MAX = 10_000;

/** Lists with a cursor. */
export type ListName = "audit" | "objects" | "receipts" | "related";

/** Writes the cursor of the page that follows an item. */
export function cursorAfter(list: ListName, position: number): string {
  return Buffer.from(`${list}:${position}`).toString("base64url");
}

/**
 * Reads a cursor; `undefined` stays undefined and means the first page.
 * @throws AppError `invalid_request` unless the same list wrote it
 */
export function positionOf(list: ListName, cursor: string | undefined): number | undefined {
  if (cursor === undefined) {
    return undefined;
  }
  const [name, digits, ...rest] = Buffer.from(cursor, "base64url").toString().split(":");
  const position = Number(digits);
  const readable = name === list && rest.length === 0 && Number.isSafeInteger(position);
  // Writing it again and comparing refuses every other spelling of the same bytes.
  if (!readable || position < 0 || cursorAfter(list, position) !== cursor) {
    throw new AppError("invalid_request", "The cursor is not one that this list returned.", {
      field: "cursor",
    });
  }
  return position;
}

/** @throws AppError `invalid_request` unless `limit` is a whole number from 1 to `max` */
export function checkLimit(limit: number, max: number): void {
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > max) {
    throw new AppError("invalid_request", `The limit must be a whole number from 1 to ${max}.`, {
      field: "limit",
    });
  }
}

/** @throws AppError `invalid_request` unless `position` is a whole number from 0 */
export function checkPosition(field: string, position: number): void {
  if (!Number.isSafeInteger(position) || position < 0) {
    throw new AppError("invalid_request", `${field} must be a whole number from 0.`, { field });
  }
}

/** @throws AppError `invalid_request` unless the keys are few enough, of one workspace and one source */
export function checkKeys(
  keys: readonly { readonly workspaceId: string; readonly sourceSystem: string }[],
): void {
  if (keys.length > KEYS_MAX) {
    throw new AppError("invalid_request", `At most ${KEYS_MAX} keys can be asked for at once.`);
  }
  const first = keys[0];
  const mixed = keys.some(
    (key) => key.workspaceId !== first?.workspaceId || key.sourceSystem !== first?.sourceSystem,
  );
  if (mixed) {
    throw new AppError("invalid_request", "The keys must be of one workspace and one source.");
  }
}
