/**
 * Goal: when the power fails, whatever was written but not yet forced to disk may be gone or torn; every
 * acknowledged request is still there, and the index ends up as if nothing had happened.
 *
 * The write-ahead log only grows until it is copied back, which these requests are too few for. So a power
 * failure leaves a beginning of it that reaches at least to where it ended when the last request that was
 * acknowledged had been written; the rest may be missing or hold anything.
 */
import assert from "node:assert/strict";
import { randomBytes, randomInt } from "node:crypto";
import { appendFileSync, cpSync, mkdtempSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import {
  createMemoryStore,
  inspectSqliteStore,
  openSqliteStore,
  type Store,
} from "../../src/store/index.ts";
import { crashRequest } from "./store-crash-requests.ts";

const REQUESTS = 60;
const FAILURES = 25;
const GARBAGE_BYTES = 20_000;

const root = mkdtempSync(join(tmpdir(), "stixgate-power-"));
after(() => rmSync(root, { recursive: true, force: true }));

async function changesOf(store: Store): Promise<unknown[]> {
  const changes = await store.changes(0, 10_000);
  return changes.map(({ ingestedAt: _, ...version }) => version);
}

test(`${FAILURES} power failures keep everything acknowledged and the index true`, async () => {
  const running = join(root, "running");
  const log = (directory: string): string => join(directory, "intelligence.db-wal");
  const store = await openSqliteStore({ directory: running });
  const loggedBytes: number[] = [];
  for (let number = 0; number < REQUESTS; number += 1) {
    await store.append(crashRequest(number));
    loggedBytes.push(statSync(log(running)).size);
  }
  // Taken while the store is open: closing would copy the log back.
  const failed = join(root, "failed");
  cpSync(running, failed, { recursive: true });
  await store.close();

  for (let failure = 0; failure < FAILURES; failure += 1) {
    const directory = join(root, `failure-${failure}`);
    cpSync(failed, directory, { recursive: true });
    rmSync(join(directory, "intelligence.db-shm"), { force: true });
    const acknowledged = randomInt(REQUESTS - 1);
    const [from = 0, to = 0] = loggedBytes.slice(acknowledged, acknowledged + 2);
    truncateSync(log(directory), randomInt(from, to + 1));
    if (failure % 2 === 1) {
      appendFileSync(log(directory), randomBytes(GARBAGE_BYTES));
    }
    const recovered = await openSqliteStore({ directory });
    const { appended } = recovered.position();
    assert.ok(appended > acknowledged, `${appended} of ${acknowledged + 1} acknowledged are left`);
    await recovered.waitIndexed(appended);
    const memory = createMemoryStore();
    for (let number = 0; number < appended; number += 1) {
      await memory.append(crashRequest(number));
    }
    assert.deepEqual(await changesOf(recovered), await changesOf(memory));
    await recovered.close();
    assert.deepEqual(inspectSqliteStore(directory, { quick: false }).faults, []);
    rmSync(directory, { recursive: true, force: true });
  }
});
