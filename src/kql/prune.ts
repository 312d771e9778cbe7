/**
 * Takes out the columns that nothing uses, so that a table of a hundred columns costs what the query reads of it. Two
 * walks: what each relation is asked for, from the result downward, then the same relations with fewer columns. A
 * relation that is shared stays shared.
 */
import type { Expr } from "./ir.ts";
import { ownColumns, type Piped, rebuildRelation } from "./prune-rebuild.ts";
import type { Relation } from "./relation.ts";
import { expressionsOf, inputsOf } from "./relation-walk.ts";

type Needs = Map<Relation, Set<string>>;

/** The relation without unused columns; its own columns stay. */
export function pruneColumns(root: Relation): Relation {
  const sources = contextSources(root);
  const needs: Needs = new Map([[root, new Set(root.columns.map(({ name }) => name))]]);
  for (const relation of topDown(root, sources)) {
    askInputs(relation, { needs, sources });
  }
  return rebuildRelation(root, needs);
}

/** The relation that feeds each context. */
function contextSources(root: Relation): ReadonlyMap<number, Relation> {
  const sources = new Map<number, Relation>();
  const seen = new Set<Relation>();
  const open = [root];
  for (let relation = open.pop(); relation !== undefined; relation = open.pop()) {
    if (seen.has(relation)) {
      continue;
    }
    seen.add(relation);
    if (relation.kind === "apply" || relation.kind === "partition") {
      sources.set(relation.context.id, relation.input);
    }
    open.push(...inputsOf(relation));
  }
  return sources;
}

function sourcesOf(
  relation: Relation,
  sources: ReadonlyMap<number, Relation>,
): readonly Relation[] {
  const feeding = relation.kind === "context" ? sources.get(relation.id) : undefined;
  return feeding === undefined ? inputsOf(relation) : [feeding];
}

/** Every relation, each after all that read it. */
function topDown(root: Relation, sources: ReadonlyMap<number, Relation>): readonly Relation[] {
  const done = new Set<Relation>();
  const order: Relation[] = [];
  const visit = (relation: Relation): void => {
    if (done.has(relation)) {
      return;
    }
    done.add(relation);
    sourcesOf(relation, sources).forEach(visit);
    order.push(relation);
  };
  visit(root);
  return order.reverse();
}

interface Asking {
  readonly needs: Needs;
  readonly sources: ReadonlyMap<number, Relation>;
}

function askInputs(relation: Relation, { needs, sources }: Asking): void {
  const needed = needs.get(relation) ?? new Set<string>();
  const ask = (input: Relation, names: Iterable<string>): void => {
    const known = needs.get(input) ?? new Set<string>();
    for (const name of names) {
      known.add(name);
    }
    needs.set(input, known);
  };
  for (const query of liveExpressions(relation, needed).flatMap(subqueries)) {
    const [first] = query.columns;
    ask(query, first === undefined ? [] : [first.name]);
  }
  switch (relation.kind) {
    case "join":
      for (const side of ["left", "right"] as const) {
        const keys = relation.on.flatMap((pair) => columnNames(pair[side]));
        const outputs = relation.outputs
          .filter((output) => output.side === side && needed.has(output.column.name))
          .map(({ name }) => name);
        ask(relation[side], [...keys, ...outputs]);
      }
      break;
    case "union":
      askUnion(relation, needed, ask);
      break;
    case "apply":
      ask(relation.subquery, notKept(relation.kept, needed));
      ask(relation.input, [
        ...relation.kept.filter((name) => needed.has(name)),
        ...expressionsOf(relation).flatMap(columnNames),
      ]);
      break;
    case "partition":
      ask(relation.subquery, needed);
      ask(relation.input, [relation.key]);
      break;
    case "context": {
      const source = sources.get(relation.id);
      if (source !== undefined) {
        const own = new Set(source.columns.map(({ name }) => name));
        ask(
          source,
          [...needed].filter((name) => own.has(name)),
        );
      }
      break;
    }
    case "table":
    case "values":
    case "range":
      break;
    default:
      ask(relation.input, [
        ...(relation.kind === "scan" ? relation.input.columns.map(({ name }) => name) : []),
        ...passedOn(relation, needed),
        ...liveExpressions(relation, needed)
          .flatMap(columnNames)
          .filter((name) => relation.kind !== "scan" || !name.startsWith("$")),
      ]);
  }
}

function notKept(kept: readonly string[], needed: ReadonlySet<string>): string[] {
  return [...needed].filter((name) => !kept.includes(name));
}

function askUnion(
  relation: Extract<Relation, { kind: "union" }>,
  needed: ReadonlySet<string>,
  ask: (input: Relation, names: Iterable<string>) => void,
): void {
  const own = relation.columns.filter(({ name }) => name !== relation.source);
  for (const { input, from } of relation.inputs) {
    const names = own.flatMap(({ name }, index) => {
      const inputName = from[index] ?? null;
      return needed.has(name) && inputName !== null ? [inputName] : [];
    });
    ask(input, names);
  }
}

/** Columns of the input that pass through under their own names. */
function passedOn(relation: Piped, needed: ReadonlySet<string>): readonly string[] {
  const made = ownColumns(relation);
  return made === "all"
    ? []
    : [
        ...[...needed].filter((name) => !made.has(name)),
        ...(relation.kind === "take" ? relation.groups : []),
      ];
}

/** The expressions that are still evaluated when only some columns are needed. */
function liveExpressions(relation: Relation, needed: ReadonlySet<string>): readonly Expr[] {
  if (relation.kind === "project") {
    return relation.items.filter(({ column }) => needed.has(column.name)).map(({ expr }) => expr);
  }
  if (relation.kind === "summarize") {
    return [
      ...relation.keys.map(({ expr }) => expr),
      ...relation.aggregates
        .filter(({ column }) => needed.has(column.name))
        .flatMap(({ aggregate }) => aggregate.args),
      ...relation.picks.flatMap(({ key, outputs }) => {
        const live = outputs.filter(({ column }) => needed.has(column.name));
        return [
          ...(key === null || live.length === 0 ? [] : [key]),
          ...live.map(({ expr }) => expr),
        ];
      }),
    ];
  }
  return expressionsOf(relation);
}

function columnNames(expr: Expr): string[] {
  switch (expr.kind) {
    case "column":
      return [expr.name];
    case "call":
      return expr.args.flatMap(columnNames);
    case "inQuery":
      return columnNames(expr.value);
    default:
      return [];
  }
}

function subqueries(expr: Expr): Relation[] {
  switch (expr.kind) {
    case "scalarQuery":
    case "listQuery":
      return [expr.query];
    case "inQuery":
      return [...subqueries(expr.value), expr.query];
    case "call":
      return expr.args.flatMap(subqueries);
    default:
      return [];
  }
}
