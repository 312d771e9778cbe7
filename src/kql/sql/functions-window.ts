/**
 * Functions that look at other rows: positions, neighbours, running sums, ranks, sessions. Each is one window over the
 * order of the rows; what has to be known of all rows beforehand, such as where a count starts again, comes as a column
 * from a stage below (`window-stages.ts`).
 */

import { argument, certain, unsupported, value } from "./build.ts";
import { conversion } from "./convert.ts";
import { nullSql } from "./literal.ts";
import type { CallSite, Emitter, SqlExpr } from "./sql-expr.ts";

/** A call that `window-stages.ts` takes apart before it comes here. */
const takenApart: Emitter = (site) => {
  throw unsupported(`${site.name}() here`, site.span);
};

/** Emitters of the window functions and of the stages they are made of. */
export const WINDOWS: Readonly<Record<string, Emitter>> = Object.freeze({
  prev: neighbour("lag"),
  next: neighbour("lead"),
  row_number: takenApart,
  row_cumsum: takenApart,
  row_rank_dense: takenApart,
  row_rank_min: takenApart,
  row_window_session: takenApart,
  $row_number: rowNumber,
  $row_cumsum: runningSum,
  $row_rank_dense: denseRank,
  $row_rank_min: leastRank,
  $session: session,
  $changed: changed,
  $segment: segment,
  $distant: distant,
});

/** What stands in OVER's parentheses, within the segments that a column numbers. */
function over(site: CallSite, segments?: SqlExpr, frame = ""): string {
  const partition = segments === undefined ? "" : `PARTITION BY ${segments.sql} `;
  return `OVER (${partition}${site.window ?? ""}${frame})`;
}

const RUNNING = " ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW";

/** `prev(x, n, default)`, `next(x, n, default)` */
function neighbour(name: "lag" | "lead"): Emitter {
  return (site) => {
    const from = argument(site, 0);
    const offset = site.args[1] === undefined ? "1" : conversion(site.args[1], "long").sql;
    const absent =
      site.args[2] === undefined ? nullSql(from.type) : conversion(site.args[2], from.type).sql;
    return value(`(${name}(${from.sql}, ${offset}, ${absent}) ${over(site)})`, from.type);
  };
}

/** `$row_number(start, segment)` */
function rowNumber(site: CallSite): SqlExpr {
  const start = site.args[0] === undefined ? "1::BIGINT" : conversion(site.args[0], "long").sql;
  return certain(`(row_number() ${over(site, site.args[1])} + ${start} - 1)`, "long");
}

/** `$row_cumsum(x, segment)` */
function runningSum(site: CallSite): SqlExpr {
  const from = argument(site, 0);
  const sum = `sum(${from.sql}) ${over(site, site.args[1], RUNNING)}`;
  if (from.type === "real" || from.type === "decimal") {
    return conversion(certain(`coalesce(${sum}, 0)`, from.type), site.type);
  }
  const whole = `coalesce(kql_wrap(${sum}), 0)`;
  return conversion(certain(whole, from.type === "timespan" ? "timespan" : "long"), site.type);
}

/** `$changed(x)`: whether the row differs from the one before, or is the first. */
function changed(site: CallSite): SqlExpr {
  const { sql } = argument(site, 0);
  const window = over(site);
  return certain(
    `(row_number() ${window} = 1 OR ${sql} IS DISTINCT FROM lag(${sql}) ${window})`,
    "bool",
  );
}

/** `$segment(start)`: the number of rows so far at which something starts. */
function segment(site: CallSite): SqlExpr {
  const sql = `sum(CASE WHEN ${argument(site, 0).sql} THEN 1 ELSE 0 END) ${over(site, undefined, RUNNING)}`;
  return certain(`(${sql})::BIGINT`, "long");
}

/** `$distant(t, between)`: whether the row before is further away than the span. */
function distant(site: CallSite): SqlExpr {
  const { sql } = argument(site, 0);
  const between = conversion(argument(site, 1), "timespan").sql;
  const gap = `(kql_ticks(${sql}) - lag(kql_ticks(${sql})) ${over(site)})`;
  return certain(`coalesce(${gap} > ${between}, false)`, "bool");
}

/** `$row_rank_dense(changed, start, segment)` */
function denseRank(site: CallSite): SqlExpr {
  const [first, start, segments] = [argument(site, 0), argument(site, 1), argument(site, 2)];
  const counted = `sum(CASE WHEN ${first.sql} OR ${start.sql} THEN 1 ELSE 0 END)`;
  return certain(`(${counted} ${over(site, segments, RUNNING)})::BIGINT`, "long");
}

/** `$row_rank_min(changed, start, segment, position)` */
function leastRank(site: CallSite): SqlExpr {
  const [first, start, segments, position] = [0, 1, 2, 3].map((index) => argument(site, index));
  const ranked = `max(CASE WHEN ${first?.sql} OR ${start?.sql} THEN ${position?.sql} END)`;
  return certain(`(${ranked} ${over(site, segments, RUNNING)})`, "long");
}

/**
 * `$session(t, fromFirst, segment)`: the instant at which the row's session began. Sessions also end after a
 * span from their first row, which is only known by walking through them.
 */
function session(site: CallSite): SqlExpr {
  const instant = argument(site, 0);
  const fromFirst = conversion(argument(site, 1), "timespan").sql;
  const rows = `list(kql_ticks(${instant.sql})) ${over(site, argument(site, 2), RUNNING)}`;
  const start = `list_reduce(${rows}, lambda kql_a, kql_b: CASE WHEN kql_b - kql_a > ${fromFirst} THEN kql_b ELSE kql_a END)`;
  return value(`kql_ticks_datetime(${start})`, "datetime");
}
