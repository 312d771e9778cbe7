/** The SQL of grouping. */
import type { AggregateItem, PickItem, SummarizeRelation } from "../relation.ts";
import { AGGREGATES } from "./aggregate-table.ts";
import { expressionSql, type Lowering } from "./lower.ts";
import { quoteName } from "./print.ts";
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

/** Keys, aggregates and picks become columns `k0…`, `a0…` and fields of the struct `p0…` of a new SELECT. */
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
    const { sql, fields } = pickSql(pick, select, lowering);
    outputs.push(`${sql} AS p${index}`);
    pick.outputs.forEach(({ column }, place) => {
      columns.set(column.name, {
        expr: {
          sql: picked(`${alias}.p${index}`, place, fields[place]),
          type: column.type,
          nonNull: column.type === "string",
        },
        plain: true,
      });
    });
  });
  const text = selectText(select, outputs.length === 0 ? ["1 AS none"] : outputs);
  const group =
    keys.length === 0 ? "" : ` GROUP BY ${keys.map((_, index) => index + 1).join(", ")}`;
  return selectFrom(`(${text}${group}) AS ${alias}`, columns);
}

/** A group always has a row, except the one group of an empty input: there texts are empty. */
function picked(struct: string, place: number, field: SqlExpr | undefined): string {
  const sql = `${struct}.f${place}`;
  return field?.type === "string" ? `coalesce(${sql}, '')` : sql;
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

interface PickSql {
  readonly sql: string;
  readonly fields: readonly SqlExpr[];
}

/**
 * A struct of the whole row goes through the aggregate at once: every column comes from the same row. A group with only
 * null keys still has a row, any of its own.
 */
function pickSql({ pick, key, outputs }: PickItem, select: Select, lowering: Lowering): PickSql {
  const fields = outputs.map(({ expr }) => expressionSql(expr, { select }, lowering));
  const struct = `{${fields.map(({ sql }, index) => `${quoteName(`f${index}`)}: ${sql}`).join(", ")}}`;
  if (key === null) {
    const [only] = fields;
    if (fields.length === 1 && only !== undefined) {
      const filled = only.type === "string" ? `nullif(${only.sql}, '')` : only.sql;
      return { sql: `{f0: any_value(${filled})}`, fields };
    }
    return { sql: `any_value(${struct})`, fields };
  }
  const keySql = expressionSql(key, { select }, lowering);
  const best = `${pick === "max" ? "arg_max" : "arg_min"}(${struct}, ${keySql.sql})`;
  return { sql: keySql.nonNull ? best : `coalesce(${best}, any_value(${struct}))`, fields };
}
