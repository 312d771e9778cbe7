/**
 * The statements of a search, for every engine that keeps the table `found` (a row for each current object) and
 * an index of tokens. What differs between engines is said by a `SearchDialect`.
 */

import type { SearchSort } from "./search.ts";
import type { SortPlace } from "./search-object.ts";
import type { ColumnRange, RowFilter } from "./search-plan.ts";
import type { CountedValue } from "./search-query.ts";
import type { TokenQuery } from "./search-tokens.ts";

/** How an engine spells what others spell otherwise. */
export interface SearchDialect {
  /** The table of found objects. */
  readonly found: string;
  /** A join that reads its left side first. */
  readonly join: string;
  /** The engine can give the objects with tokens in the order of their changes, without reading all. */
  readonly ordersTokens: boolean;
  /** Whether the row `f` has the tokens. */
  hasTokens(query: string): string;
  /** A statement that gives the changes of objects with the tokens, each as `change`. */
  withTokens(query: string, page: TokenPage): string;
  /** The number of current objects with the tokens, up to a limit, as an expression. Left out where `withTokens` gives
   * current objects only, which can be counted; otherwise some of them are in no row of `found`. */
  countTokens?(query: string, limit: string): string;
  /** Columns whose orders aren't indexes of the table. */
  readonly orders?: {
    has(column: string): boolean;
    /** A statement that gives the changes of a stretch, each as `change`; in order, of found objects only, where an
     * order is asked for. */
    changes(stretch: OrderStretch): string;
  };
  /** The question as the engine reads it. */
  tokenQuery(query: TokenQuery): string;
}

/** Which objects with tokens; `workspace`, `after` and `limit` are written as the places of values. */
interface TokenPage {
  readonly workspace: string;
  readonly limit: string;
  /** Left out where any will do: those behind a change, in order. */
  readonly inOrder?: { readonly after: string; readonly ascending: boolean };
}

/** A stretch of an order; everything but `column` is written as the place of a value, or as null. */
interface OrderStretch {
  readonly column: string;
  readonly workspace: string;
  readonly limit: string;
  readonly from: string;
  readonly before: string;
  /** Left out where any order will do. */
  readonly inOrder?: {
    readonly ascending: boolean;
    readonly afterKey: string;
    readonly afterChange: string;
  };
}

/** Gathers the values of a statement; each is written as its place. */
interface Parameters {
  readonly values: (number | string)[];
  add(value: number | string): string;
}

/** Empty parameters: `$1`, `$2`, and so on. */
function parameters(): Parameters {
  const values: (number | string)[] = [];
  return { values, add: (value) => `$${values.push(value)}` };
}

/** A statement with its values. */
export interface SearchStatement {
  readonly text: string;
  readonly values: readonly (number | string)[];
}

/** What rows are asked for. */
export interface RowQuestion {
  readonly workspace: number;
  readonly tokens: TokenQuery | undefined;
  readonly ranges: readonly ColumnRange[];
  readonly filters: readonly RowFilter[];
  /** The numbers of counted values, by `countedKey`; a value without one is nowhere. */
  readonly counted: ReadonlyMap<string, number>;
  readonly sort: { readonly by: SearchSort; readonly direction: "ascending" | "descending" };
  readonly after: SortPlace | undefined;
  readonly limit: number;
}

/** The name of a counted value among the numbers of a question. */
export function countedKey({ field, value }: CountedValue): string {
  return `${field} ${value ?? ""}`;
}

/** The columns that orders follow. */
const SORT_KEYS: { readonly [Sort in SearchSort]?: string } = {
  updated: "change",
  ingested: "object",
  created: "created",
  modified: "modified",
  valid_from: "valid_from",
  valid_until: "valid_until",
  confidence: "confidence",
  name: "name",
};

/** What narrows a search: few objects that are looked at whatever their order. */
export type Driver =
  | { readonly kind: "tokens"; readonly query: TokenQuery }
  | { readonly kind: "range"; readonly range: ColumnRange };

/** Where a list of objects with tokens goes on. */
export interface TokenPlace {
  readonly workspace: number;
  readonly after: number;
  readonly limit: number;
}

/** Makes the statements of an engine. */
export function searchStatements(dialect: SearchDialect): {
  /** Counts what a driver gives, up to a bound. */
  count(driver: Driver, workspace: number, countMax: number): SearchStatement;
  /** The next rows in order, of the objects that a driver gives. */
  collect(question: RowQuestion, driver: Driver, countMax: number): SearchStatement;
  /** The next rows in order, whether they pass (`ok`) or not. */
  walk(question: RowQuestion): SearchStatement;
  /** Objects with tokens in the order of their changes. */
  inOrder(driver: Driver & { readonly kind: "tokens" }, page: TokenPlace): SearchStatement;
  /** The same in the order of changes, of objects with tokens only. */
  stream(question: RowQuestion, query: TokenQuery): SearchStatement;
} {
  function candidates(
    driver: Driver,
    { workspace, limit }: { readonly workspace: number; readonly limit: number },
    given: Parameters,
  ): string {
    if (driver.kind === "tokens") {
      const page = { workspace: given.add(workspace), limit: given.add(limit) };
      return dialect.withTokens(given.add(dialect.tokenQuery(driver.query)), page);
    }
    const { column, from, before } = driver.range;
    if (dialect.orders?.has(column) === true) {
      return dialect.orders.changes({
        column,
        workspace: given.add(workspace),
        limit: given.add(limit),
        from: given.add(from),
        before: given.add(before),
      });
    }
    return `SELECT change FROM ${dialect.found} WHERE workspace = ${given.add(workspace)}
      AND ${column} >= ${given.add(from)} AND ${column} < ${given.add(before)}`;
  }

  /** Numbers of counted values stand in the row; words and other values are looked up. */
  function tokensSql(
    query: TokenQuery,
    given: Parameters,
    counted: RowQuestion["counted"],
  ): string {
    if (query.kind === "token" && query.counted !== undefined) {
      const id = counted.get(countedKey(query.counted));
      return id === undefined ? "1 = 0" : `',' || f.facets || ',' LIKE '%,${id},%'`;
    }
    if (query.kind === "and" || query.kind === "or") {
      const word = query.kind === "and" ? " AND " : " OR ";
      return `(${query.parts.map((part) => tokensSql(part, given, counted)).join(word)})`;
    }
    return dialect.hasTokens(given.add(dialect.tokenQuery(query)));
  }

  function filterSql(
    filter: RowFilter,
    given: Parameters,
    counted: RowQuestion["counted"],
  ): string {
    switch (filter.kind) {
      case "range":
        return `(f.${filter.column} >= ${given.add(filter.from)} AND f.${filter.column} < ${given.add(filter.before)})`;
      case "tokens":
        return tokensSql(filter.query, given, counted);
      case "revoked":
        return `f.revoked = ${filter.is ? 1 : 0}`;
      case "always":
        return "1 = 1";
      case "never":
        return "1 = 0";
      case "not":
        return `NOT (${filterSql(filter.part, given, counted)})`;
      default: {
        const word = filter.kind === "and" ? " AND " : " OR ";
        return `(${filter.parts.map((part) => filterSql(part, given, counted)).join(word)})`;
      }
    }
  }

  /** Everything that must hold but for what a driver sees to. */
  function conditions(question: RowQuestion, given: Parameters, driver?: Driver): string {
    const { tokens, ranges, filters, counted } = question;
    const parts: readonly RowFilter[] = [
      ...(tokens === undefined || driver?.kind === "tokens"
        ? []
        : [{ kind: "tokens", query: tokens } as const]),
      ...ranges,
      ...filters,
    ];
    return parts.length === 0
      ? "1 = 1"
      : parts.map((part) => filterSql(part, given, counted)).join(" AND ");
  }

  function behind({ after, sort }: RowQuestion, given: Parameters): string {
    if (after === undefined) {
      return "";
    }
    const sign = sort.direction === "ascending" ? ">" : "<";
    const key = keyOf(sort.by);
    return key === "change"
      ? `AND f.change ${sign} ${given.add(after.change)}`
      : `AND (f.${key}, f.change) ${sign} (${given.add(after.key)}, ${given.add(after.change)})`;
  }

  function order({ sort }: RowQuestion): string {
    const key = keyOf(sort.by);
    const direction = sort.direction === "ascending" ? "ASC" : "DESC";
    return key === "change"
      ? `ORDER BY f.change ${direction}`
      : `ORDER BY f.${key} ${direction}, f.change ${direction}`;
  }

  /** The rows behind a place, of an order that is no index of the table. */
  function orderedRows(
    { orders }: Required<Pick<SearchDialect, "orders">>,
    question: RowQuestion,
    given: Parameters,
  ): string {
    const { ranges, sort, after, workspace, limit } = question;
    const column = keyOf(sort.by);
    const range = ranges.find((each) => each.column === column);
    const changes = orders.changes({
      column,
      workspace: given.add(workspace),
      limit: given.add(limit),
      from: range === undefined ? "NULL" : given.add(range.from),
      before: range === undefined ? "NULL" : given.add(range.before),
      inOrder: {
        ascending: sort.direction === "ascending",
        afterKey: after === undefined ? "NULL" : given.add(after.key),
        afterChange: after === undefined ? "NULL" : given.add(after.change),
      },
    });
    return `SELECT f.* FROM (${changes}) AS o ${dialect.join} ${dialect.found} AS f ON f.change = o.change`;
  }

  /** The rows behind a place in two parts, those of equal rank first: each is a stretch of one index. */
  function nextRows(question: RowQuestion, given: Parameters): string {
    const { ranges, counted, sort, after, workspace, limit } = question;
    const key = keyOf(sort.by);
    if (dialect.orders?.has(key) === true) {
      return orderedRows({ orders: dialect.orders }, question, given);
    }
    const bounds = ranges
      .filter(({ column }) => column === key)
      .map((range) => `AND ${filterSql(range, given, counted)}`)
      .join(" ");
    const every = `SELECT f.* FROM ${dialect.found} AS f WHERE f.workspace = ${given.add(workspace)}`;
    const end = `${order(question)} LIMIT ${limit}`;
    if (after === undefined || key === "change") {
      return `${every} ${bounds} ${behind(question, given)} ${end}`;
    }
    const sign = sort.direction === "ascending" ? ">" : "<";
    const rank = given.add(after.key);
    const equal = `${every} AND f.${key} = ${rank} AND f.change ${sign} ${given.add(after.change)} ${end}`;
    const later = `${every} AND f.${key} ${sign} ${rank} ${bounds} ${end}`;
    return `SELECT f.* FROM (SELECT * FROM (${equal}) AS one UNION ALL SELECT * FROM (${later}) AS two)
      AS f ${end}`;
  }

  const columns = (by: SearchSort): string => `f.change, f.${keyOf(by)} AS key, f.ingested`;

  return {
    count(driver, workspace, countMax) {
      const given = parameters();
      if (driver.kind === "tokens" && dialect.countTokens !== undefined) {
        const query = given.add(dialect.tokenQuery(driver.query));
        const count = dialect.countTokens(query, given.add(countMax + 1));
        return { text: `SELECT ${count} AS count`, values: given.values };
      }
      const text = `SELECT count(*) AS count FROM (SELECT 1 FROM (${candidates(driver, { workspace, limit: countMax + 1 }, given)}) AS c
        LIMIT ${countMax + 1}) AS counted`;
      return { text, values: given.values };
    },

    inOrder({ query }, { workspace, after, limit }) {
      const given = parameters();
      const every = dialect.withTokens(given.add(dialect.tokenQuery(query)), {
        workspace: given.add(workspace),
        limit: given.add(limit),
        inOrder: { after: given.add(after), ascending: true },
      });
      const text = `SELECT c.change, c.change AS key, 0 AS ingested, 1 AS ok FROM (${every}) AS c
        ORDER BY c.change`;
      return { text, values: given.values };
    },

    collect(question, driver, countMax) {
      const given = parameters();
      const { workspace, limit, sort } = question;
      const from = `(SELECT change FROM (${candidates(driver, { workspace, limit: countMax }, given)}) AS every LIMIT ${countMax}) AS c`;
      const text = `SELECT ${columns(sort.by)}, 1 AS ok FROM ${from}
        ${dialect.join} ${dialect.found} AS f ON f.change = c.change
        WHERE f.workspace = ${given.add(workspace)} AND ${conditions(question, given, driver)}
          ${behind(question, given)} ${order(question)} LIMIT ${limit}`;
      return { text, values: given.values };
    },

    walk(question) {
      const given = parameters();
      const text = `SELECT ${columns(question.sort.by)},
          CASE WHEN ${conditions(question, given)} THEN 1 ELSE 0 END AS ok
        FROM (${nextRows(question, given)}) AS f ${order(question)}`;
      return { text, values: given.values };
    },

    stream(question, query) {
      const given = parameters();
      const { sort, after, workspace, limit } = question;
      const isUp = sort.direction === "ascending";
      const place = after === undefined ? (isUp ? 0 : Number.MAX_SAFE_INTEGER) : after.change;
      const from = dialect.withTokens(given.add(dialect.tokenQuery(query)), {
        workspace: given.add(workspace),
        limit: given.add(limit),
        inOrder: { after: given.add(place), ascending: isUp },
      });
      const text = `SELECT c.change, c.change AS key, f.ingested,
          CASE WHEN f.change IS NOT NULL AND ${conditions(question, given, { kind: "tokens", query })}
            THEN 1 ELSE 0 END AS ok
        FROM (${from}) AS c LEFT JOIN ${dialect.found} AS f ON f.change = c.change
        ORDER BY c.change ${isUp ? "ASC" : "DESC"}`;
      return { text, values: given.values };
    },
  };
}

function keyOf(by: SearchSort): string {
  return SORT_KEYS[by] ?? "change";
}
