/** How macros of DuckDB are written down: they are created once, when a mirror opens, before it is locked. */

/** The statement that creates a macro, from its head such as `kql_x(a, b)` and its body. */
export function macro(head: string, body: string): string {
  return `CREATE OR REPLACE MACRO ${head} AS (${body.replace(/\s*\n\s*/g, " ")})`;
}

/**
 * An expression in which a computed value is used several times. A macro repeats the SQL of its arguments wherever it
 * names them, so that nested macros would grow without bound; the variable of a lambda is computed once.
 */
export function bound(name: string, sql: string, body: string): string {
  return `list_transform([${sql}], lambda ${name}: ${body})[1]`;
}
