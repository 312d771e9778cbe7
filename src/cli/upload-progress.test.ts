/** Goal: a terminal sees one line that is drawn over, anything else sees few plain lines. */
import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { test } from "node:test";
import { createProgressView, type ProgressStream } from "./upload-progress.ts";

function streamOf(more: { isTTY?: boolean; columns?: number }): {
  stream: ProgressStream;
  texts: string[];
} {
  const texts: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(text: string, _encoding, done) {
      texts.push(text);
      done();
    },
  });
  return { stream: Object.assign(stream, more), texts };
}

const PROGRESS = { read: 2000, accepted: 990, rejected: 10, resumed: 0, requests: 10 };

test("draws a bar of what is acknowledged, and why it waits", (t) => {
  t.mock.timers.enable({ apis: ["setInterval", "Date"] });
  const { stream, texts } = streamOf({ isTTY: true, columns: 120 });
  const view = createProgressView({ stream, fraction: () => 0.5, dumb: false });
  view.show(PROGRESS);
  t.mock.timers.tick(100);
  view.notice({ kind: "throttled", waitMs: 57_000, reason: "Rate limit is exceeded." });
  t.mock.timers.tick(100);
  view.end();
  t.mock.timers.tick(1000);
  assert.deepEqual(texts, [
    "\r\u001b[2K0 accepted, 0 rejected, 0 requests",
    "\r\u001b[2K█████░░░░░░░░░░░░░░░  25%  990 accepted, 10 rejected, 10 requests",
    "\r\u001b[2K█████░░░░░░░░░░░░░░░  25%  990 accepted, 10 rejected, 10 requests · throttled by the service, 57 s",
    "\r\u001b[2K",
  ]);
});

test("never draws beyond the edge, and draws no bar without a known end", (t) => {
  t.mock.timers.enable({ apis: ["setInterval", "Date"] });
  const { stream, texts } = streamOf({ isTTY: true, columns: 20 });
  const view = createProgressView({ stream, fraction: () => undefined, dumb: false });
  view.show(PROGRESS);
  t.mock.timers.tick(100);
  view.end();
  assert.equal(texts[1], "\r\u001b[2K990 accepted, 10 re");
});

for (const [name, more, dumb] of [
  ["a log", {}, false],
  ["a terminal that cannot move its cursor", { isTTY: true }, true],
] as const) {
  test(`writes plain lines now and then to ${name}`, (t) => {
    t.mock.timers.enable({ apis: ["setInterval", "Date"] });
    const { stream, texts } = streamOf(more);
    const view = createProgressView({ stream, fraction: () => 0.5, dumb });
    view.show(PROGRESS);
    t.mock.timers.tick(10_000);
    view.show(PROGRESS);
    view.show({ ...PROGRESS, accepted: 1234 });
    view.notice({ kind: "retry", waitMs: 500, reason: "too short to tell" });
    view.notice({ kind: "paced", waitMs: 30_400, reason: "at most 100 requests a minute" });
    view.notice({ kind: "paced", waitMs: 30_900, reason: "at most 100 requests a minute" });
    view.end();
    assert.deepEqual(texts, [
      "990 accepted, 10 rejected, 10 requests\n",
      "keeping to the limit, waiting 31 s: at most 100 requests a minute\n",
    ]);
  });
}
