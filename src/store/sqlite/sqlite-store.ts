/**
 * The store on SQLite: one file, written by one thread and read by another. This side runs on the thread
 * of the caller; it bounds what is waiting, hands texts and bytes over, and puts answers together.
 *
 * When the writing or the reading thread breaks down, the calls under way are refused with
 * `store_unavailable` and the thread is started again, at first after 100 ms, then less and less often.
 */

import { AppError } from "../../wire/index.ts";
import { createQueue, shared } from "../bounded-queue.ts";
import { deletionRequest } from "../deletion.ts";
import { createIndexWaiters } from "../index-waiters.ts";
import { checkKeys } from "../paging.ts";
import { type Retention, startRetention } from "../retention-rounds.ts";
import { createSearchBrake } from "../search-brake.ts";
import { createSearchDoor } from "../search-door.ts";
import type { IntakeRequest, PreparedRequest, Store } from "../store.ts";
import { storeClosed } from "../store-errors.ts";
import { type Read, readsOf } from "../store-reads.ts";
import { appendRowOf, bytesOf } from "../stored-rows.ts";
import { moduleBeside, startWorker } from "../worker-link.ts";
import type { ConnectionOptions } from "./connection.ts";
import type { MemoryMode } from "./identities.ts";
import type { ReaderMethods } from "./reader-worker.ts";
import { createRevokedBits, type RevokedBits, revokedTest } from "./revoked-filter.ts";

import { type SearchLink, startSearch } from "./search-link.ts";
import type { WriterEvent, WriterMethods, WriterOptions, WriterReady } from "./writer-worker.ts";

/** Where a store is, and its limits. */
export interface SqliteStoreOptions extends Partial<SqliteStoreLimits> {
  /** The data directory; it is made if it doesn't exist. The caller holds its lock. */
  readonly directory: string;
  /** Source of `ingestedAt`; the system's clock when left out. */
  readonly clock?: () => Date;
  /** How long things are kept; for ever when left out. */
  readonly retention?: Retention;
  /** What is kept in memory of the objects that there are; `tables` when left out. */
  readonly memory?: MemoryMode;
}

/** What a store may hold in memory. */
export interface SqliteStoreLimits {
  /** Appends that may wait for their commit. */
  readonly pendingAppendsMax: number;
  /** Bytes of the appends that may wait. */
  readonly pendingAppendBytesMax: number;
  /** Bytes of one request; SQLite itself ends at a thousand million. */
  readonly requestBytesMax: number;
  /** Reads that may wait for their turn. */
  readonly pendingReadsMax: number;
  /** Database pages kept by the thread that writes; it reads few, those of objects that are sent again. */
  readonly writerCacheBytesMax: number;
  /** Database pages kept by the thread that reads. */
  readonly readerCacheBytesMax: number;
  /** Database pages kept by each of the two threads of the search index. */
  readonly searchCacheBytesMax: number;
  /** Objects that searches may fall behind before appends wait for them. */
  readonly searchLagObjectsMax: number;
}

const NO_IDS: ReadonlySet<string> = new Set();

const MIB = 1024 * 1024;

/** The limits where nothing else is said. */
export const SQLITE_STORE_LIMITS: SqliteStoreLimits = {
  pendingAppendsMax: 1_000,
  pendingAppendBytesMax: 256 * MIB,
  requestBytesMax: 128 * MIB,
  pendingReadsMax: 1_000,
  writerCacheBytesMax: 128 * MIB,
  readerCacheBytesMax: 64 * MIB,
  searchCacheBytesMax: 48 * MIB,
  searchLagObjectsMax: 10_000_000,
};

/** How long an append waits at most for searches that are too far behind: a client waits longer. */
const SEARCH_DELAY_MS_MAX = 1_000;

/** Pages kept where memory is scarce. */
const BOUNDED_CACHES: Partial<SqliteStoreLimits> = {
  writerCacheBytesMax: 8 * MIB,
  readerCacheBytesMax: 8 * MIB,
  searchCacheBytesMax: 16 * MIB,
  pendingAppendBytesMax: 64 * MIB,
};

/**
 * Opens the store of a data directory, making it or bringing it to the newest schema where needed, and
 * goes on indexing what the log has.
 * @throws AppError `store_unavailable` when the directory can't be used, the file is no database of ours
 *   or a newer version of the program wrote it
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { directory, clock = () => new Date(), retention = {}, memory = "tables" } = options;
  const limits = limitsOf(options);
  const waiters = createIndexWaiters(0);
  const revoked = createRevokedBits();
  const mayBeRevoked = revokedTest(revoked);
  const position = { appended: 0, indexed: 0 };
  let closing: Promise<void> | undefined;
  let search: SearchLink | undefined;

  const { writer, reader } = await startThreads(
    { directory, limits, revoked, memory },
    ({ appended = 0, indexed }) => {
      position.indexed = indexed;
      position.appended = Math.max(position.appended, appended, indexed);
      waiters.reached(indexed);
      search?.follow();
    },
  );
  const { searchLagObjectsMax, searchCacheBytesMax: cacheBytesMax } = limits;
  const brake = createSearchBrake({ searchLagObjectsMax, appendDelayMsMax: SEARCH_DELAY_MS_MAX });
  search = await startSearch({ directory, cacheBytesMax }, brake.reached).catch(async (error) => {
    await reader.close();
    await writer.close();
    throw error;
  });
  const { questions, waiters: searchWaiters, searchable } = search;
  const positions = () => ({ ...position, searchable: Math.min(searchable(), position.indexed) });

  const appends = createQueue(limits.pendingAppendsMax, limits.pendingAppendBytesMax);
  const readQueue = createQueue(limits.pendingReadsMax, limits.pendingReadsMax);
  const health = shared(() => writer.call("checkHealth", [clock().toISOString()]));

  function refuseWhenClosed(): void {
    if (closing !== undefined) {
      throw storeClosed();
    }
  }

  const read: Read = async (method, args) => {
    refuseWhenClosed();
    return await readQueue.enter(1, () => reader.call(method, args));
  };

  const reads = readsOf(read);

  async function append(request: IntakeRequest | PreparedRequest): Promise<number> {
    refuseWhenClosed();
    const row = appendRowOf(request, clock());
    const bytes = bytesOf(row);
    if (bytes > limits.requestBytesMax) {
      throw new AppError("body_too_large", "The request is larger than the store can keep.", {
        detail: `${bytes} bytes, of at most ${limits.requestBytesMax}`,
      });
    }
    const transfer = row.objects === null ? [] : [row.objects.buffer];
    const sequence = await appends.enter(bytes, async () => {
      await brake.wait();
      return await writer.call("append", [row], transfer);
    });
    position.appended = Math.max(position.appended, sequence);
    return sequence;
  }

  const stopRetention = startRetention(retention, clock, (cutoffs) =>
    writer.call("retain", [cutoffs, searchable()]),
  );

  async function close(): Promise<void> {
    stopRetention();
    brake.close();
    waiters.fail(storeClosed());
    searchWaiters.fail(storeClosed());
    await search?.close();
    // The reader goes first: the last connection to close copies the write-ahead log back.
    await reader.close();
    await writer.close();
  }

  return {
    append,
    deleteObjects: async (request) => await append(deletionRequest(request)),
    waitIndexed: (sequence, signal) => waiters.wait(sequence, signal),
    waitSearchable: (sequence, signal) => searchWaiters.wait(sequence, signal),
    position: positions,

    ...reads,
    ...createSearchDoor({
      questions,
      position: positions,
      wait: (sequence, signal) => searchWaiters.wait(sequence, signal),
      refuseWhenClosed,
    }),

    async revokedObjects(keys) {
      checkKeys(keys);
      refuseWhenClosed();
      const marked = keys.filter(({ stixId }) => mayBeRevoked(stixId));
      return marked.length === 0 ? NO_IDS : await reads.revokedObjects(marked);
    },

    async checkHealth() {
      refuseWhenClosed();
      await health();
    },

    close: () => (closing ??= close()),
  };
}

function limitsOf({
  directory,
  clock,
  retention,
  memory,
  ...given
}: SqliteStoreOptions): SqliteStoreLimits {
  return { ...SQLITE_STORE_LIMITS, ...(memory === "bounded" ? BOUNDED_CACHES : {}), ...given };
}

interface ThreadOptions {
  readonly directory: string;
  readonly limits: SqliteStoreLimits;
  readonly revoked: RevokedBits;
  readonly memory: MemoryMode;
}

/** How far the store is; only a writer that has just started says how far the log is. */
interface Reached {
  readonly appended?: number;
  readonly indexed: number;
}

/** Starts the thread that writes, which makes the database where needed, then the one that reads. */
async function startThreads(
  { directory, limits, revoked, memory }: ThreadOptions,
  onReached: (reached: Reached) => void,
) {
  const writerData: WriterOptions = {
    directory,
    cacheBytesMax: limits.writerCacheBytesMax,
    revoked,
    memory,
  };
  const writer = await startWorker<WriterMethods>({
    name: "writer",
    url: moduleBeside(import.meta.url, "writer-worker"),
    data: writerData,
    onReady: (value) => onReached(value as WriterReady),
    onEvent: (value) => onReached(value as WriterEvent),
  });
  const readerData: ConnectionOptions = { directory, cacheBytesMax: limits.readerCacheBytesMax };
  const reader = await startWorker<ReaderMethods>({
    name: "reader",
    url: moduleBeside(import.meta.url, "reader-worker"),
    data: readerData,
  }).catch(async (error) => {
    await writer.close();
    throw error;
  });
  return { writer, reader };
}
