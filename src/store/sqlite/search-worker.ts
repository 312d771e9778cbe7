/**
 * The thread of the search index: it follows the log's index, and answers searches in between. While uploads come
 * it leaves most of the processor to them; it catches up when they pause.
 */

import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import type {
  CountQuery,
  FacetQuery,
  FacetValue,
  MatchCount,
  RelatedObject,
  RelatedQuery,
  SearchQuery,
} from "../search.ts";
import { relatedOn } from "../search-related.ts";
import { createSearches, type FoundPage } from "../search-run.ts";
import type { Page } from "../store.ts";
import { lowerThreadPriority } from "../thread-priority.ts";
import { type Call, refusalData, type WorkerMessage } from "../worker-protocol.ts";
import type { ConnectionOptions } from "./connection.ts";
import { openSearchDatabase } from "./search-database.ts";
import { createSearchEngine } from "./search-engine.ts";
import { createSearchIndexer } from "./search-indexer.ts";
import { refusalFor } from "./transaction.ts";

/** What the thread answers to. */
export interface SearchMethods {
  searchObjects(query: SearchQuery): FoundPage;
  countMatches(query: CountQuery): MatchCount;
  facets(query: FacetQuery): readonly FacetValue[];
  relatedObjects(query: RelatedQuery): Page<RelatedObject>;
  /** Tells that the log's index has moved. */
  follow(): void;
}

/** The value of `ready`, and the thread's only event: up to which request everything can be searched. */
export interface SearchEvent {
  readonly searchable: number;
}

/** Versions of one batch: more pay a commit less often, fewer let a search begin sooner. */
const BATCH_VERSIONS = 2_000;

/** Uploads are coming when the last call of `follow` is no older than this. */
const BUSY_MS = 250;

/** While they come, the thread rests so many times as long as it has worked. */
const REST_RATIO = 2;

/** Pause after a failure, a full disk for instance. */
const RETRY_MS = 1_000;

const port = parentPort;
assert(port, "the search index lives in a worker thread");

function say(message: WorkerMessage): void {
  port?.postMessage(message);
}

lowerThreadPriority();
try {
  serve(workerData as ConnectionOptions);
} catch (error) {
  say({ kind: "failed", refusal: refusalData(refusalFor(error)) });
}

function serve(options: ConnectionOptions): void {
  const database = openSearchDatabase(options);
  const indexer = createSearchIndexer(database);
  const engine = createSearchEngine(database);
  const searches = createSearches(engine);
  const methods: { [Name in keyof SearchMethods]: (query: never) => Promise<unknown> } = {
    searchObjects: searches.search,
    countMatches: searches.count,
    facets: engine.facets,
    relatedObjects: (query) => relatedOn(engine, query),
    follow: async () => {
      followedMs = performance.now();
    },
  };
  let followedMs = -BUSY_MS;
  let closing = false;
  let wake: (() => void) | undefined;
  /** Searches and batches take turns on the one connection. */
  let turn: Promise<unknown> = Promise.resolve();

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = turn.then(work);
    turn = result.catch(() => undefined);
    return result;
  }

  async function answer({ call, method, args }: Call): Promise<void> {
    const read = methods[method as keyof SearchMethods] as (query: unknown) => Promise<unknown>;
    try {
      const value = await (method === "follow"
        ? read(undefined)
        : inTurn(() => inSnapshot(() => read(args[0]))));
      say({ kind: "replies", replies: [{ call, value }] });
    } catch (error) {
      say({ kind: "replies", replies: [{ call, refusal: refusalData(refusalFor(error)) }] });
    }
    wake?.();
  }

  async function inSnapshot<T>(read: () => Promise<T>): Promise<T> {
    database.exec("BEGIN");
    try {
      return await read();
    } finally {
      database.exec("ROLLBACK");
    }
  }

  /** One batch; how long to wait before the next, or undefined to wait for news. */
  function step(): number | undefined {
    const startMs = performance.now();
    try {
      const looked = indexer.indexBatch(BATCH_VERSIONS);
      const value: SearchEvent = { searchable: indexer.position().sequence };
      if (looked > 0) {
        say({ kind: "event", value });
      }
      const endMs = performance.now();
      const isBusy = endMs - followedMs < BUSY_MS;
      return looked === 0 ? undefined : isBusy ? REST_RATIO * (endMs - startMs) : 0;
    } catch {
      return RETRY_MS;
    }
  }

  async function run(): Promise<void> {
    while (!closing) {
      const waitMs = await inTurn(async () => step());
      await (waitMs === undefined
        ? new Promise<void>((resolve) => {
            wake = resolve;
          })
        : pause(waitMs));
      wake = undefined;
    }
    await turn;
    database.close();
    port?.close();
  }

  port?.on("message", (call: Call) => {
    if (call.method === "close") {
      closing = true;
      wake?.();
      return;
    }
    void answer(call);
  });
  say({ kind: "ready", value: { searchable: indexer.position().sequence } satisfies SearchEvent });
  void run();
}
