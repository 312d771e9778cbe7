/**
 * The threads that compile. The official parser cannot be interrupted, so that a text on which it takes too long costs
 * its thread; another takes its place, and since then a spare one is kept warm. A thread takes some 300 MB and is
 * started by the first query or by `warm()`.
 */
import { Worker } from "node:worker_threads";
import { AppError } from "../wire/index.ts";
import type { CompileAnswer, CompileCall } from "./compile-worker.ts";
import { COMPILER_START_TIMEOUT_MS } from "./limits.ts";
import type { CompileOptions, CompileResult } from "./plan.ts";

/** A text to compile. */
export interface CompileJob {
  readonly text: string;
  readonly options: CompileOptions;
}

interface CompileThreads {
  /** Null when the time was over. One job at a time. @throws AppError `internal` */
  readonly run: (job: CompileJob) => Promise<CompileResult | null>;
  readonly warm: () => Promise<void>;
  readonly close: () => Promise<void>;
}

interface Thread {
  readonly worker: Worker;
  readonly ready: Promise<void>;
  /** Versions of catalogues that it has. */
  readonly versions: Set<string>;
  onAnswer: ((answer: CompileAnswer | null) => void) | null;
}

/** The threads see as many catalogues as `compile-worker.ts` keeps; beyond it they are sent again. */
const CATALOGUES_SENT_MAX = 8;

/** A query that needs no table, with which a catalogue is told. */
const CATALOGUE_TEXT = "print 1";

/** Keeps the threads. No thread is started yet. */
export function createCompileThreads({
  timeoutMs,
  onFault,
}: {
  readonly timeoutMs: number;
  readonly onFault: (cause: unknown) => void;
}): CompileThreads {
  const threads = new Set<Thread>();
  let active: Thread | null = null;
  let spare: Thread | null = null;
  let calls = 0;

  function launch(): Thread {
    const thread = startThread(onFault, () => {
      threads.delete(thread);
      active = active === thread ? null : active;
      spare = spare === thread ? null : spare;
    });
    threads.add(thread);
    return thread;
  }

  /** Ends a thread that does not answer, and from now on keeps a spare one. */
  async function replace(thread: Thread): Promise<void> {
    threads.delete(thread);
    active = spare ?? launch();
    spare = launch();
    await thread.worker.terminate();
  }

  async function run(job: CompileJob): Promise<CompileResult | null> {
    const thread = active ?? launch();
    active = thread;
    await thread.ready;
    // A catalogue that is new to the thread is told apart from the query, whose time it would take.
    if (!thread.versions.has(job.options.catalogue.version)) {
      calls += 1;
      const first = { ...callOf(thread, { ...job, text: CATALOGUE_TEXT }), id: calls };
      await ask(thread, first, COMPILER_START_TIMEOUT_MS);
    }
    calls += 1;
    const answer = await ask(thread, { ...callOf(thread, job), id: calls }, timeoutMs);
    if (answer === "late") {
      await replace(thread);
      return null;
    }
    if (answer === null || answer.result === null) {
      const fault = answer?.fault ?? "the thread ended";
      onFault(new Error(fault));
      thread.versions.delete(job.options.catalogue.version);
      throw new AppError("internal", "The query could not be compiled.", { detail: fault });
    }
    return answer.result;
  }

  return {
    run,
    async warm() {
      active ??= launch();
      await active.ready;
    },
    async close() {
      await Promise.all([...threads].map(({ worker }) => worker.terminate()));
    },
  };
}

function startThread(onFault: (cause: unknown) => void, onEnd: () => void): Thread {
  const ending = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const worker = new Worker(new URL(`./compile-worker.${ending}`, import.meta.url), {
    name: "kql-compiler",
  });
  worker.unref();
  const ready = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    ready.reject(new AppError("internal", "The query compiler did not start in time."));
    void worker.terminate();
  }, COMPILER_START_TIMEOUT_MS);
  // Nobody may be waiting for a spare thread that fails.
  ready.promise.catch(() => undefined);
  const thread: Thread = { worker, ready: ready.promise, versions: new Set(), onAnswer: null };
  worker.on("message", (answer: CompileAnswer) => {
    if (answer.id === 0) {
      clearTimeout(timer);
      ready.resolve();
    } else {
      thread.onAnswer?.(answer);
    }
  });
  worker.on("error", onFault);
  worker.on("exit", () => {
    clearTimeout(timer);
    ready.reject(new AppError("internal", "The query compiler ended."));
    thread.onAnswer?.(null);
    onEnd();
  });
  return thread;
}

function callOf(thread: Thread, { text, options }: CompileJob): Omit<CompileCall, "id"> {
  const { catalogue, timeFiltered = false } = options;
  const { version } = catalogue;
  const known = thread.versions.has(version);
  thread.versions.delete(version);
  thread.versions.add(version);
  const [oldest] = thread.versions;
  if (thread.versions.size > CATALOGUES_SENT_MAX && oldest !== undefined) {
    thread.versions.delete(oldest);
  }
  return { text, timeFiltered, version, catalogue: known ? null : catalogue };
}

/** The answer; null when the thread ended, "late" when the time is over. */
async function ask(
  thread: Thread,
  call: CompileCall,
  timeoutMs: number,
): Promise<CompileAnswer | null | "late"> {
  const { promise, resolve } = Promise.withResolvers<CompileAnswer | null | "late">();
  thread.onAnswer = resolve;
  const timer = setTimeout(() => resolve("late"), timeoutMs);
  thread.worker.ref();
  thread.worker.postMessage(call);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    thread.onAnswer = null;
    thread.worker.unref();
  }
}
