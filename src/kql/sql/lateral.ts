/** The SQL of subqueries that run once for each row or for each value of a key: `mv-apply`, `partition`. */

import type { Expr } from "../ir.ts";
import type { ApplyRelation, Expansion, PartitionRelation } from "../relation.ts";
import { conversion } from "./convert.ts";
import { expressionSql, type Lowering, type Sight } from "./lower.ts";
import { quoteName, quoteText } from "./print.ts";
import { visible } from "./relation-columns.ts";
import {
  columnOf,
  type OrderTerm,
  reference,
  type Select,
  type SelectColumn,
  seal,
  sealText,
  selectFrom,
} from "./select.ts";
import type { SqlExpr } from "./sql-expr.ts";

/** What `mv-expand` and `mv-apply` say of their arrays. */
interface Unnesting {
  readonly expansions: readonly Expansion[];
  readonly index: string | null;
  readonly limit: Expr | null;
  readonly pairs?: boolean;
  /** True to have the positions even when they are not asked for. */
  readonly numbered: boolean;
}

/** A SELECT with the arrays as plain columns: what makes their elements names them several times. */
export interface Arrays {
  readonly select: Select;
  /** SQL of the list of elements of each array. */
  readonly lists: readonly string[];
}

/** Makes the arrays of an expansion ready, in a SELECT of their own. */
export function withArrays(what: Unnesting, below: Select, lowering: Lowering): Arrays {
  const exprs = what.expansions.map(({ expr }) => expr);
  const open = below.windowed ? seal(below, lowering) : below;
  const select = visible(open, exprs, lowering);
  const columns = new Map(select.columns);
  const makers = what.expansions.map((expansion, place) => {
    const piece = conversion(expressionSql(expansion.expr, { select }, lowering), "dynamic");
    const { sql, make } = arrayOf(expansion, piece, what.pairs);
    columns.set(`$array${place}`, {
      expr: { sql, type: "dynamic", nonNull: false },
      plain: false,
    });
    return make;
  });
  const sealed = seal({ ...select, columns }, lowering);
  const lists = makers.map((make, place) => make(columnOf(sealed, `$array${place}`).expr.sql));
  const kept = [...sealed.columns].filter(([name]) => !name.startsWith("$array"));
  return { select: { ...sealed, columns: new Map(kept) }, lists };
}

interface ArraySql {
  readonly sql: string;
  /** The list of elements from the array's column. */
  readonly make: (column: string) => string;
}

/** An array as it is cheapest to read: JSON's null needs no care yet, and texts need not become JSON. */
function arrayOf({ column }: Expansion, piece: SqlExpr, pairs: boolean | undefined): ArraySql {
  const { place, texts } = piece;
  const json =
    place === undefined ? piece.sql : `json_extract(${place.root}, ${quoteText(place.path)})`;
  if (pairs === true) {
    return { sql: json, make: (sql) => `kql_element_pairs(${sql})` };
  }
  if (column.type !== "string") {
    return { sql: json, make: (sql) => `kql_elements(${sql})` };
  }
  return texts === undefined
    ? { sql: json, make: (sql) => `kql_element_texts(${sql})` }
    : { sql: texts, make: (sql) => sql };
}

/** The column that an unnested element becomes. */
export function elementColumn(
  { column }: Expansion,
  sql: string,
  pairs: boolean | undefined,
): SelectColumn {
  const isText = column.type === "string" && pairs !== true;
  const expr: SqlExpr = isText
    ? { sql: `coalesce(${sql}, '')`, type: "string", nonNull: true }
    : conversion({ sql, type: "dynamic", nonNull: false }, column.type);
  return { expr, plain: column.type === "dynamic" };
}

/** `unnest(…)` of each array, and of the positions when they are asked for. */
export function unnestedLists(what: Unnesting, arrays: Arrays, lowering: Lowering): string[] {
  const sight: Sight = { select: arrays.select };
  const limit = what.limit === null ? null : expressionSql(what.limit, sight, lowering).sql;
  const lists = arrays.lists.map((list) =>
    limit === null ? list : `list_slice(${list}, 1, ${limit})`,
  );
  const positions =
    what.index === null && !what.numbered
      ? []
      : [`range(greatest(${lists.map((list) => `len(${list})`).join(", ")}))`];
  return [...lists, ...positions].map((list) => `unnest(${list})`);
}

/** The subquery stands in LATERAL and sees the row's columns beside each element. */
export function lowerApply(relation: ApplyRelation, lowering: Lowering): Select {
  const { expansions, index, context, subquery, kept } = relation;
  // Rows and elements keep their order, so that what the subquery sorts or lists comes out that way.
  const what = { ...relation, numbered: true };
  const arrays = withArrays(what, numbered(lowering.lower(relation.input)), lowering);
  const outer = arrays.select;
  const lists = unnestedLists(what, arrays, lowering);
  const elements = lowering.nextAlias("e");
  const position = reference(elements, `e${expansions.length}`, { type: "long", nonNull: true });
  const outputs = lists.map((sql, place) => `${sql} AS e${place}`);
  const columns = new Map<string, SelectColumn>(outer.columns);
  expansions.forEach((expansion, place) => {
    const { sql } = reference(elements, `e${place}`, { type: "dynamic", nonNull: false }).expr;
    columns.set(expansion.column.name, elementColumn(expansion, sql, false));
  });
  if (index !== null) {
    columns.set(index, position);
  }
  lowering.contexts.set(context.id, {
    ...selectFrom(`(SELECT ${outputs.join(", ")}) AS ${elements}`, columns),
    order: [ascending(position.expr.sql)],
    ordinal: true,
  });
  const inner = lowering.lower(subquery);
  const made = new Map(
    relation.columns
      .filter(({ name }) => !kept.includes(name))
      .map(({ name }) => [name, columnOf(inner, name)]),
  );
  const alias = lowering.nextAlias("s");
  const { text, names, orderNames } = sealText({ ...inner, columns: made });
  const all = relation.columns.map(({ name }): [string, SelectColumn] => {
    const own = made.get(name);
    return own === undefined
      ? [name, columnOf(outer, name)]
      : [name, reference(alias, names.get(name) ?? name, own.expr)];
  });
  return {
    ...outer,
    from: `${outer.from}, LATERAL (${text}) AS ${alias}`,
    columns: new Map(all),
    order: [
      ...outer.order,
      ...inner.order.map((term, place) => ({
        ...term,
        sql: `${alias}.${quoteName(orderNames[place] ?? "")}`,
      })),
    ],
    ordinal: false,
  };
}

function ascending(sql: string): OrderTerm {
  return { sql, descending: false, nullsFirst: true };
}

/** The SELECT with a number for each row where it has no order of its own. */
function numbered(select: Select): Select {
  return select.order.length > 0
    ? select
    : { ...select, order: [ascending("row_number() OVER ()")] };
}

/** The subquery sees the rows of one key; the keys are those that the input has. */
export function lowerPartition(relation: PartitionRelation, lowering: Lowering): Select {
  const { context, subquery, key, columns } = relation;
  const name = lowering.nextAlias("q");
  const input = lowering.lower(relation.input);
  const { text, names, orderNames } = sealText(input);
  lowering.shared.push(`${name} AS (${text})`);
  const keyName = quoteName(names.get(key) ?? key);
  const keys = lowering.nextAlias("k");
  const rows = lowering.nextAlias("t");
  const own = new Map(
    [...input.columns].map(([column, { expr }]) => [
      column,
      reference(rows, names.get(column) ?? column, expr),
    ]),
  );
  lowering.contexts.set(context.id, {
    ...selectFrom(`${name} AS ${rows}`, own),
    where: [`${rows}.${keyName} IS NOT DISTINCT FROM ${keys}.k`],
    order: input.order.map((term, index) => ({
      ...term,
      sql: `${rows}.${quoteName(orderNames[index] ?? "")}`,
    })),
  });
  const inner = lowering.lower(subquery);
  const alias = lowering.nextAlias("s");
  const sealed = sealText({ ...inner, order: [] });
  return selectFrom(
    `(SELECT DISTINCT ${keyName} AS k FROM ${name}) AS ${keys}, LATERAL (${sealed.text}) AS ${alias}`,
    new Map(
      columns.map((column) => [
        column.name,
        reference(
          alias,
          sealed.names.get(column.name) ?? column.name,
          columnOf(inner, column.name).expr,
        ),
      ]),
    ),
  );
}
