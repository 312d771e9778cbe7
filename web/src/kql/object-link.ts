/** The object that a row of an answer is about, where it is about one. */
import type { Column, Row } from "./answer.ts";

/** As the tables of the intelligence name objects: base64 of the source, three dashes, a STIX id. */
const OBJECT_ID = /^[A-Za-z0-9+/_-]+=*---[a-z0-9-]+--[0-9a-f-]{36}$/;

/** The name of the object in our own API; null when the row has none. */
export function objectOf(columns: readonly Column[], row: Row): string | null {
  const at = columns.findIndex(({ name }) => name === "Id");
  const value = at === -1 ? null : row[at];
  return typeof value === "string" && OBJECT_ID.test(value) ? value : null;
}
