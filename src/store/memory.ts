/**
 * A store that keeps everything in memory: the fake for tests of the rooms above, and the yardstick of
 * the real stores, since it says in a page what a store does. It indexes within `append`, forgets
 * everything when the process ends, and has no bound; it isn't meant to serve.
 */

import type { Receipt, ReceiptSummary } from "../wire/index.ts";
import { deletionRequest } from "./deletion.ts";
import { createIndexWaiters, type IndexWaiters } from "./index-waiters.ts";
import {
  countMemory,
  type MemoryObjects,
  memoryFacets,
  relatedInMemory,
  searchMemory,
} from "./memory-search.ts";
import {
  CHANGES_MAX,
  checkKeys,
  checkLimit,
  checkPosition,
  cursorAfter,
  type ListName,
  PAGE_ITEMS_MAX,
  positionOf,
} from "./paging.ts";
import { countsOf, type IndexCounts, rejectionOf, warningsOf } from "./receipt-parts.ts";
import type { Searches } from "./search.ts";
import type {
  IntakeObject,
  IntakeRequest,
  ObjectKey,
  ObjectQuery,
  ObjectVersion,
  Page,
  ReceivedRecord,
  Store,
} from "./store.ts";
import { storeClosed } from "./store-errors.ts";
import { intakeRequestOf } from "./stored-rows.ts";

/** What a test may choose. */
export interface MemoryStoreOptions {
  /** Source of `ingestedAt`; the system's clock when left out. */
  readonly clock?: () => Date;
}

interface LogEntry {
  readonly request: IntakeRequest;
  readonly sequence: number;
  readonly counts: IndexCounts;
}

interface Memory {
  readonly log: LogEntry[];
  readonly versions: ObjectVersion[];
  readonly current: Map<string, ObjectVersion>;
  readonly first: Map<string, ObjectVersion>;
  readonly waiters: IndexWaiters;
  readonly now: () => Date;
}

/** Opens an empty store in memory; see `Store` for what it does. */
export function createMemoryStore(options: MemoryStoreOptions = {}): Store {
  const now = options.clock ?? (() => new Date());
  const waiters = createIndexWaiters(0);
  const memory: Memory = {
    log: [],
    versions: [],
    current: new Map(),
    first: new Map(),
    waiters,
    now,
  };
  const objects: MemoryObjects = {
    versions: memory.versions,
    isCurrent: (version) => memory.current.get(keyText(version)) === version,
    firstOf: (version) => memory.first.get(keyText(version)) ?? version,
  };
  let closed = false;

  /** Every call is answered later, and refused after `close`, as a real store does. */
  async function answer<T>(read: () => T): Promise<T> {
    if (closed) {
      throw storeClosed();
    }
    return await read();
  }

  return {
    append: (request) => answer(() => appendTo(memory, intakeRequestOf(request))),
    waitIndexed: (sequence, signal) => waiters.wait(sequence, signal),
    waitSearchable: (sequence, signal) => waiters.wait(sequence, signal),
    deleteObjects: (request) => answer(() => appendTo(memory, deletionRequest(request))),
    position: () => {
      const { length } = memory.log;
      return { appended: length, indexed: length, searchable: length };
    },
    currentObject: (key) => answer(() => memory.current.get(keyText(key))),
    currentObjects: (query) => answer(() => currentObjects(memory, query)),
    countObjects: (workspaceId) => answer(() => countObjects(memory, workspaceId)),
    objectVersions: (key, limit, before) =>
      answer(() => objectVersions(memory, key, { limit, before })),
    objectVersion: (key, change) =>
      answer(() =>
        memory.versions.find((each) => each.change === change && keyText(each) === keyText(key)),
      ),
    ...searchesIn(objects, answer),
    changes: (after, limit) =>
      answer(() => {
        checkPosition("after", after);
        checkLimit(limit, CHANGES_MAX);
        return memory.versions.slice(after, after + limit);
      }),
    revokedObjects: (keys) =>
      answer(() => {
        checkKeys(keys);
        const revoked = keys.filter((key) => memory.current.get(keyText(key))?.revoked);
        return new Set(revoked.map(({ stixId }) => stixId));
      }),
    receipts: (query) =>
      answer(() => {
        checkLimit(query.limit, PAGE_ITEMS_MAX);
        const before = positionOf("receipts", query.cursor) ?? Number.MAX_SAFE_INTEGER;
        const found = memory.log
          .toReversed()
          .filter(({ request, sequence }) => {
            const outcome = query.outcome ?? request.outcome;
            const here = request.workspaceId === query.workspaceId && request.outcome === outcome;
            return here && sequence < before;
          })
          .map(summaryOf);
        return pageOf(found, query.limit, (item) => ({ list: "receipts", at: item.sequence }));
      }),
    receipt: (workspaceId, requestId) =>
      answer(() => {
        const entry = memory.log.findLast(
          ({ request }) => request.workspaceId === workspaceId && request.requestId === requestId,
        );
        return entry && receiptOf(entry);
      }),
    receivedRecords: (workspaceId, requestId) =>
      answer(() => {
        const entry = memory.log.findLast(
          ({ request }) => request.workspaceId === workspaceId && request.requestId === requestId,
        );
        return entry === undefined ? [] : receivedOf(entry.request);
      }),
    checkHealth: () => answer(() => undefined),
    close: async () => {
      closed = true;
      waiters.fail(storeClosed());
    },
  };
}

function searchesIn(objects: MemoryObjects, answer: <T>(read: () => T) => Promise<T>): Searches {
  return {
    searchObjects: (query) => answer(() => searchMemory(objects, query)),
    countMatches: (query) => answer(() => countMemory(objects, query)),
    facets: (query) => answer(() => memoryFacets(objects, query)),
    relatedObjects: (query) => answer(() => relatedInMemory(objects, query)),
  };
}

function appendTo(memory: Memory, request: IntakeRequest): number {
  const sequence = memory.log.length + 1;
  const ingestedAt = memory.now().toISOString();
  const counts = { created: 0, updated: 0, unchanged: 0 };
  for (const object of request.objects) {
    counts[indexObject(memory, { request, sequence, ingestedAt, object })] += 1;
  }
  memory.log.push({ request, sequence, counts });
  memory.waiters.reached(sequence);
  return sequence;
}

interface Arrival {
  readonly request: IntakeRequest;
  readonly sequence: number;
  readonly ingestedAt: string;
  readonly object: IntakeObject;
}

function indexObject(memory: Memory, arrival: Arrival): keyof IndexCounts {
  const { request, sequence, ingestedAt, object } = arrival;
  const { facts, json, recordIndex } = object;
  const { workspaceId, requestId } = request;
  const key: ObjectKey = {
    workspaceId,
    sourceSystem: request.sourceSystem ?? "",
    stixId: facts.stixId,
  };
  const before = memory.current.get(keyText(key));
  const deleted = facts.deleted === true;
  if (deleted ? before === undefined : before?.json === json) {
    return "unchanged";
  }
  const revoked = facts.revoked || (facts.keepRevoked && before?.revoked === true);
  const change = memory.versions.length + 1;
  const place = { change, requestId, sequence, recordIndex, ingestedAt };
  const version: ObjectVersion = { ...key, ...place, facts, revoked, deleted, json };
  memory.versions.push(version);
  if (deleted) {
    memory.current.delete(keyText(key));
    return "updated";
  }
  memory.current.set(keyText(key), version);
  if (!memory.first.has(keyText(key))) {
    memory.first.set(keyText(key), version);
  }
  return before === undefined ? "created" : "updated";
}

function keyText({ workspaceId, sourceSystem, stixId }: ObjectKey): string {
  return JSON.stringify([workspaceId, sourceSystem, stixId]);
}

function currentObjects(memory: Memory, query: ObjectQuery): Page<ObjectVersion> {
  checkLimit(query.limit, PAGE_ITEMS_MAX);
  const after = positionOf("objects", query.cursor) ?? 0;
  const { type, label, observableValue: value } = query;
  const found = memory.versions.filter((version) => {
    const { facts } = version;
    const asked =
      (type === undefined || facts.type === type) &&
      (label === undefined || facts.labels.includes(label)) &&
      (value === undefined || facts.observables.some((observable) => observable.value === value));
    const here = version.workspaceId === query.workspaceId && version.change > after;
    return asked && here && memory.current.get(keyText(version)) === version;
  });
  return pageOf(found, query.limit, (item) => ({ list: "objects", at: item.change }));
}

function countObjects(memory: Memory, workspaceId: string): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const version of memory.current.values()) {
    if (version.workspaceId === workspaceId) {
      counts.set(version.facts.type, (counts.get(version.facts.type) ?? 0) + 1);
    }
  }
  return Object.fromEntries(counts);
}

function objectVersions(
  memory: Memory,
  key: ObjectKey,
  { limit, before = Number.MAX_SAFE_INTEGER }: { limit: number; before: number | undefined },
): readonly ObjectVersion[] {
  checkLimit(limit, PAGE_ITEMS_MAX);
  checkPosition("before", before);
  const versions = memory.versions.filter(
    (version) => version.change < before && keyText(version) === keyText(key),
  );
  return versions.toReversed().slice(0, limit);
}

function pageOf<T>(
  found: readonly T[],
  limit: number,
  place: (item: T) => { readonly list: ListName; readonly at: number },
): Page<T> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  if (last === undefined || found.length === items.length) {
    return { items, next: null };
  }
  const { list, at } = place(last);
  return { items, next: cursorAfter(list, at) };
}

function summaryOf({ request, sequence, counts }: LogEntry): ReceiptSummary {
  const { requestId, workspaceId, receivedAt, outcome, generation, apiVersion } = request;
  const { sourceSystem, caller, refusal } = request;
  return {
    ...{ requestId, workspaceId, sequence, receivedAt, outcome, generation, apiVersion },
    ...{ sourceSystem, caller, counts: countsOf(request, counts), indexed: true, refusal },
  };
}

function receiptOf(entry: LogEntry): Receipt {
  return {
    ...summaryOf(entry),
    notes: entry.request.notes,
    rejections: entry.request.rejections.map(rejectionOf),
    warnings: warningsOf(entry.request),
  };
}

function receivedOf({ objects, rejections }: IntakeRequest): readonly ReceivedRecord[] {
  return [
    ...objects.map(({ recordIndex, facts, json }) => {
      return { recordIndex, accepted: true, stixId: facts.stixId, json };
    }),
    ...rejections.map(({ recordIndex, stixId, json }) => {
      return { recordIndex, accepted: false, stixId, json };
    }),
  ].toSorted((one, other) => one.recordIndex - other.recordIndex);
}
