/** `mv-expand`, `mv-apply` and `partition`: rows from arrays, and subqueries over parts of the rows. */
import type { SyntaxNode } from "../official.ts";
import type { Expansion, Relation } from "../relation.ts";
import { KqlRefusal } from "../sql/sql-expr.ts";
import type { KqlColumn, KqlType } from "../types.ts";
import {
  type Binder,
  type Env,
  newContext,
  operatorParameters,
  part,
  placeOf,
  refuse,
  withRow,
  wordOf,
} from "./binder.ts";
import { declaredName, type OperatorSite, resultColumns } from "./operator.ts";

/** `mv-expand` */
export function bindMvExpand(site: OperatorSite): Relation {
  const { node, input, env, binder } = site;
  const parameters = operatorParameters(node);
  const expansions = expansionsOf(site);
  const index = parameters.get("with_itemindex")?.name ?? null;
  const style = wordOf(parameters.get("bagexpansion") ?? parameters.get("kind"))?.toLowerCase();
  const limit = node.child("RowLimitClause")?.child("RowLimit");
  const columns = replaceColumns(input.columns, expansions, index);
  return {
    kind: "expand",
    input,
    expansions,
    pairs: style === "array",
    index,
    limit: limit === undefined ? null : binder.expression(limit, env),
    columns,
  };
}

function replaceColumns(
  columns: readonly KqlColumn[],
  expansions: readonly Expansion[],
  index: string | null,
): readonly KqlColumn[] {
  const added: KqlColumn[] = [
    ...expansions.map(({ column }) => column),
    ...(index === null ? [] : [{ name: index, type: "long" as const }]),
  ];
  const byName = new Map(added.map((column) => [column.name, column]));
  const own = new Set(columns.map(({ name }) => name));
  return [
    ...columns.map((column) => byName.get(column.name) ?? column),
    ...added.filter(({ name }) => !own.has(name)),
  ];
}

function expansionsOf({ node, env, binder }: OperatorSite): Expansion[] {
  return node.list("Expressions").map((expansion) => {
    const expression = part(expansion, "Expression");
    const name = declaredName(expression) ?? expression.resultName();
    const type = typeOfClause(expansion.child("ToTypeOf"), env) ?? "dynamic";
    return { column: { name, type }, expr: binder.expression(expression, env) };
  });
}

/** The type in `to typeof(long)`. */
function typeOfClause(clause: SyntaxNode | undefined, env: Env): KqlType | undefined {
  if (clause === undefined) {
    return undefined;
  }
  const [typeNode] = part(clause, "TypeOf").list("Types");
  const name = typeNode?.symbol?.name;
  if (name === undefined) {
    throw new KqlRefusal("KQL_SYNTAX", "typeof() needs a type", placeOf(clause, env));
  }
  return name as KqlType;
}

/** `mv-apply … on (subquery)` */
export function bindMvApply(site: OperatorSite): Relation {
  const { node, input, env, binder } = site;
  if (node.child("ContextIdClause") !== undefined) {
    throw refuse("the id clause of mv-apply", node, env);
  }
  const expansions = expansionsOf(site);
  const index = operatorParameters(node).get("with_itemindex")?.name ?? null;
  const limit = node.child("RowLimitClause")?.child("RowLimit");
  const context = newContext(binder, replaceColumns(input.columns, expansions, index));
  const subquery = subqueryOf(part(node, "Subquery"), env, binder, context);
  const result = resultColumns(node, env);
  const own = new Map(input.columns.map((column) => [column.name, column]));
  const expanded = new Set(expansions.map(({ column }) => column.name));
  const made = new Map(subquery.columns.map((column) => [column.name, column]));
  const isOwn = (name: string): boolean => own.has(name) && !(expanded.has(name) && made.has(name));
  const kept = result.flatMap(({ name }) => (isOwn(name) ? [name] : []));
  const columns = result.flatMap(({ name }) => (isOwn(name) ? own : made).get(name) ?? []);
  return {
    kind: "apply",
    input,
    expansions,
    index,
    limit: limit === undefined ? null : binder.expression(limit, env),
    context,
    subquery,
    kept,
    columns,
  };
}

function subqueryOf(
  node: SyntaxNode,
  env: Env,
  binder: Binder,
  context: Extract<Relation, { kind: "context" }>,
): Relation {
  const inner = part(node, node.child("Subquery") === undefined ? "Expression" : "Subquery");
  return binder.relation(inner, { ...withRow(env, context.columns), implicit: context });
}

/** `partition by column (subquery)` */
export function bindPartition({ node, input, env, binder }: OperatorSite): Relation {
  const by = part(node, "ByExpression");
  const key = by.symbol?.name ?? by.name;
  const operand = part(node, "Operand");
  if (node.child("Scope") !== undefined || operand.kind !== "PartitionSubquery") {
    throw refuse("this form of partition", node, env);
  }
  const context = newContext(binder, input.columns);
  const subquery = subqueryOf(operand, env, binder, context);
  return { kind: "partition", input, key, context, subquery, columns: subquery.columns };
}
