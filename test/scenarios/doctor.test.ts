/**
 * Goal: the doctor examines the search index and a PostgreSQL store as well, in words and in JSON; its exit code says
 * whether something must be repaired; it tells no password and changes nothing.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { openDataDirectory } from "../../src/app/index.ts";
import {
  openPostgresStore,
  openSqliteDocumentStore,
  openSqliteIdentityStore,
  openSqliteStore,
} from "../../src/store/index.ts";
import { indicators, requestOf } from "../../src/store/samples.conformance.ts";
import { type PostgresCluster, postgresMissing, startPostgres } from "../support/postgres.ts";
import { mainFile, temporaryDirectory } from "./running-server.ts";

const root = temporaryDirectory();
after(() => root.remove());

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Check {
  readonly name: string;
  readonly status: string;
  readonly detail: string;
}

function doctor(directory: string, postgresUrl: string, ...options: string[]): Promise<Run> {
  const env = {
    ...process.env,
    ...(postgresUrl === ""
      ? {}
      : { STIXGATE_STORE_KIND: "postgres", STIXGATE_STORE_POSTGRES_URL: postgresUrl }),
  };
  const args = [mainFile, "doctor", "--data-dir", directory, ...options];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { env }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

/** The checks by their names, each as its status and what it says. */
async function checksOf(
  directory: string,
  postgresUrl = "",
): Promise<{ readonly code: number; readonly found: ReadonlyMap<string, string> }> {
  const { code, stdout, stderr } = await doctor(directory, postgresUrl, "--json");
  assert.equal(stderr, "");
  const { sound, checks } = JSON.parse(stdout) as { sound: boolean; checks: Check[] };
  assert.equal(code, sound ? 0 : 1);
  return {
    code,
    found: new Map(checks.map(({ name, status, detail }) => [name, `${status}: ${detail}`])),
  };
}

test("the search index is examined, and one that is damaged can be thrown away", async () => {
  const directory = join(root.path, "embedded");
  const { files } = await openDataDirectory(directory);
  await (await openSqliteIdentityStore(files.identity)).close();
  await openSqliteDocumentStore({ file: files.documents, now: () => new Date() }).close();
  const upload = async (): Promise<void> => {
    const store = await openSqliteStore({ directory });
    await store.append(requestOf({ objects: indicators(1, 5) }));
    await store.waitSearchable(1);
    await store.close();
  };
  await upload();
  const sound = await checksOf(directory);
  assert.equal(sound.code, 0);
  assert.equal(sound.found.get("search index"), "ok: In step: 5 objects.");
  writeFileSync(join(directory, "search.db"), "x".repeat(5_000));
  const damaged = await checksOf(directory);
  assert.equal(damaged.code, 1);
  assert.match(
    damaged.found.get("search index") ?? "",
    /^failure: file is not a database\. Nothing is lost: stop the server, delete search\.db, .* anew/,
  );
  assert.match(damaged.found.get("log and index") ?? "", /^ok: /);
  await upload();
  assert.equal((await checksOf(directory)).code, 0, "the next start has made it anew");
});

describe("the doctor of a PostgreSQL store", { skip: postgresMissing() }, () => {
  const directory = join(root.path, "postgres");
  let cluster: PostgresCluster;
  before(async () => {
    await openDataDirectory(directory);
    cluster = await startPostgres();
  });
  after(() => cluster.stop());

  const nameOf = (connection: string): string => new URL(connection).pathname.slice(1);

  async function filled(): Promise<string> {
    const connection = await cluster.newDatabase();
    const store = await openPostgresStore({ connection });
    await store.append(requestOf({ objects: indicators(1, 5) }));
    await store.waitSearchable(1);
    await store.close();
    return connection;
  }

  test("a sound one is described", async () => {
    const connection = await filled();
    const { code, found } = await checksOf(directory, connection);
    assert.equal(code, 0, JSON.stringify([...found]));
    const expected: Readonly<Record<string, RegExp>> = {
      "master key": /^ok: /,
      PostgreSQL: /^ok: Version \d+[\d.]*.*; it can be written to\.$/,
      connections: /^ok: \d+ of 100 are in use\.$/,
      replication: /^ok: No copy follows the server\.$/,
      Citus: /^ok: Not installed/,
      schema: /^ok: Schema \d+, the newest\.$/,
      "log and index": /^ok: In step: 1 requests, 5 objects, 5 versions\.$/,
      "search index": /^ok: In step\.$/,
      receipts: /^ok: The oldest is of 2026-01-02T03:04:05\.678Z; there are no rejected records\.$/,
    };
    for (const [name, detail] of Object.entries(expected)) {
      assert.match(found.get(name) ?? "absent", detail, name);
    }
    assert.equal(
      found.has("identity.db pages"),
      false,
      "files of the embedded store are none of it",
    );
    const { stdout } = await doctor(directory, connection);
    assert.match(stdout, /^ok {7}replication {2,}No copy follows the server\.$/m);
  });

  test("a lag of the indexes is told", async () => {
    const connection = await filled();
    await cluster.query(
      "UPDATE stixgate.log_position SET appended = 10; UPDATE stixgate.search_position SET sequence = 0",
      nameOf(connection),
    );
    const { code, found } = await checksOf(directory, connection);
    assert.equal(code, 0);
    assert.match(found.get("log and index") ?? "", /the index is 9 requests behind the log/);
    assert.match(found.get("search index") ?? "", /^ok: 1 requests behind the index/);
  });

  test("what is broken is named", async () => {
    const connection = await filled();
    await cluster.query(
      `DELETE FROM stixgate.version WHERE change = 1;
        UPDATE stixgate.object_count SET count = count + 1;
        DELETE FROM stixgate.found WHERE change = 2;
        UPDATE stixgate.request_objects SET payload = 'x'`,
      nameOf(connection),
    );
    const { code, found } = await checksOf(directory, connection);
    assert.equal(code, 1);
    for (const fault of [
      /1 objects have no current version/,
      /5 objects are stored, and 6 are counted/,
      /5 objects are stored, and searches know 4/,
      /request 1: its records can't be read/,
    ]) {
      assert.match(found.get("log and index") ?? "", fault);
    }
    const quick = await doctor(directory, connection, "--quick");
    assert.match(
      quick.stdout,
      /FAILURE {2}log and index {2,}5 objects are stored, and 6 are counted$/m,
    );
  });

  test("databases of other versions, of none, and of nobody are told apart", async () => {
    const empty = await cluster.newDatabase();
    const looked = await checksOf(directory, empty);
    assert.equal(looked.code, 0);
    assert.match(looked.found.get("schema") ?? "", /^ok: No server has opened this database yet/);
    const tables = "SELECT FROM pg_namespace WHERE nspname = 'stixgate'";
    assert.equal((await cluster.query(tables, nameOf(empty))).length, 0, "nothing was made");
    const newer = await filled();
    await cluster.query("INSERT INTO stixgate.migration (schema) VALUES (99)", nameOf(newer));
    const refused = await checksOf(directory, newer);
    assert.equal(refused.code, 1);
    assert.match(refused.found.get("schema") ?? "", /^failure: the schema 99 is newer/);
    await cluster.query("DELETE FROM stixgate.migration WHERE schema > 1", nameOf(newer));
    const older = await checksOf(directory, newer);
    assert.match(older.found.get("schema") ?? "", /^ok: Schema 1 of an earlier version/);
    const absent = empty.replace(/test_\d+$/, "absent");
    for (const [address, reason] of [
      [absent, /^failure: .*3D000/],
      [empty.replace(/:\d+\//, ":1/"), /^failure: .*ECONNREFUSED/],
      [empty.replace(/pass[^@]*@/, "wrong-secret@"), /^failure: .*28P01/],
    ] as const) {
      const { code, found } = await checksOf(directory, address);
      assert.equal(code, 1);
      assert.match(found.get("PostgreSQL") ?? "", reason);
      assert.doesNotMatch(JSON.stringify([...found]), /pass:word|wrong-secret|%C3%BC/);
    }
  });

  test("a user who may not see copies is told how", async () => {
    const connection = await cluster.newDatabase();
    await cluster.query("CREATE ROLE plain LOGIN PASSWORD 'plain'");
    const url = new URL(connection);
    url.username = "plain";
    url.password = "plain";
    const { code, found } = await checksOf(directory, url.href);
    assert.equal(code, 0, JSON.stringify([...found]));
    assert.match(found.get("replication") ?? "", /GRANT pg_monitor/);
  });

  // The last one, since commits wait for the copy from then on.
  test("copies are described, and one that commits wait for in vain is a failure", async () => {
    const connection = await filled();
    const standby = await cluster.startStandby();
    const { code, found } = await checksOf(directory, connection);
    assert.equal(code, 0, JSON.stringify([...found]));
    assert.match(found.get("replication") ?? "", /^ok: .*: streaming, sync, \d+ MiB behind\.$/);
    const copy = connection.replace(/:\d+\//, `:${standby.port}/`);
    const ofCopy = await checksOf(directory, copy);
    assert.equal(ofCopy.code, 1);
    assert.match(
      ofCopy.found.get("PostgreSQL") ?? "",
      /^failure: .*a copy that can't be written to/,
    );
    assert.match(ofCopy.found.get("log and index") ?? "", /^ok: In step/);
    await standby.stop();
    const following = "SELECT FROM pg_stat_replication";
    while ((await cluster.query(following)).length > 0) {
      // Until the server has noticed.
    }
    const alone = await checksOf(directory, connection);
    assert.equal(alone.code, 1);
    assert.match(alone.found.get("replication") ?? "", /^failure: Commits wait for a copy/);
  });
});
