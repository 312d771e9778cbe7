/**
 * Texts as databases keep them: escaped, numbered where they recur, hashed where they are looked up.
 */

import { hash } from "node:crypto";

/** Kinds of numbered texts; the numbers stand in the database. */
export const TERM_KIND: {
  readonly workspace: 1;
  readonly source: 2;
  readonly type: 3;
  readonly observableKey: 4;
} = { workspace: 1, source: 2, type: 3, observableKey: 4 };

/** One of the kinds. */
export type TermKind = (typeof TERM_KIND)[keyof typeof TERM_KIND];

/** Half of a surrogate pair, a control character, a quote or a backslash; pairs are passed over. */
const NEEDS_ESCAPE = /[\p{Surrogate}\p{Cc}"\\]/u;

/** SHA-256 digits of a hash: 52 bits, which a JavaScript number holds exactly. */
const HASH_DIGITS = 13;

/**
 * The text between the quotes of its JSON string: the same for almost every text, different for different
 * texts, and free of NUL and of unpaired surrogates, which SQLite or UTF-8 would change.
 */
export function escapeText(text: string): string {
  return NEEDS_ESCAPE.test(text) ? JSON.stringify(text).slice(1, -1) : text;
}

/** Undoes `escapeText`. */
export function unescapeText(stored: string): string {
  return stored.includes("\\") ? String(JSON.parse(`"${stored}"`)) : stored;
}

/** Hash of a key that a row is looked up by; the row is compared with the key itself afterwards. */
export function hashOf(key: string): number {
  return Number.parseInt(hash("sha256", escapeText(key)).slice(0, HASH_DIGITS), 16);
}

/** Key of an object's identity. */
export function identityKey(workspace: number, source: number, stixId: string): string {
  return `${workspace}/${source}/${stixId}`;
}

/** Key of a label or of an observable's value within a workspace. */
export function valueKey(workspace: number, text: string): string {
  return `${workspace}/${text}`;
}
