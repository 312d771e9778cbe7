/** The SQL of relations: each adds to the SELECT of its input, or starts a new one over it. */
import type { Expr } from "../ir.ts";
import type {
  FilterRelation,
  ProjectRelation,
  RangeRelation,
  Relation,
  SerializeRelation,
  SortRelation,
  TableRelation,
  TakeRelation,
  UnionRelation,
  ValuesRelation,
} from "../relation.ts";
import { certain } from "./build.ts";
import { conversion } from "./convert.ts";
import { lowerExpand } from "./expand.ts";
import { lowerJoin } from "./joins.ts";
import { lowerApply, lowerPartition } from "./lateral.ts";
import { nullSql } from "./literal.ts";
import { expressionSql, type Lowering } from "./lower.ts";
import { lowerParse, lowerParseKv } from "./parse.ts";
import { quoteDotted, quoteName, quoteText } from "./print.ts";
import { usesWindow, visible } from "./relation-columns.ts";
import { lowerScan } from "./scan.ts";
import {
  columnOf,
  type OrderTerm,
  orderByText,
  reference,
  reselect,
  type Select,
  type SelectColumn,
  seal,
  sealText,
  selectFrom,
  sqlNames,
} from "./select.ts";
import { lowerSeries } from "./series.ts";
import { lowerSummarize } from "./summarize.ts";
import { stageFilter, stageProjection } from "./window-stages.ts";

type Lower<K extends Relation["kind"]> = (
  relation: Extract<Relation, { kind: K }>,
  lowering: Lowering,
) => Select;

const LOWERS: { readonly [K in Relation["kind"]]: Lower<K> } = Object.freeze({
  table: lowerTable,
  values: lowerValues,
  range: lowerRange,
  filter: lowerFilter,
  project: lowerProject,
  summarize: lowerSummarize,
  join: lowerJoin,
  union: lowerUnion,
  sort: lowerSort,
  take: lowerTake,
  expand: lowerExpand,
  context: (relation, lowering) => {
    const select = lowering.contexts.get(relation.id);
    if (select === undefined) {
      throw new Error("a subquery's context is not in force");
    }
    return select;
  },
  apply: lowerApply,
  partition: lowerPartition,
  parse: lowerParse,
  parseKv: lowerParseKv,
  scan: lowerScan,
  series: lowerSeries,
  materialize: ({ input }, lowering) => lowering.lower(input),
  serialize: lowerSerialize,
});

/** The SELECT of a relation. */
export function lowerRelation(relation: Relation, lowering: Lowering): Select {
  const lower = LOWERS[relation.kind] as Lower<Relation["kind"]>;
  return lower(relation, lowering);
}

function lowerTable({ table, columns }: TableRelation, lowering: Lowering): Select {
  const alias = lowering.nextAlias("t");
  const select = selectFrom(
    `${quoteDotted(table.schema)} AS ${alias}`,
    new Map(
      columns.map(({ name, type }) => [
        name,
        // The mirror gives every row an instant.
        reference(alias, name, { type, nonNull: type === "string" || name === "TimeGenerated" }),
      ]),
    ),
  );
  const time = table.columns.find(
    ({ name, type }) => name === "TimeGenerated" && type === "datetime",
  );
  if (!lowering.timeFiltered || time === undefined) {
    return select;
  }
  const sql = `${alias}.${quoteName(time.name)}`;
  return {
    ...select,
    where: [`${sql} >= $from::TIMESTAMP`, `${sql} <= $to::TIMESTAMP`],
  };
}

/** Rows written out. A SELECT of nothing keeps the types when there is no row. */
function lowerValues({ columns, rows }: ValuesRelation, lowering: Lowering): Select {
  const nowhere = selectFrom("", new Map());
  const alias = lowering.nextAlias("t");
  const names = sqlNames(columns.map(({ name }) => name));
  const sight = { select: nowhere };
  const [first = []] = rows;
  const nonNull = columns.map(({ type }) => type === "string");
  const cells = rows.map((row) => row.map((cell) => expressionSql(cell, sight, lowering)));
  if (rows.length === 1) {
    const pieces = new Map(
      columns.map(({ name }, index): [string, SelectColumn] => [
        name,
        {
          expr: cells[0]?.[index] ?? certain("NULL", "dynamic"),
          plain: first[index]?.kind === "literal",
        },
      ]),
    );
    return { ...selectFrom("(SELECT 1)", pieces), from: `(SELECT 1) AS ${alias}` };
  }
  if (columns.length === 0) {
    return selectFrom(`range(${rows.length}) AS ${alias}`, new Map());
  }
  const list = columns.map(({ name }) => quoteName(names.get(name) ?? name)).join(", ");
  const source =
    rows.length === 0
      ? `(SELECT ${columns.map(({ type }) => nullSql(type)).join(", ")} WHERE false)`
      : `(VALUES ${cells.map((row) => `(${row.map(({ sql }) => sql).join(", ")})`).join(", ")})`;
  return selectFrom(
    `${source} AS ${alias}(${list})`,
    new Map(
      columns.map(({ name, type }, index) => [
        name,
        reference(alias, names.get(name) ?? name, {
          type,
          nonNull: nonNull[index] === true || cells.every((row) => row[index]?.nonNull === true),
        }),
      ]),
    ),
  );
}

/** From, to (inclusive) and step as numbers of steps; datetimes are counted in microseconds. */
function lowerRange(relation: RangeRelation, lowering: Lowering): Select {
  const [column] = relation.columns;
  const type = column?.type ?? "long";
  const sight = { select: selectFrom("", new Map()) };
  const [from, to, step] = [relation.from, relation.to, relation.step].map((bound, index) => {
    const piece = expressionSql(bound, sight, lowering);
    const stepType = type === "datetime" ? "timespan" : type;
    return conversion(piece, index === 2 ? stepType : type, relation.span).sql;
  });
  const bounds = lowering.nextAlias("b");
  const counter = lowering.nextAlias("r");
  const [width, value] =
    type === "datetime"
      ? [
          `(epoch_us(${bounds}.z) - epoch_us(${bounds}.a)) // (${bounds}.s // 10)`,
          `(${counter}.a + to_microseconds(${counter}.i * (${counter}.s // 10)))`,
        ]
      : type === "real"
        ? [
            `floor((${bounds}.z - ${bounds}.a) / ${bounds}.s + 1e-9)::BIGINT`,
            `(${counter}.a + ${counter}.i * ${counter}.s)`,
          ]
        : [
            `floor((${bounds}.z::HUGEINT - ${bounds}.a) / ${bounds}.s)::BIGINT`,
            `(${counter}.a + ${counter}.i * ${counter}.s)::${type === "int" ? "INTEGER" : "BIGINT"}`,
          ];
  // Expanded within one SELECT, the rows come in their order.
  const numbers = `unnest(range(0, coalesce(kql_range_rows(${width}), 0))) AS i`;
  const source = `(SELECT ${bounds}.a, ${bounds}.s, ${numbers} FROM (SELECT ${from} AS a, ${to} AS z, ${step} AS s) AS ${bounds}) AS ${counter}`;
  return selectFrom(
    source,
    new Map([[column?.name ?? "", { expr: { sql: value, type, nonNull: true }, plain: false }]]),
  );
}

function lowerFilter(relation: FilterRelation, lowering: Lowering): Select {
  const { input, condition } = relation;
  if (usesWindow(condition)) {
    return lowering.lower(stageFilter(relation));
  }
  const select = visible(lowering.lower(input), [condition], lowering);
  const open = select.windowed ? seal(select, lowering) : select;
  const piece = expressionSql(condition, { select: open }, lowering);
  const where = piece.filterSql ?? conversion(piece, "bool").sql;
  return { ...open, where: [...open.where, where] };
}

function lowerProject(relation: ProjectRelation, lowering: Lowering): Select {
  const { input, items } = stageProjection(relation);
  const computed = items.map(({ expr }) => expr).filter((expr) => expr.kind !== "column");
  const windowed = computed.some(usesWindow);
  const below = lowering.lower(input);
  const ready = windowed ? withOrdinal(below, lowering) : below;
  const repeated = repeatsColumn(
    items.map(({ expr }) => expr),
    ready,
  );
  const select = repeated ? seal(ready, lowering) : visible(ready, computed, lowering);
  const window = windowed ? orderByText(select.order) : undefined;
  const columns = new Map<string, SelectColumn>();
  for (const { column, expr } of items) {
    columns.set(
      column.name,
      expr.kind === "column"
        ? columnOf(select, expr.name)
        : {
            expr: expressionSql(
              expr,
              window === undefined ? { select } : { select, window },
              lowering,
            ),
            plain: expr.kind === "literal",
          },
    );
  }
  return { ...select, columns, windowed: select.windowed || windowed };
}

/** Whether a computed column would be computed twice, which matters for its cost and for random values. */
function repeatsColumn(exprs: readonly Expr[], select: Select): boolean {
  const names = exprs.flatMap((expr) => (expr.kind === "column" ? [expr.name] : []));
  return names.some(
    (name, index) => !columnOf(select, name).plain && names.indexOf(name) !== index,
  );
}

/** The SELECT with one number for each row in its order, so that all windows see ties in the same order. */
function withOrdinal(select: Select, lowering: Lowering): Select {
  if (select.ordinal) {
    return select;
  }
  const open = select.windowed ? seal(select, lowering) : select;
  const sql = `row_number() OVER (${orderByText(open.order)})`;
  const numbered: Select = {
    ...open,
    order: [{ sql, descending: false, nullsFirst: true }],
    ordinal: true,
  };
  return seal(numbered, lowering);
}

function lowerSerialize({ input }: SerializeRelation, lowering: Lowering): Select {
  return withOrdinal(lowering.lower(input), lowering);
}

function lowerSort({ input, keys }: SortRelation, lowering: Lowering): Select {
  const exprs = keys.map(({ expr }) => expr);
  const select = visible(lowering.lower(input), exprs, lowering);
  const order: OrderTerm[] = keys.map(({ expr, descending, nullsFirst }) => ({
    sql: expressionSql(expr, { select }, lowering).sql,
    descending,
    nullsFirst,
  }));
  // A constant would be read as the number of a column.
  const terms = order.filter((_, index) => keys[index]?.expr.kind !== "literal");
  return { ...select, order: terms, ordinal: false };
}

function lowerTake({ input, count, random, groups }: TakeRelation, lowering: Lowering): Select {
  const select = lowering.lower(input);
  const nowhere = { select: selectFrom("", new Map()) };
  const limit = `greatest(${expressionSql(count, nowhere, lowering).sql}, 0)`;
  if (groups.length > 0) {
    return takeOfEach(select, { groups, limit }, lowering);
  }
  if (random) {
    const shuffled: Select = {
      ...select,
      order: [{ sql: "random()", descending: false, nullsFirst: false }],
    };
    return { ...seal(shuffled, lowering, { orderBy: true, limit }), order: [] };
  }
  return seal(select, lowering, { orderBy: true, limit });
}

function takeOfEach(
  select: Select,
  { groups, limit }: { readonly groups: readonly string[]; readonly limit: string },
  lowering: Lowering,
): Select {
  const open = seal(select, lowering);
  const keys = groups.map((name) => columnOf(open, name).expr.sql).join(", ");
  const rank = `row_number() OVER (PARTITION BY ${keys} ${orderByText(open.order)})`;
  const ranked = seal(
    {
      ...open,
      columns: new Map([
        ...open.columns,
        ["$rank", { expr: { sql: rank, type: "long", nonNull: true }, plain: false }],
      ]),
    },
    lowering,
  );
  const columns = new Map(ranked.columns);
  columns.delete("$rank");
  return { ...ranked, columns, where: [`${columnOf(ranked, "$rank").expr.sql} <= ${limit}`] };
}

function lowerUnion({ inputs, columns, source }: UnionRelation, lowering: Lowering): Select {
  const alias = lowering.nextAlias("t");
  const names = sqlNames(columns.map(({ name }) => name));
  const own = columns.filter(({ name }) => name !== source);
  const texts = inputs.map(({ name, input, from }) => {
    const select = lowering.lower(input);
    const picked = new Map<string, SelectColumn>();
    if (source !== null) {
      picked.set(source, { expr: certain(quoteText(name), "string"), plain: true });
    }
    own.forEach((column, index) => {
      const inputName = from[index] ?? null;
      picked.set(
        column.name,
        inputName === null
          ? { expr: { sql: nullSql(column.type), type: column.type, nonNull: false }, plain: true }
          : columnOf(select, inputName),
      );
    });
    return sealText({ ...select, columns: picked, order: [] }).text;
  });
  const text =
    texts.length === 0
      ? `SELECT ${columns.map(({ name, type }) => `${nullSql(type)} AS ${quoteName(names.get(name) ?? name)}`).join(", ")} WHERE false`
      : texts.map((branch) => `(${branch})`).join(" UNION ALL ");
  return selectFrom(
    `(${text}) AS ${alias}`,
    new Map(
      columns.map(({ name, type }) => [
        name,
        reference(alias, names.get(name) ?? name, { type, nonNull: type === "string" }),
      ]),
    ),
  );
}

/** A shared relation: its text stands once in front of the statement. */
export function shareRelation(
  relation: Relation,
  lowering: Lowering,
  materialized: boolean,
): Select {
  const select = lowerRelation(relation, lowering);
  const name = lowering.nextAlias("q");
  const { text, names, orderNames } = sealText(select);
  lowering.shared.push(`${name} AS ${materialized ? "MATERIALIZED " : ""}(${text})`);
  return reselect(select, { from: name, alias: name, names, orderNames });
}
