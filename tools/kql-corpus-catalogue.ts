/** The tables that the corpus of real queries is compiled against. */
import type { KqlCatalogue, KqlFunction } from "../src/kql/index.ts";
import { DOCUMENTED_TABLES } from "../src/query/log-schemas/documented.ts";
import { SHIPPED_FUNCTIONS } from "../src/query/shipped-functions.ts";
import { INTELLIGENCE_TABLES } from "../src/tables/index.ts";

const WATCHLIST_COLUMNS = [
  "Activity",
  "AlertName",
  "AnalyticsId",
  "Auxiliar",
  "BenignProperty",
  "DestinationAddress",
  "IPAddress",
  "IndicatorId",
  "Notes",
  "ProductName",
  "RegEx",
  "ResultDescription",
  "ResultType",
  "Service",
  "SourceAddress",
  "UseCase",
];

/** A watchlist with the columns that the corpus's queries use of theirs; `_GetWatchlist` takes its columns from it. */
const WATCHLIST_FUNCTION: KqlFunction = {
  name: "_GetWatchlist",
  parameters: "(alias: string)",
  body: `{ datatable(SearchKey: string)[] | extend ${WATCHLIST_COLUMNS.map((name) => `${name} = ""`).join(", ")} }`,
};

/** A catalogue of the threat-intelligence tables, the documented log tables and the functions that come with both. */
export function corpusCatalogue(): KqlCatalogue {
  const tables = [
    ...Object.entries(INTELLIGENCE_TABLES).map(([name, columns]) => ({ name, columns })),
    ...DOCUMENTED_TABLES.values(),
  ];
  return {
    version: "corpus",
    tables: tables.map(({ name, columns }) => ({ name, columns, schema: name })),
    functions: [...SHIPPED_FUNCTIONS, WATCHLIST_FUNCTION],
  };
}
