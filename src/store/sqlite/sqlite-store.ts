/**
 * The store on SQLite: one file, written by one thread and read by another. This side runs on the thread
 * of the caller; it bounds what is waiting, hands texts and bytes over, and puts answers together.
 *
 * When the writing or the reading thread breaks down, the calls under way are refused with
 * `store_unavailable` and the thread is started again, at first after 100 ms, then less and less often.
 */

import type { Outcome, Receipt, ReceiptSummary } from "../../wire/index.ts";
import { AppError } from "../../wire/index.ts";
import { createIndexWaiters } from "../index-waiters.ts";
import {
  CHANGES_MAX,
  checkKeys,
  checkLimit,
  checkPosition,
  cursorAfter,
  type ListName,
  PAGE_ITEMS_MAX,
  positionOf,
} from "../paging.ts";
import { countsOf, rejectionOf, warningsOf } from "../receipt-parts.ts";
import type {
  IntakeRejection,
  IntakeRequest,
  ObjectFacts,
  ObjectVersion,
  Store,
} from "../store.ts";
import { storeClosed, storeOverloaded } from "../store-errors.ts";
import type { AppendRow } from "./appender.ts";
import type { ConnectionOptions } from "./connection.ts";
import { encodeObjects } from "./payload.ts";
import type { ReaderMethods } from "./reader-worker.ts";
import type { ReceiptDetailRow, ReceiptRow } from "./receipt-reader.ts";
import type { VersionRow } from "./version-rows.ts";
import { startWorker, type WorkerLink } from "./worker-link.ts";
import type { WriterEvent, WriterMethods, WriterReady } from "./writer-worker.ts";

/** Where a store is, and its limits. */
export interface SqliteStoreOptions extends Partial<SqliteStoreLimits> {
  /** The data directory; it is made if it doesn't exist. The caller holds its lock. */
  readonly directory: string;
  /** Source of `ingestedAt`; the system's clock when left out. */
  readonly clock?: () => Date;
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
  /** Database pages kept by the thread that writes; the index wants them from a million objects on. */
  readonly writerCacheBytesMax: number;
  /** Database pages kept by the thread that reads. */
  readonly readerCacheBytesMax: number;
}

const MIB = 1024 * 1024;

/** The limits where nothing else is said. */
export const SQLITE_STORE_LIMITS: SqliteStoreLimits = {
  pendingAppendsMax: 1_000,
  pendingAppendBytesMax: 256 * MIB,
  requestBytesMax: 128 * MIB,
  pendingReadsMax: 1_000,
  writerCacheBytesMax: 256 * MIB,
  readerCacheBytesMax: 64 * MIB,
};

/**
 * Opens the store of a data directory, making it or bringing it to the newest schema where needed, and
 * goes on indexing what the log has.
 * @throws AppError `store_unavailable` when the directory can't be used, the file is no database of ours
 *   or a newer version of the program wrote it
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { directory, clock = () => new Date(), ...limitsGiven } = options;
  const limits: SqliteStoreLimits = { ...SQLITE_STORE_LIMITS, ...limitsGiven };
  const waiters = createIndexWaiters(0);
  const position = { appended: 0, indexed: 0 };
  let closing: Promise<void> | undefined;

  function indexedUpTo(sequence: number): void {
    position.indexed = sequence;
    position.appended = Math.max(position.appended, sequence);
    waiters.reached(sequence);
  }

  const writer = await startWorker<WriterMethods>({
    name: "writer",
    url: moduleUrl("writer-worker"),
    data: { directory, cacheBytesMax: limits.writerCacheBytesMax } satisfies ConnectionOptions,
    onReady: (value) => {
      const { appended, indexed } = value as WriterReady;
      position.appended = appended;
      indexedUpTo(indexed);
    },
    onEvent: (value) => indexedUpTo((value as WriterEvent).indexed),
  });
  const reader = await startWorker<ReaderMethods>({
    name: "reader",
    url: moduleUrl("reader-worker"),
    data: { directory, cacheBytesMax: limits.readerCacheBytesMax } satisfies ConnectionOptions,
  }).catch(async (error) => {
    await writer.close();
    throw error;
  });

  const appends = createQueue(limits.pendingAppendsMax, limits.pendingAppendBytesMax);
  const reads = createQueue(limits.pendingReadsMax, limits.pendingReadsMax);
  const health = shared(() => writer.call("checkHealth", [clock().toISOString()]));

  function refuseWhenClosed(): void {
    if (closing !== undefined) {
      throw storeClosed();
    }
  }

  const read: Read = async (method, args) => {
    refuseWhenClosed();
    return await reads.enter(1, () => reader.call(method, args));
  };

  async function append(request: IntakeRequest): Promise<number> {
    refuseWhenClosed();
    const row = appendRowOf(request, clock());
    const bytes = bytesOf(row);
    if (bytes > limits.requestBytesMax) {
      throw new AppError("body_too_large", "The request is larger than the store can keep.", {
        detail: `${bytes} bytes, of at most ${limits.requestBytesMax}`,
      });
    }
    const transfer = row.objects === null ? [] : [row.objects.buffer];
    const sequence = await appends.enter(bytes, () => writer.call("append", [row], transfer));
    position.appended = Math.max(position.appended, sequence);
    return sequence;
  }

  async function close(): Promise<void> {
    waiters.fail(storeClosed());
    // The reader goes first: the last connection to close copies the write-ahead log back.
    await reader.close();
    await writer.close();
  }

  return {
    append,
    waitIndexed: (sequence, signal) => waiters.wait(sequence, signal),
    position: () => ({ ...position }),

    ...readsOf(read),

    async checkHealth() {
      refuseWhenClosed();
      await health();
    },

    close: () => (closing ??= close()),
  };
}

type Read = WorkerLink<ReaderMethods>["call"];

/** The calls that ask the reading thread. */
function readsOf(read: Read): Omit<Store, keyof Writes> {
  return {
    async currentObject(key) {
      const row = await read("currentObject", [key]);
      return row && versionOf(row);
    },

    async currentObjects(query) {
      checkLimit(query.limit, PAGE_ITEMS_MAX);
      const after = positionOf("objects", query.cursor) ?? 0;
      const { rows, next } = await read("currentObjects", [query, after]);
      return { items: rows.map(versionOf), next: cursorOf("objects", next) };
    },

    async countObjects(workspaceId) {
      return Object.fromEntries(await read("countObjects", [workspaceId]));
    },

    async objectVersions(key, limit) {
      checkLimit(limit, PAGE_ITEMS_MAX);
      return (await read("objectVersions", [key, limit])).map(versionOf);
    },

    async changes(after, limit) {
      checkPosition("after", after);
      checkLimit(limit, CHANGES_MAX);
      return (await read("changes", [after, limit])).map(versionOf);
    },

    async revokedObjects(keys) {
      checkKeys(keys);
      return new Set(await read("revokedObjects", [keys]));
    },

    async receipts(query) {
      checkLimit(query.limit, PAGE_ITEMS_MAX);
      const before = positionOf("receipts", query.cursor) ?? Number.MAX_SAFE_INTEGER;
      const { rows, next } = await read("receipts", [query, before]);
      return { items: rows.map(summaryOf), next: cursorOf("receipts", next) };
    },

    async receipt(workspaceId, requestId) {
      const row = await read("receipt", [workspaceId, requestId]);
      return row && receiptOf(row);
    },
  };
}

/** The calls that have to do with the log. */
type Writes = Pick<Store, "append" | "waitIndexed" | "position" | "checkHealth" | "close">;

/** A module of this folder: `.ts` as it is written, `.js` in the published package. */
function moduleUrl(name: string): URL {
  const ending = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return new URL(`./${name}.${ending}`, import.meta.url);
}

function cursorOf(list: ListName, next: number | null): string | null {
  return next === null ? null : cursorAfter(list, next);
}

/** Counts what is under way, and refuses what would go past a bound. */
function createQueue(countMax: number, bytesMax: number) {
  let count = 0;
  let bytes = 0;
  return {
    /** @throws AppError `overloaded`; never for the only one, since it could never be taken */
    async enter<T>(size: number, work: () => Promise<T>): Promise<T> {
      if (count > 0 && (count >= countMax || bytes + size > bytesMax)) {
        throw storeOverloaded(`${count} calls with ${bytes} bytes are waiting`);
      }
      count += 1;
      bytes += size;
      try {
        return await work();
      } finally {
        count -= 1;
        bytes -= size;
      }
    },
  };
}

/** Those who ask at the same time share one answer: probes must not crowd out appends. */
function shared<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () => {
    asked ??= ask().finally(() => {
      asked = undefined;
    });
    return asked;
  };
}

/** The facts of a request that are read only with its receipt. */
interface RequestRest {
  readonly generation: IntakeRequest["generation"];
  readonly apiVersion: string;
  readonly caller: IntakeRequest["caller"];
  readonly refusal: IntakeRequest["refusal"];
  readonly notes: readonly string[];
}

function appendRowOf(request: IntakeRequest, now: Date) {
  const { generation, apiVersion, caller, refusal, notes, objects, rejections } = request;
  const rest: RequestRest = { generation, apiVersion, caller, refusal, notes };
  const { received, accepted, rejected, warned } = countsOf(request, undefined);
  const warnings = warningsOf(request);
  return {
    requestId: request.requestId,
    workspaceId: request.workspaceId,
    receivedAt: request.receivedAt,
    appendedAt: now.toISOString(),
    outcome: request.outcome,
    sourceSystem: request.sourceSystem,
    ...{ received, accepted, rejected, warned },
    rest: JSON.stringify(rest),
    objects: objects.length === 0 ? null : encodeObjects(objects),
    rejections: rejections.length === 0 ? null : JSON.stringify(rejections),
    warnings: warnings.length === 0 ? null : JSON.stringify(warnings),
  } satisfies AppendRow;
}

/** Characters count as bytes: near enough for a bound on memory. */
function bytesOf({ objects, rejections, warnings, rest }: AppendRow): number {
  const texts = [rest, rejections ?? "", warnings ?? ""];
  return texts.reduce((sum, text) => sum + text.length, objects?.length ?? 0);
}

function versionOf({ facts: factsText, ...row }: VersionRow): ObjectVersion {
  const facts = JSON.parse(factsText) as ObjectFacts;
  return { ...row, stixId: facts.stixId, facts };
}

function summaryOf(row: ReceiptRow): ReceiptSummary {
  const { requestId, workspaceId, sequence, receivedAt, sourceSystem } = row;
  const { received, accepted, rejected, warned, created, updated, unchanged } = row;
  const { generation, apiVersion, caller, refusal } = JSON.parse(row.rest) as RequestRest;
  return {
    ...{ requestId, workspaceId, sequence, receivedAt, generation, apiVersion, sourceSystem },
    outcome: row.outcome as Outcome,
    caller,
    counts: { received, accepted, rejected, warned, created, updated, unchanged },
    indexed: created !== null,
    refusal,
  };
}

function receiptOf(row: ReceiptDetailRow): Receipt {
  const { notes } = JSON.parse(row.rest) as RequestRest;
  const rejections = JSON.parse(row.rejections ?? "[]") as IntakeRejection[];
  const warnings = JSON.parse(row.warnings ?? "[]") as Receipt["warnings"];
  return { ...summaryOf(row), notes, rejections: rejections.map(rejectionOf), warnings };
}
