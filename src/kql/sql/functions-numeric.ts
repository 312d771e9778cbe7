/**
 * Functions of numbers. Where a function is not defined the answer is the engine's: NaN for the root of a negative
 * number, null for its logarithm.
 */

import type { KqlType } from "../types.ts";
import { argument, certain, invoke, strict, value } from "./build.ts";
import { conversion } from "./convert.ts";
import { constantWhole } from "./growth.ts";
import { once } from "./once.ts";
import type { CallSite, Emitter, SqlExpr } from "./sql-expr.ts";

const NAN = "'nan'::DOUBLE";
/** Digits beyond these a real does not have. */
const ROUND_DIGITS_MAX = 15;

/** Emitters of the functions of numbers. */
export const NUMERICS: Readonly<Record<string, Emitter>> = Object.freeze({
  abs: absolute,
  sign: (site) => {
    const number = real(site, 0);
    const sql = once([number], (x) => `(CASE WHEN isnan(${x}) THEN 0 ELSE sign(${x}) END)`);
    return conversion(strict(`${sql}::DOUBLE`, "real", [number]), site.type);
  },
  ceiling: (site) => roundedTo(site, (x) => `ceil(${x})`),
  round,
  sqrt: reals((x) => `(CASE WHEN ${x} < 0 THEN ${NAN} ELSE sqrt(${x}) END)`),
  exp: reals((x) => `exp(${x})`),
  exp2: reals((x) => `pow(2e0, ${x})`),
  exp10: reals((x) => `pow(10e0, ${x})`),
  log: logarithm("ln"),
  log2: logarithm("log2"),
  log10: logarithm("log10"),
  pow: reals((x, y) => `pow(${x}, ${y})`),
  sin: reals(finite("sin")),
  cos: reals(finite("cos")),
  tan: reals(finite("tan")),
  cot: reals((x) => `(CASE WHEN ${x} = 0 THEN 'inf'::DOUBLE ELSE ${finite("cot")(x)} END)`),
  asin: partial((x) => `(CASE WHEN ${x} BETWEEN -1 AND 1 THEN asin(${x}) END)`),
  acos: partial((x) => `(CASE WHEN ${x} BETWEEN -1 AND 1 THEN acos(${x}) END)`),
  atan: reals((x) => `atan(${x})`),
  atan2: reals((y, x) => `atan2(${y}, ${x})`),
  degrees: reals((x) => `degrees(${x})`),
  radians: reals((x) => `radians(${x})`),
  pi: () => certain("pi()", "real"),
  gamma: partial((x) => `try(gamma(${x}))`),
  loggamma: partial((x) => `try(lgamma(${x}))`),
  isnan: (site) => truth(site, (x) => `isnan(${x})`),
  isinf: (site) => truth(site, (x) => `isinf(${x})`),
  isfinite: (site) => truth(site, (x) => `isfinite(${x})`),
  rand: random,
  binary_and: bits((a, b) => `(${a} & ${b})`),
  binary_or: bits((a, b) => `(${a} | ${b})`),
  binary_xor: bits((a, b) => `xor(${a}, ${b})`),
  binary_not: bits((a) => `xor(${a}, '-1'::BIGINT)`),
  binary_shift_left: bits(
    (a, n) =>
      `kql_wrap((${a}::HUGEINT & (18446744073709551615::HUGEINT >> (${shift(n)}))) << (${shift(n)}))`,
  ),
  binary_shift_right: bits((a, n) => `(${a} >> (${shift(n)})::INTEGER)`),
  bitset_count_ones: bits((a) => `bit_count(${a})::BIGINT`),
  around: (site) => {
    const [from, center, delta] = [argument(site, 0), argument(site, 1), argument(site, 2)];
    const sql = once([from, center, delta], (...sides) => between(from.type, sides));
    return strict(sql, "bool", [from, center, delta]);
  },
});

function real(site: CallSite, index: number): SqlExpr {
  return conversion(argument(site, index), "real", site.span);
}

/** A function of reals that has a value for every number. */
function reals(sql: (...sides: readonly string[]) => string): Emitter {
  return (site) => {
    const numbers = site.args.map((_, index) => real(site, index));
    return strict(once(numbers, sql), "real", numbers);
  };
}

/** A function of reals that is null for some. */
function partial(sql: (...sides: readonly string[]) => string): Emitter {
  return (site) => ({ ...reals(sql)(site), nonNull: false });
}

/** DuckDB refuses the sine of infinity. */
function finite(name: string): (...sides: readonly string[]) => string {
  return (x = "") => `(CASE WHEN isinf(${x}) THEN ${NAN} ELSE ${name}(${x}) END)`;
}

function logarithm(name: string): Emitter {
  return partial(
    (x) => `(CASE WHEN ${x} > 0 THEN ${name}(${x}) WHEN ${x} = 0 THEN '-inf'::DOUBLE END)`,
  );
}

function truth(site: CallSite, sql: (x: string) => string): SqlExpr {
  const number = real(site, 0);
  return strict(sql(number.sql), "bool", [number]);
}

function absolute(site: CallSite): SqlExpr {
  const number = argument(site, 0);
  if (site.type === "timespan" || site.type === "long" || site.type === "int") {
    const whole = conversion(number, site.type === "timespan" ? "timespan" : "long", site.span);
    const wrapped = strict(invoke("kql_wrap", `abs(${whole.sql}::HUGEINT)`), whole.type, [whole]);
    return conversion(wrapped, site.type);
  }
  const typed = conversion(number, site.type, site.span);
  return strict(`abs(${typed.sql})`, site.type, [typed]);
}

/** Whole numbers are their own rounding. */
function roundedTo(site: CallSite, sql: (x: string) => string): SqlExpr {
  const number = argument(site, 0);
  if (number.type === "int" || number.type === "long") {
    return conversion(number, site.type);
  }
  const type: KqlType = number.type === "decimal" ? "decimal" : "real";
  const typed = conversion(number, type, site.span);
  const result = type === "decimal" ? `${sql(typed.sql)}::DECIMAL(38, 12)` : sql(typed.sql);
  return conversion(strict(result, type, [typed]), site.type);
}

/** Halves go away from zero; a negative precision rounds to tens. */
function round(site: CallSite): SqlExpr {
  const precision = site.args[1];
  if (precision === undefined) {
    return roundedTo(site, (x) => `round(${x})`);
  }
  const digits = constantWhole(precision);
  const number = argument(site, 0);
  const whole = number.type === "int" || number.type === "long";
  if (digits !== null && digits >= 0n) {
    return digits > ROUND_DIGITS_MAX
      ? roundedTo(site, (x) => x)
      : roundedTo(site, (x) => `round(${x}, ${digits})`);
  }
  const typed = conversion(number, whole ? "long" : "real", site.span);
  const places = conversion(precision, "long", site.span);
  const sql = once(
    [typed, places],
    (x, n) => `round(${x}, greatest(least(${n}, ${ROUND_DIGITS_MAX}), -18)::INTEGER)`,
  );
  return conversion(value(sql, typed.type), site.type);
}

/** From 0 up to 1 without it; with a limit above 1 a whole number below the limit. */
function random(site: CallSite): SqlExpr {
  const limit = site.args[0];
  if (limit === undefined || constantWhole(limit) === 1n) {
    return certain("random()", "real");
  }
  return value(`floor(random() * ${conversion(limit, "real").sql})`, "real");
}

function bits(sql: (...sides: readonly string[]) => string): Emitter {
  return (site) => {
    const numbers = site.args.map((piece) => conversion(piece, "long", site.span));
    return strict(once(numbers, sql), "long", numbers);
  };
}

/** A shift is taken modulo the width, as processors do. */
function shift(count: string | undefined): string {
  return `${count} & 63`;
}

function between(type: KqlType, [x, center, delta]: readonly string[]): string {
  return type === "datetime"
    ? `(${x} BETWEEN kql_add(${center}, -(${delta})) AND kql_add(${center}, ${delta}))`
    : `(${x} BETWEEN ${center} - ${delta} AND ${center} + ${delta})`;
}
