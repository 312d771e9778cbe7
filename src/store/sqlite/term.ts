/**
 * Texts as the database keeps them: escaped, numbered where they recur, hashed where they are looked up.
 */

import { hash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";

/** Kinds of numbered texts; the numbers stand in the database. */
export const TERM_KIND: {
  readonly workspace: 1;
  readonly source: 2;
  readonly type: 3;
  readonly observableKey: 4;
} = { workspace: 1, source: 2, type: 3, observableKey: 4 };

/** One of the kinds. */
export type TermKind = (typeof TERM_KIND)[keyof typeof TERM_KIND];

/** Numbers texts and remembers the numbers. */
export interface Terms {
  /** The number of a text; gives it one if it has none. To be called inside a write transaction. */
  idOf(kind: TermKind, text: string): number;
  /** Forgets what it remembers: to be called after a rollback, which took the new numbers back. */
  forget(): void;
}

/** Numbers remembered before all are forgotten: clients may invent keys without end. */
const REMEMBERED_MAX = 50_000;

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

/** Numbers the texts of a database. */
export function createTerms(database: DatabaseSync): Terms {
  const find = database.prepare("SELECT id FROM term WHERE kind = ? AND text = ?");
  const add = database.prepare("INSERT INTO term (kind, text) VALUES (?, ?)");
  const remembered = new Map<string, number>();
  return {
    idOf(kind, text) {
      const key = `${kind}/${text}`;
      const known = remembered.get(key);
      if (known !== undefined) {
        return known;
      }
      const stored = escapeText(text);
      const row = find.get(kind, stored);
      const id = Number(row === undefined ? add.run(kind, stored).lastInsertRowid : row["id"]);
      if (remembered.size >= REMEMBERED_MAX) {
        remembered.clear();
      }
      remembered.set(key, id);
      return id;
    },
    forget: () => remembered.clear(),
  };
}
