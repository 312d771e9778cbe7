/**
 * Rounding down to multiples: `bin`, `floor`, `bin_at` for every type. Instants are counted from 0001-01-01. A size
 * that is null or not above 0 gives null.
 */

import type { KqlType } from "../types.ts";
import { argument, refused, strict, value } from "./build.ts";
import { conversion } from "./convert.ts";
import { constantWhole } from "./growth.ts";
import { EPOCH_MICROS } from "./macros-time.ts";
import { once } from "./once.ts";
import type { CallSite, Emitter, SqlExpr } from "./sql-expr.ts";

/** Sizes for which DuckDB has a truncation of its own, in ticks. */
const TRUNCATIONS: ReadonlyMap<bigint, string> = new Map([
  [10_000_000n, "second"],
  [600_000_000n, "minute"],
  [36_000_000_000n, "hour"],
  [864_000_000_000n, "day"],
]);
const TICKS_PER_MICROSECOND = 10n;

/** Emitters of the functions that round down to a multiple. */
export const BINS: Readonly<Record<string, Emitter>> = Object.freeze({
  bin,
  floor: bin,
  bin_at: binAt,
  bin_auto: refused("the size of the bins is set by a client's request property"),
});

function bin(site: CallSite): SqlExpr {
  return rounded(argument(site, 0), argument(site, 1), site.type);
}

function rounded(from: SqlExpr, size: SqlExpr, type: KqlType): SqlExpr {
  const typed = from.type === "dynamic" ? conversion(from, type) : from;
  if (typed.type === "datetime") {
    return roundedInstant(typed, size.type === "datetime" ? asTicks(size) : asSpan(size));
  }
  if (typed.type === "timespan") {
    return roundedWhole(typed, asSpan(size), "timespan");
  }
  if (type === "int" || type === "long") {
    return roundedWhole(conversion(typed, "long"), conversion(size, "long"), type);
  }
  return roundedReal(conversion(typed, "real"), conversion(size, "real"), type);
}

function roundedInstant(instant: SqlExpr, size: SqlExpr): SqlExpr {
  const ticks = constantWhole(size);
  const unit = ticks === null ? undefined : TRUNCATIONS.get(ticks);
  if (unit !== undefined) {
    return strict(`date_trunc('${unit}', ${instant.sql})`, "datetime", [instant]);
  }
  if (ticks !== null && ticks > 0n && ticks % TICKS_PER_MICROSECOND === 0n) {
    const micros = ticks / TICKS_PER_MICROSECOND;
    const sql = once(
      [instant],
      (t) => `make_timestamp(epoch_us(${t}) - (epoch_us(${t}) + ${EPOCH_MICROS}) % ${micros})`,
    );
    return strict(sql, "datetime", [instant]);
  }
  return value(
    once([instant, size], (t, n) => `kql_bin_datetime(${t}, ${n})`),
    "datetime",
  );
}

function roundedWhole(whole: SqlExpr, size: SqlExpr, type: KqlType): SqlExpr {
  const constant = constantWhole(size);
  // The multiple below a number near the least one does not fit and wraps.
  const sql = once([whole, size], (x, n) => `kql_wrap(kql_floor(${x}::HUGEINT, ${n}::HUGEINT))`);
  const typed = type === "int" ? `${sql}::INTEGER` : sql;
  return constant !== null && constant > 0n ? strict(typed, type, [whole]) : value(typed, type);
}

function roundedReal(real: SqlExpr, size: SqlExpr, type: KqlType): SqlExpr {
  const sql = once(
    [real, size],
    (x, n) => `(CASE WHEN ${n} > 0 THEN floor(${x} / ${n}) * ${n} END)`,
  );
  const constant = size.literal?.value;
  const result = value(sql, "real");
  const typed = type === "real" ? result : conversion(result, type);
  return typeof constant === "number" && constant > 0 && type === "real"
    ? strict(sql, "real", [real])
    : typed;
}

/** Bins of which one starts at a fixed point. */
function binAt(site: CallSite): SqlExpr {
  const [from, size, fixed] = [argument(site, 0), argument(site, 1), argument(site, 2)];
  if (site.type === "datetime") {
    const distance = value(
      once([from, fixed], (t, f) => `(kql_ticks(${t}) - kql_ticks(${f}))`),
      "timespan",
    );
    const steps = roundedWhole(distance, asSpan(size), "timespan");
    return value(
      once([fixed, steps], (t, n) => `kql_add(${t}, ${n})`),
      "datetime",
    );
  }
  if (site.type === "real" || site.type === "decimal") {
    const [x, n, f] = [from, size, fixed].map((piece) => conversion(piece, "real")) as [
      SqlExpr,
      SqlExpr,
      SqlExpr,
    ];
    const sql = once(
      [x, n, f],
      (a, b, c) => `(CASE WHEN ${b} > 0 THEN ${c} + floor((${a} - ${c}) / ${b}) * ${b} END)`,
    );
    return conversion(value(sql, "real"), site.type);
  }
  const wanted: KqlType = site.type === "timespan" ? "timespan" : "long";
  const [x, n, f] = [from, size, fixed].map((piece) => conversion(piece, wanted)) as [
    SqlExpr,
    SqlExpr,
    SqlExpr,
  ];
  const distance = value(`(${x.sql}::HUGEINT - ${f.sql})`, wanted);
  const sql = once(
    [distance, n, f],
    (d, b, c) => `kql_wrap(${c}::HUGEINT + kql_floor(${d}, ${b}::HUGEINT))`,
  );
  return value(site.type === "int" ? `${sql}::INTEGER` : sql, site.type);
}

function asSpan(piece: SqlExpr): SqlExpr {
  return conversion(piece, "timespan");
}

function asTicks(piece: SqlExpr): SqlExpr {
  return value(`kql_ticks(${piece.sql})`, "timespan");
}
