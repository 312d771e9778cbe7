/** `make-series`: an array of aggregates over equal steps of an axis, for each group. */
import type { NamedExpr } from "../ir.ts";
import type { SyntaxNode } from "../official.ts";
import type { AggregateItem, Relation, SeriesAggregate } from "../relation.ts";
import { KqlRefusal } from "../sql/sql-expr.ts";
import { operatorParameters, part, placeOf, refuse, wordOf } from "./binder.ts";
import { type OperatorSite, resultColumns } from "./operator.ts";

/** Binds `make-series`. */
export function bindMakeSeries(site: OperatorSite): Relation {
  const { node, input, env, binder } = site;
  const columns = resultColumns(node, env);
  const by = node.child("ByClause")?.list("Expressions") ?? [];
  const axisNode = part(part(node, "OnClause"), "Expression");
  const axis = binder.expression(axisNode, env);
  const keys = by.map((expression, index): NamedExpr => {
    const expr = binder.expression(expression, env);
    return { column: { name: columns[index]?.name ?? "", type: expr.type }, expr };
  });
  const items: AggregateItem[] = [];
  const series = node.list("Aggregates").map((expression, index): SeriesAggregate => {
    const expr = binder.expression(part(expression, "Expression"), {
      ...env,
      aggregates: { items },
    });
    const otherwise = expression.child("DefaultExpression")?.child("Expression");
    return {
      column: { name: columns[keys.length + index]?.name ?? "", type: "dynamic" },
      expr,
      otherwise: otherwise === undefined ? null : binder.expression(otherwise, env),
    };
  });
  const axisColumn = columns.at(-1);
  if (axisColumn === undefined || columns.length !== keys.length + series.length + 1) {
    throw new KqlRefusal("KQL_INTERNAL", "make-series has other columns", placeOf(node, env));
  }
  return {
    kind: "series",
    input,
    axis,
    ...rangeOf(site),
    keys,
    aggregates: items,
    series,
    axisName: axisColumn.name,
    nonempty: wordOf(operatorParameters(node).get("kind"))?.toLowerCase() === "nonempty",
    columns: [
      ...keys.map(({ column }) => column),
      ...series.map(({ column }) => column),
      { name: axisColumn.name, type: "dynamic" },
    ],
  };
}

type SeriesRange = Pick<
  Extract<Relation, { kind: "series" }>,
  "from" | "to" | "step" | "inclusive"
>;

function rangeOf({ node, env, binder }: OperatorSite): SeriesRange {
  const clause = part(node, "RangeClause");
  const bound = (name: string): SyntaxNode | undefined => clause.child(name)?.child("Expression");
  if (clause.kind === "MakeSeriesInRangeClause") {
    const [from, to, step] = part(clause, "Arguments")
      .list("Expressions")
      .map((argument) => binder.expression(argument, env));
    if (from === undefined || to === undefined || step === undefined) {
      throw refuse("this range of make-series", clause, env);
    }
    return { from, to, step, inclusive: true };
  }
  const from = bound("MakeSeriesFromClause");
  const to = bound("MakeSeriesToClause");
  const step = bound("MakeSeriesStepClause");
  if (step === undefined) {
    throw new KqlRefusal("KQL_SYNTAX", "make-series needs a step", placeOf(clause, env));
  }
  return {
    from: from === undefined ? null : binder.expression(from, env),
    to: to === undefined ? null : binder.expression(to, env),
    step: binder.expression(step, env),
    inclusive: false,
  };
}
