/**
 * SQL that makes the JSON of a row as it goes on the wire. The engine does it on all cores; taking every value of a
 * wide row into JavaScript would cost more than most queries.
 */

import type { KqlColumn, KqlType } from "../kql/index.ts";

/** SQL of a value for the wire, by its type. */
const WIRE: Readonly<Record<KqlType, (sql: string) => string>> = {
  bool: same,
  datetime: datetimeText,
  // The digits without the zeros that fill up the scale.
  decimal: (sql) => `rtrim(rtrim(CAST(${sql} AS VARCHAR), '0'), '.')`,
  dynamic: (sql) => `CAST(${sql} AS VARCHAR)`,
  guid: same,
  int: same,
  long: same,
  real: realJson,
  string: same,
  timespan: timespanText,
};

/** The query whose only column is the JSON text of each row of another query. */
export function wireQuery(sql: string, columns: readonly KqlColumn[]): string {
  const names = columns.map((_, place) => `c${place}`);
  const cells = columns.map(({ type }, place) => WIRE[type](`c${place}`));
  return `SELECT CAST(json_array(${cells.join(", ")}) AS VARCHAR) FROM (${sql}) AS q (${names.join(", ")})`;
}

function same(sql: string): string {
  return sql;
}

/** ISO with seven digits. The last tick before a whole second stands for what the engine's microseconds cut off. */
function datetimeText(sql: string): string {
  return `(strftime(${sql}, '%Y-%m-%dT%H:%M:%S.%f') ||
    CASE WHEN microsecond(${sql}) % 1000000 = 999999 THEN '9Z' ELSE '0Z' END)`;
}

/** JSON has no NaN and no infinities: they are texts, as the service writes them. */
function realJson(sql: string): string {
  return `CASE WHEN isfinite(${sql}) THEN to_json(${sql})
    WHEN isnan(${sql}) THEN to_json('NaN')
    WHEN ${sql} > 0 THEN to_json('Infinity')
    WHEN ${sql} < 0 THEN to_json('-Infinity') END`;
}

const TICKS_PER_SECOND = 10_000_000;

/** The text of .NET: `[-][d.]hh:mm:ss[.fffffff]`. Ticks are taken as HUGEINT, since the least long has no opposite. */
function timespanText(sql: string): string {
  const ticks = `abs(CAST(${sql} AS HUGEINT))`;
  const seconds = `(${ticks} // ${TICKS_PER_SECOND})`;
  const fraction = `(${ticks} % ${TICKS_PER_SECOND})`;
  const two = (value: string): string => `lpad(CAST(${value} AS VARCHAR), 2, '0')`;
  return `(CASE WHEN ${sql} < 0 THEN '-' ELSE '' END ||
    CASE WHEN ${seconds} >= 86400 THEN CAST(${seconds} // 86400 AS VARCHAR) || '.' ELSE '' END ||
    ${two(`${seconds} // 3600 % 24`)} || ':' || ${two(`${seconds} // 60 % 60`)} || ':' ||
    ${two(`${seconds} % 60`)} ||
    CASE WHEN ${fraction} > 0
      THEN '.' || lpad(CAST(${fraction} AS VARCHAR), 7, '0') ELSE '' END)`;
}
