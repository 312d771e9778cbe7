/** Goal: records become rows as the types of their columns say, and nothing that is lost goes uncounted. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { KqlType } from "../kql/index.ts";
import { convertRecords, parseLogJson } from "./log-rows.ts";

const ARRIVAL = "2026-03-01T12:00:00.000Z";

test("values become cells of their column's type", () => {
  const cases: readonly (readonly [KqlType, unknown, unknown])[] = [
    ["string", "x", "x"],
    ["string", 5, "5"],
    ["string", true, "true"],
    ["string", { a: 1 }, '{"a":1}'],
    ["string", null, ""],
    ["int", 7, 7],
    ["int", "7", 7],
    ["int", 7.9, 7],
    ["int", 2_147_483_648, null],
    ["int", "seven", null],
    ["long", "9223372036854775807", 9_223_372_036_854_775_807n],
    ["long", "9223372036854775808", null],
    ["long", true, 1n],
    ["real", "1.5", 1.5],
    ["real", "", null],
    ["real", "NaN", Number.NaN],
    ["bool", "True", true],
    ["bool", 0, false],
    ["bool", "yes", null],
    ["datetime", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05.0000000Z"],
    ["datetime", "2026-01-02T03:04:05.1234567+01:00", "2026-01-02T02:04:05.1234567Z"],
    ["datetime", "2026-01-02 03:04", "2026-01-02T03:04:00.0000000Z"],
    ["datetime", "2026-01-02", "2026-01-02T00:00:00.0000000Z"],
    ["datetime", "2026-02-30x", null],
    ["datetime", 5, null],
    ["guid", "{0F1E2D3C-4B5A-6978-8796-A5B4C3D2E1F0}", "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"],
    ["guid", "x", null],
    ["dynamic", { a: [1] }, '{"a":[1]}'],
    ["dynamic", '{"a": 1}', '{"a":1}'],
    ["dynamic", "plain", '"plain"'],
    ["dynamic", "[broken", '"[broken"'],
    ["dynamic", 5, "5"],
  ];
  for (const [type, value, expected] of cases) {
    const table = [
      { name: "TimeGenerated", type: "datetime" },
      { name: "C", type },
    ] as const;
    const { rows } = convertRecords([{ C: value }], table, ARRIVAL);
    assert.deepEqual(rows, [[ARRIVAL, expected]], `${type} of ${JSON.stringify(value)}`);
  }
});

test("columns are found in any case; unknown and unfit ones are counted", () => {
  const table = [
    { name: "TimeGenerated", type: "datetime" },
    { name: "Port", type: "int" },
    { name: "Type", type: "string" },
  ] as const;
  const converted = convertRecords(
    [
      { port: 1, other: 1, Type: "mine" },
      { Port: "x", TimeGenerated: "2026-01-01T00:00:00Z" },
      { other: 2 },
    ],
    table,
    ARRIVAL,
  );
  assert.deepEqual(converted.columns, [table[0], table[1]]);
  assert.deepEqual(converted.rows, [
    [ARRIVAL, 1],
    ["2026-01-01T00:00:00.0000000Z", null],
    [ARRIVAL, null],
  ]);
  assert.deepEqual(
    [...converted.unknownColumns],
    [
      ["other", 2],
      ["Type", 1],
    ],
  );
  assert.deepEqual([...converted.unfitColumns], [["Port", 1]]);
});

test("whole numbers of 64 bits keep their digits", () => {
  const record = parseLogJson('{"N":9007199254740993,"D":{"n":9007199254740993}}');
  const table = [
    { name: "N", type: "long" },
    { name: "D", type: "dynamic" },
  ] as const;
  const { rows } = convertRecords([record as Record<string, unknown>], table, ARRIVAL);
  assert.deepEqual(rows, [[ARRIVAL, 9_007_199_254_740_993n, '{"n":9007199254740993}']]);
  assert.throws(() => parseLogJson("{"), { code: "malformed_body" });
});
