/**
 * Uploaded logs: a database of their own, which is not disposable. A batch is committed, and so on disk, before it is
 * acknowledged. Retention takes whole stretches of time off the tables' old ends.
 */

import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  type DuckDBValue,
  INTEGER,
  TIMESTAMP,
  VARCHAR,
} from "@duckdb/node-api";
import { DUCKDB_TYPES, type KqlColumn, type KqlType } from "../kql/index.ts";
import { AppError } from "../wire/index.ts";
import {
  addLogColumn,
  createLogTable,
  createLogView,
  keptColumns,
  RECEIVED_COLUMN,
} from "./log-schema.ts";
import type { LogCell, LogRetention, LogTable } from "./mirror.ts";
import { LOGS_DATABASE, logTable, quoteName, quoteText, schemaOf } from "./names.ts";
import type { LogCall, LogSchema } from "./protocol.ts";
import { instant } from "./stored-columns.ts";

/** How a value of each type goes into a chunk. Texts of decimals are cast by the engine. */
const CHUNK_TYPES: Readonly<Record<KqlType, DuckDBType>> = {
  bool: BOOLEAN,
  datetime: TIMESTAMP,
  decimal: VARCHAR,
  dynamic: VARCHAR,
  guid: VARCHAR,
  int: INTEGER,
  long: BIGINT,
  real: DOUBLE,
  string: VARCHAR,
  timespan: BIGINT,
};

const CHUNK_ROWS = 2_048;

/** Table that a batch lies in before it is added as a whole. */
const STAGING = "staged_logs";

/** Part of a table's time that one round of retention by size takes off. */
const SHRINK_PARTS = 10;

/** Rounds of retention by size in one go; the next go continues. */
const SHRINK_ROUNDS_MAX = 20;

/** The logs of all workspaces. */
export interface Logs {
  append(call: LogCall): Promise<void>;
  /** Makes a table readable in a workspace, whether it holds rows or not. */
  ensureView(workspaceId: string, schema: LogSchema): Promise<void>;
  tables(workspaceId: string): Promise<readonly LogTable[]>;
  /** Deletes what is too old or too much. @param now RFC 3339, UTC */
  retain(retention: LogRetention, now: string): Promise<void>;
  /** Copies the write-ahead log into the database. */
  checkpoint(): Promise<void>;
}

/** Prepares the logs on a connection of their own; calls must follow one another. */
export async function createLogs(connection: DuckDBConnection): Promise<Logs> {
  const kept = await keptTables(connection);
  const shown = new Map<string, string>();

  async function ensureTable(workspaceId: string, schema: LogSchema): Promise<void> {
    const key = `${workspaceId.toLowerCase()} ${schema.table}`;
    const columns = kept.get(key);
    if (columns === undefined) {
      const name = quoteName(schemaOf(workspaceId));
      await connection.run(`CREATE SCHEMA IF NOT EXISTS ${LOGS_DATABASE}.${name}`);
      await connection.run(createLogTable(workspaceId, schema));
    }
    for (const column of keptColumns(schema)) {
      if (columns !== undefined && !columns.has(column.name)) {
        await connection.run(addLogColumn(workspaceId, schema.table, column));
      }
    }
    kept.set(key, new Set(keptColumns(schema).map(({ name }) => name)));
  }

  async function ensureView(workspaceId: string, schema: LogSchema): Promise<void> {
    const key = `${workspaceId.toLowerCase()} ${schema.table}`;
    const exists = kept.has(key);
    if (exists) {
      await ensureTable(workspaceId, schema);
    }
    const form = `${exists} ${schema.columns.map(({ name, type }) => `${name}:${type}`).join()}`;
    if (shown.get(key) !== form) {
      await connection.run(createLogView(workspaceId, schema, exists));
      shown.set(key, form);
    }
  }

  return {
    async append(call) {
      const { workspaceId, columns, rows } = call.rows;
      const cells = columnsOf(columns, rows);
      await ensureTable(workspaceId, call.schema);
      await ensureView(workspaceId, call.schema);
      await stage(connection, columns, cells);
      const values = insertedValues(columns, call.receivedAt);
      await connection.run(
        `INSERT INTO ${logTable(workspaceId, call.schema.table)}
           (${[...values.keys()].map(quoteName).join(", ")})
         SELECT ${[...values.values()].join(", ")} FROM temp.${STAGING}`,
      );
      await connection.run(`DROP TABLE temp.${STAGING}`);
    },
    ensureView,
    tables: (workspaceId) => listTables(connection, workspaceId),
    async retain(retention, now) {
      await deleteOld(connection, retention.days, now);
      await deleteMuch(connection, retention.bytesMax);
    },
    async checkpoint() {
      await connection.run(`CHECKPOINT ${LOGS_DATABASE}`);
    },
  };
}

/** SQL of what goes into each column: what was uploaded, and the time of arrival, also for rows without a time. */
function insertedValues(
  columns: readonly KqlColumn[],
  receivedAt: string,
): ReadonlyMap<string, string> {
  const received = `make_timestamp(${instant(receivedAt)?.micros ?? 0n})`;
  const values = new Map(
    columns.map(({ name, type }) => [name, `CAST(${quoteName(name)} AS ${DUCKDB_TYPES[type]})`]),
  );
  const time = values.get("TimeGenerated");
  values.set("TimeGenerated", time === undefined ? received : `coalesce(${time}, ${received})`);
  values.set(RECEIVED_COLUMN, received);
  return values;
}

/** Kept tables with the names of their columns, by workspace and table. */
async function keptTables(connection: DuckDBConnection): Promise<Map<string, Set<string>>> {
  const reader = await connection.runAndReadAll(
    `SELECT schema_name, table_name, list(column_name) FROM duckdb_columns()
      WHERE database_name = ${quoteText(LOGS_DATABASE)} GROUP BY ALL`,
  );
  const rows = reader.getRowsJS() as [string, string, string[]][];
  return new Map(
    rows.map(([schema, table, columns]) => [`${schema.slice(2)} ${table}`, new Set(columns)]),
  );
}

/** The cells by columns, each checked against its type. @throws AppError `invalid_request` */
function columnsOf(
  columns: readonly KqlColumn[],
  rows: readonly (readonly LogCell[])[],
): readonly DuckDBValue[][] {
  return columns.map((column, place) => rows.map((row) => cellOf(column, row[place] ?? null)));
}

function cellOf(column: KqlColumn, value: LogCell): DuckDBValue {
  if (value === null) {
    return column.type === "string" ? "" : null;
  }
  const cell = CELLS[column.type](value);
  if (cell === undefined) {
    throw new AppError(
      "invalid_request",
      `A value of column ${column.name} is no ${column.type}: ${String(value).slice(0, 100)}.`,
      { field: column.name },
    );
  }
  return cell;
}

const INT_MAX = 2_147_483_647;
const LONG_MAX = 2n ** 63n - 1n;

/** A value as it goes into a chunk; undefined when it is not of the type. */
const CELLS: Readonly<
  Record<KqlType, (value: string | number | bigint | boolean) => DuckDBValue | undefined>
> = {
  bool: (value) => (typeof value === "boolean" ? value : undefined),
  datetime: (value) => (typeof value === "string" ? (instant(value) ?? undefined) : undefined),
  decimal: (value) => (/^-?\d{1,26}(\.\d+)?$/.test(String(value)) ? String(value) : undefined),
  dynamic: (value) => (typeof value === "string" && isJson(value) ? value : undefined),
  guid: (value) => (typeof value === "string" ? value.toLowerCase() : undefined),
  int: (value) =>
    Number.isInteger(value) && Math.abs(Number(value)) <= INT_MAX ? Number(value) : undefined,
  long: longOf,
  real: (value) => (typeof value === "number" ? value : undefined),
  string: (value) => (typeof value === "string" ? value : undefined),
  timespan: longOf,
};

function longOf(value: string | number | bigint | boolean): bigint | undefined {
  const isWhole =
    typeof value === "bigint" || Number.isInteger(value) || /^-?\d{1,19}$/.test(String(value));
  if (!isWhole || typeof value === "boolean") {
    return undefined;
  }
  const digits = BigInt(value);
  return digits <= LONG_MAX && digits >= -LONG_MAX - 1n ? digits : undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Puts a batch into a temporary table. */
async function stage(
  connection: DuckDBConnection,
  columns: readonly KqlColumn[],
  cells: readonly DuckDBValue[][],
): Promise<void> {
  const types = columns.map(({ type }) => CHUNK_TYPES[type]);
  const definitions = columns.map(({ name }, place) => `${quoteName(name)} ${types[place]}`);
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${STAGING} (${definitions.join(", ")})`);
  const appender = await connection.createAppender(STAGING, "main", "temp");
  const rows = cells[0]?.length ?? 0;
  for (let at = 0; at < rows; at += CHUNK_ROWS) {
    const part = cells.map((column) => column.slice(at, at + CHUNK_ROWS));
    const chunk = DuckDBDataChunk.create(types, Math.min(CHUNK_ROWS, rows - at));
    chunk.setColumns(part);
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

async function listTables(
  connection: DuckDBConnection,
  workspaceId: string,
): Promise<readonly LogTable[]> {
  const schema = quoteText(schemaOf(workspaceId));
  const reader = await connection.runAndReadAll(
    `SELECT table_name FROM duckdb_tables()
      WHERE database_name = ${quoteText(LOGS_DATABASE)} AND schema_name = ${schema} ORDER BY 1`,
  );
  const found: LogTable[] = [];
  for (const [name] of reader.getRowsJS()) {
    const table = String(name);
    const counted = await connection.runAndReadAll(
      `SELECT count(*), strftime(min(TimeGenerated), '%Y-%m-%dT%H:%M:%S.%fZ'),
              strftime(max(TimeGenerated), '%Y-%m-%dT%H:%M:%S.%fZ')
         FROM ${logTable(workspaceId, table)}`,
    );
    const [rows, from, to] = counted.getRowsJS()[0] ?? [];
    found.push({ table, rows: Number(rows), from: textOrNull(from), to: textOrNull(to) });
  }
  return found;
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

const DAY_MICROS = 86_400_000_000n;

interface KeptTable {
  readonly name: string;
  readonly rows: number;
}

/** Every kept table by its qualified name, the one with the most rows first. */
async function allTables(connection: DuckDBConnection): Promise<readonly KeptTable[]> {
  const reader = await connection.runAndReadAll(
    `SELECT schema_name, table_name, estimated_size FROM duckdb_tables()
      WHERE database_name = ${quoteText(LOGS_DATABASE)} ORDER BY estimated_size DESC`,
  );
  return reader.getRowsJS().map(([schema, table, rows]) => ({
    name: `${LOGS_DATABASE}.${quoteName(String(schema))}.${quoteName(String(table))}`,
    rows: Number(rows),
  }));
}

async function deleteOld(connection: DuckDBConnection, days: number, now: string): Promise<void> {
  const nowMicros = instant(now)?.micros;
  if (days === 0 || nowMicros === undefined) {
    return;
  }
  const oldest = nowMicros - BigInt(days) * DAY_MICROS;
  for (const { name } of await allTables(connection)) {
    await connection.run(`DELETE FROM ${name} WHERE TimeGenerated < make_timestamp(${oldest})`);
  }
}

async function deleteMuch(connection: DuckDBConnection, bytesMax: number): Promise<void> {
  for (let round = 0; round < SHRINK_ROUNDS_MAX && bytesMax > 0; round += 1) {
    await connection.run(`CHECKPOINT ${LOGS_DATABASE}`);
    const [largest] = await allTables(connection);
    if ((await usedBytes(connection)) <= bytesMax || largest === undefined || largest.rows === 0) {
      return;
    }
    await connection.run(
      `DELETE FROM ${largest.name} WHERE TimeGenerated <=
         (SELECT quantile_disc(TimeGenerated, 1.0 / ${SHRINK_PARTS}) FROM ${largest.name})`,
    );
  }
}

/** Bytes of the logs' database that hold something. */
async function usedBytes(connection: DuckDBConnection): Promise<number> {
  const reader = await connection.runAndReadAll(
    `SELECT block_size * used_blocks FROM pragma_database_size()
      WHERE database_name = ${quoteText(LOGS_DATABASE)}`,
  );
  return Number(reader.getRowsJS()[0]?.[0] ?? 0);
}
