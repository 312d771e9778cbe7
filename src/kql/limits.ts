/** The bounds of a query's text and of its compilation, each with its reason. */

/** Longest text of a query, in UTF-16 units. Log Analytics takes about as much; parsing time grows with it. */
export const QUERY_TEXT_LENGTH_MAX = 200_000;

/** Deepest nesting of brackets and of chained unary signs. The official parser descends recursively. */
export const QUERY_NESTING_MAX = 150;

/** Most operators in a plan after all functions are inlined. Bounds the SQL and DuckDB's planning of it. */
export const QUERY_OPERATORS_MAX = 1_000;

/** Most nodes of scalar expressions in a plan, inlined functions included. */
export const QUERY_EXPRESSIONS_MAX = 50_000;

/** Longest SQL of a plan, in UTF-16 units. */
export const PLAN_SQL_LENGTH_MAX = 8_000_000;

/** Most values that `range()` and `repeat()` put into one array. It is the service's own limit of `range()`. */
export const ARRAY_VALUES_MAX = 1_048_576;

/** Most rows that the operator `range` gives. DuckDB makes them of a list, and its lists hold no more. */
export const RANGE_ROWS_MAX = 4_294_967_295;

/** Longest text that `strrep()` makes, in bytes. The service keeps no longer ones, and a few such fill the memory. */
export const REPEATED_TEXT_BYTES_MAX = 16_777_216;

/** How long one compilation may take, in milliseconds, before its thread is stopped. Real queries need under 1 s. */
export const COMPILE_TIMEOUT_MS = 10_000;

/** How long a thread may take to load the parser and to build its grammar, in milliseconds, on a busy machine. */
export const COMPILER_START_TIMEOUT_MS = 60_000;

/** Plans kept for repeated texts. A plan is some 10 KB. */
export const PLAN_CACHE_ENTRIES_MAX = 500;

/** Compilations that may wait for the thread. Beyond it the caller is told to come back. */
export const COMPILE_QUEUE_MAX = 256;
