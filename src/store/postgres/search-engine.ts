/** The search index on PostgreSQL, as `search-run.ts` asks it: words by GIN, orders by B-trees. */

import { hash } from "node:crypto";
import type { FacetQuery, FacetValue } from "../search.ts";
import type { SearchEngine } from "../search-engine.ts";
import { FACET_NUMBER, facetText, facetValue } from "../search-rows.ts";
import type { SearchDialect, SearchStatement } from "../search-sql.ts";
import type { TokenQuery } from "../search-tokens.ts";
import { escapeText, TERM_KIND, unescapeText } from "../term.ts";
import { createCurrentVersions } from "./search-versions.ts";
import type { Ask } from "./sessions.ts";
import type { FindTerm } from "./terms.ts";

/** Values of a field that a sort by it goes through. */
const VALUES_MAX = 10_000;

/** The engine, and the counts that need no search. */
export interface PostgresSearchEngine extends SearchEngine {
  facets(query: FacetQuery): Promise<readonly FacetValue[]>;
}

const DIALECT: SearchDialect = {
  found: "stixgate.found",
  join: "JOIN",
  ordersTokens: false,
  hasTokens: (query) => `f.tokens @@ ${query}::tsquery`,
  withTokens(query, { workspace, limit, inOrder }) {
    const every = `SELECT w.change FROM stixgate.found AS w
      WHERE w.tokens @@ ${query}::tsquery AND w.workspace = ${workspace}`;
    const behind =
      inOrder &&
      `AND w.change ${inOrder.ascending ? ">" : "<"} ${inOrder.after}::bigint
        ORDER BY w.change ${inOrder.ascending ? "ASC" : "DESC"}`;
    return `${every} ${behind ?? ""} LIMIT ${limit}::bigint`;
  },
  tokenQuery,
};

/** Tokens hold no quote; a backslash is written twice. @see PostgreSQL, "tsquery" */
function tokenQuery(query: TokenQuery): string {
  if (query.kind === "token" || query.kind === "prefix") {
    const token = `'${query.token.replaceAll("\\", "\\\\")}'`;
    return query.kind === "token" ? token : `${token}:*`;
  }
  return `(${query.parts.map(tokenQuery).join(query.kind === "and" ? " & " : " | ")})`;
}

const VALUES = `SELECT value FROM stixgate.facet
  WHERE workspace = $1 AND field = $2 AND count > 0 LIMIT $3`;

const FACET = `SELECT id FROM stixgate.facet
  WHERE workspace = $1 AND field = $2 AND digest = decode($3, 'hex')`;

const OBJECTS = `SELECT coalesce(sum(count), 0) AS count FROM stixgate.facet
  WHERE workspace = $1 AND field = $2`;

const MOST_FREQUENT = `SELECT value, count FROM stixgate.facet
  WHERE workspace = $1 AND field = $2 AND count > 0 AND starts_with(value, $3)
  ORDER BY count DESC, value LIMIT $4`;

/** @param read the connections for searches, which plan each statement with its values */
export function createSearchEngine(read: Ask, findTerm: FindTerm): PostgresSearchEngine {
  const versionsOf = createCurrentVersions(read);
  const ask = <Row extends object>({ text, values }: SearchStatement): Promise<Row[]> =>
    read<Row>({ name: "", text }, [...values]);
  const workspaceOf = (workspaceId: string) => findTerm(TERM_KIND.workspace, workspaceId);

  return {
    dialect: DIALECT,
    async rows(statement) {
      const rows =
        await ask<Record<"change" | "key" | "ingested" | "ok", number | string>>(statement);
      return rows.map(({ change, key, ingested, ok }) => ({
        change: Number(change),
        key,
        ingested: Number(ingested),
        ok: ok === 1,
      }));
    },
    async count(statement) {
      const [row] = await ask<{ count: number }>(statement);
      return Number(row?.count ?? 0);
    },
    versions: versionsOf,
    workspace: workspaceOf,
    async values(workspace, field) {
      const values = [workspace, FACET_NUMBER[field], VALUES_MAX];
      const rows = await ask<{ value: string }>({ text: VALUES, values });
      return rows.map(({ value }) => unescapeText(value));
    },
    async facet(workspace, facet) {
      const value = escapeText(facetText(facet));
      const values = [workspace, FACET_NUMBER[facet.field], hash("sha256", value, "hex")];
      const [row] = await ask<{ id: number }>({ text: FACET, values });
      return row?.id;
    },
    async objects(workspace) {
      const values = [workspace, FACET_NUMBER.revoked];
      const [row] = await ask<{ count: number }>({ text: OBJECTS, values });
      return Number(row?.count ?? 0);
    },
    async facets({ workspaceId, field, prefix = "", limit }) {
      const workspace = await workspaceOf(workspaceId);
      if (workspace === undefined) {
        return [];
      }
      const values = [workspace, FACET_NUMBER[field], escapeText(prefix), limit];
      const rows = await ask<{ value: string; count: number }>({ text: MOST_FREQUENT, values });
      return rows.map(({ value, count }) => ({
        value: facetValue(field, unescapeText(value)),
        count: Number(count),
      }));
    },
  };
}
