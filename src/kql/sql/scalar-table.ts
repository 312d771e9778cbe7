/** All scalar functions and operators that have SQL, merged from the files by subject. */
import { ARITHMETIC } from "./functions-arithmetic.ts";
import { BINS } from "./functions-bin.ts";
import { DATETIMES } from "./functions-datetime.ts";
import { FORMATS } from "./functions-format.ts";
import { NUMERICS } from "./functions-numeric.ts";
import type { Emitter } from "./sql-expr.ts";

/** Emitter of every supported scalar function and operator, by its name in the language. */
export const SCALARS: Readonly<Record<string, Emitter>> = Object.freeze({
  __proto__: null as never,
  ...ARITHMETIC,
  ...BINS,
  ...DATETIMES,
  ...FORMATS,
  ...NUMERICS,
});
