/** Schemas of workspaces: a schema holds all that the queries of one workspace see, and nothing of another. */

import type { DuckDBConnection } from "@duckdb/node-api";
import { mirrorTable, quoteName, quoteText, STORED_TABLE, schemaOf } from "./names.ts";
import { INDICATOR_COLUMNS, OBJECT_COLUMNS, type StoredType } from "./stored-columns.ts";
import { intelligenceViews } from "./views.ts";

/** The schemas that there are. */
export interface Workspaces {
  /** Makes the schema of a workspace where it is missing; a transaction that is open already doesn't see it. */
  ensure(workspaceId: string): Promise<void>;
  readonly known: ReadonlySet<string>;
}

/** Prepares making schemas on a connection of their own. */
export async function createWorkspaces(connection: DuckDBConnection): Promise<Workspaces> {
  const known = new Set(await knownWorkspaces(connection));
  const making = new Map<string, Promise<void>>();

  async function make(workspaceId: string): Promise<void> {
    for (const statement of workspaceStatements(workspaceId)) {
      await connection.run(statement);
    }
    known.add(workspaceId);
  }

  return {
    known,
    async ensure(workspaceId) {
      if (known.has(workspaceId)) {
        return;
      }
      const made =
        making.get(workspaceId) ??
        make(workspaceId).finally(() => {
          making.delete(workspaceId);
        });
      making.set(workspaceId, made);
      await made;
    },
  };
}

/** The workspaces that have a schema; its comment keeps the id as it is spelled. */
async function knownWorkspaces(connection: DuckDBConnection): Promise<readonly string[]> {
  const reader = await connection.runAndReadAll(
    `SELECT comment FROM duckdb_tables()
      WHERE database_name = current_database() AND table_name = ${quoteText(STORED_TABLE.object)}`,
  );
  return reader.getRowsJS().map(([comment]) => String(comment));
}

function workspaceStatements(workspaceId: string): readonly string[] {
  const objects = mirrorTable(workspaceId, STORED_TABLE.object);
  return [
    `CREATE SCHEMA IF NOT EXISTS ${quoteName(schemaOf(workspaceId))}`,
    `CREATE TABLE IF NOT EXISTS ${objects} (${definitions(OBJECT_COLUMNS)})`,
    `CREATE TABLE IF NOT EXISTS ${mirrorTable(workspaceId, STORED_TABLE.indicator)}
      (${definitions(INDICATOR_COLUMNS)})`,
    `COMMENT ON TABLE ${objects} IS ${quoteText(workspaceId)}`,
    ...intelligenceViews(workspaceId),
  ];
}

function definitions(
  columns: readonly { readonly name: string; readonly type: StoredType }[],
): string {
  return columns.map(({ name, type }) => `${quoteName(name)} ${type}`).join(", ");
}
