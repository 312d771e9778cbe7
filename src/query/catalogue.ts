/** What queries of a workspace can name: Sentinel's tables, the tables for logs, shipped and saved functions. */

import type { KqlCatalogue, KqlColumn, KqlFunction, KqlTable } from "../kql/index.ts";
import { INTELLIGENCE_TABLES } from "../tables/index.ts";
import type { LogTables } from "./log-tables.ts";
import { SHIPPED_FUNCTIONS } from "./shipped-functions.ts";
import { WATCHLIST_COLUMNS, WATCHLIST_TABLE, type WatchlistFunction } from "./watchlists.ts";

/** Where a catalogue's parts come from. */
export interface CatalogueParts {
  readonly logTables: LogTables;
  /** Columns of a table as the mirror has them. */
  readonly columnsOf: (table: string) => readonly KqlColumn[] | undefined;
}

/** What differs from workspace to workspace. */
export interface WorkspaceFunctions {
  readonly version: string;
  readonly saved: readonly KqlFunction[];
  readonly watchlists: WatchlistFunction;
}

/** Makes catalogues; the tables are made once for each change of them. */
export function createCatalogues(
  parts: CatalogueParts,
): (functions: WorkspaceFunctions) => KqlCatalogue {
  let tables: readonly KqlTable[] = [];
  let version: string | undefined;
  return ({ version: functionsVersion, saved, watchlists }) => {
    if (version !== parts.logTables.version()) {
      tables = tablesOf(parts);
      version = parts.logTables.version();
    }
    return {
      version: `${version}|${functionsVersion}|${watchlists.version}`,
      tables,
      functions: [...SHIPPED_FUNCTIONS, watchlists.definition, ...saved],
    };
  };
}

/** Columns of a table for logs as the mirror asks for them; the copies of watchlists are one such table. */
export function mirrorColumns(
  logTables: Pick<LogTables, "find">,
): (table: string) => readonly KqlColumn[] | undefined {
  return (table) =>
    table === WATCHLIST_TABLE ? WATCHLIST_COLUMNS : logTables.find(table)?.columns;
}

function tablesOf({ logTables, columnsOf }: CatalogueParts): readonly KqlTable[] {
  const intelligence = Object.entries(INTELLIGENCE_TABLES).map(([name, columns]) =>
    tableOf(name, columnsOf(name) ?? columns),
  );
  const logs = logTables
    .list()
    .map(({ name, columns }) => tableOf(name, columnsOf(name) ?? columns));
  // The mirror gives this one system columns too, and a time range of a query would then hold for it.
  return [...intelligence, ...logs, tableOf(WATCHLIST_TABLE, WATCHLIST_COLUMNS)];
}

/** The mirror runs a plan in the schema of its workspace, so that names stand alone. */
function tableOf(name: string, columns: readonly KqlColumn[]): KqlTable {
  return { name, columns, schema: name };
}
