/** Texts that recur are numbers in the index: workspaces, sources and object types. */

import { hash } from "node:crypto";
import { escapeText, type TermKind, unescapeText } from "../term.ts";
import { bigints, byteStrings, texts } from "./array-parameters.ts";
import type { Ask, Statement } from "./sessions.ts";

/** Looks up the number of a text, if it has one. */
export type FindTerm = (kind: TermKind, text: string) => Promise<number | undefined>;

/** The numbers of texts, for the one process that may give new ones. */
export interface TermWriter {
  /** Gives numbers to those that have none. To be called inside a transaction. */
  idsOf(kind: TermKind, wanted: Iterable<string>): Promise<ReadonlyMap<string, number>>;
  /** The texts of numbers that are in the database. */
  textsOf(ids: Iterable<number>): Promise<ReadonlyMap<number, string>>;
  /** Forgets what it remembers: to be called after a rollback, which took new numbers back. */
  forget(): void;
}

/** Numbers remembered before all are forgotten: clients may invent texts without end. */
const REMEMBERED_MAX = 50_000;

const FIND: Statement = {
  name: "term-find",
  text: `SELECT term.id, given.text FROM unnest($2::bytea[], $3::text[]) AS given (digest, text)
    JOIN stixgate.term ON term.kind = $1 AND term.digest = given.digest`,
};

const ADD: Statement = {
  name: "term-add",
  text: `INSERT INTO stixgate.term (kind, digest, text)
    SELECT $1::integer, digest, text FROM unnest($2::bytea[], $3::text[]) AS given (digest, text)
    ON CONFLICT (kind, digest) DO NOTHING`,
};

const TEXTS: Statement = {
  name: "term-texts",
  text: "SELECT id, text FROM stixgate.term WHERE id = ANY ($1::bigint[])",
};

/** For readers, who never add. A number never changes once it can be seen, so it is remembered. */
export function createTermFinder(read: Ask): FindTerm {
  const remembered = new Map<string, number>();
  return async (kind, text) => {
    const key = `${kind}/${text}`;
    const known = remembered.get(key);
    if (known !== undefined) {
      return known;
    }
    const [row] = await read<{ id: string }>(FIND, parameters(kind, [text]));
    const id = row && Number(row.id);
    if (id !== undefined) {
      remember(remembered, key, id);
    }
    return id;
  };
}

/** For the indexer, on its own connection. */
export function createTermWriter(ask: Ask): TermWriter {
  const ids = new Map<string, number>();
  const textsById = new Map<number, string>();

  return {
    async idsOf(kind, wanted) {
      const all = [...new Set(wanted)];
      const missing = all.filter((text) => !ids.has(`${kind}/${text}`));
      const found = new Map(all.map((text) => [text, ids.get(`${kind}/${text}`) ?? 0]));
      if (missing.length > 0) {
        await ask(ADD, parameters(kind, missing));
        const rows = await ask<{ id: string; text: string }>(FIND, parameters(kind, missing));
        for (const { id, text } of rows) {
          found.set(unescapeText(text), Number(id));
          remember(ids, `${kind}/${unescapeText(text)}`, Number(id));
        }
      }
      return found;
    },

    async textsOf(wanted) {
      const all = [...new Set(wanted)];
      const missing = all.filter((id) => !textsById.has(id));
      const found = new Map(all.map((id) => [id, textsById.get(id) ?? ""]));
      if (missing.length > 0) {
        for (const { id, text } of await ask<{ id: string; text: string }>(TEXTS, [
          bigints(missing),
        ])) {
          found.set(Number(id), unescapeText(text));
          remember(textsById, Number(id), unescapeText(text));
        }
      }
      return found;
    },

    forget() {
      ids.clear();
      textsById.clear();
    },
  };
}

function remember<K, V>(remembered: Map<K, V>, key: K, value: V): void {
  if (remembered.size >= REMEMBERED_MAX) {
    remembered.clear();
  }
  remembered.set(key, value);
}

function parameters(kind: TermKind, wanted: readonly string[]): unknown[] {
  const stored = wanted.map(escapeText);
  return [kind, byteStrings(stored.map((text) => hash("sha256", text, "buffer"))), texts(stored)];
}
