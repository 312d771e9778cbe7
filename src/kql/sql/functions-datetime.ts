/**
 * Functions of instants: their parts, the borders of days, weeks, months and years, moving by calendar units,
 * differences in units, time zones, instants from numbers. Weeks start on Sunday, `week_of_year` alone is ISO 8601's.
 */

import { argument, certain, constantText, invoke, strict, value } from "./build.ts";
import { conversion } from "./convert.ts";
import { ARITHMETIC, ticksOf } from "./functions-arithmetic.ts";
import { once } from "./once.ts";
import { type CallSite, type Emitter, KqlRefusal, type SqlExpr } from "./sql-expr.ts";

/** Emitters of the functions of instants and spans. */
export const DATETIMES: Readonly<Record<string, Emitter>> = Object.freeze({
  now,
  ago: (site) => moved(site, { ...NOW, name: "-" }),
  startofday: border("kql_day_start"),
  startofweek: border("kql_week_start"),
  startofmonth: border("kql_period_start", "month"),
  startofyear: border("kql_period_start", "year"),
  endofday: border("kql_day_end"),
  endofweek: border("kql_week_end"),
  endofmonth: border("kql_period_end", "month"),
  endofyear: border("kql_period_end", "year"),
  dayofweek: (site) => {
    const instant = argument(site, 0);
    return value(
      once([instant], (t) => `kql_weekday(${t})`),
      "timespan",
    );
  },
  dayofmonth: part("day"),
  dayofyear: part("dayofyear"),
  week_of_year: part("week_of_year"),
  monthofyear: part("month"),
  getmonth: part("month"),
  getyear: part("year"),
  hourofday: part("hour"),
  datetime_part: (site) => partOf(site, unitOf(site, PARTS), argument(site, 1)),
  datetime_add: added,
  datetime_diff: difference,
  make_datetime: makeDatetime,
  make_timespan: makeTimespan,
  unixtime_seconds_todatetime: fromUnix(10_000_000n),
  unixtime_milliseconds_todatetime: fromUnix(10_000n),
  unixtime_microseconds_todatetime: fromUnix(10n),
  unixtime_nanoseconds_todatetime: fromUnix(null),
  datetime_utc_to_local: zoned("kql_utc_to_local"),
  datetime_local_to_utc: zoned("kql_local_to_utc"),
  datetime_list_timezones: () =>
    certain("(SELECT to_json(list(name ORDER BY name)) FROM pg_timezone_names())", "dynamic"),
});

const NOW = { instant: certain("$now::TIMESTAMP", "datetime") };

function now(site: CallSite): SqlExpr {
  return site.args.length === 0 ? NOW.instant : moved(site, { ...NOW, name: "+" });
}

/** The query's instant moved by a span; it lies within the calendar, and so does what a constant span makes of it. */
function moved(site: CallSite, by: { instant: SqlExpr; name: "+" | "-" }): SqlExpr {
  const span = conversion(argument(site, 0), "timespan");
  const emitter = ARITHMETIC[by.name] as Emitter;
  return emitter({ ...site, name: by.name, args: [by.instant, span], type: "datetime" });
}

/** `startofmonth(t, offset)` and its like. Without an offset a start is a truncation, which DuckDB does fastest. */
function border(macro: string, unit?: "month" | "year"): Emitter {
  const truncation = macro === "kql_day_start" ? "day" : unit;
  return (site) => {
    const instant = conversion(argument(site, 0), "datetime");
    const offset = site.args[1];
    if (offset === undefined && truncation !== undefined && !macro.endsWith("_end")) {
      return strict(`date_trunc('${truncation}', ${instant.sql})`, "datetime", [instant]);
    }
    const count = offset === undefined ? certain("0", "long") : conversion(offset, "long");
    const head = unit === undefined ? "" : `'${unit}', `;
    const sql = once([instant, count], (t, n) => `${macro}(${head}${t}, ${n})`);
    return value(sql, "datetime");
  };
}

/** The parts of an instant `t` whose ticks are `n`. */
type OfInstant = (t: string, n: string) => string;

/** The parts of an instant as numbers. */
const PARTS: Readonly<Record<string, OfInstant>> = Object.freeze({
  year: (t) => `year(${t})`,
  quarter: (t) => `quarter(${t})`,
  month: (t) => `month(${t})`,
  week_of_year: (t) => `weekofyear(${t})`,
  weekofyear: (t) => `weekofyear(${t})`,
  day: (t) => `day(${t})`,
  dayofyear: (t) => `dayofyear(${t})`,
  hour: (t) => `hour(${t})`,
  minute: (t) => `minute(${t})`,
  second: (t) => `second(${t})`,
  millisecond: (_, n) => `(${n} % 10000000 // 10000)`,
  microsecond: (_, n) => `(${n} % 10000000 // 10)`,
  nanosecond: (_, n) => `(${n} % 10000000 * 100)`,
});

function part(name: string): Emitter {
  return (site) => partOf(site, name, argument(site, 0));
}

function partOf(site: CallSite, name: string, from: SqlExpr): SqlExpr {
  const instant = conversion(from, "datetime", site.span);
  const emit = PARTS[name] as OfInstant;
  const sql = ofInstant(instant, (t, n) => `${emit(t, n)}::INTEGER`);
  return strict(sql, "int", [instant]);
}

/** SQL made of an instant and its ticks, of which most need one. */
function ofInstant(instant: SqlExpr, emit: OfInstant): string {
  const needsTicks = emit("", "kql_n").includes("kql_n");
  const pieces = needsTicks ? [instant, ticksOf(instant)] : [instant];
  return once(pieces, (t = "", n = "") => emit(t, n));
}

/** The unit named by the first argument, in the spelling of the table. @throws KqlRefusal for another */
function unitOf(site: CallSite, units: Readonly<Record<string, unknown>>): string {
  const name = constantText(site, 0).toLowerCase();
  if (!Object.hasOwn(units, name)) {
    throw new KqlRefusal(
      "KQL_ARGUMENT",
      `'${name}' is no unit of ${site.name}(); it knows ${Object.keys(units).join(", ")}`,
      site.span,
    );
  }
  return name;
}

/** How an instant is moved by a unit: by months, by ticks, or by parts of a tick. */
const STEPS: Readonly<Record<string, { months?: number; ticks?: number }>> = Object.freeze({
  year: { months: 12 },
  quarter: { months: 3 },
  month: { months: 1 },
  week: { ticks: 6_048_000_000_000 },
  day: { ticks: 864_000_000_000 },
  hour: { ticks: 36_000_000_000 },
  minute: { ticks: 600_000_000 },
  second: { ticks: 10_000_000 },
  millisecond: { ticks: 10_000 },
  microsecond: { ticks: 10 },
  nanosecond: {},
});

function added(site: CallSite): SqlExpr {
  const { months, ticks } = STEPS[unitOf(site, STEPS)] ?? {};
  const count = conversion(argument(site, 1), "long", site.span);
  const instant = conversion(argument(site, 2), "datetime", site.span);
  if (months !== undefined) {
    const sql = once([instant, count], (t, n) => `kql_add_months(${t}, ${n}::HUGEINT * ${months})`);
    return value(sql, "datetime");
  }
  const amount =
    ticks === undefined ? (n: string) => `${n} // 100` : (n: string) => `${n}::HUGEINT * ${ticks}`;
  const sql = once([instant, count], (t, n) => `kql_add(${t}, ${amount(n ?? "")})`);
  return value(sql, "datetime");
}

/** The number of an instant's year, month, … counted from a fixed one: differences count borders that are crossed. */
const COUNTS: Readonly<Record<string, OfInstant>> = Object.freeze({
  year: (t) => `year(${t})`,
  quarter: (t) => `(year(${t}) * 4 + quarter(${t}))`,
  month: (t) => `(year(${t}) * 12 + month(${t}))`,
  week: (t) => `((kql_day(${t}) + 1) // 7)`,
  day: (t) => `kql_day(${t})`,
  hour: (_, n) => `(${n} // 36000000000)`,
  minute: (_, n) => `(${n} // 600000000)`,
  second: (_, n) => `(${n} // 10000000)`,
  millisecond: (_, n) => `(${n} // 10000)`,
  microsecond: (_, n) => `(${n} // 10)`,
  nanosecond: (_, n) => n,
});

function difference(site: CallSite): SqlExpr {
  const unit = unitOf(site, COUNTS);
  const count = COUNTS[unit] as OfInstant;
  const sides = [argument(site, 1), argument(site, 2)].map((side) =>
    conversion(side, "datetime", site.span),
  );
  const sql = `(${sides.map((side) => ofInstant(side, count)).join(" - ")})`;
  const scaled = unit === "nanosecond" ? invoke("kql_wrap", `${sql}::HUGEINT * 100`) : sql;
  return strict(scaled, "long", sides);
}

function makeDatetime(site: CallSite): SqlExpr {
  if (site.args.length === 1) {
    return conversion(argument(site, 0), "datetime", site.span);
  }
  const whole = site.args.slice(0, 5).map((piece) => conversion(piece, "long", site.span));
  const zero = certain("0", "long");
  const second = site.args[5];
  const pieces = [
    ...whole,
    ...Array.from({ length: 5 - whole.length }, () => zero),
    second === undefined ? certain("0e0", "real") : conversion(second, "real", site.span),
  ];
  return value(
    once(pieces, (...sql) => invoke("kql_make_datetime", ...sql)),
    "datetime",
  );
}

function makeTimespan(site: CallSite): SqlExpr {
  if (site.args.length === 1) {
    return conversion(argument(site, 0), "timespan", site.span);
  }
  const zero = certain("0", "long");
  const days = site.args.length === 4 ? [argument(site, 0)] : [zero];
  const clock = site.args.slice(site.args.length === 4 ? 1 : 0);
  const [hours = zero, minutes = zero, seconds = zero] = clock;
  const whole = [...days, hours, minutes].map((piece) => conversion(piece, "long", site.span));
  const pieces = [...whole, conversion(seconds, "real", site.span)];
  return value(
    once(pieces, (...sql) => invoke("kql_make_timespan", ...sql)),
    "timespan",
  );
}

/** An instant from a count of units since 1970; a nanosecond is a hundredth of a tick. */
function fromUnix(ticksPerUnit: bigint | null): Emitter {
  return (site) => {
    const count = argument(site, 0);
    const whole = count.type === "int" || count.type === "long";
    const number = conversion(count, whole ? "long" : "real", site.span);
    const scaled =
      ticksPerUnit === null
        ? `${number.sql} ${whole ? "//" : "/"} 100`
        : `${number.sql}${whole ? "::HUGEINT" : ""} * ${ticksPerUnit}`;
    const ticks = whole ? scaled : `try_cast(round(${scaled}) AS HUGEINT)`;
    const since = value(`(621355968000000000 + ${ticks})`, "long");
    return value(
      once([since], (x) => `kql_ticks_datetime(${x})`),
      "datetime",
    );
  };
}

/** A name in the query that no zone has is a mistake; one in the data gives null. */
function zoned(macro: string): Emitter {
  return (site) => {
    const zone = argument(site, 1).literal?.value;
    if (typeof zone === "string" && !isZone(zone)) {
      throw new KqlRefusal("KQL_ARGUMENT", `'${zone}' is no known time zone`, site.span);
    }
    const pieces = [
      conversion(argument(site, 0), "datetime", site.span),
      conversion(argument(site, 1), "string", site.span),
    ];
    return value(
      once(pieces, (...sql) => invoke(macro, ...sql)),
      "datetime",
    );
  };
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).format(0) !== "";
  } catch {
    return false;
  }
}
