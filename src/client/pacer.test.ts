/** Goal: no minute of the service's clock ever sees more requests than allowed, and none waits needlessly. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createFakeClock } from "../../test/fake-clock.ts";
import { type CheckedOptions, type ClientNotice, checkOptions } from "./options.ts";
import { createPacer } from "./pacer.ts";
import { pauseMs } from "./retry.ts";

function optionsWith(requestsPerMinuteMax: number, notices: ClientNotice[] = []): CheckedOptions {
  return checkOptions({
    workspaceId: "11111111-2222-3333-4444-555555555555",
    credential: { getToken: () => Promise.resolve(null) },
    requestsPerMinuteMax,
    clock: createFakeClock(),
    onNotice: (notice) => notices.push(notice),
  });
}

test("the allowed number goes at once, the next one a minute after the first answer", async () => {
  const notices: ClientNotice[] = [];
  const options = optionsWith(3, notices);
  const pacer = createPacer(options);
  const starts: number[] = [];
  for (const answerMs of [10, 20, 0, 0, 0]) {
    const leave = await pacer.enter(undefined);
    starts.push(options.clock.now());
    await options.clock.sleep(answerMs, undefined);
    leave();
  }
  assert.deepEqual(starts, [0, 10, 30, 60_260, 60_280]);
  assert.deepEqual(notices, [
    { kind: "paced", waitMs: 60_230, reason: "at most 3 requests a minute" },
  ]);
});

test("a request without an answer keeps its place", async () => {
  const options = optionsWith(1);
  const pacer = createPacer(options);
  const leave = await pacer.enter(undefined);
  let entered = false;
  const second = pacer.enter(undefined).then(() => {
    entered = true;
  });
  await options.clock.sleep(600_000, undefined);
  assert.equal(entered, false);
  leave();
  await second;
  assert.equal(options.clock.now(), 600_000 + 60_250);
});

test("a hold stops everybody for its time", async () => {
  const options = optionsWith(100);
  const pacer = createPacer(options);
  pacer.hold(57_000);
  await pacer.enter(undefined);
  assert.equal(options.clock.now(), 57_000);
});

test("whoever gives up waiting does not hold up the others", async () => {
  const options = optionsWith(1);
  const pacer = createPacer(options);
  (await pacer.enter(undefined))();
  await assert.rejects(pacer.enter(AbortSignal.abort()), { code: "aborted" });
  await pacer.enter(undefined);
  assert.equal(options.clock.now(), 60_250);
});

test("pauses after failures double up to half a minute, with a random half", () => {
  const failures = [1, 2, 3, 4, 5, 6, 7, 8, 60];
  assert.deepEqual(
    failures.map((count) => pauseMs(count, 0)),
    [250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000],
  );
  assert.deepEqual(
    failures.map((count) => pauseMs(count, 1)),
    [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000],
  );
});
