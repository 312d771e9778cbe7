/**
 * The main side of a worker thread: starts it, asks it, and starts it again when it breaks down. While it
 * is down every call is refused with `store_unavailable`; calls under way when it broke down are refused,
 * too, since nobody knows how far they came.
 */

import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { AppError } from "../wire/index.ts";
import { storeClosed, storeUnavailable } from "./store-errors.ts";
import {
  type Call,
  type Methods,
  type Reply,
  refusalFrom,
  type WorkerMessage,
} from "./worker-protocol.ts";

/** How a worker is started. */
export interface WorkerOptions {
  /** What the thread is called in messages. */
  readonly name: string;
  /** The module that runs in it. */
  readonly url: URL;
  /** What the worker gets to start with; survives a structured clone. */
  readonly data: unknown;
  /** Called at every start with the value of the worker's `ready`, and again after each breakdown. */
  readonly onReady?: (value: unknown) => void;
  readonly onEvent?: (value: unknown) => void;
}

/** A worker that answers to the methods `M`; a promise that a method returns has been awaited. */
export interface WorkerLink<M extends Methods<M>> {
  /** @throws AppError as the method does; `store_unavailable` while the worker is down */
  call<Name extends keyof M & string>(
    method: Name,
    args: Parameters<M[Name]>,
    transfer?: readonly ArrayBuffer[],
  ): Promise<Awaited<ReturnType<M[Name]>>>;
  /** Asks the worker to finish (its method `close`), and resolves when its thread has ended. */
  close(): Promise<void>;
}

/**
 * A thread's heap for new values grows to over a hundred megabytes where it may, without being faster for it:
 * what these threads make is needed for one batch or one answer.
 */
const HEAP = { maxYoungGenerationSizeMb: 16 };

/** Back-off of restarts: doubled from the first to the last value while the worker keeps failing. */
const RESTART_DELAY_MS = { first: 100, last: 10_000 };

/** Starts a worker and resolves when it is ready. @throws AppError as its `failed` says */
export async function startWorker<M extends Methods<M>>(
  options: WorkerOptions,
): Promise<WorkerLink<M>> {
  const calls = createCalls();
  let thread: Worker | undefined;
  let ready = false;
  let restart: NodeJS.Timeout | undefined;
  let delayMs = RESTART_DELAY_MS.first;
  let closing = false;

  function hear(message: Exclude<WorkerMessage, { kind: "failed" }>): void {
    if (message.kind === "ready") {
      ready = true;
      delayMs = RESTART_DELAY_MS.first;
      options.onReady?.(message.value);
    } else if (message.kind === "replies") {
      message.replies.forEach(calls.settle);
    } else {
      options.onEvent?.(message.value);
    }
  }

  function down(reason: AppError): void {
    thread = undefined;
    ready = false;
    calls.refuseAll(closing ? storeClosed() : reason);
    if (!closing) {
      restart = setTimeout(() => void start().catch(() => undefined), delayMs);
      delayMs = Math.min(delayMs * 2, RESTART_DELAY_MS.last);
    }
  }

  /** Resolves when the worker is ready; whatever happens to it later goes to `down`. */
  function start(): Promise<void> {
    return new Promise((resolve, reject) => {
      const { name, url, data: workerData } = options;
      let reason = storeUnavailable(`the ${name} thread ended`);
      thread = new Worker(url, { workerData, execArgv: [], name, resourceLimits: HEAP });
      thread.on("message", (message: WorkerMessage) => {
        if (message.kind === "failed") {
          reason = refusalFrom(message.refusal);
          return;
        }
        hear(message);
        resolve();
      });
      thread.on("error", (error) => {
        reason = storeUnavailable(`the ${name} thread broke down: ${error}`, error);
      });
      thread.on("exit", () => {
        reject(reason);
        down(reason);
      });
    });
  }

  async function close(): Promise<void> {
    closing = true;
    clearTimeout(restart);
    if (thread !== undefined) {
      const ended = once(thread, "exit");
      // A thread that is still opening reads this as soon as it listens.
      thread.postMessage({ call: 0, method: "close", args: [] } satisfies Call);
      await ended;
    }
  }

  await start().catch((error) => {
    closing = true;
    clearTimeout(restart);
    throw error;
  });
  return {
    async call<Name extends keyof M & string>(
      method: Name,
      args: Parameters<M[Name]>,
      transfer: readonly ArrayBuffer[] = [],
    ): Promise<Awaited<ReturnType<M[Name]>>> {
      if (thread === undefined || !ready) {
        throw storeUnavailable(`the ${options.name} thread is being restarted`);
      }
      const value = await calls.make(thread, { method, args, transfer });
      return value as Awaited<ReturnType<M[Name]>>;
    },
    close,
  };
}

/** A module beside another: `.ts` as it is written, `.js` in the published package. */
export function moduleBeside(base: string, name: string): URL {
  const ending = base.endsWith(".ts") ? "ts" : "js";
  return new URL(`./${name}.${ending}`, base);
}

/** The calls that wait for their replies. */
function createCalls() {
  const pending = new Map<number, PendingCall>();
  let last = 0;
  return {
    make(thread: Worker, { method, args, transfer }: Outgoing): Promise<unknown> {
      last += 1;
      const call = last;
      return new Promise((resolve, reject) => {
        pending.set(call, { resolve, reject });
        thread.postMessage({ call, method, args } satisfies Call, [...transfer]);
      });
    },
    settle(reply: Reply): void {
      const call = pending.get(reply.call);
      pending.delete(reply.call);
      if ("refusal" in reply) {
        call?.reject(refusalFrom(reply.refusal));
        return;
      }
      call?.resolve(reply.value);
    },
    refuseAll(reason: AppError): void {
      for (const { reject } of pending.values()) {
        reject(reason);
      }
      pending.clear();
    },
  };
}

interface Outgoing {
  readonly method: string;
  readonly args: readonly unknown[];
  readonly transfer: readonly ArrayBuffer[];
}

interface PendingCall {
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: AppError) => void;
}
