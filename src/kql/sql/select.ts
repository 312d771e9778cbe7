/**
 * A SELECT under construction. Operators add to it as long as that keeps its meaning (a condition on plain columns, a
 * projection); otherwise it is sealed: written out and put in parentheses as the FROM of a new one.
 */
import { quoteName } from "./print.ts";
import type { SqlExpr } from "./sql-expr.ts";

/** A column of a SELECT. */
export interface SelectColumn {
  readonly expr: SqlExpr;
  /** True for a bare reference or a constant, which may be repeated at no cost. */
  readonly plain: boolean;
}

/** A term of ORDER BY over the FROM of its SELECT. */
export interface OrderTerm {
  readonly sql: string;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** A SELECT that can still be added to. Its columns are keyed by their names in the query. */
export interface Select {
  readonly from: string;
  readonly columns: ReadonlyMap<string, SelectColumn>;
  readonly where: readonly string[];
  /** The order of the rows; empty when there is none. */
  readonly order: readonly OrderTerm[];
  /** True when the one term of the order tells all rows apart. */
  readonly ordinal: boolean;
  /** True when a column is a window function, so that conditions have to stay outside. */
  readonly windowed: boolean;
}

/** Gives aliases that no other part of the statement has. */
export interface AliasSource {
  readonly nextAlias: (letter: string) => string;
}

/** A SELECT over a table or subquery whose columns have SQL names. */
export function selectFrom(from: string, columns: ReadonlyMap<string, SelectColumn>): Select {
  return { from, columns, where: [], order: [], ordinal: false, windowed: false };
}

/** A bare reference. */
export function reference(
  alias: string,
  sqlName: string,
  expr: Omit<SqlExpr, "sql">,
): SelectColumn {
  const { type, nonNull } = expr;
  return { expr: { sql: `${alias}.${quoteName(sqlName)}`, type, nonNull }, plain: true };
}

/**
 * Names for columns in SQL, where letter case does not tell names apart: the column's own name when it is an ordinary
 * word and free, else that word with a number.
 */
export function sqlNames(names: Iterable<string>): Map<string, string> {
  const taken = new Set<string>();
  const found = new Map<string, string>();
  for (const name of names) {
    const word = /^[A-Za-z_]\w*$/.test(name) ? name : "c";
    let candidate = word;
    for (let number = 1; taken.has(candidate.toLowerCase()); number += 1) {
      candidate = `${word}_${number}`;
    }
    taken.add(candidate.toLowerCase());
    found.set(name, candidate);
  }
  return found;
}

/** What the text of a SELECT may have besides its own parts. */
export interface SelectTail {
  /** Terms by which the text itself is ordered. */
  readonly orderBy?: boolean;
  readonly limit?: string;
}

/** ORDER BY with its terms, or nothing. */
export function orderByText(order: readonly OrderTerm[]): string {
  if (order.length === 0) {
    return "";
  }
  const terms = order.map(
    ({ sql, descending, nullsFirst }) =>
      `${sql} ${descending ? "DESC" : "ASC"} NULLS ${nullsFirst ? "FIRST" : "LAST"}`,
  );
  return `ORDER BY ${terms.join(", ")}`;
}

/** The text of a SELECT with the given output list. */
export function selectText(
  select: Select,
  outputs: readonly string[],
  tail: SelectTail = {},
): string {
  return [
    `SELECT ${outputs.join(", ")}`,
    ...(select.from === "" ? [] : [`FROM ${select.from}`]),
    ...(select.where.length === 0 ? [] : [`WHERE ${select.where.join(" AND ")}`]),
    ...(tail.orderBy === true && select.order.length > 0 ? [orderByText(select.order)] : []),
    ...(tail.limit === undefined ? [] : [`LIMIT ${tail.limit}`]),
  ].join(" ");
}

/** A SELECT as text, with the SQL names of its columns and of the terms of its order. */
export interface Sealed {
  readonly text: string;
  readonly names: ReadonlyMap<string, string>;
  readonly orderNames: readonly string[];
}

/** Writes a SELECT out. The terms of its order become columns so that the order outlives it. */
export function sealText(select: Select, tail: SelectTail = {}): Sealed {
  const orderKeys = select.order.map((_, index) => `$order${index}`);
  const all = sqlNames([...select.columns.keys(), ...orderKeys]);
  const outputs = [...select.columns].map(
    ([name, { expr }]) => `${expr.sql} AS ${quoteName(all.get(name) ?? name)}`,
  );
  const orderNames: string[] = [];
  for (const [index, key] of orderKeys.entries()) {
    const name = all.get(key) ?? key;
    orderNames.push(name);
    outputs.push(`${select.order[index]?.sql ?? "NULL"} AS ${quoteName(name)}`);
  }
  const text = selectText(select, outputs.length === 0 ? ['1 AS "none"'] : outputs, tail);
  return { text, names: all, orderNames };
}

/** The SELECT in parentheses as the FROM of a new one with the same columns and order. */
export function seal(select: Select, aliases: AliasSource, tail: SelectTail = {}): Select {
  const alias = aliases.nextAlias("t");
  const { text, names, orderNames } = sealText(select, tail);
  return reselect(select, { from: `(${text}) AS ${alias}`, alias, names, orderNames });
}

interface Source {
  readonly from: string;
  readonly alias: string;
  readonly names: ReadonlyMap<string, string>;
  readonly orderNames: readonly string[];
}

/** A SELECT like the given one over a source that has its columns under SQL names. */
export function reselect(select: Select, { from, alias, names, orderNames }: Source): Select {
  const columns = new Map(
    [...select.columns].map(([name, { expr }]) => [
      name,
      reference(alias, names.get(name) ?? name, expr),
    ]),
  );
  return {
    ...selectFrom(from, columns),
    order: select.order.map((term, index) => ({
      ...term,
      sql: `${alias}.${quoteName(orderNames[index] ?? "")}`,
    })),
    ordinal: select.ordinal,
  };
}

/** The column of a SELECT. */
export function columnOf(select: Select, name: string): SelectColumn {
  const column = select.columns.get(name);
  if (column === undefined) {
    throw new Error(`the SELECT has no column ${name}`);
  }
  return column;
}
