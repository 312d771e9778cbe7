/** Applies the intake log to the index, in order, a batch of requests in each transaction. */

import assert from "node:assert/strict";
import type { Client } from "pg";
import { planIndex, wantedObjects } from "../index-plan.ts";
import { recordsOf } from "../logged-records.ts";
import { unpack } from "../payload.ts";
import { TERM_KIND, unescapeText } from "../term.ts";
import { createIndexTables } from "./index-tables.ts";
import type { Ask, Statement } from "./sessions.ts";
import { createTermWriter } from "./terms.ts";

/** Takes the log into the index. */
export interface Indexer {
  /**
   * Indexes the next requests in one transaction; at least one, however large, if the log has one.
   * @throws what the client throws: nothing of the batch is kept, or all of it
   */
  indexBatch(): Promise<Batch>;
}

/** What a batch reached. */
interface Batch {
  readonly indexed: number;
  /** Nothing was left in the log. */
  readonly done: boolean;
  /** Objects in the index. */
  readonly objects: number;
}

/** Records of one batch: the program plans it in one go, and answers nobody meanwhile. */
const BATCH_RECORDS_MAX = 2_000;

/** Requests of one batch: empty ones count as nothing among the records. */
const BATCH_REQUESTS_MAX = 1_000;

/** Decompressed records that a batch may hold in memory, unless a single request is larger. */
const BATCH_BYTES_MAX = 32 * 1024 * 1024;

const SIZES: Statement = {
  name: "log-sizes",
  text: `SELECT sequence, accepted, objects_bytes FROM stixgate.request
    WHERE sequence > $1 ORDER BY sequence LIMIT $2`,
};

const REQUESTS: Statement = {
  name: "log-requests",
  text: `SELECT request.sequence, request.workspace, request.workspace_id, request.source,
      request_objects.codec, request_objects.payload
    FROM stixgate.request
    LEFT JOIN stixgate.request_objects ON request_objects.workspace = request.workspace
      AND request_objects.sequence = request.sequence
    WHERE request.sequence > $1 AND request.sequence <= $2 ORDER BY request.sequence`,
};

/**
 * The server gathers statistics by itself, a minute behind; a store that is filled faster would be read with
 * plans for an empty one. So they are gathered here whenever the number of objects has doubled, until there
 * are so many that a doubling takes longer than that.
 */
const ANALYZE_OBJECTS = { first: 1_000, last: 1_000_000 };

const ANALYZE = `ANALYZE stixgate.request, stixgate.request_objects, stixgate.index_result,
  stixgate.object, stixgate.version, stixgate.observable, stixgate.label`;

interface SizeRow {
  readonly sequence: string;
  readonly accepted: number;
  readonly objects_bytes: number;
}

interface RequestRow {
  readonly sequence: string;
  readonly workspace: string;
  readonly workspace_id: string;
  readonly source: string | null;
  readonly codec: number | null;
  readonly payload: Buffer | null;
}

/** @param client a connection that nobody else uses */
export function createIndexer(client: Client): Indexer {
  const ask: Ask = async (statement, values) => (await client.query({ ...statement, values })).rows;
  const terms = createTermWriter(ask);
  const tables = createIndexTables(ask, terms);
  let analyzeAt = ANALYZE_OBJECTS.first;

  /** Without fresh statistics the store is slower and nothing else, so a failure is passed over. */
  async function analyze(objects: number): Promise<void> {
    if (objects >= analyzeAt && objects <= ANALYZE_OBJECTS.last) {
      analyzeAt = 2 * objects;
      await client.query(ANALYZE).catch(() => undefined);
    }
  }

  async function batch(): Promise<Batch> {
    const counters = await tables.lockCounters();
    const sizes = await ask<SizeRow>(SIZES, [counters.sequence, BATCH_REQUESTS_MAX]);
    const end = counters.sequence + batchSize(sizes);
    if (end === counters.sequence) {
      return { indexed: end, done: true, objects: counters.object };
    }
    const rows = await ask<RequestRow>(REQUESTS, [counters.sequence, end]);
    // The function that appends leaves no gap; one here would be lost for good if it were passed over.
    assert.equal(rows.length, end - counters.sequence, "the log has a gap");
    const workspaceIds = rows.map((row) => unescapeText(row.workspace_id));
    const sources = rows.map(({ source }) => (source === null ? "" : unescapeText(source)));
    const workspaceTerms = await terms.idsOf(TERM_KIND.workspace, workspaceIds);
    const sourceTerms = await terms.idsOf(TERM_KIND.source, sources);
    const requests = rows.map(({ sequence, codec, payload }, at) => ({
      sequence: Number(sequence),
      workspace: workspaceTerms.get(workspaceIds[at] ?? "") ?? 0,
      source: sourceTerms.get(sources[at] ?? "") ?? 0,
      records: codec === null || payload === null ? [] : recordsOf(unpack({ codec, payload })),
    }));
    const plan = planIndex(requests, await tables.find(wantedObjects(requests)), counters);
    const places = rows.map((row) => [Number(row.sequence), Number(row.workspace)] as const);
    await tables.write(plan, new Map(places));
    return {
      indexed: end,
      objects: plan.counters.object,
      done: sizes.length < BATCH_REQUESTS_MAX && rows.length === sizes.length,
    };
  }

  return {
    async indexBatch() {
      await client.query("BEGIN");
      try {
        const reached = await batch();
        await client.query("COMMIT");
        await analyze(reached.objects);
        return reached;
      } catch (error) {
        terms.forget();
        await client.query("ROLLBACK").catch(() => undefined);
        throw error;
      }
    },
  };
}

/** How many of the next requests make a batch. */
function batchSize(sizes: readonly SizeRow[]): number {
  let records = 0;
  let bytes = 0;
  for (const [at, { accepted, objects_bytes }] of sizes.entries()) {
    records += accepted;
    bytes += objects_bytes;
    if (at > 0 && (records > BATCH_RECORDS_MAX || bytes > BATCH_BYTES_MAX)) {
      return at;
    }
  }
  return sizes.length;
}
