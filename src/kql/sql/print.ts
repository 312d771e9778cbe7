/**
 * The one printer of names and texts in SQL: whatever a user wrote reaches SQL through here, through a literal of
 * `literal.ts`, or not at all.
 */

/** A name in double quotes. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text literal. DuckDB reads no escapes in it but the doubled quote; NUL cannot be stored and is left out. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("\u0000", "").replaceAll("'", "''")}'`;
}

/** A table's dotted name, each part in quotes. */
export function quoteDotted(name: string): string {
  return name.split(".").map(quoteName).join(".");
}
