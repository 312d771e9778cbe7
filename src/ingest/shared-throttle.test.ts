/** Goal: processes that share a server share the wall, exactly; without the server each goes on by itself. */
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { after, before, describe, test } from "node:test";
import { openSharedThrottle, type SharedThrottle } from "./shared-throttle.ts";

const LIMIT = 100;

function serverBinary(): string | undefined {
  return ["valkey-server", "redis-server"].find((name) => {
    try {
      execFileSync(name, ["--version"], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  });
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

async function startRedis(binary: string, port: number): Promise<ChildProcess> {
  const child = spawn(
    binary,
    [
      "--port",
      String(port),
      "--bind",
      "127.0.0.1",
      "--save",
      "",
      "--appendonly",
      "no",
      "--dir",
      "/tmp",
    ],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  let log = "";
  for await (const text of child.stdout.setEncoding("utf8")) {
    log += text;
    if (log.includes("Ready to accept connections")) {
      break;
    }
  }
  child.stdout.resume();
  return child;
}

const binary = serverBinary();

describe("the shared throttle", {
  skip: binary === undefined && "neither valkey-server nor redis-server is installed",
}, () => {
  let port: number;
  let redis: ChildProcess;
  const open: SharedThrottle[] = [];

  const process = (states: boolean[] = []): SharedThrottle => {
    const throttle = openSharedThrottle({
      url: `redis://127.0.0.1:${port}`,
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
    port = await freePort();
    redis = await startRedis(binary ?? "", port);
  });
  after(async () => {
    await Promise.all(open.map((throttle) => throttle.close()));
    redis.kill("SIGKILL");
  });

  test("three processes together let exactly the limit pass", async () => {
    const processes = [process(), process(), process()];
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
    const throttle = process();
    await reached(throttle);
    assert.equal((await throttle.take("t/a", 1, 0)).retryAfterSeconds, 0);
    assert.ok((await throttle.take("t/a", 1, 0)).retryAfterSeconds >= 59);
    assert.equal((await throttle.take("t/b", 1, 0)).retryAfterSeconds, 0);
  });

  test("while the server is away each process counts for itself, and says so once", async () => {
    const states: boolean[] = [];
    const throttle = process(states);
    await reached(throttle);
    states.length = 0;
    const gone = once(redis, "exit");
    redis.kill("SIGKILL");
    await gone;
    let passed = 0;
    for (let index = 0; index < 150; index++) {
      passed += (await throttle.take("t/away", LIMIT, index)).retryAfterSeconds === 0 ? 1 : 0;
    }
    assert.equal(passed, 100);
    assert.deepEqual(states, [false]);
    redis = await startRedis(binary ?? "", port);
    await reached(throttle);
    assert.deepEqual(states, [false, true]);
    assert.equal((await throttle.take("t/back", 1, 0)).retryAfterSeconds, 0);
    assert.ok((await throttle.take("t/back", 1, 1e9)).retryAfterSeconds >= 59);
  });
});
