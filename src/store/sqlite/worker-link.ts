/**
 * The main side of a worker thread: starts it, asks it, and starts it again when it breaks down. While it
 * is down every call is refused with `store_unavailable`; calls under way when it broke down are refused,
 * too, since nobody knows how far they came.
 */

import { Worker } from "node:worker_threads";
import type { AppError } from "../../wire/index.ts";
import { storeClosed, storeUnavailable } from "../store-errors.ts";
import { type Methods, type Reply, refusalFrom, type WorkerMessage } from "./worker-protocol.ts";

/** How a worker is started. */
export interface WorkerOptions {
  /** Name of the module beside this one, without its ending. */
  readonly module: string;
  /** What the worker gets to start with; survives a structured clone. */
  readonly data: unknown;
  /** Called at every start with the value of the worker's `ready`, and again after each breakdown. */
  readonly onReady: (value: unknown) => void;
  readonly onEvent: (value: unknown) => void;
}

/** A worker that answers to the methods `M`. */
export interface WorkerLink<M extends Methods<M>> {
  /** @throws AppError as the method does; `store_unavailable` while the worker is down */
  call<Name extends keyof M & string>(
    method: Name,
    args: Parameters<M[Name]>,
    transfer?: readonly ArrayBuffer[],
  ): Promise<ReturnType<M[Name]>>;
  /** Asks the worker to finish (its method `close`), and resolves when its thread has ended. */
  close(): Promise<void>;
}

interface PendingCall {
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: AppError) => void;
}

/** Back-off of restarts: doubled from the first to the last value while the worker keeps failing. */
const RESTART_DELAY_MS = { first: 100, last: 10_000 };

/** Starts a worker and resolves when it is ready. @throws AppError as its `failed` says */
export async function startWorker<M extends Methods<M>>(
  options: WorkerOptions,
): Promise<WorkerLink<M>> {
  const pending = new Map<number, PendingCall>();
  let lastCall = 0;
  let worker: Worker | undefined;
  let restart: NodeJS.Timeout | undefined;
  let delayMs = RESTART_DELAY_MS.first;
  let closing = false;

  function down(reason: AppError): void {
    worker = undefined;
    for (const { reject } of pending.values()) {
      reject(reason);
    }
    pending.clear();
    if (!closing) {
      restart = setTimeout(() => void start().catch(() => undefined), delayMs);
      delayMs = Math.min(delayMs * 2, RESTART_DELAY_MS.last);
    }
  }

  function settle(reply: Reply): void {
    const call = pending.get(reply.call);
    pending.delete(reply.call);
    if ("refusal" in reply) {
      call?.reject(refusalFrom(reply.refusal));
      return;
    }
    call?.resolve(reply.value);
  }

  /** Resolves when the worker is ready; whatever happens to it later goes to `down`. */
  function start(): Promise<void> {
    return new Promise((resolve, reject) => {
      const thread = new Worker(moduleUrl(options.module), {
        workerData: options.data,
        execArgv: [],
        name: options.module,
      });
      let reason = storeUnavailable(`the ${options.module} thread ended`);
      thread.on("message", (message: WorkerMessage) => {
        if (message.kind === "ready") {
          worker = thread;
          delayMs = RESTART_DELAY_MS.first;
          options.onReady(message.value);
          resolve();
        } else if (message.kind === "failed") {
          reason = refusalFrom(message.refusal);
        } else if (message.kind === "replies") {
          message.replies.forEach(settle);
        } else {
          options.onEvent(message.value);
        }
      });
      thread.on("error", (error) => {
        reason = storeUnavailable(`the ${options.module} thread broke down: ${error}`, error);
      });
      thread.on("exit", () => {
        reject(reason);
        down(closing ? storeClosed() : reason);
      });
    });
  }

  function call(method: string, args: readonly unknown[], transfer: readonly ArrayBuffer[]) {
    const thread = worker;
    if (thread === undefined) {
      throw storeUnavailable(`the ${options.module} thread is being restarted`);
    }
    lastCall += 1;
    const number = lastCall;
    return new Promise((resolve, reject) => {
      pending.set(number, { resolve, reject });
      thread.postMessage({ call: number, method, args }, [...transfer]);
    });
  }

  try {
    await start();
  } catch (error) {
    closing = true;
    clearTimeout(restart);
    throw error;
  }
  return {
    async call(method, args, transfer = []) {
      return (await call(method, args, transfer)) as ReturnType<M[typeof method]>;
    },
    async close() {
      closing = true;
      clearTimeout(restart);
      const thread = worker;
      if (thread !== undefined) {
        const ended = new Promise<void>((resolve) => thread.once("exit", () => resolve()));
        thread.postMessage({ call: 0, method: "close", args: [] });
        await ended;
      }
    },
  };
}

/** The module's file: `.ts` as it is written, `.js` in the published package. */
function moduleUrl(module: string): URL {
  const ending = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return new URL(`./${module}.${ending}`, import.meta.url);
}
