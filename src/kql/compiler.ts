/**
 * Compilation in a thread that can be stopped. The official parser cannot be interrupted, so that a text on which it
 * takes too long costs its thread; another takes its place, and since then a spare one is kept warm. Plans are cached.
 * The thread, some 300 MB, is started by the first query or by `warm()`.
 */
import { Worker } from "node:worker_threads";
import { AppError } from "../wire/index.ts";
import type { CompileAnswer, CompileCall } from "./compile-worker.ts";
import {
  COMPILE_QUEUE_MAX,
  COMPILE_TIMEOUT_MS,
  COMPILER_START_TIMEOUT_MS,
  PLAN_CACHE_ENTRIES_MAX,
} from "./limits.ts";
import type { CompileOptions, CompileResult } from "./plan.ts";

/** How a compiler is made. */
export interface KqlCompilerOptions {
  /** Milliseconds that one compilation may take; `COMPILE_TIMEOUT_MS` by default. */
  readonly timeoutMs?: number;
  /** Told when a thread broke down or met a fault of its own. */
  readonly onFault?: (cause: unknown) => void;
}

/** Compiles queries, one after another. */
export interface KqlCompiler {
  /**
   * The plan of a query's text, or what is wrong with it.
   * @throws AppError `overloaded`, `shutting_down` or `internal`; the signal's reason when it is aborted
   */
  readonly compile: (text: string, options: CompileOptions) => Promise<CompileResult>;
  /** Starts the thread ahead of the first query; resolves when it is ready. */
  readonly warm: () => Promise<void>;
  /** Ends the threads; waiting compilations are refused. */
  readonly close: () => Promise<void>;
}

interface Job {
  readonly text: string;
  readonly options: CompileOptions;
  readonly resolve: (result: CompileResult) => void;
  readonly reject: (error: unknown) => void;
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

/** Makes a compiler. No thread is started yet. */
export function createKqlCompiler(options: KqlCompilerOptions = {}): KqlCompiler {
  const timeoutMs = options.timeoutMs ?? COMPILE_TIMEOUT_MS;
  const onFault = options.onFault ?? (() => undefined);
  const cache = new Map<string, CompileResult>();
  const queue: Job[] = [];
  const threads = new Set<Thread>();
  let active: Thread | null = null;
  let spare: Thread | null = null;
  let busy = false;
  let closed = false;
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

  async function run(job: Job): Promise<CompileResult> {
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
      return timeoutError(timeoutMs);
    }
    if (answer === null || answer.result === null) {
      const fault = answer?.fault ?? "the thread ended";
      onFault(new Error(fault));
      thread.versions.delete(job.options.catalogue.version);
      throw new AppError("internal", "The query could not be compiled.", { detail: fault });
    }
    return answer.result;
  }

  async function drain(): Promise<void> {
    if (busy) {
      return;
    }
    busy = true;
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
      if (job.options.signal?.aborted === true) {
        job.reject(job.options.signal.reason);
        continue;
      }
      try {
        const result = await run(job);
        remember(cache, cacheKey(job.text, job.options), result);
        job.resolve(result);
      } catch (error) {
        job.reject(error);
      }
    }
    busy = false;
  }

  return {
    compile(text, compileOptions) {
      const key = cacheKey(text, compileOptions);
      const known = cache.get(key);
      if (known !== undefined) {
        remember(cache, key, known);
        return Promise.resolve(known);
      }
      if (closed) {
        return Promise.reject(new AppError("shutting_down", "The server is shutting down."));
      }
      if (queue.length >= COMPILE_QUEUE_MAX) {
        return Promise.reject(
          new AppError("overloaded", "Too many queries wait to be compiled; try again."),
        );
      }
      const { promise, resolve, reject } = Promise.withResolvers<CompileResult>();
      queue.push({ text, options: compileOptions, resolve, reject });
      void drain();
      return promise;
    },
    async warm() {
      active ??= launch();
      await active.ready;
    },
    async close() {
      closed = true;
      for (const job of queue.splice(0)) {
        job.reject(new AppError("shutting_down", "The server is shutting down."));
      }
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

function callOf(thread: Thread, { text, options }: Job): Omit<CompileCall, "id"> {
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

function timeoutError(timeoutMs: number): CompileResult {
  const message = `the query took longer than ${timeoutMs} ms to compile`;
  const detail = { code: "KQL_LIMIT", message, position: null };
  return { error: { ...detail, details: [detail] } };
}

function cacheKey(text: string, { catalogue, timeFiltered = false }: CompileOptions): string {
  return `${catalogue.version}\n${timeFiltered}\n${text}`;
}

/** The most recently used entries stay. */
function remember(cache: Map<string, CompileResult>, key: string, result: CompileResult): void {
  cache.delete(key);
  cache.set(key, result);
  const [oldest] = cache.keys();
  if (cache.size > PLAN_CACHE_ENTRIES_MAX && oldest !== undefined) {
    cache.delete(oldest);
  }
}
