/**
 * Queries: what a workspace offers to KQL (log tables, functions, watchlists), running a query, its answer as the
 * Log Analytics API writes it, and taking in logs.
 * @module
 */

export {
  KQL_VOCABULARY,
  type KqlType as KqlTypeName,
  type KqlVocabulary,
} from "../kql/index.ts";
export { type AnswerParts, answerBody, faultError } from "./answer-json.ts";
export {
  type CatalogueParts,
  createCatalogues,
  mirrorColumns,
  type WorkspaceFunctions,
} from "./catalogue.ts";
export {
  builtInRule,
  type CollectionRule,
  createLogIngestion,
  type LogIngestion,
  type LogIngestionParts,
  type LogReceipt,
  type NewRule,
  receiptNotes,
} from "./log-ingestion.ts";
export { type LogRecord, parseLogJson } from "./log-rows.ts";
export {
  createLogTables,
  LOG_COLUMN_TYPES,
  type LogTableDefinition,
  type LogTables,
} from "./log-tables.ts";
export { createQueries, type Queries, type QueriesParts } from "./queries.ts";
export { type PackQuery, readQueryPack } from "./query-pack.ts";
export {
  faultAsRefusal,
  type QueryInput,
  type QueryOutcome,
  type RunQuery,
} from "./run-query.ts";
export type { NewFunction, SavedFunction, SavedFunctions } from "./saved-functions.ts";
export { readTimespan, type TimeRange } from "./timespan.ts";
export type { NewWatchlist, WatchlistInfo, Watchlists } from "./watchlists.ts";
