/** Expressions over one row: from the official tree to the typed form. */
import type { CallExpr, Expr } from "../ir.ts";
import type { SyntaxNode } from "../official.ts";
import { AGGREGATES } from "../sql/aggregate-table.ts";
import { SCALARS } from "../sql/scalar-table.ts";
import { KqlRefusal } from "../sql/sql-expr.ts";
import { PREVIOUS_PREFIX, WINDOW_NAMES } from "../sql/windows.ts";
import { type Binder, countExpressions, type Env, part, placeOf, refuse } from "./binder.ts";
import {
  bindArguments,
  columnRef,
  converted,
  isRelation,
  literal,
  makeCall,
} from "./expressions.ts";
import { inlinedBody } from "./functions.ts";
import { literalOf } from "./literals.ts";
import { findName, MODERN_NAMES } from "./names.ts";
import { SPECIAL_CALLS } from "./special-calls.ts";

type ScalarBinder = (node: SyntaxNode, env: Env, binder: Binder) => Expr;

/** Aggregates that give several columns and have an operator of their own below. */
export const PICK_NAMES: ReadonlySet<string> = new Set(["arg_max", "arg_min", "take_any"]);

/** Binds an expression. @throws KqlRefusal for what is not supported */
export function bindScalar(node: SyntaxNode, env: Env, binder: Binder): Expr {
  countExpressions(binder, 1, node, env);
  const asLiteral = atCall(env, () => literalOf(node));
  if (asLiteral !== undefined) {
    return asLiteral;
  }
  const bind = BINDERS[node.kind] ?? binaryBinder(node);
  if (bind === undefined) {
    throw refuse(`the expression ${node.kind}`, node, env);
  }
  return bind(node, env, binder);
}

/** Faults inside an inlined body are reported at the call. */
function atCall<T>(env: Env, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof KqlRefusal && env.callSpan !== null) {
      throw new KqlRefusal(error.code, error.message, env.callSpan);
    }
    throw error;
  }
}

const BINDERS: Readonly<Record<string, ScalarBinder>> = Object.freeze({
  ParenthesizedExpression: (node, env, binder) => bindScalar(part(node, "Expression"), env, binder),
  SimpleNamedExpression: (node, env, binder) => bindScalar(part(node, "Expression"), env, binder),
  NameReference: bindName,
  PathExpression: bindPath,
  ElementExpression: bindElement,
  UnaryMinusExpression: bindMinus,
  UnaryPlusExpression: (node, env, binder) => bindScalar(part(node, "Expression"), env, binder),
  FunctionCallExpression: bindCall,
  InExpression: bindIn,
  NotInExpression: bindIn,
  InCsExpression: bindIn,
  NotInCsExpression: bindIn,
  HasAnyExpression: bindIn,
  HasAllExpression: bindIn,
  BetweenExpression: bindBetween,
  NotBetweenExpression: bindBetween,
  ToScalarExpression: bindToScalar,
  OrderedExpression: (node, env, binder) => bindScalar(part(node, "Expression"), env, binder),
  NullLiteralExpression: () => literal("dynamic", null),
  JsonObjectExpression: (node, env) => {
    throw refuse("a JSON object outside of dynamic()", node, env);
  },
});

/** Binary operators all have Left, Operator and Right; the name is the operator's text. */
function binaryBinder(node: SyntaxNode): ScalarBinder | undefined {
  const isBinary =
    node.child("Left") !== undefined &&
    node.child("Operator") !== undefined &&
    node.child("Right") !== undefined;
  return isBinary ? bindBinary : undefined;
}

function operatorName(node: SyntaxNode): string {
  const text = part(node, "Operator").text.trim().toLowerCase();
  return text === "<>" ? "!=" : text;
}

function bindBinary(node: SyntaxNode, env: Env, binder: Binder): Expr {
  const name = operatorName(node);
  if (part(node, "Left").kind === "StarExpression") {
    return bindAnyColumn(node, env, binder);
  }
  // Long chains of `and` and `or` lean to the left; they are walked without recursion.
  const rights: SyntaxNode[] = [];
  let left = node;
  while (left.kind === node.kind && (name === "and" || name === "or")) {
    rights.push(part(left, "Right"));
    left = part(left, "Left");
  }
  if (rights.length === 0) {
    return makeCall(node, env, name, [
      bindScalar(part(node, "Left"), env, binder),
      bindScalar(part(node, "Right"), env, binder),
    ]);
  }
  return rights.reduceRight<Expr>(
    (whole, right) => makeCall(node, env, name, [whole, bindScalar(right, env, binder)]),
    bindScalar(left, env, binder),
  );
}

/** `* has "x"`: whether any column does; with a negated operator, that none does. */
function bindAnyColumn(node: SyntaxNode, env: Env, binder: Binder): Expr {
  const name = operatorName(node);
  const negated = name.startsWith("!");
  const positive = name === "!=" ? "==" : negated ? name.slice(1) : name;
  const right = bindScalar(part(node, "Right"), env, binder);
  const sameType = positive === "==" && right.type !== "string";
  const tests = env.row
    .filter(({ type }) => !sameType || type === right.type)
    .map((column) => {
      const value = columnRef(column);
      const text = sameType || column.type === "string" ? value : converted(value, "string");
      return boolCall(node, env, positive, [text, right]);
    });
  const [first = literal("bool", false), ...rest] = tests;
  const any = rest.reduce<Expr>((whole, test) => boolCall(node, env, "or", [whole, test]), first);
  return negated ? boolCall(node, env, "not", [any]) : any;
}

function boolCall(node: SyntaxNode, env: Env, name: string, args: readonly Expr[]): CallExpr {
  return { ...makeCall(node, env, name, args), type: "bool" };
}

/** A column of the row. After a fuzzy union the query may name columns that no input has; they are null. */
function rowColumn(node: SyntaxNode, name: string, env: Env, binder: Binder): Expr {
  const column = env.row.find((candidate) => candidate.name === name);
  if (column !== undefined) {
    return columnRef(column);
  }
  if (binder.state.fuzzy) {
    const type = node.type ?? "dynamic";
    return literal(type, type === "string" ? "" : null);
  }
  throw new KqlRefusal("KQL_NAME", `there is no column '${name}' here`, placeOf(node, env));
}

function bindName(node: SyntaxNode, env: Env, binder: Binder): Expr {
  const { symbol, name } = node;
  if (symbol?.kind === "ColumnSymbol") {
    return rowColumn(node, symbol.name, env, binder);
  }
  if (symbol?.kind === "FunctionSymbol") {
    return bindCall(node, env, binder);
  }
  const binding = findName(env.names, name);
  if (binding?.kind === "scalar") {
    return converted(binding.expr, node.type);
  }
  if (binding?.kind === "let") {
    if (binding.expr !== undefined) {
      countExpressions(binder, binding.size, node, env);
      return binding.expr;
    }
    const before = binder.state.expressions;
    const place = { ...env, names: binding.names, row: [], aggregates: null };
    binding.expr = bindScalar(binding.node, place, binder);
    binding.size = binder.state.expressions - before;
    return binding.expr;
  }
  throw new KqlRefusal("KQL_NAME", `'${name}' is not a value here`, placeOf(node, env));
}

function bindPath(node: SyntaxNode, env: Env, binder: Binder): Expr {
  const selector = part(node, "Selector");
  const baseNode = part(node, "Expression");
  if (
    baseNode.kind === "NameReference" &&
    findName(env.names, baseNode.name)?.kind === "step" &&
    baseNode.symbol?.kind === "VariableSymbol"
  ) {
    const name = `${PREVIOUS_PREFIX}${selector.name}`;
    return { kind: "column", type: node.type ?? "dynamic", name };
  }
  const base = bindScalar(baseNode, env, binder);
  if (selector.kind === "FunctionCallExpression") {
    throw refuse("a call on an expression", selector, env);
  }
  return makeCall(node, env, "[]", [base, literal("string", selector.name)]);
}

function bindElement(node: SyntaxNode, env: Env, binder: Binder): Expr {
  const base = bindScalar(part(node, "Expression"), env, binder);
  const selector = part(node, "Selector");
  const inner = selector.child("Expression");
  const key =
    inner === undefined ? literal("string", selector.name) : bindScalar(inner, env, binder);
  return makeCall(node, env, "[]", [base, key]);
}

function bindMinus(node: SyntaxNode, env: Env, binder: Binder): Expr {
  const inner = bindScalar(part(node, "Expression"), env, binder);
  if (inner.kind !== "literal" || inner.value === null) {
    return makeCall(node, env, "-", [inner]);
  }
  if (inner.type === "real") {
    return literal("real", -Number(inner.value));
  }
  if (inner.type === "int") {
    return literal("int", -Number(inner.value));
  }
  if (inner.type === "long" || inner.type === "timespan") {
    return literal(inner.type, (-BigInt(inner.value)).toString());
  }
  return makeCall(node, env, "-", [inner]);
}

function bindIn(node: SyntaxNode, env: Env, binder: Binder): Expr {
  const name = operatorName(node);
  const value = bindScalar(part(node, "Left"), env, binder);
  const right = part(node, "Right");
  const elements = right.kind === "ExpressionList" ? right.list("Expressions") : [right];
  const [only] = elements;
  if (elements.length === 1 && only !== undefined && isRelation(only)) {
    const query = binder.relation(only, { ...env, aggregates: null });
    if (name.includes("in") && query.columns[0]?.type !== "dynamic") {
      return { kind: "inQuery", type: "bool", name, value, query, span: placeOf(node, env) };
    }
    return makeCall(node, env, name, [value, { kind: "listQuery", type: "dynamic", query }]);
  }
  return makeCall(node, env, name, [
    value,
    ...elements.map((element) => bindScalar(element, env, binder)),
  ]);
}

function bindBetween(node: SyntaxNode, env: Env, binder: Binder): Expr {
  const bounds = part(node, "Right");
  return makeCall(node, env, operatorName(node), [
    bindScalar(part(node, "Left"), env, binder),
    bindScalar(part(bounds, "First"), env, binder),
    bindScalar(part(bounds, "Second"), env, binder),
  ]);
}

function bindToScalar(node: SyntaxNode, env: Env, binder: Binder): Expr {
  const inner = part(node, "Expression");
  if (!isRelation(inner)) {
    return bindScalar(inner, { ...env, aggregates: null }, binder);
  }
  const query = binder.relation(inner, { ...env, row: [], aggregates: null });
  return { kind: "scalarQuery", type: query.columns[0]?.type ?? "dynamic", query };
}

function bindCall(node: SyntaxNode, env: Env, binder: Binder): Expr {
  const written = node.kind === "NameReference" ? node.name : part(node, "Name").name;
  const name = MODERN_NAMES.get(written) ?? written;
  const special = SPECIAL_CALLS[name];
  if (special !== undefined) {
    return special(node, env, binder);
  }
  const body = inlinedBody(node, env, binder);
  if (body !== undefined) {
    return bindScalar(body.expression, body.env, binder);
  }
  if (env.aggregates !== null && (Object.hasOwn(AGGREGATES, name) || PICK_NAMES.has(name))) {
    return bindAggregate({ node, env, binder, name });
  }
  if (!Object.hasOwn(SCALARS, name)) {
    throw refuse(`the function ${written}()`, node, env);
  }
  if (WINDOW_NAMES.has(name) && !env.serialized) {
    throw new KqlRefusal(
      "KQL_SERIALIZE",
      `${written}() needs rows in a fixed order: put sort or serialize before it`,
      placeOf(node, env),
    );
  }
  return makeCall(node, env, name, bindArguments(node, env, binder));
}

interface AggregateSite {
  readonly node: SyntaxNode;
  readonly env: Env;
  readonly binder: Binder;
  readonly name: string;
}

/** An aggregate inside an expression: a column that stands for it. */
function bindAggregate({ node, env, binder, name }: AggregateSite): Expr {
  const items = env.aggregates?.items ?? [];
  const type = node.type ?? "dynamic";
  const column = { name: `$aggregate${items.length}`, type };
  const args = bindArguments(node, { ...env, aggregates: null }, binder);
  items.push({
    column,
    aggregate: { kind: "aggregate", type, name, args, span: placeOf(node, env) },
  });
  return columnRef(column);
}
