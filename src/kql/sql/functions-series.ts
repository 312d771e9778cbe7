/**
 * Functions of series, which are dynamic arrays of numbers. Operations between two go element by element; where one
 * has no number the result has null. What rests on estimates (seasons, anomalies, outliers) is not supported.
 */

import { argument, certain, invoke, refused, value } from "./build.ts";
import { conversion } from "./convert.ts";
import { once } from "./once.ts";
import { type CallSite, type Emitter, KqlRefusal, type SqlExpr } from "./sql-expr.ts";

const ESTIMATED = "its estimates differ from engine to engine";

const EMITTERS: Readonly<Record<string, Emitter>> = {
  series_add: between((a, b) => `${a} + ${b}`, true),
  series_subtract: between((a, b) => `${a} - ${b}`, true),
  series_multiply: between((a, b) => `${a} * ${b}`, true),
  series_divide: between((a, b) => `${a} / ${b}`, false),
  series_pow: between((a, b) => `pow(${a}, ${b})`, false),
  series_equals: compared("="),
  series_not_equals: compared("<>"),
  series_less: compared("<"),
  series_less_equals: compared("<="),
  series_greater: compared(">"),
  series_greater_equals: compared(">="),

  series_abs: each((x) => `abs(${x})`, true),
  series_sign: each((x) => `sign(${x})::DOUBLE`, false),
  series_exp: each((x) => `exp(${x})`, false),
  series_log: each(
    (x) => `CASE WHEN ${x} > 0 THEN ln(${x}) WHEN ${x} = 0 THEN '-inf'::DOUBLE END`,
    false,
  ),
  series_sin: each((x) => `CASE WHEN isfinite(${x}) THEN sin(${x}) END`, false),
  series_cos: each((x) => `CASE WHEN isfinite(${x}) THEN cos(${x}) END`, false),
  series_tan: each((x) => `CASE WHEN isfinite(${x}) THEN tan(${x}) END`, false),
  series_asin: each((x) => `CASE WHEN ${x} BETWEEN -1 AND 1 THEN asin(${x}) END`, false),
  series_acos: each((x) => `CASE WHEN ${x} BETWEEN -1 AND 1 THEN acos(${x}) END`, false),
  series_atan: each((x) => `atan(${x})`, false),
  series_floor: each((x) => `floor(${x})`, false),
  series_ceiling: each((x) => `ceil(${x})`, false),

  series_sum: (site) => value(invoke("kql_array_sum", series(site, 0)), "real"),
  series_product: (site) => value(invoke("kql_series_product", numbers(site, 0)), "real"),
  series_magnitude: (site) => value(invoke("kql_series_norm", numbers(site, 0)), "real"),
  series_dot_product: dotProduct,
  series_pearson_correlation: (site) =>
    value(invoke("kql_series_correlation", numbers(site, 0), numbers(site, 1)), "real"),
  series_cosine_similarity: cosine,

  series_fill_const: fillConst,
  series_fill_forward: (site) => fill(site, "kql_fill_forward"),
  series_fill_backward: (site) => fill(site, "kql_fill_backward"),
  series_fill_linear: fillLinear,

  series_stats_dynamic: (site) =>
    value(invoke("kql_series_statistics", numbers(site, 0), truth(site, 1, "false")), "dynamic"),
  series_fit_line_dynamic: (site) => value(invoke("kql_series_line", numbers(site, 0)), "dynamic"),
  series_fir: finiteFilter,
  series_iir: (site) =>
    value(
      `kql_series_json(kql_iir(${numbers(site, 0)}, ${numbers(site, 1)}, ${numbers(site, 2)}),
        ${[0, 1, 2].map((index) => `kql_whole(${series(site, index)})`).join(" AND ")})`,
      "dynamic",
    ),

  series_outliers: refused(ESTIMATED),
  series_decompose: refused(ESTIMATED),
  series_decompose_anomalies: refused(ESTIMATED),
  series_decompose_forecast: refused(ESTIMATED),
  series_seasonal: refused(ESTIMATED),
  series_periods_detect: refused(ESTIMATED),
};

/** Emitters of the functions of series. */
export const SERIES: Readonly<Record<string, Emitter>> = Object.freeze(
  Object.fromEntries(
    Object.entries(EMITTERS).map(([name, emitter]) => [name, namingArguments(emitter)]),
  ),
);

/** The arguments are computed once, however often an emitter names them. */
function namingArguments(emitter: Emitter): Emitter {
  return (site) => {
    const direct = emitter(site);
    const sql = once(
      site.args,
      (...names) =>
        emitter({ ...site, args: site.args.map((arg, index) => named(arg, names[index] ?? "")) })
          .sql,
    );
    return { ...direct, sql };
  };
}

function named({ type, nonNull, literal }: SqlExpr, sql: string): SqlExpr {
  return { sql, type, nonNull, ...(literal === undefined ? {} : { literal }) };
}

function series(site: CallSite, index: number): string {
  return conversion(argument(site, index), "dynamic", site.span).sql;
}

/** The elements of an argument as reals. */
function numbers(site: CallSite, index: number): string {
  return invoke("kql_series", series(site, index));
}

function truth(site: CallSite, index: number, absent: string): string {
  const piece = site.args[index];
  return piece === undefined ? absent : conversion(piece, "bool", site.span).sql;
}

/** One side of an operation: a list, or one number for all elements. */
interface Side {
  readonly sql: string;
  readonly isList: boolean;
  readonly whole: string;
}

function side(site: CallSite, index: number): Side {
  const piece = argument(site, index);
  if (piece.type === "dynamic") {
    return { sql: numbers(site, index), isList: true, whole: `kql_whole(${piece.sql})` };
  }
  const isWhole = piece.type === "int" || piece.type === "long";
  return {
    sql: conversion(piece, "real", site.span).sql,
    isList: false,
    whole: isWhole ? "true" : "false",
  };
}

/** The list of the results of an operation; shorter series count as filled up with nulls. */
function zipped(left: Side, right: Side, operation: (a: string, b: string) => string): string {
  const fields = `{'a': ${left.sql}, 'b': ${right.sql}}`;
  const body = left.isList
    ? right.isList
      ? `CASE WHEN kql_s.a IS NOT NULL AND kql_s.b IS NOT NULL
          THEN list_transform(list_zip(kql_s.a, kql_s.b), lambda kql_p: ${operation("kql_p[1]", "kql_p[2]")}) END`
      : `list_transform(kql_s.a, lambda kql_p: ${operation("kql_p", "kql_s.b")})`
    : `list_transform(kql_s.b, lambda kql_p: ${operation("kql_s.a", "kql_p")})`;
  return `list_transform([${fields}], lambda kql_s: ${body})[1]`.replace(/\s*\n\s*/g, " ");
}

function between(operation: (a: string, b: string) => string, staysWhole: boolean): Emitter {
  return (site) => {
    const [left, right] = [side(site, 0), side(site, 1)];
    const whole = staysWhole ? `${left.whole} AND ${right.whole}` : "false";
    return value(`kql_series_json(${zipped(left, right, operation)}, ${whole})`, "dynamic");
  };
}

function compared(operator: string): Emitter {
  return (site) => {
    const list = zipped(side(site, 0), side(site, 1), (a, b) => `${a} ${operator} ${b}`);
    return value(`to_json(${list})`, "dynamic");
  };
}

function each(operation: (x: string) => string, staysWhole: boolean): Emitter {
  return (site) => {
    const list = `list_transform(${numbers(site, 0)}, lambda kql_p: ${operation("kql_p")})`;
    const whole = staysWhole ? `kql_whole(${series(site, 0)})` : "false";
    return value(`kql_series_json(${list}, ${whole})`, "dynamic");
  };
}

function dotProduct(site: CallSite): SqlExpr {
  const products = zipped(side(site, 0), side(site, 1), (a, b) => `${a} * ${b}`);
  return value(invoke("kql_series_sum", products), "real");
}

/** The lengths may be given when they are known. */
function cosine(site: CallSite): SqlExpr {
  const [a, b] = [numbers(site, 0), numbers(site, 1)];
  const [lengthA, lengthB] = [a, b].map((list, index) => {
    const given = site.args[index + 2];
    return given === undefined
      ? invoke("kql_series_norm", list)
      : conversion(given, "real", site.span).sql;
  });
  return value(`(kql_series_dot(${a}, ${b}) / (${lengthA} * ${lengthB}))`, "real");
}

/** What stands for a missing element, besides null. */
function placeholder(site: CallSite, index: number): string {
  const piece = site.args[index];
  return piece === undefined ? "NULL::DOUBLE" : conversion(piece, "real", site.span).sql;
}

function fill(site: CallSite, macro: string): SqlExpr {
  return value(invoke(macro, series(site, 0), placeholder(site, 1)), "dynamic");
}

function fillConst(site: CallSite): SqlExpr {
  const constant = site.args[1] ?? certain("0::BIGINT", "long");
  const filled = conversion(constant, "dynamic", site.span).sql;
  return value(invoke("kql_fill_const", series(site, 0), filled, placeholder(site, 2)), "dynamic");
}

function fillLinear(site: CallSite): SqlExpr {
  const constant = site.args[3];
  const filled = constant === undefined ? "0e0" : conversion(constant, "real", site.span).sql;
  const sql = invoke(
    "kql_fill_linear",
    series(site, 0),
    placeholder(site, 1),
    truth(site, 2, "true"),
    filled,
  );
  return value(sql, "dynamic");
}

/** A filter is normalised unless it is said otherwise or it has a negative part. */
function finiteFilter(site: CallSite): SqlExpr {
  const coefficients = numbers(site, 1);
  const normalize = site.args[2];
  const negative = `list_min(${coefficients}) < 0`;
  const wanted =
    normalize === undefined ? `NOT ${negative}` : conversion(normalize, "bool", site.span).sql;
  const ahead = constantTruth(site, 3) ? `len(${coefficients}) // 2` : "0";
  const filter = `CASE WHEN ${wanted} THEN kql_fir_normal(${coefficients}) ELSE ${coefficients} END`;
  const whole = `NOT (${wanted}) AND kql_whole(${series(site, 0)}) AND kql_whole(${series(site, 1)})`;
  const result = `kql_series_json(kql_fir(${numbers(site, 0)}, ${filter}, ${ahead}), ${whole})`;
  const refusedSum = normalize === undefined ? "false" : `(${wanted} AND ${negative})`;
  return value(`(CASE WHEN NOT ${refusedSum} THEN ${result} END)`, "dynamic");
}

function constantTruth(site: CallSite, index: number): boolean {
  const piece = site.args[index];
  if (piece === undefined) {
    return false;
  }
  if (typeof piece.literal?.value !== "boolean") {
    throw new KqlRefusal(
      "KQL_CONSTANT",
      `argument ${index + 1} of ${site.name}() has to be true or false`,
      site.span,
    );
  }
  return piece.literal.value;
}
