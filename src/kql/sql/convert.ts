/**
 * The SQL of a value in another type: `tostring`, `tolong` and their kind, and the widening that operators do by
 * themselves (int to long to real, anything to dynamic). What cannot be read as the type becomes null.
 */

import { DUCKDB_TYPES, type KqlType, type TextSpan } from "../types.ts";
import { certain, invoke, strict, unsupported, value } from "./build.ts";
import { nullSql } from "./literal.ts";
import type { SqlExpr } from "./sql-expr.ts";

/** Makes the SQL of a value of one type from the SQL of a value of another. */
interface Conversion {
  readonly sql: (from: SqlExpr) => string;
  /** True where every value of the one type is a value of the other. */
  readonly total: boolean;
}

/**
 * A value as another type.
 * @throws KqlRefusal for types between which nothing converts
 */
export function conversion(from: SqlExpr, to: KqlType, span: TextSpan | null = null): SqlExpr {
  if (from.type === to) {
    return from;
  }
  if (from.literal?.value === null && from.type !== "string") {
    return value(nullSql(to), to);
  }
  const found = CONVERSIONS[to][from.type];
  if (found === undefined) {
    throw unsupported(`making ${to} of ${from.type}`, span);
  }
  const sql = found.sql(from);
  if (to === "string") {
    return certain(sql, to);
  }
  return found.total ? strict(sql, to, [from]) : value(sql, to);
}

/** Every value has its counterpart. */
function total(sql: (x: string) => string): Conversion {
  return { sql: (from) => sql(from.sql), total: true };
}

/** Some values become null. */
function partial(sql: (x: string) => string): Conversion {
  return { sql: (from) => sql(from.sql), total: false };
}

function cast(to: KqlType): Conversion {
  return total((x) => `${x}::${DUCKDB_TYPES[to]}`);
}

function named(macro: string): Conversion {
  return partial((x) => invoke(macro, x));
}

/** A reading of the text where that is at hand, and what is left over as the value it is. */
function quick(macro: string, reading: (text: string) => string): Conversion {
  return {
    sql: ({ sql, text }) =>
      text === undefined ? invoke(macro, sql) : `coalesce(${reading(text)}, ${invoke(macro, sql)})`,
    total: false,
  };
}

const dateTicks = (x: string): string => invoke("kql_ticks", x);
const integerText: Conversion = {
  sql: ({ sql, nonNull }) => (nonNull ? `${sql}::VARCHAR` : `coalesce(${sql}::VARCHAR, '')`),
  total: true,
};
const asJson = total((x) => invoke("to_json", x));

/** By the type that is made, then the type it is made of. */
const CONVERSIONS: Readonly<Record<KqlType, Partial<Readonly<Record<KqlType, Conversion>>>>> =
  Object.freeze({
    string: {
      bool: named("kql_bool_text"),
      datetime: named("kql_datetime_text"),
      decimal: named("kql_decimal_text"),
      dynamic: { sql: dynamicText, total: true },
      guid: { sql: ({ sql, nonNull }) => (nonNull ? sql : `coalesce(${sql}, '')`), total: true },
      int: integerText,
      long: integerText,
      real: named("kql_real_text"),
      timespan: named("kql_timespan_text"),
    },
    bool: {
      decimal: total((x) => `(${x} <> 0)`),
      dynamic: named("kql_dynamic_bool"),
      int: total((x) => `(${x} <> 0)`),
      long: total((x) => `(${x} <> 0)`),
      real: total((x) => `(${x} <> 0)`),
      string: named("kql_text_bool"),
    },
    int: {
      bool: cast("int"),
      decimal: total((x) => `kql_real_int(${x}::DOUBLE)`),
      dynamic: quick(
        "kql_dynamic_int",
        (text) => `kql_quick_whole(${text}, '-?[0-9]{1,9}')::INTEGER`,
      ),
      datetime: total((x) => `kql_long_int(${dateTicks(x)})`),
      long: total((x) => invoke("kql_long_int", x)),
      real: named("kql_real_int"),
      string: named("kql_text_int"),
      timespan: total((x) => invoke("kql_long_int", x)),
    },
    long: {
      bool: cast("long"),
      datetime: total(dateTicks),
      decimal: partial((x) => `try_cast(trunc(${x}) AS BIGINT)`),
      dynamic: quick("kql_dynamic_long", (text) => `kql_quick_whole(${text}, '-?[0-9]{1,18}')`),
      int: cast("long"),
      real: named("kql_real_long"),
      string: named("kql_text_long"),
      timespan: total((x) => x),
    },
    real: {
      bool: total((x) => `${x}::INTEGER::DOUBLE`),
      datetime: total((x) => `${dateTicks(x)}::DOUBLE`),
      decimal: cast("real"),
      dynamic: quick("kql_dynamic_real", (text) => invoke("kql_quick_real", text)),
      int: cast("real"),
      long: cast("real"),
      string: named("kql_text_real"),
      timespan: cast("real"),
    },
    decimal: {
      bool: total((x) => `${x}::INTEGER::DECIMAL(38, 12)`),
      dynamic: named("kql_dynamic_decimal"),
      int: cast("decimal"),
      long: cast("decimal"),
      real: partial((x) => `try_cast(${x} AS DECIMAL(38, 12))`),
      string: named("kql_text_decimal"),
      timespan: cast("decimal"),
    },
    guid: {
      dynamic: { sql: (from) => invoke("kql_text_guid", dynamicText(from)), total: false },
      string: named("kql_text_guid"),
    },
    datetime: {
      dynamic: named("kql_dynamic_datetime"),
      int: named("kql_ticks_datetime"),
      long: named("kql_ticks_datetime"),
      real: partial((x) => `kql_ticks_datetime(kql_real_long(${x}))`),
      string: named("kql_text_datetime"),
      timespan: named("kql_ticks_datetime"),
    },
    timespan: {
      dynamic: named("kql_dynamic_timespan"),
      int: cast("timespan"),
      long: total((x) => x),
      real: named("kql_real_long"),
      string: named("kql_text_timespan"),
    },
    dynamic: {
      bool: asJson,
      datetime: total((x) => `to_json(nullif(kql_datetime_text(${x}), ''))`),
      decimal: total((x) => `to_json(nullif(kql_decimal_text(${x}), ''))`),
      guid: asJson,
      int: asJson,
      long: asJson,
      real: named("kql_real_dynamic"),
      string: asJson,
      timespan: total((x) => `to_json(nullif(kql_timespan_text(${x}), ''))`),
    },
  });

/** Some values have their text at hand, without the JSON in between. */
function dynamicText({ sql, text, nonNull }: SqlExpr): string {
  if (text === undefined) {
    return invoke("kql_dynamic_text", sql);
  }
  return nonNull ? text : `coalesce(${text}, '')`;
}
