/** Small ways to make expressions, and to look at calls. */
import type { CallExpr, ColumnExpr, Expr, LiteralExpr } from "../ir.ts";
import type { SyntaxNode } from "../official.ts";
import type { KqlType } from "../types.ts";
import { type Binder, type Env, placeOf } from "./binder.ts";

/** A literal of a type. */
export function literal(type: KqlType, value: LiteralExpr["value"]): LiteralExpr {
  return { kind: "literal", type, value };
}

/** A reference to a column. */
export function columnRef(column: { readonly name: string; readonly type: KqlType }): ColumnExpr {
  return { kind: "column", type: column.type, name: column.name };
}

/** A call whose type is the binder's. */
export function makeCall(
  node: SyntaxNode,
  env: Env,
  name: string,
  args: readonly Expr[],
): CallExpr {
  return {
    kind: "call",
    type: node.type ?? "dynamic",
    name,
    args,
    span: placeOf(node, env),
  };
}

/** An argument takes the declared type of its parameter. */
export function converted(expr: Expr, type: KqlType | undefined): Expr {
  if (type === undefined || type === expr.type) {
    return expr;
  }
  if (expr.kind === "literal" && typeof expr.value !== "boolean" && expr.value !== null) {
    if (type === "real" && (expr.type === "long" || expr.type === "int")) {
      return literal("real", Number(expr.value));
    }
    if (type === "long" && expr.type === "int") {
      return literal("long", String(expr.value));
    }
  }
  return {
    kind: "call",
    type,
    name: CONVERSIONS[type],
    args: [expr],
    span: { start: 0, length: 0 },
  };
}

/** The function that converts to a type. */
export const CONVERSIONS: Readonly<Record<KqlType, string>> = Object.freeze({
  bool: "tobool",
  datetime: "todatetime",
  decimal: "todecimal",
  dynamic: "parse_json",
  guid: "toguid",
  int: "toint",
  long: "tolong",
  real: "toreal",
  string: "tostring",
  timespan: "totimespan",
});

/** Whether a node stands for a table. */
export function isRelation(node: SyntaxNode): boolean {
  return node.columns !== undefined;
}

/** The arguments of a call as nodes. */
export function argumentsOf(node: SyntaxNode): readonly SyntaxNode[] {
  return node.child("ArgumentList")?.list("Expressions") ?? [];
}

/** The arguments of a call; a table among them is the list of its first column. */
export function bindArguments(node: SyntaxNode, env: Env, binder: Binder): Expr[] {
  // A type among the arguments is the type of the result, which the call has anyway.
  const values = argumentsOf(node).filter(({ kind }) => kind !== "TypeOfLiteralExpression");
  return values.map((argument) => {
    if (argument.kind === "StarExpression") {
      return literal("string", "*");
    }
    if (isRelation(argument)) {
      const query = binder.relation(argument, { ...env, aggregates: null });
      return { kind: "listQuery", type: "dynamic", query };
    }
    return binder.expression(argument, env);
  });
}
