/**
 * Goal: aggregates give what the service's engine gives, for empty groups, nulls and numbers that are none too, and
 * agree with a plain implementation over random groups.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { KqlType } from "../types.ts";
import { AGGREGATES } from "./aggregate-table.ts";
import { call, lit, openEvaluator, refusal } from "./evaluate.conformance.ts";
import { SCALARS } from "./scalar-table.ts";
import type { SqlExpr } from "./sql-expr.ts";

const TYPES: Readonly<Record<string, [KqlType, string]>> = {
  l: ["long", "BIGINT"],
  i: ["int", "INTEGER"],
  r: ["real", "DOUBLE"],
  s: ["string", "VARCHAR"],
  t: ["datetime", "TIMESTAMP"],
  p: ["timespan", "BIGINT"],
  d: ["dynamic", "JSON"],
  b: ["bool", "BOOLEAN"],
  c: ["decimal", "DECIMAL(38, 12)"],
};
const column = (name: string): SqlExpr => {
  const type = TYPES[name]?.[0] ?? "long";
  return { sql: `"${name}"`, type, nonNull: type === "string" };
};
const long = (value: number): SqlExpr => lit("long", String(value));

/** Columns of a table, the rows as SQL, the aggregate, its type and arguments, and the value. */
type Case = [
  table: string,
  rows: string,
  name: string,
  type: KqlType,
  args: readonly (SqlExpr | string)[],
  expected: unknown,
];

async function value(
  evaluator: Awaited<ReturnType<typeof openEvaluator>>,
  one: Case,
): Promise<unknown> {
  const [table, rows, name, type, args] = one;
  const names = table.split(" ");
  const expr = call(
    AGGREGATES,
    name,
    type,
    ...args.map((arg) => (typeof arg === "string" ? column(arg) : arg)),
  );
  const source = names
    .map((letter, index) => `x${index}::${TYPES[letter]?.[1]} AS "${letter}"`)
    .join(", ");
  const values = rows === "" ? `(${names.map(() => "NULL").join(", ")})` : rows;
  const inner = `SELECT ${source} FROM (VALUES ${values}) v(${names.map((_, i) => `x${i}`).join(", ")})`;
  const where = rows === "" ? " WHERE false" : "";
  const [row] = await evaluator.rows(`SELECT ${expr.sql} FROM (${inner})${where}`);
  const got = row?.[0];
  return expr.type === "dynamic" && typeof got === "string" ? JSON.parse(got) : got;
}

const EDGE = "(9223372036854775806), (1), (9223372036854775807)";
const cases: Case[] = [
  ["l", "(1), (NULL), (3)", "count", "long", [], "3"],
  ["l", "(1), (NULL), (3)", "count", "long", ["l"], "3"],
  ["b", "(true), (NULL), (false)", "countif", "long", ["b"], "1"],
  ["l", "", "count", "long", [], "0"],
  ["l", "(1), (NULL), (3)", "sum", "long", ["l"], "4"],
  ["i", "(2147483647), (1)", "sum", "long", ["i"], "2147483648"],
  ["l", "", "sum", "long", ["l"], "0"],
  ["l", "(9223372036854775807), (1)", "sum", "long", ["l"], "-9223372036854775808"],
  ["r", "", "sum", "real", ["r"], 0],
  ["r", "('inf'), ('-inf'), ('1.5')", "sum", "real", ["r"], "NaN"],
  ["p", "(1), (2)", "sum", "timespan", ["p"], "3"],
  ["c", "(1.1), (2.2)", "sum", "decimal", ["c"], "3.300000000000"],
  ["l b", "(1, true), (2, false), (4, NULL)", "sumif", "long", ["l", "b"], "1"],
  ["l", "", "avg", "real", ["l"], "NaN"],
  ["l", "(1), (NULL), (4)", "avg", "real", ["l"], 2.5],
  ["l", EDGE, "avg", "real", ["l"], -0.6666666666666666],
  ["r", "('nan'), ('1')", "avg", "real", ["r"], "NaN"],
  ["t", "('2020-01-01'), ('2020-01-03')", "avg", "datetime", ["t"], "2020-01-02 00:00:00"],
  ["t", "", "avg", "datetime", ["t"], null],
  ["p", "(1), (2)", "avg", "timespan", ["p"], "1"],
  ["c", "(1.1), (3.3)", "avg", "decimal", ["c"], "2.200000000000"],
  ["l b", "(1, true), (2, false)", "avgif", "real", ["l", "b"], 1],
  ["l", "", "min", "long", ["l"], null],
  ["r", "('nan'), ('1')", "min", "real", ["r"], "NaN"],
  ["r", "('nan'), ('1')", "max", "real", ["r"], "NaN"],
  ["r", "('-inf'), ('1'), (NULL)", "min", "real", ["r"], "-Infinity"],
  ["s", "('b'), ('a')", "min", "string", ["s"], "a"],
  ["s", "", "max", "string", ["s"], ""],
  ["l b", "(1, true), (2, false)", "maxif", "long", ["l", "b"], "1"],
  ["s", "('a'), (''), ('a')", "dcount", "long", ["s", long(4)], "2"],
  ["l", "(1), (NULL), (1)", "count_distinct", "long", ["l"], "1"],
  ["l b", "(1, true), (2, false)", "dcountif", "long", ["l", "b"], "1"],
  ["s b", "('', true), ('x', true), ('y', false)", "take_anyif", "string", ["s", "b"], "x"],
  ["l", "(12), (10)", "binary_all_and", "long", ["l"], "8"],
  ["l", "(12), (10)", "binary_all_or", "long", ["l"], "14"],
  ["l", "(12), (10)", "binary_all_xor", "long", ["l"], "6"],

  ["l", "(2), (NULL), (1)", "make_list", "dynamic", ["l"], [2, 1]],
  ["l", "(2), (NULL), (1)", "make_list_with_nulls", "dynamic", ["l"], [2, null, 1]],
  ["l", "(1), (2), (3)", "make_list", "dynamic", ["l", long(2)], [1, 2]],
  ["l", "", "make_list", "dynamic", ["l"], []],
  ["l b", "(1, true), (2, false), (3, true)", "make_list_if", "dynamic", ["l", "b"], [1, 3]],
  ["s", "('a'), (''), ('\"')", "make_list", "dynamic", ["s"], ["a", "", '"']],
  ["r", "('1.5'), ('nan'), ('-inf')", "make_list", "dynamic", ["r"], [1.5, "NaN", "-Infinity"]],
  ["t", "('2020-01-05')", "make_list", "dynamic", ["t"], ["2020-01-05T00:00:00.0000000Z"]],
  ["p", "(864000000000)", "make_list", "dynamic", ["p"], ["1.00:00:00"]],
  [
    "d",
    `('{"a":1,"b":2}'), ('[1,null,[2]]'), (NULL), ('[]')`,
    "make_list",
    "dynamic",
    ["d"],
    [{ a: 1, b: 2 }, 1, null, [2], null],
  ],
  ["d", `('[3,4]'), ('[5]')`, "make_list", "dynamic", ["d", long(2)], [3, 4]],
  ["s", "('b'), ('a'), ('c'), ('a'), ('b')", "make_set", "dynamic", ["s"], ["b", "a", "c"]],
  ["l", "(3), (1), (NULL), (3), (2)", "make_set", "dynamic", ["l", long(2)], [3, 1]],
  ["l", "(NULL)", "make_set", "dynamic", ["l"], []],
  ["d", `('["x","y"]'), ('["y","z"]'), (NULL)`, "make_set", "dynamic", ["d"], ["x", "y", "z"]],
  ["l b", "(1, true), (2, false), (1, true)", "make_set_if", "dynamic", ["l", "b"], [1]],
  [
    "d",
    `('{"a":1}'), ('{"b":{"c":null},"a":2}'), ('[1]'), (NULL), ('{"d":null}')`,
    "make_bag",
    "dynamic",
    ["d"],
    { a: 1, b: { c: null }, d: null },
  ],
  ["d", `('{"a":1,"b":2}'), ('{"c":3}')`, "make_bag", "dynamic", ["d", long(2)], { a: 1, b: 2 }],
  ["d", "", "make_bag", "dynamic", ["d"], {}],
  ["d", `('{"q\\"":"\\u00e9"}')`, "make_bag", "dynamic", ["d"], { 'q"': "é" }],

  ["l", "(1), (2), (3), (4)", "stdev", "real", ["l"], 1.2909944487358056],
  ["l", "(1), (2), (3), (4)", "stdevp", "real", ["l"], 1.118033988749895],
  ["l", "(1), (2), (3), (4)", "variance", "real", ["l"], 1.6666666666666667],
  ["l", "(1), (2), (3), (4)", "variancep", "real", ["l"], 1.25],
  ["l", "(5)", "stdev", "real", ["l"], 0],
  ["l", "", "stdev", "real", ["l"], 0],
  ["r", "('inf'), ('1')", "variance", "real", ["r"], "NaN"],
  ["r", "('1e200'), ('-1e200')", "stdev", "real", ["r"], "Infinity"],
  ["l b", "(2, true), (4, true), (9, false)", "varianceif", "real", ["l", "b"], 2],
  ["l r", "(1, 14), (2, 10), (3, 17), (4, 20), (5, 50)", "covariance", "real", ["l", "r"], 20.5],
  ["l r", "(1, 14), (2, 10), (3, 17), (4, 20), (5, 50)", "covariancep", "real", ["l", "r"], 16.4],
  ["l", "(5), (10), (15), (NULL)", "percentile", "long", ["l", long(50)], "10"],
  ["r", "(1.5), (2.5), (3.5), (4.5)", "percentiles", "real", ["r", long(50)], 2.5],
  ["l", "(9), (8), (7), (0)", "percentile", "long", ["l", long(0)], "0"],
  ["l", "", "percentile", "long", ["l", long(50)], null],
  [
    "l",
    "(1), (2), (3), (4)",
    "percentiles_array",
    "dynamic",
    ["l", lit("dynamic", "[25, 50, 99.9]")],
    [1, 2, 4],
  ],
  [
    "l",
    "(1), (2), (3), (4)",
    "percentiles_array",
    "dynamic",
    ["l", long(25), lit("real", 75)],
    [1, 3],
  ],
  ["l i", "(10, 8), (20, 6), (30, 3), (40, 1)", "percentilew", "long", ["l", "i", long(50)], "20"],
  [
    "l i",
    "(10, 8), (20, 6), (30, 3), (40, 1)",
    "percentilesw",
    "long",
    ["l", "i", lit("real", 99.9)],
    "40",
  ],
  [
    "l i",
    "(10, 8), (40, 1)",
    "percentilesw_array",
    "dynamic",
    ["l", "i", long(0), long(100)],
    [10, 40],
  ],
  ["l i", "", "percentilew", "long", ["l", "i", long(50)], null],
];

test("aggregates over small tables", async () => {
  const evaluator = await openEvaluator();
  const faults: string[] = [];
  for (const one of cases) {
    const got = await value(evaluator, one).catch((error: Error) => error.message);
    if (JSON.stringify(got) !== JSON.stringify(one[5])) {
      faults.push(
        `${one[2]} of ${one[1]}: ${JSON.stringify(got)} instead of ${JSON.stringify(one[5])}`,
      );
    }
  }
  evaluator.close();
  assert.deepEqual(faults, []);
});

test("a list keeps the order it is given", async () => {
  const evaluator = await openEvaluator();
  const emitter = AGGREGATES["make_list"];
  const expr = emitter?.({
    name: "make_list",
    args: [column("l")],
    type: "dynamic",
    span: { start: 0, length: 0 },
    orderBy: 'ORDER BY "l" DESC',
  });
  const [row] = await evaluator.rows(
    `SELECT ${expr?.sql} FROM (VALUES (1::BIGINT), (3), (2)) v("l")`,
  );
  evaluator.close();
  assert.deepEqual(row, ["[3,2,1]"]);
});

test("what is no constant is refused by name", () => {
  assert.deepEqual(
    [
      refusal(() => call(AGGREGATES, "percentile", "long", column("l"), column("l"))),
      refusal(() => call(AGGREGATES, "make_list", "dynamic", column("l"), column("l"))),
      refusal(() => call(AGGREGATES, "buildschema", "dynamic", column("d"))),
    ],
    [
      "the percentiles of percentile() have to be constants from 0 to 100",
      "the size of make_list() has to be a constant number from 0 to 1048576",
      "buildschema() is not supported: a schema of values is not kept",
    ],
  );
});

test("sketches are merged and asked", async () => {
  const evaluator = await openEvaluator();
  const scalar = (name: string, type: KqlType, ...args: SqlExpr[]): string =>
    call(SCALARS, name, type, ...args).sql;
  const [h, t] = [
    call(AGGREGATES, "hll", "dynamic", column("l")),
    call(AGGREGATES, "tdigest", "dynamic", column("l"), column("i")),
  ];
  const [a, b]: SqlExpr[] = ["h", "t"].map((sql) => ({ sql, type: "dynamic", nonNull: true }));
  const [row] = await evaluator.rows(
    `SELECT ${[
      scalar("dcount_hll", "long", a as SqlExpr),
      scalar("dcount_hll", "long", {
        sql: scalar("hll_merge", "dynamic", a as SqlExpr, a as SqlExpr),
        type: "dynamic",
        nonNull: true,
      }),
      scalar("percentile_tdigest", "long", b as SqlExpr, long(50)),
      scalar(
        "percentile_tdigest",
        "long",
        {
          sql: scalar("tdigest_merge", "dynamic", b as SqlExpr, lit("dynamic", "[99]")),
          type: "dynamic",
          nonNull: true,
        },
        long(100),
      ),
      scalar("percentiles_array_tdigest", "dynamic", b as SqlExpr, long(0), long(100)),
      scalar("percentiles_array_tdigest", "dynamic", b as SqlExpr, lit("dynamic", "[0, 50]")),
    ].join(", ")}
     FROM (SELECT ${h.sql} AS h, ${t.sql} AS t FROM (VALUES (10::BIGINT, 1), (20, 5), (9, 1), (10, 1)) v("l", "i"))`,
  );
  evaluator.close();
  assert.deepEqual(row, ["3", "3", "20", "99", "[9,20]", "[9,20]"]);
});

const group = fc.array(fc.option(fc.integer({ min: -50, max: 50 })), {
  minLength: 1,
  maxLength: 20,
});

/** The same aggregates, written plainly. */
const REFERENCE: Readonly<Record<string, (values: readonly number[]) => unknown>> = {
  sum: (values) => String(values.reduce((a, b) => a + b, 0)),
  avg: (values) =>
    values.length === 0 ? "NaN" : values.reduce((a, b) => a + b, 0) / values.length,
  min: (values) => (values.length === 0 ? null : String(Math.min(...values))),
  max: (values) => (values.length === 0 ? null : String(Math.max(...values))),
  dcount: (values) => String(new Set(values).size),
  make_list: (values) => values,
  make_set: (values) => [...new Set(values)],
  variance: (values) => {
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const squares = values.reduce((a, b) => a + (b - mean) ** 2, 0);
    return values.length < 2 ? 0 : squares / (values.length - 1);
  },
};

test("random groups agree with plain code", async () => {
  const evaluator = await openEvaluator();
  const percent = fc.integer({ min: 0, max: 100 });
  await fc.assert(
    fc.asyncProperty(group, percent, async (rows, p) => {
      const sql = rows.map((row) => `(${row ?? "NULL"})`).join(", ");
      const values = rows.filter((row) => row !== null);
      for (const [name, reference] of Object.entries(REFERENCE)) {
        const type = call(AGGREGATES, name, "long", column("l")).type;
        const got = await value(evaluator, ["l", sql, name, type, ["l"], null]);
        const expected = reference(values);
        if (typeof got === "number" && typeof expected === "number") {
          assert.ok(
            Math.abs(got - expected) <= 1e-9 * Math.max(1, Math.abs(expected)),
            `${name} of ${sql}`,
          );
        } else {
          assert.deepEqual(got, expected, `${name} of ${sql}`);
        }
      }
      const sorted = values.toSorted((a, b) => a - b);
      const rank = sorted[Math.max(1, Math.ceil((p * sorted.length) / 100)) - 1];
      const got = await value(evaluator, ["l", sql, "percentile", "long", ["l", long(p)], null]);
      assert.equal(got, rank === undefined ? null : String(rank), `percentile ${p} of ${sql}`);
    }),
    { numRuns: 25, seed: 5 },
  );
  evaluator.close();
});
