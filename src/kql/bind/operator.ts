/** What every binder of an operator gets, and small ways to make relations. */
import type { Expr, NamedExpr } from "../ir.ts";
import type { SyntaxNode } from "../official.ts";
import type { Relation } from "../relation.ts";
import { KqlRefusal } from "../sql/sql-expr.ts";
import type { KqlColumn } from "../types.ts";
import { type Binder, type Env, part, placeOf } from "./binder.ts";
import { columnRef } from "./expressions.ts";

/** One operator after a pipe. */
export interface OperatorSite {
  readonly node: SyntaxNode;
  readonly input: Relation;
  /** Sees the input's row. */
  readonly env: Env;
  readonly binder: Binder;
}

/** Makes the relation of an operator. */
export type OperatorBinder = (site: OperatorSite) => Relation;

/** The columns that the official binder gives an operator's result. */
export function resultColumns(node: SyntaxNode, env: Env): readonly KqlColumn[] {
  if (node.columns === undefined) {
    throw new KqlRefusal("KQL_INTERNAL", `${node.kind} has no result`, placeOf(node, env));
  }
  return node.columns;
}

/** A projection of expressions. */
export function project(input: Relation, items: readonly NamedExpr[]): Relation {
  return { kind: "project", input, items, columns: items.map(({ column }) => column) };
}

/** A projection to columns that the input has. */
export function keepColumns(input: Relation, columns: readonly KqlColumn[]): Relation {
  return project(
    input,
    columns.map((column) => ({ column, expr: columnRef(column) })),
  );
}

/** The rows for which a condition holds. */
export function filter(input: Relation, condition: Expr): Relation {
  return { kind: "filter", input, condition, columns: input.columns };
}

/** The input's columns, with those of the items put in place of columns of the same name or added at the end. */
export function extend(input: Relation, items: readonly NamedExpr[]): Relation {
  const added = new Map(items.map((item) => [item.column.name, item]));
  const own = input.columns.map(
    (column) => added.get(column.name) ?? { column, expr: columnRef(column) },
  );
  const names = new Set(input.columns.map(({ name }) => name));
  return project(input, [
    ...own,
    ...[...added.values()].filter(({ column }) => !names.has(column.name)),
  ]);
}

/** The name that a named expression declares. */
export function declaredName(node: SyntaxNode): string | undefined {
  return node.kind === "SimpleNamedExpression" ? part(node, "Name").name : undefined;
}
