/**
 * Comparison and logic. Equality is total: a null equals nothing, so `==` is false and `!=` true, but two nulls give
 * null. Order with a null gives null, and `and`, `or`, `not` have three values. Where neither side can be null the
 * plain operator of SQL is written, which DuckDB hands down to the scan; the null-aware forms carry such a plain one
 * for filters.
 */

import type { KqlType } from "../types.ts";
import { argument, strict, value } from "./build.ts";
import { conversion } from "./convert.ts";
import { literalSql } from "./literal.ts";
import { type CallSite, type Emitter, KqlRefusal, type SqlExpr } from "./sql-expr.ts";

/** Numbers from the narrowest to the widest; a comparison is made in the wider type. */
const NUMERIC_WIDTH: readonly KqlType[] = ["bool", "int", "long", "decimal", "real"];

export const COMPARISON_FUNCTIONS: Readonly<Record<string, Emitter>> = Object.freeze({
  "==": equal,
  "!=": notEqual,
  "<>": notEqual,
  "<": ordered("<"),
  "<=": ordered("<="),
  ">": ordered(">"),
  ">=": ordered(">="),
  between: (site) => between(site),
  "!between": (site) => negated(between(site)),
  in: (site) => amongst(site, (piece) => piece),
  "!in": (site) => negated(amongst(site, (piece) => piece)),
  "in~": (site) => amongst(site, lowered),
  "!in~": (site) => negated(amongst(site, lowered)),
  and: (site) => joined(site, "AND"),
  or: (site) => joined(site, "OR"),
  not: (site) => negated(conversion(argument(site, 0), "bool", site.span)),
});

/** The opposite of a condition. */
export function negated(condition: SqlExpr): SqlExpr {
  return { sql: `(NOT ${condition.sql})`, type: "bool", nonNull: condition.nonNull };
}

/** A text without regard to case; a value of another type as it is. */
export function lowered(piece: SqlExpr): SqlExpr {
  return piece.type === "string" ? { ...piece, sql: `lower(${piece.sql})` } : piece;
}

/** The text of a dynamic value that is NULL when the value is. */
function nullableText({ sql, text }: SqlExpr): SqlExpr {
  return { sql: text ?? `json_extract_string(${sql}, '$')`, type: "string", nonNull: false };
}

/** Both sides in the type in which they are compared. @throws KqlRefusal for types that have no common one */
function unified(site: CallSite): readonly [SqlExpr, SqlExpr] {
  const left = alike(argument(site, 0), argument(site, 1), site);
  const right = alike(argument(site, 1), argument(site, 0), site);
  const areNumbers = [left, right].every(({ type }) => NUMERIC_WIDTH.includes(type));
  if (left.type !== right.type && !areNumbers) {
    throw new KqlRefusal(
      "KQL_ARGUMENT",
      `${left.type} and ${right.type} cannot be compared with ${site.name}`,
      site.span,
    );
  }
  return [left, right];
}

/** One side as the other wants it: dynamic values are read as the other's type, text as a guid. */
function alike(piece: SqlExpr, other: SqlExpr, site: CallSite): SqlExpr {
  if (piece.type === other.type) {
    return piece;
  }
  if (piece.type === "dynamic") {
    return scalarOf(piece, other.type, site);
  }
  if (piece.type === "string" && other.type === "guid") {
    return conversion(piece, "guid", site.span);
  }
  if (piece.type === "bool" && NUMERIC_WIDTH.includes(other.type)) {
    return conversion(piece, other.type, site.span);
  }
  return piece;
}

/** A dynamic value as a scalar to compare with; a number keeps its fraction whatever it is compared with. */
function scalarOf(piece: SqlExpr, type: KqlType, site: CallSite): SqlExpr {
  if (type === "string") {
    return nullableText(piece);
  }
  if (type === "int" || type === "long") {
    return value(`kql_dynamic_number(${piece.sql})`, "real");
  }
  return conversion(piece, type, site.span);
}

function equal(site: CallSite): SqlExpr {
  const [left, right] = unified(site);
  const plain = guarded(`${left.sql} = ${right.sql}`, [left, right]);
  if (left.nonNull && right.nonNull) {
    return { sql: `(${plain})`, type: "bool", nonNull: true };
  }
  const aware = guarded(`${left.sql} IS NOT DISTINCT FROM ${right.sql}`, [left, right]);
  return { ...totally(aware, left, right), filterSql: `(${plain})` };
}

function notEqual(site: CallSite): SqlExpr {
  const [left, right] = unified(site);
  const nan = notNumbers([left, right]);
  const orNan = nan === "" ? "" : ` OR coalesce(${nan}, false)`;
  if (left.nonNull && right.nonNull) {
    return { sql: `(${left.sql} <> ${right.sql}${orNan})`, type: "bool", nonNull: true };
  }
  const aware = `${left.sql} IS DISTINCT FROM ${right.sql}${orNan}`;
  return { ...totally(aware, left, right), filterSql: `(${aware})` };
}

/** Two nulls give null; one null makes the values different. */
function totally(aware: string, left: SqlExpr, right: SqlExpr): SqlExpr {
  if (left.nonNull || right.nonNull) {
    return { sql: `(${aware})`, type: "bool", nonNull: true };
  }
  const bothNull = `${left.sql} IS NULL AND ${right.sql} IS NULL`;
  return {
    sql: `(CASE WHEN ${bothNull} THEN NULL ELSE ${aware} END)`,
    type: "bool",
    nonNull: false,
  };
}

/** DuckDB holds NaN for equal to itself; in KQL it equals nothing. */
function guarded(comparison: string, sides: readonly SqlExpr[]): string {
  const nan = notNumbers(sides.slice(0, 1));
  return nan === "" || sides.some(isNumberLiteral)
    ? comparison
    : `${comparison} AND NOT coalesce(${nan}, false)`;
}

/** The condition that one of the sides is NaN, or nothing when none can be. */
function notNumbers(sides: readonly SqlExpr[]): string {
  return sides
    .filter((side) => side.type === "real" && !isNumberLiteral(side))
    .map((side) => `isnan(${side.sql})`)
    .join(" OR ");
}

function isNumberLiteral(piece: SqlExpr): boolean {
  return typeof piece.literal?.value === "number" && !Number.isNaN(piece.literal.value);
}

/** DuckDB holds NaN for the greatest number; in KQL nothing is greater or smaller than it. */
function ordered(operator: string): Emitter {
  return (site) => {
    const [left, right] = unified(site);
    const comparison = `${left.sql} ${operator} ${right.sql}`;
    const nan = notNumbers([operator.startsWith(">") ? left : right]);
    return strict(nan === "" ? `(${comparison})` : `(${comparison} AND NOT ${nan})`, "bool", [
      left,
      right,
    ]);
  };
}

/** Both ends belong to the range. The upper end may be a span from the lower one. */
function between(site: CallSite): SqlExpr {
  const from = argument(site, 1);
  const to = upperEnd(argument(site, 0), from, argument(site, 2));
  const low = ordered(">=")({ ...site, args: [argument(site, 0), from] });
  const high = ordered("<=")({ ...site, args: [argument(site, 0), to] });
  return joinedParts("AND", [low, high]);
}

function upperEnd(tested: SqlExpr, from: SqlExpr, to: SqlExpr): SqlExpr {
  if (tested.type !== "datetime" || to.type !== "timespan") {
    return to;
  }
  return strict(`(${from.sql} + to_microseconds(${to.sql} // 10))`, "datetime", [from, to]);
}

function joined(site: CallSite, operator: "AND" | "OR"): SqlExpr {
  return joinedParts(
    operator,
    site.args.map((piece) => conversion(piece, "bool", site.span)),
  );
}

function joinedParts(operator: "AND" | "OR", parts: readonly SqlExpr[]): SqlExpr {
  const sql = `(${parts.map((part) => part.sql).join(` ${operator} `)})`;
  const joint = strict(sql, "bool", parts);
  if (parts.every((part) => part.filterSql === undefined)) {
    return joint;
  }
  const filterSql = `(${parts.map((part) => part.filterSql ?? part.sql).join(` ${operator} `)})`;
  return { ...joint, filterSql };
}

/** Whether a value is one of a list: constants of the query, arrays among them taken apart, or an array of the data. */
function amongst(site: CallSite, folded: (piece: SqlExpr) => SqlExpr): SqlExpr {
  const tested = argument(site, 0);
  const items = site.args.slice(1).flatMap(itemsOf);
  const type = comparedType(tested, items);
  const left = folded(tested.type === type ? tested : scalarOf(tested, type, site));
  const single = items.filter((item) => item.type !== "dynamic");
  const arrays = items.filter((item) => item.type === "dynamic");
  const list = single.map((item) => folded(listed(item, type, site)).sql).join(", ");
  const conditions = [
    ...(single.length === 0 ? [] : [`${left.sql} IN (${list})`]),
    ...arrays.map((array) => arrayHas(left, array, folded)),
  ];
  const plain = conditions.length === 0 ? "false" : conditions.join(" OR ");
  return left.nonNull && items.every((item) => item.nonNull)
    ? { sql: `(${plain})`, type: "bool", nonNull: true }
    : { sql: `coalesce(${plain}, false)`, type: "bool", nonNull: true, filterSql: `(${plain})` };
}

/** An item as the type that is compared; numbers of all widths go together. */
function listed(item: SqlExpr, type: KqlType, site: CallSite): SqlExpr {
  const bothNumbers = NUMERIC_WIDTH.includes(item.type) && NUMERIC_WIDTH.includes(type);
  return bothNumbers && item.type !== "bool" ? item : conversion(item, type, site.span);
}

/** The elements of a constant array as constants; anything else as it is. */
export function itemsOf(piece: SqlExpr): readonly SqlExpr[] {
  if (piece.type !== "dynamic" || typeof piece.literal?.value !== "string") {
    return [piece];
  }
  const parsed: unknown = JSON.parse(piece.literal.value);
  const elements: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  return elements.flatMap((element) => {
    const type = literalType(element);
    return type === undefined
      ? []
      : [literalSql({ kind: "literal", type, value: element as string | number | boolean })];
  });
}

function literalType(element: unknown): KqlType | undefined {
  if (typeof element === "number") {
    return Number.isSafeInteger(element) ? "long" : "real";
  }
  return typeof element === "string" ? "string" : typeof element === "boolean" ? "bool" : undefined;
}

/** What a dynamic value is read as before it is looked for: what the items are. */
function comparedType(tested: SqlExpr, items: readonly SqlExpr[]): KqlType {
  if (tested.type !== "dynamic") {
    return tested.type;
  }
  const type = items.find((item) => item.type !== "dynamic")?.type ?? "string";
  return items.every((item) => item.type === type) ? type : "string";
}

/** Whether an array of the data holds a value. */
function arrayHas(left: SqlExpr, array: SqlExpr, folded: (piece: SqlExpr) => SqlExpr): string {
  if (NUMERIC_WIDTH.includes(left.type)) {
    return `coalesce(list_contains(kql_array_numbers(${array.sql}), ${left.sql}::DOUBLE), false)`;
  }
  const element = folded({ sql: "e", type: "string", nonNull: true }).sql;
  const texts = `list_transform(kql_array_texts(${array.sql}), lambda e: ${element})`;
  return `coalesce(list_contains(${texts}, ${conversion(left, "string").sql}), false)`;
}
