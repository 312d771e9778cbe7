/** Goal: calls reach a worker and come back; one that breaks down refuses its calls and is started again. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { startWorker, type WorkerLink } from "./worker-link.ts";

interface FakeMethods {
  double(number: number): number;
  refuse(): void;
  throwNow(): void;
  exitNow(): void;
  never(): void;
}

/** Answers like the store's workers; breaks down when asked to. */
const FAKE = `
import { parentPort, workerData, threadId } from "node:worker_threads";
const say = (message) => parentPort.postMessage(message);
if (workerData.fails) {
  say({ kind: "failed", refusal: { code: "store_unavailable", message: "cannot open" } });
} else {
  parentPort.on("message", ({ call, method, args }) => {
    const answers = {
      double: () => say({ kind: "replies", replies: [{ call, value: args[0] * 2 }] }),
      refuse: () => {
        const refusal = { code: "conflict", message: "no", detail: "why" };
        say({ kind: "replies", replies: [{ call, refusal }] });
      },
      throwNow: () => { throw new Error("broken"); },
      exitNow: () => process.exit(1),
      never: () => undefined,
      close: () => parentPort.close(),
    };
    answers[method]();
  });
  say({ kind: "ready", value: threadId });
}`;

async function withFake(
  run: (link: WorkerLink<FakeMethods>, ready: () => Promise<unknown>) => Promise<void>,
  data: unknown = {},
): Promise<void> {
  const starts: unknown[] = [];
  const listeners: ((value: unknown) => void)[] = [];
  const link = await startWorker<FakeMethods>({
    name: "fake",
    url: new URL(`data:text/javascript,${encodeURIComponent(FAKE)}`),
    data,
    onReady: (value) => {
      starts.push(value);
      for (const listener of listeners.splice(0)) {
        listener(value);
      }
    },
  });
  try {
    await run(link, () => new Promise((resolve) => listeners.push(resolve)));
  } finally {
    await link.close();
  }
}

test("a call comes back with its value or its refusal", async () => {
  await withFake(async (link) => {
    assert.equal(await link.call("double", [21]), 42);
    await assert.rejects(link.call("refuse", []), {
      code: "conflict",
      message: "no",
      detail: "why",
    });
  });
});

for (const method of ["throwNow", "exitNow"] as const) {
  test(`after ${method} the calls under way are refused and the worker starts again`, async () => {
    await withFake(async (link, ready) => {
      const again = ready();
      const pending = link.call("never", []);
      const broken = link.call(method, []);
      await assert.rejects(pending, { code: "store_unavailable" });
      await assert.rejects(broken, { code: "store_unavailable" });
      await assert.rejects(link.call("double", [1]), { code: "store_unavailable" });
      await again;
      assert.equal(await link.call("double", [4]), 8);
    });
  });
}

test("a worker that can't open says why and isn't started again", async () => {
  const failing = withFake(async () => undefined, { fails: true });
  await assert.rejects(failing, { code: "store_unavailable", message: "cannot open" });
});

test("a worker can be closed while it is down, and calls under way end with close", async () => {
  await withFake(async (link) => {
    await assert.rejects(link.call("exitNow", []), { code: "store_unavailable" });
    await link.close();
  });
  let pending: Promise<unknown> = Promise.resolve();
  await withFake(async (link) => {
    pending = link.call("never", []);
    pending.catch(() => undefined);
  });
  await assert.rejects(pending, { code: "shutting_down" });
});
