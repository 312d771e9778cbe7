/**
 * Sentinel's threat-intelligence tables: their columns, the rows of a version of an object, the rule of republishing.
 * No package, no clock, no exception for any input.
 * @module
 */
export {
  INTELLIGENCE_TABLES,
  type IntelligenceTable,
} from "./columns.ts";
export { tableId } from "./id.ts";
export {
  LEGACY_CIDR_OF,
  LEGACY_KILL_CHAIN,
  LEGACY_NUMBERS,
  LEGACY_OBSERVABLES,
} from "./legacy.ts";
export {
  INDICATOR_TYPE,
  type IndicatorRow,
  indicatorRows,
  type ObjectRow,
  objectRow,
  REPUBLISH_METHOD,
  UPLOAD_METHOD,
  type VersionInput,
} from "./rows.ts";
