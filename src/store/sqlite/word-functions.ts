/** The functions by which statements of the search index ask its runs; changes are given as a JSON array. */

import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { createOrderReader, type OrderQuestion } from "./word-orders.ts";
import { createWordReader } from "./word-reader.ts";
import type { OrderColumn, Rank } from "./word-tokens.ts";

/**
 * Adds them to a connection:
 *
 *     has_tokens(query, change)                                         1 or 0
 *     count_tokens(query, limit)                                        a number
 *     with_tokens(query, after, ascending, limit)
 *     in_range(column, workspace, limit, from, before)
 *     in_order(column, workspace, limit, from, before, ascending, afterKey, afterChange)
 */
export function addWordFunctions(database: DatabaseSync): void {
  const words = createWordReader(database);
  const orders = createOrderReader(database);
  database.function("has_tokens", (query, change) =>
    Number(words.has(String(query), Number(change))),
  );
  database.function("count_tokens", (query, limit) => words.count(String(query), Number(limit)));
  database.function("with_tokens", (query, after, ascending, limit) => {
    const page = { after: Number(after), ascending: ascending === 1, limit: Number(limit) };
    return JSON.stringify(words.changes(String(query), page));
  });
  database.function("in_range", { varargs: true }, (...given) =>
    JSON.stringify(orders.within(questionOf(given))),
  );
  database.function("in_order", { varargs: true }, (...given) =>
    JSON.stringify(orders.next(questionOf(given))),
  );
}

function questionOf(given: readonly SQLOutputValue[]): OrderQuestion {
  const [column, workspace, limit, from, before, ascending, afterKey, afterChange] = given;
  const rank = rankOf(afterKey);
  return {
    column: String(column) as OrderColumn,
    workspace: Number(workspace),
    limit: Number(limit),
    from: rankOf(from),
    before: rankOf(before),
    ascending: ascending === 1,
    after: rank === undefined ? undefined : { rank, change: Number(afterChange) },
  };
}

function rankOf(value: SQLOutputValue | undefined): Rank | undefined {
  if (value === null || value === undefined) {
    return undefined;
  }
  return typeof value === "string" ? value : Number(value);
}
