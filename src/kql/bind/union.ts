/** `union`: the columns of all inputs, matched by name, and by name and type where types differ. */
import type { SyntaxNode } from "../official.ts";
import type { Relation, UnionInput } from "../relation.ts";
import { KqlRefusal } from "../sql/sql-expr.ts";
import type { KqlColumn } from "../types.ts";
import { type Binder, type Env, operatorParameters, placeOf, wordOf } from "./binder.ts";
import { keepColumns, type OperatorSite, project, resultColumns } from "./operator.ts";
import { columnRef } from "./scalar.ts";

/** A table under the name that `withsource` shows. */
export interface NamedInput {
  readonly name: string;
  readonly relation: Relation;
}

/** `union` after a pipe: the input is the first of the tables. */
export function bindPipedUnion(site: OperatorSite): Relation {
  const first = { name: "union_arg0", relation: site.input };
  return bindUnion(site.node, { ...site.env, row: [] }, site.binder, first);
}

/** `union`, at the start of a query or after a pipe. */
export function bindUnion(
  node: SyntaxNode,
  env: Env,
  binder: Binder,
  first?: NamedInput,
): Relation {
  const parameters = operatorParameters(node);
  const fuzzy = wordOf(parameters.get("isfuzzy"))?.toLowerCase() === "true";
  const source = parameters.get("withsource")?.name ?? parameters.get("with_source")?.name ?? null;
  const inputs = first === undefined ? [] : [first];
  for (const expression of node.list("Expressions")) {
    inputs.push(...unionInputs({ node: expression, env, binder, fuzzy, place: inputs.length }));
  }
  const columns = resultColumns(node, env);
  const outer = wordOf(parameters.get("kind"))?.toLowerCase() !== "inner";
  return unionOf(inputs, { columns, source, dropPartial: !outer });
}

interface InputPlace {
  readonly node: SyntaxNode;
  readonly env: Env;
  readonly binder: Binder;
  readonly fuzzy: boolean;
  readonly place: number;
}

function unionInputs({ node, env, binder, fuzzy, place }: InputPlace): NamedInput[] {
  const inner = node.kind === "ParenthesizedExpression" ? node.child("Expression") : node;
  if (inner?.kind === "NameReference" && inner.name.includes("*")) {
    return tablesMatching(inner, binder, env);
  }
  try {
    const relation = binder.relation(node, env);
    const name =
      relation.kind === "table" && inner?.kind === "NameReference"
        ? relation.table.name
        : `union_arg${place}`;
    return [{ name, relation }];
  } catch (error) {
    // A fuzzy union goes on without the inputs that do not exist.
    if (fuzzy && error instanceof KqlRefusal && error.code === "KQL_TABLE") {
      return [];
    }
    throw error;
  }
}

/** The catalogue's tables whose names match a wildcard. */
export function tablesMatching(node: SyntaxNode, binder: Binder, env: Env): NamedInput[] {
  const pattern = new RegExp(
    `^${node.name.replaceAll(/[^\w*]/g, "\\$&").replaceAll("*", "[^]*")}$`,
    "u",
  );
  const found = binder.state.catalogue.tables.filter(({ name }) => pattern.test(name));
  if (found.length > WILDCARD_TABLES_MAX) {
    throw new KqlRefusal(
      "KQL_LIMIT",
      `'${node.name}' names ${found.length} tables, more than ${WILDCARD_TABLES_MAX}`,
      placeOf(node, env),
    );
  }
  return found.map((table) => ({
    name: table.name,
    relation: { kind: "table", table, columns: table.columns },
  }));
}

/** Most tables that a wildcard may bring into one query; each costs time to plan. */
const WILDCARD_TABLES_MAX = 1_000;

interface UnionChoice {
  readonly columns: readonly KqlColumn[];
  readonly source: string | null;
  /** `kind=inner`: only the columns that every input has. */
  readonly dropPartial: boolean;
}

/** A union of named tables with the columns that the official binder found. */
export function unionOf(inputs: readonly NamedInput[], choice: UnionChoice): Relation {
  const own = choice.columns.filter(({ name }) => name !== choice.source);
  const kept = choice.dropPartial
    ? own.filter((column) => inputs.every(({ relation }) => inputColumn(relation, column) !== null))
    : own;
  const parts: UnionInput[] = inputs.map(({ name, relation }) => ({
    name,
    input: relation,
    from: kept.map((column) => inputColumn(relation, column)),
  }));
  const source: readonly KqlColumn[] =
    choice.source === null ? [] : [{ name: choice.source, type: "string" }];
  const union: Relation = {
    kind: "union",
    inputs: parts,
    source: choice.source,
    columns: [...source, ...kept],
  };
  const names = choice.columns.map(({ name }) => name);
  if (names[0] === choice.source || choice.source === null) {
    return union;
  }
  const known = new Map(union.columns.map((column) => [column.name, column]));
  return keepColumns(
    union,
    names.flatMap((name) => known.get(name) ?? []),
  );
}

/** The input's column for an output: of the same name and type, or `x` for an output `x_long` of that type. */
function inputColumn(relation: Relation, output: KqlColumn): string | null {
  const exact = relation.columns.find(
    ({ name, type }) => name === output.name && type === output.type,
  );
  if (exact !== undefined) {
    return exact.name;
  }
  const suffix = `_${output.type}`;
  if (!output.name.endsWith(suffix)) {
    return null;
  }
  const bare = output.name.slice(0, -suffix.length);
  const typed = relation.columns.find(({ name, type }) => name === bare && type === output.type);
  return typed?.name ?? null;
}

/** A relation with a column that says where it came from. */
export function withColumnsOf(relation: Relation, columns: readonly KqlColumn[]): Relation {
  return project(
    relation,
    columns.map((column) => ({ column, expr: columnRef(column) })),
  );
}
