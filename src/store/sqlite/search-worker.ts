/** The thread that answers searches, each from one unchanging state of the search index. */

import assert from "node:assert/strict";
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
import { type Call, refusalData, type WorkerMessage } from "../worker-protocol.ts";
import type { ConnectionOptions } from "./connection.ts";
import { openSearchReader } from "./search-database.ts";
import { createSearchEngine } from "./search-engine.ts";
import { refusalFor } from "./transaction.ts";

/** What the thread answers to. */
export interface SearchMethods {
  searchObjects(query: SearchQuery): FoundPage;
  countMatches(query: CountQuery): MatchCount;
  facets(query: FacetQuery): readonly FacetValue[];
  relatedObjects(query: RelatedQuery): Page<RelatedObject>;
}

const port = parentPort;
assert(port, "searches are answered by a worker thread");

function say(message: WorkerMessage): void {
  port?.postMessage(message);
}

try {
  serve(workerData as ConnectionOptions);
} catch (error) {
  say({ kind: "failed", refusal: refusalData(refusalFor(error)) });
}

function serve(options: ConnectionOptions): void {
  const database = openSearchReader(options);
  const engine = createSearchEngine(database);
  const searches = createSearches(engine);
  const methods: { [Name in keyof SearchMethods]: (query: never) => Promise<unknown> } = {
    searchObjects: searches.search,
    countMatches: searches.count,
    facets: engine.facets,
    relatedObjects: (query) => relatedOn(engine, query),
  };
  /** One search after the other: they share the connection, and its state. */
  let turn: Promise<unknown> = Promise.resolve();

  async function inSnapshot(read: () => Promise<unknown>): Promise<unknown> {
    database.exec("BEGIN");
    try {
      return await read();
    } finally {
      database.exec("ROLLBACK");
    }
  }

  async function answer({ call, method, args }: Call): Promise<void> {
    const read = methods[method as keyof SearchMethods] as (query: unknown) => Promise<unknown>;
    try {
      const value = await inSnapshot(() => read(args[0]));
      say({ kind: "replies", replies: [{ call, value }] });
    } catch (error) {
      say({ kind: "replies", replies: [{ call, refusal: refusalData(refusalFor(error)) }] });
    }
  }

  async function close(): Promise<void> {
    database.close();
    port?.close();
  }

  port?.on("message", (call: Call) => {
    turn = turn.then(() => (call.method === "close" ? close() : answer(call)));
  });
  say({ kind: "ready", value: undefined });
}
