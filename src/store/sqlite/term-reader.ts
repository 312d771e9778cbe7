/** Numbers of texts, for threads that only read. */

import type { DatabaseSync } from "node:sqlite";
import { escapeText, type TermKind } from "../term.ts";

/** Numbers of texts that are remembered, which never change; clients may invent sources without end. */
const TERM_IDS_MAX = 10_000;

/** Prepares the look-up; the function returns undefined for a text that has no number. */
export function createTermReader(
  database: DatabaseSync,
): (kind: TermKind, text: string) => number | undefined {
  const termIds = new Map<string, number>();
  const findTerm = database.prepare("SELECT id FROM term WHERE kind = ? AND text = ?");
  return (kind, text) => {
    const key = `${kind}/${text}`;
    const known = termIds.get(key);
    if (known !== undefined) {
      return known;
    }
    const row = findTerm.get(kind, escapeText(text));
    if (row === undefined) {
      return undefined;
    }
    if (termIds.size >= TERM_IDS_MAX) {
      termIds.clear();
    }
    termIds.set(key, Number(row["id"]));
    return Number(row["id"]);
  };
}
