/**
 * The columns of tables of uploaded logs: those of the schema, and those that every table of Log Analytics has. What the
 * service fills in itself is not kept but made by the view.
 */

import { DUCKDB_TYPES, type KqlColumn } from "../kql/index.ts";
import { logTable, mirrorTable, quoteName, quoteText } from "./names.ts";
import type { LogSchema } from "./protocol.ts";

/** The column with the time of arrival, which `ingestion_time()` reads. */
export const RECEIVED_COLUMN = "_TimeReceived";

/** Columns of every table, with their types. */
const SYSTEM_COLUMNS: readonly KqlColumn[] = [
  { name: "TimeGenerated", type: "datetime" },
  { name: "SourceSystem", type: "string" },
  { name: "TenantId", type: "string" },
  { name: "Type", type: "string" },
  { name: "_BilledSize", type: "real" },
  { name: "_IsBillable", type: "string" },
  { name: "_ItemId", type: "string" },
  { name: "_ResourceId", type: "string" },
  { name: "_SubscriptionId", type: "string" },
  { name: RECEIVED_COLUMN, type: "datetime" },
];

/** Columns that nobody uploads: the view gives them. */
const MADE: Readonly<Record<string, (workspaceId: string, table: string) => string>> = {
  TenantId: (workspaceId) => quoteText(workspaceId),
  Type: (_workspaceId, table) => quoteText(table),
  _BilledSize: () => "CAST(0 AS DOUBLE)",
  _IsBillable: () => "'False'",
};

/** The columns of a table for logs, those of the system included, those of the schema first. */
export function withSystemColumns(columns: readonly KqlColumn[]): readonly KqlColumn[] {
  const names = new Set(columns.map(({ name }) => name));
  return [...columns, ...SYSTEM_COLUMNS.filter(({ name }) => !names.has(name))];
}

/** The columns that are kept of a table. */
export function keptColumns({ columns }: LogSchema): readonly KqlColumn[] {
  return columns.filter(({ name }) => !Object.hasOwn(MADE, name));
}

/** Definition of a kept column, with what it holds when nothing is uploaded for it. */
function definition({ name, type }: KqlColumn): string {
  const fallback = type === "string" ? " DEFAULT ''" : "";
  return `${quoteName(name)} ${DUCKDB_TYPES[type]}${fallback}`;
}

/** Makes the table that keeps rows. */
export function createLogTable(workspaceId: string, schema: LogSchema): string {
  const columns = keptColumns(schema).map(definition);
  return `CREATE TABLE IF NOT EXISTS ${logTable(workspaceId, schema.table)} (${columns.join(", ")})`;
}

/** Adds a column that the schema has got since. */
export function addLogColumn(workspaceId: string, table: string, column: KqlColumn): string {
  return `ALTER TABLE ${logTable(workspaceId, table)} ADD COLUMN IF NOT EXISTS ${definition(column)}`;
}

/** Makes the view of a table, over its kept rows or, while there are none, over nothing. */
export function createLogView(workspaceId: string, schema: LogSchema, exists: boolean): string {
  const { table, columns } = schema;
  const shown = columns.map(({ name, type }) => {
    const empty = `CAST(${type === "string" ? "''" : "NULL"} AS ${DUCKDB_TYPES[type]})`;
    const value = MADE[name]?.(workspaceId, table) ?? quoteName(name);
    return `${exists ? value : empty} AS ${quoteName(name)}`;
  });
  const from = exists ? ` FROM ${logTable(workspaceId, table)}` : " WHERE false";
  return `CREATE OR REPLACE VIEW ${mirrorTable(workspaceId, table)} AS
    SELECT ${shown.join(", ")}${from}`;
}
