/**
 * Log records as JSON and how they become rows of a table: each value is turned into the type of its column as Log
 * Analytics does. A column that the table does not have is left out; a value that cannot be turned becomes null; both
 * are counted, so that whoever sends them can be told. A record without a usable `TimeGenerated` gets its arrival.
 */

import type { KqlColumn, KqlType } from "../kql/index.ts";
import type { LogCell } from "../mirror/index.ts";
import { AppError } from "../wire/index.ts";

/** A record: an object of JSON. */
export type LogRecord = Readonly<Record<string, unknown>>;

/** Rows that can be kept, and what was lost on the way. */
export interface ConvertedRows {
  readonly columns: readonly KqlColumn[];
  readonly rows: readonly (readonly LogCell[])[];
  /** Columns of the records that the table does not have, with the number of records that have them. */
  readonly unknownColumns: ReadonlyMap<string, number>;
  /** Columns with values of another kind, with the number of such values. */
  readonly unfitColumns: ReadonlyMap<string, number>;
}

/** Names kept of columns that do not fit; a hostile client could send ever new ones. */
const REPORTED_COLUMNS_MAX = 100;

/** Columns that the server fills itself: what a client says of them is not believed. */
const SERVER_COLUMNS: ReadonlySet<string> = new Set([
  "TenantId",
  "Type",
  "_BilledSize",
  "_IsBillable",
]);

const TIME_COLUMN = "TimeGenerated";

/**
 * Reads JSON; whole numbers that a double does not hold keep their digits.
 * @throws AppError `malformed_body`
 */
export function parseLogJson(text: string): unknown {
  try {
    return /\d{16}/.test(text) ? JSON.parse(text, keepDigits as never) : JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "";
    throw new AppError("malformed_body", `The body is not valid JSON: ${reason}`, { cause });
  }
}

interface RawJson {
  readonly rawJSON: string;
}

/** `JSON.rawJSON` and its kin, which the type library does not know yet. */
const RAW_JSON = JSON as unknown as {
  rawJSON(text: string): RawJson;
  isRawJSON(value: unknown): value is RawJson;
};

function keepDigits(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  const isWide =
    typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value);
  return isWide && context.source !== undefined && /^-?\d+$/.test(context.source)
    ? RAW_JSON.rawJSON(context.source)
    : value;
}

/** Turns records into rows of a table with these columns. */
export function convertRecords(
  records: readonly LogRecord[],
  table: readonly KqlColumn[],
  receivedAt: string,
): ConvertedRows {
  const settable = table.filter(({ name }) => !SERVER_COLUMNS.has(name));
  const exact = new Map(settable.map((column) => [column.name, column]));
  const folded = new Map(settable.map((column) => [column.name.toLowerCase(), column]));
  const used = new Map<string, KqlColumn | null>();
  const unknownColumns = new Map<string, number>();
  const unfitColumns = new Map<string, number>();
  const columnOf = (key: string): KqlColumn | null => {
    const found = exact.get(key) ?? folded.get(key.toLowerCase()) ?? null;
    used.set(key, found);
    return found;
  };
  const present = new Set<KqlColumn>();
  for (const record of records) {
    for (const key of Object.keys(record)) {
      const column = used.get(key) ?? (used.has(key) ? null : columnOf(key));
      if (column === null) {
        count(unknownColumns, key);
      } else {
        present.add(column);
      }
    }
  }
  const time = exact.get(TIME_COLUMN) ?? { name: TIME_COLUMN, type: "datetime" as const };
  const columns = [time, ...[...present].filter(({ name }) => name !== TIME_COLUMN)];
  const place = new Map(columns.map((column, index) => [column, index]));
  const rows = records.map((record) => {
    const row: LogCell[] = columns.map(({ type }) => (type === "string" ? "" : null));
    for (const [key, value] of Object.entries(record)) {
      const column = used.get(key) ?? null;
      const index = column === null ? undefined : place.get(column);
      if (column === null || index === undefined || value === null) {
        continue;
      }
      const cell = CELLS[column.type](value);
      if (cell === undefined) {
        count(unfitColumns, column.name);
      } else {
        row[index] = cell;
      }
    }
    row[0] ??= receivedAt;
    return row;
  });
  return { columns, rows, unknownColumns, unfitColumns };
}

function count(counts: Map<string, number>, name: string): void {
  const before = counts.get(name);
  if (before !== undefined || counts.size < REPORTED_COLUMNS_MAX) {
    counts.set(name, (before ?? 0) + 1);
  }
}

const INT_MAX = 2_147_483_647;
const LONG_MAX = 9_223_372_036_854_775_807n;
const GUID = /^\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?$/i;

/** How a value becomes a cell of a type; undefined when it cannot. */
const CELLS: Readonly<Record<KqlType, (value: unknown) => LogCell | undefined>> = {
  string: textCell,
  dynamic: (value) => JSON.stringify(typeof value === "string" ? jsonIn(value) : value),
  bool: boolCell,
  int: (value) => {
    const whole = wholeCell(value);
    return whole === undefined || whole > INT_MAX || whole < -INT_MAX - 1
      ? undefined
      : Number(whole);
  },
  long: wholeCell,
  real: (value) => {
    const number =
      typeof value === "boolean" ? Number(value) : Number(textCell(value).trim() || "x");
    return Number.isNaN(number) && value !== "NaN" ? undefined : number;
  },
  decimal: (value) => (/^-?\d+(\.\d+)?$/.test(textCell(value)) ? textCell(value) : undefined),
  datetime: timeCell,
  guid: (value) => GUID.exec(textCell(value).trim())?.[1]?.toLowerCase(),
  timespan: wholeCell,
};

function textCell(value: unknown): string {
  if (typeof value === "string") {
    return value;
  }
  return RAW_JSON.isRawJSON(value) ? value.rawJSON : JSON.stringify(value);
}

/** The text of an object or a list is that; any other text is a text. */
function jsonIn(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) {
    return text;
  }
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function boolCell(value: unknown): boolean | undefined {
  const text = textCell(value).trim().toLowerCase();
  const values: Readonly<Record<string, boolean>> = { true: true, false: false, 1: true, 0: false };
  return values[text];
}

function wholeCell(value: unknown): bigint | undefined {
  if (typeof value === "boolean") {
    return value ? 1n : 0n;
  }
  if (typeof value === "number") {
    return Number.isFinite(value) ? inLong(BigInt(Math.trunc(value))) : undefined;
  }
  const text = textCell(value).trim();
  return /^[+-]?\d{1,19}$/.test(text) ? inLong(BigInt(text)) : undefined;
}

function inLong(value: bigint): bigint | undefined {
  return value > LONG_MAX || value < -LONG_MAX - 1n ? undefined : value;
}

const TIME =
  /^\d{4}-\d{1,2}-\d{1,2}(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.(?<fraction>\d+))?)?\s*(?<zone>Z|[+-]\d{2}:?\d{2})?)?$/i;

/** RFC 3339 and its near relatives; without a zone it is UTC. The fraction keeps seven digits. */
function timeCell(value: unknown): string | undefined {
  const text = textCell(value).trim();
  const match = TIME.exec(text);
  if (match === null) {
    return undefined;
  }
  const { fraction = "", zone } = match.groups ?? {};
  const plain = fraction === "" ? text : text.replace(`.${fraction}`, "");
  const ms = Date.parse(zone === undefined && plain.includes(":") ? `${plain}Z` : plain);
  if (Number.isNaN(ms)) {
    return undefined;
  }
  const seconds = new Date(ms).toISOString().slice(0, 19);
  return `${seconds}.${fraction.slice(0, 7).padEnd(7, "0")}Z`;
}
