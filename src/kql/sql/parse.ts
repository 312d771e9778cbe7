/** The SQL of `parse` and `parse-where`. */
import type { ParseKvRelation, ParseRelation } from "../relation.ts";
import { conversion } from "./convert.ts";
import { expressionSql, type Lowering } from "./lower.ts";
import { quoteText } from "./print.ts";
import { visible } from "./relation-columns.ts";
import { columnOf, type Select, type SelectColumn, seal } from "./select.ts";
import type { SqlExpr } from "./sql-expr.ts";

/** The groups are read once into a struct; a text that does not match leaves empty and null columns. */
export function lowerParse(relation: ParseRelation, lowering: Lowering): Select {
  const { input, source, regex, captures, dropUnmatched, relaxed } = relation;
  const select = visible(lowering.lower(input), [source], lowering);
  const text = conversion(expressionSql(source, { select }, lowering), "string").sql;
  const pattern = quoteText(regex);
  const groups = captures.map((_, index) => `'g${index}'`).join(", ");
  const extracted =
    captures.length === 0 ? "NULL" : `regexp_extract(${text}, ${pattern}, [${groups}])`;
  const read = seal(
    {
      ...select,
      columns: new Map<string, SelectColumn>([
        ...select.columns,
        [
          "$parsed",
          {
            expr: {
              sql: `CASE WHEN regexp_matches(${text}, ${pattern}) THEN {m: true, g: ${extracted}} END`,
              type: "dynamic",
              nonNull: false,
            },
            plain: false,
          },
        ],
      ]),
    },
    lowering,
  );
  const parsed = columnOf(read, "$parsed").expr.sql;
  const raw = captures.map(
    (_, index): SqlExpr => ({
      sql: `coalesce(${parsed}.g.g${index}, '')`,
      type: "string",
      nonNull: true,
    }),
  );
  const values = captures.map(({ column }, index) =>
    conversion(raw[index] ?? { sql: "''", type: "string", nonNull: true }, column.type),
  );
  const typed = values.filter(({ type }) => type !== "string");
  const matched = [
    `${parsed} IS NOT NULL`,
    ...(relaxed ? [] : typed.map(({ sql }) => `${sql} IS NOT NULL`)),
  ].join(" AND ");
  const columns = new Map(read.columns);
  columns.delete("$parsed");
  captures.forEach(({ column }, index) => {
    const piece = values[index];
    if (piece !== undefined) {
      columns.set(column.name, {
        expr: {
          ...piece,
          sql:
            relaxed || typed.length === 0
              ? piece.sql
              : `CASE WHEN ${matched} THEN ${piece.sql}${piece.type === "string" ? " ELSE ''" : ""} END`,
        },
        plain: false,
      });
    }
  });
  return {
    ...read,
    columns: new Map(
      relation.columns.map(({ name }) => [name, columns.get(name) ?? columnOf(read, name)]),
    ),
    where: dropUnmatched ? [matched] : [],
  };
}

/** The pairs are read once, in the order of the text; a key's value is that of its first pair. */
export function lowerParseKv(relation: ParseKvRelation, lowering: Lowering): Select {
  const { input, source, pairRegex, quoted, keys } = relation;
  const select = visible(lowering.lower(input), [source], lowering);
  const text = conversion(expressionSql(source, { select }, lowering), "string").sql;
  const all = (group: number): string =>
    `regexp_extract_all(${text}, ${quoteText(pairRegex)}, ${group})`;
  const struct = `{k: ${all(1)}, v: ${all(2)}${quoted ? `, b: ${all(3)}` : ""}}`;
  const read = seal(
    {
      ...select,
      columns: new Map<string, SelectColumn>([
        ...select.columns,
        ["$pairs", { expr: { sql: struct, type: "dynamic", nonNull: true }, plain: false }],
      ]),
    },
    lowering,
  );
  const pairs = columnOf(read, "$pairs").expr.sql;
  const columns = new Map(read.columns);
  columns.delete("$pairs");
  for (const { name, type } of keys) {
    const at = `[list_position(${pairs}.k, ${quoteText(name)})]`;
    const value = quoted
      ? `coalesce(nullif(${pairs}.v${at}, ''), ${pairs}.b${at})`
      : `${pairs}.v${at}`;
    const raw: SqlExpr = { sql: `coalesce(${value}, '')`, type: "string", nonNull: true };
    columns.set(name, { expr: conversion(raw, type), plain: false });
  }
  return {
    ...read,
    columns: new Map(
      relation.columns.map(({ name }) => [name, columns.get(name) ?? columnOf(read, name)]),
    ),
  };
}
