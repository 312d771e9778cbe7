/** Calls that are not functions of their arguments' values: they look at the row's columns or give several values. */
import type { CallExpr, Expr } from "../ir.ts";
import type { SyntaxNode } from "../official.ts";
import { KqlRefusal } from "../sql/sql-expr.ts";
import type { KqlType } from "../types.ts";
import { type Binder, type Env, part, placeOf, refuse } from "./binder.ts";
import {
  argumentsOf,
  bindArguments,
  CONVERSIONS,
  columnRef,
  literal,
  makeCall,
} from "./expressions.ts";

type ScalarBinder = (node: SyntaxNode, env: Env, binder: Binder) => Expr;

/** Functions that give several values at once, with the members of their variants that give a bag. */
export const TUPLE_MEMBERS: Readonly<Record<string, readonly string[]>> = Object.freeze({
  series_fit_line: ["rsquare", "slope", "variance", "rvariance", "interception", "line_fit"],
  series_stats: ["min", "min_idx", "max", "max_idx", "avg", "stdev", "variance"],
});

const TUPLE_TYPES: Readonly<Record<string, KqlType>> = Object.freeze({
  line_fit: "dynamic",
  max_idx: "long",
  min_idx: "long",
});

/** One value of a function that gives several at once: a member of what its variant with a bag gives. */
export function tupleMember(node: SyntaxNode, member: string, env: Env, binder: Binder): CallExpr {
  const written = part(node, "Name").name;
  const whole: CallExpr = {
    ...makeCall(node, env, `${written}_dynamic`, bindArguments(node, env, binder)),
    type: "dynamic",
  };
  const value = makeCall(node, env, "[]", [whole, literal("string", member)]);
  const type = TUPLE_TYPES[member] ?? "real";
  return type === "dynamic"
    ? { ...value, type }
    : { ...makeCall(node, env, CONVERSIONS[type], [{ ...value, type: "dynamic" }]), type };
}

/** All columns of the row in a bag; with `true` those that are null or empty are left out. */
function packAll(node: SyntaxNode, env: Env, binder: Binder): Expr {
  const [flag] = argumentsOf(node).map((argument) => binder.expression(argument, env));
  const pairs = env.row.map((column) => [literal("string", column.name), columnRef(column)]);
  if (flag?.kind !== "literal" || flag.value !== true) {
    return makeCall(node, env, "bag_pack", pairs.flat());
  }
  const bags = pairs.map(([name, column]): Expr => {
    const args = [name, column].filter((piece) => piece !== undefined);
    const empty = { ...makeCall(node, env, "isempty", args.slice(1)), type: "bool" as const };
    return makeCall(node, env, "iff", [
      empty,
      literal("dynamic", "{}"),
      makeCall(node, env, "bag_pack", args),
    ]);
  });
  return makeCall(node, env, "bag_merge", [literal("dynamic", "{}"), ...bags]);
}

/** Calls that are not functions of their arguments' values. */
export const SPECIAL_CALLS: Readonly<Record<string, ScalarBinder>> = Object.freeze({
  column_ifexists: (node, env, binder) => {
    const [nameNode, otherwise] = argumentsOf(node);
    const name = nameNode === undefined ? undefined : binder.expression(nameNode, env);
    if (name?.kind !== "literal" || otherwise === undefined) {
      throw new KqlRefusal(
        "KQL_ARGUMENT",
        "the first argument of column_ifexists() is a constant text",
        placeOf(node, env),
      );
    }
    const column = env.row.find((candidate) => candidate.name === name.value);
    return column === undefined ? binder.expression(otherwise, env) : columnRef(column);
  },
  ingestion_time: (_node, env) => {
    const column = ["_TimeReceived", "TimeGenerated"]
      .map((name) => env.row.find((candidate) => candidate.name === name))
      .find((found) => found?.type === "datetime");
    return column === undefined ? literal("datetime", null) : columnRef(column);
  },
  materialize: (node, env) => {
    throw refuse("materialize() of a value", node, env);
  },
  pack_all: packAll,
  bag_pack_columns: (node, env, binder) =>
    makeCall(
      node,
      env,
      "bag_pack",
      argumentsOf(node).flatMap((argument) => [
        literal("string", argument.symbol?.name ?? argument.name),
        binder.expression(argument, env),
      ]),
    ),
  column_names_of: (node, env, binder) => {
    const [table] = argumentsOf(node);
    if (table === undefined) {
      throw refuse("column_names_of() without a table", node, env);
    }
    const { columns } = binder.relation(table, { ...env, row: [], aggregates: null });
    return literal("dynamic", JSON.stringify(columns.map(({ name }) => name)));
  },
  ...Object.fromEntries(
    Object.entries(TUPLE_MEMBERS).map(([name, members]): [string, ScalarBinder] => [
      name,
      (node, env, binder) => tupleMember(node, members[0] ?? "", env, binder),
    ]),
  ),
});
