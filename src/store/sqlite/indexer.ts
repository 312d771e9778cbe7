/** Applies the intake log to the index, in order, a batch of requests in each transaction. */

import type { DatabaseSync } from "node:sqlite";
import { type LoggedRequest, planIndex, wantedObjects } from "../index-plan.ts";
import { recordsOf } from "../logged-records.ts";
import { unpack } from "../payload.ts";
import { TERM_KIND } from "../term.ts";
import { createIndexTables, type IndexParts } from "./index-writer.ts";
import { readKeyHash } from "./key-hash.ts";
import { inDerivedTransaction } from "./transaction.ts";

/** Takes the log into the index. */
export interface Indexer {
  /** The last request in the index. */
  position(): number;
  /** Reads what must be known before anything is indexed, for about so long; true when it is. */
  load(forMs: number): boolean;
  /**
   * Indexes the next requests in one transaction and returns the number of their records; at least one
   * request, however large, is taken if the log has one. Merges lists for `tidyMs` in passing. @throws what the database throws: nothing of the
   * batch is kept, and the next call takes the same requests again
   */
  indexBatch(recordsMax: number, tidyMs: number): number;
  /** Whether lists of the index are due to be merged. */
  untidy(): boolean;
  /** Merges them for about so long, in one transaction. @throws what the database throws */
  tidy(forMs: number): void;
}

/** Requests of one batch: empty ones count as nothing among the records. */
const BATCH_REQUESTS_MAX = 5_000;

/** Decoded payloads that a batch may hold in memory, unless a single request is larger. */
const BATCH_BYTES_MAX = 64 * 1024 * 1024;

const NEXT = `SELECT request.sequence, request.workspace, request.source,
    request_objects.codec, request_objects.payload
  FROM request LEFT JOIN request_objects ON request_objects.sequence = request.sequence
  WHERE request.sequence > ? ORDER BY request.sequence`;

/** Prepares the statements of an indexer on the writer's connection. */
export function createIndexer(database: DatabaseSync, parts: Omit<IndexParts, "hash">): Indexer {
  const { terms } = parts;
  const hash = readKeyHash(database);
  const tables = createIndexTables(database, { ...parts, hash });
  const next = database.prepare(NEXT);
  let counters = tables.counters();
  let untidy = true;

  function nextRequests(recordsMax: number): LoggedRequest[] {
    const requests: LoggedRequest[] = [];
    let records = 0;
    let bytes = 0;
    for (const row of next.iterate(counters.sequence)) {
      const payload = row["payload"] as Uint8Array | null;
      const decoded = payload && unpack({ codec: Number(row["codec"]), payload });
      const request: LoggedRequest = {
        sequence: Number(row["sequence"]),
        workspace: Number(row["workspace"]),
        source: Number(row["source"] ?? terms.idOf(TERM_KIND.source, "")),
        records: decoded === null ? [] : recordsOf(decoded),
      };
      requests.push(request);
      records += request.records.length;
      bytes += decoded?.length ?? 0;
      const full = requests.length >= BATCH_REQUESTS_MAX || bytes >= BATCH_BYTES_MAX;
      if (full || records >= recordsMax) {
        break;
      }
    }
    return requests;
  }

  return {
    position: () => counters.sequence,
    load: tables.load,
    untidy: () => untidy,
    tidy(forMs) {
      try {
        untidy = inDerivedTransaction(database, () => tables.tidy(forMs));
      } catch (error) {
        tables.forget();
        throw error;
      }
    },
    indexBatch(recordsMax, tidyMs) {
      try {
        const [reached, records] = inDerivedTransaction(database, () => {
          const requests = nextRequests(recordsMax);
          const wanted = wantedObjects(requests, hash);
          const plan = planIndex(requests, tables.find(wanted), counters);
          tables.write(plan, wanted);
          untidy = tables.tidy(tidyMs);
          return [plan.counters, requests.reduce((sum, each) => sum + each.records.length, 0)];
        });
        tables.written();
        counters = reached;
        return records;
      } catch (error) {
        tables.forget();
        terms.forget();
        throw error;
      }
    },
  };
}
