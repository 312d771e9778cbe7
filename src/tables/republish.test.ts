/** Goal: a row appears again at whole periods after its ingestion while it was current and unexpired, latest first. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { republishedMs, type VersionLife } from "./republish.ts";

const day = (count: number): number => count * 86_400_000;
const life = (rest: Partial<VersionLife> = {}): VersionLife => ({
  ingestedMs: day(100),
  validUntilMs: null,
  supersededMs: null,
  ...rest,
});

const CASES: readonly (readonly [string, VersionLife, number, number, number | null])[] = [
  ["not before the first period", life(), 7, day(107) - 1, null],
  ["at the first period", life(), 7, day(107), day(107)],
  ["until the next one", life(), 7, day(114) - 1, day(107)],
  ["many periods later", life(), 7, day(1000), day(996)],
  ["never when it is off", life(), 0, day(1000), null],
  ["not once it has expired", life({ validUntilMs: day(110) }), 7, day(1000), day(107)],
  ["not at the very end of validity", life({ validUntilMs: day(107) }), 7, day(1000), null],
  ["not when it was expired on arrival", life({ validUntilMs: day(50) }), 7, day(1000), null],
  ["not once it is superseded", life({ supersededMs: day(121) }), 7, day(1000), day(114)],
  ["not when it is superseded at once", life({ supersededMs: day(100) }), 7, day(1000), null],
  ["with another period", life(), 10, day(121), day(120)],
];

for (const [title, version, days, now, expected] of CASES) {
  test(title, () => {
    assert.equal(republishedMs(version, days, now), expected);
  });
}

test("a look-back of 14 days always sees an unexpired object", () => {
  for (let hours = 0; hours < 24 * 60; hours += 1) {
    const now = day(100) + hours * 3_600_000;
    const seen = republishedMs(life(), 7, now) ?? day(100);
    assert.ok(now - seen < day(14), `${hours} hours later`);
  }
});
