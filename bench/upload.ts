/**
 * How many objects a second the server acknowledges: the real server in a process of its own, TLS, a token,
 * keep-alive connections that each wait for their answer. `JSON.parse` over the same bodies in the same run
 * is the ceiling to compare with, since machines differ.
 */

import { Agent, request } from "node:https";
import { createFeed, type FeedBody } from "./feed.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";
import { percentile, rounded } from "./timing.ts";

/** What bounds a run. */
export interface UploadBenchOptions {
  readonly objectsMax: number;
  readonly secondsMax: number;
  readonly connections: number;
}

/** What was measured; per object means per acknowledged object. */
export interface UploadBenchResult {
  readonly objectsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of the whole server process until everything is indexed; null where the system doesn't tell. */
  readonly cpuMicrosPerObject: number | null;
  readonly jsonParsePerSecond: number;
  readonly ratioToJsonParse: number;
  readonly requests: number;
  readonly objects: number;
  readonly errors: number;
  /** From the last answer until the last object could be found; null when it took too long. */
  readonly indexLagMs: number | null;
  readonly bytesPerObject: number;
  readonly connections: number;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

interface Call {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body?: Buffer | string;
}

interface Tally {
  readonly latenciesMs: number[];
  errors: number;
  firstError: string | undefined;
  sent: number;
}

const OBJECTS_PER_REQUEST = 100;
/** Enough for the compiler to have seen the upload path; not counted. */
const WARM_UP_REQUESTS = 100;
const JSON_PARSE_MS = 500;
const INDEX_WAIT_MS_MAX = 60_000;
const INDEX_POLL_MS = 20;
const REQUEST_TIMEOUT_MS = 60_000;

/** What a run can be given instead of an empty server of its own. */
export interface UploadBenchParts {
  readonly start: () => Promise<ServerProcess>;
  readonly firstCounter: number;
  /** Told when the uploads are over and indexed, while the server still runs. */
  readonly finished: (server: ServerProcess) => Promise<void>;
}

const OWN_SERVER: UploadBenchParts = {
  start: () => startServerProcess(),
  firstCounter: 0,
  finished: async () => undefined,
};

/** Runs the measurement; the server has stopped when it returns. */
export async function benchUpload(
  options: UploadBenchOptions,
  parts: UploadBenchParts = OWN_SERVER,
): Promise<UploadBenchResult> {
  const feed = createFeed(parts.firstCounter);
  const bodies = Array.from({ length: options.connections }, () => feed.body(OBJECTS_PER_REQUEST));
  const server = await parts.start();
  const agent = new Agent({
    keepAlive: true,
    maxSockets: options.connections,
    ca: server.caPem,
    timeout: REQUEST_TIMEOUT_MS,
  });
  try {
    const result = await measure({ ...options, bodies, server, agent });
    await parts.finished(server);
    return result;
  } finally {
    agent.destroy();
    await server.stop();
  }
}

interface Run extends UploadBenchOptions {
  readonly bodies: readonly FeedBody[];
  readonly server: ServerProcess;
  readonly agent: Agent;
}

async function measure(run: Run): Promise<UploadBenchResult> {
  const token = await fetchToken(run);
  await upload(run, { token, requestsMax: WARM_UP_REQUESTS });
  const parsedBefore = measureJsonParse(run.bodies);
  const cpuBefore = await run.server.cpuMicros();
  const startMs = performance.now();
  const requestsMax = Math.ceil(run.objectsMax / OBJECTS_PER_REQUEST);
  const tally = await upload(run, { token, requestsMax });
  const seconds = (performance.now() - startMs) / 1000;
  const indexLagMs = await untilIndexed(run, token);
  const cpuAfter = await run.server.cpuMicros();
  // On both sides of the uploads, because what else the machine does changes from second to second.
  const jsonParsePerSecond = Math.round((parsedBefore + measureJsonParse(run.bodies)) / 2);
  if (tally.firstError !== undefined) {
    console.error(`first error: ${tally.firstError}`);
  }
  const requests = tally.latenciesMs.length;
  const objects = requests * OBJECTS_PER_REQUEST;
  const objectsPerSecond = Math.round(objects / seconds);
  const isCpuKnown = cpuBefore !== null && cpuAfter !== null && objects > 0;
  return {
    objectsPerSecond,
    p50Ms: percentile(tally.latenciesMs, 0.5),
    p99Ms: percentile(tally.latenciesMs, 0.99),
    cpuMicrosPerObject: isCpuKnown ? rounded((cpuAfter - cpuBefore) / objects, 1) : null,
    jsonParsePerSecond,
    ratioToJsonParse: rounded(objectsPerSecond / jsonParsePerSecond, 3),
    requests,
    objects,
    errors: tally.errors,
    indexLagMs,
    bytesPerObject: Math.round((run.bodies[0]?.bytes.length ?? 0) / OBJECTS_PER_REQUEST),
    connections: run.connections,
  };
}

function measureJsonParse(bodies: readonly FeedBody[]): number {
  const texts = bodies.map(({ bytes }) => bytes.toString("utf8"));
  for (const text of texts) {
    JSON.parse(text);
  }
  const startMs = performance.now();
  let rounds = 0;
  while (performance.now() - startMs < JSON_PARSE_MS) {
    for (const text of texts) {
      JSON.parse(text);
    }
    rounds += 1;
  }
  const seconds = (performance.now() - startMs) / 1000;
  return Math.round((rounds * texts.length * OBJECTS_PER_REQUEST) / seconds);
}

async function fetchToken(run: Run): Promise<string> {
  const { ready } = run.server;
  const answer = await send(run, {
    method: "POST",
    path: `/${ready.tenantId}/oauth2/v2.0/token`,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: ready.clientId,
      client_secret: ready.clientSecret ?? "",
      scope: "https://management.azure.com/.default",
    }).toString(),
  });
  const { access_token: token } = JSON.parse(answer.body) as { access_token?: string };
  if (token === undefined) {
    throw new Error(`the server gave no token: ${answer.status} ${answer.body}`);
  }
  return token;
}

/** Uploads from all connections until the count or the time is used up. */
async function upload(
  run: Run,
  bounds: { readonly token: string; readonly requestsMax: number },
): Promise<Tally> {
  const tally: Tally = { latenciesMs: [], errors: 0, firstError: undefined, sent: 0 };
  const endMs = performance.now() + run.secondsMax * 1000;
  const { workspaceId } = run.server.ready;
  const path = `/workspaces/${workspaceId}/threat-intelligence-stix-objects:upload?api-version=2024-02-01-preview`;
  const work = async (body: FeedBody): Promise<void> => {
    while (tally.sent < bounds.requestsMax && performance.now() < endMs) {
      tally.sent += 1;
      body.renew();
      const call: Call = {
        method: "POST",
        path,
        headers: {
          authorization: `Bearer ${bounds.token}`,
          "content-type": "application/json",
          "content-length": body.bytes.length,
        },
        body: body.bytes,
      };
      await timeOne(run, call, tally);
    }
  };
  await Promise.all(run.bodies.map(work));
  return tally;
}

async function timeOne(run: Run, call: Call, tally: Tally): Promise<void> {
  const startMs = performance.now();
  try {
    const answer = await send(run, call);
    if (answer.status !== 200 || answer.body !== "") {
      throw new Error(`${answer.status} ${answer.body.slice(0, 300)}`);
    }
    tally.latenciesMs.push(performance.now() - startMs);
  } catch (error) {
    tally.errors += 1;
    tally.firstError ??= String(error);
  }
}

/** Milliseconds until the newest receipt says that its records can be found. */
async function untilIndexed(run: Run, token: string): Promise<number | null> {
  const startMs = performance.now();
  const path = `/api/v1/workspaces/${run.server.ready.workspaceId}/requests?limit=1`;
  while (performance.now() - startMs < INDEX_WAIT_MS_MAX) {
    const answer = await send(run, {
      method: "GET",
      path,
      headers: { authorization: `Bearer ${token}` },
    });
    const page = answer.status === 200 ? (JSON.parse(answer.body) as ReceiptPageShape) : undefined;
    if (page === undefined) {
      console.error(`receipts answered ${answer.status} ${answer.body.slice(0, 300)}`);
      return null;
    }
    if (page.value[0]?.indexed === true) {
      return Math.round(performance.now() - startMs);
    }
    await new Promise((resolve) => setTimeout(resolve, INDEX_POLL_MS));
  }
  return null;
}

interface ReceiptPageShape {
  readonly value: readonly { readonly indexed: boolean }[];
}

function send(run: Run, call: Call): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method, headers } = call;
    const url = new URL(call.path, run.server.ready.https);
    const outgoing = request(url, { agent: run.agent, method, headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", reject);
      incoming.on("end", () =>
        resolve({
          status: incoming.statusCode ?? 0,
          body: Buffer.concat(chunks).toString("utf8"),
        }),
      );
    });
    outgoing.on("error", reject);
    outgoing.on("timeout", () => outgoing.destroy(new Error("no answer in time")));
    outgoing.end(call.body);
  });
}
