/** Opens the mirror: the door's functions over the link to the engine's process. */

import { INTELLIGENCE_TABLES } from "../tables/index.ts";
import { AppError } from "../wire/index.ts";
import { answerOf } from "./answer.ts";
import { type EngineCalls, EngineGone, type EngineLink, startEngine } from "./engine-link.ts";
import { withSystemColumns } from "./log-schema.ts";
import type {
  LogRows,
  Mirror,
  MirrorOptions,
  MirrorPlan,
  QueryAnswer,
  QueryLimits,
  RunOptions,
} from "./mirror.ts";
import { createPositions } from "./positions.ts";
import type { FromEngine, LogSchema, QueryCall, QueryEnd } from "./protocol.ts";
import { refusalData } from "./refusal.ts";
import { createRunQueue } from "./run-queue.ts";

/** How long a call waits for an engine that is being started. */
const READY_WAIT_MS = 15_000;

/** How long a query that was told to stop may go on before the engine's process is ended. */
const STOP_GRACE_MS = 5_000;

/**
 * Opens a mirror. The engine is started in the background: the server does not wait for it, queries do.
 * The folder must belong to this process alone.
 */
export function openMirror(options: MirrorOptions): Mirror {
  const positions = createPositions();
  const queue = createRunQueue(options.engine.concurrentMax, options.engine.queuedMax);
  const { directory, source, republishDays, engine, logs } = options;
  const config = {
    ...{ directory, republishDays, engine, logs },
    storeDirectory: source.kind === "sqlite" ? source.directory : null,
  };
  const link = startEngine({
    concurrentMax: engine.concurrentMax,
    onStart: async (calls) => {
      await calls.call("open", config);
    },
    onMessage: (message) => hear(message),
    onEnd: (reason) =>
      options.onNotice({ level: "error", message: `The query engine is restarted: ${reason}.` }),
  });

  function hear(message: Parameters<Parameters<typeof startEngine>[0]["onMessage"]>[0]): void {
    if (message.kind === "position") {
      positions.set(message.applied, message.stored);
    } else if (message.kind === "notice") {
      options.onNotice(message.notice);
    } else {
      void handOn(message);
    }
  }

  async function handOn({ after, limit }: Extract<FromEngine, { kind: "changes" }>): Promise<void> {
    try {
      const versions = source.kind === "store" ? await source.changes(after, limit) : [];
      link.send({ kind: "versions", versions });
    } catch (error) {
      link.send({ kind: "versions", versions: refusalData(error) });
    }
  }

  function columnsOf(table: string): LogSchema["columns"] | undefined {
    if (Object.hasOwn(INTELLIGENCE_TABLES, table)) {
      return INTELLIGENCE_TABLES[table as keyof typeof INTELLIGENCE_TABLES];
    }
    const columns = options.logColumns(table);
    return columns && withSystemColumns(columns);
  }

  return {
    async run(plan, runOptions) {
      const askedMs = performance.now();
      const release = await queue.enter(runOptions.signal);
      try {
        const queuedMs = performance.now() - askedMs;
        const call = queryCall(plan, runOptions, { ceilings: options.limits, columnsOf });
        return await runOnce(link, call, runOptions.signal, queuedMs);
      } finally {
        release();
      }
    },
    position: () => ({ ...positions.get(), ready: link.isReady() }),
    waitFor: (change, signal) => positions.reached(change, signal),
    async waitCurrent(signal) {
      await link.ready(READY_WAIT_MS, signal);
      await abortable(link.call("refresh", undefined as never), signal);
    },
    async appendLogRows(rows) {
      const schema = schemaFor(rows, columnsOf);
      await link.ready(READY_WAIT_MS);
      await appendRows(link, rows, schema);
    },
    async logTables(workspaceId) {
      await link.ready(READY_WAIT_MS);
      return await link.call("logTables", workspaceId);
    },
    columnsOf,
    async close() {
      const reason = new AppError("shutting_down", "The server is shutting down.");
      queue.close(reason);
      positions.close(reason);
      await link.close();
    },
  };
}

interface CallParts {
  readonly ceilings: QueryLimits;
  readonly columnsOf: Mirror["columnsOf"];
}

function queryCall(
  plan: MirrorPlan,
  { workspaceId, parameters, limits = {} }: RunOptions,
  { ceilings, columnsOf }: CallParts,
): QueryCall {
  const lower = (name: keyof QueryLimits): number =>
    Math.min(limits[name] ?? ceilings[name], ceilings[name]);
  const { sql, columns, tables } = plan;
  return {
    plan: { sql, columns, tables, parameters: plan.parameters },
    workspaceId,
    parameters,
    limits: { timeMs: lower("timeMs"), rowsMax: lower("rowsMax"), bytesMax: lower("bytesMax") },
    logTables: tables
      .filter((table) => !Object.hasOwn(INTELLIGENCE_TABLES, table))
      .map((table) => ({ table, columns: columnsOf(table) ?? [] })),
  };
}

/**
 * Runs a query. When the engine is ended because another query did not stop, this one is run again; when the engine
 * ends by itself, it is not, since this one may be the reason.
 */
async function runOnce(
  link: EngineLink,
  call: QueryCall,
  signal: AbortSignal | undefined,
  queuedMs: number,
): Promise<QueryAnswer> {
  for (;;) {
    signal?.throwIfAborted();
    await link.ready(READY_WAIT_MS, signal);
    const killed = killedBy.get(link) ?? 0;
    try {
      const { rows, end } = await guarded(link, call, signal);
      return answerOf(call, rows, { ...end, queuedMs });
    } catch (error) {
      const isBystander = error instanceof EngineGone && (killedBy.get(link) ?? 0) !== killed;
      if (!isBystander) {
        throw error;
      }
    }
  }
}

/** How often the process of a link was ended for a query that did not stop. */
const killedBy = new WeakMap<EngineLink, number>();

/** Runs a query and ends the engine when it goes on after it was told to stop. */
async function guarded(
  link: EngineLink,
  call: QueryCall,
  signal: AbortSignal | undefined,
): Promise<{ readonly rows: readonly string[]; readonly end: QueryEnd }> {
  const rows: string[] = [];
  let number = 0;
  let isCulprit = false;

  function stubborn(): void {
    isCulprit = true;
    killedBy.set(link, (killedBy.get(link) ?? 0) + 1);
    link.kill();
  }

  let timer = setTimeout(stubborn, call.limits.timeMs + STOP_GRACE_MS);
  const cancel = (): void => {
    link.send({ kind: "cancel", call: number });
    clearTimeout(timer);
    timer = setTimeout(stubborn, STOP_GRACE_MS);
  };
  signal?.addEventListener("abort", cancel, { once: true });
  try {
    const end = await link.call("run", call, {
      onRows: (piece) => rows.push(piece),
      onSent: (sent) => {
        number = sent;
      },
    });
    return { rows, end };
  } catch (error) {
    signal?.throwIfAborted();
    throw isCulprit
      ? new AppError("query_timeout", "The query did not end in time and was stopped.")
      : error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", cancel);
  }
}

/** The schema of the table that rows go into. @throws AppError `not_found`, `invalid_request` */
function schemaFor({ table, columns }: LogRows, columnsOf: Mirror["columnsOf"]): LogSchema {
  const known = Object.hasOwn(INTELLIGENCE_TABLES, table) ? undefined : columnsOf(table);
  if (known === undefined) {
    throw new AppError("not_found", `There is no table ${table} for logs.`, { field: "table" });
  }
  for (const { name, type } of columns) {
    const column = known.find((each) => each.name === name);
    if (column?.type !== type) {
      const fault = column === undefined ? "has no such column" : `has it as ${column.type}`;
      throw new AppError("invalid_request", `Column ${name} of type ${type}: ${table} ${fault}.`, {
        field: name,
      });
    }
  }
  return { table, columns: known };
}

async function appendRows(link: EngineCalls, rows: LogRows, schema: LogSchema): Promise<void> {
  try {
    const receivedAt = new Date().toISOString();
    await link.call("appendLogRows", { rows, schema, receivedAt });
  } catch (error) {
    throw error instanceof EngineGone
      ? new AppError(
          "overloaded",
          "The query engine ended while it stored the rows: some may be stored. Send them again.",
        )
      : error;
  }
}

/** Gives up waiting when the signal says so; what is under way goes on. */
async function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) {
    return await work;
  }
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
