/** The SQL of `make-series`. */
import type { Expr } from "../ir.ts";
import type { SeriesRelation } from "../relation.ts";
import { conversion } from "./convert.ts";
import { expressionSql, type Lowering, type Sight } from "./lower.ts";
import { visible } from "./relation-columns.ts";
import { reference, type Select, type SelectColumn, selectFrom, selectText } from "./select.ts";
import type { SqlExpr } from "./sql-expr.ts";
import { aggregateSql } from "./summarize.ts";

/** Ticks of 100 ns from 0001-01-01 to 1970-01-01. */
const EPOCH_TICKS = "621355968000000000";

/**
 * Rows are counted into steps from the start; each group then meets every step, with the default where it has no rows.
 * Instants and timespans are counted in ticks.
 */
export function lowerSeries(relation: SeriesRelation, lowering: Lowering): Select {
  const { input, axis, keys, aggregates, series } = relation;
  const used = [
    axis,
    ...keys.map(({ expr }) => expr),
    ...aggregates.flatMap(({ aggregate }) => aggregate.args),
  ];
  const select = visible(lowering.lower(input), used, lowering);
  const sight: Sight = { select };
  const rows = lowering.nextAlias("q");
  const bounds = lowering.nextAlias("q");
  const groups = lowering.nextAlias("q");
  const axisPiece = expressionSql(axis, sight, lowering);
  const x = asNumber(axisPiece);
  const keyPieces = keys.map(({ expr }) => expressionSql(expr, sight, lowering));
  const argumentColumns = new Map<string, SelectColumn>();
  const rowOutputs = [`${x} AS x`, ...keyPieces.map(({ sql }, index) => `${sql} AS k${index}`)];
  for (const [name, { expr }] of select.columns) {
    const place = argumentColumns.size;
    rowOutputs.push(`${expr.sql} AS c${place}`);
    argumentColumns.set(name, reference("r", `c${place}`, expr));
  }
  lowering.shared.push(`${rows} AS (${selectText(select, rowOutputs)})`);
  lowering.shared.push(`${bounds} AS (${boundsText(relation, rows, lowering)})`);
  const inner: Select = selectFrom(`${rows} AS r`, argumentColumns);
  const grouped = [
    ...keys.map((_, index) => `r.k${index}`),
    "floor((r.x - b.a) / b.s)::BIGINT AS i",
    ...aggregates.map((item, index) => `${aggregateSql(item, inner, lowering).sql} AS a${index}`),
  ];
  const inRange = "r.x >= b.a AND floor((r.x - b.a) / b.s) < b.n";
  const by = [...keys.keys(), keys.length].map((place) => place + 1).join(", ");
  lowering.shared.push(
    `${groups} AS (SELECT ${grouped.join(", ")} FROM ${rows} AS r, ${bounds} AS b WHERE ${inRange} GROUP BY ${by})`,
  );
  const aggregateColumns = new Map(
    aggregates.map(({ column }, index): [string, SelectColumn] => [
      column.name,
      reference("g", `a${index}`, { type: column.type, nonNull: false }),
    ]),
  );
  const outputs = series.map(({ expr, otherwise }, index) => {
    const value = expressionSql(expr, { select: selectFrom("", aggregateColumns) }, lowering);
    const element = `CASE WHEN g.i IS NULL THEN ${defaultSql(value, otherwise, sight, lowering)} ELSE ${toJson(value)} END`;
    return `to_json(list(${element} ORDER BY n.i)) AS s${index}`;
  });
  const text = seriesText(relation, { rows, bounds, groups, outputs, axisType: axisPiece.type });
  const alias = lowering.nextAlias("s");
  return selectFrom(
    `(${text}) AS ${alias}`,
    new Map<string, SelectColumn>([
      ...keys.map(({ column }, index): [string, SelectColumn] => [
        column.name,
        reference(alias, `k${index}`, keyPieces[index] ?? { type: column.type, nonNull: false }),
      ]),
      ...series.map(({ column }, index): [string, SelectColumn] => [
        column.name,
        reference(alias, `s${index}`, { type: "dynamic", nonNull: true }),
      ]),
      [relation.axisName, reference(alias, "x", { type: "dynamic", nonNull: true })],
    ]),
  );
}

interface SeriesNames {
  readonly rows: string;
  readonly bounds: string;
  readonly groups: string;
  readonly outputs: readonly string[];
  readonly axisType: SqlExpr["type"];
}

/** Each group, or all rows as one, beside every step; from the steps its arrays are made. */
function seriesText(
  { keys, nonempty }: SeriesRelation,
  { rows, bounds, groups, outputs, axisType }: SeriesNames,
): string {
  const axisValue = toJson(fromNumber("(b.a + n.i * b.s)", axisType));
  const keyList = keys.map((_, index) => `k.k${index}`);
  const distinct = keys.map((_, index) => `k${index}`).join(", ");
  const one = nonempty ? "(SELECT 1) AS k" : `(SELECT 1 FROM ${rows} LIMIT 1) AS k`;
  const source = keys.length === 0 ? one : `(SELECT DISTINCT ${distinct} FROM ${rows}) AS k`;
  const same = [
    "g.i = n.i",
    ...keys.map((_, index) => `g.k${index} IS NOT DISTINCT FROM k.k${index}`),
  ];
  return [
    `SELECT ${[...keyList, ...outputs, `to_json(list(${axisValue} ORDER BY n.i)) AS x`].join(", ")}`,
    `FROM ${source} CROSS JOIN ${bounds} AS b CROSS JOIN LATERAL (SELECT unnest(range(0, b.n)) AS i) AS n`,
    `LEFT JOIN ${groups} AS g ON ${same.join(" AND ")}`,
    ...(keys.length === 0 ? ["HAVING count(*) > 0"] : [`GROUP BY ${keyList.join(", ")}`]),
  ].join(" ");
}

/** Start, step and number of steps: as given, or from the first and the last row. */
function boundsText(relation: SeriesRelation, rows: string, lowering: Lowering): string {
  const { from, to, step, axis, inclusive } = relation;
  const nowhere: Sight = { select: selectFrom("", new Map()) };
  const number = (expr: Expr): string =>
    asNumber(widened(expressionSql(expr, nowhere, lowering), axis.type));
  const s = number(step);
  const first = from === null ? `floor(min(x) / ${s}) * ${s}` : `any_value(${number(from)})`;
  const start = from === null ? first : number(from);
  const last =
    to === null
      ? `floor((max(x) - ${start}) / ${s}) + 1`
      : inclusive
        ? `floor((${number(to)} - ${start}) / ${s}) + 1`
        : `ceil((${number(to)} - ${start}) / ${s})`;
  const type = axis.type === "real" ? "DOUBLE" : "HUGEINT";
  return `SELECT (${start})::${type} AS a, ${s} AS s, greatest(coalesce((${last})::BIGINT, 0), 0) AS n, count(*) AS c FROM ${rows}`;
}

function widened(piece: SqlExpr, axisType: SqlExpr["type"]): SqlExpr {
  return axisType === "real" && (piece.type === "long" || piece.type === "int")
    ? conversion(piece, "real")
    : piece;
}

/** Instants as ticks since 0001-01-01, from which steps are counted when no start is given. */
function asNumber({ sql, type }: SqlExpr): string {
  if (type === "datetime") {
    return `(epoch_us(${sql})::HUGEINT * 10 + ${EPOCH_TICKS})`;
  }
  return type === "real" ? sql : `${sql}::HUGEINT`;
}

function fromNumber(sql: string, type: SqlExpr["type"]): SqlExpr {
  if (type === "datetime") {
    const micros = `((${sql} - ${EPOCH_TICKS}) // 10)::BIGINT`;
    return { sql: `make_timestamp(${micros})`, type, nonNull: true };
  }
  return { sql: type === "real" ? sql : `${sql}::BIGINT`, type, nonNull: true };
}

/** A value as an element of an array; null stays null in it. */
function toJson(piece: SqlExpr): string {
  return conversion({ sql: piece.sql, type: piece.type, nonNull: piece.nonNull }, "dynamic").sql;
}

function defaultSql(
  value: SqlExpr,
  otherwise: Expr | null,
  sight: Sight,
  lowering: Lowering,
): string {
  if (otherwise !== null) {
    return toJson(expressionSql(otherwise, sight, lowering));
  }
  return value.type === "real" ? "'0.0'::JSON" : "'0'::JSON";
}
