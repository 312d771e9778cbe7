/** A cell of DuckDB as the query API writes it: numbers, ISO instants, Kusto's timespans, parsed dynamics. */
import { DuckDBDecimalValue, DuckDBTimestampValue } from "@duckdb/node-api";
import type { KqlType } from "../src/kql/index.ts";

const TICKS_PER_SECOND = 10_000_000n;

/** The cell of a column with a type. */
export function wireCell(cell: unknown, type: KqlType): unknown {
  if (cell === null || cell === undefined) {
    return null;
  }
  if (type === "datetime" && cell instanceof DuckDBTimestampValue) {
    return isoText(cell.micros);
  }
  if (type === "timespan") {
    return timespanText(BigInt(cell as bigint | number));
  }
  if (type === "dynamic") {
    return JSON.parse(String(cell));
  }
  if (cell instanceof DuckDBDecimalValue) {
    return Number(cell.toString());
  }
  if (typeof cell === "bigint") {
    return Number.isSafeInteger(Number(cell)) ? Number(cell) : cell.toString();
  }
  if (typeof cell === "number" && !Number.isFinite(cell)) {
    return String(cell);
  }
  return cell;
}

function isoText(micros: bigint): string {
  const millis = micros / 1000n - (micros % 1000n < 0n ? 1n : 0n);
  const rest = micros - millis * 1000n;
  const text = new Date(Number(millis)).toISOString();
  return `${text.slice(0, -1)}${rest.toString().padStart(3, "0")}0Z`.replace(/^\+00/, "");
}

function timespanText(ticks: bigint): string {
  const magnitude = ticks < 0n ? -ticks : ticks;
  const seconds = magnitude / TICKS_PER_SECOND;
  const fraction = magnitude % TICKS_PER_SECOND;
  const two = (value: bigint): string => value.toString().padStart(2, "0");
  const days = seconds / 86_400n;
  const clock = `${two((seconds / 3600n) % 24n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}`;
  return [
    ticks < 0n ? "-" : "",
    days === 0n ? "" : `${days}.`,
    clock,
    fraction === 0n ? "" : `.${fraction.toString().padStart(7, "0")}`,
  ].join("");
}
