/** Compilation in a thread that can be stopped (`compile-threads.ts`), one text after another. Plans are cached. */
import { AppError } from "../wire/index.ts";
import { type CompileJob, createCompileThreads } from "./compile-threads.ts";
import { COMPILE_QUEUE_MAX, COMPILE_TIMEOUT_MS, PLAN_CACHE_ENTRIES_MAX } from "./limits.ts";
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

interface Job extends CompileJob {
  readonly resolve: (result: CompileResult) => void;
  readonly reject: (error: unknown) => void;
}

/** Makes a compiler. No thread is started yet. */
export function createKqlCompiler(options: KqlCompilerOptions = {}): KqlCompiler {
  const timeoutMs = options.timeoutMs ?? COMPILE_TIMEOUT_MS;
  const onFault = options.onFault ?? (() => undefined);
  const cache = new Map<string, CompileResult>();
  const queue: Job[] = [];
  const threads = createCompileThreads({ timeoutMs, onFault });
  let busy = false;
  let closed = false;

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
        const result = (await threads.run(job)) ?? timeoutError(timeoutMs);
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
    warm: () => threads.warm(),
    async close() {
      closed = true;
      for (const job of queue.splice(0)) {
        job.reject(new AppError("shutting_down", "The server is shutting down."));
      }
      await threads.close();
    },
  };
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
