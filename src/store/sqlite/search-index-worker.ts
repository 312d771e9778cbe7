/**
 * The thread that follows the log's index into the search index. It takes what the processor has left over, so that
 * uploads aren't slowed down by it; it is behind while they use all of it, and catches up afterwards.
 */

import assert from "node:assert/strict";
import { setPriority } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { type Call, refusalData, type WorkerMessage } from "../worker-protocol.ts";
import type { ConnectionOptions } from "./connection.ts";
import { openSearchDatabase } from "./search-database.ts";
import { createSearchIndexer, type SearchIndexer } from "./search-indexer.ts";
import { refusalFor } from "./transaction.ts";

/** What the thread answers to. */
export interface SearchIndexMethods {
  /** Tells that the log's index has moved. */
  follow(): void;
}

/** The value of `ready`, and the thread's only event: up to which request everything can be searched. */
export interface SearchEvent {
  readonly searchable: number;
  /** Versions that are left to look at, or somewhat fewer. */
  readonly behind: number;
}

/** Versions of one batch: more pay a commit less often, fewer can be searched sooner, which matters less to an
 * index that is far behind. */
const BATCH_VERSIONS = { near: 2_000, far: 10_000 };

/** Beside others that are busy a thread of this priority gets a tenth; of the lowest, 19, it starves. @see sched(7) */
const NICE = 10;

/** Uploads are coming when the last news is no older than this. */
const BUSY_MS = 250;

/** While they come, the thread rests so many times as long as it has worked: a fifth of a core takes some 6,000
 * objects a second, more than most feeds send all the time. */
const REST_RATIO = 4;

/** The further it falls behind, the less it rests: it begins with so many versions, and ends with so many. */
const RESTLESS_VERSIONS = { from: 1_000_000, to: 5_000_000 };

/** Pause after a failure, a full disk for instance. */
const RETRY_MS = 1_000;

const port = parentPort;
assert(port, "the search index is written by a worker thread");

function say(message: WorkerMessage): void {
  port?.postMessage(message);
}

try {
  serve(workerData as ConnectionOptions);
} catch (error) {
  say({ kind: "failed", refusal: refusalData(refusalFor(error)) });
}

function serve(options: ConnectionOptions): void {
  yieldToOthers();
  const database = openSearchDatabase(options);
  const indexer = createSearchIndexer(database);
  let newsMs = -BUSY_MS;
  let closing = false;
  let isNews = false;
  let wake: (() => void) | undefined;

  async function run(): Promise<void> {
    while (!closing) {
      isNews = false;
      const waitMs = step(indexer, () => performance.now() - newsMs < BUSY_MS);
      if (waitMs !== undefined) {
        await pause(waitMs);
      } else if (!isNews && !closing) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
    database.close();
    port?.close();
  }

  port?.on("message", ({ call, method }: Call) => {
    closing ||= method === "close";
    isNews = true;
    newsMs = performance.now();
    wake?.();
    if (method === "follow") {
      say({ kind: "replies", replies: [{ call, value: undefined }] });
    }
  });
  say({ kind: "ready", value: eventOf(indexer) });
  void run();
}

function eventOf(indexer: SearchIndexer): SearchEvent {
  return { searchable: indexer.position().sequence, behind: indexer.behind() };
}

function restRatio(behind: number): number {
  const { from, to } = RESTLESS_VERSIONS;
  return REST_RATIO * Math.min(Math.max((to - behind) / (to - from), 0), 1);
}

/** One batch; how long to wait before the next, or undefined to wait for news. */
function step(indexer: SearchIndexer, isBusy: () => boolean): number | undefined {
  const startMs = performance.now();
  try {
    const isFar = indexer.behind() > BATCH_VERSIONS.far;
    if (indexer.indexBatch(isFar ? BATCH_VERSIONS.far : BATCH_VERSIONS.near) === 0) {
      return undefined;
    }
    const value = eventOf(indexer);
    say({ kind: "event", value });
    return isBusy() ? restRatio(value.behind) * (performance.now() - startMs) : 0;
  } catch {
    tellStanding(indexer);
    return RETRY_MS;
  }
}

/** An index that stands still falls behind, too. */
function tellStanding(indexer: SearchIndexer): void {
  try {
    say({ kind: "event", value: eventOf(indexer) });
  } catch {
    // What the log's index has can't be read, so nothing is known.
  }
}

/** On Linux a priority is a thread's own, elsewhere the whole program's. */
function yieldToOthers(): void {
  if (process.platform === "linux") {
    try {
      setPriority(NICE);
    } catch {
      // It rests while others work in any case.
    }
  }
}
