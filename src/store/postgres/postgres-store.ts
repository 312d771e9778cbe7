/**
 * The store on PostgreSQL: any number of processes on one database, each of which appends and reads, one
 * of which indexes at a time. What is acknowledged has been committed by the server.
 *
 * While the server can't be reached calls are refused with `store_unavailable`; connections are made again
 * by themselves. Nothing is retried here: after a connection broke nobody knows whether its last group was
 * committed, and a client that uploads it again changes nothing.
 */

import type { ClientConfig } from "pg";
import { AppError } from "../../wire/index.ts";
import { createQueue, shared } from "../bounded-queue.ts";
import { deletionRequest } from "../deletion.ts";
import { createIndexBrake } from "../index-brake.ts";
import { createIndexWaiters } from "../index-waiters.ts";
import { startRetention } from "../retention-rounds.ts";
import { createSearchDoor, type SearchQuestions } from "../search-door.ts";
import { relatedOn } from "../search-related.ts";
import { createSearches } from "../search-run.ts";
import type { IntakeRequest, PreparedRequest, Store } from "../store.ts";
import { storeClosed, storeUnavailable } from "../store-errors.ts";
import { type EngineReads, type Read, readsOf } from "../store-reads.ts";
import { appendRowOf, bytesOf } from "../stored-rows.ts";
import { moduleBeside, startWorker } from "../worker-link.ts";
import { createAppender } from "./appender.ts";
import { refusalFor } from "./faults.ts";
import { type KnownPosition, readPosition } from "./follower.ts";
import type { IndexEvent, IndexMethods, IndexWorkerOptions } from "./index-worker.ts";
import { withMigrated } from "./migrate.ts";
import { clientConfig, POSTGRES_STORE_LIMITS, type PostgresStoreOptions } from "./options.ts";
import { createReceiptReader } from "./receipt-reader.ts";
import { createSearchEngine } from "./search-engine.ts";
import { createSessions, refusing, type Sessions, type Statement } from "./sessions.ts";
import { createTermFinder } from "./terms.ts";
import { createVersionReader } from "./version-reader.ts";

const RECORD_HEALTH: Statement = {
  name: "health",
  text: `INSERT INTO stixgate.health (id, checked_at) VALUES (1, $1)
    ON CONFLICT (id) DO UPDATE SET checked_at = excluded.checked_at`,
};

/**
 * Opens the store of a database, bringing it to the newest schema where needed, and takes part in indexing.
 * @throws AppError `store_unavailable` when the server can't be reached, refuses the user, or a newer
 *   version of the program wrote the database; `settings_invalid` when the address can't be read
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const { connection, clock = () => new Date(), retention = {}, ...limitsGiven } = options;
  const limits = { ...POSTGRES_STORE_LIMITS, ...limitsGiven };
  const config = clientConfig(connection, limits);
  const position = await prepare(config);
  const sessions = createSessions(config, limits);
  const waiters = createIndexWaiters(position.indexed);
  const searchWaiters = createIndexWaiters(position.searchable);
  let closing: Promise<void> | undefined;

  function learn({ appended = 0, indexed = 0, searchable = 0 }: KnownPosition): void {
    position.searchable = Math.max(position.searchable, searchable);
    position.indexed = Math.max(position.indexed, indexed, searchable);
    position.appended = Math.max(position.appended, appended, position.indexed);
    waiters.reached(position.indexed);
    searchWaiters.reached(position.searchable);
  }

  const startIndex = (name: IndexWorkerOptions["index"]) =>
    startWorker<IndexMethods>({
      name: `${name} index`,
      url: moduleBeside(import.meta.url, "index-worker"),
      data: { index: name, connection, limits } satisfies IndexWorkerOptions,
      onEvent: (value) => learn(value as IndexEvent),
    });
  const index = await startIndex("log");
  const searchIndex = await startIndex("search");
  const appendRow = createAppender(sessions.write, (appended) => learn({ appended }));
  const appends = createQueue(limits.pendingAppendsMax, limits.pendingAppendBytesMax);
  const reads = createQueue(limits.pendingReadsMax, limits.pendingReadsMax);
  const pending = new Set<Promise<unknown>>();
  const brake = createIndexBrake(position, waiters, limits);
  const health = shared(() => refusing(sessions.write)(RECORD_HEALTH, [clock().toISOString()]));
  const readers = readersOf(sessions);

  function refuseWhenClosed(): void {
    if (closing !== undefined) {
      throw storeClosed();
    }
  }

  const read: Read = (method, args) => {
    refuseWhenClosed();
    return tracked(reads.enter(1, () => readers(method, args)));
  };

  async function tracked<T>(work: Promise<T>): Promise<T> {
    pending.add(work);
    try {
      return await work;
    } finally {
      pending.delete(work);
    }
  }

  async function append(request: IntakeRequest | PreparedRequest): Promise<number> {
    refuseWhenClosed();
    const row = appendRowOf(request, clock());
    const bytes = bytesOf(row);
    if (bytes > limits.requestBytesMax) {
      throw new AppError("body_too_large", "The request is larger than the store can keep.", {
        detail: `${bytes} bytes, of at most ${limits.requestBytesMax}`,
      });
    }
    return await tracked(appends.enter(bytes, () => brake().then(() => appendRow(row))));
  }

  const stopRetention = startRetention(retention, clock, (cutoffs) =>
    searchIndex.call("retain", [cutoffs]),
  );

  async function close(): Promise<void> {
    stopRetention();
    waiters.fail(storeClosed());
    searchWaiters.fail(storeClosed());
    await Promise.allSettled(pending);
    await Promise.all([index.close(), searchIndex.close()]);
    await sessions.close();
  }

  return {
    append,
    deleteObjects: async (request) => await append(deletionRequest(request)),
    waitIndexed: (sequence, signal) => waiters.wait(sequence, signal),
    waitSearchable: (sequence, signal) => searchWaiters.wait(sequence, signal),
    position: () => ({ ...position }),

    ...readsOf(read),
    ...createSearchDoor({
      questions: searchQuestions(sessions, tracked),
      position: () => position,
      wait: (sequence, signal) => searchWaiters.wait(sequence, signal),
      refuseWhenClosed,
    }),

    async checkHealth() {
      refuseWhenClosed();
      await health();
      const fault = await index.call("check", []);
      if (fault !== undefined) {
        throw storeUnavailable(`the index stands still: ${fault}`);
      }
    },

    close: () => (closing ??= close()),
  };
}

/** Migrates, and says where the log and the index are. */
async function prepare(config: ClientConfig): Promise<Record<keyof KnownPosition, number>> {
  try {
    return await withMigrated(config, readPosition);
  } catch (error) {
    throw refusalFor(error);
  }
}

/** The searches of a process, on connections of their own. */
function searchQuestions(
  sessions: Sessions,
  tracked: <T>(work: Promise<T>) => Promise<T>,
): SearchQuestions {
  const ask = refusing(sessions.search);
  const engine = createSearchEngine(ask, createTermFinder(ask));
  const searches = createSearches(engine);
  return {
    searchObjects: (query) => tracked(searches.search(query)),
    countMatches: (query) => tracked(searches.count(query)),
    facets: (query) => tracked(engine.facets(query)),
    relatedObjects: (query) => tracked(relatedOn(engine, query)),
  };
}

/** The reads of an engine that is asked over a connection. */
type LaterReads = {
  readonly [Name in keyof EngineReads]: (
    ...args: Parameters<EngineReads[Name]>
  ) => Promise<ReturnType<EngineReads[Name]>>;
};

/** Every read by its name. */
function readersOf(sessions: Sessions): Read {
  const ask = refusing(sessions.read);
  const readers: LaterReads = {
    ...createVersionReader(ask, createTermFinder(ask)),
    ...createReceiptReader(ask),
  };
  return (method, args) => readers[method](...args);
}
