/**
 * Goal: the store on SQLite does what every store does, in a directory that it makes itself, keeps it over a
 * restart, and stays within its bounds.
 */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { indicators, objectOf, requestOf, SOURCE, stixIdOf } from "../samples.conformance.ts";
import { storeConformance } from "../store.conformance.ts";
import type { Store } from "../store.ts";
import { entriesFromBlob } from "./entries.ts";
import { inspectSqliteStore } from "./inspect.ts";
import { MIGRATIONS } from "./migrate.ts";
import { openSqliteStore, type SqliteStoreOptions } from "./sqlite-store.ts";

const root = mkdtempSync(join(tmpdir(), "stixgate-store-"));
after(() => rmSync(root, { recursive: true, force: true }));

for (const memory of ["tables", "bounded"] as const) {
  storeConformance({
    name: `sqlite, memory ${memory}`,
    open: () => openSqliteStore({ directory: join(root, memory, "data"), memory }),
  });
}

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

/** Changes the database behind the back of a closed store. */
function alter(directory: string, sql: string): void {
  using database = new DatabaseSync(join(directory, "intelligence.db"));
  database.exec(sql);
}

test("everything is there again after a restart, and numbers go on", async () => {
  const directory = join(root, "restart");
  const clock = () => new Date("2026-05-06T07:08:09.123Z");
  const before = await withStore({ directory, clock }, async (store) => {
    await store.append(requestOf({ objects: indicators(1, 3) }));
    await store.waitIndexed(await store.append(requestOf({ objects: indicators(2, 1) })));
    return await store.changes(0, 10);
  });
  assert.deepEqual(
    before.map(({ change, stixId, ingestedAt }) => [change, stixId, ingestedAt]),
    [1, 2, 3].map((at) => [at, stixIdOf(at), "2026-05-06T07:08:09.123Z"]),
  );
  await withStore({ directory }, async (store) => {
    const { appended, indexed } = store.position();
    assert.deepEqual([appended, indexed], [2, 2]);
    assert.deepEqual(await store.changes(0, 10), before);
    assert.equal(await store.append(requestOf({ objects: [objectOf({ name: "x" })] })), 3);
    await store.waitIndexed(3);
    assert.equal((await store.changes(3, 10))[0]?.change, 4);
  });
});

test("objects are known again after a restart, whatever is kept in memory", async () => {
  const directory = join(root, "known");
  const workspaceId = "w";
  const upload = (memory: "tables" | "bounded", name: string) =>
    withStore({ directory, memory }, async (store) => {
      const objects = indicators(1, 200, { name, revoked: name === "first" });
      const requestId = `${memory}-${name}`;
      const sequence = await store.append(requestOf({ requestId, workspaceId, objects }));
      const revoked = await store.revokedObjects(
        objects.map(({ facts }) => ({
          workspaceId,
          sourceSystem: SOURCE,
          stixId: facts.stixId,
        })),
      );
      await store.waitIndexed(sequence);
      const { counts } = (await store.receipts({ workspaceId, limit: 1 })).items[0] ?? {};
      return [counts?.created, counts?.updated, counts?.unchanged, revoked.size];
    });
  assert.deepEqual(await upload("tables", "first"), [200, 0, 0, 0]);
  assert.deepEqual(await upload("bounded", "first"), [0, 0, 200, 200]);
  assert.deepEqual(await upload("bounded", "second"), [0, 200, 0, 200]);
  assert.deepEqual(await upload("tables", "second"), [0, 0, 200, 0]);
});

test("the files are for their owner only", () => {
  for (const file of ["", "intelligence.db"]) {
    assert.equal(statSync(join(root, "restart", file)).mode & 0o077, 0, file);
  }
});

test("an index that was lost is built again from the log, the same", async () => {
  const directory = join(root, "rebuild");
  const read = async (store: Store) => ({
    changes: await store.changes(0, 1000),
    current: await store.currentObjects({ workspaceId: "w", limit: 1000 }),
    labelled: await store.currentObjects({ workspaceId: "w", limit: 1000, label: "a" }),
    counts: await store.countObjects("w"),
    receipts: await store.receipts({ workspaceId: "w", limit: 1000 }),
  });
  const before = await withStore({ directory }, async (store) => {
    for (const name of ["one", "two", "three"]) {
      const objects = indicators(1, 50, { name, labels: ["a", name] });
      await store.append(requestOf({ workspaceId: "w", requestId: name, objects }));
    }
    await store.waitIndexed(3);
    return await read(store);
  });
  assert.equal(before.labelled.items.length, 50);
  alter(
    directory,
    `DELETE FROM index_result; DELETE FROM object; DELETE FROM version;
     DELETE FROM entry_run; DELETE FROM entry_segment; DELETE FROM object_count;
     UPDATE index_position SET sequence = 0, change = 0, object = 0;`,
  );
  await withStore({ directory }, async (store) => {
    await store.waitIndexed(3);
    assert.deepEqual(await read(store), before);
  });
});

test("what is no directory, no database or newer is refused with the reason", async () => {
  const directory = join(root, "newer");
  await withStore({ directory }, async () => undefined);
  alter(directory, "PRAGMA user_version = 1000");
  const garbage = join(root, "garbage");
  mkdirSync(garbage);
  writeFileSync(join(garbage, "intelligence.db"), "no database ".repeat(1000));
  const file = join(root, "file");
  writeFileSync(file, "");
  const cases = [
    [directory, /has schema 1000, .* a newer version has opened it/],
    [garbage, /Cannot open the store .*garbage.*intelligence\.db: file is not a database/],
    [file, /Cannot open the store .*file.*: EEXIST/],
  ] as const;
  for (const [bad, message] of cases) {
    await assert.rejects(openSqliteStore({ directory: bad }), {
      code: "store_unavailable",
      message,
    });
  }
});

test("waiting appends are bounded by count and by bytes, and so is one request", async () => {
  const directory = join(root, "bounds");
  const small = requestOf({ objects: indicators(1, 1) });
  const codes = async (store: Store, count: number) => {
    const calls = Array.from({ length: count }, () => store.append(small));
    const settled = await Promise.allSettled(calls);
    return settled.map((each) => (each.status === "fulfilled" ? "kept" : each.reason.code));
  };
  await withStore({ directory, pendingAppendsMax: 3 }, async (store) => {
    assert.deepEqual(await codes(store, 5), ["kept", "kept", "kept", "overloaded", "overloaded"]);
    assert.deepEqual(await codes(store, 2), ["kept", "kept"]);
  });
  await withStore({ directory, pendingAppendBytesMax: 1_500 }, async (store) => {
    assert.deepEqual(await codes(store, 4), ["kept", "kept", "overloaded", "overloaded"]);
    const large = requestOf({ objects: indicators(1, 50) });
    assert.equal(await store.append(large), 8, "a request larger than the bound goes alone");
  });
  await withStore({ directory, requestBytesMax: 1_000 }, async (store) => {
    await store.append(small);
    await assert.rejects(store.append(requestOf({ objects: indicators(1, 5) })), {
      code: "body_too_large",
    });
  });
});

test("waiting reads are bounded", async () => {
  const directory = join(root, "bounds");
  await withStore({ directory, pendingReadsMax: 2 }, async (store) => {
    const reads = await Promise.allSettled([1, 2, 3].map(() => store.countObjects("w")));
    assert.deepEqual(
      reads.map((each) => (each.status === "fulfilled" ? each.value : each.reason.code)),
      [{}, {}, "overloaded"],
    );
  });
});

test("a request that can't be stored fails alone, not with its group", async () => {
  const directory = join(root, "poison");
  await withStore({ directory }, async (store) => {
    const poison = requestOf({ received: Number.NaN });
    const settled = await Promise.allSettled([
      store.append(requestOf({ objects: indicators(1, 1) })),
      store.append(poison),
      store.append(requestOf({ objects: indicators(2, 1) })),
    ]);
    assert.deepEqual(
      settled.map((each) => (each.status === "fulfilled" ? each.value : each.reason.code)),
      [1, "internal", 2],
    );
  });
});

test("an answer with large texts is cut short, and the pages still show every object", async () => {
  const directory = join(root, "large");
  await withStore({ directory }, async (store) => {
    const json = `"${"x".repeat(12_000_000)}"`;
    for (let at = 0; at < 5; at += 1) {
      const object = objectOf({ stixId: stixIdOf(at) }, { json });
      await store.append(requestOf({ workspaceId: "w", objects: [object] }));
    }
    await store.waitIndexed(5);
    const first = await store.currentObjects({ workspaceId: "w", limit: 5 });
    assert.equal(first.items.length, 3);
    const cursor = first.next ?? "";
    const rest = await store.currentObjects({ workspaceId: "w", limit: 5, cursor });
    assert.deepEqual([rest.items.length, rest.next], [2, null]);
    assert.equal((await store.changes(0, 10)).length, 3);
    assert.equal((await store.changes(3, 10)).length, 2);
  });
});

test("an index that can't go on stays behind visibly, and catches up by itself", async () => {
  const directory = join(root, "stuck");
  await withStore({ directory }, async () => undefined);
  alter(
    directory,
    `CREATE TRIGGER stuck BEFORE INSERT ON version BEGIN SELECT RAISE(ABORT, 'no room'); END`,
  );
  await withStore({ directory }, async (store) => {
    await store.append(requestOf({ requestId: "r", objects: indicators(1, 1) }));
    await assert.rejects(store.checkHealth(), (error: Error & { detail?: string }) =>
      Boolean(error.detail?.includes("no room")),
    );
    assert.deepEqual(store.position(), { appended: 1, indexed: 0, searchable: 0 });
    const { workspaceId } = requestOf();
    const receipt = await store.receipt(workspaceId, "r");
    assert.deepEqual([receipt?.indexed, receipt?.counts.created], [false, null]);
    alter(directory, "DROP TRIGGER stuck");
    await store.waitIndexed(1);
    await store.checkHealth();
    assert.deepEqual(await store.countObjects(workspaceId), { indicator: 1 });
  });
});

/** Takes each step back: the log keeps its form since the first schema, of the index only what the later steps
 * touch is needed. */
const STEPS_BACK: Readonly<Record<number, string>> = {
  5: `CREATE TABLE text_object (id INTEGER PRIMARY KEY, workspace INTEGER NOT NULL, source INTEGER NOT NULL,
      stix_id TEXT NOT NULL, type INTEGER NOT NULL, change INTEGER NOT NULL, revoked INTEGER NOT NULL,
      content BLOB NOT NULL) STRICT;
    INSERT INTO text_object SELECT object.id, workspace, source,
      CASE WHEN typeof(stix_id) = 'text' THEN stix_id ELSE term.text || '--' ||
        lower(concat_ws('-', hex(substr(stix_id, 1, 4)), hex(substr(stix_id, 5, 2)),
          hex(substr(stix_id, 7, 2)), hex(substr(stix_id, 9, 2)), hex(substr(stix_id, 11)))) END,
      type, change, revoked, content FROM object JOIN term ON term.id = object.type;
    DROP TABLE object;
    ALTER TABLE text_object RENAME TO object;
    CREATE INDEX object_by_change ON object (workspace, change);
    CREATE INDEX object_by_type ON object (workspace, type, change);
    CREATE INDEX object_revoked ON object (workspace) WHERE revoked = 1;
    CREATE INDEX object_deleted ON object (change) WHERE workspace < 0`,
  4: "SELECT 1",
  3: `DROP TABLE log_garbage; DROP TABLE version_retention; DROP INDEX object_deleted`,
  2: "DROP INDEX request_without_objects; CREATE INDEX request_by_time ON request (received_at)",
  1: `DROP TABLE entry_run; DROP TABLE entry_segment; DROP TABLE entry_seed; DROP INDEX object_revoked;
    CREATE TABLE identity (hash INTEGER); CREATE TABLE observable (hash INTEGER);
    CREATE TABLE label (hash INTEGER)`,
};

test("a store of any earlier schema is opened with everything its log has", async (t) => {
  assert.deepEqual(Object.keys(STEPS_BACK).length, MIGRATIONS.length - 1);
  for (const schema of [5, 4, 3, 2, 1]) {
    await t.test(`schema ${schema}`, () => openedFrom(schema));
  }
});

/** Before schema 5 every list was plain. */
function makeListsPlain(database: DatabaseSync): number {
  let changed = 0;
  for (const table of ["entry_run", "entry_segment"]) {
    const update = database.prepare(`UPDATE ${table} SET entries = ? WHERE id = ?`);
    for (const { id, entries } of database.prepare(`SELECT id, entries FROM ${table}`).all()) {
      const plain = new Uint8Array(entriesFromBlob(entries as Uint8Array).buffer);
      changed += plain.length === (entries as Uint8Array).length ? 0 : 1;
      update.run(plain, Number(id));
    }
  }
  return changed;
}

async function openedFrom(schema: number): Promise<void> {
  const directory = join(root, `schema-${schema}`);
  const workspaceId = "w";
  const read = async (store: Store) => ({
    changes: await store.changes(0, 1000),
    pinned: await store.currentObjects({ workspaceId, limit: 10, observableValue: "192.0.2.1" }),
    labelled: await store.currentObjects({ workspaceId, limit: 10, label: "a" }),
    counts: await store.countObjects(workspaceId),
    receipts: await store.receipts({ workspaceId, limit: 10 }),
    found: await store.searchObjects({ workspaceId, limit: 10 }),
  });
  const observables = [{ key: "ipv4-addr:value", value: "192.0.2.1" }];
  const before = await withStore({ directory }, async (store) => {
    for (const name of ["one", "two"]) {
      const objects = [
        ...indicators(1, 3, { name, labels: ["a"], observables }),
        objectOf({ stixId: 'x-sample--A "name"', type: "x-sample", name }),
        ...indicators(10, 60, { name, labels: ["b", "c"] }),
      ];
      await store.append(requestOf({ workspaceId, requestId: name, objects }));
    }
    await store.waitIndexed(2);
    return await read(store);
  });
  assert.deepEqual([before.pinned.items.length, before.labelled.items.length], [3, 3]);
  {
    using database = new DatabaseSync(join(directory, "intelligence.db"));
    assert.ok(schema >= 5 || makeListsPlain(database) > 0, "some lists were compact");
    for (let step = MIGRATIONS.length - 1; step >= schema; step -= 1) {
      database.exec(`${STEPS_BACK[step]}; PRAGMA user_version = ${step};`);
    }
    rmSync(join(directory, "search.db"));
  }
  await withStore({ directory }, async (store) => {
    await store.waitIndexed(2);
    assert.deepEqual(await read(store), before);
  });
  assert.deepEqual(inspectSqliteStore(directory, { quick: false }).faults, []);
}

test("uploads wait for searches that may not fall behind, and all are taken", async () => {
  const options = { directory: join(root, "searches-first"), searchLagObjectsMax: 0 };
  const workspaceId = "w";
  await withStore(options, async (store) => {
    await Promise.all(
      Array.from({ length: 10 }, (_, at) =>
        store.append(requestOf({ workspaceId, objects: indicators(at * 50, 50) })),
      ),
    );
    await store.append(requestOf({ workspaceId, objects: indicators(500, 1) }));
    await store.waitIndexed(11);
    await store.waitSearchable(11);
    assert.deepEqual(await store.countMatches({ workspaceId }), { count: 501, exact: true });
  });
});

test("a search index that is missing, damaged or of another log is made anew", async () => {
  const directory = join(root, "search-index");
  const workspaceId = "w";
  const found = async (store: Store) =>
    (await store.searchObjects({ workspaceId, limit: 10 })).items.map(({ stixId }) => stixId);
  const expected = [stixIdOf(3), stixIdOf(2), stixIdOf(1)];
  await withStore({ directory }, async (store) => {
    await store.append(requestOf({ workspaceId, objects: indicators(1, 3) }));
    await store.waitIndexed(1);
    assert.deepEqual(await found(store), expected);
  });
  const file = join(directory, "search.db");
  const harms: readonly (() => void)[] = [
    () => rmSync(file),
    () => writeFileSync(file, "no database ".repeat(1_000)),
    () => {
      using database = new DatabaseSync(file);
      database.exec("UPDATE search_state SET upper = upper + 1; DELETE FROM found");
    },
    () => {
      using database = new DatabaseSync(file);
      database.exec("UPDATE search_state SET change = 1000; DELETE FROM found");
    },
    () => {
      using database = new DatabaseSync(file);
      database.exec("PRAGMA user_version = 1; DELETE FROM found");
    },
  ];
  for (const harm of harms) {
    harm();
    await withStore({ directory }, async (store) => assert.deepEqual(await found(store), expected));
  }
  assert.equal(statSync(file).mode & 0o077, 0);
});
