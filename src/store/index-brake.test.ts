/** Goal: appends wait for an index that is behind, not for ever, and are refused when it is too far behind. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createIndexBrake } from "./index-brake.ts";
import { createIndexWaiters } from "./index-waiters.ts";

const LIMITS = { indexLagRequestsFree: 10, indexLagRequestsMax: 100, appendDelayMsMax: 60_000 };

/** Whether a promise has been settled by now. */
async function isSettled(work: Promise<void>): Promise<boolean> {
  const pending = Symbol("pending");
  const first = await Promise.race([
    work,
    new Promise((resolve) => setImmediate(resolve, pending)),
  ]);
  return first !== pending;
}

test("an append waits until the index is near, and not before it is behind", async () => {
  const waiters = createIndexWaiters(0);
  const position = { appended: 10, indexed: 0 };
  const brake = createIndexBrake(position, waiters, LIMITS);
  assert.equal(await isSettled(brake()), true);
  position.appended = 30;
  const held = brake();
  waiters.reached(19);
  assert.equal(await isSettled(held), false);
  waiters.reached(20);
  assert.equal(await isSettled(held), true);
});

test("an append goes on when it has waited long enough, and when the store closes", async () => {
  const waiters = createIndexWaiters(0);
  const position = { appended: 30, indexed: 0 };
  await createIndexBrake(position, waiters, { ...LIMITS, appendDelayMsMax: 1 })();
  const held = createIndexBrake(position, waiters, LIMITS)();
  waiters.fail(new Error("closed"));
  await held;
});

test("an index that is too far behind refuses", async () => {
  const brake = createIndexBrake({ appended: 101, indexed: 0 }, createIndexWaiters(0), LIMITS);
  await assert.rejects(brake(), {
    code: "overloaded",
    detail: "the index is 101 requests behind the log",
  });
});
