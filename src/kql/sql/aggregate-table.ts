/** All aggregates that have SQL. `arg_max`, `arg_min` and `take_any` give several columns and are made with their operator. */
import type { AggregateEmitter } from "./sql-expr.ts";

/** Emitter of every supported aggregate, by its name in the language. */
export const AGGREGATES: Readonly<Record<string, AggregateEmitter>> = Object.freeze({
  __proto__: null as never,
});
