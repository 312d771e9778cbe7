/**
 * The server's side of the engine's process: starts it, calls it, and starts it again when it ends, whatever the reason.
 * Calls under way when it ends are refused; the server goes on.
 */

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { AppError } from "../wire/index.ts";
import type { EngineEnvironment } from "./engine-process.ts";
import type { EngineMethod, EngineMethods, FromEngine, ToEngine } from "./protocol.ts";
import { refusalFrom } from "./refusal.ts";

/** Back-off of restarts: doubled from the first to the last value while the process keeps failing. */
const RESTART_MS = { first: 100, last: 30_000 };

/** How long the process may take to close its files before it is ended. What is committed is on disk. */
const CLOSE_MS = 15_000;

/** Characters of the process's last words that are kept for the log. */
const LAST_WORDS_MAX = 2_000;

/** The engine's own threads wait for disk and queries on these; 4 are the runtime's own number. */
const SPARE_THREADS = 4;

/** How the process is started and heard. */
export interface EngineLinkOptions {
  /** Queries that run at one time. */
  readonly concurrentMax: number;
  /** Called at every start of the process, before any other call is let through. */
  readonly onStart: (link: EngineCalls) => Promise<void>;
  /** Messages that are no replies. */
  readonly onMessage: (message: Exclude<FromEngine, Reply>) => void;
  readonly onEnd: (reason: string) => void;
}

type Reply = Extract<FromEngine, { kind: "done" | "refused" | "rows" }>;

/** Calls to the process. */
export interface EngineCalls {
  /** @throws AppError as the method says; `EngineGone` when the process ends before it answers */
  call<M extends EngineMethod>(
    method: M,
    argument: Parameters<EngineMethods[M]>[0],
    options?: CallOptions,
  ): Promise<ReturnType<EngineMethods[M]>>;
}

/** What else concerns a call. */
interface CallOptions {
  readonly onRows?: (rowsJson: string) => void;
  /** Tells the number of the call as soon as it is sent, for `cancel`. */
  readonly onSent?: (call: number) => void;
}

/** The link to the process. */
export interface EngineLink extends EngineCalls {
  /** True when calls are let through. */
  isReady(): boolean;
  /** Resolves when calls are let through. @throws AppError `overloaded` after so long */
  ready(waitMs: number, signal?: AbortSignal): Promise<void>;
  send(message: ToEngine): void;
  /** Ends the process at once; it is started again. */
  kill(): void;
  close(): Promise<void>;
}

/** The process ended before it answered. */
export class EngineGone extends AppError {
  constructor() {
    super("overloaded", "The query engine ended and is being restarted; try again.");
  }
}

interface PendingCall {
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: AppError) => void;
  readonly onRows: ((rowsJson: string) => void) | undefined;
}

/** Starts the process; resolves at once, since the server does not wait for queries to be possible. */
export function startEngine(options: EngineLinkOptions): EngineLink {
  const readiness = createReadiness();
  let child: ChildProcess | undefined;
  let isClosing = false;
  let delayMs = RESTART_MS.first;
  let restart: NodeJS.Timeout | undefined;

  const calls = createCalls(() => child);

  function hear(message: FromEngine): void {
    if (message.kind === "done" || message.kind === "refused" || message.kind === "rows") {
      calls.settle(message);
    } else {
      options.onMessage(message);
    }
  }

  function ended(reason: string): void {
    child = undefined;
    readiness.lost();
    calls.refuseAll();
    if (!isClosing) {
      options.onEnd(reason);
      restart = setTimeout(start, delayMs);
      delayMs = Math.min(delayMs * 2, RESTART_MS.last);
    }
  }

  function start(): void {
    const started = spawnEngine(options.concurrentMax);
    child = started;
    let words = "";
    started.stderr?.setEncoding("utf8").on("data", (text: string) => {
      words = `${words}${text}`.slice(-LAST_WORDS_MAX);
    });
    started.on("message", (message) => hear(message as FromEngine));
    started.on("error", (error) => {
      words = String(error);
      if (started.pid === undefined) {
        ended(`it could not be started: ${words}`);
      }
    });
    started.on("exit", (code, signal) =>
      ended(`it ended with ${signal ?? `code ${code}`}${words === "" ? "" : `: ${words}`}`),
    );
    void options.onStart(calls).then(
      () => {
        delayMs = RESTART_MS.first;
        if (child === started) {
          readiness.reached();
        }
      },
      (error: unknown) => {
        words =
          words || (error instanceof AppError ? (error.detail ?? error.message) : String(error));
        started.kill("SIGKILL");
      },
    );
  }

  start();
  return {
    call: calls.call,
    isReady: readiness.isReady,
    ready: readiness.wait,
    send: (message) => {
      if (child?.connected === true) {
        child.send(message);
      }
    },
    kill: () => child?.kill("SIGKILL"),
    async close() {
      isClosing = true;
      readiness.end();
      clearTimeout(restart);
      if (child !== undefined) {
        const gone = once(child, "exit");
        const timer = setTimeout(() => child?.kill("SIGKILL"), CLOSE_MS);
        // A process that never got ready is ended by its refusal or by the timer.
        await calls.call("close", undefined as never).catch(() => undefined);
        await gone;
        clearTimeout(timer);
      }
    },
  };
}

function spawnEngine(concurrentMax: number): ChildProcess {
  const ending = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const environment: EngineEnvironment & NodeJS.ProcessEnv = {
    UV_THREADPOOL_SIZE: String(concurrentMax + SPARE_THREADS),
  };
  return fork(new URL(`./engine-process.${ending}`, import.meta.url), [], {
    execArgv: [],
    env: environment,
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
}

/** The calls that wait for their replies. */
function createCalls(childNow: () => ChildProcess | undefined) {
  const pending = new Map<number, PendingCall>();
  let last = 0;

  const calls: EngineCalls = {
    call(method, argument, { onRows, onSent } = {}) {
      return new Promise((resolve, reject) => {
        const child = childNow();
        if (child?.connected !== true) {
          reject(new EngineGone());
          return;
        }
        last += 1;
        const accept = resolve as (value: unknown) => void;
        pending.set(last, { resolve: accept, reject, onRows });
        child.send({ kind: "call", call: last, method, argument } satisfies ToEngine);
        onSent?.(last);
      });
    },
  };

  return {
    ...calls,
    settle(message: Reply): void {
      const call = pending.get(message.call);
      if (message.kind === "rows") {
        call?.onRows?.(message.rowsJson);
        return;
      }
      pending.delete(message.call);
      if (message.kind === "done") {
        call?.resolve(message.value);
      } else {
        call?.reject(refusalFrom(message.refusal));
      }
    },
    refuseAll(): void {
      for (const { reject } of pending.values()) {
        reject(new EngineGone());
      }
      pending.clear();
    },
  };
}

/** Whether calls are let through, and who waits for it. */
function createReadiness() {
  const waiting = new Set<() => void>();
  let isReady = false;
  let isOver = false;

  function wake(): void {
    for (const done of waiting) {
      done();
    }
  }

  /** Resolves when something has changed, the time is over, or the signal says so. */
  function nextChange(leftMs: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        waiting.delete(done);
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, leftMs);
      signal?.addEventListener("abort", done, { once: true });
      waiting.add(done);
    });
  }

  return {
    isReady: () => isReady,
    reached(): void {
      isReady = true;
      wake();
    },
    lost(): void {
      isReady = false;
    },
    end(): void {
      isOver = true;
      wake();
    },
    async wait(waitMs: number, signal?: AbortSignal): Promise<void> {
      const endMs = performance.now() + waitMs;
      while (!isReady) {
        signal?.throwIfAborted();
        const leftMs = endMs - performance.now();
        if (leftMs <= 0 || isOver) {
          throw new AppError("overloaded", "The query engine is being started; try again.");
        }
        await nextChange(leftMs, signal);
      }
    },
  };
}
