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
  type ObjectVersion,
  openSqliteStore,
  type Store,
} from "../../src/store/index.ts";
import type { ReceiptSummary } from "../../src/wire/index.ts";
import { crashRequest } from "./store-crash-requests.ts";

const ROUNDS = 24;

/** The child is killed after a random one of its first acknowledgements, sometimes before the first. */
const ACKNOWLEDGEMENTS_MAX = 120;

/** Request numbers of one round; what an earlier round lost without an answer leaves a gap. */
const NUMBERS_PER_ROUND = 10_000;

const WORKSPACES = ["workspace-0", "workspace-1", "workspace-2"];

const root = mkdtempSync(join(tmpdir(), "stixgate-crash-"));
after(() => rmSync(root, { recursive: true, force: true }));

/** Runs the child until it is killed; returns the numbers that it said were acknowledged. */
async function killedRound(directory: string, round: number): Promise<number[]> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, "store-crash-child.ts"), directory, `${round * NUMBERS_PER_ROUND}`],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const killAfter = Math.floor(Math.random() * ACKNOWLEDGEMENTS_MAX);
  const acknowledged: number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.push(Number(line));
    if (acknowledged.length === killAfter + 1) {
      child.kill("SIGKILL");
    }
  }
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
  const changes = (await allChanges(store)).map((version) => ({ ...version, ingestedAt: "" }));
  return { counts, labelled, pinned, changes, receipts: await allReceipts(store) };
}

test(`${ROUNDS} kills lose nothing, store nothing twice and leave a true index`, async (t) => {
  const directory = join(root, "data");
  const ledger = new Set<number>();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const number of await killedRound(directory, round)) {
      ledger.add(number);
    }
  }
  const store = await openSqliteStore({ directory });
  const behind = store.position();
  await store.waitIndexed(behind.appended);
  const receipts = await allReceipts(store);
  const stored = receipts.map(({ requestId }) => Number(requestId));
  assert.equal(new Set(stored).size, stored.length, "no request is stored twice");
  const lost = [...ledger].filter((number) => !stored.includes(number));
  assert.deepEqual(lost, [], "every acknowledged request is stored");
  const memory = createMemoryStore();
  for (const number of stored) {
    await memory.append(crashRequest(number));
  }
  // A sequence that a crash took back is given again, so the two logs are numbered alike.
  assert.deepEqual(await indexOf(store), await indexOf(memory));
  await store.close();
  t.diagnostic(`${ledger.size} acknowledged, ${stored.length} stored, all of them once`);
});
