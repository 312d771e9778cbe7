/**
 * Goal: retention on PostgreSQL does what it does on every store, with several processes on one database, and what
 * must be kept is kept whenever one of them is killed (STIXGATE_TEST_KILLS=100 for the large run).
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { inspectPostgresStore, openPostgresStore, type Store } from "../../src/store/index.ts";
import { LOCK } from "../../src/store/postgres/migrate.ts";
import { createRetention } from "../../src/store/postgres/retention.ts";
import type { RetentionCutoffs } from "../../src/store/retention.ts";
import {
  AT_ONCE,
  receiptsOf,
  until,
  WORKSPACE,
} from "../../src/store/retention-steps.conformance.ts";
import { retentionConformance } from "../../src/store/retention-tests.conformance.ts";
import { indicators, requestOf, SOURCE, stixIdOf } from "../../src/store/samples.conformance.ts";
import { AppError } from "../../src/wire/index.ts";
import { type PostgresCluster, postgresMissing, startPostgres } from "../support/postgres.ts";
import { CHANGED_OBJECTS, CHANGED_WORKSPACE, CHANGES_KEPT } from "../support/postgres-changes.ts";

const CHANGERS = 3;
const KILLS = Number(process.env["STIXGATE_TEST_KILLS"] ?? 8);

/** Requests of a process between two kills. */
const REQUESTS_PER_KILL = 25;

/** More than one process sends before it is killed. */
const VERSIONS_MAX = 100_000;

/** While the server is away. */
const RETRY_MS = 50;

const CHANGER = join(import.meta.dirname, "../support/postgres-changer.ts");

/** What happened to a group of objects that are always sent together, in its order. */
interface Sent {
  readonly what: string;
  readonly version: number;
  isAcknowledged: boolean;
}

/** By the number of the first object. */
type Ledger = Map<number, Sent[]>;

/** A process, and what it says. */
interface Changer {
  readonly process: ChildProcess;
  /** Resolves after so many more acknowledged requests, or when the process has ended. */
  acknowledged(count: number): Promise<void>;
  /** Kills it, and resolves when all that it has said is in the ledger. */
  kill(): Promise<void>;
}

function startChanger(connection: string, ledger: Ledger, at: readonly [number, number]): Changer {
  const [first, version] = at;
  const child = spawn(process.execPath, [CHANGER, connection, `${first}`, `${version}`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface(child.stdout);
  const ended = once(lines, "close");
  let onAcknowledged = (): void => undefined;
  lines.on("line", (line) => {
    const [when, what = "", number, sentVersion] = line.split(" ");
    const sent = ledger.get(Number(number)) ?? [];
    ledger.set(Number(number), sent);
    if (when === "send") {
      sent.push({ what, version: Number(sentVersion), isAcknowledged: false });
      return;
    }
    const last = sent.at(-1);
    assert.ok(last?.version === Number(sentVersion), "answers come in order");
    last.isAcknowledged = true;
    onAcknowledged();
  });
  return {
    process: child,
    async acknowledged(count) {
      let left = count;
      await new Promise<void>((resolve) => {
        onAcknowledged = () => {
          left -= 1;
          if (left <= 0) {
            resolve();
          }
        };
        void ended.then(() => resolve());
      });
    },
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Follows the changes for as long as it is asked to; what it saw last of each object. */
async function follow(store: Store, isOver: () => boolean): Promise<Map<string, string | null>> {
  const last = new Map<string, string | null>();
  let after = 0;
  for (;;) {
    const wasOver = isOver();
    const versions = await store.changes(after, 500).catch(whileAway);
    if (versions === undefined) {
      continue;
    }
    for (const { change, stixId, deleted, json, facts } of versions) {
      assert.ok(change > after, "changes rise");
      assert.ok(deleted || json.length > 0, "each has its text");
      after = change;
      last.set(stixId, deleted ? null : facts.name);
    }
    if (versions.length === 0 && wasOver) {
      return last;
    }
  }
}

/** Rounds without a store, a call at a time; nothing is dropped but what the cutoffs say. */
function roundsOn(connection: string, cleanedVersionsMin?: number) {
  const connect = async () => {
    const client = new pg.Client({ connectionString: connection });
    await client.connect();
    return client;
  };
  const { retain, end } = createRetention({
    connect,
    ...(cleanedVersionsMin === undefined ? {} : { cleanedVersionsMin }),
  });
  const call = (cutoffs: Partial<RetentionCutoffs>): Promise<number> =>
    retain({ ...KEEP_ALL, ...cutoffs });
  return {
    call,
    end,
    /** What was indexed before the round before is looked at, so it takes two of them. */
    async all(cutoffs: Partial<RetentionCutoffs>): Promise<void> {
      await call(cutoffs);
      while ((await call(cutoffs)) > 0) {
        // A part at a time.
      }
    },
  };
}

const KEEP_ALL: RetentionCutoffs = {
  ...{ rejectedBefore: null, receiptsBefore: null },
  ...{ versionsBefore: null, versionsMax: null, tombstonesBefore: null },
};

/** The server is away for a moment, which passes by itself. */
async function whileAway(error: unknown): Promise<undefined> {
  assert.ok(error instanceof AppError && error.code === "store_unavailable", String(error));
  await sleep(RETRY_MS);
}

/** What may be current of an object: what was acknowledged last, or anything that was sent after it. */
function currentNames(sent: readonly Sent[]): readonly (string | undefined)[] {
  const last = sent.findLastIndex(({ isAcknowledged }) => isAcknowledged);
  return sent
    .slice(last)
    .map(({ what, version }) => (what === "delete" ? undefined : `${version}`));
}

async function checkObject(store: Store, number: number, sent: readonly Sent[]): Promise<void> {
  const key = { workspaceId: CHANGED_WORKSPACE, sourceSystem: SOURCE, stixId: stixIdOf(number) };
  const current = await store.currentObject(key);
  assert.ok(currentNames(sent).includes(current?.facts.name ?? undefined), key.stixId);
  const versions = await store.objectVersions(key, 100);
  assert.equal(versions[0]?.change, current?.change);
  if (sent.some(({ what }) => what === "delete")) {
    return;
  }
  const kept = versions.map(({ facts }) => Number(facts.name));
  assert.equal(kept.length, CHANGES_KEPT.versionsMax, "the newest are kept, the others gone");
  const expected = sent.filter(
    ({ version, isAcknowledged }) =>
      kept.includes(version) || (isAcknowledged && version > (kept.at(-1) ?? 0)),
  );
  assert.deepEqual(
    kept,
    expected.map(({ version }) => version).toReversed(),
    "none between them is missing",
  );
}

describe("retention on PostgreSQL", { skip: postgresMissing() }, () => {
  let cluster: PostgresCluster;
  before(async () => {
    cluster = await startPostgres();
  });
  after(() => cluster.stop());

  const numberIn = async (connection: string, sql: string): Promise<number> => {
    const [row] = await cluster.query(sql, new URL(connection).pathname.slice(1));
    return Number(Object.values(row ?? {})[0]);
  };

  retentionConformance({
    name: "PostgreSQL",
    async newPlace() {
      const connection = await cluster.newDatabase();
      return {
        open: (options) => openPostgresStore({ connection, ...options }),
        faults: async () => (await inspectPostgresStore({ connection, quick: false })).faults,
        logSize: async () => ({
          bytes: await numberIn(
            connection,
            "SELECT sum(length(payload)) FROM stixgate.request_objects",
          ),
          requests: await numberIn(connection, "SELECT count(*) FROM stixgate.request_objects"),
        }),
      };
    },
  });

  test("processes that are killed while rounds, uploads and a follower run lose nothing", async (t) => {
    const connection = await cluster.newDatabase();
    const ledger: Ledger = new Map();
    const firstOf = (changer: number): number => 1_000 * (changer + 1);
    const store = await openPostgresStore({
      connection,
      retention: CHANGES_KEPT,
      indexLeaseMs: 2_000,
    });
    let isOver = false;
    const following = follow(store, () => isOver);
    // Its failure is told at the end; until then it isn't unhandled.
    following.catch(() => undefined);
    const changers = Array.from({ length: CHANGERS }, (_, at) =>
      startChanger(connection, ledger, [firstOf(at), 0]),
    );
    t.after(() => Promise.all(changers.map((changer) => changer.kill())));
    t.after(() => store.close());
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const at = kill % CHANGERS;
      await changers[at]?.acknowledged(REQUESTS_PER_KILL);
      await changers[at]?.kill();
      if (kill === Math.ceil(KILLS / 2)) {
        await cluster.crash();
        await cluster.start();
        // The others have ended with an error, or go on: both happens.
        await Promise.all(changers.map((changer) => changer.kill()));
        changers.forEach((_, each) => {
          changers[each] = startChanger(connection, ledger, [firstOf(each), kill * VERSIONS_MAX]);
        });
      } else {
        changers[at] = startChanger(connection, ledger, [firstOf(at), kill * VERSIONS_MAX]);
      }
    }
    await Promise.all(changers.map((changer) => changer.acknowledged(REQUESTS_PER_KILL)));
    await Promise.all(changers.map((changer) => changer.kill()));
    await store.waitIndexed(
      await numberIn(connection, "SELECT appended FROM stixgate.log_position"),
    );
    isOver = true;
    const seen = await following;
    await store.close();

    const settled = await openPostgresStore({ connection, retention: CHANGES_KEPT });
    const { appended } = settled.position();
    await settled.waitSearchable(appended);
    const dead = "SELECT count(*) FROM stixgate.log_garbage WHERE dead > 0 AND dead * 2 >= records";
    const deleted = "SELECT count(*) FROM stixgate.object WHERE workspace < 0";
    await until([0, 0], async () => [
      await numberIn(connection, dead),
      await numberIn(connection, deleted),
    ]);
    for (const [first, sent] of ledger) {
      for (let number = first; number < first + CHANGED_OBJECTS; number += 1) {
        await checkObject(settled, number, sent);
      }
    }
    const current = await settled.currentObjects({ workspaceId: CHANGED_WORKSPACE, limit: 1_000 });
    for (const { stixId, facts } of current.items) {
      assert.equal(seen.get(stixId), facts.name, "the follower has seen what is current");
    }
    const { count } = await settled.countMatches({ workspaceId: CHANGED_WORKSPACE });
    assert.equal(count, current.items.length, "searches know no other");
    await settled.close();
    const { faults, versions } = await inspectPostgresStore({ connection, quick: false });
    assert.deepEqual(faults, []);
    assert.ok(versions <= 3 * CHANGED_OBJECTS * 2 * CHANGERS, `${versions} versions`);
  });

  test("under constant change the tables stop growing", async () => {
    const connection = await cluster.newDatabase();
    let now = Date.UTC(2026, 0, 1);
    const retention = { versionsMax: 2, receiptDays: 1, ...AT_ONCE };
    const store = await openPostgresStore({ connection, clock: () => new Date(now), retention });
    const garbage =
      "SELECT count(*) FROM stixgate.log_garbage WHERE dead > 0 AND dead * 2 >= records";
    const bytes = async (): Promise<number> => {
      await until(2, async () => (await receiptsOf(store)).length);
      await until(0, () => numberIn(connection, garbage));
      // What autovacuum does in its time.
      await cluster.query("VACUUM", new URL(connection).pathname.slice(1));
      return await numberIn(
        connection,
        `SELECT sum(pg_total_relation_size(oid)) FROM pg_class
          WHERE relnamespace = 'stixgate'::regnamespace AND relkind = 'r'
            AND relname !~ '^(observable|label|found|facet)'`,
      );
    };
    const rounds = async (from: number, to: number): Promise<number> => {
      for (let round = from; round < to; round += 1) {
        now += 3_600_000;
        const objects = indicators(1, 300, { name: `round ${round >> 1}` });
        const receivedAt = new Date(now).toISOString();
        const requestId = `r${round}`;
        const request = requestOf({ workspaceId: WORKSPACE, requestId, receivedAt, objects });
        await store.waitIndexed(await store.append(request));
        if (round % 10 === 9) {
          now += 10 * 86_400_000;
          await bytes();
        }
      }
      return await bytes();
    };
    const early = await rounds(0, 30);
    const late = await rounds(30, 120);
    assert.ok(late < early * 1.2, `${early} bytes, then ${late}`);
    await store.close();
    assert.deepEqual((await inspectPostgresStore({ connection, quick: false })).faults, []);
  });

  test("values and labels of dropped versions leave the index, and no others do", async () => {
    const connection = await cluster.newDatabase();
    const store = await openPostgresStore({ connection });
    for (const name of ["a", "b", "c"]) {
      const observables = [{ key: "url:value", value: name }];
      const objects = indicators(1, 3_000, { name, labels: [name, "x"], observables });
      await store.append(requestOf({ workspaceId: WORKSPACE, requestId: name, objects }));
    }
    await store.waitIndexed(3);
    const rounds = roundsOn(connection, 100);
    await rounds.all({ versionsMax: 2 });
    await rounds.end();
    const rows = async (table: string) =>
      await numberIn(connection, `SELECT count(*) FROM stixgate.${table}`);
    assert.deepEqual(
      [await rows("version"), await rows("observable"), await rows("label")],
      [6_000, 6_000, 12_000],
    );
    for (const [label, found] of [
      ["a", 0],
      ["b", 0],
      ["c", 100],
      ["x", 100],
    ] as const) {
      const page = await store.currentObjects({ workspaceId: WORKSPACE, limit: 100, label });
      assert.equal(page.items.length, found, label);
    }
    await store.close();
    assert.deepEqual((await inspectPostgresStore({ connection, quick: false })).faults, []);
  });

  test("while one process is at it, another does nothing", async () => {
    const connection = await cluster.newDatabase();
    const store = await openPostgresStore({ connection });
    for (const name of ["a", "b"]) {
      await store.append(requestOf({ requestId: name, objects: indicators(1, 2, { name }) }));
    }
    await store.waitIndexed(2);
    const holder = new pg.Client({ connectionString: connection });
    await holder.connect();
    await holder.query(`BEGIN; SELECT pg_advisory_xact_lock(${LOCK.retention})`);
    const rounds = roundsOn(connection);
    const keepOne = { versionsMax: 1 };
    assert.deepEqual([await rounds.call(keepOne), await rounds.call(keepOne)], [0, 0]);
    assert.equal((await store.changes(0, 10)).length, 4);
    await holder.end();
    await rounds.all(keepOne);
    assert.equal((await store.changes(0, 10)).length, 2);
    await rounds.end();
    await store.close();
  });

  test("where more is due than one transaction takes, the rest follows", async () => {
    const connection = await cluster.newDatabase();
    const store = await openPostgresStore({ connection });
    const uploadAll = async (name: string): Promise<void> => {
      const objects = indicators(1, 300, { name });
      await store.waitIndexed(await store.append(requestOf({ requestId: name, objects })));
    };
    for (let version = 0; version < 30; version += 1) {
      await uploadAll(`${version}`);
    }
    const rounds = roundsOn(connection);
    await rounds.all({ versionsMax: 1_000 });
    await uploadAll("last");
    await rounds.all({ versionsMax: 1 });
    const left = await store.changes(0, 10_000);
    assert.deepEqual(new Set(left.map(({ facts }) => facts.name)), new Set(["last"]));
    assert.equal(left.length, 300);
    await rounds.end();
    await store.close();
    assert.deepEqual((await inspectPostgresStore({ connection, quick: false })).faults, []);
  });

  test("a deleted object that comes again while it is about to go stays", async () => {
    const connection = await cluster.newDatabase();
    const store = await openPostgresStore({ connection });
    await store.append(requestOf({ objects: indicators(1, 2) }));
    const { workspaceId } = requestOf();
    const caller = { tenantId: "", objectId: "", appId: "", userAgent: "" };
    const sequence = await store.deleteObjects({
      ...{ requestId: "d", workspaceId, caller, sourceSystem: SOURCE },
      receivedAt: "2026-01-01T00:00:00.000Z",
      stixIds: [stixIdOf(1), stixIdOf(2)],
    });
    await store.waitSearchable(sequence);
    const indexing = new pg.Client({ connectionString: connection });
    await indexing.connect();
    await indexing.query("BEGIN");
    await indexing.query("SELECT FROM stixgate.index_position FOR UPDATE");
    const rounds = roundsOn(connection);
    const cutoffs = { tombstonesBefore: "2999-01-01T00:00:00.000Z" };
    await rounds.call(cutoffs);
    let isOver = false;
    const dropped = rounds.call(cutoffs).finally(() => {
      isOver = true;
    });
    const waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted";
    await until(true, async () => isOver || (await numberIn(connection, waiting)) > 0);
    assert.equal(isOver, false, "it waits for the batch of the index that is under way");
    await indexing.query(
      `UPDATE stixgate.object SET workspace = -workspace WHERE stix_id = '${stixIdOf(1)}'`,
    );
    await indexing.query("COMMIT");
    await indexing.end();
    await dropped;
    await rounds.all(cutoffs);
    const key = (number: number) => ({
      workspaceId,
      sourceSystem: SOURCE,
      stixId: stixIdOf(number),
    });
    assert.equal((await store.objectVersions(key(1), 10)).length, 2);
    assert.equal((await store.objectVersions(key(2), 10)).length, 0);
    await rounds.end();
    await store.close();
  });
});
