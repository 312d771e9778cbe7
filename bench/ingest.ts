/**
 * Ingest on a store that holds objects already: through the real HTTPS API with a token, beside what the
 * disk alone would take, an append-only file with one sync for each group of requests, in the same run. The
 * stored objects are put in through the store's own door, since only what comes after is measured.
 */

import { closeSync, fdatasyncSync, openSync, writevSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadSettings } from "../src/app/index.ts";
import { validationOptions } from "../src/app/validation-options.ts";
import { validateObject } from "../src/stix/index.ts";
import type { IntakeObject } from "../src/store/index.ts";
import { createFeed } from "./feed.ts";
import {
  CEILING_FILE,
  type IngestStore,
  type IngestStoreKind,
  type MemoryMode,
  openIngestStore,
} from "./ingest-stores.ts";
import { startServerProcess } from "./server-process.ts";
import { benchUpload } from "./upload.ts";

/** What bounds a run. */
export interface IngestBenchOptions {
  readonly objects: number;
  /** Objects that are stored before. */
  readonly stored: number;
  readonly connections: number;
  readonly store: IngestStoreKind;
  /** What the embedded store keeps in memory. */
  readonly memory: MemoryMode;
}

/** What was measured; per object means per acknowledged object. */
export interface IngestBenchResult {
  readonly storedBefore: number;
  readonly objectsPerSecond: number;
  /** Until the last object can be found, not only until it is acknowledged. */
  readonly indexedPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuMicrosPerObject: number | null;
  /** Of the database server, where there is one, beside the former. */
  readonly databaseCpuMicrosPerObject: number | null;
  readonly jsonParsePerSecond: number;
  readonly appendCeilingPerSecond: number;
  readonly ratioToAppendCeiling: number;
  readonly indexLagMs: number | null;
  /** From the start of the server on the stored objects until it answers. */
  readonly startMs: number;
  readonly residentBytes: number | null;
  /** Everything in the data directory, or in the database, by all objects. */
  readonly diskBytesPerObject: number;
  readonly objects: number;
  readonly errors: number;
}

const VALIDATION = validationOptions(loadSettings({}).settings).v3;

const SECONDS_MAX = 3_600;
const OBJECTS_PER_REQUEST = 100;
/** Requests that wait for one sync, as many as there are connections by default. */
const GROUP_REQUESTS = 16;
const CEILING_MS = 1_000;
/** Objects of a request that only fills the store: fewer requests, the same rows. */
const FILL_OBJECTS_PER_REQUEST = 1_000;
const FILL_REQUESTS_WAITING = 8;
/** Counters of the feed that each record takes at most. */
const COUNTERS_PER_OBJECT = 2;

/** Runs the measurement; the server and its data are gone when it returns. */
export async function benchIngest(options: IngestBenchOptions): Promise<IngestBenchResult> {
  const directory = await mkdtemp(join(tmpdir(), "stixgate-bench-"));
  try {
    const store = await openIngestStore(options, directory);
    try {
      return await measure(options, directory, store);
    } finally {
      await store.stop();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function measure(
  { objects, stored, connections }: IngestBenchOptions,
  directory: string,
  store: IngestStore,
): Promise<IngestBenchResult> {
  // The first start makes workspace and application; only it says the secret.
  const first = await startServerProcess(directory, store.settings);
  await first.stop();
  await fill(store, first.ready.workspaceId, stored);
  const ceilingBefore = appendCeiling(join(directory, CEILING_FILE));
  const startedMs = performance.now();
  let startMs = 0;
  let residentBytes: number | null = null;
  let databaseBefore: number | null = null;
  let databaseAfter: number | null = null;
  const uploads = await benchUpload(
    { objectsMax: objects, secondsMax: SECONDS_MAX, connections },
    {
      start: async () => {
        const server = await startServerProcess(directory, store.settings);
        startMs = Math.round(performance.now() - startedMs);
        databaseBefore = await store.databaseCpuMicros();
        const { clientSecret } = first.ready;
        return { ...server, ready: { ...server.ready, clientSecret } };
      },
      firstCounter: stored * COUNTERS_PER_OBJECT,
      finished: async (server) => {
        residentBytes = await server.residentBytes();
        databaseAfter = await store.databaseCpuMicros();
      },
    },
  );
  const ceilingAfter = appendCeiling(join(directory, CEILING_FILE));
  const appendCeilingPerSecond = Math.round((ceilingBefore + ceilingAfter) / 2);
  const seconds = uploads.objects / uploads.objectsPerSecond + (uploads.indexLagMs ?? 0) / 1_000;
  const diskBytes = await store.diskBytes();
  const { objectsPerSecond, p50Ms, p99Ms, cpuMicrosPerObject, jsonParsePerSecond } = uploads;
  return {
    storedBefore: stored,
    objectsPerSecond,
    indexedPerSecond: Math.round(uploads.objects / seconds),
    ...{ p50Ms, p99Ms, cpuMicrosPerObject },
    databaseCpuMicrosPerObject: perObject(databaseBefore, databaseAfter, uploads.objects),
    ...{ jsonParsePerSecond, appendCeilingPerSecond },
    ratioToAppendCeiling: Number((objectsPerSecond / appendCeilingPerSecond).toFixed(3)),
    indexLagMs: uploads.indexLagMs,
    ...{ startMs, residentBytes },
    diskBytesPerObject: Math.round(diskBytes / (stored + uploads.objects)),
    objects: uploads.objects,
    errors: uploads.errors,
  };
}

/** Of what was used between two readings; the requests that warm up are part of it. */
function perObject(before: number | null, after: number | null, objects: number): number | null {
  return before === null || after === null || objects === 0
    ? null
    : Number(((after - before) / objects).toFixed(1));
}

/** Stores objects as an upload would have, validation included, but without the network. */
export async function fill(
  to: Pick<IngestStore, "open">,
  workspaceId: string,
  count: number,
): Promise<void> {
  if (count === 0) {
    return;
  }
  const store = await to.open();
  const feed = createFeed();
  let filled = 0;
  let requests = 0;
  const work = async (): Promise<void> => {
    const body = feed.body(FILL_OBJECTS_PER_REQUEST);
    while (filled < count) {
      filled += FILL_OBJECTS_PER_REQUEST;
      requests += 1;
      body.renew();
      const objects = intakeObjects(body.bytes);
      await store.append({
        requestId: `fill-${requests}`,
        workspaceId,
        receivedAt: new Date().toISOString(),
        outcome: "accepted",
        generation: "v3",
        apiVersion: "",
        sourceSystem: "Bench Feed",
        caller: { tenantId: "", objectId: "", appId: "", userAgent: "" },
        refusal: null,
        notes: [],
        received: objects.length,
        objects,
        rejections: [],
      });
    }
  };
  await Promise.all(Array.from({ length: FILL_REQUESTS_WAITING }, work));
  await store.waitIndexed(store.position().appended);
  await store.close();
}

function intakeObjects(bytes: Buffer): IntakeObject[] {
  const { stixobjects } = JSON.parse(bytes.toString()) as { stixobjects: unknown[] };
  return stixobjects.flatMap((value, recordIndex) => {
    const { facts } = validateObject(value, VALIDATION);
    return facts === undefined
      ? []
      : [
          {
            recordIndex,
            json: JSON.stringify(value),
            facts: { ...facts, keepRevoked: true },
            warnings: [],
          },
        ];
  });
}

/** Objects a second that a file takes which is only appended to and synced once for each group. */
function appendCeiling(path: string): number {
  const body = createFeed().body(OBJECTS_PER_REQUEST).bytes;
  const group = Array.from({ length: GROUP_REQUESTS }, () => body);
  const file = openSync(path, "w");
  const startMs = performance.now();
  let groups = 0;
  while (performance.now() - startMs < CEILING_MS) {
    writevSync(file, group);
    fdatasyncSync(file);
    groups += 1;
  }
  const seconds = (performance.now() - startMs) / 1_000;
  closeSync(file);
  return Math.round((groups * GROUP_REQUESTS * OBJECTS_PER_REQUEST) / seconds);
}
