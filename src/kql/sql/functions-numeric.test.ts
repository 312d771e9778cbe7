/** Goal: operators and functions of numbers give what the service's engine gives, also where they are not defined. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { KqlType } from "../types.ts";
import { type Check, call, cell, checkAll, lit, openEvaluator } from "./evaluate.conformance.ts";
import { SCALARS } from "./scalar-table.ts";
import type { SqlExpr } from "./sql-expr.ts";

const run = (name: string, type: KqlType, ...args: SqlExpr[]): SqlExpr =>
  call(SCALARS, name, type, ...args);
const long = (value: number | bigint): SqlExpr => cell("long", String(value));
const int = (value: number): SqlExpr => cell("int", value);
const real = (value: number): SqlExpr => cell("real", value);
const decimal = (value: string): SqlExpr => cell("decimal", value);
const NO_LONG = lit("long", null);
const MAX = 2n ** 63n - 1n;

checkAll("operators", (): Check[] => [
  ["int + int", run("+", "long", int(2_147_483_647), int(1)), "2147483648"],
  ["int * int", run("*", "long", int(2_147_483_647), int(2)), "4294967294"],
  ["long wraps", run("+", "long", long(MAX), long(1)), "-9223372036854775808"],
  ["constants wrap", run("*", "long", lit("long", String(MAX)), lit("long", "2")), "-2"],
  ["null", run("+", "long", long(1), NO_LONG), null],
  ["7 / 2", run("/", "long", long(7), long(2)), "3"],
  ["-7 / 2", run("/", "long", long(-7), long(2)), "-3"],
  ["by 0", run("/", "long", long(7), long(0)), null],
  ["by -1", run("/", "long", long(-MAX - 1n), long(-1)), "-9223372036854775808"],
  ["constants by 0", run("/", "long", lit("long", "7"), lit("long", "0")), null],
  ["real by 0", run("/", "real", real(1), real(0)), "Infinity"],
  ["0 by 0", run("/", "real", real(0), long(0)), "NaN"],
  ["7 % 3", run("%", "long", long(7), long(3)), "1"],
  ["-7 % 3", run("%", "long", long(-7), long(3)), "2"],
  ["7 % -3", run("%", "long", long(7), long(-3)), "1"],
  ["-7 % -3", run("%", "long", long(-7), long(-3)), "2"],
  ["-7 % constant", run("%", "long", long(-7), lit("long", "3")), "2"],
  ["% 0", run("%", "long", long(7), long(0)), null],
  ["7.5 % 2", run("%", "real", real(7.5), long(2)), 1.5],
  ["-7.5 % 2", run("%", "real", real(-7.5), long(2)), 0.5],
  ["0.1 % 3 keeps its digits", run("%", "real", real(0.1), real(3)), 0.1],
  ["long + real", run("+", "real", long(1), real(0.5)), 1.5],
  ["decimal + long", run("+", "decimal", decimal("0.1"), long(2)), "2.100000000000"],
  ["decimal * decimal", run("*", "decimal", decimal("1.5"), decimal("2.5")), "3.750000000000"],
  [
    "big decimals",
    run("*", "decimal", decimal("10000000000000000"), decimal("2")),
    "20000000000000000.000000000000",
  ],
  ["decimal / decimal", run("/", "decimal", decimal("1"), decimal("4")), "0.250000000000"],
  ["decimal / 0", run("/", "decimal", decimal("1"), decimal("0")), null],
  ["-x", run("-", "long", long(5)), "-5"],
  ["- the least", run("-", "long", long(-MAX - 1n)), "-9223372036854775808"],
  ["-1.5", run("-", "real", real(1.5)), -1.5],
  ["-int", run("-", "int", int(5)), -5],
]);

checkAll("bins of numbers", (): Check[] => [
  ["long", run("bin", "long", long(5), lit("long", "2")), "4"],
  ["negative", run("bin", "long", long(-5), lit("long", "2")), "-6"],
  ["real", run("bin", "real", real(5.5), long(2)), 4],
  ["negative real", run("bin", "real", real(-5.5), real(2)), -6],
  ["floor", run("floor", "real", real(4.9), real(0.5)), 4.5],
  ["size 0", run("bin", "long", long(5), lit("long", "0")), null],
  ["size -1", run("bin", "long", long(5), long(-1)), null],
  ["size 0.0", run("bin", "real", real(5), real(0)), null],
  ["bin_at", run("bin_at", "real", real(6.5), real(2.5), real(7)), 4.5],
  ["bin_at of longs", run("bin_at", "long", long(1), long(10), long(5)), "-5"],
  ["bin of int", run("bin", "int", int(7), int(5)), 5],
  ["decimal", run("bin", "decimal", decimal("7.3"), decimal("2")), "6.000000000000"],
]);

checkAll("functions", (): Check[] => [
  ["abs", run("abs", "long", long(-5)), "5"],
  ["abs real", run("abs", "real", real(-5.5)), 5.5],
  ["abs timespan", run("abs", "timespan", cell("timespan", "-5")), "5"],
  ["abs of the least", run("abs", "long", long(-MAX - 1n)), "-9223372036854775808"],
  ["sign", run("sign", "real", real(-2.5)), -1],
  ["sign NaN", run("sign", "real", real(Number.NaN)), 0],
  ["ceiling", run("ceiling", "real", real(0.1)), 1],
  ["ceiling long", run("ceiling", "long", long(7)), "7"],
  ["round", run("round", "real", real(2.5)), 3],
  ["round -2.5", run("round", "real", real(-2.5)), -3],
  ["round to 1", run("round", "real", real(3.25), lit("long", "1")), 3.3],
  ["round to -2", run("round", "real", real(1256.5), cell("long", "-2")), 1300],
  ["round a long", run("round", "long", long(1256), cell("long", "-2")), "1300"],
  [
    "round decimal",
    run("round", "decimal", decimal("3.14159"), lit("long", "2")),
    "3.140000000000",
  ],
  ["round to 20", run("round", "real", real(0.1), lit("long", "20")), 0.1],
  ["sqrt", run("sqrt", "real", real(2.25)), 1.5],
  ["sqrt of -1", run("sqrt", "real", real(-1)), "NaN"],
  ["log of 0", run("log", "real", real(0)), "-Infinity"],
  ["log of -1", run("log", "real", real(-1)), null],
  ["log2", run("log2", "real", real(8)), 3],
  ["log10", run("log10", "real", real(1000)), 3],
  ["exp", run("exp", "real", real(1000)), "Infinity"],
  ["exp2", run("exp2", "real", real(3)), 8],
  ["exp10", run("exp10", "real", real(2)), 100],
  ["pow", run("pow", "real", long(2), long(-1)), 0.5],
  ["pow of -8", run("pow", "real", real(-8), real(1 / 3)), "NaN"],
  ["sin of infinity", run("sin", "real", real(Number.POSITIVE_INFINITY)), "NaN"],
  ["cot", run("cot", "real", real(1)), 0.6420926159343306],
  ["acos of 2", run("acos", "real", real(2)), null],
  ["asin", run("asin", "real", real(1)), Math.PI / 2],
  ["atan2", run("atan2", "real", real(1), real(1)), Math.PI / 4],
  ["degrees", run("degrees", "real", real(Math.PI)), 180],
  ["radians", run("radians", "real", real(180)), Math.PI],
  ["pi", run("pi", "real"), Math.PI],
  ["gamma", run("gamma", "real", real(5)), 24],
  ["gamma of 0", run("gamma", "real", real(0)), null],
  ["isnan", run("isnan", "bool", real(Number.NaN)), true],
  ["isinf", run("isinf", "bool", real(Number.NEGATIVE_INFINITY)), true],
  ["isfinite", run("isfinite", "bool", real(Number.NaN)), false],
  ["isnan of null", run("isnan", "bool", lit("real", null)), null],
  ["and", run("binary_and", "long", long(12), long(10)), "8"],
  ["or", run("binary_or", "long", long(12), long(10)), "14"],
  ["xor", run("binary_xor", "long", long(12), long(10)), "6"],
  ["not", run("binary_not", "long", long(1)), "-2"],
  ["shift left", run("binary_shift_left", "long", long(1), long(2)), "4"],
  ["shift out", run("binary_shift_left", "long", long(3), long(63)), "-9223372036854775808"],
  ["shift right", run("binary_shift_right", "long", long(-4), long(1)), "-2"],
  ["ones", run("bitset_count_ones", "long", long(42)), "3"],
  ["around", run("around", "bool", long(5), long(6), long(1)), true],
  ["not around", run("around", "bool", long(4), long(6), long(1)), false],
]);

test("a random number lies from 0 to 1, or is a whole one below a limit", async () => {
  const evaluator = await openEvaluator();
  const [unit, whole] = [run("rand", "real"), run("rand", "real", long(3))];
  const [row] = await evaluator.rows(
    `SELECT bool_and(a >= 0 AND a < 1), bool_and(b IN (0, 1, 2)), count(DISTINCT a) > 1
     FROM (SELECT ${unit.sql} AS a, ${whole.sql} AS b FROM range(100))`,
  );
  evaluator.close();
  assert.deepEqual(row, [true, true, true]);
});

test("a random number is the same wherever an expression repeats it", async () => {
  const evaluator = await openEvaluator();
  const remainder = run("%", "real", run("-", "real", run("rand", "real"), real(0.5)), real(2));
  const [row] = await evaluator.rows(
    `SELECT bool_and(x >= 0 AND x < 2) FROM (SELECT ${remainder.sql} AS x FROM range(1000))`,
  );
  evaluator.close();
  assert.deepEqual(row, [true]);
});

test("deep expressions do not grow without bound", async () => {
  const evaluator = await openEvaluator();
  let instant: SqlExpr = { sql: "v.t", type: "datetime", nonNull: false };
  let number: SqlExpr = { sql: "v.x", type: "long", nonNull: false };
  for (let depth = 0; depth < 20; depth += 1) {
    instant = run("+", "datetime", instant, cell("timespan", "864000000000"));
    number = run("bin", "long", run("%", "long", number, cell("long", "1000")), cell("long", "2"));
  }
  const [row] = await evaluator.rows(
    `SELECT ${instant.sql}, ${number.sql} FROM (SELECT TIMESTAMP '2020-01-01' AS t, 99::BIGINT AS x) v`,
  );
  evaluator.close();
  assert.deepEqual(row, ["2020-01-21 00:00:00", "98"]);
});
