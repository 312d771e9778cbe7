/** What the parts of the binder share: the state of one query, and the two ways down, to expressions and to relations. */
import type { Expr } from "../ir.ts";
import { QUERY_EXPRESSIONS_MAX, QUERY_OPERATORS_MAX } from "../limits.ts";
import type { SyntaxNode } from "../official.ts";
import type { KqlCatalogue, KqlTable, RenderSpec } from "../plan.ts";
import type { AggregateItem, ContextRelation, Relation } from "../relation.ts";
import { KqlRefusal } from "../sql/sql-expr.ts";
import type { KqlColumn, TextSpan } from "../types.ts";
import type { Names } from "./names.ts";

/** Where a node stands: the names in force, the row it sees, and the call whose body it belongs to. */
export interface Env {
  readonly names: Names;
  /** Columns of the input row; empty where there is none. */
  readonly row: readonly KqlColumn[];
  /** True when the input's rows have a fixed order, so that window functions may look at other rows. */
  readonly serialized: boolean;
  /** Set inside an inlined function: faults are reported at the call. */
  readonly callSpan: TextSpan | null;
  /** What a subquery without a source starts from. */
  readonly implicit: Relation | null;
  /** Collects the aggregates of the expression; null where none may stand. */
  readonly aggregates: AggregateCollector | null;
  /** How many inlined functions stand around. */
  readonly callDepth: number;
}

/** Aggregates found in an expression; each is given a column that stands for it. */
export interface AggregateCollector {
  readonly items: AggregateItem[];
}

/** The binder of one query. */
export interface Binder {
  readonly state: BindState;
  readonly expression: (node: SyntaxNode, env: Env) => Expr;
  readonly relation: (node: SyntaxNode, env: Env) => Relation;
  /** Runs the statements of a block and gives the scope that they leave. */
  readonly statements: (nodes: readonly SyntaxNode[], env: Env) => Env;
}

/** What grows while a query is bound. */
export interface BindState {
  readonly catalogue: KqlCatalogue;
  readonly tables: ReadonlyMap<string, KqlTable>;
  render: RenderSpec | null;
  operators: number;
  expressions: number;
  contexts: number;
  /** True once a fuzzy union has gone on without an input. */
  fuzzy: boolean;
}

/** The place that a fault in a node is reported at. */
export function placeOf(node: SyntaxNode, env: Env): TextSpan {
  return env.callSpan ?? node.span;
}

/** A child that the grammar always has. */
export function part(node: SyntaxNode, name: string): SyntaxNode {
  const child = node.child(name);
  if (child === undefined) {
    throw new KqlRefusal("KQL_SYNTAX", `${node.kind} has no ${name}`, node.span);
  }
  return child;
}

/** The refusal of what the language has and this server does not. */
export function refuse(what: string, node: SyntaxNode, env: Env): KqlRefusal {
  return new KqlRefusal("KQL_UNSUPPORTED", `${what} is not supported`, placeOf(node, env));
}

/** Counts an operator. @throws KqlRefusal beyond the bound */
export function countOperator(binder: Binder, node: SyntaxNode, env: Env): void {
  binder.state.operators += 1;
  if (binder.state.operators > QUERY_OPERATORS_MAX) {
    throw new KqlRefusal(
      "KQL_LIMIT",
      `the query has more than ${QUERY_OPERATORS_MAX} operators, inlined functions included`,
      placeOf(node, env),
    );
  }
}

/** Counts expressions. @throws KqlRefusal beyond the bound */
export function countExpressions(binder: Binder, count: number, node: SyntaxNode, env: Env): void {
  binder.state.expressions += count;
  if (binder.state.expressions > QUERY_EXPRESSIONS_MAX) {
    throw new KqlRefusal(
      "KQL_LIMIT",
      `the query has more than ${QUERY_EXPRESSIONS_MAX} expressions, inlined functions included`,
      placeOf(node, env),
    );
  }
}

/** A new start for a subquery. */
export function newContext(binder: Binder, columns: readonly KqlColumn[]): ContextRelation {
  binder.state.contexts += 1;
  return { kind: "context", id: binder.state.contexts, columns };
}

/** The same place with another input row. */
export function withRow(env: Env, row: readonly KqlColumn[], serialized = false): Env {
  return { ...env, row, serialized, aggregates: null };
}

/** The named parameters of an operator (`kind=inner`), by name in lower case. */
export function operatorParameters(
  node: SyntaxNode,
  child = "Parameters",
): ReadonlyMap<string, SyntaxNode> {
  return new Map(
    node
      .list(child)
      .map((parameter) => [parameter.name.toLowerCase(), part(parameter, "Expression")]),
  );
}

/** The word or literal text of an operator's parameter. */
export function wordOf(node: SyntaxNode | undefined): string | undefined {
  return node === undefined ? undefined : (node.literal?.valueText ?? node.name);
}
