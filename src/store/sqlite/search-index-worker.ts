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
}

/** Versions of one batch: more pay a commit less often, fewer can be searched sooner. */
const BATCH_VERSIONS = 2_000;

/** Of a thread beside others that are busy: a tenth of what they get. @see setpriority(2) */
const NICE = 10;

/** Where threads have no priority of their own, the thread rests so many times as long as it has worked. */
const REST_RATIO = 2;

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
  const isNice = yieldToOthers();
  const database = openSearchDatabase(options);
  const indexer = createSearchIndexer(database);
  const restRatio = isNice ? 0 : REST_RATIO;
  let closing = false;
  let isNews = false;
  let wake: (() => void) | undefined;

  async function run(): Promise<void> {
    while (!closing) {
      isNews = false;
      const waitMs = step(indexer, restRatio);
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
    wake?.();
    if (method === "follow") {
      say({ kind: "replies", replies: [{ call, value: undefined }] });
    }
  });
  say({ kind: "ready", value: { searchable: indexer.position().sequence } satisfies SearchEvent });
  void run();
}

/** One batch; how long to wait before the next, or undefined to wait for news. */
function step(indexer: SearchIndexer, restRatio: number): number | undefined {
  const startMs = performance.now();
  try {
    if (indexer.indexBatch(BATCH_VERSIONS) === 0) {
      return undefined;
    }
    const value: SearchEvent = { searchable: indexer.position().sequence };
    say({ kind: "event", value });
    return restRatio * (performance.now() - startMs);
  } catch {
    return RETRY_MS;
  }
}

/** On Linux a priority is a thread's own, elsewhere the whole program's. */
function yieldToOthers(): boolean {
  if (process.platform !== "linux") {
    return false;
  }
  try {
    setPriority(NICE);
    return true;
  } catch {
    return false;
  }
}
