/**
 * Goal: windows within windows and counts that start again give the rows of the language, whatever the depth.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { CallExpr, Expr } from "../ir.ts";
import type { FilterRelation, ProjectRelation, Relation } from "../relation.ts";
import type { KqlType } from "../types.ts";
import { openEvaluator } from "./evaluate.conformance.ts";
import { planSql } from "./plan-sql.ts";

const span = { start: 0, length: 0 };
const call = (name: string, type: KqlType, ...args: Expr[]): CallExpr => ({
  kind: "call",
  name,
  type,
  args,
  span,
});
const literal = (type: KqlType, value: string | number | boolean): Expr => ({
  kind: "literal",
  type,
  value,
});
const k: Expr = { kind: "column", name: "k", type: "long" };
const v: Expr = { kind: "column", name: "v", type: "long" };
const restart = call("!=", "bool", k, call("prev", "long", k));
const one = literal("long", "1");
const noRestart = literal("bool", false);

/** Rows (k, v) in this order. */
const ROWS = [
  ["1", "10"],
  ["1", "10"],
  ["2", "30"],
  ["2", "40"],
  ["2", "40"],
  ["3", "5"],
] as const;
const columns = [
  { name: "k", type: "long" },
  { name: "v", type: "long" },
] as const;
const table: Relation = {
  kind: "serialize",
  columns,
  input: {
    kind: "values",
    columns,
    rows: ROWS.map((row) => row.map((cell) => literal("long", cell))),
  },
};

async function column(expr: Expr): Promise<readonly unknown[]> {
  const item = { column: { name: "x", type: expr.type }, expr };
  const project: ProjectRelation = {
    kind: "project",
    input: table,
    items: [item],
    columns: [item.column],
  };
  return firstColumn(project);
}

async function firstColumn(relation: Relation): Promise<readonly unknown[]> {
  const evaluator = await openEvaluator();
  try {
    return (await evaluator.rows(planSql(relation, false).sql)).map(([x]) => x);
  } finally {
    evaluator.close();
  }
}

const cases: readonly [title: string, expr: Expr, expected: readonly unknown[]][] = [
  ["row_number()", call("row_number", "long"), ["1", "2", "3", "4", "5", "6"]],
  [
    "row_number(0, k != prev(k))",
    call("row_number", "long", literal("long", "0"), restart),
    ["0", "1", "0", "1", "2", "0"],
  ],
  [
    "prev(v, 2)",
    call("prev", "long", v, literal("long", "2")),
    [null, null, "10", "10", "30", "40"],
  ],
  [
    "next(v, 1, -1)",
    call("next", "long", v, one, literal("long", "-1")),
    ["10", "30", "40", "40", "5", "-1"],
  ],
  [
    "prev(prev(v))",
    call("prev", "long", call("prev", "long", v)),
    [null, null, "10", "10", "30", "40"],
  ],
  ["row_cumsum(v)", call("row_cumsum", "long", v), ["10", "20", "50", "90", "130", "135"]],
  [
    "row_cumsum(v, false)",
    call("row_cumsum", "long", v, noRestart),
    ["10", "20", "50", "90", "130", "135"],
  ],
  [
    "row_cumsum(v, k != prev(k))",
    call("row_cumsum", "long", v, restart),
    ["10", "20", "30", "70", "110", "5"],
  ],
  [
    "row_cumsum(row_cumsum(v)) + row_number()",
    call(
      "+",
      "long",
      call("row_cumsum", "long", call("row_cumsum", "long", v)),
      call("row_number", "long"),
    ),
    ["11", "32", "83", "174", "305", "441"],
  ],
  ["row_rank_dense(v)", call("row_rank_dense", "long", v), ["1", "1", "2", "3", "3", "4"]],
  [
    "row_rank_dense(v, k != prev(k))",
    call("row_rank_dense", "long", v, restart),
    ["1", "1", "1", "2", "2", "1"],
  ],
  ["row_rank_min(v)", call("row_rank_min", "long", v), ["1", "1", "3", "4", "4", "6"]],
  [
    "row_rank_min(v, k != prev(k))",
    call("row_rank_min", "long", v, restart),
    ["1", "1", "1", "2", "2", "1"],
  ],
];

for (const [title, expr, expected] of cases) {
  test(title, async () => {
    assert.deepEqual(await column(expr), expected);
  });
}

test("a condition may look at other rows", async () => {
  const filter: FilterRelation = {
    kind: "filter",
    input: table,
    condition: call(">", "bool", v, call("prev", "long", v)),
    columns,
  };
  assert.deepEqual(await firstColumn(filter), ["2", "2"]);
});

test("sessions end after a gap, after their longest time, and at a restart", async () => {
  const seconds = [0, 5, 9, 12, 40, 45, 50, 51];
  const time = { name: "t", type: "datetime" } as const;
  const at = (second: number): string => String(637134336000000000n + BigInt(second) * 10_000_000n);
  const input: Relation = {
    kind: "serialize",
    columns: [time],
    input: {
      kind: "values",
      columns: [time],
      rows: seconds.map((second) => [literal("datetime", at(second))]),
    },
  };
  const t: Expr = { kind: "column", name: "t", type: "datetime" };
  const ticks = (second: number): Expr => literal("timespan", String(second * 10_000_000));
  const expr = call(
    "datetime_part",
    "int",
    literal("string", "second"),
    call(
      "row_window_session",
      "datetime",
      t,
      ticks(10),
      ticks(20),
      call("==", "bool", t, literal("datetime", at(50))),
    ),
  );
  const item = { column: { name: "x", type: "int" as const }, expr };
  const got = await firstColumn({ kind: "project", input, items: [item], columns: [item.column] });
  assert.deepEqual(got, [0, 0, 0, 12, 40, 40, 50, 50]);
});
