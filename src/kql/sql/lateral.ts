/** The SQL of subqueries that run once for each row or for each value of a key: `mv-apply`, `partition`. */

import type { Expr } from "../ir.ts";
import type { ApplyRelation, Expansion, PartitionRelation } from "../relation.ts";
import { conversion } from "./convert.ts";
import { expressionSql, type Lowering, type Sight } from "./lower.ts";
import { quoteName } from "./print.ts";
import { visible } from "./relation-columns.ts";
import {
  columnOf,
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
}

function elementsMacro({ column }: Expansion, pairs: boolean | undefined): string {
  if (pairs === true) {
    return "kql_element_pairs";
  }
  return column.type === "string" ? "kql_element_texts" : "kql_elements";
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
export function unnestedLists(what: Unnesting, sight: Sight, lowering: Lowering): string[] {
  const limit = what.limit === null ? null : expressionSql(what.limit, sight, lowering).sql;
  const lists = what.expansions.map((expansion) => {
    const array = conversion(expressionSql(expansion.expr, sight, lowering), "dynamic").sql;
    const list = `${elementsMacro(expansion, what.pairs)}(${array})`;
    return limit === null ? list : `list_slice(${list}, 1, ${limit})`;
  });
  const positions =
    what.index === null
      ? []
      : [`range(greatest(${lists.map((list) => `len(${list})`).join(", ")}))`];
  return [...lists, ...positions].map((list) => `unnest(${list})`);
}

/** The subquery stands in LATERAL and sees the row's columns beside each element. */
export function lowerApply(relation: ApplyRelation, lowering: Lowering): Select {
  const { expansions, index, context, subquery, kept } = relation;
  const exprs = expansions.map(({ expr }) => expr);
  const outer = seal(visible(lowering.lower(relation.input), exprs, lowering), lowering);
  const lists = unnestedLists(relation, { select: outer }, lowering);
  const elements = lowering.nextAlias("e");
  const outputs = lists.map((sql, place) => `${sql} AS e${place}`);
  const columns = new Map<string, SelectColumn>(outer.columns);
  expansions.forEach((expansion, place) => {
    const { sql } = reference(elements, `e${place}`, { type: "dynamic", nonNull: false }).expr;
    columns.set(expansion.column.name, elementColumn(expansion, sql, false));
  });
  if (index !== null) {
    columns.set(
      index,
      reference(elements, `e${expansions.length}`, { type: "long", nonNull: true }),
    );
  }
  lowering.contexts.set(
    context.id,
    selectFrom(`(SELECT ${outputs.join(", ")}) AS ${elements}`, columns),
  );
  const inner = lowering.lower(subquery);
  const made = new Map(
    relation.columns
      .filter(({ name }) => !kept.includes(name))
      .map(({ name }) => [name, columnOf(inner, name)]),
  );
  const alias = lowering.nextAlias("s");
  const { text, names } = sealText({ ...inner, columns: made });
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
    ordinal: false,
  };
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
