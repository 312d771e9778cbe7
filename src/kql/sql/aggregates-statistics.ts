/**
 * Aggregates of statistics: deviation, variance, covariance, percentiles. Percentiles are the nearest rank and exact.
 * The deviation of fewer than two values is 0; a value that is not finite makes it NaN.
 */

import type { KqlType } from "../types.ts";
import { filterClause, predicate, typedInput, withIf } from "./aggregate-parts.ts";
import { argument, certain, value } from "./build.ts";
import { conversion } from "./convert.ts";
import { type AggregateEmitter, type CallSite, KqlRefusal, type SqlExpr } from "./sql-expr.ts";

/** How many percentiles one call may ask for. */
const PERCENTILES_MAX = 1000;

/** The square of a greater number is beyond the reals, which DuckDB refuses. */
const SQUARED_MAX = "1e150::DOUBLE";

/** Emitters of the statistical aggregates. */
export const STATISTICS_AGGREGATES: Readonly<Record<string, AggregateEmitter>> = Object.freeze({
  ...withIf("stdev", spread("stddev_samp")),
  ...withIf("stdevp", spread("stddev_pop")),
  ...withIf("variance", spread("var_samp")),
  ...withIf("variancep", spread("var_pop")),
  covariance: (site) => covariance(site, "covar_samp", null),
  covarianceif: (site) => covariance(site, "covar_samp", predicate(site, 2)),
  covariancep: (site) => covariance(site, "covar_pop", null),
  covariancepif: (site) => covariance(site, "covar_pop", predicate(site, 2)),
  percentile: (site) => ranked(site),
  percentiles: (site) => ranked(site),
  percentiles_array: (site) => rankedArray(site, percentages(site, 1)),
  percentilew: (site) => weighted(site, percentage(site, 2)),
  percentilesw: (site) => weighted(site, percentage(site, 2)),
  percentilesw_array: (site) =>
    asArray(percentages(site, 2).map((percent) => weighted(site, percent))),
});

function spread(name: string): (from: SqlExpr, filter: string, site: CallSite) => SqlExpr {
  return (input, filter, site) => {
    const { sql } = real(input, site);
    const small = `abs(${sql}) < ${SQUARED_MAX}`;
    const known = filter === "" ? filterClause(small) : filter.replace(/\)$/, ` AND ${small})`);
    const notFinite = `bool_and(isfinite(${sql}))${filter} IS NOT DISTINCT FROM false`;
    const tooLarge = `max(abs(${sql}))${filter} >= ${SQUARED_MAX}`;
    return certain(
      `(CASE WHEN ${notFinite} THEN 'nan'::DOUBLE WHEN ${tooLarge} THEN 'inf'::DOUBLE ELSE coalesce(${name}(${sql})${known}, 0e0) END)`,
      "real",
    );
  };
}

function covariance(site: CallSite, name: string, condition: string | null): SqlExpr {
  const [x, y] = [real(argument(site, 0), site), real(argument(site, 1), site)];
  return certain(`coalesce(${name}(${y.sql}, ${x.sql})${filterClause(condition)}, 0e0)`, "real");
}

/** Instants and spans are measured in ticks. */
function real(from: SqlExpr, site: CallSite): SqlExpr {
  return conversion(typedInput(from, "real"), "real", site.span);
}

/** `percentile(x, p)`: the smallest value that at least p per cent of the values do not exceed. */
function ranked(site: CallSite): SqlExpr {
  const from = percentileInput(site);
  const type = from.type;
  const sql = `quantile_disc(${from.sql}, ${fraction(percentage(site, 1))})`;
  return conversion(nothing(sql, type), site.type);
}

function rankedArray(site: CallSite, percents: readonly number[]): SqlExpr {
  const from = percentileInput(site);
  const all = `quantile_disc(${from.sql}, [${percents.map(fraction).join(", ")}])`;
  return asArray(percents.map((_, index) => nothing(`(${all})[${index + 1}]`, from.type)));
}

function asArray(pieces: readonly SqlExpr[]): SqlExpr {
  const members = pieces.map((piece) => conversion(piece, "dynamic").sql);
  return value(`to_json([${members.join(", ")}])`, "dynamic");
}

/** The same where each value counts as often as its weight says. */
function weighted(site: CallSite, percent: number): SqlExpr {
  const from = percentileInput(site);
  const weight = conversion(argument(site, 1), "long", site.span).sql;
  const filter = filterClause(`${from.sql} IS NOT NULL`, `${weight} > 0`);
  const rows = `list({'s': ${weight}::HUGEINT, 'x': ${from.sql}} ORDER BY ${from.sql})${filter}`;
  const target = `${fraction(percent)} * sum(${weight})${filter}`;
  const found = `list_reduce(${rows}, lambda kql_a, kql_b: CASE WHEN kql_a.s >= ${target} THEN kql_a
    ELSE {'s': kql_a.s + kql_b.s, 'x': kql_b.x} END).x`.replace(/\s*\n\s*/g, " ");
  const sql = `(CASE WHEN count(*)${filter} > 0 THEN ${found} END)`;
  return nothing(sql, from.type);
}

function percentileInput(site: CallSite): SqlExpr {
  const from = argument(site, 0);
  return typedInput(from, site.type === "dynamic" ? "real" : site.type);
}

function nothing(sql: string, type: KqlType): SqlExpr {
  return type === "string" ? certain(`coalesce(${sql}, '')`, type) : value(sql, type);
}

function percentage(site: CallSite, index: number): number {
  return checked(site, argument(site, index).literal?.value);
}

function percentages(site: CallSite, from: number): readonly number[] {
  const { literal } = argument(site, from);
  const given =
    literal?.type === "dynamic" && typeof literal.value === "string"
      ? (JSON.parse(literal.value) as unknown)
      : site.args.slice(from).map((piece) => piece.literal?.value);
  if (!Array.isArray(given) || given.length > PERCENTILES_MAX) {
    throw constantNeeded(site);
  }
  return given.map((percent) => checked(site, percent));
}

function checked(site: CallSite, given: unknown): number {
  const percent =
    typeof given === "string" || typeof given === "number" ? Number(given) : Number.NaN;
  if (!(percent >= 0 && percent <= 100)) {
    throw constantNeeded(site);
  }
  return percent;
}

function constantNeeded(site: CallSite): KqlRefusal {
  return new KqlRefusal(
    "KQL_CONSTANT",
    `the percentiles of ${site.name}() have to be constants from 0 to 100`,
    site.span,
  );
}

/** The part of 1 without the noise of a division by 100. */
function fraction(percent: number): string {
  return `${Number((percent / 100).toPrecision(15))}::DOUBLE`;
}
