/** All aggregates that have SQL. `arg_max`, `arg_min` and `take_any` give several columns and are made with their operator. */
import { BASIC_AGGREGATES } from "./aggregates-basic.ts";
import { COLLECT_AGGREGATES } from "./aggregates-collect.ts";
import { STATISTICS_AGGREGATES } from "./aggregates-statistics.ts";
import type { AggregateEmitter } from "./sql-expr.ts";

/** Emitter of every supported aggregate, by its name in the language. */
export const AGGREGATES: Readonly<Record<string, AggregateEmitter>> = Object.freeze({
  __proto__: null as never,
  ...BASIC_AGGREGATES,
  ...COLLECT_AGGREGATES,
  ...STATISTICS_AGGREGATES,
});
