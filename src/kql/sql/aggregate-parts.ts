/**
 * What aggregates have in common: the condition of those whose name ends in `if`, and the empty group. Which rows
 * count, and what nothing gives, stands with each aggregate.
 */

import type { KqlType } from "../types.ts";
import { argument } from "./build.ts";
import { conversion } from "./convert.ts";
import type { AggregateEmitter, CallSite, SqlExpr } from "./sql-expr.ts";

/** An aggregate over one expression; `filter` is empty or a FILTER clause, to be appended to each aggregate function. */
export type Fold = (from: SqlExpr, filter: string, site: CallSite) => SqlExpr;

/** The FILTER clause of conditions; those that are null or false leave the row out. */
export function filterClause(...conditions: readonly (string | null)[]): string {
  const given = conditions.filter((condition) => condition !== null);
  return given.length === 0 ? "" : ` FILTER (WHERE ${given.join(" AND ")})`;
}

/** An argument as a condition. */
export function predicate(site: CallSite, index: number): string {
  return conversion(argument(site, index), "bool", site.span).sql;
}

/** The aggregate under its name and, with the condition as second argument, under `…if`. */
export function withIf(name: string, fold: Fold): Readonly<Record<string, AggregateEmitter>> {
  return {
    [name]: (site) => fold(argument(site, 0), "", site),
    [`${name}if`]: (site) => fold(argument(site, 0), filterClause(predicate(site, 1)), site),
  };
}

/** A value of the type that an aggregate is declared with, when its argument is dynamic. */
export function typedInput(from: SqlExpr, type: KqlType): SqlExpr {
  return from.type === "dynamic" ? conversion(from, type) : from;
}
