/** Names of things in the databases, and the one printer of names and texts of this room. */

/** Name of the database of uploaded logs, as it is attached beside the mirror. */
export const LOGS_DATABASE = "logs";

/** Tables of a workspace's schema that are kept; no table of the language has a tilde in its name. */
export const STORED_TABLE = { indicator: "~indicator", object: "~object" } as const;

/** Variable of a connection that holds the instant of `now()` for views. */
export const NOW_VARIABLE = "kql_now";

/** Schema of a workspace, in both databases. */
export function schemaOf(workspaceId: string): string {
  return `w_${workspaceId.toLowerCase()}`;
}

/** A name in double quotes. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text literal. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("\u0000", "").replaceAll("'", "''")}'`;
}

/** A table of a workspace in the mirror's own database. */
export function mirrorTable(workspaceId: string, table: string): string {
  return `${quoteName(schemaOf(workspaceId))}.${quoteName(table)}`;
}

/** A table of a workspace in the database of logs. */
export function logTable(workspaceId: string, table: string): string {
  return `${LOGS_DATABASE}.${quoteName(schemaOf(workspaceId))}.${quoteName(table)}`;
}
