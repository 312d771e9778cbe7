/**
 * Window functions within window functions, as in `row_cumsum(v, k != prev(k))`, and those that start again at some
 * rows. A SELECT computes windows only over plain columns, so a projection with such calls becomes several, one over
 * the other, each with one layer of windows. Plain data in, plain data out.
 */
import type { CallExpr, Expr, NamedExpr } from "../ir.ts";
import type { FilterRelation, ProjectRelation, Relation } from "../relation.ts";
import type { KqlColumn, KqlType } from "../types.ts";
import { WINDOW_NAMES } from "./windows.ts";

/** A projection whose windows are over plain columns only. */
export function stageProjection(project: ProjectRelation): ProjectRelation {
  const stages = newStages();
  const items = project.items.map(({ column, expr }) => ({
    column,
    expr: rewritten(expr, stages),
  }));
  return { ...project, items, input: stages.layers.reduce<Relation>(extended, project.input) };
}

/** A condition that looks at other rows, computed as a column first. */
export function stageFilter(filter: FilterRelation): Relation {
  const stages = newStages();
  const condition = hoisted(rewritten(filter.condition, stages), stages);
  const input = stages.layers.reduce<Relation>(extended, filter.input);
  return {
    kind: "project",
    input: { kind: "filter", input, condition, columns: input.columns },
    items: filter.columns.map((column) => ({ column, expr: columnExpr(column) })),
    columns: filter.columns,
  };
}

interface Stages {
  /** Columns that each stage adds, lowest first. */
  readonly layers: NamedExpr[][];
  count: number;
}

function newStages(): Stages {
  return { layers: [], count: 0 };
}

/** The relation with further columns. */
function extended(input: Relation, added: readonly NamedExpr[]): Relation {
  const columns = [...input.columns, ...added.map(({ column }) => column)];
  const kept = input.columns.map((column) => ({ column, expr: columnExpr(column) }));
  return { kind: "project", input, items: [...kept, ...added], columns };
}

function columnExpr({ name, type }: KqlColumn): Expr {
  return { kind: "column", name, type };
}

/** The expression with windows in the arguments of windows replaced by columns of stages. */
function rewritten(expr: Expr, stages: Stages): Expr {
  if (expr.kind !== "call") {
    return expr;
  }
  const isWindow = WINDOW_NAMES.has(expr.name);
  const args = expr.args
    .map((arg) => rewritten(arg, stages))
    .map((arg) => (isWindow ? hoisted(arg, stages) : arg));
  const call = { ...expr, args };
  return TAKEN_APART[expr.name]?.(call, stages) ?? call;
}

/** An expression with a window in it, as a column. */
function hoisted(expr: Expr, stages: Stages): Expr {
  return hasWindow(expr) ? staged(expr, stages) : expr;
}

function hasWindow(expr: Expr): boolean {
  return expr.kind === "call" && (WINDOW_NAMES.has(expr.name) || expr.args.some(hasWindow));
}

/** Puts an expression in the stage above all that it refers to. */
function staged(expr: Expr, stages: Stages): Expr {
  const level = levelOf(expr, stages);
  const column = { name: `$window${stages.count}`, type: expr.type };
  stages.count += 1;
  const layer = stages.layers[level] ?? [];
  layer.push({ column, expr });
  stages.layers[level] = layer;
  return columnExpr(column);
}

function levelOf(expr: Expr, stages: Stages): number {
  if (expr.kind === "column") {
    return (
      1 + stages.layers.findIndex((layer) => layer.some(({ column }) => column.name === expr.name))
    );
  }
  return expr.kind === "call" ? Math.max(0, ...expr.args.map((arg) => levelOf(arg, stages))) : 0;
}

/**
 * How the calls that may start again at some rows are put together from stages. The names with `$` are those of the
 * single windows; they have the number of a row's segment where the language has the condition.
 */
const TAKEN_APART: Readonly<Record<string, (call: CallExpr, stages: Stages) => Expr>> =
  Object.freeze({
    row_number: restarted,
    row_cumsum: restarted,
    row_rank_dense: ranked,
    row_rank_min: ranked,
    row_window_session: (call, stages) => {
      const [instant, fromFirst, between, restart] = call.args as [Expr, Expr, Expr, Expr?];
      const gap = staged(part(call, "$distant", "bool", [instant, between]), stages);
      const start = restart === undefined ? gap : part(call, "or", "bool", [gap, restart]);
      const segments = segmentOf(call, start, stages);
      return part(call, "$session", call.type, [instant, fromFirst, segments]);
    },
  });

function restarted(call: CallExpr, stages: Stages): Expr {
  const [first, restart] = call.args;
  const args = first === undefined ? [] : [first];
  const segments = restart === undefined ? [] : [segmentOf(call, restart, stages)];
  return part(call, `$${call.name}`, call.type, [...args, ...segments]);
}

function ranked(call: CallExpr, stages: Stages): Expr {
  const [term, restart = falseExpr()] = call.args as [Expr, Expr?];
  const first = staged(part(call, "$changed", "bool", [term]), stages);
  const segments = segmentOf(call, restart, stages);
  const args = [first, restart, segments];
  if (call.name === "row_rank_dense") {
    return part(call, "$row_rank_dense", call.type, args);
  }
  const one: Expr = { kind: "literal", type: "long", value: "1" };
  const position = staged(part(call, "$row_number", "long", [one, segments]), stages);
  return part(call, "$row_rank_min", call.type, [...args, position]);
}

function segmentOf(call: CallExpr, restart: Expr, stages: Stages): Expr {
  return staged(part(call, "$segment", "long", [restart]), stages);
}

function part(call: CallExpr, name: string, type: KqlType, args: readonly Expr[]): CallExpr {
  return { kind: "call", name, type, args, span: call.span };
}

function falseExpr(): Expr {
  return { kind: "literal", type: "bool", value: false };
}
