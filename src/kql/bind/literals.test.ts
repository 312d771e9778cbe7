/** Goal: literals of instants and spans are read in every spelling of the documentation, and nothing else is. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readDatetime, readTimespan } from "./literals.ts";

const SECOND = 10_000_000n;

const SPANS: readonly (readonly [text: string, ticks: bigint | undefined])[] = [
  ["2d", 172_800n * SECOND],
  ["1.5h", 5400n * SECOND],
  ["30m", 1800n * SECOND],
  ["10s", 10n * SECOND],
  ["100ms", 1_000_000n],
  ["10microseconds", 100n],
  ["1tick", 1n],
  ["3", 259_200n * SECOND],
  ["1.02:03:04.5", 93_784n * SECOND + 5_000_000n],
  ["-00:00:01", -SECOND],
  ["12:30", 45_000n * SECOND],
  ["00:60:00", undefined],
  ["1 fortnight", undefined],
];

test("timespans", () => {
  for (const [text, ticks] of SPANS) {
    assert.equal(readTimespan(text), ticks?.toString(), text);
  }
});

/** Ticks of 2015-12-31 23:59:59 since 0001-01-01. */
const NEW_YEARS_EVE = 635_872_031_990_000_000n;

const INSTANTS: readonly (readonly [text: string, ticks: bigint | undefined])[] = [
  ["2015-12-31 23:59:59", NEW_YEARS_EVE],
  ["2015-12-31T23:59:59Z", NEW_YEARS_EVE],
  ["2015-12-31T23:59:59.9999999Z", NEW_YEARS_EVE + 9_999_999n],
  ["2016-01-01T01:59:59+02:00", NEW_YEARS_EVE],
  ["12/31/2015 11:59:59 PM", NEW_YEARS_EVE],
  ["Thu, 31 Dec 2015 23:59:59 GMT", NEW_YEARS_EVE],
  ["31 Dec 15 23:59:59", NEW_YEARS_EVE],
  ["0001-01-01", 0n],
  ["2015-02-30", undefined],
  ["2015-12-31 24:61", undefined],
  ["yesterday", undefined],
];

test("datetimes", () => {
  for (const [text, ticks] of INSTANTS) {
    assert.equal(readDatetime(text), ticks?.toString(), text);
  }
});
