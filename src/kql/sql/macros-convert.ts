/**
 * Macros that turn a value of one type into another: `tostring` in the spelling of the service's engine, and the
 * readings of text, which give NULL for what is not of the type. Reading dates and spans of time stands with the
 * functions of time.
 */

import { bound, macro } from "./macro.ts";

const LONG_MAX = "9223372036854775807";
const LONG_MIN = "(-9223372036854775807 - 1)";
const INT_MAX = "2147483647";
const INT_MIN = "(-2147483648)";
const TICKS_PER_DAY = "864000000000";
/** Decimal digits, or hexadecimal ones. */
const WHOLE_NUMBER = "'\\s*[+-]?([0-9]+|0[xX][0-9a-fA-F]+)\\s*'";
const DECIMAL_NUMBER = "'\\s*[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?\\s*'";

export const CONVERT_MACROS: readonly string[] = Object.freeze([
  macro("kql_bool_text(x)", "CASE WHEN x THEN 'True' WHEN x IS NULL THEN '' ELSE 'False' END"),
  macro("kql_decimal_text(x)", "coalesce(rtrim(rtrim(x::VARCHAR, '0'), '.'), '')"),
  // A microsecond is the finest there is; the last one of a second stands for the last tick.
  macro(
    "kql_datetime_text(x)",
    `coalesce(strftime(x, '%Y-%m-%dT%H:%M:%S.%f')
      || CASE WHEN epoch_us(x) % 1000000 IN (999999, -1) THEN '9Z' ELSE '0Z' END, '')`,
  ),
  macro("kql_ticks_text(x)", ticksText("x")),
  macro(
    "kql_timespan_text(x)",
    `CASE WHEN x IS NULL THEN '' WHEN x >= 0 THEN kql_ticks_text(x)
      WHEN x = ${LONG_MIN} THEN '-10675199.02:48:05.4775808' ELSE '-' || kql_ticks_text(-x) END`,
  ),
  ...realTextMacros(),

  macro(
    "kql_text_long(s)",
    `CASE WHEN regexp_full_match(s, ${WHOLE_NUMBER}) THEN try_cast(trim(s) AS BIGINT) END`,
  ),
  macro(
    "kql_text_int(s)",
    `CASE WHEN regexp_full_match(s, ${WHOLE_NUMBER}) THEN try_cast(trim(s) AS INTEGER) END`,
  ),
  // DuckDB reads digits grouped by underscores, which KQL does not.
  macro("kql_text_real(s)", "CASE WHEN contains(s, '_') THEN NULL ELSE try_cast(s AS DOUBLE) END"),
  macro(
    "kql_text_decimal(s)",
    `CASE WHEN regexp_full_match(s, ${DECIMAL_NUMBER}) THEN try_cast(trim(s) AS DECIMAL(38, 12)) END`,
  ),
  macro(
    "kql_text_bool(s)",
    "CASE lower(s) WHEN 'true' THEN true WHEN 'false' THEN false ELSE kql_text_long(s) <> 0 END",
  ),
  macro("kql_text_guid(s)", "try_cast(trim(s) AS UUID)::VARCHAR"),

  macro(
    "kql_real_long(x)",
    `CASE WHEN isnan(x) THEN NULL WHEN x >= ${LONG_MAX}e0 THEN ${LONG_MAX}
      WHEN x <= -${LONG_MAX}e0 THEN ${LONG_MIN} ELSE trunc(x)::BIGINT END`,
  ),
  macro(
    "kql_real_int(x)",
    `CASE WHEN isnan(x) THEN NULL WHEN x >= ${INT_MAX} THEN ${INT_MAX}
      WHEN x <= ${INT_MIN} THEN ${INT_MIN} ELSE trunc(x)::INTEGER END`,
  ),
  // The low 32 bits of a long, as the engine keeps them.
  macro(
    "kql_long_int(x)",
    `CASE WHEN x BETWEEN ${INT_MIN} AND ${INT_MAX} THEN x
      ELSE xor(x & 4294967295, 2147483648) - 2147483648 END::INTEGER`,
  ),

  macro("kql_dynamic_text(j)", "coalesce(json_extract_string(j, '$'), '')"),
  macro(
    "kql_dynamic_bool(j)",
    byKind(
      "t = 'true'",
      "kql_text_bool(t)",
      "try_cast(t AS DOUBLE) <> 0",
      "try_cast(t AS DOUBLE) <> 0",
    ),
  ),
  // The text of a member is a whole number of few digits most of the time, be it a number or a text.
  macro(
    "kql_quick_whole(t, digits)",
    bound("t0", "t", "CASE WHEN regexp_full_match(t0, digits) THEN try_cast(t0 AS BIGINT) END"),
  ),
  macro(
    "kql_quick_real(t)",
    bound(
      "t0",
      "t",
      "CASE WHEN regexp_full_match(t0, '-?[0-9]+(?:\\.[0-9]+)?') THEN try_cast(t0 AS DOUBLE) END",
    ),
  ),
  macro(
    "kql_dynamic_long(j)",
    byKind(
      "(t = 'true')::BIGINT",
      "kql_text_long(t)",
      "kql_real_long(try_cast(t AS DOUBLE))",
      "coalesce(try_cast(t AS BIGINT), kql_real_long(try_cast(t AS DOUBLE)))",
    ),
  ),
  macro(
    "kql_dynamic_int(j)",
    byKind(
      "(t = 'true')::INTEGER",
      "kql_text_int(t)",
      "kql_real_int(try_cast(t AS DOUBLE))",
      "kql_long_int(coalesce(try_cast(t AS BIGINT), kql_real_long(try_cast(t AS DOUBLE))))",
    ),
  ),
  macro(
    "kql_dynamic_real(j)",
    byKind(
      "(t = 'true')::DOUBLE",
      "kql_text_real(t)",
      "try_cast(t AS DOUBLE)",
      "try_cast(t AS DOUBLE)",
    ),
  ),
  macro(
    "kql_dynamic_decimal(j)",
    byKind(
      "(t = 'true')::INTEGER::DECIMAL(38, 12)",
      "kql_text_decimal(t)",
      "try_cast(t AS DECIMAL(38, 12))",
      "try_cast(t AS DECIMAL(38, 12))",
    ),
  ),

  // JSON has no word for the reals that are no numbers; the engine writes them as texts.
  macro(
    "kql_real_dynamic(x)",
    `CASE WHEN isfinite(x) THEN to_json(x) WHEN isnan(x) THEN '"NaN"'::JSON
      WHEN x > 0 THEN '"Infinity"'::JSON WHEN x < 0 THEN '"-Infinity"'::JSON END`,
  ),
]);

/** The reading of a JSON value `j` by what it is; `t` stands for its text. Arrays and bags are nothing else. */
function byKind(boolean: string, text: string, real: string, whole: string): string {
  const read = (sql: string): string => sql.replace(/\bt\b/g, () => "json_extract_string(j, '$')");
  return `CASE json_type(j) WHEN 'VARCHAR' THEN ${read(text)} WHEN 'BIGINT' THEN ${read(whole)}
    WHEN 'UBIGINT' THEN ${read(whole)} WHEN 'DOUBLE' THEN ${read(real)} WHEN 'BOOLEAN' THEN ${read(boolean)} END`;
}

/** `[d.]hh:mm:ss[.fffffff]` of a count of ticks that is not negative. */
function ticksText(x: string): string {
  return `CASE WHEN ${x} >= ${TICKS_PER_DAY} THEN (${x} // ${TICKS_PER_DAY})::VARCHAR || '.' ELSE '' END
    || lpad((${x} // 36000000000 % 24)::VARCHAR, 2, '0') || ':' || lpad((${x} // 600000000 % 60)::VARCHAR, 2, '0')
    || ':' || lpad((${x} // 10000000 % 60)::VARCHAR, 2, '0')
    || CASE WHEN ${x} % 10000000 = 0 THEN '' ELSE '.' || lpad((${x} % 10000000)::VARCHAR, 7, '0') END`;
}

/**
 * Reals are spelled as the service's engine does, by the Grisu2 algorithm as one widespread JSON library has it: the
 * fewest digits that read back as the number; of several such texts the nearest, except where nine or more digits come
 * after the point of the number scaled by Grisu's power of ten, for there the rounding step does nothing and the
 * greatest stays (0.1 + 0.2 becomes 0.30000000000000007). Numbers from 1e21 up and below 1e-6 have an exponent.
 *
 * The power of ten is 10^(8i - 348), chosen by the binary exponent. DuckDB's own text has the nearest of the shortest;
 * up to 15 digits there is only one, so that text is taken as it is. From 1e16 up and below 1e-4 it has an exponent and
 * is written anew; between them only its last digits change.
 */
function realTextMacros(): readonly string[] {
  const power =
    "(8 * (ceil((2 - floor(log2(x))) * 0.30102999566398114e0 + 347)::INTEGER // 8 + 1) - 348)";
  const readsBack = (k: string): string => `((d + ${k})::VARCHAR || 'e' || e)::DOUBLE = x`;
  return [
    // The digits `d` times ten to the power of `e` are the number `x`; these are its greatest such digits.
    macro(
      "kql_real_last(x, d, e)",
      `CASE WHEN d < 1000000000000000 OR length(d::VARCHAR) - floor(log10(x)) - 1 - ${power} < 9
          OR NOT ${readsBack("1")} THEN d
        ELSE d + list_filter(range(12, 0, -1), lambda k: ${readsBack("k")})[1] END`,
    ),
    macro(
      "kql_real_plain(x, t)",
      bound(
        "n",
        "{'x': x, 't': t, 'd': replace(t, '.', '')::HUGEINT, 'f': length(t) - strpos(t, '.')}",
        bound(
          "s",
          "lpad(kql_real_last(n.x, n.d, -n.f)::VARCHAR, (length(n.t) - 1)::INTEGER, '0')",
          "left(s, length(s) - n.f) || '.' || right(s, n.f)",
        ),
      ),
    ),
    macro(
      "kql_real_pretty(d, p)",
      `CASE WHEN p BETWEEN length(d) AND 21 THEN d || repeat('0', p - length(d)) || '.0'
        WHEN p BETWEEN 1 AND 21 THEN left(d, p) || '.' || substr(d, p + 1)
        WHEN p BETWEEN -5 AND 0 THEN '0.' || repeat('0', -p) || d
        WHEN length(d) = 1 THEN d || 'e' || (p - 1)
        ELSE left(d, 1) || '.' || substr(d, 2) || 'e' || (p - 1) END`,
    ),
    macro("kql_mantissa(t)", "split_part(t, 'e', 1)"),
    macro(
      "kql_real_scaled(x, t)",
      bound(
        "n",
        `{'x': x, 'd': replace(kql_mantissa(t), '.', '')::HUGEINT,
          'e': split_part(t, 'e', 2)::INTEGER - length(split_part(kql_mantissa(t), '.', 2))}`,
        bound(
          "s",
          "kql_real_last(n.x, n.d, n.e)::VARCHAR",
          "kql_real_pretty(rtrim(s, '0'), length(s) + n.e)",
        ),
      ),
    ),
    macro(
      "kql_real_long_text(x, t)",
      "CASE WHEN contains(t, 'e') THEN kql_real_scaled(x, t) ELSE kql_real_plain(x, t) END",
    ),
    macro(
      "kql_real_text(x)",
      `CASE WHEN x IS NULL THEN '' WHEN isnan(x) THEN 'NaN' WHEN isinf(x) THEN x::VARCHAR
        WHEN length(x::VARCHAR) <= 16 AND NOT contains(x::VARCHAR, 'e') THEN x::VARCHAR
        WHEN x < 0 THEN '-' || kql_real_long_text(-x, (-x)::VARCHAR)
        ELSE kql_real_long_text(x, x::VARCHAR) END`,
    ),
  ];
}
