/** Operators that make columns from one row: extend, project and their relatives, distinct, serialize, print. */
import type { Expr, NamedExpr } from "../ir.ts";
import type { SyntaxNode } from "../official.ts";
import type { Relation } from "../relation.ts";
import { KqlRefusal } from "../sql/sql-expr.ts";
import type { KqlColumn } from "../types.ts";
import { type Env, part, placeOf } from "./binder.ts";
import { columnRef, literal } from "./expressions.ts";
import {
  declaredName,
  extend,
  filter,
  keepColumns,
  type OperatorSite,
  project,
  resultColumns,
} from "./operator.ts";
import { TUPLE_MEMBERS, tupleMember } from "./special-calls.ts";

/** `where` */
export function bindWhere({ node, input, env, binder }: OperatorSite): Relation {
  return filter(input, binder.expression(part(node, "Condition"), env));
}

/** `extend`: all expressions see the input row. */
export function bindExtend({ node, input, env, binder }: OperatorSite): Relation {
  return extend(input, extensions({ node, input, env, binder }));
}

/** `serialize`, with columns that are added after the order is fixed. */
export function bindSerialize(site: OperatorSite): Relation {
  const input: Relation = {
    kind: "serialize",
    input: site.input,
    columns: site.input.columns,
  };
  const items = extensions({ ...site, input, env: { ...site.env, serialized: true } });
  return items.length === 0 ? input : extend(input, items);
}

/** The expressions of an `extend` with the names that they get: their own, the binder's, or `Column1`, `Column2`. */
function extensions({ node, input, env, binder }: OperatorSite): NamedExpr[] {
  const result = resultColumns(node, env);
  const taken = new Set(input.columns.map(({ name }) => name));
  const items: NamedExpr[] = [];
  for (const expression of node.list("Expressions")) {
    if (expression.kind === "CompoundNamedExpression") {
      items.push(...compoundItems(expression, env, binder));
      continue;
    }
    const members = tupleMembers(expression);
    if (members !== undefined) {
      items.push(...tupleItems({ node: expression, members, result, taken }, env, binder));
      continue;
    }
    const name = declaredName(expression) ?? (expression.resultName() || freeName(taken, result));
    taken.add(name);
    const expr = binder.expression(expression, env);
    items.push({ column: { name, type: expr.type }, expr });
  }
  return items;
}

/** What a call gives when it gives several values. */
function tupleMembers(node: SyntaxNode): readonly string[] | undefined {
  return node.kind === "FunctionCallExpression"
    ? TUPLE_MEMBERS[part(node, "Name").name]
    : undefined;
}

interface TupleSite {
  readonly node: SyntaxNode;
  readonly members: readonly string[];
  readonly result: readonly KqlColumn[];
  readonly taken: Set<string>;
}

/** A call that gives several columns; their names are the binder's, which are new ones in a row. */
function tupleItems(
  { node, members, result, taken }: TupleSite,
  env: Env,
  binder: OperatorSite["binder"],
): NamedExpr[] {
  const prefix = part(node, "Name").name;
  const names = result.filter(({ name }) => name.startsWith(prefix) && !taken.has(name));
  return members.flatMap((member, index) => {
    const name = names[index]?.name;
    if (name === undefined) {
      return [];
    }
    taken.add(name);
    const expr = tupleMember(node, member, env, binder);
    return [{ column: { name, type: expr.type }, expr }];
  });
}

function freeName(taken: ReadonlySet<string>, result: readonly KqlColumn[]): string {
  const found = result.find(({ name }) => /^Column\d+$/.test(name) && !taken.has(name));
  return found?.name ?? `Column${taken.size + 1}`;
}

/** `(a, b) = f(x)`: the elements of an array under several names. */
function compoundItems(node: SyntaxNode, env: Env, binder: OperatorSite["binder"]): NamedExpr[] {
  const names = part(node, "Names").list("Names");
  const call = part(node, "Expression");
  const members = tupleMembers(call);
  if (members !== undefined) {
    return names.map((name, index) => {
      const expr = tupleMember(call, members[index] ?? "", env, binder);
      return { column: { name: name.name, type: expr.type }, expr };
    });
  }
  const source = binder.expression(part(node, "Expression"), env);
  return names.map((name, index) => {
    const expr: Expr = {
      kind: "call",
      type: "dynamic",
      name: "[]",
      args: [source, literal("long", String(index))],
      span: placeOf(node, env),
    };
    return { column: { name: name.name, type: "dynamic" }, expr };
  });
}

/** `project`, `print` and others whose result columns are their expressions in order. */
export function bindProject(site: OperatorSite): Relation {
  const { node, input, env } = site;
  return project(input, namedInOrder(site, node.list("Expressions"), resultColumns(node, env)));
}

/** Pairs expressions with the result columns that the official binder names. */
export function namedInOrder(
  { node, env, binder }: Omit<OperatorSite, "input">,
  expressions: readonly SyntaxNode[],
  columns: readonly KqlColumn[],
): NamedExpr[] {
  const flat = expressions.flatMap((expression): Expr[] => {
    if (expression.kind === "CompoundNamedExpression") {
      return compoundItems(expression, env, binder).map(({ expr }) => expr);
    }
    const members = tupleMembers(expression);
    return members === undefined
      ? [binder.expression(expression, env)]
      : members.map((member) => tupleMember(expression, member, env, binder));
  });
  if (flat.length !== columns.length) {
    throw new KqlRefusal(
      "KQL_UNSUPPORTED",
      "an expression that gives several columns is not supported here",
      placeOf(node, env),
    );
  }
  return flat.map((expr, index) => ({
    column: { name: columns[index]?.name ?? "", type: expr.type },
    expr,
  }));
}

/** `project-away`, `project-keep`, `project-reorder`: the official binder resolves wildcards and orders. */
export function bindColumnChoice({ node, input, env }: OperatorSite): Relation {
  const known = new Map(input.columns.map((column) => [column.name, column]));
  const columns = resultColumns(node, env).flatMap(({ name }) => known.get(name) ?? []);
  return keepColumns(input, columns);
}

/** `project-rename`: names change, places stay. */
export function bindRename({ node, input }: OperatorSite): Relation {
  const renamed = new Map(
    node
      .list("Expressions")
      .filter((expression) => expression.kind === "SimpleNamedExpression")
      .map((expression) => [
        part(expression, "Expression").symbol?.name ?? part(expression, "Expression").name,
        part(expression, "Name").name,
      ]),
  );
  return project(
    input,
    input.columns.map((column) => ({
      column: { name: renamed.get(column.name) ?? column.name, type: column.type },
      expr: columnRef(column),
    })),
  );
}

/** `distinct`: grouping without aggregates. */
export function bindDistinct(site: OperatorSite): Relation {
  const { node, input, env } = site;
  const expressions = node.list("Expressions");
  const keys =
    expressions[0]?.kind === "StarExpression"
      ? input.columns.map((column) => ({ column, expr: columnRef(column) }))
      : namedInOrder(site, expressions, resultColumns(node, env));
  return {
    kind: "summarize",
    input,
    keys,
    aggregates: [],
    picks: [],
    columns: keys.map(({ column }) => column),
  };
}

/** `getschema`: a table of the input's columns. */
export function bindGetSchema({ node, input, env }: OperatorSite): Relation {
  const columns = resultColumns(node, env);
  return {
    kind: "values",
    columns,
    rows: input.columns.map(({ name, type }, index) => [
      literal("string", name),
      literal("long", String(index)),
      literal("string", DOTNET_TYPES[type]),
      literal("string", type),
    ]),
  };
}

const DOTNET_TYPES: Readonly<Record<KqlColumn["type"], string>> = Object.freeze({
  bool: "System.SByte",
  datetime: "System.DateTime",
  decimal: "System.Data.SqlTypes.SqlDecimal",
  dynamic: "System.Object",
  guid: "System.Guid",
  int: "System.Int32",
  long: "System.Int64",
  real: "System.Double",
  string: "System.String",
  timespan: "System.TimeSpan",
});
