/** A whole query: its statements, the names they declare, and the relation of the last one. */
import type { Analysis, SyntaxNode } from "../official.ts";
import type { KqlCatalogue, RenderSpec } from "../plan.ts";
import type { Relation } from "../relation.ts";
import { KqlRefusal } from "../sql/sql-expr.ts";
import type { Binder, BindState, Env } from "./binder.ts";
import { part, refuse } from "./binder.ts";
import { innerNames } from "./names.ts";
import { bindRelation } from "./relations.ts";
import { bindScalar } from "./scalar.ts";

/** What a query is, bound. */
export interface BoundQuery {
  readonly relation: Relation;
  readonly render: RenderSpec | null;
}

/** Binds an analysed query. @throws KqlRefusal for what is not supported */
export function bindQuery({ root }: Analysis, catalogue: KqlCatalogue): BoundQuery {
  const state: BindState = {
    catalogue,
    tables: new Map(catalogue.tables.map((table) => [table.name, table])),
    render: null,
    operators: 0,
    expressions: 0,
    contexts: 0,
    fuzzy: false,
  };
  const binder: Binder = {
    state,
    expression: (node, env) => bindScalar(node, env, binder),
    relation: (node, env) => bindRelation(node, env, binder),
    statements: (nodes, env) => bindStatements(nodes, env),
  };
  const env: Env = {
    names: innerNames(null),
    row: [],
    serialized: false,
    callSpan: null,
    implicit: null,
    aggregates: null,
    callDepth: 0,
  };
  const statements = root.list("Statements");
  const queries = statements.filter(({ kind }) => kind === "ExpressionStatement");
  const [query] = queries;
  if (query === undefined || queries.length > 1) {
    throw new KqlRefusal(
      "KQL_SYNTAX",
      queries.length > 1
        ? "a request holds one query, this text has several"
        : "the text has no query",
      queries[1]?.span ?? root.span,
    );
  }
  const inside = bindStatements(statements, env);
  const expression = part(query, "Expression");
  if (expression.columns === undefined && expression.kind !== "PipeExpression") {
    throw new KqlRefusal("KQL_SYNTAX", "the query gives no table", expression.span);
  }
  return { relation: bindRelation(expression, inside, binder), render: state.render };
}

/** `let` declares; `set` options are accepted and have no effect; anything else that declares is refused. */
function bindStatements(nodes: readonly SyntaxNode[], env: Env): Env {
  let names = env.names;
  for (const node of nodes) {
    if (node.kind === "LetStatement") {
      const inner = innerNames(names);
      const expression = part(node, "Expression");
      inner.own.set(
        part(node, "Name").name,
        expression.kind === "FunctionDeclaration"
          ? {
              kind: "function",
              names,
              view: expression.child("ViewKeyword") !== undefined,
              declaration: expression,
            }
          : { kind: "let", node: expression, names, relation: undefined, expr: undefined, size: 0 },
      );
      names = inner;
    } else if (!HARMLESS.has(node.kind)) {
      throw refuse(`the statement ${node.kind}`, node, env);
    }
  }
  return { ...env, names };
}

const HARMLESS: ReadonlySet<string> = new Set(["ExpressionStatement", "SetOptionStatement"]);
