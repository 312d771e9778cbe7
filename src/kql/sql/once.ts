/**
 * Macros and emitters name their arguments several times, and each time the whole SQL of the argument stands there.
 * What is long, made of several macros, or different at each evaluation is therefore computed once and named.
 */
import type { SqlExpr } from "./sql-expr.ts";

/** Longest SQL that is repeated rather than named; a quoted column or a literal is far below it. */
const REPEATED_LENGTH_MAX = 160;
const MACRO = /\bkql_\w+\(/g;
/** Also subqueries, which may not stand everywhere. */
const COMPUTED_APART = /\brandom\(|uuid\(|\bSELECT\b/;

/** The SQL made of pieces, each of which `body` may name as often as it likes. */
export function once(
  pieces: readonly SqlExpr[],
  body: (...sql: readonly string[]) => string,
): string {
  if (pieces.every(({ sql }) => isCheap(sql))) {
    return body(...pieces.map(({ sql }) => sql));
  }
  const fields = pieces.map(({ sql }, index) => `'a${index}': ${sql}`).join(", ");
  const names = pieces.map((_, index) => `kql_it.a${index}`);
  return `list_transform([{${fields}}], lambda kql_it: ${body(...names)})[1]`;
}

function isCheap(sql: string): boolean {
  const macros = sql.match(MACRO)?.length ?? 0;
  return sql.length <= REPEATED_LENGTH_MAX && macros <= 1 && !COMPUTED_APART.test(sql);
}
