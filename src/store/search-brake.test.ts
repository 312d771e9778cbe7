/** Goal: appends wait only while searches fall too far behind, never for an index that is built anew, nor for ever. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createSearchBrake } from "./search-brake.ts";

const LONG_MS = 1_000_000;

test("appends wait while searches are further behind than they may, and go on together", async () => {
  const brake = createSearchBrake({ searchLagObjectsMax: 10, appendDelayMsMax: LONG_MS });
  assert.equal(brake.wait(), undefined);
  brake.reached(0);
  brake.reached(10);
  assert.equal(brake.wait(), undefined);
  brake.reached(11);
  const waiting = [brake.wait(), brake.wait()];
  assert.ok(waiting.every((each) => each instanceof Promise));
  brake.reached(12);
  assert.ok(brake.wait() instanceof Promise);
  brake.reached(10);
  await Promise.all(waiting);
  assert.equal(brake.wait(), undefined);
});

test("an index that is built anew holds nothing up, unless it falls further behind", () => {
  const brake = createSearchBrake({ searchLagObjectsMax: 10, appendDelayMsMax: LONG_MS });
  const held = [1_000, 900, 905, 910, 911, 500, 511].map((behind) => {
    brake.reached(behind);
    return brake.wait() !== undefined;
  });
  assert.deepEqual(held, [false, false, false, false, true, false, true]);
  brake.close();
});

test("an append waits no longer than it may, and not for a store that closes", async () => {
  const impatient = createSearchBrake({ searchLagObjectsMax: 0, appendDelayMsMax: 1 });
  impatient.reached(0);
  impatient.reached(1);
  await impatient.wait();
  const brake = createSearchBrake({ searchLagObjectsMax: 0, appendDelayMsMax: LONG_MS });
  brake.reached(0);
  brake.reached(1);
  const waiting = brake.wait();
  brake.close();
  await waiting;
  assert.equal(brake.wait(), undefined);
});
