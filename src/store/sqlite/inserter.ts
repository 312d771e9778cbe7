/** Inserts many rows with few statements. */

import type { DatabaseSync, SQLInputValue } from "node:sqlite";

/** Rows of one statement: many rows share the cost of a step through the binding. */
const ROWS_PER_INSERT = 32;

/** A function that inserts a row for each item, many with one statement. */
export function inserter(
  database: DatabaseSync,
  table: string,
  columns: readonly string[],
): <T>(items: readonly T[], rowOf: (item: T) => readonly SQLInputValue[]) => void {
  const row = `(${columns.map(() => "?").join(", ")})`;
  const head = `INSERT INTO ${table} (${columns.join(", ")}) VALUES`;
  const one = database.prepare(`${head} ${row}`);
  const many = database.prepare(`${head} ${Array(ROWS_PER_INSERT).fill(row).join(", ")}`);
  return (items, rowOf) => {
    let at = 0;
    for (; at + ROWS_PER_INSERT <= items.length; at += ROWS_PER_INSERT) {
      const values: SQLInputValue[] = [];
      for (const item of items.slice(at, at + ROWS_PER_INSERT)) {
        values.push(...rowOf(item));
      }
      many.run(...values);
    }
    for (const item of items.slice(at)) {
      one.run(...rowOf(item));
    }
  };
}
