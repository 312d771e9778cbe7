/** A real Valkey or Redis server for tests: on a free loopback port, keeping nothing, stopped by its handle. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";

/** A running server. */
export interface RedisServer {
  readonly url: string;
  /** Ends the server at once, as a power cut would. */
  crash(): Promise<void>;
  /** Starts it again, empty, on the same port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const BINARIES = ["valkey-server", "redis-server"] as const;

function binaryOf(): string | undefined {
  return BINARIES.find((name) => {
    try {
      execFileSync(name, ["--version"], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  });
}

/** Why tests with this server are skipped, or false. */
export function redisMissing(): string | false {
  return binaryOf() === undefined && "neither valkey-server nor redis-server is installed";
}

/** Starts a server. */
export async function startRedis(): Promise<RedisServer> {
  const binary = binaryOf() ?? "";
  const port = await freePort();
  let child = await launch(binary, port);
  const crash = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    }
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    crash,
    async restart() {
      child = await launch(binary, port);
    },
    stop: crash,
  };
}

async function launch(binary: string, port: number): Promise<ReturnType<typeof spawn>> {
  const child = spawn(
    binary,
    [
      ...["--port", String(port), "--bind", "127.0.0.1", "--dir", tmpdir()],
      ...["--save", "", "--appendonly", "no"],
    ],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  let log = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  const gone = once(child, "exit");
  while (!log.includes("Ready to accept connections")) {
    await Promise.race([once(child.stdout, "data"), gone]);
    if (child.exitCode !== null) {
      throw new Error(`${binary} ended before it was ready:\n${log}`);
    }
  }
  return child;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}
