/** `union`: the columns of all inputs, matched by name, and by name and type where types differ. */
import type { SyntaxNode } from "../official.ts";
import type { Relation, UnionInput } from "../relation.ts";
import { KqlRefusal } from "../sql/sql-expr.ts";
import type { KqlColumn } from "../types.ts";
import { type Binder, type Env, operatorParameters, placeOf, wordOf } from "./binder.ts";
import { findName, type Names } from "./names.ts";
import { keepColumns, type OperatorSite, resultColumns } from "./operator.ts";

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
  const columns = matchedColumns(inputs, resultColumns(node, env), source);
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
    return [{ name: inputName(inner, relation, env) ?? `union_arg${place}`, relation }];
  } catch (error) {
    // A fuzzy union goes on without the inputs that do not exist.
    if (fuzzy && error instanceof KqlRefusal && error.code === "KQL_TABLE") {
      binder.state.fuzzy = true;
      return [];
    }
    throw error;
  }
}

/** The name of a table or view, or the one that `as` gives at the end. */
function inputName(node: SyntaxNode | undefined, relation: Relation, env: Env): string | undefined {
  if (node?.kind === "PipeExpression") {
    const last = node.child("Operator");
    return last?.kind === "AsOperator" ? last.child("Name")?.name : undefined;
  }
  if (node?.kind !== "NameReference") {
    return undefined;
  }
  const binding = findName(env.names, node.name);
  const isView = binding?.kind === "function" && binding.view;
  return isView || (binding === undefined && relation.kind === "table") ? node.name : undefined;
}

/** The catalogue's tables whose names match a wildcard. */
export function tablesMatching(node: SyntaxNode, binder: Binder, env: Env): NamedInput[] {
  const pattern = new RegExp(
    `^${node.name.replaceAll(/[^\w*]/g, "\\$&").replaceAll("*", "[^]*")}$`,
    "u",
  );
  const found = allTables(env, binder).filter(({ name }) => pattern.test(name));
  if (found.length > WILDCARD_TABLES_MAX) {
    throw new KqlRefusal(
      "KQL_LIMIT",
      `'${node.name}' names ${found.length} tables, more than ${WILDCARD_TABLES_MAX}`,
      placeOf(node, env),
    );
  }
  return found;
}

/** The catalogue's tables and the views that the query declares. */
export function allTables(env: Env, binder: Binder): readonly NamedInput[] {
  const tables = binder.state.catalogue.tables.map(
    (table): NamedInput => ({
      name: table.name,
      relation: { kind: "table", table, columns: table.columns },
    }),
  );
  return [...viewsOf(env, binder), ...tables];
}

function viewsOf(env: Env, binder: Binder): readonly NamedInput[] {
  const views: NamedInput[] = [];
  for (let names: Names | null = env.names; names !== null; names = names.outer) {
    for (const [name, binding] of names.own) {
      const body =
        binding.kind === "function" && binding.view ? binding.declaration.child("Body") : undefined;
      const expression = body?.child("Expression");
      if (binding.kind === "function" && body !== undefined && expression !== undefined) {
        const place = { ...env, names: binding.names, row: [] };
        const inside = binder.statements(body.list("Statements"), place);
        views.unshift({ name, relation: binder.relation(expression, inside) });
      }
    }
  }
  return views;
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

/**
 * The binder's columns, except that its names of columns that differ in type only can collide with a column that has
 * such a name itself; then that one keeps its name and the other gets a number, as the service does.
 */
function matchedColumns(
  inputs: readonly NamedInput[],
  columns: readonly KqlColumn[],
  source: string | null,
): readonly KqlColumn[] {
  const plain = new Set(inputs.flatMap(({ relation }) => relation.columns.map(({ name }) => name)));
  const collides = columns.some(
    ({ name, type }) =>
      name !== source &&
      plain.has(name) &&
      name.endsWith(`_${type}`) &&
      plain.has(name.slice(0, -type.length - 1)),
  );
  return collides ? collidingColumns(inputs, plain, source) : columns;
}

function collidingColumns(
  inputs: readonly NamedInput[],
  plain: ReadonlySet<string>,
  source: string | null,
): readonly KqlColumn[] {
  const types = new Map<string, Set<KqlColumn["type"]>>();
  for (const { name, type } of inputs.flatMap(({ relation }) => relation.columns)) {
    types.set(name, (types.get(name) ?? new Set()).add(type));
  }
  const own = [...types].flatMap(([name, of]) =>
    [...of].map((type): KqlColumn => {
      const suffixed = `${name}_${type}`;
      const made = plain.has(suffixed) ? `${suffixed}1` : suffixed;
      return { name: of.size === 1 ? name : made, type };
    }),
  );
  return source === null ? own : [{ name: source, type: "string" }, ...own];
}

/** The input's column for an output: of the same name and type, or `x` for an output `x_long` of that type. */
function inputColumn(relation: Relation, output: KqlColumn): string | null {
  const exact = relation.columns.find(
    ({ name, type }) => name === output.name && type === output.type,
  );
  if (exact !== undefined) {
    return exact.name;
  }
  const suffix = new RegExp(`_${output.type}\\d*$`);
  if (!suffix.test(output.name)) {
    return null;
  }
  const bare = output.name.replace(suffix, "");
  const typed = relation.columns.find(({ name, type }) => name === bare && type === output.type);
  return typed?.name ?? null;
}
