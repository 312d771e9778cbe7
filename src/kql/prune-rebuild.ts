/** Relations made again with fewer columns; what is needed of each is decided in `prune.ts`. */
import type { AggregateExpr, Expr, NamedExpr } from "./ir.ts";
import type { Relation } from "./relation.ts";
import type { KqlColumn } from "./types.ts";

/** Relations with one input that comes before them in the pipe. */
export type Piped = Exclude<
  Relation,
  { kind: "join" | "union" | "apply" | "partition" | "context" | "table" | "values" | "range" }
>;

/** The columns that an operator makes; "all" when none of the input's passes through. */
export function ownColumns(relation: Piped): ReadonlySet<string> | "all" {
  switch (relation.kind) {
    case "project":
    case "summarize":
    case "series":
    case "scan":
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

/** The relation with what is needed of each of its parts. */
export function rebuildRelation(
  root: Relation,
  needs: ReadonlyMap<Relation, ReadonlySet<string>>,
): Relation {
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
      return { ...relation, columns: kept(relation.columns, needed) };
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
    case "scan":
      return { ...relation, input };
    default:
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
