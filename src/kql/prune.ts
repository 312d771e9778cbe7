/**
 * Takes out the columns that nothing uses, so that a table of a hundred columns costs what the query reads of it. Two
 * walks: what each relation is asked for, from the result downward, then the same relations with fewer columns. A
 * relation that is shared stays shared.
 */
import type { AggregateExpr, Expr, NamedExpr } from "./ir.ts";
import type { Relation } from "./relation.ts";
import { expressionsOf, inputsOf } from "./relation-walk.ts";
import type { KqlColumn } from "./types.ts";

type Needs = Map<Relation, Set<string>>;

/** The relation without unused columns; its own columns stay. */
export function pruneColumns(root: Relation): Relation {
  const sources = contextSources(root);
  const needs: Needs = new Map([[root, new Set(root.columns.map(({ name }) => name))]]);
  for (const relation of topDown(root, sources)) {
    askInputs(relation, { needs, sources });
  }
  return rebuild(root, needs);
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
        ...passedOn(relation, needed),
        ...liveExpressions(relation, needed).flatMap(columnNames),
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

type Piped = Exclude<
  Relation,
  { kind: "join" | "union" | "apply" | "partition" | "context" | "table" | "values" | "range" }
>;

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

/** The columns that an operator makes; "all" when none of the input's passes through. */
function ownColumns(relation: Piped): ReadonlySet<string> | "all" {
  switch (relation.kind) {
    case "project":
    case "summarize":
    case "series":
      return "all";
    case "expand":
      return new Set([
        ...relation.expansions.map(({ column }) => column.name),
        ...(relation.index === null ? [] : [relation.index]),
      ]);
    case "parse":
      return new Set(relation.captures.map(({ column }) => column.name));
    case "parseKv":
      return new Set(relation.keys.map(({ name }) => name));
    default:
      return new Set();
  }
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

function rebuild(root: Relation, needs: Needs): Relation {
  const done = new Map<Relation, Relation>();
  const again = (relation: Relation): Relation => {
    const known =
      done.get(relation) ?? rebuildOne(relation, needs.get(relation) ?? new Set(), again);
    done.set(relation, known);
    return known;
  };
  return again(root);
}

type Again = (relation: Relation) => Relation;

/** One relation with the columns that are needed of it; its inputs are rebuilt by `again`. */
function rebuildOne(relation: Relation, needed: ReadonlySet<string>, again: Again): Relation {
  const expr = (one: Expr): Expr => rebuildExpr(one, again);
  const items = (all: readonly NamedExpr[]): readonly NamedExpr[] =>
    all.map((item) => ({ ...item, expr: expr(item.expr) }));
  switch (relation.kind) {
    case "table":
      return { ...relation, columns: kept(relation.columns, needed) };
    case "context":
      return relation;
    case "values": {
      const places = relation.columns.flatMap(({ name }, index) =>
        needed.has(name) ? [index] : [],
      );
      return {
        ...relation,
        columns: kept(relation.columns, needed),
        rows: relation.rows.map((row) =>
          places.flatMap((place) => {
            const cell = row[place];
            return cell === undefined ? [] : [expr(cell)];
          }),
        ),
      };
    }
    case "range":
      return {
        ...relation,
        from: expr(relation.from),
        to: expr(relation.to),
        step: expr(relation.step),
      };
    case "project": {
      const live = relation.items.filter(({ column }) => needed.has(column.name));
      return {
        ...relation,
        input: again(relation.input),
        items: items(live),
        columns: live.map(({ column }) => column),
      };
    }
    case "summarize":
      return rebuildSummarize(relation, needed, again);
    case "join":
      return {
        ...relation,
        left: again(relation.left),
        right: again(relation.right),
        on: relation.on.map(({ left, right }) => ({ left: expr(left), right: expr(right) })),
        outputs: relation.outputs.filter(({ column }) => needed.has(column.name)),
        columns: kept(relation.columns, needed),
      };
    case "union":
      return rebuildUnion(relation, needed, again);
    case "apply":
      return {
        ...relation,
        input: again(relation.input),
        expansions: relation.expansions.map((one) => ({ ...one, expr: expr(one.expr) })),
        limit: relation.limit === null ? null : expr(relation.limit),
        subquery: again(relation.subquery),
        columns: kept(relation.columns, needed),
      };
    case "partition": {
      const subquery = again(relation.subquery);
      return { ...relation, input: again(relation.input), subquery, columns: subquery.columns };
    }
    default:
      return rebuildPiped(relation, needed, again);
  }
}

function kept(columns: readonly KqlColumn[], needed: ReadonlySet<string>): readonly KqlColumn[] {
  return columns.filter(({ name }) => needed.has(name));
}

function rebuildSummarize(
  relation: Extract<Relation, { kind: "summarize" }>,
  needed: ReadonlySet<string>,
  again: Again,
): Relation {
  const expr = (one: Expr): Expr => rebuildExpr(one, again);
  const aggregateOf = (one: AggregateExpr): AggregateExpr => ({ ...one, args: one.args.map(expr) });
  const keyNames = new Set(relation.keys.map(({ column }) => column.name));
  return {
    ...relation,
    input: again(relation.input),
    keys: relation.keys.map((key) => ({ ...key, expr: expr(key.expr) })),
    aggregates: relation.aggregates
      .filter(({ column }) => needed.has(column.name))
      .map((item) => ({ ...item, aggregate: aggregateOf(item.aggregate) })),
    picks: relation.picks
      .map((pick) => ({
        ...pick,
        key: pick.key === null ? null : expr(pick.key),
        outputs: pick.outputs
          .filter(({ column }) => needed.has(column.name))
          .map((output) => ({ ...output, expr: expr(output.expr) })),
      }))
      .filter(({ outputs }) => outputs.length > 0),
    columns: relation.columns.filter(({ name }) => needed.has(name) || keyNames.has(name)),
  };
}

function rebuildUnion(
  relation: Extract<Relation, { kind: "union" }>,
  needed: ReadonlySet<string>,
  again: Again,
): Relation {
  const own = relation.columns.filter(({ name }) => name !== relation.source);
  const places = own.flatMap(({ name }, index) => (needed.has(name) ? [index] : []));
  const source = relation.source !== null && needed.has(relation.source) ? relation.source : null;
  return {
    ...relation,
    source,
    inputs: relation.inputs.map(({ name, input, from }) => ({
      name,
      input: again(input),
      from: places.map((place) => from[place] ?? null),
    })),
    columns: kept(relation.columns, needed),
  };
}

type PlainPiped = Exclude<Piped, { kind: "project" | "summarize" }>;

/** Operators through which the input's columns pass. */
function rebuildPiped(relation: PlainPiped, needed: ReadonlySet<string>, again: Again): Relation {
  const expr = (one: Expr): Expr => rebuildExpr(one, again);
  const input = again(relation.input);
  const made = ownColumns(relation);
  const through = new Set(input.columns.map(({ name }) => name));
  const columns = relation.columns.filter(
    ({ name }) => through.has(name) || (made !== "all" && made.has(name)) || needed.has(name),
  );
  switch (relation.kind) {
    case "filter":
      return { ...relation, input, condition: expr(relation.condition), columns };
    case "sort":
      return {
        ...relation,
        input,
        keys: relation.keys.map((key) => ({ ...key, expr: expr(key.expr) })),
        columns,
      };
    case "take":
      return { ...relation, input, count: expr(relation.count), columns };
    case "expand":
      return {
        ...relation,
        input,
        expansions: relation.expansions.map((one) => ({ ...one, expr: expr(one.expr) })),
        limit: relation.limit === null ? null : expr(relation.limit),
        columns,
      };
    case "parse":
      return { ...relation, input, source: expr(relation.source), columns };
    case "parseKv":
      return {
        ...relation,
        input,
        source: expr(relation.source),
        keys: kept(relation.keys, needed),
        columns: columns.filter(({ name }) => needed.has(name) || through.has(name)),
      };
    case "series":
      return {
        ...relation,
        input,
        axis: expr(relation.axis),
        from: relation.from === null ? null : expr(relation.from),
        to: relation.to === null ? null : expr(relation.to),
        step: expr(relation.step),
        keys: relation.keys.map((key) => ({ ...key, expr: expr(key.expr) })),
        aggregates: relation.aggregates.map((item) => ({
          ...item,
          aggregate: { ...item.aggregate, args: item.aggregate.args.map(expr) },
        })),
      };
    case "materialize":
    case "serialize":
      return { ...relation, input, columns };
  }
}

/** The expression with its subqueries rebuilt. */
function rebuildExpr(expr: Expr, again: Again): Expr {
  switch (expr.kind) {
    case "call":
      return { ...expr, args: expr.args.map((arg) => rebuildExpr(arg, again)) };
    case "scalarQuery":
      return { ...expr, query: again(expr.query) };
    case "listQuery":
      return { ...expr, query: again(expr.query) };
    case "inQuery":
      return { ...expr, value: rebuildExpr(expr.value, again), query: again(expr.query) };
    default:
      return expr;
  }
}
