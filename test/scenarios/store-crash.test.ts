/**
 * Goal: a process killed at a random moment loses no acknowledged request and stores none twice, and the
 * index ends up as if nothing had happened: equal to that of a store in memory that takes the same log.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import {
  createMemoryStore,
  inspectSqliteStore,
  type ObjectVersion,
  openSqliteStore,
  type Store,
} from "../../src/store/index.ts";
import type { ReceiptSummary } from "../../src/wire/index.ts";
import { crashRequest } from "./store-crash-requests.ts";

/** Kills in each mode; `npm run test:crash` asks for hundreds. */
const KILLS = Number(process.env["STIXGATE_CRASH_KILLS"] ?? 12);

/** What the store keeps in memory. */
const MODES = ["tables", "bounded"] as const;

type Mode = (typeof MODES)[number];

/** Kills that one store survives before it is compared; the comparison holds all of it in memory. */
const KILLS_PER_STORE = 24;

/** The child is killed after a random one of its first acknowledgements, sometimes before the first. */
const ACKNOWLEDGEMENTS_MAX = 120;

/** Every other child is killed at a random moment instead, which may be while it opens the store. */
const LIFE_MS_MAX = 700;

/** Request numbers of one round; what an earlier round lost without an answer leaves a gap. */
const NUMBERS_PER_ROUND = 10_000;

const WORKSPACES = ["workspace-0", "workspace-1", "workspace-2"];

const root = mkdtempSync(join(tmpdir(), "stixgate-crash-"));
after(() => rmSync(root, { recursive: true, force: true }));

/** Runs the child until it is killed; returns the numbers that it said were acknowledged. */
async function killedRound(directory: string, mode: Mode, round: number): Promise<number[]> {
  const first = `${round * NUMBERS_PER_ROUND}`;
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, "store-crash-child.ts"), directory, mode, first],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const byTime = round % 2 === 1;
  const killAfter = byTime ? Infinity : Math.floor(Math.random() * ACKNOWLEDGEMENTS_MAX);
  const timer = byTime
    ? setTimeout(() => child.kill("SIGKILL"), Math.random() * LIFE_MS_MAX)
    : undefined;
  const acknowledged: number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.push(Number(line));
    if (acknowledged.length === killAfter + 1) {
      child.kill("SIGKILL");
    }
  }
  clearTimeout(timer);
  if (child.exitCode === null && child.signalCode === null) {
    await once(child, "exit");
  }
  assert.equal(child.signalCode, "SIGKILL", "the child ends by the kill alone");
  return acknowledged;
}

async function allChanges(store: Store): Promise<ObjectVersion[]> {
  const changes: ObjectVersion[] = [];
  for (;;) {
    const next = await store.changes(changes.at(-1)?.change ?? 0, 10_000);
    if (next.length === 0) {
      return changes;
    }
    changes.push(...next);
  }
}

async function allReceipts(store: Store): Promise<ReceiptSummary[]> {
  const receipts: ReceiptSummary[] = [];
  for (const workspaceId of WORKSPACES) {
    let cursor: string | undefined;
    do {
      const page = await store.receipts({ workspaceId, limit: 1_000, ...(cursor && { cursor }) });
      receipts.push(...page.items);
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
  }
  return receipts.sort((a, b) => a.sequence - b.sequence);
}

/** Everything the index answers with, besides times, which the log in memory can't know. */
async function indexOf(store: Store): Promise<unknown> {
  const counts = await Promise.all(WORKSPACES.map((id) => store.countObjects(id)));
  const labelled = await Promise.all(
    WORKSPACES.map(async (workspaceId) => {
      const page = await store.currentObjects({ workspaceId, label: "label-3", limit: 1_000 });
      return page.items.map(({ change }) => change);
    }),
  );
  const pinned = await Promise.all(
    WORKSPACES.map(async (workspaceId) => {
      const query = { workspaceId, observableValue: "192.0.2.9", limit: 1_000 };
      return (await store.currentObjects(query)).items.map(({ change }) => change);
    }),
  );
  const found = await Promise.all(WORKSPACES.map((workspaceId) => foundIn(store, workspaceId)));
  const changes = (await allChanges(store)).map((version) => ({ ...version, ingestedAt: "" }));
  return { counts, labelled, pinned, found, changes, receipts: await allReceipts(store) };
}

/** What searches find and count, once they have everything. */
async function foundIn(store: Store, workspaceId: string): Promise<unknown> {
  await store.waitSearchable(store.position().appended);
  const condition = { kind: "label", anyOf: ["label-3", "label-5"] } as const;
  const sort = { by: "name", direction: "ascending" } as const;
  const page = await store.searchObjects({ workspaceId, condition, sort, limit: 1_000 });
  const revoked = await store.facets({ workspaceId, field: "revoked", limit: 10 });
  const labels = await store.facets({ workspaceId, field: "label", limit: 100 });
  return { changes: page.items.map(({ change }) => change), revoked, labels };
}

/** Lets a store be killed so often, then compares it with its ledger and with a rebuild of its log. */
async function killedStore(directory: string, mode: Mode, kills: number): Promise<string> {
  const ledger = new Set<number>();
  for (let round = 0; round < kills; round += 1) {
    for (const number of await killedRound(directory, mode, round)) {
      ledger.add(number);
    }
  }
  const store = await openSqliteStore({ directory, memory: mode });
  await store.waitIndexed(store.position().appended);
  const receipts = await allReceipts(store);
  const stored = receipts.map(({ requestId }) => Number(requestId));
  const storedOnce = new Set(stored);
  assert.equal(storedOnce.size, stored.length, "no request is stored twice");
  const lost = [...ledger].filter((number) => !storedOnce.has(number));
  assert.deepEqual(lost, [], "every acknowledged request is stored");
  const memory = createMemoryStore();
  for (const number of stored) {
    await memory.append(crashRequest(number));
  }
  // A sequence that a crash took back is given again, so the two logs are numbered alike.
  assert.deepEqual(await indexOf(store), await indexOf(memory));
  await store.close();
  assert.deepEqual(inspectSqliteStore(directory, { quick: false }).faults, []);
  return `${kills} kills: ${ledger.size} acknowledged, ${stored.length} stored, all of them once`;
}

for (const mode of MODES) {
  const name = `${KILLS} kills lose nothing, store nothing twice and leave a true index, memory ${mode}`;
  test(name, async (t) => {
    for (let left = KILLS; left > 0; left -= KILLS_PER_STORE) {
      const directory = join(root, `${mode}-${left}`);
      t.diagnostic(await killedStore(directory, mode, Math.min(left, KILLS_PER_STORE)));
      rmSync(directory, { recursive: true, force: true });
    }
  });
}
