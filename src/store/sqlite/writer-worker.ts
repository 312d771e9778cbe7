/**
 * The thread that writes: it alone holds a connection that can. Each turn of its loop first commits every
 * append that is waiting, all in one transaction, and answers; then it indexes one batch, small enough that
 * the appends of the next turn don't wait long.
 */

import assert from "node:assert/strict";
import type { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import { AppError } from "../../wire/index.ts";
import type { AppendRow } from "../engine-rows.ts";
import type { RetentionCutoffs } from "../retention.ts";
import {
  type Call,
  type Reply,
  refusalData,
  replyOf,
  type WorkerMessage,
} from "../worker-protocol.ts";
import { type AppendResult, createAppender } from "./appender.ts";
import { type ConnectionOptions, openWriterConnection } from "./connection.ts";
import type { MemoryMode } from "./identities.ts";
import { createIndexer } from "./indexer.ts";
import { createIndexing } from "./indexing.ts";
import { migrate } from "./migrate.ts";
import { createRetention } from "./retention.ts";
import type { RevokedBits } from "./revoked-filter.ts";
import { createTerms } from "./terms.ts";
import { inTransaction, refusalFor } from "./transaction.ts";

/** What the writer answers to. */
export interface WriterMethods {
  append(row: AppendRow): number;
  checkHealth(at: string): void;
  /** Drops a little of what is due; the number of rows. @param searchable up to which request searches are */
  retain(cutoffs: RetentionCutoffs, searchable: number): number;
}

/** What the writer is started with. */
export interface WriterOptions extends ConnectionOptions {
  readonly revoked: RevokedBits;
  readonly memory: MemoryMode;
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

const RECORD_HEALTH = `INSERT INTO health (id, checked_at) VALUES (1, ?)
  ON CONFLICT DO UPDATE SET checked_at = excluded.checked_at`;

const port = parentPort;
assert(port, "the writer runs in a worker thread");

function say(message: WorkerMessage): void {
  port?.postMessage(message);
}

try {
  serve(workerData as WriterOptions);
} catch (error) {
  say({ kind: "failed", refusal: refusalData(refusalFor(error)) });
}

/** Opens the database and prepares what works on it. */
function openParts(options: WriterOptions) {
  const database = openWriterConnection(options);
  migrate(database, `The store in ${options.directory}`);
  const terms = createTerms(database);
  const { revoked, memory } = options;
  const indexer = createIndexer(database, { terms, revoked, memory });
  return {
    database,
    append: createAppender(database, terms),
    index: createIndexing(indexer, (indexed) => {
      const value: WriterEvent = { indexed };
      say({ kind: "event", value });
    }),
    recordHealth: database.prepare(RECORD_HEALTH),
    retain: createRetention(database),
  };
}

function serve(options: WriterOptions): void {
  const { database, append, index, recordHealth, retain } = openParts(options);
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
      index.resume();
      database.close();
      port?.close();
      return;
    }
    if (index.pausing()) {
      return;
    }
    if (index.position() < appended) {
      goOn(() => index.batch({ appended, busy: group.length > 0 }));
    } else if (index.untidy()) {
      goOn(index.tidy);
    }
  }

  function appendGroup(group: typeof waiting): void {
    const results = append(group.map(({ row }) => row));
    appended = Math.max(appended, ...results.filter((result) => typeof result === "number"));
    const replies = results.map((each, at) => appendReply(group[at]?.call, each));
    say({ kind: "replies", replies });
    if (results.some((result) => result instanceof AppError)) {
      reuseLogSpace(database);
    }
  }

  function goOn(work: () => void): void {
    try {
      work();
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
      index.batch({ appended, busy: true });
      index.resume();
      planTurn();
    }
  }

  const methods: Readonly<Record<string, (...given: readonly unknown[]) => unknown>> = {
    checkHealth: (at) => checkHealth(String(at)),
    retain: (cutoffs, searchable) =>
      retain(cutoffs as RetentionCutoffs, {
        indexed: index.position(),
        searchable: Number(searchable),
      }),
  };

  function hear({ call, method, args }: Call): void {
    const answer = methods[method];
    if (answer !== undefined) {
      say({ kind: "replies", replies: [replyOf(call, () => answer(...args), refusalFor)] });
      return;
    }
    if (method === "append") {
      waiting.push({ call, row: args[0] as AppendRow });
    } else {
      closing = true;
    }
    planTurn();
  }

  port?.on("message", hear);
  say({ kind: "ready", value: { appended, indexed: index.position() } satisfies WriterReady });
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
