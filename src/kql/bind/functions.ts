/** Calls of functions that are written in KQL: `let` functions and saved ones. Their bodies are inlined. */
import type { SyntaxNode } from "../official.ts";
import type { Relation } from "../relation.ts";
import { KqlRefusal } from "../sql/sql-expr.ts";
import { type Binder, type Env, part, placeOf } from "./binder.ts";
import { type Binding, findName, innerNames } from "./names.ts";

/** Deepest chain of functions that call functions. The official binder refuses direct recursion itself. */
const CALL_DEPTH_MAX = 32;

/** The expression of a called function's body and where it stands. */
export interface InlinedBody {
  readonly expression: SyntaxNode;
  readonly env: Env;
}

/**
 * The body of the function that a node calls, with its parameters bound to the call's arguments, or `undefined` when
 * the function is none that is written in KQL. `first` is the table that `invoke` passes as the first argument.
 */
export function inlinedBody(
  node: SyntaxNode,
  env: Env,
  binder: Binder,
  first?: Relation,
): InlinedBody | undefined {
  const body = node.body();
  if (body === undefined) {
    return undefined;
  }
  const name = node.kind === "NameReference" ? node.name : part(node, "Name").name;
  const definition = findName(env.names, name);
  const outer = definition?.kind === "function" ? definition.names : rootOf(env);
  const names = innerNames(outer);
  for (const [parameter, binding] of boundArguments({ node, env, binder, first })) {
    names.own.set(parameter, binding);
  }
  if (depthOf(env) >= CALL_DEPTH_MAX) {
    throw new KqlRefusal(
      "KQL_LIMIT",
      `functions call each other more than ${CALL_DEPTH_MAX} deep`,
      placeOf(node, env),
    );
  }
  const callEnv: Env = {
    names,
    row: [],
    serialized: env.serialized,
    callSpan: placeOf(node, env),
    implicit: null,
    aggregates: env.aggregates,
    callDepth: depthOf(env) + 1,
  };
  const inside = binder.statements(body.list("Statements"), callEnv);
  const expression = body.child("Expression");
  if (expression === undefined) {
    throw new KqlRefusal("KQL_SYNTAX", `the function ${name} is empty`, placeOf(node, env));
  }
  return { expression, env: inside };
}

function depthOf(env: Env): number {
  return env.callDepth;
}

function rootOf(env: Env): Env["names"] {
  let names = env.names;
  while (names.outer !== null) {
    names = names.outer;
  }
  return innerNames(names.outer);
}

interface CallPlace {
  readonly node: SyntaxNode;
  readonly env: Env;
  readonly binder: Binder;
  readonly first: Relation | undefined;
}

function boundArguments({ node, env, binder, first }: CallPlace): [string, Binding][] {
  const parameters = node.parameters();
  const given = node.child("ArgumentList")?.list("Expressions") ?? [];
  const named = new Map(
    given
      .filter((argument) => argument.kind === "SimpleNamedExpression")
      .map((argument) => [part(argument, "Name").name, part(argument, "Expression")]),
  );
  const positional = given.filter((argument) => argument.kind !== "SimpleNamedExpression");
  const rest = first === undefined ? parameters : parameters.slice(1);
  const bound: [string, Binding][] = [];
  if (first !== undefined && parameters[0] !== undefined) {
    bound.push([parameters[0].name, { kind: "relation", relation: first }]);
  }
  let place = 0;
  for (const { name, defaultValue } of rest) {
    const byName = named.get(name);
    const argument = byName ?? positional[place];
    place += byName === undefined ? 1 : 0;
    if (argument !== undefined) {
      bound.push([name, bindArgument(argument, env, binder)]);
    } else if (defaultValue !== undefined) {
      bound.push([name, bindArgument(defaultValue, { ...env, row: [] }, binder)]);
    }
  }
  return bound;
}

function bindArgument(node: SyntaxNode, env: Env, binder: Binder): Binding {
  return node.columns === undefined
    ? { kind: "scalar", expr: binder.expression(node, env) }
    : { kind: "relation", relation: binder.relation(node, { ...env, aggregates: null }) };
}
