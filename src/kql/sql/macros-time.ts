/**
 * Macros about instants and spans of time: ticks and their ranges, the reading of dates and spans, calendar
 * arithmetic. An instant has microseconds here and ticks of 100 ns in the language, so one rule holds everywhere: the
 * last microsecond of a second stands for its last tick. Writing instants and spans as text stands with the
 * conversions.
 */

import { bound, macro } from "./macro.ts";

/** Ticks from 0001-01-01, where KQL counts from, to 1970-01-01. */
const EPOCH_TICKS = "621355968000000000";
/** The same way in microseconds. */
export const EPOCH_MICROS = "62135596800000000";
const TICKS_MAX = "3155378975999999999";
const MICROS_MAX = "315537897599999999";
const TICKS_PER_DAY = 864_000_000_000n;
const LONG_SIGN = "9223372036854775808::HUGEINT";
/** The Sunday whose week is not over when the year 9999 is; the service's engine knows no day of week from there on. */
const LAST_SUNDAY = "TIMESTAMP '9999-12-26'";

/** Year, month, day and a time of day as in ISO 8601, which DuckDB reads by itself. */
const ISO_DATETIME =
  "'\\s*\\d{4}-\\d{1,2}-\\d{1,2}(?:[T ]+(?:[01]?\\d|2[0-3]):\\d{1,2}(?::\\d{1,2}(?:\\.\\d+)?)?)?[Zz]?\\s*'";
/** Anything, then a time of day and a zone. */
const LOOSE_DATETIME =
  "'^(.*?)(?:[ T,]+(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:\\.(\\d+))?)?\\s*([AaPp][Mm])?\\s*(Z|z|GMT|UTC|[+-]\\d{2}(?::?\\d{2})?)?)?$'";
const YEAR_FIRST_DATES = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y-%m"];
const MONTH_FIRST_DATES = ["%m/%d/%y", "%m/%d/%Y", "%m-%d-%Y", "%m.%d.%Y"];
const NAMED_DATES = ["%d %b %y", "%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y", "%Y %b %d"];

/** Names of units of time and their ticks; a nanosecond is a part of one. */
const UNITS: readonly (readonly [string, string])[] = [
  ["d|day|days", "864000000000"],
  ["h|hr|hrs|hour|hours", "36000000000"],
  ["m|min|mins|minute|minutes", "600000000"],
  ["s|sec|secs|second|seconds", "10000000"],
  ["ms|milli|millis|millisecond|milliseconds", "10000"],
  ["us|micro|micros|microsecond|microseconds", "10"],
  ["ns|nano|nanos|nanosecond|nanoseconds", "0.01"],
  ["tick|ticks", "1"],
];

export const TIME_MACROS: readonly string[] = Object.freeze([
  // The low 64 bits of a wider result, as the engine keeps them.
  macro(
    "kql_wrap(h)",
    `(((h + ${LONG_SIGN}) & 18446744073709551615::HUGEINT) - ${LONG_SIGN})::BIGINT`,
  ),
  macro("kql_decimal_sum(a, b)", bound("f", "{'a': a, 'b': b}", "try(f.a + f.b)::DECIMAL(38, 12)")),
  macro(
    "kql_decimal_difference(a, b)",
    bound("f", "{'a': a, 'b': b}", "try(f.a - f.b)::DECIMAL(38, 12)"),
  ),
  // With all digits where they fit, with six after the point where there are no more, else the nearest real.
  macro(
    "kql_decimal_product(a, b)",
    bound(
      "f",
      "{'a': a, 'b': b}",
      `coalesce(try((f.a * f.b)::DECIMAL(38, 12)),
        CASE WHEN f.a = f.a::DECIMAL(32, 6) AND f.b = f.b::DECIMAL(32, 6)
          THEN try((f.a::DECIMAL(32, 6) * f.b::DECIMAL(32, 6))::DECIMAL(38, 12)) END,
        try_cast(f.a::DOUBLE * f.b::DOUBLE AS DECIMAL(38, 12)))`,
    ),
  ),
  macro(
    "kql_ticks(t)",
    `(epoch_us(t) * 10 + ${EPOCH_TICKS} + CASE WHEN epoch_us(t) % 1000000 IN (999999, -1) THEN 9 ELSE 0 END)`,
  ),
  macro(
    "kql_ticks_datetime(x)",
    `CASE WHEN x BETWEEN 0 AND ${TICKS_MAX} THEN make_timestamp((x // 10)::BIGINT - ${EPOCH_MICROS}) END`,
  ),
  macro(
    "kql_micros_datetime(u)",
    `CASE WHEN u BETWEEN 0 AND ${MICROS_MAX} THEN make_timestamp(u - ${EPOCH_MICROS}) END`,
  ),
  macro(
    "kql_range(t)",
    "CASE WHEN t BETWEEN TIMESTAMP '0001-01-01' AND TIMESTAMP '9999-12-31 23:59:59.999999' THEN t END",
  ),
  macro("kql_span(h)", "try_cast(h AS BIGINT)"),
  macro("kql_add(t, n)", "kql_ticks_datetime(kql_ticks(t)::HUGEINT + n)"),
  macro("kql_add_micros(t, u)", `kql_micros_datetime(epoch_us(t) + (${EPOCH_MICROS} + u))`),
  // Months beyond any range of years are as good as these, and fit an interval.
  macro(
    "kql_add_months(t, n)",
    "kql_range(t + to_months(least(greatest(n, -200000), 200000)::INTEGER))",
  ),
  macro(
    "kql_bin_datetime(t, n)",
    "CASE WHEN n > 0 THEN kql_ticks_datetime(kql_ticks(t) // n * n) END",
  ),
  // The greatest multiple that is not above; the remainder of the engine has the sign of the number.
  macro("kql_floor(x, n)", "CASE WHEN n > 0 THEN x - ((x % n) + n) % n END"),

  macro("kql_day(t)", `((epoch_us(t) + ${EPOCH_MICROS}) // 86400000000)`),
  macro("kql_week_start(t, n)", weekBoundary("kql_day(t)", "n", "0")),
  macro("kql_week_end(t, n)", weekBoundary("kql_day(t)", "n + 1", "1")),
  macro(
    "kql_weekday(t)",
    `CASE WHEN t < ${LAST_SUNDAY} THEN (kql_day(t) + 1) % 7 * ${TICKS_PER_DAY} END`,
  ),
  macro("kql_period_start(part, t, n)", `kql_range(${period("n")})`),
  macro("kql_period_end(part, t, n)", `kql_range(${period("n + 1")} - to_microseconds(1))`),
  macro(
    "kql_day_start(t, n)",
    "kql_range(date_trunc('day', t) + to_days(least(greatest(n, -4000000), 4000000)::INTEGER))",
  ),
  macro(
    "kql_day_end(t, n)",
    `kql_range(date_trunc('day', t) + to_days(least(greatest(n + 1, -4000000), 4000000)::INTEGER)
      - to_microseconds(1))`,
  ),

  // Seconds are counted in ticks, so that 59.9999999 stays within its minute.
  macro(
    "kql_make_datetime(y, mo, d, h, mi, s)",
    `CASE WHEN h BETWEEN 0 AND 23 AND mi BETWEEN 0 AND 59 AND s >= 0 AND s < 60 AND y BETWEEN 1 AND 9999
      THEN try(make_date(y, mo, d))::TIMESTAMP + to_microseconds(h * 3600000000 + mi * 60000000)
        + to_microseconds(round(s * 10000000)::BIGINT // 10) END`,
  ),
  macro(
    "kql_make_timespan(d, h, mi, s)",
    `CASE WHEN d BETWEEN 0 AND 10675198 AND h BETWEEN 0 AND 23 AND mi BETWEEN 0 AND 59 AND s >= 0 AND s < 60
      THEN d * ${TICKS_PER_DAY} + h * 36000000000 + mi * 600000000 + round(s * 10000000)::BIGINT END`,
  ),

  ...zoneMacros(),
  ...dateReadingMacros(),
  ...spanReadingMacros(),
]);

/** The start of a week, a Sunday, some weeks away, less some microseconds; day 0 of the calendar is a Monday. */
function weekBoundary(day: string, weeks: string, micros: string): string {
  return `kql_micros_datetime(((${day} + 1) // 7 * 7 - 1 + 7 * least(greatest(${weeks}, -600000), 600000))
    * 86400000000 - ${micros})`;
}

function period(count: string): string {
  return `(date_trunc(part, t)
    + to_months((CASE part WHEN 'year' THEN 12 ELSE 1 END * least(greatest(${count}, -200000), 200000))::INTEGER))`;
}

/** A wall clock that springs forward over an instant is taken to have sprung already. */
function zoneMacros(): readonly string[] {
  const known = (zone: string): string =>
    `lower(${zone}) IN (SELECT lower(name) FROM pg_timezone_names())`;
  return [
    macro(
      "kql_utc_to_local(t, zone)",
      `CASE WHEN ${known("zone")} THEN kql_range(timezone(zone, timezone('UTC', t))) END`,
    ),
    macro(
      "kql_zone_utc(t, zone)",
      bound(
        "u",
        "timezone('UTC', timezone(zone, t))",
        "u - (timezone(zone, timezone('UTC', u)) - t)",
      ),
    ),
    macro(
      "kql_local_to_utc(t, zone)",
      `CASE WHEN ${known("zone")} THEN kql_range(kql_zone_utc(t, zone)) END`,
    ),
  ];
}

/**
 * Dates are read as the engine does: ISO 8601, the forms of RFC 822 and RFC 850, month names, and month before day
 * where both are numbers.
 */
function dateReadingMacros(): readonly string[] {
  const formats = (list: readonly string[]): string =>
    list.map((format) => `'${format}'`).join(", ");
  const weekday = "'^[A-Za-z]{3,6}day,? +|^(Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +'";
  const hour =
    "(CASE WHEN m.p = '' THEN m.h::BIGINT ELSE m.h::BIGINT % 12 + CASE lower(m.p) WHEN 'pm' THEN 12 ELSE 0 END END)";
  const fraction = "left(rpad(m.f, 6, '0'), 6)::BIGINT";
  const offset =
    "(left(m.z, 1) || '1')::BIGINT * (substr(m.z, 2, 2)::BIGINT * 60 + left(substr(replace(m.z, ':', ''), 4) || '00', 2)::BIGINT)";
  const clock = `to_microseconds(${hour} * 3600000000 + m.m::BIGINT * 60000000
    + CASE WHEN m.s = '' THEN 0 ELSE m.s::BIGINT * 1000000 END + ${fraction}
    - CASE WHEN left(m.z, 1) IN ('+', '-') THEN ${offset} ELSE 0 END * 60000000)`;
  return [
    macro(
      "kql_named_date(s)",
      `try_strptime(regexp_replace(regexp_replace(regexp_replace(s, ${weekday}, '', 'i'),
        '-?([A-Za-z]+)-', ' \\1 '), '[, ]+', ' ', 'g'), [${formats(NAMED_DATES)}])`,
    ),
    macro(
      "kql_text_date(s)",
      `CASE WHEN regexp_matches(s, '[A-Za-z]') THEN kql_named_date(trim(s))
        WHEN regexp_matches(trim(s), '^\\d{4}') THEN try_strptime(trim(s), [${formats(YEAR_FIRST_DATES)}])
        ELSE try_strptime(trim(s), [${formats(MONTH_FIRST_DATES)}]) END`,
    ),
    macro(
      "kql_text_datetime_loose(s)",
      bound(
        "m",
        `regexp_extract(s, ${LOOSE_DATETIME}, ['d', 'h', 'm', 's', 'f', 'p', 'z'])`,
        `CASE WHEN m.h = '' THEN kql_text_date(m.d)
          WHEN m.h::INTEGER > CASE WHEN m.p = '' THEN 23 ELSE 12 END OR m.m::INTEGER > 59
            OR (m.s <> '' AND m.s::INTEGER > 59) THEN NULL
          ELSE kql_range(kql_text_date(m.d) + ${clock}) END`,
      ),
    ),
    macro(
      "kql_text_datetime(s)",
      `CASE WHEN regexp_full_match(s, ${ISO_DATETIME}) THEN kql_range(try_cast(rtrim(trim(s), 'Zz') AS TIMESTAMP))
        WHEN regexp_matches(s, '\\d') THEN kql_range(kql_text_datetime_loose(trim(s))) END`,
    ),
    macro(
      "kql_dynamic_datetime(j)",
      `CASE json_type(j) WHEN 'VARCHAR' THEN kql_text_datetime(json_extract_string(j, '$'))
        WHEN 'UBIGINT' THEN kql_ticks_datetime(try_cast(j AS BIGINT)) END`,
    ),
  ];
}

/** Spans are read from `[-][d.]hh:mm[:ss[.fffffff]]`, from a number with a unit, and from a bare number of days. */
function spanReadingMacros(): readonly string[] {
  const clock = "'^(-?)(?:(\\d{1,8})\\.)?(\\d{1,2}):(\\d{1,2})(?::(\\d{1,2})(?:\\.(\\d{1,7}))?)?$'";
  const counted = `'^(-?\\d+(?:\\.\\d+)?)\\s*(${UNITS.map(([names]) => names).join("|")})$'`;
  const unit = UNITS.map(
    ([names, ticks]) =>
      `WHEN ${names
        .split("|")
        .map((name) => `'${name}'`)
        .join(", ")} THEN ${ticks}`,
  )
    .map((branch) => branch.replace(/^WHEN (.*) THEN/, "WHEN m.u IN ($1) THEN"))
    .join(" ");
  const ticks = `coalesce(nullif(m.d, ''), '0')::HUGEINT * ${TICKS_PER_DAY} + m.h::BIGINT * 36000000000
    + m.m::BIGINT * 600000000 + coalesce(nullif(m.s, ''), '0')::BIGINT * 10000000 + rpad(m.f, 7, '0')::BIGINT`;
  return [
    macro(
      "kql_clock_span(s)",
      bound(
        "m",
        `regexp_extract(s, ${clock}, ['n', 'd', 'h', 'm', 's', 'f'])`,
        `CASE WHEN m.h = '' OR m.h::INTEGER > 23 OR m.m::INTEGER > 59 OR (m.s <> '' AND m.s::INTEGER > 59) THEN NULL
          ELSE kql_span((m.n || '1')::HUGEINT * (${ticks})) END`,
      ),
    ),
    macro(
      "kql_counted_span(s)",
      bound(
        "m",
        `regexp_extract(s, ${counted}, ['c', 'u'])`,
        `CASE WHEN m.u <> '' THEN kql_span(round(m.c::DOUBLE * CASE ${unit} END)) END`,
      ),
    ),
    macro(
      "kql_text_timespan(s)",
      `CASE WHEN contains(s, ':')
          THEN kql_clock_span(regexp_replace(trim(s), '^(-?\\d+):(\\d+:\\d+:)', '\\1.\\2'))
        WHEN regexp_full_match(trim(s), '-?\\d{1,8}') THEN kql_span(s::HUGEINT * ${TICKS_PER_DAY})
        ELSE kql_counted_span(lower(trim(s))) END`,
    ),
    macro(
      "kql_dynamic_timespan(j)",
      `CASE json_type(j) WHEN 'VARCHAR' THEN kql_text_timespan(json_extract_string(j, '$'))
        WHEN 'BIGINT' THEN try_cast(j AS BIGINT) WHEN 'UBIGINT' THEN try_cast(j AS BIGINT) END`,
    ),
  ];
}
