/** The search index on SQLite, as `search-run.ts` asks it: words by runs, orders by B-trees. */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { FacetQuery, FacetValue } from "../search.ts";
import type { SearchEngine } from "../search-engine.ts";
import { FACET_NUMBER, facetText, facetValue } from "../search-rows.ts";
import type { SearchDialect, SearchStatement } from "../search-sql.ts";
import { escapeText, TERM_KIND, unescapeText } from "../term.ts";
import { type KeyHash, readKeyHash } from "./key-hash.ts";
import { createCurrentVersions } from "./search-versions.ts";
import { createTermReader } from "./term-reader.ts";
import { addWordFunctions } from "./word-functions.ts";
import { wordQuery } from "./word-reader.ts";
import { RUN_ORDERS } from "./word-tokens.ts";

/** Statements kept prepared: their texts follow from the shapes of conditions, of which clients use few. */
const PREPARED_MAX = 200;

/** Values of a field that a sort by it goes through. */
const VALUES_MAX = 10_000;

/** The engine, and the counts that need no search. */
export interface SqliteSearchEngine extends SearchEngine {
  facets(query: FacetQuery): Promise<readonly FacetValue[]>;
}

function createDialect(hashOf: KeyHash): SearchDialect {
  return {
    found: "found",
    join: "CROSS JOIN",
    ordersTokens: true,
    countTokens: (query, limit) => `count_tokens(${query}, ${limit})`,
    hasTokens: (query) => `has_tokens(${query}, f.change)`,
    // Tokens begin with their workspace, which need not be compared again; but a value that is given is used.
    withTokens: (query, { workspace, limit, inOrder = { after: "0", ascending: true } }) =>
      `SELECT value AS change FROM json_each(
      with_tokens(${query}, ${inOrder.after}, ${inOrder.ascending ? 1 : 0}, ${limit})) WHERE ${workspace} > 0`,
    orders: {
      has: (column) => Object.hasOwn(RUN_ORDERS, column),
      changes({ column, workspace, limit, from, before, inOrder }) {
        const stretch = `'${column}', ${workspace}, ${limit}, ${from}, ${before}`;
        const changes =
          inOrder === undefined
            ? `in_range(${stretch})`
            : `in_order(${stretch}, ${inOrder.ascending ? 1 : 0}, ${inOrder.afterKey}, ${inOrder.afterChange})`;
        return `SELECT value AS change FROM json_each(${changes})`;
      },
    },
    tokenQuery: (query) => wordQuery(query, hashOf),
  };
}

/** Prepares the reads on the connection of the search index. */
export function createSearchEngine(database: DatabaseSync): SqliteSearchEngine {
  addWordFunctions(database);
  const prepared = createPrepared(database);
  const versionsOf = createCurrentVersions(database);
  const termOf = createTermReader(database);
  const values = database.prepare(
    "SELECT value FROM facet WHERE workspace = ? AND field = ? AND count > 0 LIMIT ?",
  );
  const facetNumber = database.prepare(
    "SELECT id FROM facet WHERE workspace = ? AND field = ? AND value = ?",
  );
  const objects = database.prepare(
    "SELECT coalesce(sum(count), 0) AS count FROM facet WHERE workspace = ? AND field = ?",
  );
  const mostFrequent = database.prepare(
    `SELECT value, count FROM facet WHERE workspace = ? AND field = ? AND count > 0
      AND substr(value, 1, length(?3)) = ?3 ORDER BY count DESC, value LIMIT ?4`
      .replace("workspace = ?", "workspace = ?1")
      .replace("field = ?", "field = ?2"),
  );

  return {
    dialect: createDialect(readKeyHash(database)),
    rows: async (statement) =>
      prepared(statement)
        .all(...statement.values)
        .map((row) => ({
          change: Number(row["change"]),
          key: typeof row["key"] === "string" ? row["key"] : Number(row["key"]),
          ingested: Number(row["ingested"]),
          ok: row["ok"] === 1,
        })),
    count: async (statement) =>
      Number(prepared(statement).get(...statement.values)?.["count"] ?? 0),
    versions: async (changes) => versionsOf(changes),
    workspace: async (workspaceId) => termOf(TERM_KIND.workspace, workspaceId),
    values: async (workspace, field) =>
      values
        .all(workspace, FACET_NUMBER[field], VALUES_MAX)
        .map(({ value }) => unescapeText(String(value))),
    async facet(workspace, facet) {
      const value = escapeText(facetText(facet));
      const row = facetNumber.get(workspace, FACET_NUMBER[facet.field], value);
      return row === undefined ? undefined : Number(row["id"]);
    },
    objects: async (workspace) =>
      Number(objects.get(workspace, FACET_NUMBER.revoked)?.["count"] ?? 0),
    async facets({ workspaceId, field, prefix = "", limit }) {
      const workspace = termOf(TERM_KIND.workspace, workspaceId);
      return workspace === undefined
        ? []
        : mostFrequent
            .all(workspace, FACET_NUMBER[field], escapeText(prefix), limit)
            .map(({ value, count }) => ({
              value: facetValue(field, unescapeText(String(value))),
              count: Number(count),
            }));
    },
  };
}

/** Prepares statements and remembers the last ones. */
function createPrepared(database: DatabaseSync): (statement: SearchStatement) => StatementSync {
  const known = new Map<string, StatementSync>();
  return ({ text }) => {
    const found = known.get(text);
    if (found !== undefined) {
      return found;
    }
    if (known.size >= PREPARED_MAX) {
      known.clear();
    }
    // Values are numbered, and one may stand at several places.
    const statement = database.prepare(text.replaceAll(/\$(\d+)/g, "?$1"));
    known.set(text, statement);
    return statement;
  };
}
