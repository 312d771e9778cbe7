/**
 * Goal: on a full disk an append is refused and leaves nothing behind, and once there is room again the same
 * store goes on by itself, with everything acknowledged before.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { createMemoryStore, openSqliteStore, type Store } from "../../src/store/index.ts";
import { indicators, objectOf, requestOf, stixIdOf } from "../../src/store/samples.conformance.ts";
import { AppError } from "../../src/wire/index.ts";

const DISK_BYTES = 24 * 1024 * 1024;

/** What the test leaves free on the disk, to be used up by appends. */
const ROOM_BYTES = 6 * 1024 * 1024;

const mountPoint = mkdtempSync(join(tmpdir(), "stixgate-disk-"));
const mounted = mount();
after(() => {
  if (mounted) {
    execFileSync("umount", [mountPoint]);
  }
  rmSync(mountPoint, { recursive: true, force: true });
});

function mount(): boolean {
  try {
    const options = ["-t", "tmpfs", "-o", `size=${DISK_BYTES}`, "tmpfs", mountPoint];
    execFileSync("mount", options, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** A request that compresses badly, so that the disk fills in a few steps. */
function bulky(number: number) {
  const noise = () => Buffer.from(crypto.getRandomValues(new Uint8Array(60_000))).toString("hex");
  const objects = [0, 1].map((at) =>
    objectOf({ stixId: stixIdOf(number * 2 + at) }, { json: JSON.stringify({ noise: noise() }) }),
  );
  return requestOf({ workspaceId: "w", requestId: `bulky-${number}`, objects });
}

/** Appends until the disk is full; returns the ids of what was acknowledged. */
async function fill(store: Store, first: number): Promise<string[]> {
  const acknowledged: string[] = [];
  for (let number = first; ; number += 1) {
    const request = bulky(number);
    try {
      await store.append(request);
      acknowledged.push(request.requestId);
    } catch (error) {
      assert.ok(error instanceof AppError);
      assert.equal(error.code, "store_unavailable");
      return acknowledged;
    }
  }
}

async function storedIds(store: Store): Promise<string[]> {
  const { items } = await store.receipts({ workspaceId: "w", limit: 1_000 });
  return items.map(({ requestId }) => requestId).reverse();
}

const skip = mounted ? false : "mounting a small disk needs root";

test("a full disk refuses appends, keeps nothing of them, and is survived", { skip }, async () => {
  const directory = join(mountPoint, "data");
  mkdirSync(directory);
  const store = await openSqliteStore({ directory });
  const ballast = join(mountPoint, "ballast");
  const { bavail, bsize } = statfsSync(mountPoint);
  writeFileSync(ballast, Buffer.alloc(bavail * bsize - ROOM_BYTES));

  const acknowledged = await fill(store, 1);
  assert.ok(acknowledged.length > 3);
  const refused = await Promise.allSettled(
    [9_001, 9_002, 9_003].map((n) => store.append(bulky(n))),
  );
  assert.deepEqual(
    refused.map((each) => each.status),
    ["rejected", "rejected", "rejected"],
  );
  assert.deepEqual(
    await storedIds(store),
    acknowledged,
    "reads go on, and show only what was kept",
  );

  rmSync(ballast);
  await store.checkHealth();
  const small = requestOf({ workspaceId: "w", requestId: "small", objects: indicators(9_000, 3) });
  const last = await store.append(small);
  await store.waitIndexed(last);
  const kept = [...acknowledged, "small"];
  assert.deepEqual(await storedIds(store), kept);
  assert.equal((await store.countObjects("w"))["indicator"], acknowledged.length * 2 + 3);
  await store.close();

  const again = await openSqliteStore({ directory });
  assert.deepEqual(await storedIds(again), kept);
  assert.equal((await again.changes(0, 10_000)).length, acknowledged.length * 2 + 3);
  const memory = createMemoryStore();
  await memory.append(small);
  const [read, expected] = await Promise.all(
    [again, memory].map(async (each) => {
      const { sequence, ...receipt } = (await each.receipt("w", "small")) ?? {};
      return receipt;
    }),
  );
  assert.deepEqual(read, expected);
  await again.close();
});
