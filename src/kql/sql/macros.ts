/** All macros that the SQL of plans may call, merged from the files by subject. They are made once when a mirror opens. */
import { AGGREGATE_MACROS } from "./macros-aggregate.ts";
import { CONVERT_MACROS } from "./macros-convert.ts";
import { DYNAMIC_MACROS } from "./macros-dynamic.ts";
import { GEO_MACROS } from "./macros-geo.ts";
import { HASH_MACROS } from "./macros-hash.ts";
import { IP_MACROS } from "./macros-ip.ts";
import { PARSE_MACROS } from "./macros-parse.ts";
import { SERIES_MACROS } from "./macros-series.ts";
import { TABULAR_MACROS } from "./macros-tabular.ts";
import { TEXT_MACROS } from "./macros-text.ts";
import { TIME_MACROS } from "./macros-time.ts";

/** CREATE OR REPLACE MACRO statements, in an order in which each finds what it calls. */
export const MACROS: readonly string[] = Object.freeze([
  ...TIME_MACROS,
  ...CONVERT_MACROS,
  ...AGGREGATE_MACROS,
  ...SERIES_MACROS,
  ...TABULAR_MACROS,
  ...DYNAMIC_MACROS,
  ...TEXT_MACROS,
  ...GEO_MACROS,
  ...HASH_MACROS,
  ...IP_MACROS,
  ...PARSE_MACROS,
]);
