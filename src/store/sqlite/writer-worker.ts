/**
 * The thread that writes: it alone holds a connection that can. Each turn of its loop first commits every
 * append that is waiting, all in one transaction, and answers; then it indexes one batch, small enough that
 * the appends of the next turn don't wait long.
 */

import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import type { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import { AppError } from "../../wire/index.ts";
import { type AppendResult, type AppendRow, createAppender } from "./appender.ts";
import { type ConnectionOptions, openWriterConnection } from "./connection.ts";
import { createIndexer, type Indexer } from "./indexer.ts";
import { migrate } from "./migrate.ts";
import { createTerms } from "./term.ts";
import { inTransaction, refusalFor } from "./transaction.ts";
import {
  type Call,
  type Reply,
  refusalData,
  replyOf,
  type WorkerMessage,
} from "./worker-protocol.ts";

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

const RECORD_HEALTH = `INSERT INTO health (id, checked_at) VALUES (1, ?)
  ON CONFLICT DO UPDATE SET checked_at = excluded.checked_at`;

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
  const index = createIndexing(createIndexer(database, terms));
  const recordHealth = database.prepare(RECORD_HEALTH);

  let appended = lastSequence(database);
  let waiting: { readonly call: number; readonly row: AppendRow }[] = [];
  let turnPlanned = false;
  let closing = false;

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
    if (index.position() < appended && !index.pausing()) {
      indexOneBatch(group.length > 0);
    }
  }

  function appendGroup(group: typeof waiting): void {
    const results = append(group.map(({ row }) => row));
    appended = Math.max(appended, ...results.filter((result) => typeof result === "number"));
    say({
      kind: "replies",
      replies: results.map((each, at) => appendReply(group[at]?.call, each)),
    });
    if (results.some((result) => result instanceof AppError)) {
      reuseLogSpace(database);
    }
  }

  function indexOneBatch(busy: boolean): void {
    const behind = appended - index.position() > LAG_REQUESTS_MAX;
    try {
      index.batch(behind ? BATCH_MS.behind : busy ? BATCH_MS.busy : BATCH_MS.idle);
      planTurn();
    } catch {
      index.pause(planTurn);
      reuseLogSpace(database);
    }
  }

  /** Writes, and where the indexer has failed lets it try again: both must succeed. */
  function checkHealth(at: string): void {
    inTransaction(database, () => recordHealth.run(at));
    if (index.pausing()) {
      index.batch(BATCH_MS.busy);
      index.resume();
      planTurn();
    }
  }

  function end(): void {
    index.resume();
    database.close();
    port?.close();
  }

  port?.on("message", ({ call, method, args }: Call) => {
    if (method === "append") {
      waiting.push({ call, row: args[0] as AppendRow });
      planTurn();
    } else if (method === "checkHealth") {
      say({ kind: "replies", replies: [replyOf(call, () => checkHealth(String(args[0])))] });
    } else {
      closing = true;
      planTurn();
    }
  });
  const value: WriterReady = { appended, indexed: index.position() };
  say({ kind: "ready", value });
  planTurn();
}

/** The last number given to a request, also when retention has dropped it. */
function lastSequence(database: DatabaseSync): number {
  const find = database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'request'");
  return Number(find.get()?.["seq"] ?? 0);
}

function appendReply(call = 0, result: AppendResult): Reply {
  return result instanceof AppError
    ? { call, refusal: refusalData(result) }
    : { call, value: result };
}

/** On a full disk the write-ahead log can't grow; copied back, it is written from its start again. */
function reuseLogSpace(database: DatabaseSync): void {
  try {
    database.exec("PRAGMA wal_checkpoint(RESTART)");
  } catch {
    // Nothing is lost: the log stays as it is, and the caller already knows that the disk fails.
  }
}

/** Runs the indexer at a measured pace, and keeps the pause after a failure. */
function createIndexing(indexer: Indexer) {
  let recordsPerMs = PACE_AT_START;
  let delayMs = 0;
  let retry: NodeJS.Timeout | undefined;
  return {
    position: indexer.position,
    pausing: () => retry !== undefined,

    /** Indexes as many records as should take `aimMs`. @throws what the database throws */
    batch(aimMs: number): void {
      const { min, max } = BATCH_RECORDS;
      const startMs = performance.now();
      const records = indexer.indexBatch(Math.min(Math.max(recordsPerMs * aimMs, min), max));
      if (records >= min) {
        recordsPerMs = records / Math.max(performance.now() - startMs, 1);
      }
      delayMs = 0;
      const value: WriterEvent = { indexed: indexer.position() };
      say({ kind: "event", value });
    },

    /** Calls `due` when the pause that follows a failure is over; each is twice as long as the last. */
    pause(due: () => void): void {
      delayMs = Math.min(Math.max(delayMs * 2, RETRY_DELAY_MS.first), RETRY_DELAY_MS.last);
      retry = setTimeout(() => {
        retry = undefined;
        due();
      }, delayMs);
    },

    resume(): void {
      clearTimeout(retry);
      retry = undefined;
    },
  };
}
