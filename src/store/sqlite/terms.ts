/** Texts that recur are numbers in the database: workspaces, sources, object types, observable keys. */

import type { DatabaseSync } from "node:sqlite";
import { escapeText, type TermKind } from "../term.ts";

/** Numbers texts and remembers the numbers. */
export interface Terms {
  /** The number of a text; gives it one if it has none. To be called inside a write transaction. */
  idOf(kind: TermKind, text: string): number;
  /** Forgets what it remembers: to be called after a rollback, which took the new numbers back. */
  forget(): void;
}

/** Numbers remembered before all are forgotten: clients may invent keys without end. */
const REMEMBERED_MAX = 50_000;

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
