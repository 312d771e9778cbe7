/**
 * Goal: the mirror follows the embedded store, comes back whole after its engine is killed or its file is lost, keeps
 * logs that it has acknowledged, and hostile queries end at their limits while uploads go on.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Mirror, type MirrorOptions, openMirror } from "../../src/mirror/index.ts";
import { openSqliteStore, type Store } from "../../src/store/index.ts";
import { indicators, requestOf } from "../../src/store/samples.conformance.ts";
import { AppError } from "../../src/wire/index.ts";

const WORKSPACE = "0a1b2c3d-0000-4000-8000-00000000000b";
const MIB = 1024 * 1024;
const COUNT = [{ name: "Count", type: "long" }] as const;

interface Setting {
  readonly directory: string;
  readonly store: Store;
  open(options?: Partial<MirrorOptions>): Mirror;
}

async function inSetting(work: (setting: Setting) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "stixgate-mirror-"));
  const store = await openSqliteStore({ directory, pendingAppendsMax: 1000 });
  const opened: Mirror[] = [];
  try {
    await work({
      directory,
      store,
      open(options = {}) {
        const mirror = openMirror({
          directory,
          source: { kind: "sqlite", directory },
          republishDays: 7,
          limits: { timeMs: 20_000, rowsMax: 1000, bytesMax: MIB },
          engine: {
            memoryBytesMax: 256 * MIB,
            temporaryBytesMax: 256 * MIB,
            threads: 2,
            concurrentMax: 4,
            queuedMax: 16,
          },
          logs: { days: 0, bytesMax: 0 },
          logColumns: (table) =>
            table === "Sample_CL" ? [{ name: "Text", type: "string" }] : undefined,
          onNotice: () => undefined,
          ...options,
        });
        opened.push(mirror);
        return mirror;
      },
    });
  } finally {
    await Promise.all(opened.map((mirror) => mirror.close()));
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

let uploads = 0;

async function upload(store: Store, count: number): Promise<void> {
  uploads += 1;
  const objects = indicators(uploads * 1000, count);
  const requestId = `request-${uploads}`;
  const sequence = await store.append(requestOf({ workspaceId: WORKSPACE, requestId, objects }));
  await store.waitIndexed(sequence);
}

async function numberOf(mirror: Mirror, sql: string, options: object = {}): Promise<unknown> {
  const tables = sql.includes("Sample_CL") ? ["Sample_CL"] : [];
  const answer = await mirror.run(
    { sql, columns: COUNT, tables, parameters: [] },
    {
      workspaceId: WORKSPACE,
      parameters: { now: "2026-11-20T00:00:00.000Z", from: null, to: null },
      ...options,
    },
  );
  return answer.rows()[0]?.[0];
}

const indicatorCount = 'SELECT count(*) FROM "ThreatIntelIndicators"';
const logCount = 'SELECT count(*) FROM "Sample_CL"';

async function appendLogs(mirror: Mirror, count: number): Promise<void> {
  await mirror.appendLogRows({
    workspaceId: WORKSPACE,
    table: "Sample_CL",
    columns: [{ name: "Text", type: "string" }],
    rows: Array.from({ length: count }, (_, place) => [`row ${place}`]),
  });
}

/** The engine's process among this one's children. */
function enginePid(): number {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" }).split(
    "\n",
  );
  const line = lines.find(
    (each) =>
      each.trim().split(/\s+/)[1] === String(process.pid) && each.includes("engine-process"),
  );
  assert.ok(line, "the engine runs");
  return Number(line.trim().split(/\s+/)[0]);
}

const onUnix = { skip: process.platform === "win32" ? "looks at processes by ps" : false };

test("queries see what was uploaded before, and the position tells the lag", () =>
  inSetting(async ({ store, open }) => {
    await upload(store, 3);
    const mirror = open();
    await mirror.waitCurrent();
    assert.equal(await numberOf(mirror, indicatorCount), 3);
    await upload(store, 2);
    await mirror.waitFor(5);
    assert.equal(await numberOf(mirror, indicatorCount), 5);
    assert.deepEqual(mirror.position(), { applied: 5, stored: 5, ready: true });
  }));

test("the engine's process has a low priority and none of the server's environment", onUnix, () =>
  inSetting(async ({ open }) => {
    await open().waitCurrent();
    const pid = enginePid();
    const nice = execFileSync("ps", ["-o", "nice=", "-p", String(pid)], { encoding: "utf8" });
    assert.equal(nice.trim(), "10");
    if (process.platform === "linux") {
      const names = readFileSync(`/proc/${pid}/environ`, "utf8")
        .split("\0")
        .map((entry) => entry.split("=")[0])
        .filter((name) => name !== "");
      assert.deepEqual(names.toSorted(), [
        "NODE_CHANNEL_FD",
        "NODE_CHANNEL_SERIALIZATION_MODE",
        "UV_THREADPOOL_SIZE",
      ]);
    }
  }),
);

test(
  "a killed engine comes back with everything, and loses no log that was acknowledged",
  onUnix,
  () =>
    inSetting(async ({ store, open }) => {
      const notices: string[] = [];
      const mirror = open({ onNotice: ({ message }) => notices.push(message) });
      for (let round = 1; round <= 3; round += 1) {
        await upload(store, 10);
        await appendLogs(mirror, 100);
        const running = numberOf(mirror, "SELECT count(*) FROM range(1000000000000)");
        await numberOf(mirror, "SELECT 1");
        process.kill(enginePid(), "SIGKILL");
        await assert.rejects(
          running,
          (error) => error instanceof AppError && error.code === "overloaded",
        );
        await mirror.waitCurrent();
        assert.equal(await numberOf(mirror, indicatorCount), round * 10);
        assert.equal(await numberOf(mirror, logCount), round * 100);
        assert.equal(notices.length, round);
      }
    }),
);

test("a mirror that is lost, or is another store's, is built anew; the logs stay", () =>
  inSetting(async ({ directory, store, open }) => {
    await upload(store, 4);
    const first = open();
    await first.waitCurrent();
    await appendLogs(first, 7);
    await first.close();
    rmSync(join(directory, "mirror.duckdb"));
    const second = open();
    await second.waitCurrent();
    assert.equal(await numberOf(second, indicatorCount), 4);
    assert.equal(await numberOf(second, logCount), 7);
    await second.close();
    const notices: string[] = [];
    const third = open({
      source: { kind: "store", changes: async () => [] },
      onNotice: ({ message }) => notices.push(message),
    });
    await third.waitCurrent();
    assert.equal(await numberOf(third, indicatorCount), 0);
    assert.equal(await numberOf(third, logCount), 7);
    assert.deepEqual(notices, [
      "The mirror is built anew: the store does not have its last change.",
    ]);
  }));

test("a second process on the same folder is refused and harms nothing", () =>
  inSetting(async ({ store, open }) => {
    await upload(store, 4);
    const first = open();
    await first.waitCurrent();
    const notices: string[] = [];
    const second = open({ onNotice: ({ message }) => notices.push(message) });
    await assert.rejects(
      second.waitCurrent(AbortSignal.timeout(2_000)),
      (error) => error instanceof Error,
    );
    assert.match(notices[0] ?? "", /lock/);
    assert.equal(await numberOf(first, indicatorCount), 4);
  }));

interface Hostile {
  readonly title: string;
  readonly sql: string;
  readonly code: string;
}

const HOSTILE: readonly Hostile[] = [
  {
    title: "a cross join",
    sql: `SELECT count(*) FROM "ThreatIntelIndicators" a, "ThreatIntelIndicators" b,
      "ThreatIntelIndicators" c, "ThreatIntelIndicators" d, "ThreatIntelIndicators" e`,
    code: "query_timeout",
  },
  {
    title: "a range of 10^12",
    sql: "SELECT sum(r) FROM range(1000000000000) AS t (r)",
    code: "query_timeout",
  },
  {
    title: "a huge expansion, which no interruption reaches",
    sql: "SELECT count(*) FROM (SELECT unnest(range(20000000)) FROM range(1000))",
    code: "query_timeout",
  },
  {
    title: "a list that fills memory",
    sql: "SELECT length(list(repeat('x', 1000) || r::VARCHAR)::VARCHAR) FROM range(60000000) AS t (r)",
    code: "query_too_large",
  },
];

test("hostile queries end at their limits while uploads and other queries go on", () =>
  inSetting(async ({ store, open }) => {
    const mirror = open();
    await upload(store, 100);
    await mirror.waitCurrent();
    const limits = { timeMs: 2_000 };
    const hostile = HOSTILE.map(({ title, sql, code }) =>
      assert.rejects(
        numberOf(mirror, sql, code === "query_timeout" ? { limits } : {}),
        (error) => error instanceof AppError && error.code === code,
        title,
      ),
    );
    let isOver = false;
    const ended = Promise.all(hostile).finally(() => {
      isOver = true;
    });
    let meanwhile = 0;
    while (!isOver && meanwhile < 500) {
      await upload(store, 10);
      meanwhile += 1;
    }
    assert.ok(meanwhile > 10, `${meanwhile} uploads went on`);
    await ended;
    await mirror.waitCurrent();
    assert.equal(await numberOf(mirror, indicatorCount), 100 + meanwhile * 10);
  }));

test("a catastrophic regular expression takes the time of any other", () =>
  inSetting(async ({ open }) => {
    const sql =
      "SELECT count(*) FROM range(1000) WHERE regexp_matches(repeat('a', 5000) || '!', '(a+)+$')";
    assert.equal(await numberOf(open(), sql), 0);
  }));

test("a query ends when its caller goes away, and too many are turned away", () =>
  inSetting(async ({ open }) => {
    const mirror = open({
      engine: {
        memoryBytesMax: 256 * MIB,
        temporaryBytesMax: 0,
        threads: 1,
        concurrentMax: 1,
        queuedMax: 1,
      },
    });
    const gone = new AbortController();
    const endless = "SELECT count(*) FROM range(1000000000000)";
    const running = numberOf(mirror, endless, { signal: gone.signal });
    const waiting = numberOf(mirror, "SELECT 5");
    await assert.rejects(
      numberOf(mirror, "SELECT 6"),
      (error) => error instanceof AppError && error.code === "overloaded",
    );
    gone.abort(new Error("the caller went away"));
    await assert.rejects(running, /went away/);
    assert.equal(await waiting, 5);
  }));
