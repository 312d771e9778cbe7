/** Goal: charts show what the rows say, whatever the numbers are, and a table is left where nothing can be drawn. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { chartText } from "./query-chart.ts";

const KINDS = [
  { name: "Kind", type: "string" },
  { name: "Count", type: "long" },
] as const;

function chart(visualization: string, rows: Parameters<typeof chartText>[2], title = ""): string {
  return chartText({ visualization, properties: { title } }, KINDS, rows, 30) ?? "";
}

test("bars are as long as their numbers", () => {
  const text = chart("barchart", [
    ["a", 20],
    ["bb", 10],
    ["c", 0],
  ]);
  assert.deepEqual(text.split("\n"), [
    `a   ${"█".repeat(22)} 20`,
    `bb  ${"█".repeat(11)} 10`,
    "c    0",
    "",
  ]);
});

test("a pie tells shares, with its title", () => {
  const text = chart(
    "piechart",
    [
      ["a", 3],
      ["b", 1],
    ],
    "Kinds",
  );
  assert.match(text, /^Kinds\n\na {2}█+\S* 3 \(75 %\)\nb {2}█+\S* 1 \(25 %\)\n$/);
});

test("time goes upwards, a series under its name", () => {
  const columns = [
    { name: "Day", type: "datetime" },
    { name: "Source", type: "string" },
    { name: "Count", type: "long" },
  ];
  const rows = [
    ["2026-01-02T00:00:00.0000000Z", "A", 2],
    ["2026-01-01T00:00:00.0000000Z", "A", 1],
    ["2026-01-01T06:30:00.0000000Z", "B", 1],
  ];
  const lines = (
    chartText({ visualization: "timechart", properties: {} }, columns, rows, 40) ?? ""
  ).split("\n");
  assert.deepEqual(
    lines.map((line) => line.replace(/ {2}█.*/, "")),
    ["A", "2026-01-01 00:00", "2026-01-02 00:00", "", "B", "2026-01-01 06:30", ""],
  );
});

test("numbers below nothing, infinite or none have no bar; control characters do no harm", () => {
  const text = chart("columnchart", [
    ["minus", -5],
    ["nothing", null],
    ["\u001b[31mred\n", 1],
  ]);
  assert.match(text, /^minus +-5$/m);
  assert.match(text, /^nothing +0$/m);
  assert.ok(!text.includes("\u001b"));
  assert.ok(
    chart("columnchart", [
      ["x", "NaN"],
      ["y", "Infinity"],
    ]).includes("x"),
  );
});

test("without numbers, rows or a shape there is no chart", () => {
  const draw = (visualization: string, columns: typeof KINDS | [], rows: [string, number][]) =>
    chartText({ visualization, properties: {} }, columns, rows, 80);
  assert.equal(draw("table", KINDS, [["a", 1]]), undefined);
  assert.equal(draw("barchart", KINDS, []), undefined);
  assert.equal(draw("barchart", [], [["a", 1]]), undefined);
});
