/** Goal: documents on PostgreSQL keep to the suite, and two servers never both win one revision. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { documentConformance } from "../../src/store/documents.conformance.ts";
import { type DocumentStore, openPostgresDocumentStore } from "../../src/store/index.ts";
import { type PostgresCluster, postgresMissing, startPostgres } from "../support/postgres.ts";

describe("documents on PostgreSQL", { skip: postgresMissing() }, () => {
  let cluster: PostgresCluster;
  before(async () => {
    cluster = await startPostgres();
  });
  after(() => cluster.stop());

  documentConformance({
    name: "postgres",
    open: async (now) =>
      openPostgresDocumentStore({ connection: await cluster.newDatabase(), now }),
  });

  test("of many writers on one revision exactly one wins, and positions keep their order", async () => {
    const connection = await cluster.newDatabase();
    const now = (): Date => new Date("2026-11-22T10:00:00.000Z");
    const stores: DocumentStore[] = [
      await openPostgresDocumentStore({ connection, now }),
      await openPostgresDocumentStore({ connection, now }),
    ];
    const key = { workspaceId: "w", kind: "counter", name: "n" };
    await stores[0]?.commit([{ kind: "put", key, content: 0 }]);
    const increment = async (store: DocumentStore, by: string): Promise<void> => {
      for (let done = false; !done; ) {
        const found = await store.get(key);
        const note = {
          workspaceId: "w",
          actor: by,
          actorName: by,
          action: "increment",
          target: "n",
          before: found?.content ?? null,
          after: Number(found?.content) + 1,
          requestId: null,
        };
        done = await store
          .commit(
            [{ kind: "put", key, content: note.after, ifRevision: found?.revision ?? 0 }],
            [note],
          )
          .then(
            () => true,
            (error: { code?: string }) => {
              assert.equal(error.code, "precondition_failed");
              return false;
            },
          );
      }
    };
    await Promise.all(
      stores.flatMap((store, at) => Array.from({ length: 20 }, () => increment(store, `s${at}`))),
    );
    const audit = await stores[0]?.audit({ workspaceId: "w", limit: 100 });
    assert.equal((await stores[1]?.get(key))?.content, 40);
    assert.deepEqual(
      audit?.items.map(({ after: value }) => value),
      Array.from({ length: 40 }, (_, at) => 40 - at),
    );
    await Promise.all(stores.map((store) => store.close()));
  });
});
