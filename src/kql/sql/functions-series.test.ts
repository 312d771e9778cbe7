/** Goal: functions of series give what KQL's documentation prints, for gaps and unequal lengths too. */

import type { KqlType } from "../types.ts";
import { type Check, call, checkAll, lit, refusal } from "./evaluate.conformance.ts";
import { SCALARS } from "./scalar-table.ts";
import type { SqlExpr } from "./sql-expr.ts";

const array = (json: string): SqlExpr => lit("dynamic", json);
const run = (name: string, ...args: SqlExpr[]): SqlExpr => call(SCALARS, name, "dynamic", ...args);
const scalar = (name: string, type: KqlType, ...args: SqlExpr[]): SqlExpr =>
  call(SCALARS, name, type, ...args);
const bool = (value: boolean): SqlExpr => lit("bool", value);
const [A, B] = [array("[1,2,4]"), array("[4,2,1]")];

checkAll("operations between series", (): Check[] => [
  ["add", run("series_add", A, B), "[5,4,5]"],
  ["add a number", run("series_add", A, lit("long", "1")), "[2,3,5]"],
  ["add to a number", run("series_add", lit("real", 0.5), A), "[1.5,2.5,4.5]"],
  ["subtract", run("series_subtract", A, B), "[-3,0,3]"],
  ["multiply", run("series_multiply", A, B), "[4,4,4]"],
  ["divide", run("series_divide", A, B), "[0.25,1.0,4.0]"],
  ["divide by 0", run("series_divide", A, array("[0,1,2]")), '["Infinity",2.0,2.0]'],
  ["pow", run("series_pow", array("[1,2,3,4]"), array("[1,2,3,0.5]")), "[1.0,4.0,27.0,2.0]"],
  ["unequal lengths", run("series_add", A, array("[1]")), "[2,null,null]"],
  ["no numbers", run("series_add", A, array('[1,"x",true]')), "[2.0,null,null]"],
  ["no array", run("series_add", A, array('{"a":1}')), null],
  ["null", run("series_add", A, lit("dynamic", null)), null],
  [
    "nested",
    run("series_add", run("series_multiply", A, B), run("series_add", A, run("series_add", A, B))),
    "[10,10,13]",
  ],
  ["equals", run("series_equals", A, B), "[false,true,false]"],
  ["not equals", run("series_not_equals", A, B), "[true,false,true]"],
  ["less", run("series_less", A, B), "[true,false,false]"],
  ["less or equal", run("series_less_equals", A, B), "[true,true,false]"],
  ["greater", run("series_greater", A, lit("long", "1")), "[false,true,true]"],
  ["greater or equal", run("series_greater_equals", A, B), "[false,true,true]"],
  ["greater with a gap", run("series_greater", A, array("[0,null]")), "[true,null,null]"],
]);

checkAll("functions of each element", (): Check[] => [
  ["abs", run("series_abs", array("[-6,0,8]")), "[6,0,8]"],
  ["sign", run("series_sign", array("[-6,0,8.5]")), "[-1.0,0.0,1.0]"],
  ["floor", run("series_floor", array("[-1.5,1,2.5]")), "[-2.0,1.0,2.0]"],
  ["ceiling", run("series_ceiling", array("[-1.5,1,2.5]")), "[-1.0,1.0,3.0]"],
  ["exp", run("series_exp", array("[0]")), "[1.0]"],
  ["log", run("series_log", array("[1,0,-1]")), '[0.0,"-Infinity",null]'],
  ["sin", run("series_sin", array("[0]")), "[0.0]"],
  ["asin", run("series_asin", array("[0,2]")), "[0.0,null]"],
]);

checkAll("one number of a series", (): Check[] =>
  [
    ["sum", scalar("series_sum", "real", array("[1,2.5,null]")), 3.5],
    ["product", scalar("series_product", "real", array("[1,2,3,4]")), 24],
    ["magnitude", scalar("series_magnitude", "real", array("[3,4]")), 5],
    ["dot product", scalar("series_dot_product", "real", A, B), 12],
    ["cosine", scalar("series_cosine_similarity", "real", array("[3,4]"), array("[4,3]")), 0.96],
    [
      "cosine of known lengths",
      scalar(
        "series_cosine_similarity",
        "real",
        array("[3,4]"),
        array("[4,3]"),
        lit("real", 5),
        lit("real", 5),
      ),
      0.96,
    ],
    [
      "correlation",
      scalar("series_pearson_correlation", "real", array("[1,2,3]"), array("[2,4,6]")),
      1,
    ],
    ["opposite", scalar("series_pearson_correlation", "real", A, B), -0.9286],
  ].map(
    ([title, expr, expected]): Check =>
      title === "opposite"
        ? [
            "opposite",
            { ...(expr as SqlExpr), sql: `round(${(expr as SqlExpr).sql}, 4)` },
            expected,
          ]
        : [title as string, expr as SqlExpr, expected],
  ),
);

const GAPS = array("[null,111.0,null,36.0,41.0,null,null,16.0,61.0,33.0,null,null]");
const WHOLE_GAPS = array("[null,111,null,36,41,null,null,16,61,33,null,null]");
const NONE = lit("real", null);
checkAll("gaps are filled", (): Check[] => [
  ["const", run("series_fill_const", array("[111,null,36]"), lit("real", 0)), "[111,0.0,36]"],
  ["const without value", run("series_fill_const", array("[111,null,36]")), "[111,0,36]"],
  [
    "const for a placeholder",
    run("series_fill_const", array("[5,-1,null]"), lit("long", "7"), lit("long", "-1")),
    "[5,7,7]",
  ],
  [
    "forward",
    run("series_fill_forward", array("[null,null,36,41,null,null,16,null]")),
    "[null,null,36,41,41,41,16,16]",
  ],
  [
    "backward",
    run("series_fill_backward", array("[111,null,36,41,null,null,16,null]")),
    "[111,36,36,41,16,16,16,null]",
  ],
  ["linear", run("series_fill_linear", array("[1.0,null,2.0]")), "[1.0,1.5,2.0]"],
  [
    "linear, edges",
    run("series_fill_linear", array("[null,3.0,null,null,6.0,null]")),
    "[3.0,3.0,4.0,5.0,6.0,6.0]",
  ],
  [
    "linear, whole",
    run("series_fill_linear", WHOLE_GAPS),
    "[111,111,73,36,41,32,24,16,61,33,33,33]",
  ],
  [
    "linear, open edges",
    run("series_fill_linear", WHOLE_GAPS, NONE, bool(false)),
    "[null,111,73,36,41,32,24,16,61,33,null,null]",
  ],
  ["linear, nothing to go by", run("series_fill_linear", array("[null,null]")), "[0.0,0.0]"],
  [
    "linear, a constant",
    run("series_fill_linear", array("[null,null]"), NONE, bool(true), lit("real", 3.5)),
    "[3.5,3.5]",
  ],
  [
    "linear keeps reals",
    {
      ...run("series_fill_linear", GAPS),
      sql: `json_array_length(${run("series_fill_linear", GAPS).sql})`,
    },
    "12",
  ],
]);

const Y = array("[2,5,6,8,11,15,17,18,25,26,30,30]");
const member = (expr: SqlExpr, path: string): SqlExpr => ({
  ...expr,
  sql: `round((${expr.sql} -> '${path}')::DOUBLE, 3)`,
});
const STATS = run("series_stats_dynamic", array("[23,46,23,87,4,8,3,75,2,56,13,75,32,16,29]"));
checkAll("statistics and filters", (): Check[] => [
  ["rsquare", member(run("series_fit_line_dynamic", Y), "$.rsquare"), 0.983],
  ["slope", member(run("series_fit_line_dynamic", Y), "$.slope"), 2.731],
  ["variance", member(run("series_fit_line_dynamic", Y), "$.variance"), 98.629],
  ["rvariance", member(run("series_fit_line_dynamic", Y), "$.rvariance"), 1.686],
  ["interception", member(run("series_fit_line_dynamic", Y), "$.interception"), -1.667],
  ["line_fit", member(run("series_fit_line_dynamic", Y), "$.line_fit[0]"), 1.064],
  ["line with a gap", run("series_fit_line_dynamic", array("[1,null,3]")), null],
  ["min", member(STATS, "$.min"), 2],
  ["min_idx", member(STATS, "$.min_idx"), 8],
  ["max_idx", member(STATS, "$.max_idx"), 3],
  ["avg", member(STATS, "$.avg"), 32.8],
  ["stdev", member(STATS, "$.stdev"), 28.504],
  ["variance", member(STATS, "$.variance"), 812.457],
  ["len", member(STATS, "$.len"), 15],
  ["stats with a gap", member(run("series_stats_dynamic", array("[1,null,3]")), "$.avg"), null],
  [
    "stats without it",
    member(run("series_stats_dynamic", array("[1,null,3]"), bool(true)), "$.avg"),
    2,
  ],
  [
    "its places",
    member(run("series_stats_dynamic", array("[null,1,3]"), bool(true)), "$.max_idx"),
    2,
  ],
  [
    "differences",
    run("series_fir", array("[5,15,10,20]"), array("[1,-1]"), bool(false), bool(false)),
    "[5,10,-5,10]",
  ],
  [
    "differences by default",
    run("series_fir", array("[5,15,10,20]"), array("[1,-1]")),
    "[5,10,-5,10]",
  ],
  ["normalised", run("series_fir", array("[2,4,6]"), array("[1,1]")), "[1.0,3.0,5.0]"],
  [
    "normalised and negative",
    run("series_fir", array("[2,4,6]"), array("[1,-1]"), bool(true)),
    null,
  ],
  [
    "centred",
    run("series_fir", array("[3,6,9]"), array("[1,1,1]"), bool(true), bool(true)),
    "[3.0,6.0,5.0]",
  ],
  ["running sum", run("series_iir", array("[5,0,50]"), array("[1]"), array("[1,-1]")), "[5,5,55]"],
  ["decay", run("series_iir", array("[1,0,0]"), array("[1]"), array("[2,-1]")), "[0.5,0.25,0.125]"],
  [
    "refused",
    lit(
      "string",
      refusal(() => run("series_outliers", A)),
    ),
    "series_outliers() is not supported: its estimates differ from engine to engine",
  ],
]);
