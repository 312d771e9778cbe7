/** `search` and `find`: conditions in which a bare text means "in any column", over one or many tables. */
import type { Expr } from "../ir.ts";
import type { SyntaxNode } from "../official.ts";
import type { Relation } from "../relation.ts";
import { KqlRefusal } from "../sql/sql-expr.ts";
import type { KqlColumn } from "../types.ts";
import {
  type Binder,
  type Env,
  operatorParameters,
  part,
  placeOf,
  refuse,
  withRow,
  wordOf,
} from "./binder.ts";
import { CONVERSIONS, columnRef, literal } from "./expressions.ts";
import { filter, type OperatorSite, project, resultColumns } from "./operator.ts";
import { escapeRegex } from "./parse.ts";
import { allTables, type NamedInput, tablesMatching, unionOf } from "./union.ts";

const TABLE_COLUMN = "$table";

/** `search` after a pipe. */
export function bindPipedSearch(site: OperatorSite): Relation {
  const { node, input, env, binder } = site;
  const found = searched(node, input, env, binder);
  return project(found, [
    { column: { name: TABLE_COLUMN, type: "string" }, expr: literal("string", "search_arg0") },
    ...found.columns
      .filter(({ name }) => name !== TABLE_COLUMN)
      .map((column) => ({ column, expr: columnRef(column) })),
  ]);
}

/** `search in (T1, T2*) "term"` at the start of a query; without `in` every table is searched. */
export function bindSearch(node: SyntaxNode, env: Env, binder: Binder): Relation {
  const inputs = tablesOf(node.child("InClause")?.list("Expressions"), env, binder).map(
    ({ name, relation }) => ({ name, relation: searched(node, relation, env, binder) }),
  );
  return unionOf(inputs, {
    columns: resultColumns(node, env),
    source: TABLE_COLUMN,
    dropPartial: false,
  });
}

function tablesOf(
  nodes: readonly SyntaxNode[] | undefined,
  env: Env,
  binder: Binder,
): readonly NamedInput[] {
  if (nodes === undefined) {
    return allTables(env, binder);
  }
  return nodes.flatMap((node) => {
    if (node.kind === "NameReference" && node.name.includes("*")) {
      return tablesMatching(node, binder, env);
    }
    const relation = binder.relation(node, { ...env, row: [] });
    return [{ name: relation.kind === "table" ? relation.table.name : node.name, relation }];
  });
}

function searched(node: SyntaxNode, input: Relation, env: Env, binder: Binder): Relation {
  const kind = wordOf(operatorParameters(node).get("kind"))?.toLowerCase();
  const condition = part(node, "Condition");
  const scope: SearchScope = {
    env: withRow(env, input.columns),
    binder,
    columns: input.columns,
    caseSensitive: kind === "case_sensitive",
  };
  return filter(input, searchCondition(condition, scope));
}

interface SearchScope {
  readonly env: Env;
  readonly binder: Binder;
  readonly columns: readonly KqlColumn[];
  readonly caseSensitive: boolean;
}

/** A condition of `search`; bare values look into every column. */
function searchCondition(node: SyntaxNode, scope: SearchScope): Expr {
  const { env, binder, columns } = scope;
  const recurse = (name: string): Expr => searchCondition(part(node, name), scope);
  switch (node.kind) {
    case "ParenthesizedExpression":
      return recurse("Expression");
    case "AndExpression":
      return call(node, env, "and", [recurse("Left"), recurse("Right")]);
    case "OrExpression":
      return call(node, env, "or", [recurse("Left"), recurse("Right")]);
    case "FunctionCallExpression": {
      const [argument] = part(node, "ArgumentList").list("Expressions");
      if (part(node, "Name").name === "not" && argument !== undefined) {
        return call(node, env, "not", [searchCondition(argument, scope)]);
      }
      return binder.expression(node, env);
    }
    case "SearchExpression": {
      const left = part(node, "Left");
      const column = columns.find(({ name }) => name === (left.symbol?.name ?? left.name));
      const term = part(node, "Right");
      return column === undefined ? literal("bool", false) : columnHas(column, term, scope);
    }
    default:
      break;
  }
  if (node.literal === undefined) {
    const condition = missesColumn(node, scope)
      ? literal("bool", false)
      : binder.expression(node, env);
    if (condition.type !== "bool") {
      throw new KqlRefusal("KQL_SYNTAX", "search takes conditions and terms", placeOf(node, env));
    }
    return condition;
  }
  const tests = columns
    // Fractions are no terms: a real is not found by its digits.
    .filter(({ name, type }) => name !== TABLE_COLUMN && type !== "real" && type !== "decimal")
    .map((column) => columnHas(column, node, scope));
  return tests.reduce<Expr>(
    (whole, test) => (whole.kind === "literal" ? test : call(node, env, "or", [whole, test])),
    literal("bool", false),
  );
}

/** Over many tables, a condition on a column that a table lacks is false for its rows. */
function missesColumn(node: SyntaxNode, { columns }: SearchScope): boolean {
  if (node.kind === "NameReference" && node.symbol?.kind === "ColumnSymbol") {
    const name = node.symbol.name;
    return !columns.some((column) => column.name === name);
  }
  return ["Left", "Right", "Expression", "ArgumentList"].some((name) => {
    const child = node.child(name);
    return (
      child !== undefined &&
      (child.kind === "ExpressionList"
        ? child
            .list("Expressions")
            .some((element) => missesColumn(element, { columns } as SearchScope))
        : missesColumn(child, { columns } as SearchScope))
    );
  });
}

/** Whether a column has a term; `*` at its ends or inside stands for anything. */
function columnHas(column: KqlColumn, termNode: SyntaxNode, scope: SearchScope): Expr {
  const { env, caseSensitive } = scope;
  const term = termNode.literal?.valueText;
  if (term === undefined) {
    throw refuse("this term of search", termNode, env);
  }
  const text: Expr =
    column.type === "string"
      ? columnRef(column)
      : call(termNode, env, CONVERSIONS.string, [columnRef(column)]);
  const { name, value } = termOperator(term, caseSensitive);
  return call(termNode, env, name, [text, literal("string", value)]);
}

function termOperator(term: string, caseSensitive: boolean): { name: string; value: string } {
  const bare = term.replace(/^\*+|\*+$/g, "");
  const suffix = caseSensitive ? "_cs" : "";
  if (bare.includes("*")) {
    const regex = term.split("*").map(escapeRegex).join(".*");
    return { name: "matches regex", value: `${caseSensitive ? "" : "(?i)"}\\b${regex}\\b` };
  }
  const [open, close] = [term.startsWith("*"), term.endsWith("*")];
  if (term !== "*" && bare === "") {
    return { name: "contains", value: "" };
  }
  if (open && close) {
    return { name: `contains${suffix}`, value: bare };
  }
  if (close) {
    return { name: `hasprefix${suffix}`, value: bare };
  }
  return { name: open ? `hassuffix${suffix}` : `has${suffix}`, value: bare };
}

function call(node: SyntaxNode, env: Env, name: string, args: readonly Expr[]): Expr {
  const type = name === CONVERSIONS.string ? "string" : "bool";
  return { kind: "call", type, name, args, span: placeOf(node, env) };
}

/** `find in (tables) where condition project columns` */
export function bindFind(node: SyntaxNode, env: Env, binder: Binder): Relation {
  const chosen = node.child("Project");
  if (chosen === undefined || node.child("ProjectAway") !== undefined) {
    throw refuse("find without a project clause", node, env);
  }
  const columns = resultColumns(node, env);
  const source = columns[0]?.name ?? "source_";
  const inputs = tablesOf(node.child("InClause")?.list("Expressions"), env, binder).map(
    ({ name, relation }) => ({ name, relation: searched(node, relation, env, binder) }),
  );
  if (columns.some(({ name }) => name === "pack_")) {
    throw refuse("the column pack_ of find", node, env);
  }
  return unionOf(inputs, { columns, source, dropPartial: false });
}
