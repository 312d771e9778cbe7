/**
 * The thread that follows the log, or the index of it, and takes part in indexing: a batch is planned and put
 * together without holding up those who upload.
 */

import assert from "node:assert/strict";
import { parentPort, workerData } from "node:worker_threads";
import { type Call, refusalData, replyOf, type WorkerMessage } from "../worker-protocol.ts";
import { refusalFor } from "./faults.ts";
import { type FollowedIndex, type KnownPosition, startFollower } from "./follower.ts";
import { createIndexer } from "./indexer.ts";
import { LOCK } from "./migrate.ts";
import { clientConfig, type PostgresStoreLimits, type PostgresStoreOptions } from "./options.ts";
import { createSearchIndexer } from "./search-indexer.ts";
import { connectForIndex } from "./sessions.ts";

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

  async function hear({ call, method }: Call): Promise<void> {
    if (method === "close") {
      await follower.stop();
      // Statistics that are still being gathered on a connection of their own aren't waited for.
      process.exit();
    }
    const fault = await follower.check();
    say({ kind: "replies", replies: [replyOf(call, () => fault, refusalFor)] });
  }

  port?.on("message", (call: Call) => void hear(call));
  say({ kind: "ready", value: undefined });
}
