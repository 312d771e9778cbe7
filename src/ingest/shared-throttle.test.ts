/** Goal: processes that share a server share the wall, exactly; without the server each goes on by itself. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type RedisServer, redisMissing, startRedis } from "../../test/support/redis.ts";
import { openSharedThrottle, type SharedThrottle } from "./shared-throttle.ts";

const LIMIT = 100;

describe("the shared throttle", { skip: redisMissing() }, () => {
  let redis: RedisServer;
  const open: SharedThrottle[] = [];

  const process = async (states: boolean[] = []): Promise<SharedThrottle> => {
    const throttle = await openSharedThrottle({
      url: redis.url,
      onStateChange: (isUp) => states.push(isUp),
    });
    open.push(throttle);
    return throttle;
  };
  /** Resolves when a throttle reaches the server: an unused principal is then counted there. */
  const reached = async (throttle: SharedThrottle): Promise<void> => {
    const isShared = async (): Promise<boolean> => {
      const principal = `probe/${Math.random()}`;
      await throttle.take(principal, 1, 0);
      // The local window would be long over at this instant; the server's own clock says otherwise.
      return (await throttle.take(principal, 1, 1e9)).retryAfterSeconds > 0;
    };
    while (!(await isShared())) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  before(async () => {
    redis = await startRedis();
  });
  after(async () => {
    await Promise.all(open.map((throttle) => throttle.close()));
    await redis.stop();
  });

  test("three processes together let exactly the limit pass", async () => {
    const processes = await Promise.all([process(), process(), process()]);
    await Promise.all(processes.map(reached));
    const verdicts = await Promise.all(
      Array.from({ length: 300 }, (_, index) => processes[index % 3]?.take("t/o", LIMIT, 0)),
    );
    const passed = verdicts.filter((verdict) => verdict?.retryAfterSeconds === 0).length;
    assert.equal(passed, 100);
    const waits = new Set(verdicts.map((verdict) => verdict?.retryAfterSeconds));
    assert.deepEqual(
      [...waits].filter((seconds) => seconds !== 0 && seconds !== 60 && seconds !== 59),
      [],
    );
  });

  test("principals and limits do not share a window", async () => {
    const throttle = await process();
    await reached(throttle);
    assert.equal((await throttle.take("t/a", 1, 0)).retryAfterSeconds, 0);
    assert.ok((await throttle.take("t/a", 1, 0)).retryAfterSeconds >= 59);
    assert.equal((await throttle.take("t/b", 1, 0)).retryAfterSeconds, 0);
  });

  test("while the server is away each process counts for itself, and says so once", async () => {
    const states: boolean[] = [];
    const throttle = await process(states);
    await reached(throttle);
    states.length = 0;
    await redis.crash();
    let passed = 0;
    for (let index = 0; index < 150; index++) {
      passed += (await throttle.take("t/away", LIMIT, index)).retryAfterSeconds === 0 ? 1 : 0;
    }
    assert.equal(passed, 100);
    assert.deepEqual(states, [false]);
    await redis.restart();
    await reached(throttle);
    assert.deepEqual(states, [false, true]);
    assert.equal((await throttle.take("t/back", 1, 0)).retryAfterSeconds, 0);
    assert.ok((await throttle.take("t/back", 1, 1e9)).retryAfterSeconds >= 59);
  });
});
