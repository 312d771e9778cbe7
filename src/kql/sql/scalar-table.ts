/** All scalar functions and operators that have SQL, merged from the files by subject. */
import { ARITHMETIC } from "./functions-arithmetic.ts";
import { ARRAY_FUNCTIONS } from "./functions-array.ts";
import { BAG_FUNCTIONS } from "./functions-bag.ts";
import { BINS } from "./functions-bin.ts";
import { COMPARISON_FUNCTIONS } from "./functions-comparison.ts";
import { CONVERSION_FUNCTIONS } from "./functions-conversion.ts";
import { DATETIMES } from "./functions-datetime.ts";
import { DYNAMIC_FUNCTIONS } from "./functions-dynamic.ts";
import { FORMATS } from "./functions-format.ts";
import { GEO_FUNCTIONS } from "./functions-geo.ts";
import { HASH_FUNCTIONS } from "./functions-hash.ts";
import { IP_FUNCTIONS } from "./functions-ip.ts";
import { NUMERICS } from "./functions-numeric.ts";
import { PARSE_FUNCTIONS } from "./functions-parse.ts";
import { REGEX_FUNCTIONS } from "./functions-regex.ts";
import { SERIES } from "./functions-series.ts";
import { SKETCHES } from "./functions-sketch.ts";
import { STRING_FUNCTIONS } from "./functions-string.ts";
import { TERM_FUNCTIONS } from "./functions-terms.ts";
import { WINDOWS } from "./functions-window.ts";
import type { Emitter } from "./sql-expr.ts";

/** Emitter of every supported scalar function and operator, by its name in the language. */
export const SCALARS: Readonly<Record<string, Emitter>> = Object.freeze({
  __proto__: null as never,
  ...ARITHMETIC,
  ...BINS,
  ...DATETIMES,
  ...FORMATS,
  ...NUMERICS,
  ...ARRAY_FUNCTIONS,
  ...BAG_FUNCTIONS,
  ...COMPARISON_FUNCTIONS,
  ...CONVERSION_FUNCTIONS,
  ...DYNAMIC_FUNCTIONS,
  ...GEO_FUNCTIONS,
  ...HASH_FUNCTIONS,
  ...IP_FUNCTIONS,
  ...PARSE_FUNCTIONS,
  ...REGEX_FUNCTIONS,
  ...SERIES,
  ...SKETCHES,
  ...STRING_FUNCTIONS,
  ...TERM_FUNCTIONS,
  ...WINDOWS,
});
