/** The parts of relations: their inputs and their expressions, subqueries in expressions included. */
import type { Expr } from "./ir.ts";
import type { Relation } from "./relation.ts";

/** Every relation that a relation reads, directly or in its expressions. */
export function inputsOf(relation: Relation): readonly Relation[] {
  return [...directInputs(relation), ...expressionsOf(relation).flatMap(queriesIn)];
}

function directInputs(relation: Relation): readonly Relation[] {
  switch (relation.kind) {
    case "table":
    case "values":
    case "range":
    case "context":
      return [];
    case "join":
      return [relation.left, relation.right];
    case "union":
      return relation.inputs.map(({ input }) => input);
    case "apply":
    case "partition":
      return [relation.input, relation.subquery];
    default:
      return [relation.input];
  }
}

/** The expressions that stand in a relation itself. */
export function expressionsOf(relation: Relation): readonly Expr[] {
  switch (relation.kind) {
    case "values":
      return relation.rows.flat();
    case "range":
      return [relation.from, relation.to, relation.step];
    case "filter":
      return [relation.condition];
    case "project":
      return relation.items.map(({ expr }) => expr);
    case "summarize":
      return [
        ...relation.keys.map(({ expr }) => expr),
        ...relation.aggregates.flatMap(({ aggregate }) => aggregate.args),
        ...relation.picks.flatMap(({ key, outputs }) => [
          ...(key === null ? [] : [key]),
          ...outputs.map(({ expr }) => expr),
        ]),
      ];
    case "join":
      return relation.on.flatMap(({ left, right }) => [left, right]);
    case "sort":
      return relation.keys.map(({ expr }) => expr);
    case "take":
      return [relation.count];
    case "expand":
    case "apply":
      return [
        ...relation.expansions.map(({ expr }) => expr),
        ...(relation.limit === null ? [] : [relation.limit]),
      ];
    case "parse":
    case "parseKv":
      return [relation.source];
    case "scan":
      return [
        relation.condition,
        ...relation.state.map(({ expr }) => expr),
        ...relation.next.map(({ expr }) => expr),
      ];
    case "series":
      return [
        relation.axis,
        relation.step,
        ...[relation.from, relation.to].filter((bound) => bound !== null),
        ...relation.keys.map(({ expr }) => expr),
        ...relation.aggregates.flatMap(({ aggregate }) => aggregate.args),
      ];
    default:
      return [];
  }
}

function queriesIn(expr: Expr): readonly Relation[] {
  switch (expr.kind) {
    case "scalarQuery":
    case "listQuery":
      return [expr.query];
    case "inQuery":
      return [...queriesIn(expr.value), expr.query];
    case "call":
      return expr.args.flatMap(queriesIn);
    default:
      return [];
  }
}
