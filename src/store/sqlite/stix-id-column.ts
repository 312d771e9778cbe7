/**
 * The id of an object as its row holds it: 16 bytes where it is the type of the row, two hyphens and a UUID in lower
 * case, as it almost always is; otherwise the text with the escapes of `escapeText`.
 */

import { escapeText, unescapeText } from "../term.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const BETWEEN = "--";

/** Where the hyphens of a UUID stand among its digits. */
const HYPHENS_AFTER: readonly number[] = [8, 12, 16, 20];

/** @param type that of the same row */
export function storedStixId(stixId: string, type: string): string | Uint8Array {
  const uuid = stixId.slice(type.length + BETWEEN.length);
  return stixId === `${type}${BETWEEN}${uuid}` && UUID.test(uuid)
    ? Buffer.from(uuid.replaceAll("-", ""), "hex")
    : escapeText(stixId);
}

/** Undoes `storedStixId`. */
export function stixIdOf(stored: unknown, type: string): string {
  if (!(stored instanceof Uint8Array)) {
    return unescapeText(String(stored));
  }
  const digits = Buffer.from(stored).toString("hex");
  const parts = [0, ...HYPHENS_AFTER].map((from, at) => digits.slice(from, HYPHENS_AFTER[at]));
  return `${type}${BETWEEN}${parts.join("-")}`;
}
