/**
 * Goal: a backup that is taken while uploads run holds everything acknowledged before it, can be restored
 * into a server that goes on, and is refused when it isn't what was written; the doctor tells sound from
 * broken and says so by its exit code.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { mainFile, type RunningServer, startServer, temporaryDirectory } from "./running-server.ts";

const root = temporaryDirectory();
const dataDir = join(root.path, "data");
const backup = join(root.path, "backups", "one");
const restored = join(root.path, "restored");
after(() => root.remove());

interface Run {
  readonly code: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

function stixgate(...args: string[]): Promise<Run> {
  return new Promise((resolve) => {
    execFile(process.execPath, [mainFile, ...args], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : (error.code ?? null), stdout, stderr });
    });
  });
}

const APPEARS_MS = 60_000;

async function fileAppears(path: string): Promise<void> {
  const endMs = performance.now() + APPEARS_MS;
  while (!existsSync(path)) {
    assert.ok(performance.now() < endMs, `${path} does not appear`);
    await pause(20);
  }
}

function indicator(number: number): unknown {
  const id = `indicator--8a1f3c52-6b0e-4d97-9e24-${number.toString(16).padStart(12, "0")}`;
  const time = "2026-01-01T00:00:00.000Z";
  return {
    ...{ type: "indicator", spec_version: "2.1", id, created: time, modified: time },
    ...{ name: `number ${number}`, pattern_type: "stix", valid_from: time },
    pattern: `[ipv4-addr:value = '10.0.${number >> 8}.${number & 255}']`,
  };
}

async function uploaded(server: RunningServer, number: number): Promise<string> {
  const body = { sourcesystem: "Backup test", stixobjects: [indicator(number)] };
  const answer = await server.upload(body);
  assert.equal(answer.status, 200, answer.body);
  return String(answer.headers["x-stixgate-sequence"]);
}

async function receiptCount(server: RunningServer): Promise<number> {
  const path = `/api/v1/workspaces/${server.ready.workspaceId}/requests?limit=1000`;
  const headers = { authorization: `Bearer ${await server.token()}` };
  const answer = await server.call(path, { headers });
  assert.equal(answer.status, 200, answer.body);
  return (JSON.parse(answer.body) as { value: unknown[] }).value.length;
}

interface Diagnosis {
  readonly sound: boolean;
  readonly checks: readonly { readonly name: string; status: string; detail: string }[];
}

async function diagnosis(directory: string, ...options: string[]): Promise<Run & Diagnosis> {
  const run = await stixgate("doctor", "--json", "--data-dir", directory, ...options);
  return { ...run, ...(JSON.parse(run.stdout) as Diagnosis) };
}

describe("a backup of a server that is being uploaded to", () => {
  let server: RunningServer;
  const acknowledgedBefore: string[] = [];
  before(async () => {
    server = await startServer({
      dataDir,
      args: ["--set", "throttle.mode=off"],
    });
  });
  after(() => server.stop());

  test("is taken while uploads go on, and holds what was acknowledged before", async () => {
    for (let number = 0; number < 20; number += 1) {
      acknowledgedBefore.push(await uploaded(server, number));
    }
    let going = true;
    const uploads = (async () => {
      for (let number = 20; going; number += 1) {
        await uploaded(server, number);
      }
    })();
    // The query engine starts beside the server, which doesn't wait for it.
    await fileAppears(join(dataDir, "query", "logs.duckdb"));
    const run = await stixgate("backup", backup, "--data-dir", dataDir, "--json");
    going = false;
    await uploads;
    assert.equal(run.code, 0, run.stderr);
    const manifest = JSON.parse(run.stdout) as { requests: number; files: { name: string }[] };
    assert.ok(manifest.requests >= 20, `${manifest.requests} requests`);
    assert.deepEqual(manifest.files.map(({ name }) => name).sort(), [
      "ca.pem",
      "ca.sealed.json",
      "documents.db",
      "identity.db",
      "intelligence.db",
      "logs.duckdb",
      "master.key",
      "server.sealed.json",
    ]);
    for (const name of ["", ...readdirSync(backup)]) {
      assert.equal(statSync(join(backup, name)).mode & 0o077, 0, name);
    }
  });

  test("nothing is overwritten", async () => {
    const again = await stixgate("backup", backup, "--data-dir", dataDir);
    assert.deepEqual([again.code, again.stdout], [2, ""]);
    assert.match(again.stderr, /holds something already, and nothing is overwritten/);
    const over = await stixgate("restore", backup, "--data-dir", dataDir);
    assert.equal(over.code, 2);
    assert.match(over.stderr, /holds something already, and nothing is overwritten/);
  });

  test("the doctor finds the running server sound", async () => {
    const { code, sound, checks } = await diagnosis(dataDir);
    assert.deepEqual(
      checks.filter(({ status }) => status === "failure"),
      [],
    );
    assert.deepEqual([code, sound], [0, true]);
    assert.match(checks[0]?.detail ?? "", /One is running/);
  });

  test("a restored server knows tenants, secrets and receipts, and goes on", async () => {
    const run = await stixgate("restore", backup, "--data-dir", restored);
    assert.equal(run.code, 0, run.stderr);
    assert.match(run.stdout, /^Restored into .*restored: \d+ requests, \d+ objects, 8 files, /);
    const other = await startServer({ dataDir: restored, command: "quickstart" });
    try {
      const { clientSecret } = server.ready;
      const same = { ...other.ready, clientSecret };
      assert.equal(same.workspaceId, server.ready.workspaceId);
      assert.equal(other.ca, server.ca, "clients go on trusting it");
      assert.ok((await receiptCountOf(other, clientSecret)) >= acknowledgedBefore.length);
    } finally {
      await other.stop();
    }
    const { sound, checks } = await diagnosis(restored);
    assert.ok(sound, JSON.stringify(checks));
  });

  test("the mirror is built anew where no server runs, and refused where one does", async () => {
    const refused = await stixgate("mirror", "rebuild", "--data-dir", dataDir);
    assert.deepEqual([refused.code, refused.stdout], [2, ""]);
    assert.match(refused.stderr, /is in use by process/);
    const run = await stixgate("mirror", "rebuild", "--json", "--data-dir", restored);
    assert.equal(run.code, 0, run.stderr);
    const { change } = JSON.parse(run.stdout) as { change: number };
    assert.ok(change >= acknowledgedBefore.length, `${change} changes`);
  });

  /** With the secret of the first server, since the restored one doesn't tell it again. */
  async function receiptCountOf(other: RunningServer, clientSecret: string): Promise<number> {
    const token = async (): Promise<string> => {
      const answer = await other.call(`/${other.ready.tenantId}/oauth2/v2.0/token`, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({
          grant_type: "client_credentials",
          client_id: server.ready.clientId,
          client_secret: clientSecret,
          scope: "https://management.azure.com/.default",
        }).toString(),
      });
      assert.equal(answer.status, 200, answer.body);
      return (JSON.parse(answer.body) as { access_token: string }).access_token;
    };
    return await receiptCount({ ...other, token });
  }
});

test("a backup that was changed, or is none, isn't restored", async () => {
  const target = join(root.path, "never");
  appendFileSync(join(backup, "identity.db"), "x");
  const changed = await stixgate("restore", backup, "--data-dir", target);
  assert.equal(changed.code, 2);
  assert.match(changed.stderr, /identity\.db is not what was backed up/);
  rmSync(join(backup, "identity.db"));
  const missing = await stixgate("restore", backup, "--data-dir", target);
  assert.match(missing.stderr, /identity\.db is missing/);
  const none = await stixgate("restore", root.path, "--data-dir", target);
  assert.match(none.stderr, /is no complete backup: manifest\.json is missing/);
  assert.throws(() => statSync(target), { code: "ENOENT" });
});

test("what is no data directory is neither backed up nor examined", async () => {
  const empty = join(root.path, "empty");
  mkdirSync(empty);
  const run = await stixgate("backup", join(root.path, "two"), "--data-dir", empty);
  assert.equal(run.code, 2);
  assert.match(run.stderr, /is no data directory of a server that has run: master\.key is missing/);
  const examined = await stixgate("doctor", "--data-dir", join(root.path, "nowhere"));
  assert.equal(examined.code, 2);
  assert.match(examined.stderr, /There is no data directory/);
});

test("the doctor names what is broken, and exits with 1", async () => {
  const file = join(restored, "intelligence.db");
  const cases: readonly (readonly [sql: string, fault: RegExp])[] = [
    ["DELETE FROM version WHERE change = 1", /1 objects have no current version/],
    ["DELETE FROM index_result WHERE sequence = 2", /1 requests were passed over by the index/],
    ["UPDATE object_count SET count = count + 1", /objects are stored, and \d+ are counted/],
    ["DELETE FROM entry_run", /objects are stored, and 0 can be found/],
    [
      "UPDATE request_objects SET payload = x'00' WHERE sequence = 3",
      /request 3: its records can't/,
    ],
  ];
  {
    using database = new DatabaseSync(file);
    for (const [sql] of cases) {
      database.exec(sql);
    }
  }
  chmodSync(file, 0o644);
  const { code, sound, checks } = await diagnosis(restored);
  assert.deepEqual([code, sound], [1, false]);
  const detailOf = (asked: string): string =>
    checks.find(({ name, status }) => name === asked && status === "failure")?.detail ?? "";
  for (const [, fault] of cases) {
    assert.match(detailOf("log and index"), fault);
  }
  assert.match(detailOf("file modes"), /chmod o= .*intelligence\.db/);
});
