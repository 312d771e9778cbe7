/**
 * Counting, sums, averages, extremes and bits of groups. Nulls do not count; NaN spoils sums and extremes; a sum of
 * nothing is 0 and an average of nothing NaN.
 */

import type { KqlType } from "../types.ts";
import { filterClause, predicate, typedInput, withIf } from "./aggregate-parts.ts";
import { certain, invoke, value } from "./build.ts";
import { conversion } from "./convert.ts";
import type { AggregateEmitter, CallSite, SqlExpr } from "./sql-expr.ts";

const NAN = "'nan'::DOUBLE";

/** Emitters of the aggregates that give one plain value. */
export const BASIC_AGGREGATES: Readonly<Record<string, AggregateEmitter>> = Object.freeze({
  // With an argument, every row counts just the same.
  count: () => certain("count(*)", "long"),
  countif: (site) => certain(`count(*)${filterClause(predicate(site, 0))}`, "long"),
  ...withIf("dcount", distinctCount),
  ...withIf("count_distinct", distinctCount),
  ...withIf("sum", sum),
  ...withIf("avg", average),
  ...withIf("min", (from, filter) => extreme("min", from, filter)),
  ...withIf("max", (from, filter) => extreme("max", from, filter)),
  ...withIf("take_any", anyValue),
  ...withIf("binary_all_and", bits("bit_and")),
  ...withIf("binary_all_or", bits("bit_or")),
  ...withIf("binary_all_xor", bits("bit_xor")),
});

/** Exact, where the service estimates. */
function distinctCount(from: SqlExpr, filter: string): SqlExpr {
  return certain(`count(DISTINCT ${from.sql})${filter}`, "long");
}

function sum(input: SqlExpr, filter: string, site: CallSite): SqlExpr {
  const from = typedInput(input, site.type);
  const added = `sum(${from.sql})${filter}`;
  if (from.type === "real") {
    return certain(`coalesce(${added}, 0e0)`, "real");
  }
  if (from.type === "decimal") {
    return certain(`coalesce(${added}, 0)::DECIMAL(38, 12)`, "decimal");
  }
  if (from.type === "timespan") {
    return value(`coalesce(${invoke("kql_span", added)}, 0)`, "timespan");
  }
  const whole = conversion(from, "long", site.span);
  return certain(`coalesce(${invoke("kql_wrap", `sum(${whole.sql})${filter}`)}, 0)`, "long");
}

/** The average of longs is that of their sum in 64 bits, as the engine computes it. */
function average(input: SqlExpr, filter: string, site: CallSite): SqlExpr {
  const from = typedInput(input, site.type);
  const count = `count(${from.sql})${filter}`;
  if (from.type === "datetime") {
    const ticks = `sum(epoch_us(${from.sql}))${filter}`;
    return value(`make_timestamp((${ticks} // ${count})::BIGINT)`, "datetime");
  }
  if (from.type === "timespan") {
    return value(`(sum(${from.sql})${filter} // ${count})::BIGINT`, "timespan");
  }
  if (from.type === "decimal") {
    const quotient = `(sum(${from.sql})${filter})::DOUBLE / ${count}`;
    return value(`try_cast(${quotient} AS DECIMAL(38, 12))`, "decimal");
  }
  const total =
    from.type === "real"
      ? `sum(${from.sql})${filter}`
      : `${invoke("kql_wrap", `sum(${conversion(from, "long", site.span).sql})${filter}`)}::DOUBLE`;
  return certain(`(coalesce(${total}, 0e0) / ${count})`, "real");
}

function extreme(name: "min" | "max", from: SqlExpr, filter: string): SqlExpr {
  const found = `${name}(${from.sql})${filter}`;
  if (from.type === "real" && name === "min") {
    return value(
      `(CASE WHEN bool_or(isnan(${from.sql}))${filter} THEN ${NAN} ELSE ${found} END)`,
      "real",
    );
  }
  return from.type === "string"
    ? certain(`coalesce(${found}, '')`, "string")
    : value(found, from.type);
}

/** Any value, but one that is not null or empty when there is one. */
function anyValue(from: SqlExpr, filter: string): SqlExpr {
  return from.type === "string"
    ? certain(`coalesce(any_value(nullif(${from.sql}, ''))${filter}, '')`, "string")
    : value(`any_value(${from.sql})${filter}`, from.type);
}

function bits(name: string): (from: SqlExpr, filter: string, site: CallSite) => SqlExpr {
  return (input, filter, site) => {
    const from = conversion(input, "long", site.span);
    const type: KqlType = site.type === "int" ? "int" : "long";
    return conversion(value(`${name}(${from.sql})${filter}`, "long"), type);
  };
}
