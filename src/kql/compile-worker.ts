/**
 * The thread that holds the official parser. It answers one compilation after another and is simply ended when one
 * takes too long. A catalogue comes once for each version.
 */
import { parentPort } from "node:worker_threads";
import { createQueryCompiler, type QueryCompiler } from "./compile.ts";
import type { CompileResult, KqlCatalogue } from "./plan.ts";

/** What the thread is asked. A catalogue is sent when its version is new to the thread. */
export interface CompileCall {
  readonly id: number;
  readonly text: string;
  readonly timeFiltered: boolean;
  readonly version: string;
  readonly catalogue: KqlCatalogue | null;
}

/** What it answers; `fault` is a programming error here, not a fault of the query. */
export interface CompileAnswer {
  readonly id: number;
  readonly result: CompileResult | null;
  readonly fault: string | null;
}

/** Catalogues kept ready in one thread; each holds some ten megabytes. */
const CATALOGUES_MAX = 8;

/** The first analysis builds the grammar, which takes over a second; this text makes it happen early. */
const WARM_UP_TEXT = "print x = 1 | where x > 0 | summarize count() by x";

const compilers = new Map<string, QueryCompiler>();

function compilerFor({ version, catalogue }: CompileCall): QueryCompiler | undefined {
  const known = compilers.get(version);
  const found = known ?? (catalogue === null ? undefined : createQueryCompiler(catalogue));
  if (found === undefined) {
    return undefined;
  }
  compilers.delete(version);
  compilers.set(version, found);
  const [oldest] = compilers.keys();
  if (compilers.size > CATALOGUES_MAX && oldest !== undefined) {
    compilers.delete(oldest);
  }
  return found;
}

function answer(call: CompileCall): CompileAnswer {
  const compiler = compilerFor(call);
  if (compiler === undefined) {
    return { id: call.id, result: null, fault: "unknown catalogue" };
  }
  try {
    return { id: call.id, result: compiler.compile(call.text, call.timeFiltered), fault: null };
  } catch (error) {
    const fault = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { id: call.id, result: null, fault };
  }
}

createQueryCompiler({ version: "", tables: [], functions: [] }).compile(WARM_UP_TEXT, false);
parentPort?.on("message", (call: CompileCall) => parentPort?.postMessage(answer(call)));
parentPort?.postMessage({ id: 0, result: null, fault: null } satisfies CompileAnswer);
