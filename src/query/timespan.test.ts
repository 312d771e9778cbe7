/** Goal: every form of a request's time range is read, and what is none is refused with its text. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readTimespan } from "./timespan.ts";

const NOW = new Date("2026-03-10T12:00:00.000Z");

test("forms of a timespan", () => {
  const cases: readonly (readonly [string | undefined, string | null])[] = [
    [undefined, null],
    ["", null],
    ["  ", null],
    ["P1D", "2026-03-09T12:00:00.000Z 2026-03-10T12:00:00.000Z"],
    ["PT12H", "2026-03-10T00:00:00.000Z 2026-03-10T12:00:00.000Z"],
    ["pt30m", "2026-03-10T11:30:00.000Z 2026-03-10T12:00:00.000Z"],
    ["P1W", "2026-03-03T12:00:00.000Z 2026-03-10T12:00:00.000Z"],
    ["P1M", "2026-02-08T12:00:00.000Z 2026-03-10T12:00:00.000Z"],
    ["P1Y", "2025-03-10T12:00:00.000Z 2026-03-10T12:00:00.000Z"],
    ["P1DT1H1M1.5S", "2026-03-09T10:58:58.500Z 2026-03-10T12:00:00.000Z"],
    ["2026-01-01/2026-01-02", "2026-01-01T00:00:00.000Z 2026-01-02T00:00:00.000Z"],
    ["2026-01-01T01:00:00Z/PT1H", "2026-01-01T01:00:00.000Z 2026-01-01T02:00:00.000Z"],
    ["PT1H/2026-01-01T01:00:00Z", "2026-01-01T00:00:00.000Z 2026-01-01T01:00:00.000Z"],
    [
      "2026-01-01T01:00:00+02:00/2026-01-01T01:00",
      "2025-12-31T23:00:00.000Z 2026-01-01T01:00:00.000Z",
    ],
    ["2026-01-01T00:00:00.1234567Z/PT1S", "2026-01-01T00:00:00.123Z 2026-01-01T00:00:01.123Z"],
  ];
  for (const [text, expected] of cases) {
    const range = readTimespan(text, NOW);
    assert.equal(range === null ? null : `${range.from} ${range.to}`, expected, text);
  }
});

test("what is no timespan is refused", () => {
  const cases = [
    "P",
    "PT",
    "1D",
    "yesterday",
    "P1D/P1D",
    "2026-01-01",
    "2026-01-01/x",
    "a/b/c",
    "2026-13-01/P1D",
    "2026-01-02/2026-01-01",
    "P99999Y",
  ];
  for (const text of cases) {
    assert.throws(
      () => readTimespan(text, NOW),
      { code: "invalid_request", field: "timespan" },
      text,
    );
  }
});
