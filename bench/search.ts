/**
 * Whether a page of a search takes as long on a million objects as on a hundred thousand: ten typical searches through
 * the real HTTPS API with a token. Both servers run at the same time and are asked in turn, so that what else the
 * machine does falls on both. The objects are put in through the store's own door.
 */

import { mkdtemp, rm } from "node:fs/promises";
import { Agent, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteStore } from "../src/store/index.ts";
import { fill } from "./ingest.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";
import { percentile, rounded } from "./timing.ts";

/** What bounds a run. */
export interface SearchBenchOptions {
  readonly objects: number;
  readonly larger: number;
  /** Pages of each search. */
  readonly rounds: number;
}

interface SearchFigures extends Readonly<Record<string, number>> {
  readonly baselineP50Ms: number;
  readonly baselineP99Ms: number;
  readonly largerP50Ms: number;
  readonly largerP99Ms: number;
  readonly ratioP50: number;
  readonly ratioP99: number;
}

/** For each search its times on the smaller store, the baseline, and how many times longer the larger one takes. */
export type SearchBenchResult = Readonly<Record<string, SearchFigures | number | string>>;

/** A server whose store is full and searchable. */
export interface Filled {
  readonly server: ServerProcess;
  readonly agent: Agent;
  readonly token: string;
  readonly samples: readonly Sample[];
  /** Signs the first person in to the web page, once. */
  readonly signInUrl: string;
}

interface Sample {
  readonly title: string;
  readonly observables: readonly { readonly value: string }[];
}

interface Page {
  readonly value: readonly Sample[];
  readonly cursor: string | null;
  readonly partial: boolean;
  readonly behind: number;
}

type Query = Readonly<Record<string, unknown>>;

/** A search that people do; round and sample make each request another one where that is usual. */
interface Search {
  readonly name: string;
  readonly query: (sample: Sample, filled: Filled) => Query | Promise<Query>;
}

const PAGE_ITEMS = 50;
const SAMPLES = 100;
/** Pages that are turned before the one that is measured. */
const PAGES_TURNED = 20;
/** Pages of each search before the measurement, for compilers and caches. */
const WARM_UP_ROUNDS = 10;
const REQUEST_TIMEOUT_MS = 60_000;
const SEARCHABLE_WITHIN_MS = 3_600_000;
/** A page may take so many times as long on ten times the objects. */
const RATIO_MAX = 2;

const both = (...conditions: readonly object[]): object => ({ kind: "and", conditions });

const SEARCHES: readonly Search[] = [
  { name: "newest", query: () => ({}) },
  { name: "deepPage", query: async (_sample, filled) => ({ cursor: await deepCursor(filled) }) },
  {
    name: "observable",
    query: ({ observables }) => ({
      condition: { kind: "observable", value: observables[0]?.value ?? "" },
    }),
  },
  {
    name: "rareWord",
    query: ({ observables }) => ({
      condition: { kind: "text", words: quoted(observables[0]?.value ?? "") },
    }),
  },
  { name: "frequentWord", query: () => ({ condition: { kind: "text", words: "parcel" } }) },
  {
    name: "wordsAndBeginning",
    query: () => ({ condition: { kind: "text", words: "stealer sign*" } }),
  },
  { name: "label", query: () => ({ condition: { kind: "label", anyOf: ["phishing"] } }) },
  {
    name: "confidenceSorted",
    query: () => ({
      condition: { kind: "confidence", from: 90 },
      sort: { by: "confidence", direction: "descending" },
    }),
  },
  {
    name: "activeByEnd",
    query: () => ({
      condition: { kind: "active", at: "2026-02-01T00:00:00Z" },
      sort: { by: "valid_until", direction: "ascending" },
    }),
  },
  {
    name: "combined",
    query: () => ({
      condition: both(
        { kind: "type", anyOf: ["indicator"] },
        { kind: "label", anyOf: ["loader", "signed"] },
        { kind: "confidence", from: 70 },
        { kind: "tlp", anyOf: ["green"] },
        { kind: "revoked", is: false },
      ),
      sort: { by: "created", direction: "descending" },
    }),
  },
];

/** Runs the measurement; servers and data are gone when it returns. */
export async function benchSearch(options: SearchBenchOptions): Promise<SearchBenchResult> {
  const directory = await mkdtemp(join(tmpdir(), "stixgate-bench-"));
  const filled: Filled[] = [];
  try {
    for (const [at, count] of [options.objects, options.larger].entries()) {
      filled.push(await fillAndStart(join(directory, String(at)), count));
    }
    const [small, large] = filled;
    if (small === undefined || large === undefined) {
      throw new Error("there are two servers");
    }
    return await measure(small, large, options);
  } finally {
    for (const { server, agent } of filled) {
      agent.destroy();
      await server.stop();
    }
    await rm(directory, { recursive: true, force: true });
  }
}

/** Starts a server whose store holds so many objects, all of them searchable. */
export async function fillAndStart(directory: string, count: number): Promise<Filled> {
  // The first start makes workspace and application; only it says the secret.
  const first = await startServerProcess(directory);
  await first.stop();
  await fill({ open: () => openSqliteStore({ directory }) }, first.ready.workspaceId, count);
  const server = await startServerProcess(directory);
  const agent = new Agent({ keepAlive: true, ca: server.caPem, timeout: REQUEST_TIMEOUT_MS });
  const { tenantId, clientId } = server.ready;
  const answer = await send({ server, agent }, `/${tenantId}/oauth2/v2.0/token`, {
    type: "application/x-www-form-urlencoded",
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: clientId,
      client_secret: first.ready.clientSecret ?? "",
      scope: "https://management.azure.com/.default",
    }).toString(),
  });
  const { access_token: token } = answer as { readonly access_token: string };
  const signInUrl = server.ready.signInUrl ?? first.ready.signInUrl ?? "";
  const starting: Filled = { server, agent, token, samples: [], signInUrl };
  await untilSearchable(starting);
  const { value: samples } = await page(starting, { limit: SAMPLES });
  return { ...starting, samples };
}

async function untilSearchable(filled: Filled): Promise<void> {
  const endMs = performance.now() + SEARCHABLE_WITHIN_MS;
  while ((await page(filled, { limit: 1 })).behind > 0) {
    if (performance.now() > endMs) {
      throw new Error("the objects could not be searched in time");
    }
  }
}

async function measure(
  small: Filled,
  large: Filled,
  { objects, larger, rounds }: SearchBenchOptions,
): Promise<SearchBenchResult> {
  const figures: Record<string, SearchFigures> = {};
  for (const search of SEARCHES) {
    const times: { readonly small: number[]; readonly large: number[] } = { small: [], large: [] };
    for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
      const [one, other] = [await timeOf(search, small, round), await timeOf(search, large, round)];
      if (round >= 0) {
        times.small.push(one);
        times.large.push(other);
      }
    }
    figures[search.name] = figuresOf(times.small, times.large);
  }
  const slow = Object.entries(figures).filter(
    ([, { ratioP50, ratioP99 }]) => Math.max(ratioP50, ratioP99) >= RATIO_MAX,
  );
  return {
    ...{ objects, larger, rounds },
    ...figures,
    ratioMax: Math.max(...Object.values(figures).map(({ ratioP50 }) => ratioP50)),
    notFlat: slow.map(([name]) => name).join(", ") || "none",
    errors: 0,
  };
}

async function timeOf(search: Search, filled: Filled, round: number): Promise<number> {
  const { samples } = filled;
  const sample = samples[Math.abs(round) % samples.length];
  const query = await search.query(sample ?? { title: "", observables: [] }, filled);
  const startMs = performance.now();
  const found = await page(filled, { limit: PAGE_ITEMS, ...query });
  const ms = performance.now() - startMs;
  if (found.value.length === 0 || found.partial) {
    throw new Error(`${search.name} found ${found.value.length}, partial: ${found.partial}`);
  }
  return ms;
}

const deepCursors = new WeakMap<Filled, Promise<string>>();

/** Where the newest objects go on after twenty pages; turned to once for each server. */
function deepCursor(filled: Filled): Promise<string> {
  const known = deepCursors.get(filled) ?? turned(filled);
  deepCursors.set(filled, known);
  return known;
}

async function turned(filled: Filled): Promise<string> {
  let cursor = "";
  for (let at = 0; at < PAGES_TURNED; at += 1) {
    const query = cursor === "" ? {} : { cursor };
    cursor = (await page(filled, { limit: PAGE_ITEMS, ...query })).cursor ?? "";
  }
  return cursor;
}

async function page(filled: Filled, query: Query): Promise<Page> {
  const path = `/api/v1/workspaces/${filled.server.ready.workspaceId}/objects/search`;
  const body = JSON.stringify(query);
  return (await send(filled, path, { type: "application/json", body })) as Page;
}

function send(
  { server, agent, token }: Pick<Filled, "server" | "agent"> & { readonly token?: string },
  path: string,
  { type, body }: { readonly type: string; readonly body: string },
): Promise<unknown> {
  const headers = {
    "content-type": type,
    "content-length": Buffer.byteLength(body),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  return new Promise((resolve, reject) => {
    const url = new URL(path, server.ready.https);
    const outgoing = request(url, { agent, method: "POST", headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", reject);
      incoming.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        if (incoming.statusCode === 200) {
          resolve(JSON.parse(text));
        } else {
          reject(new Error(`${path} answered ${incoming.statusCode} ${text.slice(0, 300)}`));
        }
      });
    });
    outgoing.on("error", reject);
    outgoing.on("timeout", () => outgoing.destroy(new Error("no answer in time")));
    outgoing.end(body);
  });
}

function figuresOf(small: readonly number[], large: readonly number[]): SearchFigures {
  const [baselineP50Ms, largerP50Ms] = [percentile(small, 0.5), percentile(large, 0.5)];
  const [baselineP99Ms, largerP99Ms] = [percentile(small, 0.99), percentile(large, 0.99)];
  return {
    ...{ baselineP50Ms, baselineP99Ms, largerP50Ms, largerP99Ms },
    ratioP50: rounded(largerP50Ms / baselineP50Ms, 2),
    ratioP99: rounded(largerP99Ms / baselineP99Ms, 2),
  };
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', "")}"`;
}
