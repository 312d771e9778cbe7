/** `evaluate` for the plug-ins whose result columns are known before the data is read. */
import type { Expr } from "../ir.ts";
import type { Relation, UnionInput } from "../relation.ts";
import { KqlRefusal } from "../sql/sql-expr.ts";
import type { KqlColumn } from "../types.ts";
import { part, placeOf, refuse } from "./binder.ts";
import { argumentsOf, CONVERSIONS, columnRef, converted, literal } from "./expressions.ts";
import { extend, type OperatorSite, project, resultColumns } from "./operator.ts";

/** Binds `evaluate`. */
export function bindEvaluate(site: OperatorSite): Relation {
  const call = part(site.node, "FunctionCall");
  const name = part(call, "Name").name;
  if (name === "bag_unpack") {
    return bagUnpack(site);
  }
  if (name === "narrow") {
    return narrow(site);
  }
  throw refuse(`the plug-in ${name}`, call, site.env);
}

/** The columns of a bag; their names and types have to be said, since they are otherwise those of the data. */
function bagUnpack(site: OperatorSite): Relation {
  const { node, input, env, binder } = site;
  if (node.child("Schema") === undefined) {
    throw new KqlRefusal(
      "KQL_UNSUPPORTED",
      "bag_unpack() is supported with its columns only: evaluate bag_unpack(bag) : (*, name: string)",
      placeOf(node, env),
    );
  }
  const args = argumentsOf(part(node, "FunctionCall")).map((arg) => binder.expression(arg, env));
  const [bag, prefix] = args;
  if (bag?.kind !== "column" || args.length > 2) {
    throw refuse("this form of bag_unpack()", node, env);
  }
  const before = prefix?.kind === "literal" ? String(prefix.value) : "";
  const own = new Set(input.columns.map(({ name }) => name));
  const items = resultColumns(node, env).map((column) => ({
    column,
    expr: own.has(column.name)
      ? columnRef(column)
      : converted(member(bag, column.name, before), column.type),
  }));
  return project(input, items);
}

function member(bag: Expr, name: string, prefix: string): Expr {
  const key = name.startsWith(prefix) ? name.slice(prefix.length) : name;
  return {
    kind: "call",
    type: "dynamic",
    name: "[]",
    args: [bag, literal("string", key)],
    span: { start: 0, length: 0 },
  };
}

/** A row for each cell: number of the row, name of the column, value as text. */
function narrow({ node, input, env }: OperatorSite): Relation {
  const columns = resultColumns(node, env);
  const [row, column, value] = columns;
  if (row === undefined || column === undefined || value === undefined) {
    throw refuse("this form of narrow()", node, env);
  }
  const serialized: Relation = { kind: "serialize", input, columns: input.columns };
  const numbered: Relation = {
    kind: "materialize",
    input: extend(serialized, [{ column: row, expr: rowNumber() }]),
    columns: [...input.columns, row],
  };
  const inputs = input.columns.map((cell): UnionInput => {
    const items = [
      { column: row, expr: columnRef(row) },
      { column, expr: literal("string", cell.name) },
      { column: value, expr: asText(cell) },
    ];
    return {
      name: cell.name,
      input: project(numbered, items),
      from: columns.map(({ name }) => name),
    };
  });
  return { kind: "union", inputs, source: null, columns };
}

function rowNumber(): Expr {
  const span = { start: 0, length: 0 };
  return {
    kind: "call",
    type: "long",
    name: "row_number",
    args: [literal("long", "0")],
    span,
  };
}

function asText(cell: KqlColumn): Expr {
  return cell.type === "string"
    ? columnRef(cell)
    : {
        kind: "call",
        type: "string",
        name: CONVERSIONS.string,
        args: [columnRef(cell)],
        span: { start: 0, length: 0 },
      };
}
