/**
 * Threads that read and validate bodies, so that a machine with more cores takes more uploads. A thread that
 * breaks down takes its jobs with it, which are refused as retryable, and is started again.
 */

import { Worker } from "node:worker_threads";
import { AppError } from "../wire/index.ts";
import type { RecordAnswer, RecordCall } from "./record-worker.ts";
import type { ProcessedRecords, RecordOptions, RecordProcessor } from "./records.ts";

export interface RecordPoolOptions {
  readonly records: RecordOptions;
  /** Threads, 1 to 64. */
  readonly threads: number;
  /** Told when a thread broke down. */
  readonly onFault: (cause: unknown) => void;
}

/** A pool of threads. */
export interface RecordPool {
  readonly process: RecordProcessor;
  /** Ends the threads; jobs under way are refused. */
  readonly close: () => Promise<void>;
}

/** Jobs that may wait for one thread: a tenth of a second of work. */
const JOBS_PER_THREAD_MAX = 100;

interface PendingJob {
  readonly resolve: (processed: ProcessedRecords) => void;
  readonly reject: (error: AppError) => void;
}

interface Thread {
  worker: Worker;
  readonly pending: Map<number, PendingJob>;
}

/** Starts the threads. */
export function startRecordPool(options: RecordPoolOptions): RecordPool {
  let nextId = 0;
  let closed = false;
  const threads = Array.from({ length: options.threads }, (): Thread => {
    const thread: Thread = { worker: launch(options.records), pending: new Map() };
    listen(thread);
    return thread;
  });

  function listen(thread: Thread): void {
    thread.worker.on("message", (answer: RecordAnswer) => settle(thread, answer));
    thread.worker.on("error", (cause) => options.onFault(cause));
    thread.worker.on("exit", () => {
      const lost = [...thread.pending.values()];
      thread.pending.clear();
      for (const { reject } of lost) {
        reject(unavailable());
      }
      if (!closed) {
        thread.worker = launch(options.records);
        listen(thread);
      }
    });
  }

  return {
    process(job) {
      const thread = leastBusy(threads);
      if (closed || thread === undefined || thread.pending.size >= JOBS_PER_THREAD_MAX) {
        return Promise.reject(unavailable());
      }
      nextId += 1;
      return ask(thread, { id: nextId, job });
    },
    async close() {
      closed = true;
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
    },
  };
}

function ask(thread: Thread, call: RecordCall): Promise<ProcessedRecords> {
  const { promise, resolve, reject } = Promise.withResolvers<ProcessedRecords>();
  thread.pending.set(call.id, { resolve, reject });
  thread.worker.postMessage(call);
  return promise;
}

function settle(thread: Thread, answer: RecordAnswer): void {
  const job = thread.pending.get(answer.id);
  thread.pending.delete(answer.id);
  if ("processed" in answer) {
    job?.resolve(answer.processed);
  } else {
    const { code, message, detail, field } = answer.refusal;
    job?.reject(
      new AppError(code, message, {
        ...(detail === undefined ? {} : { detail }),
        ...(field === undefined ? {} : { field }),
      }),
    );
  }
}

function leastBusy(threads: readonly Thread[]): Thread | undefined {
  let best = threads[0];
  for (const thread of threads) {
    if (thread.pending.size < (best?.pending.size ?? 0)) {
      best = thread;
    }
  }
  return best;
}

function unavailable(): AppError {
  return new AppError(
    "overloaded",
    "Too many uploads are waiting to be validated. Try again later.",
  );
}

/** The thread's module: `.ts` as it is written, `.js` in the published package. */
function launch(records: RecordOptions): Worker {
  const ending = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return new Worker(new URL(`./record-worker.${ending}`, import.meta.url), { workerData: records });
}
