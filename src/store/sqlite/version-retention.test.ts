/**
 * Goal: the store on SQLite drops what is due and nothing else, uses the room again, and is sound whenever that is
 * interrupted.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { AT_ONCE, receiptsOf, until, WORKSPACE } from "../retention-steps.conformance.ts";
import { retentionConformance } from "../retention-tests.conformance.ts";
import { indicators, requestOf } from "../samples.conformance.ts";
import { inspectSqliteStore } from "./inspect.ts";
import { openSqliteStore } from "./sqlite-store.ts";

const root = mkdtempSync(join(tmpdir(), "stixgate-versions-"));
after(() => rmSync(root, { recursive: true, force: true }));

retentionConformance({
  name: "sqlite",
  async newPlace() {
    const directory = mkdtempSync(join(root, "place-"));
    return {
      open: (options) => openSqliteStore({ directory, ...options }),
      faults: async () => inspectSqliteStore(directory, { quick: false }).faults,
      async logSize() {
        using database = new DatabaseSync(join(directory, "intelligence.db"));
        const sum =
          "SELECT count(*) AS requests, sum(length(payload)) AS bytes FROM request_objects";
        const { requests, bytes } = database.prepare(sum).get() ?? {};
        return { requests: Number(requests), bytes: Number(bytes) };
      },
    };
  },
});

test("under constant change the file stops growing", async () => {
  const directory = join(root, "growth");
  let now = Date.UTC(2026, 0, 1);
  const clock = () => new Date(now);
  const retention = { versionsMax: 2, receiptDays: 1, ...AT_ONCE };
  const pages = (): number => {
    using database = new DatabaseSync(join(directory, "intelligence.db"));
    // The lists of values are merged, and then cleaned, when there are many more of them.
    const used = "SELECT count(*) AS pages FROM dbstat WHERE name NOT LIKE 'entry%'";
    return Number(database.prepare(used).get()?.["pages"]);
  };
  const rounds = async (from: number, to: number): Promise<void> => {
    const store = await openSqliteStore({ directory, clock, retention });
    try {
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
      await until(2, async () => (await receiptsOf(store)).length);
    } finally {
      await store.close();
    }
  };
  await rounds(0, 30);
  const early = pages();
  await rounds(30, 120);
  const late = pages();
  assert.ok(late < early * 1.3, `${early} pages, then ${late}`);
  assert.deepEqual(inspectSqliteStore(directory, { quick: false }).faults, []);
});
