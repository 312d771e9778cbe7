/** Goal: times are read exactly as RFC 3339 and the lenient form allow, and compared at any precision. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareTimestamps, fractionDigits, isTimestamp, normaliseTimestamp } from "./timestamp.ts";

const STRICT = [
  "2016-05-12T08:17:27.000Z",
  "2016-05-12T08:17:27Z",
  "2016-05-12T08:17:27.1234567891Z",
  "2000-02-29T00:00:00Z",
  "2016-12-31T23:59:60Z",
  "0000-01-01T00:00:00Z",
];

const LENIENT: readonly (readonly [string, string])[] = [
  ["2024-01-02T03:04:05", "2024-01-02T03:04:05Z"],
  ["2024-01-02T03:04:05.123456", "2024-01-02T03:04:05.123456Z"],
  ["2024-01-02 03:04:05Z", "2024-01-02T03:04:05Z"],
  ["2024-01-02t03:04:05z", "2024-01-02T03:04:05Z"],
  ["2024-01-02T03:04:05+00:00", "2024-01-02T03:04:05Z"],
  ["2024-01-02T03:04:05.5+02:30", "2024-01-02T00:34:05.5Z"],
  ["2024-01-01T00:30:00+01:00", "2023-12-31T23:30:00Z"],
  ["2024-02-28T23:30:00-01:00", "2024-02-29T00:30:00Z"],
  ["2023-12-31T23:59:60-00:01", "2024-01-01T00:00:60Z"],
];

const NONE = [
  "",
  "2024-01-02",
  "2024-13-01T00:00:00Z",
  "2024-00-01T00:00:00Z",
  "2023-02-29T00:00:00Z",
  "1900-02-29T00:00:00Z",
  "2024-04-31T00:00:00Z",
  "2024-01-01T24:00:00Z",
  "2024-01-01T00:60:00Z",
  "2024-01-01T00:00:61Z",
  "2024-01-01T00:00:00.Z",
  "2024-01-01T00:00:00Z\n",
  "2024-01-01T00:00:00Z ",
  " 2024-01-01T00:00:00Z",
  "2024-01-01T00:00:00+0100",
  "2024-01-01T00:00:00+25:00",
  "2024-01-01\u000000:00:00Z",
  "2024-1-01T00:00:00Z",
  "0000-01-01T00:00:00+01:00",
  "9999-12-31T23:59:59-00:01",
  "٢٠٢٤-01-01T00:00:00Z",
];

test("the form of the standard is taken as it is", () => {
  for (const text of STRICT) {
    assert.equal(isTimestamp(text), true, text);
    assert.equal(normaliseTimestamp(text), text);
  }
});

test("lenient forms become UTC and keep their fraction", () => {
  for (const [text, expected] of LENIENT) {
    assert.equal(isTimestamp(text), false, text);
    assert.equal(normaliseTimestamp(text), expected, text);
  }
});

test("what is no real date and time is nothing", () => {
  for (const text of NONE) {
    assert.equal(isTimestamp(text), false, text);
    assert.equal(normaliseTimestamp(text), undefined, text);
  }
});

test("comparison is exact beyond milliseconds", () => {
  const pairs: readonly (readonly [string, string, number])[] = [
    ["2016-01-01T00:00:00.1200Z", "2016-01-01T00:00:00.120Z", 0],
    ["2016-01-01T00:00:00.123456789Z", "2016-01-01T00:00:00.123456788Z", 1],
    ["2016-01-01T00:00:48Z", "2016-01-01T00:00:48.1234Z", -1],
    ["2016-01-01T00:00:48Z", "2016-01-01T00:00:48.000Z", 0],
    ["2017-01-01T00:00:00Z", "2016-12-31T23:59:60.9Z", 1],
  ];
  for (const [left, right, expected] of pairs) {
    assert.equal(Math.sign(compareTimestamps(left, right)), expected, `${left} ${right}`);
    assert.equal(Math.sign(compareTimestamps(right, left)), 0 - expected || 0);
  }
});

test("fraction digits are counted", () => {
  assert.equal(fractionDigits("2016-01-01T00:00:00Z"), 0);
  assert.equal(fractionDigits("2016-01-01T00:00:00.1230Z"), 4);
  assert.equal(fractionDigits("2016-01-01T00:00:00.12"), 2);
});

test("every instant of the platform is read back, in any zone", () => {
  const instant = fc.integer({ min: -60_000_000_000_000, max: 250_000_000_000_000 });
  const offset = fc.integer({ min: -23 * 60, max: 23 * 60 });
  fc.assert(
    fc.property(instant, offset, (ms, minutes) => {
      const utc = new Date(ms).toISOString();
      assert.equal(normaliseTimestamp(utc), utc);
      const local = new Date(ms + minutes * 60_000).toISOString().slice(0, -1);
      const size = Math.abs(minutes);
      const hours = String(Math.floor(size / 60)).padStart(2, "0");
      const rest = String(size % 60).padStart(2, "0");
      const zone = `${minutes < 0 ? "-" : "+"}${hours}:${rest}`;
      assert.equal(normaliseTimestamp(`${local}${zone}`), utc);
    }),
  );
});
