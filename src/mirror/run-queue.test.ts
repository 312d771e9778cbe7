/** Goal: so many run, so many wait in order, the rest is refused; whoever goes away leaves no gap. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "../wire/index.ts";
import { createPositions } from "./positions.ts";
import { createRunQueue } from "./run-queue.ts";

const refused = (code: string) => (error: unknown) =>
  error instanceof AppError && error.code === code;

test("turns are given in order", async () => {
  const queue = createRunQueue(1, 2);
  const order: string[] = [];
  const first = await queue.enter();
  const second = queue.enter().then((release) => {
    order.push("second");
    release();
  });
  const third = queue.enter().then((release) => {
    order.push("third");
    release();
  });
  await assert.rejects(queue.enter(), refused("overloaded"));
  first();
  first();
  await Promise.all([second, third]);
  assert.deepEqual(order, ["second", "third"]);
  (await queue.enter())();
});

test("a waiter that goes away gives its place free", async () => {
  const queue = createRunQueue(1, 1);
  const release = await queue.enter();
  const gone = new AbortController();
  const waiting = queue.enter(gone.signal);
  gone.abort(new Error("gone"));
  await assert.rejects(waiting, /gone/);
  const next = queue.enter();
  release();
  (await next)();
  await assert.rejects(queue.enter(gone.signal), /gone/);
});

test("those who wait are refused when it closes", async () => {
  const queue = createRunQueue(1, 1);
  await queue.enter();
  const waiting = queue.enter();
  queue.close(new AppError("shutting_down", "The end."));
  await assert.rejects(waiting, refused("shutting_down"));
  await assert.rejects(queue.enter(), refused("shutting_down"));
});

test("waiters for a change go on when it is reached", async () => {
  const positions = createPositions();
  const gone = new AbortController();
  const reached = positions.reached(5);
  const aborted = positions.reached(9, gone.signal);
  positions.set(5, 8);
  await reached;
  await positions.reached(4);
  assert.deepEqual(positions.get(), { applied: 5, stored: 8 });
  gone.abort(new Error("gone"));
  await assert.rejects(aborted, /gone/);
  const never = positions.reached(10);
  positions.close(new AppError("shutting_down", "The end."));
  await assert.rejects(never, refused("shutting_down"));
});
