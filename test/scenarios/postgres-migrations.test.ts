/**
 * Goal: a PostgreSQL database of every earlier schema, filled as it was then, is opened with everything it has: the
 * same objects, versions, receipts, searches, identities and documents as in a new one.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import pg, { type Client } from "pg";
import {
  openPostgresDocumentStore,
  openPostgresIdentityStore,
  openPostgresStore,
  type Store,
} from "../../src/store/index.ts";
import { createAppender } from "../../src/store/postgres/appender.ts";
import { createIndexer } from "../../src/store/postgres/indexer.ts";
import { MIGRATIONS } from "../../src/store/postgres/migrate.ts";
import type { Ask } from "../../src/store/postgres/sessions.ts";
import { AT_ONCE, until } from "../../src/store/retention-steps.conformance.ts";
import { indicators, objectOf, requestOf } from "../../src/store/samples.conformance.ts";
import { rejectionOf } from "../../src/store/steps.conformance.ts";
import { appendRowOf } from "../../src/store/stored-rows.ts";
import { type PostgresCluster, postgresMissing, startPostgres } from "../support/postgres.ts";

const WORKSPACE = "w";
const NOW = new Date("2026-02-01T00:00:00.000Z");

/** What was uploaded while the schema was the newest. */
const REQUESTS = [
  requestOf({
    ...{ workspaceId: WORKSPACE, requestId: "one", receivedAt: "2026-01-01T00:00:00.000Z" },
    objects: indicators(1, 3, { name: "one", labels: ["a"] }),
    rejections: [rejectionOf({ recordIndex: 3, json: "{" })],
  }),
  requestOf({
    ...{ workspaceId: WORKSPACE, requestId: "two", receivedAt: "2026-01-20T00:00:00.000Z" },
    objects: [objectOf({ name: "two", labels: ["b"] })],
    rejections: [rejectionOf({ recordIndex: 1, json: "[" })],
  }),
];

/** What else the tables of each schema may hold. */
const SMALL_ROWS: readonly string[] = [
  "",
  `INSERT INTO stixgate.identity_row (kind, key, content)
      VALUES ('applications', 'a', '{"appId":"a","displayName":"MISP","createdAt":"2026-01-01T00:00:00.000Z"}');
    UPDATE stixgate.identity_version SET version = 1`,
  `INSERT INTO stixgate.document
      VALUES ('w', 'view', 'mine', nextval('stixgate.document_revision'), '2026-01-01', '{"a":1}');
    INSERT INTO stixgate.audit VALUES (nextval('stixgate.audit_position'), '2026-01-01', 'w', 'oid', 'Ann',
      'save', 'view mine', 'null', '{"a":1}', NULL)`,
];

/** Identities and documents, as far as the schema knew them. */
async function checkSmall(connection: string, schema: number): Promise<void> {
  const identities = await openPostgresIdentityStore({ connection });
  const { applications } = await identities.snapshot();
  assert.deepEqual(
    applications.map(({ displayName }) => displayName),
    schema < 2 ? [] : ["MISP"],
  );
  await identities.close();
  const documents = await openPostgresDocumentStore({ connection, now: () => NOW });
  const key = { workspaceId: WORKSPACE, kind: "view", name: "mine" };
  assert.deepEqual((await documents.get(key))?.content, schema < 3 ? undefined : { a: 1 });
  const { items } = await documents.audit({ workspaceId: WORKSPACE, limit: 10 });
  assert.equal(items.length, schema < 3 ? 0 : 1);
  await documents.close();
}

/** Makes a database as a version of the program with this schema would have left it. */
async function makeEarlier(connection: string, schema: number): Promise<void> {
  const clients: Client[] = [];
  const connect = async (): Promise<Client> => {
    const client = new pg.Client({ connectionString: connection });
    clients.push(client);
    await client.connect();
    return client;
  };
  const client = await connect();
  const ask: Ask = async (statement, values) => (await client.query({ ...statement, values })).rows;
  await client.query(`CREATE SCHEMA stixgate; CREATE TABLE stixgate.migration (
    schema integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`);
  for (const [at, step] of MIGRATIONS.slice(0, schema).entries()) {
    await client.query(step("partitions"));
    await client.query("INSERT INTO stixgate.migration (schema) VALUES ($1)", [at + 1]);
  }
  for (const rows of SMALL_ROWS.slice(0, schema)) {
    await client.query(rows);
  }
  const append = createAppender(ask, () => undefined);
  for (const request of REQUESTS) {
    await append(appendRowOf(request, NOW));
  }
  const indexer = createIndexer({ client, reader: await connect(), connect });
  while (!(await indexer.indexBatch()).done) {
    // A batch at a time.
  }
  await Promise.all(clients.map((each) => each.end()));
}

async function readAll(store: Store) {
  await store.waitSearchable(REQUESTS.length);
  const workspaceId = WORKSPACE;
  return {
    position: store.position(),
    changes: await store.changes(0, 10),
    labelled: await store.currentObjects({ workspaceId, limit: 10, label: "a" }),
    counts: await store.countObjects(workspaceId),
    receipts: await store.receipts({ workspaceId, limit: 10 }),
    rejections: (await store.receipt(workspaceId, "one"))?.rejections,
    found: await store.searchObjects({ workspaceId, limit: 10 }),
    facets: await store.facets({ workspaceId, field: "label", limit: 10 }),
  };
}

describe("earlier schemas of PostgreSQL", { skip: postgresMissing() }, () => {
  let cluster: PostgresCluster;
  let expected: Awaited<ReturnType<typeof readAll>>;
  before(async () => {
    cluster = await startPostgres();
    const store = await openPostgresStore({
      connection: await cluster.newDatabase(),
      clock: () => NOW,
    });
    for (const request of REQUESTS) {
      await store.append(request);
    }
    expected = await readAll(store);
    await store.close();
    assert.equal(expected.found.items.length, 3);
    assert.equal(expected.rejections?.length, 1);
  });
  after(() => cluster.stop());

  for (let schema = 1; schema <= MIGRATIONS.length; schema += 1) {
    test(`schema ${schema} has everything, takes more, and drops what is due`, async () => {
      const connection = await cluster.newDatabase();
      await makeEarlier(connection, schema);
      const clock = () => NOW;
      const retention = { rejectedDays: 20, versionsMax: 1, ...AT_ONCE };
      const store = await openPostgresStore({ connection, clock });
      assert.deepEqual(await readAll(store), expected);
      const [newest] = await cluster.query(
        "SELECT max(schema) AS schema FROM stixgate.migration",
        new URL(connection).pathname.slice(1),
      );
      assert.equal(newest?.["schema"], MIGRATIONS.length);
      await store.close();
      await checkSmall(connection, schema);
      const keeping = await openPostgresStore({ connection, clock, retention });
      await until([], async () => (await keeping.receipt(WORKSPACE, "one"))?.rejections);
      assert.equal((await keeping.receipt(WORKSPACE, "two"))?.rejections.length, 1);
      await until(3, async () => (await keeping.changes(0, 10)).length);
      const more = requestOf({ workspaceId: WORKSPACE, objects: [objectOf({ name: "three" })] });
      assert.equal(await keeping.append(more), REQUESTS.length + 1);
      await keeping.close();
    });
  }
});
