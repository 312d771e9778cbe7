/** The SQL of `scan`: one row after another in a recursive query. */
import type { ScanRelation } from "../relation.ts";
import { conversion } from "./convert.ts";
import { nullSql } from "./literal.ts";
import { expressionSql, type Lowering } from "./lower.ts";
import { quoteName } from "./print.ts";
import {
  orderByText,
  reference,
  type Select,
  type SelectColumn,
  seal,
  selectFrom,
} from "./select.ts";
import { PREVIOUS_PREFIX } from "./windows.ts";

/** The state begins with the defaults; a row that does not match leaves it as it is and is dropped. */
export function lowerScan(relation: ScanRelation, lowering: Lowering): Select {
  const input = lowering.lower(relation.input);
  lowering.recursive = true;
  const rows = lowering.nextAlias("q");
  const walk = lowering.nextAlias("q");
  const open = input.windowed ? seal(input, lowering) : input;
  const names = relation.input.columns.map(({ name }) => name);
  const cells = names.map(
    (name, index) => `${open.columns.get(name)?.expr.sql ?? "NULL"} AS c${index}`,
  );
  const where = open.where.length === 0 ? "" : ` WHERE ${open.where.join(" AND ")}`;
  lowering.shared.push(
    `${rows} AS MATERIALIZED (SELECT ${[...cells, `row_number() OVER (${orderByText(open.order)}) AS n`].join(", ")} FROM ${open.from}${where})`,
  );
  const columns = new Map<string, SelectColumn>();
  relation.input.columns.forEach(({ name, type }, index) => {
    const nonNull = open.columns.get(name)?.expr.nonNull ?? false;
    columns.set(name, reference("r", `c${index}`, { type, nonNull }));
    columns.set(
      `${PREVIOUS_PREFIX}${name}`,
      reference("w", `c${index}`, { type, nonNull: type === "string" }),
    );
  });
  relation.state.forEach(({ column: { name, type } }, index) => {
    columns.set(
      `${PREVIOUS_PREFIX}${name}`,
      reference("w", `s${index}`, { type, nonNull: type === "string" }),
    );
  });
  const select = selectFrom("", columns);
  const hit = conversion(expressionSql(relation.condition, { select }, lowering), "bool").sql;
  const nothing = { select: selectFrom("", new Map()) };
  const start = [
    "0::BIGINT AS n",
    "false AS hit",
    ...relation.input.columns.map(({ type }, index) => `${nullSql(type)} AS c${index}`),
    ...relation.state.map(
      ({ expr }, index) => `${expressionSql(expr, nothing, lowering).sql} AS s${index}`,
    ),
  ];
  const next = [
    "r.n",
    `coalesce(${hit}, false)`,
    ...names.map((_, index) => `CASE WHEN ${hit} THEN r.c${index} ELSE w.c${index} END`),
    ...relation.next.map(({ expr }, index) => {
      const value = expressionSql(expr, { select }, lowering).sql;
      return `CASE WHEN ${hit} THEN ${value} ELSE w.s${index} END`;
    }),
  ];
  lowering.shared.push(
    `${walk} AS (SELECT ${start.join(", ")} UNION ALL SELECT ${next.join(", ")} FROM ${walk} AS w JOIN ${rows} AS r ON r.n = w.n + 1)`,
  );
  const alias = lowering.nextAlias("t");
  const all = relation.columns.map(({ name, type }): [string, SelectColumn] => {
    const place = names.indexOf(name);
    const sqlName = relation.state.some(({ column }) => column.name === name)
      ? `s${relation.state.findIndex(({ column }) => column.name === name)}`
      : `c${place}`;
    return [name, reference(alias, sqlName, { type, nonNull: type === "string" })];
  });
  return {
    ...selectFrom(`${walk} AS ${alias}`, new Map(all)),
    where: [`${alias}.hit`],
    order: [{ sql: `${alias}.${quoteName("n")}`, descending: false, nullsFirst: true }],
    ordinal: true,
  };
}
