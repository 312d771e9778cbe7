/**
 * Goal: the store on PostgreSQL does what every store does, on a real server; processes on one database
 * see one log; a database of another program or of a newer version is left alone; no password is told.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { inspect } from "node:util";
import pg from "pg";
import { openPostgresStore, type Store } from "../../src/store/index.ts";
import { indicators, objectOf, requestOf } from "../../src/store/samples.conformance.ts";
import { storeConformance } from "../../src/store/store.conformance.ts";
import { AppError } from "../../src/wire/index.ts";
import { type PostgresCluster, postgresMissing, startPostgres } from "../support/postgres.ts";

describe("PostgreSQL store", { skip: postgresMissing() }, () => {
  let cluster: PostgresCluster;
  before(async () => {
    cluster = await startPostgres();
  });
  after(() => cluster.stop());

  async function refusalOf(work: Promise<unknown>): Promise<AppError> {
    const outcome: unknown = await work.catch((error: unknown) => error);
    assert.ok(outcome instanceof AppError, inspect(outcome));
    return outcome;
  }

  /** Opens stores on one database, which the work may use until it is done. */
  async function withStores(
    count: number,
    work: (stores: readonly Store[], database: string) => Promise<void>,
  ): Promise<void> {
    const connection = await cluster.newDatabase();
    const database = new URL(connection).pathname.slice(1);
    const opening = Array.from({ length: count }, () => openPostgresStore({ connection }));
    const stores = await Promise.all(opening);
    try {
      await work(stores, database);
    } finally {
      await Promise.all(stores.map((store) => store.close()));
    }
  }

  storeConformance({
    name: "PostgreSQL",
    open: async () => openPostgresStore({ connection: await cluster.newDatabase() }),
  });

  test("stores that open together on an empty database share it", async () => {
    await withStores(4, async (stores) => {
      const workspaceId = "shared";
      const rounds = Array.from({ length: 10 }, (_, round) => round);
      const writes = stores.flatMap((store, writer) =>
        rounds.map((round) =>
          store.append(
            requestOf({
              workspaceId,
              requestId: `${writer}/${round}`,
              objects: indicators(1000 * writer + 10 * round, 10),
            }),
          ),
        ),
      );
      const sequences = (await Promise.all(writes)).sort((a, b) => a - b);
      assert.deepEqual(
        sequences,
        sequences.map((_, at) => at + 1),
        "sequences have no gap",
      );
      for (const store of stores) {
        await store.waitIndexed(40);
        assert.deepEqual(await store.countObjects(workspaceId), { indicator: 400 });
        const { appended, indexed } = store.position();
        assert.deepEqual([appended, indexed], [40, 40]);
      }
    });
  });

  test("a store opened later knows where the log is, and the index is as before", async () => {
    await withStores(1, async ([first], database) => {
      assert.ok(first);
      const objects = [objectOf({ name: "one" }), objectOf({ name: "two" })];
      await first.append(requestOf({ objects }));
      await first.waitSearchable(1);
      await first.close();
      const url = new URL(await cluster.newDatabase());
      url.pathname = `/${database}`;
      const second = await openPostgresStore({ connection: url.href });
      assert.deepEqual(second.position(), { appended: 1, indexed: 1, searchable: 1 });
      const versions = await second.changes(0, 10);
      assert.deepEqual(
        versions.map(({ facts, change }) => [facts.name, change]),
        [
          ["one", 1],
          ["two", 2],
        ],
      );
      await second.close();
    });
  });

  test("acknowledged is on disk even where the database is set otherwise", async () => {
    const connection = await cluster.newDatabase();
    const database = new URL(connection).pathname.slice(1);
    await cluster.query(`ALTER DATABASE ${database} SET synchronous_commit = off`);
    const store = await openPostgresStore({ connection });
    await store.append(requestOf({ objects: indicators(1, 1) }));
    await cluster.crash();
    await cluster.start();
    await store.close();
    const again = await openPostgresStore({ connection });
    await again.waitIndexed(1);
    assert.deepEqual(await again.countObjects(requestOf().workspaceId), { indicator: 1 });
    await again.close();
  });

  test("large tables are partitioned by hash", async () => {
    await withStores(1, async (_, database) => {
      const rows = await cluster.query(
        `SELECT relname AS name, pg_get_partkeydef(oid) AS key FROM pg_class
          WHERE relkind = 'p' ORDER BY relname`,
        database,
      );
      assert.deepEqual(
        rows.map(({ name, key }) => `${name} ${key}`),
        [
          "found HASH (workspace)",
          "index_result HASH (workspace)",
          "label HASH (place)",
          "log_garbage HASH (workspace)",
          "object HASH (place)",
          "observable HASH (place)",
          "quarantine HASH (workspace)",
          "request HASH (workspace)",
          "request_objects HASH (workspace)",
          "request_warnings HASH (workspace)",
          "version HASH (place)",
        ],
      );
    });
  });

  test("what can't be opened is refused with the reason", async () => {
    const newer = await cluster.newDatabase();
    await (await openPostgresStore({ connection: newer })).close();
    await cluster.query("INSERT INTO stixgate.migration (schema) VALUES (99)", nameOf(newer));
    const foreign = await cluster.newDatabase();
    await cluster.query(
      "CREATE SCHEMA stixgate; CREATE TABLE stixgate.request (id integer)",
      nameOf(foreign),
    );
    const other = await cluster.newDatabase();
    const cases = [
      [newer, "store_unavailable", /schema 99/],
      [foreign, "store_unavailable", /another program/],
      [other.replace(/:\d+\//, ":1/"), "store_unavailable", /ECONNREFUSED/],
      [other.replace(/pass[^@]*@/, "wrong-secret@"), "store_unavailable", /28P01/],
      [other.replace(/\/test_\d+$/, "/absent"), "store_unavailable", /3D000/],
      ["pass:word/ü", "settings_invalid", /URL/],
      ["http://u:pass:word/ü@127.0.0.1/d", "settings_invalid", /URL/],
    ] as const;
    for (const [connection, code, reason] of cases) {
      const refusal = await refusalOf(openPostgresStore({ connection }));
      assert.equal(refusal.code, code, connection);
      assert.match(`${refusal.message} ${refusal.detail}`, reason);
      assert.doesNotMatch(
        inspect(refusal, { depth: 9, showHidden: true }),
        /pass:word|wrong-secret|%C3%BC/,
      );
    }
  });

  test("what is waiting is bounded", async () => {
    const connection = await cluster.newDatabase();
    const limits = { pendingAppendsMax: 3, requestBytesMax: 100_000 };
    const store = await openPostgresStore({ connection, ...limits });
    const calls = Array.from({ length: 5 }, () => store.append(requestOf({ objects: [] })));
    const outcomes = await Promise.allSettled(calls);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ["fulfilled", "fulfilled", "fulfilled", "rejected", "rejected"],
    );
    const large = objectOf({}, { json: `"${"x".repeat(100_000)}"` });
    const refusal = await refusalOf(store.append(requestOf({ objects: [large] })));
    assert.equal(refusal.code, "body_too_large");
    await store.close();
  });

  test("appends are refused while the index is too far behind, and taken again later", async () => {
    const connection = await cluster.newDatabase();
    const store = await openPostgresStore({ connection, indexLagRequestsMax: 5 });
    const client = new pg.Client({ connectionString: connection });
    await client.connect();
    await client.query("BEGIN");
    await client.query("SELECT FROM stixgate.index_position FOR UPDATE");
    for (let taken = 0; taken < 6; taken += 1) {
      await store.append(requestOf({ objects: indicators(taken, 1) }));
    }
    assert.equal((await refusalOf(store.append(requestOf()))).code, "overloaded");
    await client.query("COMMIT");
    await client.end();
    await store.waitIndexed(6);
    assert.equal(await store.append(requestOf()), 7);
    await store.close();
  });
});

function nameOf(connection: string): string {
  return new URL(connection).pathname.slice(1);
}
