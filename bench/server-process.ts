/** The real server as a child process for measurements: started as users start it, stopped by its id. */

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** What `--ready-json` prints, as far as measurements need it. */
interface Ready {
  readonly https: string;
  readonly tenantId: string;
  readonly workspaceId: string;
  readonly clientId: string;
  /** Null when the directory had an application already. */
  readonly clientSecret: string | null;
  readonly caFile: string;
  /** Null when people sign in by other means. */
  readonly signInUrl: string | null;
}

/** A server that answers. */
export interface ServerProcess {
  readonly ready: Ready;
  readonly caPem: string;
  /** Processor time of all its threads so far, in microseconds; null where /proc doesn't tell. */
  readonly cpuMicros: () => Promise<number | null>;
  /** Memory in use now; null where /proc doesn't tell. */
  readonly residentBytes: () => Promise<number | null>;
  /** Ends the process and removes its data. */
  readonly stop: () => Promise<void>;
}

const MAIN_FILE = fileURLToPath(new URL("../src/cli/main.ts", import.meta.url));
const START_MS_MAX = 30_000;
const STOP_MS_MAX = 30_000;
const LOG_TAIL_LENGTH = 2000;
/** Exit code after a signal, as shells count SIGINT. */
const INTERRUPTED = 130;

/**
 * Starts a server on loopback, on free ports, without throttle and sample.
 * @param kept a data directory that stays when the server stops; an empty one that goes when left out
 * @param settings others than the defaults, `name=value` each
 */
export async function startServerProcess(
  kept?: string,
  settings: readonly string[] = [],
): Promise<ServerProcess> {
  const dataDir = kept ?? (await mkdtemp(join(tmpdir(), "stixgate-bench-")));
  const child = spawn(
    process.execPath,
    [
      MAIN_FILE,
      "quickstart",
      "--ready-json",
      "--no-sample",
      "--data-dir",
      dataDir,
      "--https-port",
      "0",
      "--http-port",
      "off",
      "--log-level",
      "warn",
      ...["throttle.mode=off", ...settings].flatMap((setting) => ["--set", setting]),
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  const interrupt = (): void => {
    void stop().then(() => process.exit(INTERRUPTED));
  };
  const stop = async (): Promise<void> => {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
    await end(child);
    if (kept === undefined) {
      await rm(dataDir, { recursive: true, force: true });
    }
  };
  // Whoever ends the measurement early must not leave a server behind.
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  try {
    const ready = JSON.parse(await readyLine(child)) as Ready;
    const caPem = await readFile(ready.caFile, "utf8");
    return {
      ready,
      caPem,
      cpuMicros: () => cpuMicrosOf(child.pid),
      residentBytes: () => residentBytesOf(child.pid),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function readyLine(child: ChildProcess): Promise<string> {
  let log = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    log = (log + text).slice(-LOG_TAIL_LENGTH);
  });
  if (child.stdout === null) {
    throw new Error("the server has no standard output");
  }
  const lines = createInterface({ input: child.stdout });
  const signal = AbortSignal.timeout(START_MS_MAX);
  const ended = once(child, "exit", { signal }).then(([code]) => {
    throw new Error(`the server ended with ${code} before it was ready:\n${log}`);
  });
  const [line] = await Promise.race([once(lines, "line", { signal }), ended]);
  // From here on its end is watched for by whoever stops it.
  ended.catch(() => undefined);
  return String(line);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS_MAX);
  await exited;
  clearTimeout(timer);
}

/** Fields 14 and 15 of /proc/PID/stat, in ticks (proc(5)); the name in field 2 may contain spaces. */
export async function cpuMicrosOf(pid: number | undefined): Promise<number | null> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (stat === undefined) {
    return null;
  }
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1_000_000) / ticksPerSecond();
}

/** The second field of /proc/PID/statm, in pages (proc(5)). */
async function residentBytesOf(pid: number | undefined): Promise<number | null> {
  const statm = await readFile(`/proc/${pid}/statm`, "utf8").catch(() => undefined);
  const pageBytes = Number(execFileSync("getconf", ["PAGESIZE"], { encoding: "utf8" }));
  return statm === undefined ? null : Number(statm.split(" ")[1]) * pageBytes;
}

function ticksPerSecond(): number {
  return Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
}
