/** Goal: the wall stands exactly at the limit, and nobody who paces himself ever meets it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createThrottle } from "./throttle.ts";

const LIMIT = 100;

/** Sends requests at these times and gives the indexes of the refused ones. */
function refused(timesMs: readonly number[]): number[] {
  const throttle = createThrottle();
  return timesMs.flatMap((time, index) =>
    throttle.take("t/o", LIMIT, time).retryAfterSeconds === 0 ? [] : [index],
  );
}

test("the 100th request of a minute passes, the 101st is told when to come back", () => {
  const throttle = createThrottle();
  for (let index = 0; index < 100; index++) {
    assert.equal(throttle.take("t/o", LIMIT, index * 100).retryAfterSeconds, 0);
  }
  assert.equal(throttle.take("t/o", LIMIT, 10_000).retryAfterSeconds, 50);
  assert.equal(throttle.take("t/o", LIMIT, 58_500).retryAfterSeconds, 2);
  assert.equal(throttle.take("t/o", LIMIT, 58_999).retryAfterSeconds, 2);
  assert.equal(throttle.take("t/o", LIMIT, 60_000).retryAfterSeconds, 0);
});

test("whoever waits as long as told gets through", () => {
  const throttle = createThrottle();
  for (let index = 0; index < 100; index++) {
    throttle.take("t/o", LIMIT, 0);
  }
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 58_999 }), (now) => {
      const wait = throttle.take("t/o", LIMIT, now).retryAfterSeconds;
      assert.ok(wait >= 1 && wait <= 60);
      assert.ok(now + wait * 1000 >= 60_000);
    }),
  );
});

test("principals do not share a window", () => {
  const throttle = createThrottle();
  for (let index = 0; index < 100; index++) {
    throttle.take("t/a", LIMIT, 0);
  }
  assert.equal(throttle.take("t/a", LIMIT, 1).retryAfterSeconds, 60);
  assert.equal(throttle.take("t/b", LIMIT, 1).retryAfterSeconds, 0);
});

test("a client that sends every 600 ms is never refused, whatever the jitter up to half a second", () => {
  const jitter = fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 500, maxLength: 500 });
  fc.assert(
    fc.property(jitter, (delays) => {
      const times = delays.map((delay, index) => index * 600 + delay).sort((a, b) => a - b);
      assert.deepEqual(refused(times), []);
    }),
    { numRuns: 50 },
  );
});

test("a client that sends a hundred at once in each of its own minutes is never refused", () => {
  const latency = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 10, maxLength: 10 });
  fc.assert(
    fc.property(latency, (delays) => {
      const times = delays.flatMap((delay, minute) =>
        Array.from({ length: 100 }, (_, index) => minute * 60_000 + index * 20 + delay),
      );
      assert.deepEqual(refused(times), []);
    }),
    { numRuns: 50 },
  );
});

test("somebody without a pause gets a hundred a minute and no more", () => {
  const times = Array.from({ length: 12_000 }, (_, index) => index * 50);
  const passed = times.length - refused(times).length;
  assert.ok(passed >= 1000 && passed <= 1100, `${passed} passed in ten minutes`);
});

test("how much is used can be looked at without being counted", () => {
  const throttle = createThrottle();
  assert.deepEqual(throttle.peek("t/o", 2, 0), { used: 0, resetsInSeconds: 0 });
  throttle.take("t/o", 2, 1_000);
  throttle.take("t/o", 2, 2_000);
  throttle.take("t/o", 2, 3_000);
  assert.deepEqual(throttle.peek("t/o", 2, 31_000), { used: 2, resetsInSeconds: 30 });
  assert.deepEqual(throttle.peek("t/o", 2, 31_000), { used: 2, resetsInSeconds: 30 });
  assert.deepEqual(throttle.peek("t/o", 2, 61_000), { used: 0, resetsInSeconds: 0 });
});
