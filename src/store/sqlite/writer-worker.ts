/**
 * The thread that writes: it alone holds a connection that can. Each turn of its loop first commits every
 * append that is waiting, all in one transaction, and answers; then it indexes one batch, small enough that
 * the appends of the next turn don't wait long.
 */

import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import { parentPort, workerData } from "node:worker_threads";
import { AppError } from "../../wire/index.ts";
import { type AppendRow, createAppender } from "./appender.ts";
import { type ConnectionOptions, openWriterConnection } from "./connection.ts";
import { createIndexer } from "./indexer.ts";
import { migrate } from "./migrate.ts";
import { createTerms } from "./term.ts";
import { inTransaction, refusalFor } from "./transaction.ts";
import { type Call, type Reply, refusalData, type WorkerMessage } from "./worker-protocol.ts";

/** What the writer answers to. */
export interface WriterMethods {
  append(row: AppendRow): number;
  checkHealth(at: string): void;
}

/** The value of the writer's `ready`. */
export interface WriterReady {
  readonly appended: number;
  readonly indexed: number;
}

/** The writer's only event: how far the index is. */
export interface WriterEvent {
  readonly indexed: number;
}

/** How long a batch of the index should take: while appends come, when none do, and when the index is so
 * far behind that catching up matters more than the next answer. */
const BATCH_MS = { busy: 40, idle: 250, behind: 500 };

/** Requests that the index may be behind before appends have to wait for it. */
const LAG_REQUESTS_MAX = 2_000;

/** Records of one batch: fewer would pay a commit for little, more would hold too much in memory. */
const BATCH_RECORDS = { min: 256, max: 20_000 };

/** Records a millisecond, until the first batch has been measured. */
const PACE_AT_START = 20;

/** Back-off of the indexer after a failure: doubled from the first to the last value. */
const RETRY_DELAY_MS = { first: 100, last: 5_000 };

const port = parentPort;
assert(port, "the writer runs in a worker thread");

function say(message: WorkerMessage): void {
  port?.postMessage(message);
}

try {
  serve(workerData as ConnectionOptions);
} catch (error) {
  say({ kind: "failed", refusal: refusalData(refusalFor(error)) });
}

function serve(options: ConnectionOptions): void {
  const database = openWriterConnection(options);
  migrate(database, `The store in ${options.directory}`);
  const terms = createTerms(database);
  const append = createAppender(database, terms);
  const indexer = createIndexer(database, terms);
  const recordHealth = database.prepare(
    `INSERT INTO health (id, checked_at) VALUES (1, ?)
      ON CONFLICT DO UPDATE SET checked_at = excluded.checked_at`,
  );

  let appended = Number(
    database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'request'").get()?.["seq"] ?? 0,
  );
  let waiting: { readonly call: number; readonly row: AppendRow }[] = [];
  let turnPlanned = false;
  let closing = false;
  let pace = PACE_AT_START;
  let retryDelayMs = 0;
  let retry: NodeJS.Timeout | undefined;

  function planTurn(): void {
    if (!turnPlanned) {
      turnPlanned = true;
      // The calls that have arrived by then are all taken into the turn.
      setImmediate(turn);
    }
  }

  function turn(): void {
    turnPlanned = false;
    const group = waiting;
    waiting = [];
    if (group.length > 0) {
      appendGroup(group);
    }
    if (closing) {
      end();
      return;
    }
    if (indexer.position() < appended && retry === undefined) {
      indexOneBatch(group.length > 0);
    }
  }

  function appendGroup(group: typeof waiting): void {
    const results = append(group.map(({ row }) => row));
    const replies = results.map((result, at): Reply => {
      const call = group[at]?.call ?? 0;
      return result instanceof AppError
        ? { call, refusal: refusalData(result) }
        : { call, value: result };
    });
    appended = Math.max(appended, ...results.filter((result) => typeof result === "number"));
    say({ kind: "replies", replies });
    if (results.some((result) => result instanceof AppError)) {
      reuseLogSpace();
    }
  }

  /** On a full disk the write-ahead log can't grow; copied back, it is written from its start again. */
  function reuseLogSpace(): void {
    try {
      database.exec("PRAGMA wal_checkpoint(RESTART)");
    } catch {
      // Nothing is lost: the log stays as it is, and the caller already knows that the disk fails.
    }
  }

  function indexOneBatch(busy: boolean): void {
    const behind = appended - indexer.position() > LAG_REQUESTS_MAX;
    const aimMs = behind ? BATCH_MS.behind : busy ? BATCH_MS.busy : BATCH_MS.idle;
    try {
      index(Math.min(Math.max(pace * aimMs, BATCH_RECORDS.min), BATCH_RECORDS.max));
      planTurn();
    } catch {
      retryDelayMs = Math.min(
        Math.max(retryDelayMs * 2, RETRY_DELAY_MS.first),
        RETRY_DELAY_MS.last,
      );
      retry = setTimeout(() => {
        retry = undefined;
        planTurn();
      }, retryDelayMs);
      reuseLogSpace();
    }
  }

  function index(recordsMax: number): void {
    const startMs = performance.now();
    const records = indexer.indexBatch(recordsMax);
    if (records >= BATCH_RECORDS.min) {
      pace = records / Math.max(performance.now() - startMs, 1);
    }
    retryDelayMs = 0;
    const value: WriterEvent = { indexed: indexer.position() };
    say({ kind: "event", value });
  }

  /** Writes, and where the indexer has failed lets it try again: both must succeed. */
  function checkHealth(call: number, at: string): void {
    try {
      inTransaction(database, () => recordHealth.run(at));
      if (retry !== undefined) {
        index(BATCH_RECORDS.min);
        clearTimeout(retry);
        retry = undefined;
        planTurn();
      }
      say({ kind: "replies", replies: [{ call, value: undefined }] });
    } catch (error) {
      say({ kind: "replies", replies: [{ call, refusal: refusalData(refusalFor(error)) }] });
    }
  }

  function end(): void {
    clearTimeout(retry);
    database.close();
    port?.close();
  }

  port?.on("message", ({ call, method, args }: Call) => {
    if (method === "append") {
      waiting.push({ call, row: args[0] as AppendRow });
      planTurn();
    } else if (method === "checkHealth") {
      checkHealth(call, String(args[0]));
    } else {
      closing = true;
      planTurn();
    }
  });
  const value: WriterReady = { appended, indexed: indexer.position() };
  say({ kind: "ready", value });
  planTurn();
}
