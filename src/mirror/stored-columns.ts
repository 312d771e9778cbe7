/**
 * The columns that are kept for each row of the intelligence tables, with their values. Whatever is the same for all
 * rows of a workspace or follows from other columns is not kept: the views make it.
 */

import { type DuckDBTimestampValue, type DuckDBValue, timestampValue } from "@duckdb/node-api";
import type { IndicatorRow, ObjectRow } from "../tables/index.ts";

/** A type that a column is kept in. */
export type StoredType = "BIGINT" | "BOOLEAN" | "INTEGER" | "JSON" | "TIMESTAMP" | "VARCHAR";

/** A kept column; `value` is left out where a row has none when it is written first. */
export interface StoredColumn<Row> {
  readonly name: string;
  readonly type: StoredType;
  readonly value: (row: Row, change: number) => DuckDBValue;
}

const COMMON: readonly StoredColumn<ObjectRow>[] = [
  { name: "Change", type: "BIGINT", value: (_row, change) => BigInt(change) },
  { name: "Id", type: "VARCHAR", value: ({ id }) => id },
  { name: "SourceSystem", type: "VARCHAR", value: ({ sourceSystem }) => sourceSystem },
  { name: "TimeGenerated", type: "TIMESTAMP", value: (row) => instant(row.timeGenerated) },
  { name: "Republished", type: "TIMESTAMP", value: () => null },
  { name: "LastUpdateMethod", type: "VARCHAR", value: (row) => row.lastUpdateMethod },
  { name: "AdditionalFields", type: "JSON", value: ({ additionalFields }) => additionalFields },
  { name: "Data", type: "JSON", value: ({ data }) => data },
  { name: "IsDeleted", type: "BOOLEAN", value: () => false },
  { name: "Revoked", type: "BOOLEAN", value: ({ revoked }) => revoked },
  { name: "ValidUntil", type: "TIMESTAMP", value: ({ validUntil }) => instant(validUntil) },
];

/** Columns of `~object`. */
export const OBJECT_COLUMNS: readonly StoredColumn<ObjectRow>[] = [
  ...COMMON,
  { name: "StixType", type: "VARCHAR", value: ({ stixType }) => stixType },
];

/** Columns of `~indicator`. */
export const INDICATOR_COLUMNS: readonly StoredColumn<IndicatorRow>[] = [
  ...COMMON,
  { name: "ObservableKey", type: "VARCHAR", value: ({ observableKey }) => observableKey },
  { name: "ObservableValue", type: "VARCHAR", value: ({ observableValue }) => observableValue },
  { name: "Pattern", type: "VARCHAR", value: ({ pattern }) => pattern },
  { name: "Confidence", type: "INTEGER", value: ({ confidence }) => whole(confidence) },
  { name: "Created", type: "TIMESTAMP", value: ({ created }) => instant(created) },
  { name: "Modified", type: "TIMESTAMP", value: ({ modified }) => instant(modified) },
  { name: "ValidFrom", type: "TIMESTAMP", value: ({ validFrom }) => instant(validFrom) },
  { name: "Tags", type: "VARCHAR", value: ({ tags }) => tags },
];

const MICROS_PER_MS = 1_000n;

/** Date, time to seconds, fraction of a second in any length. */
const INSTANT = /^(.{19})(?:\.(\d+))?Z$/;

/** A timestamp of RFC 3339 in UTC, cut to microseconds; null for none and for one that is no date. */
export function instant(text: string | null): DuckDBTimestampValue | null {
  const [, seconds, fraction = ""] = (text === null ? null : INSTANT.exec(text)) ?? [];
  if (seconds === undefined) {
    return null;
  }
  const ms = Date.parse(`${seconds}Z`);
  if (Number.isNaN(ms)) {
    return null;
  }
  const micros = BigInt(fraction.slice(0, 6).padEnd(6, "0"));
  return timestampValue(BigInt(ms) * MICROS_PER_MS + micros);
}

function whole(value: number | null): number | null {
  return value === null ? null : Math.trunc(value);
}
