/** `scan` with one step: a state that goes from each matching row to the next. */
import type { Expr, NamedExpr } from "../ir.ts";
import type { Relation } from "../relation.ts";
import { KqlRefusal } from "../sql/sql-expr.ts";
import type { KqlColumn, KqlType } from "../types.ts";
import { type Env, operatorParameters, part, placeOf, refuse } from "./binder.ts";
import { converted, literal } from "./expressions.ts";
import { innerNames } from "./names.ts";
import type { OperatorSite } from "./operator.ts";

/** Binds `scan`. A declared column without its step's name means its default, as in the service. */
export function bindScan(site: OperatorSite): Relation {
  const { node, input, env, binder } = site;
  const steps = node.list("Steps");
  const [step] = steps;
  if (step === undefined || steps.length !== 1) {
    throw refuse("scan with several steps", node, env);
  }
  if (
    node.child("PartitionByClause") !== undefined ||
    node.child("OrderByClause") !== undefined ||
    operatorParameters(node).size > 0
  ) {
    throw refuse("this form of scan", node, env);
  }
  const output = step.child("ScanStepOutput")?.text.replaceAll(/\s/g, "").toLowerCase();
  if (output !== undefined && output !== "output=all") {
    throw refuse(output, step, env);
  }
  if (!env.serialized) {
    throw new KqlRefusal(
      "KQL_SERIALIZE",
      "scan needs rows in a fixed order: put sort or serialize before it",
      placeOf(node, env),
    );
  }
  const state = declarations(site);
  const names = innerNames(env.names);
  names.own.set(part(step, "Name").name, { kind: "step" });
  const row = [...input.columns, ...state.map(({ column }) => column)];
  const inside: Env = { ...env, names, row };
  const defaults = new Map(state.map(({ column, expr }) => [column.name, expr]));
  const bind = (expression: Parameters<typeof binder.expression>[0]): Expr =>
    withDefaults(binder.expression(expression, inside), defaults);
  const assigned = new Map(
    (step.child("ComputationClause")?.list("Assignments") ?? []).map((assignment) => [
      part(assignment, "Name").name,
      bind(part(assignment, "Expression")),
    ]),
  );
  return {
    kind: "scan",
    input,
    condition: bind(part(step, "Condition")),
    state,
    next: state.map(({ column, expr }) => ({
      column,
      expr: converted(assigned.get(column.name) ?? expr, column.type),
    })),
    columns: row,
  };
}

function declarations({ node, env, binder }: OperatorSite): NamedExpr[] {
  const declared = node.child("DeclareClause")?.list("Declarations") ?? [];
  return declared.map((declaration) => {
    const nameAndType = part(declaration, "NameAndType");
    const type = part(nameAndType, "Type").text.trim() as KqlType;
    const column: KqlColumn = { name: part(nameAndType, "Name").name, type };
    const value = declaration.child("DefaultValue")?.child("Value");
    const expr =
      value === undefined
        ? literal(type, type === "string" ? "" : null)
        : converted(binder.expression(value, env), type);
    return { column, expr };
  });
}

function withDefaults(expr: Expr, defaults: ReadonlyMap<string, Expr>): Expr {
  if (expr.kind === "column") {
    return defaults.get(expr.name) ?? expr;
  }
  return expr.kind === "call"
    ? { ...expr, args: expr.args.map((arg) => withDefaults(arg, defaults)) }
    : expr;
}
