/**
 * The thread that follows the log, or the index of it, and takes part in indexing: a batch is planned and put
 * together without holding up those who upload. It also drops what has been kept long enough, when it is asked to.
 */

import assert from "node:assert/strict";
import { parentPort, workerData } from "node:worker_threads";
import type { RetentionCutoffs } from "../retention.ts";
import { type Call, type Reply, refusalData, type WorkerMessage } from "../worker-protocol.ts";
import { refusalFor } from "./faults.ts";
import { type FollowedIndex, type KnownPosition, startFollower } from "./follower.ts";
import { createIndexer } from "./indexer.ts";
import { LOCK } from "./migrate.ts";
import { clientConfig, type PostgresStoreLimits, type PostgresStoreOptions } from "./options.ts";
import { createRetention } from "./retention.ts";
import { createSearchIndexer } from "./search-indexer.ts";
import { connectForIndex, connectForRetention } from "./sessions.ts";

/** What the thread is started with. */
export interface IndexWorkerOptions {
  /** The index of the log, or that of searches which follows it. */
  readonly index: "log" | "search";
  readonly connection: PostgresStoreOptions["connection"];
  readonly limits: PostgresStoreLimits;
}

/** What the thread answers to. */
export interface IndexMethods {
  /** Tries at once where the last attempt failed; resolves with what is wrong, if anything is. */
  check(): Promise<string | undefined>;
  /** Drops a little of what is due; the number of rows. One call at a time. */
  retain(cutoffs: RetentionCutoffs): Promise<number>;
}

/** The thread's only event: what it has heard of the log and the index. */
export type IndexEvent = KnownPosition;

const INDEXES: Readonly<Record<IndexWorkerOptions["index"], FollowedIndex>> = {
  log: {
    lock: LOCK.index,
    follows: "appended",
    restRatio: 0,
    async create({ client, also, connect }) {
      const reader = await connect();
      also.push(reader);
      return createIndexer({ client, reader, connect });
    },
  },
  search: {
    lock: LOCK.search,
    follows: "indexed",
    restRatio: 2,
    create: async ({ client }) => createSearchIndexer(client),
  },
};

const port = parentPort;
assert(port, "the index is written by a worker thread");

function say(message: WorkerMessage): void {
  port?.postMessage(message);
}

try {
  serve(workerData as IndexWorkerOptions);
} catch (error) {
  say({ kind: "failed", refusal: refusalData(refusalFor(error)) });
}

function serve({ index, connection, limits }: IndexWorkerOptions): void {
  const config = clientConfig(connection, limits);
  const retention = createRetention({
    connect: () => connectForRetention(config, limits.indexLeaseMs),
  });
  const follower = startFollower({
    index: INDEXES[index],
    connect: () => connectForIndex(config, limits.indexLeaseMs),
    pollIntervalMs: limits.pollIntervalMs,
    onPosition: ({ appended, indexed, searchable }) => {
      const value: IndexEvent = {
        ...(appended === undefined ? {} : { appended }),
        ...(indexed === undefined ? {} : { indexed }),
        ...(searchable === undefined ? {} : { searchable }),
      };
      say({ kind: "event", value });
    },
  });

  const methods: IndexMethods = { check: follower.check, retain: retention.retain };

  async function hear({ call, method, args }: Call): Promise<void> {
    if (method === "close") {
      await Promise.all([follower.stop(), retention.end()]);
      // Statistics that are still being gathered on a connection of their own aren't waited for.
      process.exit();
    }
    const answer = methods[method as keyof IndexMethods] as (
      ...given: readonly unknown[]
    ) => Promise<unknown>;
    say({ kind: "replies", replies: [await replyLater(call, answer(...args))] });
  }

  port?.on("message", (call: Call) => void hear(call));
  say({ kind: "ready", value: undefined });
}

/** The reply to a call that is answered later. */
async function replyLater(call: number, answer: Promise<unknown>): Promise<Reply> {
  try {
    return { call, value: await answer };
  } catch (error) {
    return { call, refusal: refusalData(refusalFor(error)) };
  }
}
