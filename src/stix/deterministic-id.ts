/**
 * Deterministic ids of cyber observables (STIX 2.1 §2.9): UUID version 5 over the canonical JSON of the
 * properties that contribute to it.
 */

import { sha1 } from "./sha1.ts";
import { OBJECT_TYPES } from "./tables.ts";
import { DEPTH_MAX, isObject, type JsonObject, ownValue } from "./walk.ts";

/** The namespace reserved for ids that follow the rule, 00abedb4-aa42-466c-9c01-fed23315a9b7. */
const NAMESPACE: readonly number[] = [
  0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c, 0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7,
];

/** Of several hashes the first of these contributes. */
const HASH_ORDER: readonly string[] = ["MD5", "SHA-1", "SHA-256", "SHA-512"];

/**
 * The id that the standard's rule gives an observable; undefined for other types, and where no property
 * that contributes is present: such an object has a random UUID of version 4.
 *
 * @see STIX 2.1 §2.9, and the "ID Contributing Properties" of each type in §6
 */
export function observableId(object: JsonObject): string | undefined {
  const type = object["type"];
  const table = typeof type === "string" ? OBJECT_TYPES.get(type) : undefined;
  const contributing = table?.contributing ?? [];
  const members: Record<string, unknown> = {};
  for (const name of contributing) {
    const value = ownValue(object, name);
    if (value !== undefined && value !== null) {
      members[name] = name === "hashes" ? oneHash(value) : value;
    }
  }
  if (table === undefined || Object.keys(members).length === 0) {
    return undefined;
  }
  const text = canonicalJson(members, 0);
  return text === undefined ? undefined : `${table.name}--${uuid5(text)}`;
}

function oneHash(hashes: unknown): unknown {
  if (!isObject(hashes)) {
    return hashes;
  }
  const name = HASH_ORDER.find((each) => Object.hasOwn(hashes, each)) ?? Object.keys(hashes)[0];
  return name === undefined ? hashes : { [name]: hashes[name] };
}

/** JSON as RFC 8785 writes it; undefined where it is nested too deep. */
function canonicalJson(value: unknown, depth: number): string | undefined {
  if (typeof value !== "object" || value === null) {
    return JSON.stringify(value);
  }
  if (depth > DEPTH_MAX) {
    return undefined;
  }
  const members = Array.isArray(value)
    ? value.map((item) => canonicalJson(item, depth + 1))
    : canonicalMembers(value as JsonObject, depth);
  if (members.includes(undefined)) {
    return undefined;
  }
  return Array.isArray(value) ? `[${members.join(",")}]` : `{${members.join(",")}}`;
}

/** Sorted by UTF-16 code units, which is how `sort` compares. */
function canonicalMembers(object: JsonObject, depth: number): readonly (string | undefined)[] {
  return Object.keys(object)
    .sort()
    .map((name) => {
      const value = canonicalJson(object[name], depth + 1);
      return value === undefined ? undefined : `${JSON.stringify(name)}:${value}`;
    });
}

/** UUID version 5 in the reserved namespace. @see RFC 4122 §4.3 */
function uuid5(name: string): string {
  const bytes = new TextEncoder().encode(name);
  const message = new Uint8Array(NAMESPACE.length + bytes.length);
  message.set(NAMESPACE);
  message.set(bytes, NAMESPACE.length);
  const digest = sha1(message).slice(0, 16);
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x50;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const cuts = [0, 8, 12, 16, 20, 32];
  return cuts
    .slice(1)
    .map((end, index) => hex.slice(cuts[index], end))
    .join("-");
}
