/** Operators about order and number: sort, top, take, count, sample, top-hitters. */
import type { AggregateExpr, Expr } from "../ir.ts";
import type { SyntaxNode } from "../official.ts";
import type { Relation, SortKey } from "../relation.ts";
import type { KqlColumn } from "../types.ts";
import { type Binder, type Env, part, placeOf } from "./binder.ts";
import { columnRef } from "./expressions.ts";
import { declaredName, type OperatorSite, project, resultColumns } from "./operator.ts";

/** A key: descending unless it says `asc`; null counts as the smallest value unless it says otherwise. */
export function sortKey(node: SyntaxNode, env: Env, binder: Binder): SortKey {
  const ordering = node.kind === "OrderedExpression" ? node.child("Ordering") : undefined;
  const inner = node.kind === "OrderedExpression" ? part(node, "Expression") : node;
  const direction = ordering?.child("AscOrDescKeyword")?.text.trim().toLowerCase() ?? "";
  const nulls = ordering
    ?.child("NullsClause")
    ?.child("FirstOrLastKeyword")
    ?.text.trim()
    .toLowerCase();
  const ascending = direction.startsWith("asc") || direction.startsWith("granny-asc");
  return {
    expr: binder.expression(inner, env),
    descending: !ascending,
    nullsFirst: nulls === undefined || nulls === "" ? ascending : nulls === "first",
  };
}

/** `sort by` */
export function bindSort({ node, input, env, binder }: OperatorSite): Relation {
  const keys = node.list("Expressions").map((key) => sortKey(key, env, binder));
  return { kind: "sort", input, keys, columns: input.columns };
}

/** `take`, `limit` */
export function bindTake({ node, input, env, binder }: OperatorSite): Relation {
  return take(input, binder.expression(part(node, "Expression"), env));
}

/** The first rows of a relation. */
function take(input: Relation, count: Expr, random = false): Relation {
  return { kind: "take", input, count, random, groups: [], columns: input.columns };
}

/** `top n by key`: the smallest or greatest; the result is sorted. */
export function bindTop({ node, input, env, binder }: OperatorSite): Relation {
  const key = sortKey(part(node, "ByExpression"), env, binder);
  const sorted: Relation = { kind: "sort", input, keys: [key], columns: input.columns };
  return take(sorted, binder.expression(part(node, "Expression"), env));
}

/** `sample n` */
export function bindSample({ node, input, env, binder }: OperatorSite): Relation {
  return take(input, binder.expression(part(node, "Expression"), env), true);
}

/** `sample-distinct n of x` */
export function bindSampleDistinct({ node, input, env, binder }: OperatorSite): Relation {
  const of = part(node, "OfExpression");
  const expr = binder.expression(of, env);
  const column = {
    name: declaredName(of) ?? resultColumns(node, env)[0]?.name ?? "Column1",
    type: expr.type,
  };
  const distinct: Relation = {
    kind: "summarize",
    input,
    keys: [{ column, expr }],
    aggregates: [],
    picks: [],
    columns: [column],
  };
  return take(distinct, binder.expression(part(node, "Expression"), env));
}

/** `count` */
export function bindCount({ node, input, env }: OperatorSite): Relation {
  const column: KqlColumn = { name: resultColumns(node, env)[0]?.name ?? "Count", type: "long" };
  const aggregate: AggregateExpr = {
    kind: "aggregate",
    type: "long",
    name: "count",
    args: [],
    span: placeOf(node, env),
  };
  return {
    kind: "summarize",
    input,
    keys: [],
    aggregates: [{ column, aggregate }],
    picks: [],
    columns: [column],
  };
}

/** `top-hitters n of x by y`: exact here. */
export function bindTopHitters({ node, input, env, binder }: OperatorSite): Relation {
  const [keyColumn, weightColumn] = resultColumns(node, env);
  const key = binder.expression(part(node, "OfExpression"), env);
  const by = node.child("ByClause")?.child("Expression");
  const weight = by === undefined ? undefined : binder.expression(by, env);
  const of = { name: keyColumn?.name ?? "Column1", type: key.type };
  const aggregate: AggregateExpr = {
    kind: "aggregate",
    type: weight?.type ?? "long",
    name: weight === undefined ? "count" : "sum",
    args: weight === undefined ? [] : [weight],
    span: placeOf(node, env),
  };
  const total = { name: weightColumn?.name ?? "approximate_count", type: aggregate.type };
  const grouped: Relation = {
    kind: "summarize",
    input,
    keys: [{ column: of, expr: key }],
    aggregates: [{ column: total, aggregate }],
    picks: [],
    columns: [of, total],
  };
  const sorted: Relation = {
    kind: "sort",
    input: grouped,
    keys: [{ expr: columnRef(total), descending: true, nullsFirst: false }],
    columns: grouped.columns,
  };
  return project(
    take(sorted, binder.expression(part(node, "Expression"), env)),
    grouped.columns.map((column) => ({ column, expr: columnRef(column) })),
  );
}
