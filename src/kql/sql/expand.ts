/** The SQL of `mv-expand`. */
import type { ExpandRelation } from "../relation.ts";
import { elementColumn, unnestedLists, withArrays } from "./lateral.ts";
import type { Lowering } from "./lower.ts";
import { columnOf, type Select, type SelectColumn, seal } from "./select.ts";

/** The lists are unnested beside each other; the shorter ones end in nulls. */
export function lowerExpand(relation: ExpandRelation, lowering: Lowering): Select {
  const { input, expansions, index } = relation;
  const below = lowering.lower(input);
  const numbered = below.order.length > 0;
  const what = { ...relation, numbered };
  const arrays = withArrays(what, below, lowering);
  const { select } = arrays;
  const lists = unnestedLists(what, arrays, lowering);
  const all = new Map<string, SelectColumn>([
    ...select.columns,
    ...lists.map((sql, place): [string, SelectColumn] => [
      `$list${place}`,
      { expr: { sql, type: "dynamic", nonNull: false }, plain: false },
    ]),
  ]);
  const opened = seal({ ...select, columns: all }, lowering);
  const columns = new Map(opened.columns);
  for (const place of lists.keys()) {
    columns.delete(`$list${place}`);
  }
  expansions.forEach((expansion, place) => {
    const { sql } = columnOf(opened, `$list${place}`).expr;
    const element = elementColumn(expansion, sql, relation.pairs);
    columns.set(expansion.column.name, { ...element, plain: false });
  });
  if (index !== null) {
    const raw = columnOf(opened, `$list${expansions.length}`).expr;
    columns.set(index, { expr: { ...raw, type: "long", nonNull: true }, plain: true });
  }
  const ordered = new Map(relation.columns.map(({ name }) => [name, columns.get(name)]));
  const position = opened.columns.get(`$list${expansions.length}`)?.expr.sql;
  return {
    ...opened,
    // The elements of one row stay in their order when the rows have one.
    order:
      numbered && position !== undefined
        ? [...opened.order, { sql: position, descending: false, nullsFirst: true }]
        : opened.order,
    ordinal: false,
    columns: new Map([...ordered].filter((entry): entry is [string, SelectColumn] => !!entry[1])),
  };
}
