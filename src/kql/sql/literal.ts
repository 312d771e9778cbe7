/**
 * Values that stand in a query as SQL. Whatever a user wrote reaches the database through here or through `print.ts`.
 */

import type { LiteralExpr } from "../ir.ts";
import type { KqlType } from "../types.ts";
import { DUCKDB_TYPES } from "../types.ts";
import { quoteText } from "./print.ts";
import { KqlRefusal, type SqlExpr } from "./sql-expr.ts";

const TICKS_PER_MICROSECOND = 10n;
const TICKS_PER_SECOND = 10_000_000n;
/** Ticks from 0001-01-01, where KQL counts from, to 1970-01-01, where the clock of JavaScript does. */
const EPOCH_TICKS = 621_355_968_000_000_000n;
const LONG_MIN = -(2n ** 63n);
const LONG_MAX = 2n ** 63n - 1n;
/** DECIMAL(38, 12) leaves 26 digits before the point. */
const DECIMAL_INTEGER_DIGITS_MAX = 26;

/** The typed null of KQL; a string has none and is empty. */
export function nullSql(type: KqlType): string {
  return type === "string" ? "''" : `NULL::${DUCKDB_TYPES[type]}`;
}

/**
 * The SQL of a value that stands in the query.
 * @throws KqlRefusal for a value that its type cannot hold here
 */
export function literalSql(literal: LiteralExpr): SqlExpr {
  if (literal.value === null) {
    return {
      sql: nullSql(literal.type),
      type: literal.type,
      nonNull: literal.type === "string",
      literal,
    };
  }
  const sql = PRINTERS[literal.type](literal.value);
  return { sql, type: literal.type, nonNull: sql !== "NULL::JSON", literal };
}

type Printer = (value: string | number | boolean) => string;

const PRINTERS: Readonly<Record<KqlType, Printer>> = Object.freeze({
  bool: (value) => (value === true ? "true" : "false"),
  datetime: (value) => datetimeSql(BigInt(value)),
  decimal: decimalSql,
  dynamic: (value) => dynamicSql(String(value)),
  guid: (value) => quoteText(String(value).toLowerCase()),
  int: (value) => integerSql(BigInt(value), "INTEGER"),
  long: (value) => longSql(value),
  real: (value) => realSql(Number(value)),
  string: (value) => quoteText(String(value)),
  timespan: (value) => integerSql(BigInt(value), "BIGINT"),
});

function longSql(value: string | number | boolean): string {
  const whole = BigInt(value);
  if (whole < LONG_MIN || whole > LONG_MAX) {
    throw new KqlRefusal("KQL_LITERAL", `${whole} is beyond the range of long`, null);
  }
  return integerSql(whole, "BIGINT");
}

function integerSql(whole: bigint, type: "BIGINT" | "INTEGER"): string {
  return whole < 0n ? `'${whole}'::${type}` : `${whole}::${type}`;
}

function realSql(real: number): string {
  if (Number.isNaN(real)) {
    return "'nan'::DOUBLE";
  }
  if (!Number.isFinite(real)) {
    return real > 0 ? "'inf'::DOUBLE" : "'-inf'::DOUBLE";
  }
  const text = Object.is(real, -0) ? "-0" : String(real);
  // Without an exponent DuckDB would read a decimal.
  const withExponent = text.includes("e") ? text : `${text}e0`;
  return withExponent.startsWith("-") ? `(${withExponent})` : withExponent;
}

function decimalSql(value: string | number | boolean): string {
  const text = String(value);
  const integerDigits = /^[+-]?0*(\d*)/.exec(text)?.[1]?.length ?? 0;
  if (integerDigits > DECIMAL_INTEGER_DIGITS_MAX) {
    throw new KqlRefusal(
      "KQL_LITERAL",
      `decimal(${text}) has more than ${DECIMAL_INTEGER_DIGITS_MAX} digits before the point`,
      null,
    );
  }
  return `${quoteText(text)}::${DUCKDB_TYPES.decimal}`;
}

/** DuckDB itself brings the JSON to its canonical text, once, when it plans the query. */
function dynamicSql(json: string): string {
  try {
    if (JSON.parse(json) === null) {
      return nullSql("dynamic");
    }
  } catch {
    throw new KqlRefusal("KQL_LITERAL", "a dynamic literal has to hold JSON", null);
  }
  return `json(${quoteText(json)})`;
}

/** Seven digits of the second are written in KQL; the seventh is lost here. */
function datetimeSql(ticks: bigint): string {
  const sinceEpoch = ticks - EPOCH_TICKS;
  const second = floorDivide(sinceEpoch, TICKS_PER_SECOND);
  const micros = (sinceEpoch - second * TICKS_PER_SECOND) / TICKS_PER_MICROSECOND;
  const date = new Date(Number(second) * 1000);
  if (Number.isNaN(date.getTime()) || ticks < 0n || date.getUTCFullYear() > 9999) {
    throw new KqlRefusal("KQL_LITERAL", "a datetime lies between the years 1 and 9999", null);
  }
  const text = date.toISOString().slice(0, 19).replace("T", " ");
  return `TIMESTAMP '${text}${micros === 0n ? "" : `.${micros.toString().padStart(6, "0")}`}'`;
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}
