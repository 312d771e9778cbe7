/**
 * Goal: replaced versions and deleted objects go when they are due, what is current stays, the room is used again,
 * and the store is sound whenever that is interrupted.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { indicators, objectOf, requestOf, SOURCE, stixIdOf } from "../samples.conformance.ts";
import type { Store } from "../store.ts";
import { inspectSqliteStore } from "./inspect.ts";
import { openSqliteStore, type SqliteStoreOptions } from "./sqlite-store.ts";

const root = mkdtempSync(join(tmpdir(), "stixgate-versions-"));
after(() => rmSync(root, { recursive: true, force: true }));

const WORKSPACE = "w";
const CALLER = { tenantId: "", objectId: "", appId: "", userAgent: "" };

async function withStore<T>(
  options: SqliteStoreOptions,
  run: (store: Store) => Promise<T>,
): Promise<T> {
  const store = await openSqliteStore(options);
  try {
    return await run(store);
  } finally {
    await store.close();
  }
}

/** Asks again until the answer is this one; the test's own time limit ends it otherwise. */
async function until<T>(expected: T, ask: () => Promise<T>): Promise<void> {
  for (;;) {
    const answer = JSON.stringify(await ask());
    if (answer === JSON.stringify(expected)) {
      return;
    }
  }
}

async function upload(store: Store, requestId: string, names: Readonly<Record<number, string>>) {
  const objects = Object.entries(names).map(([number, name]) =>
    objectOf({ stixId: stixIdOf(Number(number)), name, labels: [name] }),
  );
  const request = requestOf({ workspaceId: WORKSPACE, requestId, objects });
  await store.waitIndexed(await store.append(request));
}

async function namesOf(store: Store, number: number): Promise<unknown[]> {
  const key = { workspaceId: WORKSPACE, sourceSystem: SOURCE, stixId: stixIdOf(number) };
  const versions = await store.objectVersions(key, 100);
  return versions.map(({ facts: { name }, deleted }) => (deleted ? "deleted" : name));
}

test("an object keeps its newest versions, and each of them its text", async () => {
  const directory = join(root, "most");
  await withStore({ directory }, async (store) => {
    for (const name of ["a", "b", "c", "d", "e"]) {
      await upload(store, name, { 1: name, 2: "same" });
    }
  });
  await withStore({ directory, retention: { versionsMax: 2, roundMs: 1 } }, async (store) => {
    await until(["e", "d"], () => namesOf(store, 1));
    await upload(store, "f", { 1: "f" });
    await until(["f", "e"], () => namesOf(store, 1));
    assert.deepEqual(await namesOf(store, 2), ["same"]);
    const changes = await store.changes(0, 100);
    assert.deepEqual(
      changes.map(({ facts }) => facts.name),
      ["same", "e", "f"],
    );
    assert.equal((await store.receipt(WORKSPACE, "b"))?.counts.updated, 1);
  });
  assert.deepEqual(inspectSqliteStore(directory, { quick: false }).faults, []);
});

test("a version goes so many days after it was replaced, however old it is itself", async () => {
  const directory = join(root, "days");
  let now = new Date("2026-01-01T00:00:00.000Z");
  const retention = { versionDays: 10, roundMs: 1 };
  await withStore({ directory, clock: () => now, retention }, async (store) => {
    await upload(store, "a", { 1: "a", 2: "a" });
    now = new Date("2026-03-01T00:00:00.000Z");
    await upload(store, "b", { 1: "b" });
    now = new Date("2026-03-10T00:00:00.000Z");
    await upload(store, "c", { 1: "c" });
    assert.deepEqual(await namesOf(store, 1), ["c", "b", "a"]);
    now = new Date("2026-03-12T00:00:00.000Z");
    await until(["c", "b"], () => namesOf(store, 1));
    now = new Date("2026-03-21T00:00:00.000Z");
    await until(["c"], () => namesOf(store, 1));
    assert.deepEqual(await namesOf(store, 2), ["a"]);
  });
  assert.deepEqual(inspectSqliteStore(directory, { quick: false }).faults, []);
});

test("a deleted object goes with its history, and its id begins anew", async () => {
  const directory = join(root, "tombstones");
  let now = new Date("2026-01-01T00:00:00.000Z");
  const retention = { tombstoneDays: 10, receiptDays: 20, roundMs: 1 };
  const remove = async (store: Store, numbers: readonly number[]) =>
    await store.waitIndexed(
      await store.deleteObjects({
        ...{ requestId: "d", workspaceId: WORKSPACE, sourceSystem: SOURCE, caller: CALLER },
        receivedAt: now.toISOString(),
        stixIds: numbers.map(stixIdOf),
      }),
    );
  await withStore({ directory, clock: () => now, retention }, async (store) => {
    await upload(store, "a", { 1: "a", 2: "a", 3: "a" });
    await upload(store, "b", { 1: "b" });
    await remove(store, [1, 2]);
    await upload(store, "c", { 2: "reborn" });
    assert.deepEqual(await namesOf(store, 1), ["deleted", "b", "a"]);
    now = new Date("2026-01-12T00:00:00.000Z");
    await until([], () => namesOf(store, 1));
    assert.deepEqual(await namesOf(store, 2), ["reborn", "deleted", "a"]);
    assert.deepEqual(await store.countObjects(WORKSPACE), { indicator: 2 });
    await upload(store, "e", { 1: "again" });
    assert.deepEqual(await namesOf(store, 1), ["again"]);
    // Nothing of request b is left, so its receipt goes by its own age.
    now = new Date("2026-03-01T00:00:00.000Z");
    await until(undefined, () => store.receipt(WORKSPACE, "b"));
    assert.ok(await store.receipt(WORKSPACE, "a"));
    const { items } = await store.searchObjects({ workspaceId: WORKSPACE, limit: 10 });
    assert.deepEqual(
      items.map(({ facts }) => facts.name),
      ["again", "reborn", "a"],
    );
  });
  assert.deepEqual(inspectSqliteStore(directory, { quick: false }).faults, []);
});

test("under constant change the file stops growing", async () => {
  const directory = join(root, "growth");
  let now = Date.UTC(2026, 0, 1);
  const clock = () => new Date(now);
  const retention = { versionsMax: 2, receiptDays: 1, roundMs: 1 };
  const pages = (): number => {
    using database = new DatabaseSync(join(directory, "intelligence.db"));
    // The lists of values are merged, and then cleaned, when there are many more of them.
    const used = "SELECT count(*) AS pages FROM dbstat WHERE name NOT LIKE 'entry%'";
    return Number(database.prepare(used).get()?.["pages"]);
  };
  const rounds = (from: number, to: number) =>
    withStore({ directory, clock, retention }, async (store) => {
      for (let round = from; round < to; round += 1) {
        now += 3_600_000;
        const objects = indicators(1, 300, { name: `round ${round >> 1}`, labels: ["x"] });
        const receivedAt = clock().toISOString();
        const requestId = `r${round}`;
        const request = requestOf({ workspaceId: WORKSPACE, requestId, receivedAt, objects });
        await store.waitIndexed(await store.append(request));
      }
      now += 10 * 86_400_000;
      // The blobs of the last two versions are what is left.
      await until(
        2,
        async () => (await store.receipts({ workspaceId: WORKSPACE, limit: 10 })).items.length,
      );
    });
  await rounds(0, 30);
  const early = pages();
  await rounds(30, 120);
  const late = pages();
  assert.ok(late < early * 1.3, `${early} pages, then ${late}`);
  assert.deepEqual(inspectSqliteStore(directory, { quick: false }).faults, []);
});
