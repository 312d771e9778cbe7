/** Goal: values of every type become values of every other as in KQL, in text and out of it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { LiteralExpr } from "../ir.ts";
import type { KqlType } from "../types.ts";
import {
  type Check,
  call,
  cell,
  checkAll,
  lit,
  openEvaluator,
  refusal,
} from "./evaluate.conformance.ts";
import { quoteText } from "./print.ts";
import { SCALARS } from "./scalar-table.ts";

type Row = readonly [from: KqlType, value: LiteralExpr["value"], expected: unknown];

function conversions(name: string, type: KqlType, list: readonly Row[]): Check[] {
  return list.flatMap(([from, value, expected]) =>
    [lit, cell].map(
      (make): Check => [
        `${name}(${from} ${String(value)})${make === cell ? " of rows" : ""}`,
        call(SCALARS, name, type, make(from, value)),
        expected,
      ],
    ),
  );
}

checkAll("tostring", () =>
  conversions("tostring", "string", [
    ["bool", true, "True"],
    ["bool", false, "False"],
    ["bool", null, ""],
    ["int", -7, "-7"],
    ["long", "9223372036854775807", "9223372036854775807"],
    ["long", null, ""],
    ["real", 1, "1.0"],
    ["real", 0.1 + 0.2, "0.30000000000000007"],
    ["real", 1 / 3, "0.3333333333333333"],
    ["real", 1500, "1500.0"],
    ["real", 100000000000, "100000000000.0"],
    ["real", -0, "-0.0"],
    ["real", 1e20, "100000000000000000000.0"],
    ["real", 1e21, "1e21"],
    ["real", -1.25e30, "-1.25e30"],
    ["real", 0.000001, "0.000001"],
    ["real", 1.5e-7, "1.5e-7"],
    ["real", Number.NaN, "NaN"],
    ["real", Number.POSITIVE_INFINITY, "inf"],
    ["real", Number.NEGATIVE_INFINITY, "-inf"],
    ["real", null, ""],
    ["decimal", "1.50", "1.5"],
    ["decimal", "-3", "-3"],
    ["datetime", "637134336000000000", "2020-01-01T00:00:00.0000000Z"],
    ["datetime", "3155378975999999999", "9999-12-31T23:59:59.9999999Z"],
    ["datetime", null, ""],
    ["timespan", "936000000001", "1.02:00:00.0000001"],
    ["timespan", "-1", "-00:00:00.0000001"],
    ["timespan", "-9223372036854775808", "-10675199.02:48:05.4775808"],
    ["guid", "74BE27DE-1E4E-49D9-B579-FE0B331D3642", "74be27de-1e4e-49d9-b579-fe0b331d3642"],
    ["dynamic", "[1,2]", "[1,2]"],
    ["string", "O'Brien", "O'Brien"],
  ]),
);

checkAll("whole numbers", () => [
  ...conversions("tolong", "long", [
    ["string", " 42 ", "42"],
    ["string", "0x10", "16"],
    ["string", "-5", "-5"],
    ["string", "5.9", null],
    ["string", "1e3", null],
    ["string", "1_000", null],
    ["string", "", null],
    ["string", "9223372036854775808", null],
    ["real", -5.9, "-5"],
    ["real", 1e300, "9223372036854775807"],
    ["real", Number.NaN, null],
    ["bool", true, "1"],
    ["datetime", "637134336000000000", "637134336000000000"],
    ["timespan", "864000000000", "864000000000"],
    ["decimal", "-2.9", "-2"],
    ["dynamic", "9.99", "9"],
    ["dynamic", '"0x10"', "16"],
    ["dynamic", '"5.9"', null],
    ["dynamic", "true", "1"],
    ["dynamic", "[1]", null],
    ["dynamic", "1.7976931348623157e308", "9223372036854775807"],
  ]),
  ...conversions("toint", "int", [
    ["string", "2147483648", null],
    ["string", "0xFF", 255],
    ["long", "2147483648", -2147483648],
    ["long", "-1", -1],
    ["real", 3e9, 2147483647],
    ["dynamic", "2147483648", -2147483648],
    ["dynamic", "9223372036854775807", -1],
    ["dynamic", '"3.14"', null],
  ]),
]);

checkAll("reals, decimals, booleans, guids", () => [
  ...conversions("todouble", "real", [
    ["string", "1.5e10", 15000000000],
    ["string", " 5. ", 5],
    ["string", ".5", 0.5],
    ["string", "-inf", "-Infinity"],
    ["string", "NaN", "NaN"],
    ["string", "1_000", null],
    ["string", "1,5", null],
    ["string", "0x10", null],
    ["long", "7", 7],
    ["timespan", "36000000000", 36000000000],
    ["dynamic", '"42"', 42],
    ["dynamic", '{"a":1}', null],
  ]),
  ...conversions("todecimal", "decimal", [
    ["string", "3.14159", "3.141590000000"],
    ["string", "abc", null],
    ["long", "10", "10.000000000000"],
    ["real", 1e300, null],
  ]),
  ...conversions("tobool", "bool", [
    ["string", "tRuE", true],
    ["string", "FALSE", false],
    ["string", "1", true],
    ["string", "-1", true],
    ["string", "0", false],
    ["string", "1.0", null],
    ["string", "yes", null],
    ["string", " true", null],
    ["string", "true ", null],
    ["real", 0.5, true],
    ["long", "0", false],
    ["dynamic", "1.9", true],
    ["dynamic", '"true"', true],
    ["dynamic", "null", null],
  ]),
  ...conversions("toguid", "guid", [
    ["string", "{74BE27DE-1E4E-49D9-B579-FE0B331D3642}", "74be27de-1e4e-49d9-b579-fe0b331d3642"],
    ["string", "x", null],
  ]),
]);

checkAll("null, empty and the choice between values", () => {
  const bool = (name: string, ...args: Parameters<typeof call>[3][]): Parameters<typeof call>[3] =>
    call(SCALARS, name, "bool", ...args);
  const long = (value: string | null): Parameters<typeof call>[3] => cell("long", value);
  const text = (value: string): Parameters<typeof call>[3] => cell("string", value);
  return [
    ["isnull of text", bool("isnull", lit("string", "")), false],
    ["isnull of null", bool("isnull", long(null)), true],
    ["isnotnull", bool("isnotnull", long("1")), true],
    ["isempty of text", bool("isempty", text("")), true],
    ["isempty of a blank", bool("isempty", text(" ")), false],
    ["isempty of null", bool("isempty", long(null)), true],
    ["isempty of an array", bool("isempty", cell("dynamic", "[]")), false],
    ["isempty of a dynamic text", bool("isempty", cell("dynamic", '""')), true],
    ["isempty of a dynamic null", bool("isempty", cell("dynamic", "null")), true],
    ["isnotempty of dynamic text", bool("isnotempty", cell("dynamic", '"x"')), true],
    ["iff true", call(SCALARS, "iff", "string", lit("bool", true), text("a"), text("b")), "a"],
    ["iff null", call(SCALARS, "iff", "string", cell("bool", null), text("a"), text("b")), "b"],
    [
      "iff of dynamic and text",
      call(SCALARS, "iff", "dynamic", lit("bool", false), cell("dynamic", "[1]"), text("b")),
      '"b"',
    ],
    [
      "case",
      call(
        SCALARS,
        "case",
        "long",
        cell("bool", null),
        long("1"),
        cell("bool", true),
        long("2"),
        long("3"),
      ),
      "2",
    ],
    ["case else", call(SCALARS, "case", "long", cell("bool", false), long("1"), long("3")), "3"],
    ["coalesce", call(SCALARS, "coalesce", "long", long(null), cell("int", 5), long("7")), "5"],
    ["coalesce of texts", call(SCALARS, "coalesce", "string", text(""), text("b")), "b"],
    ["max_of", call(SCALARS, "max_of", "long", long("1"), long(null), cell("int", 3)), "3"],
    ["min_of", call(SCALARS, "min_of", "long", long(null), long("5")), "5"],
    [
      "min_of NaN",
      call(SCALARS, "min_of", "real", cell("real", Number.NaN), cell("real", 1)),
      "NaN",
    ],
    [
      "max_of NaN and null",
      call(SCALARS, "max_of", "real", cell("real", Number.NaN), cell("real", null)),
      "NaN",
    ],
    ["tohex", call(SCALARS, "tohex", "string", long("256")), "100"],
    ["tohex of less than 0", call(SCALARS, "tohex", "string", long("-256")), "ffffffffffffff00"],
    ["tohex padded", call(SCALARS, "tohex", "string", long("256"), lit("long", "4")), "0100"],
    ["tohex too short", call(SCALARS, "tohex", "string", long("256"), lit("long", "2")), "100"],
  ];
});

test("whole numbers and reals are not mixed in branches", () => {
  const mixed = (): unknown =>
    call(SCALARS, "iff", "real", lit("bool", true), lit("long", "1"), lit("real", 2));
  assert.match(refusal(mixed), /convert one/);
});

test("a real reads back from its text", async () => {
  const evaluator = await openEvaluator();
  try {
    const doubles = fc.sample(fc.double({ noNaN: true, noDefaultInfinity: true }), {
      numRuns: 500,
      seed: 7,
    });
    const list = doubles.map((real) => `(${lit("real", real).sql})`).join(", ");
    const rows = await evaluator.rows(`SELECT kql_real_text(x) FROM (VALUES ${list}) t(x)`);
    assert.deepEqual(
      rows.map(([text]) => Number(text)),
      doubles,
    );
  } finally {
    evaluator.close();
  }
});

test("texts are numbers exactly when a plain reading says so", async () => {
  const evaluator = await openEvaluator();
  try {
    const digits = fc.string({
      unit: fc.constantFrom(..."0123456789.-+xXeEaF _".split("")),
      maxLength: 12,
    });
    const texts = fc.sample(digits, { numRuns: 1000, seed: 11 });
    const list = texts.map((text) => `(${quoteText(text)})`).join(", ");
    const rows = await evaluator.rows(
      `SELECT kql_text_long(x), kql_text_real(x) FROM (VALUES ${list}) t(x)`,
    );
    assert.deepEqual(
      rows.map(([whole]) => whole),
      texts.map(wholeNumber),
    );
    assert.deepEqual(
      rows.map(([, real]) => real),
      texts.map((text) => {
        const trimmed = text.replace(/^ +| +$/g, "");
        return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(trimmed)
          ? finite(Number(trimmed))
          : null;
      }),
    );
  } finally {
    evaluator.close();
  }
});

function wholeNumber(text: string): string | null {
  const parts = /^ *([+-]?)(\d+|0[xX][0-9a-fA-F]+) *$/.exec(text);
  if (parts === null) {
    return null;
  }
  const [, sign = "", number = "0"] = parts;
  if (sign !== "" && /x/i.test(number)) {
    return null;
  }
  const value = BigInt(number) * (sign === "-" ? -1n : 1n);
  return value >= -(2n ** 63n) && value < 2n ** 63n ? String(value) : null;
}

/** DuckDB's JSON of a real. */
function finite(real: number): number | string {
  return Number.isFinite(real) ? real : real > 0 ? "Infinity" : "-Infinity";
}
