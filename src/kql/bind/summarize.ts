/** `summarize`: keys, aggregates inside expressions, and the aggregates that give a whole row. */
import type { Expr, NamedExpr } from "../ir.ts";
import type { SyntaxNode } from "../official.ts";
import type { AggregateItem, PickItem, Relation } from "../relation.ts";
import { KqlRefusal } from "../sql/sql-expr.ts";
import type { KqlColumn } from "../types.ts";
import { type AggregateCollector, type Env, part, placeOf } from "./binder.ts";
import { argumentsOf, columnRef } from "./expressions.ts";
import { MODERN_NAMES } from "./names.ts";
import { type OperatorSite, project, resultColumns } from "./operator.ts";
import { PICK_NAMES } from "./scalar.ts";

/** A result column before it has its name. */
interface Output {
  readonly expr: Expr;
  /** The column's own name when it stands for `*`. */
  readonly starName?: string;
}

interface Draft {
  readonly keys: readonly NamedExpr[];
  readonly aggregates: AggregateItem[];
  readonly picks: PickItem[];
  /** Columns of the input that are keys as they are. */
  readonly plainKeys: ReadonlySet<string>;
}

/** Binds `summarize … by …`. Column names and their order are the official binder's. */
export function bindSummarize(site: OperatorSite): Relation {
  const { node, input, env, binder } = site;
  const columns = resultColumns(node, env);
  const by = node.child("ByClause")?.list("Expressions") ?? [];
  const keys = by.map((expression, index): NamedExpr => {
    const expr = binder.expression(expression, env);
    return { column: { name: `$key${index}`, type: expr.type }, expr };
  });
  const draft: Draft = {
    keys,
    aggregates: [],
    picks: [],
    plainKeys: new Set(keys.flatMap(({ expr }) => (expr.kind === "column" ? [expr.name] : []))),
  };
  const outputs: Output[] = [
    ...keys.map(({ column }) => ({ expr: columnRef(column) })),
    ...node.list("Aggregates").flatMap((expression) => outputsOf(expression, draft, site)),
  ];
  const names = outputNames(outputs, columns);
  if (names.length !== outputs.length) {
    throw new KqlRefusal(
      "KQL_INTERNAL",
      `the grouping gives ${outputs.length} columns where ${columns.length} were expected`,
      placeOf(node, env),
    );
  }
  return project(
    summarize(input, draft),
    outputs.map(({ expr }, index) => ({
      column: { name: names[index] ?? "", type: expr.type },
      expr,
    })),
  );
}

/** The binder's names in order; it counts a column twice that `parse` has replaced, and the second is left out. */
function outputNames(outputs: readonly Output[], columns: readonly KqlColumn[]): readonly string[] {
  if (outputs.length === columns.length) {
    return columns.map(({ name }) => name);
  }
  const names: string[] = [];
  let place = 0;
  for (const { starName } of outputs) {
    const fits = (name: string): boolean =>
      starName === undefined ||
      (name.startsWith(starName) && /^\d*$/.test(name.slice(starName.length)));
    while (place < columns.length && !fits(columns[place]?.name ?? "")) {
      place += 1;
    }
    const found = columns[place]?.name;
    if (found !== undefined) {
      names.push(found);
    }
    place += 1;
  }
  return names;
}

function summarize(input: Relation, { keys, aggregates, picks }: Draft): Relation {
  return {
    kind: "summarize",
    input,
    keys,
    aggregates,
    picks,
    columns: [
      ...keys.map(({ column }) => column),
      ...aggregates.map(({ column }) => column),
      ...picks.flatMap(({ outputs }) => outputs.map(({ column }) => column)),
    ],
  };
}

function outputsOf(expression: SyntaxNode, draft: Draft, site: OperatorSite): Output[] {
  const inner = isNamed(expression) ? part(expression, "Expression") : expression;
  const call = unwrap(inner);
  const name = call.kind === "FunctionCallExpression" ? part(call, "Name").name : "";
  const modern = MODERN_NAMES.get(name) ?? name;
  if (PICK_NAMES.has(modern)) {
    return pickOutputs(call, modern, { draft, site });
  }
  if (modern === "percentiles" || modern === "percentilesw") {
    return percentileOutputs(call, modern, { draft, site });
  }
  const { env, binder } = site;
  return [{ expr: binder.expression(inner, collecting(env, draft)) }];
}

function isNamed(node: SyntaxNode): boolean {
  return node.kind === "SimpleNamedExpression" || node.kind === "CompoundNamedExpression";
}

function unwrap(node: SyntaxNode): SyntaxNode {
  let inner = node;
  while (inner.kind === "ParenthesizedExpression") {
    inner = part(inner, "Expression");
  }
  return inner;
}

function collecting(env: Env, draft: Draft): Env {
  const collector: AggregateCollector = { items: draft.aggregates };
  return { ...env, aggregates: collector };
}

interface PickPlace {
  readonly draft: Draft;
  readonly site: OperatorSite;
}

/** `arg_max(key, a, b, *)` and `take_any(a, b, *)`: the columns come from one row of the group. */
function pickOutputs(call: SyntaxNode, name: string, { draft, site }: PickPlace): Output[] {
  const { input, env, binder } = site;
  const args = argumentsOf(call);
  const keyNode = name === "take_any" ? undefined : args[0];
  const key = keyNode === undefined ? null : binder.expression(keyNode, env);
  const values = (key === null ? args : args.slice(1)).flatMap((argument): Output[] =>
    argument.kind === "StarExpression"
      ? starColumns(input.columns, draft, key).map((column) => ({
          expr: columnRef(column),
          starName: column.name,
        }))
      : [{ expr: binder.expression(argument, env) }],
  );
  const number = draft.picks.length;
  const all: readonly Output[] = key === null ? values : [{ expr: key }, ...values];
  const outputs = all.map(
    ({ expr }, index): NamedExpr => ({
      column: { name: `$pick${number}_${index}`, type: expr.type },
      expr,
    }),
  );
  draft.picks.push({ pick: PICK_KINDS[name] ?? "any", key, outputs });
  return outputs.map(({ column }, index) => ({ ...all[index], expr: columnRef(column) }));
}

const PICK_KINDS: Readonly<Record<string, PickItem["pick"]>> = Object.freeze({
  arg_max: "max",
  arg_min: "min",
  take_any: "any",
});

function starColumns(
  columns: readonly KqlColumn[],
  draft: Draft,
  key: Expr | null,
): readonly KqlColumn[] {
  const keyName = key?.kind === "column" ? key.name : null;
  return columns.filter(({ name }) => name !== keyName && !draft.plainKeys.has(name));
}

/** `percentiles(x, 5, 50)` is one `percentile` each. */
function percentileOutputs(call: SyntaxNode, name: string, { draft, site }: PickPlace): Output[] {
  const { env, binder } = site;
  const args = argumentsOf(call).map((argument) => binder.expression(argument, env));
  const valueCount = name === "percentilesw" ? 2 : 1;
  return args.slice(valueCount).map((percent) => {
    const type = args[0]?.type ?? "real";
    const column = { name: `$aggregate${draft.aggregates.length}`, type };
    draft.aggregates.push({
      column,
      aggregate: {
        kind: "aggregate",
        type,
        name: name === "percentilesw" ? "percentilew" : "percentile",
        args: [...args.slice(0, valueCount), percent],
        span: placeOf(call, env),
      },
    });
    return { expr: columnRef(column) };
  });
}
