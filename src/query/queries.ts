/**
 * Everything about queries, put together: one call makes the log tables, functions, watchlists, the running of queries
 * and the taking in of logs from a compiler, a mirror and a store of documents.
 */

import type { CompileOptions, CompileResult, KqlCatalogue } from "../kql/index.ts";
import type { Mirror } from "../mirror/index.ts";
import type { DocumentStore } from "../store/index.ts";
import { createCatalogues } from "./catalogue.ts";
import { keepFresh } from "./fresh.ts";
import { kqlString } from "./kql-text.ts";
import { createLogIngestion, type LogIngestion } from "./log-ingestion.ts";
import type { LogTables } from "./log-tables.ts";
import { createRunQuery, type RunQuery } from "./run-query.ts";
import {
  createSavedFunctions,
  type SavedFunction,
  type SavedFunctions,
} from "./saved-functions.ts";
import { createWatchlists, WATCHLIST_TABLE, type Watchlists } from "./watchlists.ts";

/** What queries are made of. */
export interface QueriesParts {
  readonly compile: (query: string, options: CompileOptions) => Promise<CompileResult>;
  readonly mirror: Pick<Mirror, "run" | "waitCurrent" | "appendLogRows" | "columnsOf">;
  readonly documents: DocumentStore;
  /** The tables whose columns the mirror asks for, too. */
  readonly logTables: LogTables;
  /** How long a query may wait for the mirror to have everything that is stored; 0 for not at all. */
  readonly freshMsMax: number;
  readonly now: () => Date;
  readonly monotonicMs: () => number;
}

/** Queries of all workspaces, and what belongs to them. */
export interface Queries {
  readonly run: RunQuery;
  readonly logTables: LogTables;
  readonly logs: LogIngestion;
  readonly watchlists: Watchlists;
  readonly functions: SavedFunctions;
  /** What queries of a workspace can name; the text decides what `_GetWatchlist` gives. */
  catalogueOf(workspaceId: string, query: string): Promise<KqlCatalogue>;
}

/** Puts queries together. */
export function createQueries(parts: QueriesParts): Queries {
  const { compile, mirror, documents, logTables, now } = parts;
  const catalogues = createCatalogues({
    logTables,
    columnsOf: (table) => mirror.columnsOf(table),
  });
  const refreshed = keepFresh(
    () => logTables.refresh(),
    () => now().getTime(),
  );

  async function catalogueOf(workspaceId: string, query: string): Promise<KqlCatalogue> {
    await refreshed.get("");
    const saved = await functions.list(workspaceId);
    return catalogues({
      version: await functions.version(workspaceId),
      saved,
      watchlists: await watchlists.functionFor(workspaceId, withCallers(query, saved)),
    });
  }

  async function supply(workspaceId: string, query: string): Promise<void> {
    await watchlists.supply(workspaceId, withCallers(query, await functions.list(workspaceId)));
  }

  /** Reads the copies of one edition without its own text naming a watchlist, which would ask for copies again. */
  async function countItems(workspaceId: string, edition: string): Promise<number> {
    const query = `${WATCHLIST_TABLE} | where Edition == ${kqlString(edition)} | count`;
    const outcome = await run({ workspaceId, query, range: null, now: now() });
    return outcome.kind === "answer" ? Number(outcome.answer.rows()[0]?.[0] ?? 0) : 0;
  }

  const watchlists = createWatchlists({ documents, mirror, countItems, now });
  const functions = createSavedFunctions({
    documents,
    now,
    catalogueOf,
    compile: (query, catalogue) => compile(query, { catalogue }),
  });
  const run = createRunQuery({
    compile,
    mirror,
    catalogueOf,
    supply,
    freshMsMax: parts.freshMsMax,
    monotonicMs: parts.monotonicMs,
  });
  return {
    run,
    logTables,
    logs: createLogIngestion({ documents, logTables, mirror, now }),
    watchlists,
    functions,
    catalogueOf,
  };
}

/** The text with the bodies of the saved functions that read watchlists: what is called there is called here. */
function withCallers(query: string, saved: readonly SavedFunction[]): string {
  const callers = saved.filter(
    ({ name, body }) => body.includes("_GetWatchlist") && query.includes(name),
  );
  return [query, ...callers.map(({ body }) => body)].join("\n");
}
