/**
 * The tables for uploaded logs: those of Microsoft's documentation, which are always there, and what an administrator
 * adds: tables of their own (`…_CL`) and further columns. The additions are documents of the whole server, so that
 * every process on one store has the same tables. Columns are never changed or taken away, because rows may hold them.
 */

import type { KqlColumn, KqlType } from "../kql/index.ts";
import type { DocumentKey, DocumentStore, JsonValue } from "../store/index.ts";
import { AppError } from "../wire/index.ts";
import { DOCUMENTED_TABLES } from "./log-schemas/documented.ts";
import { STANDARD_COLUMNS, type TableSchema } from "./log-schemas/notation.ts";

/** A table for logs, and where it comes from. */
export interface LogTableDefinition extends TableSchema {
  readonly origin: "documented" | "custom";
  /** Columns that an administrator added. */
  readonly added: readonly KqlColumn[];
}

/** The tables for logs. */
export interface LogTables {
  /** By name; without repetition. */
  list(): readonly LogTableDefinition[];
  find(name: string): LogTableDefinition | undefined;
  /** Changes whenever a table does. */
  version(): string;
  /** Reads the administrator's additions again. */
  refresh(): Promise<void>;
  /**
   * Adds a table, or columns to one.
   * @throws AppError `invalid_request` for a name or type that cannot be, `conflict` for a column of another type
   */
  add(table: string, columns: readonly KqlColumn[]): Promise<LogTableDefinition>;
}

/** Azure's bound, and a wide table's end. */
const COLUMNS_MAX = 500;
/** Tables of one's own; each costs the parser a little with every query. */
const CUSTOM_TABLES_MAX = 500;

const TABLE_NAME = /^[A-Za-z][A-Za-z0-9_]{0,59}_CL$/;
const COLUMN_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;
const KIND = "log-table";
const PAGE = 1000;

/** Types that a column of logs may have. */
export const LOG_COLUMN_TYPES: readonly KqlType[] = [
  "bool",
  "datetime",
  "dynamic",
  "guid",
  "int",
  "long",
  "real",
  "string",
];

/** Opens the tables; `refresh` brings the administrator's additions. */
export function createLogTables(documents: DocumentStore): LogTables {
  let tables: ReadonlyMap<string, LogTableDefinition> = withAdditions(new Map());
  let version = "0";

  async function refresh(): Promise<void> {
    const additions = new Map<string, readonly KqlColumn[]>();
    let newest = 0;
    let cursor: string | undefined;
    do {
      const page = await documents.list({
        workspaceId: "",
        kind: KIND,
        limit: PAGE,
        ...(cursor === undefined ? {} : { cursor }),
      });
      for (const { name, content, revision } of page.items) {
        additions.set(name, readColumns(content));
        newest = Math.max(newest, revision);
      }
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    const next = `${additions.size}.${newest}`;
    if (next !== version) {
      tables = withAdditions(additions);
      version = next;
    }
  }

  async function add(table: string, columns: readonly KqlColumn[]): Promise<LogTableDefinition> {
    await refresh();
    const existing = tables.get(table);
    checkTableName(table, existing);
    const before = existing?.columns ?? STANDARD_COLUMNS;
    const fresh = newColumns(table, before, columns);
    const customs = [...tables.values()].filter(({ origin }) => origin === "custom").length;
    if (existing === undefined && customs >= CUSTOM_TABLES_MAX) {
      throw new AppError("conflict", `There are ${CUSTOM_TABLES_MAX} tables of your own already.`);
    }
    if (before.length + fresh.length > COLUMNS_MAX) {
      throw new AppError("invalid_request", `A table has at most ${COLUMNS_MAX} columns.`, {
        field: "columns",
      });
    }
    if (fresh.length > 0 || existing === undefined) {
      await keep(documents, table, [...(existing?.added ?? []), ...fresh]);
    }
    await refresh();
    const added = tables.get(table);
    if (added === undefined) {
      throw new AppError("internal", `The table ${table} was added and is not there.`);
    }
    return added;
  }

  return {
    list: () => [...tables.values()],
    find: (name) => tables.get(name),
    version: () => version,
    refresh,
    add,
  };
}

function withAdditions(
  additions: ReadonlyMap<string, readonly KqlColumn[]>,
): ReadonlyMap<string, LogTableDefinition> {
  const tables = new Map<string, LogTableDefinition>();
  for (const { name, columns } of DOCUMENTED_TABLES.values()) {
    const added = additions.get(name) ?? [];
    tables.set(name, { name, origin: "documented", added, columns: [...columns, ...added] });
  }
  for (const [name, added] of additions) {
    if (!tables.has(name)) {
      const columns = [...STANDARD_COLUMNS, ...added];
      tables.set(name, { name, origin: "custom", added, columns });
    }
  }
  return tables;
}

function checkTableName(table: string, existing: LogTableDefinition | undefined): void {
  if (existing === undefined && !TABLE_NAME.test(table)) {
    throw new AppError(
      "invalid_request",
      `'${table.slice(0, 80)}' is no documented table, and the name of your own begins with a letter, has letters, digits and underscores, and ends with _CL.`,
      { field: "table" },
    );
  }
}

/** The columns that the table does not have yet. Names that differ in case only would be one column to the engine. */
function newColumns(
  table: string,
  before: readonly KqlColumn[],
  columns: readonly KqlColumn[],
): readonly KqlColumn[] {
  const known = new Map(before.map((column) => [column.name.toLowerCase(), column]));
  const fresh: KqlColumn[] = [];
  for (const column of columns) {
    checkColumn(column);
    const same = known.get(column.name.toLowerCase());
    if (same !== undefined && (same.name !== column.name || same.type !== column.type)) {
      throw new AppError(
        "conflict",
        `${table} has a column ${same.name} of type ${same.type} already.`,
        { field: column.name },
      );
    }
    if (same === undefined) {
      known.set(column.name.toLowerCase(), column);
      fresh.push(column);
    }
  }
  return fresh;
}

function checkColumn({ name, type }: KqlColumn): void {
  if (!COLUMN_NAME.test(name)) {
    throw new AppError(
      "invalid_request",
      `'${name.slice(0, 80)}' is no name of a column: letters, digits and underscores, at most 63, no digit first.`,
      { field: "columns" },
    );
  }
  if (!LOG_COLUMN_TYPES.includes(type)) {
    throw new AppError(
      "invalid_request",
      `The column ${name} cannot be of type '${String(type).slice(0, 40)}'; types are ${LOG_COLUMN_TYPES.join(", ")}.`,
      { field: "columns" },
    );
  }
}

async function keep(
  documents: DocumentStore,
  table: string,
  columns: readonly KqlColumn[],
): Promise<void> {
  const key: DocumentKey = { workspaceId: "", kind: KIND, name: table };
  const content: JsonValue = { columns: columns.map(({ name, type }) => ({ name, type })) };
  await documents.commit([{ kind: "put", key, content }]);
}

function readColumns(content: JsonValue): readonly KqlColumn[] {
  return (content as unknown as { readonly columns: readonly KqlColumn[] }).columns;
}
