/** Runs one plan on a connection of its own: read-only, in the schema of one workspace, within its limits. */

import { cpuUsage } from "node:process";
import {
  type DuckDBConnection,
  type DuckDBResult,
  type DuckDBTimestampValue,
  StatementType,
} from "@duckdb/node-api";
import { AppError } from "../wire/index.ts";
import { messageOf } from "./message-of.ts";
import type { PartialReason, QueryLimits } from "./mirror.ts";
import { NOW_VARIABLE, quoteName, schemaOf } from "./names.ts";
import type { QueryCall, QueryEnd } from "./protocol.ts";
import { instant } from "./stored-columns.ts";
import { wireQuery } from "./wire-sql.ts";

/** A query under way. */
export interface RunningQuery {
  readonly end: Promise<QueryEnd>;
  /** Stops it; `end` then fails. */
  readonly cancel: () => void;
}

/** What a query needs of the engine. */
export interface QueryPlace {
  readonly connect: () => Promise<DuckDBConnection>;
  /** Last change that it sees. */
  readonly change: () => number;
  /** Takes pieces of the answer: JSON texts of rows, joined by commas. */
  readonly onRows: (rowsJson: string) => void;
}

const MICROS_PER_MS = 1_000;

/** Starts a query. `end` fails with an AppError: `query_timeout`, `query_too_large`, `query_failed`. */
export function startQuery(call: QueryCall, place: QueryPlace): RunningQuery {
  let connection: DuckDBConnection | undefined;
  let stopped: AppError | undefined;

  function stop(reason: AppError): void {
    stopped ??= reason;
    connection?.interrupt();
  }

  async function run(): Promise<QueryEnd> {
    const startMs = performance.now();
    const cpuBefore = cpuUsage();
    const change = place.change();
    const { timeMs } = call.limits;
    const timer = setTimeout(() => stop(timedOut(timeMs)), timeMs);
    try {
      connection = await place.connect();
      const result = await begin(connection, call);
      if (stopped !== undefined) {
        throw stopped;
      }
      const sent = await send(result, call, place.onRows);
      const { user, system } = cpuUsage(cpuBefore);
      const cpuMs = Math.round((user + system) / MICROS_PER_MS);
      return { ...sent, elapsedMs: performance.now() - startMs, cpuMs, change };
    } catch (error) {
      throw stopped ?? refusalOf(error);
    } finally {
      clearTimeout(timer);
      connection?.disconnectSync();
      connection = undefined;
    }
  }

  return {
    end: run(),
    cancel: () => stop(new AppError("query_timeout", "The query was cancelled.")),
  };
}

function timedOut(timeMs: number): AppError {
  const message = `The query ran longer than ${timeMs / 1000} seconds and was stopped.`;
  return new AppError("query_timeout", message);
}

async function begin(connection: DuckDBConnection, call: QueryCall): Promise<DuckDBResult> {
  const { plan, workspaceId, parameters } = call;
  await connection.run(
    `USE ${quoteName(schemaOf(workspaceId))};
     SET VARIABLE ${NOW_VARIABLE} = make_timestamp(${microsOf(parameters.now)});
     BEGIN TRANSACTION READ ONLY`,
  );
  const statement = await connection.prepare(wireQuery(plan.sql, plan.columns));
  if (statement.statementType !== StatementType.SELECT) {
    throw new AppError("internal", "The plan is no SELECT.");
  }
  for (const name of plan.parameters) {
    const text = parameters[name];
    const value = text === null ? null : parameterOf(name, text);
    const index = statement.parameterIndex(name);
    if (value === null) {
      statement.bindNull(index);
    } else {
      statement.bindTimestamp(index, value);
    }
  }
  return await statement.stream();
}

function parameterOf(name: string, text: string): DuckDBTimestampValue {
  const value = instant(text);
  if (value === null) {
    throw new AppError("invalid_request", `The query's "${name}" is no timestamp: ${text}.`, {
      field: name,
    });
  }
  return value;
}

function microsOf(text: string): bigint {
  return parameterOf("now", text).micros;
}

/** Rows of an answer, and where it stopped. */
type Sent = Pick<QueryEnd, "rowCount" | "bytes" | "partial">;

async function send(
  result: DuckDBResult,
  { limits }: QueryCall,
  onRows: (rowsJson: string) => void,
): Promise<Sent> {
  const sent = { rowCount: 0, bytes: 0 };
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) {
      return { ...sent, partial: null };
    }
    const rows = chunk.getColumnValues(0) as string[];
    const { kept, partial } = fitting(rows, sent, limits);
    if (kept.length > 0) {
      onRows(kept.join(","));
    }
    if (partial !== null) {
      return { ...sent, partial };
    }
  }
}

/** The rows that still fit, counted; `partial` says what the next one would have broken. */
function fitting(
  rows: readonly string[],
  sent: { rowCount: number; bytes: number },
  limits: QueryLimits,
): { readonly kept: readonly string[]; readonly partial: PartialReason | null } {
  for (const [place, row] of rows.entries()) {
    const rowBytes = Buffer.byteLength(row) + 1;
    const isFull = sent.rowCount >= limits.rowsMax;
    if (isFull || sent.bytes + rowBytes > limits.bytesMax) {
      return { kept: rows.slice(0, place), partial: isFull ? "rows" : "bytes" };
    }
    sent.rowCount += 1;
    sent.bytes += rowBytes;
  }
  return { kept: rows, partial: null };
}

/** Kinds of the engine's errors by the words they begin with. */
const ENGINE_ERRORS: readonly (readonly [RegExp, (message: string) => AppError])[] = [
  [
    /^Out of Memory Error/,
    (message) =>
      new AppError("query_too_large", "The query needs more memory than queries may use.", {
        detail: message,
      }),
  ],
  [
    /^INTERRUPT Error/,
    (message) => new AppError("query_timeout", "The query was stopped.", { detail: message }),
  ],
  [
    /^(Conversion|Invalid Input|Out of Range|Constraint|Invalid Type) Error/,
    (message) => new AppError("query_failed", readable(message), { detail: message }),
  ],
  [
    /^IO Error.*(temp|space)/i,
    (message) =>
      new AppError("query_too_large", "The query needs more disk space than queries may use.", {
        detail: message,
      }),
  ],
];

function refusalOf(error: unknown): AppError {
  if (error instanceof AppError) {
    return error;
  }
  const message = messageOf(error);
  const [, make] = ENGINE_ERRORS.find(([kind]) => kind.test(message)) ?? [];
  return (
    make?.(message) ??
    new AppError("internal", "The query failed.", { cause: error, detail: message })
  );
}

/** What the engine says of an expression of RE2 that it cannot read, followed by the expression or a part of it. */
const BAD_EXPRESSION =
  /^(?:missing [)\]]|unexpected \)|no argument for repetition|bad repetition|invalid (?:escape|character|perl|named|repetition|UTF-8)|trailing \\)/;

/** What went wrong, without the engine's SQL. */
function readable(message: string): string {
  const [line = ""] = message.split("\n");
  const reason = line.replace(/^[A-Za-z ]+ Error: /, "");
  return BAD_EXPRESSION.test(reason)
    ? `A regular expression of the query, or one that it takes from its data, is not valid: ${reason}`
    : `A value can't be computed: ${reason}`;
}
