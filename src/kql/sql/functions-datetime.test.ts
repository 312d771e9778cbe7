/** Goal: instants and spans of time behave as in KQL, at the edges of calendar, week and tick too. */

import type { KqlType } from "../types.ts";
import { type Check, call, cell, checkAll, lit, refusal } from "./evaluate.conformance.ts";
import { SCALARS } from "./scalar-table.ts";
import type { SqlExpr } from "./sql-expr.ts";

const EPOCH = 621_355_968_000_000_000n;
/** An instant from its ISO text; digits of the second after the third are kept. */
function at(text: string): SqlExpr {
  const [, day = "", clock = "00:00:00", fraction = ""] =
    /^(\S+?)(?:[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?)?$/.exec(text) ?? [];
  const millis = BigInt(Date.parse(`${day}T${clock}Z`));
  return cell("datetime", String(millis * 10_000n + BigInt(fraction.padEnd(7, "0")) + EPOCH));
}
const TICKS: Readonly<Record<string, bigint>> = {
  d: 864_000_000_000n,
  h: 36_000_000_000n,
  m: 600_000_000n,
  s: 10_000_000n,
  t: 1n,
};
/** A span from a count and a unit: `90m`. */
function span(text: string, make: typeof lit = lit): SqlExpr {
  return make("timespan", String(BigInt(text.slice(0, -1)) * (TICKS[text.slice(-1)] ?? 0n)));
}
const text = (value: string): SqlExpr => lit("string", value);
const long = (value: number): SqlExpr => lit("long", String(value));
const run = (name: string, type: KqlType, ...args: SqlExpr[]): SqlExpr =>
  call(SCALARS, name, type, ...args);
/** The text of an instant or span, as tostring gives it. */
const shown = (expr: SqlExpr): SqlExpr => ({
  ...expr,
  sql: `${expr.type === "datetime" ? "kql_datetime_text" : "kql_timespan_text"}(${expr.sql})`,
});
const time = (name: string, ...args: SqlExpr[]): SqlExpr => shown(run(name, "datetime", ...args));
const lapse = (name: string, ...args: SqlExpr[]): SqlExpr => shown(run(name, "timespan", ...args));

checkAll("instants and spans are added and subtracted", (): Check[] => [
  ["+ 90m", time("+", at("2020-06-15 13:45:00"), span("90m")), "2020-06-15T15:15:00.0000000Z"],
  ["span first", time("+", span("1d"), at("2020-02-28")), "2020-02-29T00:00:00.0000000Z"],
  ["- 1d", time("-", at("2020-03-01"), span("1d")), "2020-02-29T00:00:00.0000000Z"],
  [
    "span in a column",
    time("+", at("2030-12-31 23:59:59"), span("-1h", cell)),
    "2030-12-31T22:59:59.0000000Z",
  ],
  ["below the calendar", time("-", at("0001-01-01"), span("1t")), ""],
  [
    "one tick is lost, not a year",
    time("+", at("2020-02-29 12:00:00"), span("1t")),
    "2020-02-29T12:00:00.0000000Z",
  ],
  [
    "last instant",
    time("+", at("9999-12-31 23:59:59.9999999"), span("0t")),
    "9999-12-31T23:59:59.9999999Z",
  ],
  ["past the last instant", time("+", at("9999-12-31 23:59:59.9999999"), span("1t")), ""],
  ["past the last day", time("+", at("9999-12-31"), span("1d")), ""],
  ["far past", time("+", at("9999-12-31"), span("10675199d")), ""],
  [
    "the last tick of a second and one",
    time("+", at("2020-12-31 23:59:59.9999999"), span("1t")),
    "2021-01-01T00:00:00.0000000Z",
  ],
  ["one tick before", time("-", at("2020-01-05"), span("1t")), "2020-01-04T23:59:59.9999999Z"],
  [
    "a day later at the last tick",
    time("+", at("2020-02-28 23:59:59.9999999"), span("1d")),
    "2020-02-29T23:59:59.9999999Z",
  ],
  ["before 1970", time("-", at("1970-01-01"), span("1s")), "1969-12-31T23:59:59.0000000Z"],
  ["null", time("+", lit("datetime", null), span("1d")), ""],
  ["difference", lapse("-", at("2020-06-15"), at("2020-06-14")), "1.00:00:00"],
  ["negative difference", lapse("-", at("2020-06-14"), at("2020-06-15")), "-1.00:00:00"],
  ["whole calendar", lapse("-", at("9999-12-31"), at("0001-01-01")), "3652058.00:00:00"],
  [
    "to the last tick",
    lapse("-", at("2020-06-20 23:59:59.9999999"), at("2020-06-14")),
    "6.23:59:59.9999999",
  ],
  ["span + span", lapse("+", span("1d"), span("1h")), "1.01:00:00"],
  ["span - span", lapse("-", span("1h"), span("1d")), "-23:00:00"],
  ["span too long", lapse("+", lit("timespan", "9223372036854775807"), span("1t")), ""],
  ["span * long", lapse("*", span("1h"), long(5)), "05:00:00"],
  ["long * span", lapse("*", long(-2), span("1h")), "-02:00:00"],
  ["span * real", lapse("*", span("36h"), lit("real", 1.5)), "2.06:00:00"],
  ["span * null", lapse("*", span("1h"), lit("long", null)), ""],
  ["span * too much", lapse("*", span("9000000d"), long(100)), ""],
  ["span / long", lapse("/", span("1s"), long(3)), "00:00:00.3333333"],
  ["span / real", lapse("/", span("1m"), lit("real", 2)), "00:00:30"],
  ["span / 0", lapse("/", span("1m"), long(0)), ""],
  ["span / span", run("/", "real", span("-1d"), span("-1h")), 24],
  ["span / no span", run("/", "real", span("1d"), span("0t")), "Infinity"],
  ["span % span", lapse("%", span("25h"), span("1d")), "01:00:00"],
  ["negative span % span", lapse("%", span("-1h"), span("1d")), "23:00:00"],
  ["- span", lapse("-", span("26h", cell)), "-1.02:00:00"],
  ["ago", time("ago", span("2d")), "2026-11-20T12:00:00.0000000Z"],
  ["now", time("now"), "2026-11-22T12:00:00.0000000Z"],
  ["now(offset)", time("now", span("-1h")), "2026-11-22T11:00:00.0000000Z"],
]);

checkAll("bins count from the year 1", (): Check[] => [
  ["1d", time("bin", at("2007-01-02 13:45:30"), span("1d")), "2007-01-02T00:00:00.0000000Z"],
  ["1h", time("bin", at("1969-06-15 13:45:00.123456"), span("1h")), "1969-06-15T13:00:00.0000000Z"],
  ["7d is a Monday", time("bin", at("2026-11-22"), span("7d")), "2026-11-16T00:00:00.0000000Z"],
  ["30d", time("bin", at("2026-11-22"), span("30d")), "2026-11-01T00:00:00.0000000Z"],
  ["7d before 1970", time("bin", at("1900-01-03"), span("7d")), "1900-01-01T00:00:00.0000000Z"],
  ["2h", time("bin", at("2999-12-31 23:59:59"), span("2h")), "2999-12-31T22:00:00.0000000Z"],
  [
    "a size in a column",
    time("bin", at("2007-01-02 13:45:30"), span("5m", cell)),
    "2007-01-02T13:45:00.0000000Z",
  ],
  [
    "1 tick keeps the microsecond",
    time("bin", at("1969-12-31 23:59:59.999"), span("1t")),
    "1969-12-31T23:59:59.9990000Z",
  ],
  [
    "the last tick",
    time("bin", at("9999-12-31 23:59:59.9999999"), span("1d")),
    "9999-12-31T00:00:00.0000000Z",
  ],
  ["no size", time("bin", at("2007-01-02"), span("0t")), ""],
  ["negative size", time("bin", at("2007-01-02"), span("-1d")), ""],
  ["null", time("bin", lit("datetime", null), span("1d")), ""],
  ["span", lapse("bin", span("90m"), span("1h")), "01:00:00"],
  ["negative span", lapse("bin", span("-90m"), span("1h")), "-02:00:00"],
  [
    "bin_at, 1d at 06:00",
    time("bin_at", at("2007-01-02 13:45:30"), span("1d"), at("2007-01-01 06:00:00")),
    "2007-01-02T06:00:00.0000000Z",
  ],
  [
    "bin_at before the point",
    time("bin_at", at("2018-02-23 16:14:00"), span("1d"), at("2018-02-24 15:14:00")),
    "2018-02-23T15:14:00.0000000Z",
  ],
  [
    "bin_at week",
    time("bin_at", at("2023-06-14 12:00:00"), span("7d"), at("2023-01-01")),
    "2023-06-11T00:00:00.0000000Z",
  ],
  ["bin_at of spans", lapse("bin_at", span("1h"), span("1d"), span("12h")), "-12:00:00"],
]);

checkAll("starts and ends", (): Check[] => [
  ["startofday", time("startofday", at("2020-06-15 13:45:00")), "2020-06-15T00:00:00.0000000Z"],
  [
    "startofday +3",
    time("startofday", at("2020-06-15 13:45:00"), long(3)),
    "2020-06-18T00:00:00.0000000Z",
  ],
  ["endofday", time("endofday", at("2020-06-15 13:45:00")), "2020-06-15T23:59:59.9999999Z"],
  [
    "endofday -1",
    time("endofday", at("2017-01-01 10:10:17"), long(-1)),
    "2016-12-31T23:59:59.9999999Z",
  ],
  [
    "startofweek of a Sunday",
    time("startofweek", at("2020-01-05 12:00:00")),
    "2020-01-05T00:00:00.0000000Z",
  ],
  [
    "startofweek of a Saturday",
    time("startofweek", at("2020-01-11 23:59:59")),
    "2020-01-05T00:00:00.0000000Z",
  ],
  [
    "startofweek -2",
    time("startofweek", at("2020-06-15"), long(-2)),
    "2020-05-31T00:00:00.0000000Z",
  ],
  [
    "startofweek before 1970",
    time("startofweek", at("1969-12-31")),
    "1969-12-28T00:00:00.0000000Z",
  ],
  ["startofweek before the calendar", time("startofweek", at("0001-01-03")), ""],
  ["endofweek", time("endofweek", at("2020-06-15 13:45:00")), "2020-06-20T23:59:59.9999999Z"],
  [
    "endofweek +2",
    time("endofweek", at("2020-06-15 13:45:00"), long(2)),
    "2020-07-04T23:59:59.9999999Z",
  ],
  [
    "startofmonth -13",
    time("startofmonth", at("2020-06-15"), long(-13)),
    "2019-05-01T00:00:00.0000000Z",
  ],
  ["endofmonth of February", time("endofmonth", at("2020-02-15")), "2020-02-29T23:59:59.9999999Z"],
  ["endofmonth of 1900", time("endofmonth", at("1900-02-28")), "1900-02-28T23:59:59.9999999Z"],
  ["endofmonth +1", time("endofmonth", at("2020-01-31"), long(1)), "2020-02-29T23:59:59.9999999Z"],
  [
    "endofmonth +13",
    time("endofmonth", at("2020-01-31"), long(13)),
    "2021-02-28T23:59:59.9999999Z",
  ],
  [
    "last endofmonth",
    time("endofmonth", at("9999-12-31 23:59:59.9999999")),
    "9999-12-31T23:59:59.9999999Z",
  ],
  [
    "startofyear -5",
    time("startofyear", at("2020-06-15"), long(-5)),
    "2015-01-01T00:00:00.0000000Z",
  ],
  ["startofyear far away", time("startofyear", at("2020-06-15"), long(1_000_000_000)), ""],
  ["endofyear", time("endofyear", at("2020-06-15 13:45:00")), "2020-12-31T23:59:59.9999999Z"],
  [
    "last endofyear",
    time("endofyear", at("9999-12-31 23:59:59.9999999")),
    "9999-12-31T23:59:59.9999999Z",
  ],
  ["null", time("endofyear", lit("datetime", null)), ""],
]);

const DT = at("2017-10-30 01:02:03.7654321");
checkAll("parts of an instant", (): Check[] => [
  ...(
    [
      ["year", 2017],
      ["quarter", 4],
      ["month", 10],
      ["week_of_year", 44],
      ["day", 30],
      ["dayOfYear", 303],
      ["hour", 1],
      ["minute", 2],
      ["second", 3],
      ["millisecond", 765],
      ["microsecond", 765432],
      ["nanosecond", 765432000],
    ] as const
  ).map(([name, expected]): Check => [name, run("datetime_part", "int", text(name), DT), expected]),
  ["dayofmonth", run("dayofmonth", "int", DT), 30],
  ["dayofyear", run("dayofyear", "int", at("2020-12-31")), 366],
  ["monthofyear", run("monthofyear", "int", DT), 10],
  ["getyear", run("getyear", "int", at("0001-01-01")), 1],
  ["hourofday", run("hourofday", "int", at("2020-06-15 23:59:59.9999999")), 23],
  ["null", run("hourofday", "int", lit("datetime", null)), null],
  ["dayofweek of a Sunday", lapse("dayofweek", at("2021-12-26")), "00:00:00"],
  ["dayofweek of a Wednesday", lapse("dayofweek", at("1969-12-31 23:59:59.999")), "3.00:00:00"],
  ["dayofweek of the first day", lapse("dayofweek", at("0001-01-01")), "1.00:00:00"],
  ["dayofweek of the last day", lapse("dayofweek", at("9999-12-31")), ""],
  ...(
    [
      ["2015-12-31", 53],
      ["2016-01-01", 53],
      ["2018-12-31", 1],
      ["2020-12-31", 53],
      ["2021-01-03", 53],
      ["2021-12-26", 51],
      ["2023-01-01", 52],
      ["0001-01-01", 1],
      ["9999-12-31", 52],
    ] as const
  ).map(([day, week]): Check => [`week of ${day}`, run("week_of_year", "int", at(day)), week]),
]);

checkAll("datetime_add clamps to the month", (): Check[] => [
  [
    "year of 29 February",
    time("datetime_add", text("year"), long(1), at("2020-02-29")),
    "2021-02-28T00:00:00.0000000Z",
  ],
  [
    "month of 31 January",
    time("datetime_add", text("month"), long(13), at("2019-01-31")),
    "2020-02-29T00:00:00.0000000Z",
  ],
  [
    "quarter",
    time("datetime_add", text("quarter"), long(12), at("2017-01-01")),
    "2020-01-01T00:00:00.0000000Z",
  ],
  [
    "week",
    time("datetime_add", text("Week"), long(-53), at("2021-03-15 12:00:00")),
    "2020-03-09T12:00:00.0000000Z",
  ],
  [
    "hour",
    time("datetime_add", text("hour"), long(100_000), at("2020-01-01")),
    "2031-05-29T16:00:00.0000000Z",
  ],
  [
    "second",
    time("datetime_add", text("second"), long(-90_061), at("2020-01-01")),
    "2019-12-30T22:58:59.0000000Z",
  ],
  [
    "millisecond",
    time("datetime_add", text("millisecond"), long(1500), at("2020-01-01")),
    "2020-01-01T00:00:01.5000000Z",
  ],
  [
    "microsecond",
    time("datetime_add", text("microsecond"), long(7), at("2020-01-01")),
    "2020-01-01T00:00:00.0000070Z",
  ],
  [
    "nanosecond",
    time("datetime_add", text("nanosecond"), long(7000), at("2020-01-01")),
    "2020-01-01T00:00:00.0000070Z",
  ],
  [
    "before the calendar",
    time("datetime_add", text("day"), long(-1), at("0001-01-01 12:00:00")),
    "",
  ],
  ["after it", time("datetime_add", text("year"), long(8000), at("2020-01-01")), ""],
  [
    "absurdly far",
    time("datetime_add", text("year"), lit("long", "9223372036854775807"), at("2020-01-01")),
    "",
  ],
]);

const diff = (unit: string, a: string, b: string): SqlExpr =>
  run("datetime_diff", "long", text(unit), at(a), at(b));
checkAll("datetime_diff counts borders", (): Check[] => [
  ["year", diff("year", "2024-02-29", "2020-02-29"), "4"],
  ["quarter", diff("quarter", "2020-01-31", "2019-12-31"), "1"],
  ["month", diff("month", "2020-03-31 23:59:59", "2020-02-29"), "1"],
  ["week", diff("week", "2024-02-29", "2020-02-29"), "209"],
  ["week over a new year", diff("week", "2020-01-31", "2019-12-31"), "4"],
  ["day", diff("day", "2021-01-01", "2019-06-15"), "566"],
  ["day over 1970", diff("day", "1970-01-01", "1969-12-25"), "7"],
  ["hour", diff("hour", "2020-01-01 01:00:00", "2020-01-01 00:59:59"), "1"],
  ["minute", diff("minute", "2020-01-01", "2020-01-01 13:45:00"), "-825"],
  ["second", diff("second", "2020-01-01 00:00:01.9999999", "2020-01-01 00:00:00.0000001"), "1"],
  ["millisecond", diff("millisecond", "2020-01-01 00:00:00.0019999", "2020-01-01"), "1"],
  [
    "microsecond",
    diff("microsecond", "2020-01-01 00:00:00.0000020", "2020-01-01 00:00:00.0000005"),
    "2",
  ],
  ["nanosecond", diff("nanosecond", "2020-01-01 00:00:00.000002", "2020-01-01"), "2000"],
  [
    "null",
    run("datetime_diff", "long", text("day"), lit("datetime", null), at("2020-01-01")),
    null,
  ],
  [
    "unknown unit",
    text(refusal(() => diff("fortnight", "2020-01-01", "2020-01-01"))),
    "'fortnight' is no unit of datetime_diff(); it knows year, quarter, month, week, day, hour, minute, second, millisecond, microsecond, nanosecond",
  ],
]);

const numbers = (...values: number[]): SqlExpr[] =>
  values.map((value) => (Number.isInteger(value) ? long(value) : lit("real", value)));
checkAll("instants and spans from numbers", (): Check[] => [
  ["date", time("make_datetime", ...numbers(2020, 6, 15)), "2020-06-15T00:00:00.0000000Z"],
  [
    "date and time",
    time("make_datetime", ...numbers(2020, 2, 29, 23, 59, 59.9999999)),
    "2020-02-29T23:59:59.9999999Z",
  ],
  [
    "tenths",
    time("make_datetime", ...numbers(2020, 2, 29, 0, 0, 3.3)),
    "2020-02-29T00:00:03.3000000Z",
  ],
  ["no month 13", time("make_datetime", ...numbers(2020, 13, 1)), ""],
  ["no 29 February", time("make_datetime", ...numbers(2021, 2, 29)), ""],
  ["no hour 24", time("make_datetime", ...numbers(2020, 1, 1, 24)), ""],
  ["no second 60", time("make_datetime", ...numbers(2020, 1, 1, 0, 0, 60)), ""],
  ["no year 10000", time("make_datetime", ...numbers(10000, 1, 1)), ""],
  ["hours and minutes", lapse("make_timespan", ...numbers(2, 30)), "02:30:00"],
  ["with seconds", lapse("make_timespan", ...numbers(1, 15, 10)), "01:15:10"],
  ["with days", lapse("make_timespan", ...numbers(1, 2, 3, 4)), "1.02:03:04"],
  ["fraction", lapse("make_timespan", ...numbers(1, 2, 3.5)), "01:02:03.5000000"],
  ["no minute 70", lapse("make_timespan", ...numbers(25, 70)), ""],
  [
    "unix seconds",
    time("unixtime_seconds_todatetime", long(1_546_300_800)),
    "2019-01-01T00:00:00.0000000Z",
  ],
  [
    "unix fraction",
    time("unixtime_seconds_todatetime", lit("real", 1.5)),
    "1970-01-01T00:00:01.5000000Z",
  ],
  [
    "unix before 1970",
    time("unixtime_milliseconds_todatetime", long(-1)),
    "1969-12-31T23:59:59.9990000Z",
  ],
  [
    "unix microseconds",
    time("unixtime_microseconds_todatetime", long(1_546_300_800_000_000)),
    "2019-01-01T00:00:00.0000000Z",
  ],
  [
    "unix nanoseconds",
    time("unixtime_nanoseconds_todatetime", lit("long", "1546300800000000000")),
    "2019-01-01T00:00:00.0000000Z",
  ],
  [
    "unix out of range",
    time("unixtime_seconds_todatetime", lit("long", "9223372036854775807")),
    "",
  ],
  ["unix NaN", time("unixtime_seconds_todatetime", lit("real", Number.NaN)), ""],
]);

const read = (value: string): SqlExpr => time("make_datetime", { ...text(value), nonNull: true });
checkAll("texts that are instants", (): Check[] => [
  ...(
    [
      ["2022-12-02", "2022-12-02T00:00:00.0000000Z"],
      ["2022-12-02T13:45:56Z", "2022-12-02T13:45:56.0000000Z"],
      ["2022-12-02 13:45", "2022-12-02T13:45:00.0000000Z"],
      ["  2022-12-02T13:45:56.1234567Z ", "2022-12-02T13:45:56.1234560Z"],
      ["2022-12-02T13:45:56.9999999Z", "2022-12-02T13:45:56.9999999Z"],
      ["2022-12-02T13:45:56+02:00", "2022-12-02T11:45:56.0000000Z"],
      ["2022-12-02T13:45:56-05:00", "2022-12-02T18:45:56.0000000Z"],
      ["2022-12-02T13:45:56.25+0530", "2022-12-02T08:15:56.2500000Z"],
      ["2 Dec 2022", "2022-12-02T00:00:00.0000000Z"],
      ["Dec 2, 2022", "2022-12-02T00:00:00.0000000Z"],
      ["December 2, 2022 1:45:09 PM", "2022-12-02T13:45:09.0000000Z"],
      ["Sat, 8 Nov 14 15:05:02 GMT", "2014-11-08T15:05:02.0000000Z"],
      ["Saturday, 08-Nov-14 15:05:02 GMT", "2014-11-08T15:05:02.0000000Z"],
      ["8 Nov 2014 15:05", "2014-11-08T15:05:00.0000000Z"],
      ["20221202", "2022-12-02T00:00:00.0000000Z"],
      ["12/2/2022", "2022-12-02T00:00:00.0000000Z"],
      ["12/02/2022 12:05 AM", "2022-12-02T00:05:00.0000000Z"],
      ["12-02-2022", "2022-12-02T00:00:00.0000000Z"],
      ["12/2/22", "2022-12-02T00:00:00.0000000Z"],
      ["1999/1/5 10:20", "1999-01-05T10:20:00.0000000Z"],
      ["2022-12", "2022-12-01T00:00:00.0000000Z"],
      ["Fri Dec 02 2022", "2022-12-02T00:00:00.0000000Z"],
      ["2022-12-02T13:45:56.123+02", "2022-12-02T11:45:56.1230000Z"],
      ["13-01-2022", ""],
      ["x12-02-2022", ""],
      ["2020-13-01", ""],
      ["2020-02-30", ""],
      ["2020-01-01 24:00:00", ""],
      ["2020-01-01 10:61", ""],
      ["not-a-date", ""],
      ["13:45", ""],
      ["5", ""],
      ["infinity", ""],
      ["epoch", ""],
      ["", ""],
    ] as const
  ).map(([from, to]): Check => [from, read(from), to]),
]);

const readSpan = (value: string): SqlExpr => lapse("make_timespan", text(value));
checkAll("texts that are spans", (): Check[] => [
  ...(
    [
      ["1.02:03:04.5", "1.02:03:04.5000000"],
      ["-1.02:03:04.5", "-1.02:03:04.5000000"],
      ["23:59:59.9999999", "23:59:59.9999999"],
      ["0:0:0.001", "00:00:00.0010000"],
      ["0.00:03:00", "00:03:00"],
      ["100.00:00:00", "100.00:00:00"],
      ["1:02:03:04", "1.02:03:04"],
      ["01:30", "01:30:00"],
      ["1d", "1.00:00:00"],
      ["1.5h", "01:30:00"],
      ["-30m", "-00:30:00"],
      ["10 seconds", "00:00:10"],
      ["100ms", "00:00:00.1000000"],
      ["3 ticks", "00:00:00.0000003"],
      ["2", "2.00:00:00"],
      ["24:00:00", ""],
      ["01:60", ""],
      ["1x", ""],
      ["abc", ""],
      ["", ""],
      ["99999999.00:00:00", ""],
    ] as const
  ).map(([from, to]): Check => [from, readSpan(from), to]),
]);

const zone = (name: string, instant: string, tz: string): SqlExpr =>
  time(name, at(instant), text(tz));
checkAll("time zones", (): Check[] => [
  [
    "to local",
    zone("datetime_utc_to_local", "2022-07-11 22:18:48", "US/Pacific"),
    "2022-07-11T15:18:48.0000000Z",
  ],
  [
    "to UTC",
    zone("datetime_local_to_utc", "2020-02-02 20:02:20", "Europe/Paris"),
    "2020-02-02T19:02:20.0000000Z",
  ],
  [
    "an hour that is left out",
    zone("datetime_local_to_utc", "2022-03-27 02:00:00", "Europe/Brussels"),
    "2022-03-27T00:00:00.0000000Z",
  ],
  [
    "the hour after it",
    zone("datetime_local_to_utc", "2022-03-27 03:00:00", "Europe/Brussels"),
    "2022-03-27T01:00:00.0000000Z",
  ],
  [
    "unknown zone",
    text(refusal(() => zone("datetime_local_to_utc", "2022-03-27", "Mars/Base"))),
    "'Mars/Base' is no known time zone",
  ],
  [
    "the list",
    {
      ...call(SCALARS, "datetime_list_timezones", "dynamic"),
      sql: `json_contains(${call(SCALARS, "datetime_list_timezones", "dynamic").sql}, '"Europe/Paris"')`,
    },
    true,
  ],
]);

const format = (name: string, from: SqlExpr, spec: string): SqlExpr =>
  run(name, "string", from, text(spec));
const NINE = at("2020-06-15 13:45:09.123456");
checkAll("formats", (): Check[] => [
  ["month first", format("format_datetime", NINE, "M/d/yyyy h:mm:ss tt"), "6/15/2020 1:45:09 PM"],
  [
    "two digits",
    format("format_datetime", at("2007-01-02 03:04:05"), "yy-MM-dd HH:mm"),
    "07-01-02 03:04",
  ],
  ["year 1", format("format_datetime", at("0001-01-01"), "yyyy-MM-dd"), "0001-01-01"],
  ["short year", format("format_datetime", NINE, "y"), "20"],
  ["fractions", format("format_datetime", NINE, "fff ffffff FFFFFFF"), "123 123456 123456"],
  [
    "the last tick",
    format("format_datetime", at("2020-12-31 23:59:59.9999999"), "fffffff"),
    "9999999",
  ],
  ["no fraction", format("format_datetime", at("2020-06-15"), "[FFFFFFF]"), "[]"],
  [
    "runs are cut",
    format("format_datetime", at("2020-01-05"), "dddd ddd MMMM MMM"),
    "0505 055 0101 011",
  ],
  ["12 hours", format("format_datetime", at("2020-01-05"), "hh:mm tt"), "12:00 AM"],
  ["null", format("format_datetime", lit("datetime", null), "yyyy"), ""],
  [
    "unknown letter",
    text(refusal(() => format("format_datetime", NINE, "yyyy zzz"))),
    "format_datetime() does not know 'z' in the format 'yyyy zzz'",
  ],
  [
    "span",
    format("format_timespan", lit("timespan", "937845670000"), "dd.hh:mm:ss.fffffff"),
    "01.02:03:04.5670000",
  ],
  ["negative span", format("format_timespan", span("-150m"), "hh:mm"), "-02:30"],
  ["negative days", format("format_timespan", span("-1590m"), "d.hh:mm:ss"), "-1.02:30:00"],
  ["hours beyond a day", format("format_timespan", span("1561m"), "h:m"), "2:1"],
  ["many days", format("format_timespan", span("123d"), "d dddddd"), "123 000123"],
  ["one tick", format("format_timespan", span("1t"), "fffffff FFF"), "0000001 "],
  ["span null", format("format_timespan", lit("timespan", null), "d"), ""],
  [
    "span letter",
    text(refusal(() => format("format_timespan", span("1t"), "g"))),
    "format_timespan() does not know 'g' in the format 'g'",
  ],
  ["bytes", run("format_bytes", "string", long(564)), "564 B"],
  ["kilobytes", run("format_bytes", "string", long(10_332), long(1)), "10.1 KB"],
  ["megabytes", run("format_bytes", "string", long(20_010_332)), "19 MB"],
  ["two digits", run("format_bytes", "string", long(20_010_332), long(2)), "19.08 MB"],
  ["unit", run("format_bytes", "string", long(20_010_332), long(0), text("KB")), "19541 KB"],
]);
