/** Applies the intake log to the index, in order, a batch of requests in each transaction. */

import assert from "node:assert/strict";
import type { Client } from "pg";
import { type LoggedRecord, planIndex, wantedObjects } from "../index-plan.ts";
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

/** Records of one batch: the more of them, the more neighbours share a page of an index. */
const BATCH_RECORDS_MAX = 10_000;

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
 * plans for an empty one. So they are gathered here whenever there are several times as many objects as the last
 * time, until there are so many that this takes longer than a minute.
 */
const ANALYZE_OBJECTS = { first: 1_000, factor: 8, last: 1_000_000 };

const ANALYZE = `ANALYZE stixgate.request, stixgate.request_objects, stixgate.index_result,
  stixgate.object, stixgate.version, stixgate.observable, stixgate.label`;

interface SizeRow {
  readonly sequence: string;
  readonly accepted: number;
  readonly objects_bytes: number;
}

/** Requests that follow one another in the log. */
interface LogPart {
  readonly after: number;
  readonly end: number;
  readonly rows: readonly LogRow[];
  /** Nothing followed them when they were read. */
  readonly isAll: boolean;
}

interface LogRow extends Omit<RequestRow, "codec" | "payload"> {
  readonly records: readonly LoggedRecord[];
}

interface RequestRow {
  readonly sequence: string;
  readonly workspace: string;
  readonly workspace_id: string;
  readonly source: string | null;
  readonly codec: number | null;
  readonly payload: Buffer | null;
}

/** Connections of an indexer, which nobody else uses. */
export interface IndexerConnections {
  /** The one that holds the lock, and writes. */
  readonly client: Client;
  /** The one that reads the log. */
  readonly reader: Client;
  /** Makes another, for what need not be waited for. */
  readonly connect: () => Promise<Client>;
}

/** Prepares an indexer on its connections. */
export function createIndexer({ client, reader, connect }: IndexerConnections): Indexer {
  const ask: Ask = async (statement, values) => (await client.query({ ...statement, values })).rows;
  const readAsk: Ask = async (statement, values) =>
    (await reader.query({ ...statement, values })).rows;
  const terms = createTermWriter(ask);
  let ahead: Promise<LogPart | undefined> | undefined;
  const tables = createIndexTables(client, ask, terms);
  let analyzeAt = ANALYZE_OBJECTS.first;

  /** Without fresh statistics the store is slower and nothing else, so a failure is passed over. */
  function analyzeWhenDue(objects: number): void {
    if (objects >= analyzeAt && objects <= ANALYZE_OBJECTS.last) {
      analyzeAt = ANALYZE_OBJECTS.factor * objects;
      void analyze(connect).catch(() => undefined);
    }
  }

  /** The next requests of the log, decoded; read on its own connection while the server writes a batch. */
  async function readLog(after: number): Promise<LogPart> {
    const sizes = await readAsk<SizeRow>(SIZES, [after, BATCH_REQUESTS_MAX]);
    const end = after + batchSize(sizes);
    if (end === after) {
      return { after, end, rows: [], isAll: true };
    }
    const rows = await readAsk<RequestRow>(REQUESTS, [after, end]);
    // The function that appends leaves no gap; one here would be lost for good if it were passed over.
    assert.equal(rows.length, end - after, "the log has a gap");
    const decoded = rows.map(({ codec, payload, ...row }) => ({
      ...row,
      records: codec === null || payload === null ? [] : recordsOf(unpack({ codec, payload })),
    }));
    const isAll = sizes.length < BATCH_REQUESTS_MAX && rows.length === sizes.length;
    return { after, end, rows: decoded, isAll };
  }

  async function takeLog(after: number): Promise<LogPart> {
    const ready = await ahead;
    ahead = undefined;
    return ready?.after === after && ready.rows.length > 0 ? ready : await readLog(after);
  }

  async function batch(): Promise<Batch> {
    const counters = await tables.lockCounters();
    const { end, rows, isAll } = await takeLog(counters.sequence);
    if (rows.length === 0) {
      return { indexed: end, done: true, objects: counters.object };
    }
    const workspaceIds = rows.map((row) => unescapeText(row.workspace_id));
    const sources = rows.map(({ source }) => (source === null ? "" : unescapeText(source)));
    const workspaceTerms = await terms.idsOf(TERM_KIND.workspace, workspaceIds);
    const sourceTerms = await terms.idsOf(TERM_KIND.source, sources);
    const requests = rows.map(({ sequence, records }, at) => ({
      sequence: Number(sequence),
      workspace: workspaceTerms.get(workspaceIds[at] ?? "") ?? 0,
      source: sourceTerms.get(sources[at] ?? "") ?? 0,
      records,
    }));
    const wanted = wantedObjects(requests);
    const plan = planIndex(requests, await tables.find(wanted), counters);
    const places = rows.map((row) => [Number(row.sequence), Number(row.workspace)] as const);
    if (!isAll) {
      // A failure is met again when the batch is read anew.
      ahead = readLog(end).catch(() => undefined);
    }
    await tables.write(plan, { wanted, workspaces: new Map(places) });
    return { indexed: end, objects: plan.counters.object, done: isAll };
  }

  return {
    async indexBatch() {
      await client.query("BEGIN");
      try {
        const reached = await batch();
        await client.query("COMMIT");
        analyzeWhenDue(reached.objects);
        return reached;
      } catch (error) {
        terms.forget();
        await client.query("ROLLBACK").catch(() => undefined);
        throw error;
      }
    },
  };
}

/** Gathers statistics on a connection of its own, beside the batches that follow. */
async function analyze(connect: () => Promise<Client>): Promise<void> {
  const client = await connect();
  try {
    await client.query(ANALYZE);
  } finally {
    await client.end();
  }
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
