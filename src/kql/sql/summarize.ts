/** The SQL of grouping. */
import type { AggregateItem, PickItem, SummarizeRelation } from "../relation.ts";
import { AGGREGATES } from "./aggregate-table.ts";
import { expressionSql, type Lowering } from "./lower.ts";
import { visible } from "./relation-columns.ts";
import {
  orderByText,
  reference,
  type Select,
  type SelectColumn,
  selectFrom,
  selectText,
} from "./select.ts";
import { KqlRefusal, type SqlExpr } from "./sql-expr.ts";

/** Keys, aggregates and picks become columns `k0…`, `a0…` and `p0_0…` of a new SELECT. */
export function lowerSummarize(relation: SummarizeRelation, lowering: Lowering): Select {
  const { input, keys, aggregates, picks } = relation;
  const select = visible(
    lowering.lower(input),
    [
      ...keys.map(({ expr }) => expr),
      ...aggregates.flatMap(({ aggregate }) => aggregate.args),
      ...picks.flatMap(({ key, outputs }) => [
        ...(key === null ? [] : [key]),
        ...outputs.map(({ expr }) => expr),
      ]),
    ],
    lowering,
  );
  const alias = lowering.nextAlias("g");
  const outputs: string[] = [];
  const columns = new Map<string, SelectColumn>();
  keys.forEach(({ column, expr }, index) => {
    const piece = expressionSql(expr, { select }, lowering);
    outputs.push(`${piece.sql} AS k${index}`);
    columns.set(column.name, reference(alias, `k${index}`, piece));
  });
  aggregates.forEach((item, index) => {
    const piece = aggregateSql(item, select, lowering);
    outputs.push(`${piece.sql} AS a${index}`);
    columns.set(item.column.name, reference(alias, `a${index}`, piece));
  });
  picks.forEach((pick, index) => {
    for (const [place, piece] of pickSql(pick, select, lowering).entries()) {
      const column = pick.outputs[place]?.column;
      outputs.push(`${piece.sql} AS p${index}_${place}`);
      if (column !== undefined) {
        columns.set(column.name, reference(alias, `p${index}_${place}`, piece));
      }
    }
  });
  const text = selectText(select, outputs.length === 0 ? ["1 AS none"] : outputs);
  const group =
    keys.length === 0 ? "" : ` GROUP BY ${keys.map((_, index) => index + 1).join(", ")}`;
  return selectFrom(`(${text}${group}) AS ${alias}`, columns);
}

/** The SQL of one aggregate. */
export function aggregateSql(
  { aggregate }: AggregateItem,
  select: Select,
  lowering: Lowering,
): SqlExpr {
  const emit = Object.hasOwn(AGGREGATES, aggregate.name) ? AGGREGATES[aggregate.name] : undefined;
  if (emit === undefined) {
    throw new KqlRefusal(
      "KQL_UNSUPPORTED",
      `the aggregate ${aggregate.name}() is not supported`,
      aggregate.span,
    );
  }
  const orderBy = orderByText(select.order);
  return emit({
    name: aggregate.name,
    args: aggregate.args.map((arg) => expressionSql(arg, { select }, lowering)),
    type: aggregate.type,
    span: aggregate.span,
    ...(orderBy === "" ? {} : { orderBy }),
  });
}

/**
 * Each column by an aggregate of its own over the same key: all of them take the same row, as they meet the rows in the
 * same order and keep the first of equals. That is several times faster than one aggregate over a struct of the row. A
 * group with only null keys still has a row, any of its own.
 */
function pickSql(
  { pick, key, outputs }: PickItem,
  select: Select,
  lowering: Lowering,
): readonly SqlExpr[] {
  const fields = outputs.map(({ expr }) => expressionSql(expr, { select }, lowering));
  if (key === null) {
    return fields.map((field) => filled(anyOf(field, fields.length), field));
  }
  const keySql = expressionSql(key, { select }, lowering);
  const best = pick === "max" ? "arg_max_null" : "arg_min_null";
  const bounded = boundedKey(keySql, pick);
  return fields.map((field) => {
    const found = `${best}(${field.sql}, ${bounded ?? keySql.sql})`;
    const whole =
      bounded === null
        ? `CASE WHEN count(${keySql.sql}) = 0 THEN first(${field.sql}) ELSE ${found} END`
        : found;
    return filled(whole, field);
  });
}

/** A single value that is not null or empty is preferred; several come from one row. */
function anyOf(field: SqlExpr, count: number): string {
  if (count > 1) {
    return `first(${field.sql})`;
  }
  return `any_value(${field.type === "string" ? `nullif(${field.sql}, '')` : field.sql})`;
}

/** Texts are empty where there is no row at all. */
function filled(sql: string, { type }: SqlExpr): SqlExpr {
  return type === "string"
    ? { sql: `coalesce(${sql}, '')`, type, nonNull: true }
    : { sql, type, nonNull: false };
}

/** The key with a value beyond all others for null, so that null keys come last; null where a type has none. */
function boundedKey({ sql, type, nonNull }: SqlExpr, pick: PickItem["pick"]): string | null {
  if (nonNull) {
    return sql;
  }
  const sign = pick === "max" ? "-" : "";
  switch (type) {
    case "datetime":
      return `coalesce(${sql}, TIMESTAMP '${sign}infinity')`;
    case "int":
      return `coalesce(${sql}::BIGINT, ${sign}${INT_BEYOND}::BIGINT)`;
    case "long":
    case "timespan":
      return `coalesce(${sql}::HUGEINT, ${sign}${LONG_BEYOND}::HUGEINT)`;
    default:
      return null;
  }
}

/** Beyond every int, and beyond every long. */
const INT_BEYOND = "4294967296";
const LONG_BEYOND = "18446744073709551616";
