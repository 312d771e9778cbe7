/** `top-nested`: the best values of a column, within each the best of the next, and so on. */
import type { AggregateExpr, Expr, NamedExpr } from "../ir.ts";
import type { SyntaxNode } from "../official.ts";
import type { AggregateItem, JoinOutput, Relation } from "../relation.ts";
import type { KqlColumn } from "../types.ts";
import { part, refuse } from "./binder.ts";
import { columnRef, literal } from "./expressions.ts";
import { extend, filter, type OperatorSite, project, resultColumns } from "./operator.ts";
import { sortKey } from "./ordering.ts";

/** One level. */
interface Level {
  readonly key: KqlColumn;
  readonly keyExpr: Expr;
  readonly weight: KqlColumn;
  readonly aggregate: AggregateExpr;
  readonly descending: boolean;
  readonly count: Expr | null;
  /** What the values that are not among the best are gathered under. */
  readonly others: Expr | null;
}

/** True in rows that a level has gathered under its `others`. */
const GATHERED: KqlColumn = { name: "$gathered", type: "bool" };
const HIT: KqlColumn = { name: "$hit", type: "bool" };

/** Binds `top-nested`. Each level keeps or gathers rows; its weights are computed over what it kept. */
export function bindTopNested(site: OperatorSite): Relation {
  const { node, env } = site;
  const clauses = node.list("Clauses");
  const names = resultColumns(node, env);
  const levels = clauses.map((clause, index) => levelOf(clause, index, site));
  let rows = extend(site.input, [
    ...levels.map(({ key, keyExpr }): NamedExpr => ({ column: key, expr: keyExpr })),
    { column: GATHERED, expr: literal("bool", false) },
  ]);
  // A level's weights count what it kept, whatever the levels below it drop.
  const [first, ...rest] = levels.map((level, index) => {
    rows = keepBest(rows, level, levels.slice(0, index));
    return weighted(rows, level, levels.slice(0, index));
  });
  if (first === undefined) {
    throw refuse("top-nested without a clause", node, env);
  }
  const whole = rest.reduce<Relation>(
    (left, right, index) => joined(left, right, levels.slice(0, index + 1)),
    first,
  );
  const sorted: Relation = {
    kind: "sort",
    input: whole,
    keys: [
      ...levels.map(({ weight, descending }) => ({
        expr: columnRef(weight),
        descending,
        nullsFirst: false,
      })),
      ...levels.map(({ key }) => ({ expr: columnRef(key), descending: false, nullsFirst: true })),
    ],
    columns: whole.columns,
  };
  return project(
    sorted,
    levels
      .flatMap(({ key, weight }) => [key, weight])
      .map((column, index) => ({
        column: { name: names[index]?.name ?? "", type: column.type },
        expr: columnRef(column),
      })),
  );
}

function levelOf(clause: SyntaxNode, index: number, { env, binder }: OperatorSite): Level {
  const count = clause.child("Expression");
  const others = clause.child("WithOthersClause")?.child("Expression");
  const of = part(clause, "OfExpression");
  const keyExpr = binder.expression(of, env);
  const items: AggregateItem[] = [];
  const order = sortKey(part(clause, "ByExpression"), { ...env, aggregates: { items } }, binder);
  const [item] = items;
  if (items.length !== 1 || item === undefined || order.expr.kind !== "column") {
    throw refuse("top-nested by anything but one aggregate", clause, env);
  }
  return {
    key: { name: `$key${index}`, type: keyExpr.type },
    keyExpr,
    weight: { name: `$weight${index}`, type: item.aggregate.type },
    aggregate: item.aggregate,
    descending: order.descending,
    count: count === undefined ? null : binder.expression(count, env),
    others: others === undefined ? null : binder.expression(others, env),
  };
}

function weighted(rows: Relation, level: Level, above: readonly Level[]): Relation {
  const keys = [...above, level].map(({ key }) => ({ column: key, expr: columnRef(key) }));
  return {
    kind: "summarize",
    input: rows,
    keys,
    aggregates: [{ column: level.weight, aggregate: level.aggregate }],
    picks: [],
    columns: [...keys.map(({ column }) => column), level.weight],
  };
}

/** The rows of the best values of a level; the others are dropped, or gathered under one value. */
function keepBest(rows: Relation, level: Level, above: readonly Level[]): Relation {
  if (level.count === null) {
    return rows;
  }
  const open = filter(rows, not(columnRef(GATHERED)));
  const ranked: Relation = {
    kind: "sort",
    input: weighted(open, level, above),
    keys: [{ expr: columnRef(level.weight), descending: level.descending, nullsFirst: false }],
    columns: [...above.map(({ key }) => key), level.key, level.weight],
  };
  const best = extend(
    {
      kind: "take",
      input: ranked,
      count: level.count,
      random: false,
      groups: above.map(({ key }) => key.name),
      columns: ranked.columns,
    },
    [{ column: HIT, expr: literal("bool", true) }],
  );
  const keys = [...above, level].map(({ key }) => key);
  const matched = lookUp(rows, best, keys);
  const isBest: Expr = call("and", [call("isnotnull", [columnRef(HIT)]), not(columnRef(GATHERED))]);
  if (level.others === null) {
    return without(filter(matched, isBest), HIT);
  }
  return without(
    extend(matched, [
      {
        column: level.key,
        expr: call("iff", [isBest, columnRef(level.key), level.others], level.key.type),
      },
      { column: GATHERED, expr: not(isBest) },
    ]),
    HIT,
  );
}

function call(name: string, args: readonly Expr[], type: KqlColumn["type"] = "bool"): Expr {
  return { kind: "call", type, name, args, span: { start: 0, length: 0 } };
}

function not(expr: Expr): Expr {
  return call("not", [expr]);
}

function without(relation: Relation, { name }: KqlColumn): Relation {
  return project(
    relation,
    relation.columns
      .filter((column) => column.name !== name)
      .map((column) => ({ column, expr: columnRef(column) })),
  );
}

/** The rows with the flag of the best values they belong to. */
function lookUp(rows: Relation, best: Relation, keys: readonly KqlColumn[]): Relation {
  const outputs: JoinOutput[] = [
    ...rows.columns.map((column) => ({ column, side: "left" as const, name: column.name })),
    { column: HIT, side: "right", name: HIT.name },
  ];
  return {
    kind: "join",
    joinKind: "leftouter",
    left: rows,
    right: best,
    on: keys.map((key) => ({ left: columnRef(key), right: columnRef(key) })),
    outputs,
    columns: outputs.map(({ column }) => column),
  };
}

function joined(left: Relation, right: Relation, keys: readonly Level[]): Relation {
  const own = new Set(left.columns.map(({ name }) => name));
  const outputs: JoinOutput[] = [
    ...left.columns.map((column) => ({ column, side: "left" as const, name: column.name })),
    ...right.columns
      .filter(({ name }) => !own.has(name))
      .map((column) => ({ column, side: "right" as const, name: column.name })),
  ];
  return {
    kind: "join",
    joinKind: "inner",
    left,
    right,
    on: keys.map(({ key }) => ({ left: columnRef(key), right: columnRef(key) })),
    outputs,
    columns: outputs.map(({ column }) => column),
  };
}
