/**
 * The tokens of the runs, as bytes. No kind's beginning is the beginning of another's, so tokens of a kind stand together.
 *
 *     token = workspace "!" word       a word, UTF-8
 *           | workspace "=" code hash  what is compared exactly: 52 bits of a hash in 7 bytes, the highest first
 *           | workspace "~" code rank  of an order: an instant in 7 bytes, the highest first, or a name, UTF-8
 */

import type { SearchColumns } from "../search-object.ts";
import type { ExactText } from "../search-tokens.ts";
import type { KeyHash } from "./key-hash.ts";

const BASE = 36;

/** Bytes of a hash or of an instant, the highest first. */
const NUMBER_BYTES = 7;
const BYTE = 256;

/** Writes a whole number from 0 below 2^56; returns where it ends. */
export function writeNumber(bytes: Uint8Array, start: number, number: number): number {
  let rest = number;
  for (let at = start + NUMBER_BYTES - 1; at >= start; at -= 1) {
    bytes[at] = rest % BYTE;
    rest = Math.floor(rest / BYTE);
  }
  return start + NUMBER_BYTES;
}

function numberToken(prefix: string, number: number): Buffer {
  const token = Buffer.alloc(prefix.length + NUMBER_BYTES);
  writeNumber(token, token.write(prefix), number);
  return token;
}

/** What a token of each kind has before its hash, and whether most texts of the kind are one object's own. */
export const EXACT_KINDS: {
  readonly [Kind in ExactText["kind"]]: { readonly code: string; readonly isOwn: boolean };
} = {
  every: { code: "a", isOwn: false },
  revoked: { code: "r", isOwn: false },
  type: { code: "t", isOwn: false },
  source: { code: "s", isOwn: false },
  label: { code: "l", isOwn: false },
  tlp: { code: "m", isOwn: false },
  reference: { code: "x", isOwn: false },
  referenceBy: { code: "y", isOwn: false },
  id: { code: "i", isOwn: true },
  value: { code: "v", isOwn: true },
};

/** The beginning of tokens that are words. */
export function wordPrefix(workspace: number): string {
  return `${workspace.toString(BASE)}!`;
}

/** The beginning of tokens that are compared exactly. */
export function exactPrefix(workspace: number, kind: ExactText["kind"]): string {
  return `${workspace.toString(BASE)}=${EXACT_KINDS[kind].code}`;
}

/** The token of what is compared exactly. */
export function exactToken({ workspace, kind, text }: ExactText, hashOf: KeyHash): Buffer {
  return numberToken(exactPrefix(workspace, kind), hashOf(text));
}

/** The columns that are kept so, as statements name them: what an object has, and the letter of its tokens. */
export const RUN_ORDERS: {
  readonly [Column in OrderColumn]: {
    readonly code: string;
    readonly rank: (columns: SearchColumns) => Rank;
  };
} = {
  created: { code: "c", rank: ({ created }) => created },
  modified: { code: "m", rank: ({ modified }) => modified },
  valid_from: { code: "f", rank: ({ validFrom }) => validFrom },
  valid_until: { code: "u", rank: ({ validUntil }) => validUntil },
  name: { code: "n", rank: ({ name }) => name },
};

/** One of the columns. */
export type OrderColumn = "created" | "modified" | "valid_from" | "valid_until" | "name";

/** An instant, or a name: whole numbers from 0 below 2^52, or text. */
export type Rank = number | string;

/** What the tokens of an order begin with. */
export function orderPrefix(workspace: number, column: OrderColumn): string {
  return `${workspace.toString(BASE)}~${RUN_ORDERS[column].code}`;
}

/** The token of a rank. @param prefix of its order */
export function orderToken(prefix: string, rank: Rank): Buffer {
  return typeof rank === "string" ? Buffer.from(prefix + rank) : numberToken(prefix, rank);
}
