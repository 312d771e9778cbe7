/**
 * Goal: whatever happens to the PostgreSQL server or to the connections while uploads run, what was
 * acknowledged is stored, nothing is stored twice, callers are told to try again, and the store recovers
 * by itself.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openPostgresStore, type PostgresStoreOptions, type Store } from "../../src/store/index.ts";
import { AppError } from "../../src/wire/index.ts";
import { type PostgresCluster, postgresMissing, startPostgres } from "../support/postgres.ts";
import { createTail, numberOf, uploadOf } from "../support/postgres-uploads.ts";

const CALLERS = 8;
const OBJECTS_PER_REQUEST = 10;

/** What a well-behaved client waits before it tries again. */
const RETRY_MS = 50;

const RETRYABLE: ReadonlySet<string> = new Set(["store_unavailable", "overloaded"]);

interface Uploads {
  /** Numbers of the objects that were acknowledged. */
  readonly stored: number[];
  /** Codes of the refusals. */
  readonly refused: string[];
  /** Resolves when so many more requests have been acknowledged. */
  acknowledged(requests: number): Promise<void>;
  /** Ends after the requests under way, which are repeated until they are taken. */
  end(): Promise<void>;
}

/** Uploads as clients do: each repeats a request that was refused, until it is acknowledged. */
function startUploads(store: Store): Uploads {
  const stored: number[] = [];
  const refused: string[] = [];
  let next = 0;
  let ending = false;
  let goals: { readonly at: number; readonly reached: () => void }[] = [];

  async function uploadOne(from: number): Promise<void> {
    for (;;) {
      try {
        await store.append(uploadOf(0, from, OBJECTS_PER_REQUEST));
        break;
      } catch (error) {
        assert.ok(error instanceof AppError && RETRYABLE.has(error.code), String(error));
        refused.push(error.code);
        await sleep(RETRY_MS);
      }
    }
    stored.push(...Array.from({ length: OBJECTS_PER_REQUEST }, (_, at) => numberOf(0, from + at)));
    const due = goals.filter(({ at }) => stored.length >= at);
    goals = goals.filter((goal) => !due.includes(goal));
    for (const { reached } of due) {
      reached();
    }
  }

  async function upload(): Promise<void> {
    while (!ending) {
      const from = next;
      next += OBJECTS_PER_REQUEST;
      await uploadOne(from);
    }
  }

  const callers = Promise.all(Array.from({ length: CALLERS }, upload));
  return {
    stored,
    refused,
    acknowledged: async (requests) => {
      const at = stored.length + requests * OBJECTS_PER_REQUEST;
      const reached = new Promise<void>((resolve) => {
        goals.push({ at, reached: resolve });
      });
      await Promise.race([reached, callers]);
    },
    async end() {
      ending = true;
      await callers;
    },
  };
}

/** Everything acknowledged is there once, as one version, in one order. */
async function checkLedger(store: Store, stored: readonly number[]): Promise<void> {
  await store.checkHealth();
  await store.waitIndexed(store.position().appended);
  const tail = createTail(store);
  await tail.readOn();
  assert.deepEqual(
    tail.seen.toSorted((a, b) => a - b),
    stored.toSorted((a, b) => a - b),
  );
}

/** A plain TCP balancer in front of a server, whose connections a test can cut. */
async function startProxy(portOf: () => number) {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(portOf(), "127.0.0.1");
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      one.on("error", () => undefined);
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert(typeof address === "object" && address !== null);
  const cut = (): void => {
    for (const socket of sockets) {
      socket.destroy();
    }
  };
  return {
    through: (connection: string): string => {
      const url = new URL(connection);
      url.port = `${address.port}`;
      return url.href;
    },
    cut,
    /** Nothing passes any more, and nobody is told. */
    freeze: (): void => {
      for (const socket of sockets) {
        socket.pause();
        socket.unpipe();
      }
    },
    async close() {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}

describe("faults of PostgreSQL", { skip: postgresMissing() }, () => {
  let cluster: PostgresCluster;
  before(async () => {
    cluster = await startPostgres();
  });
  after(() => cluster.stop());

  async function open(rest: Partial<PostgresStoreOptions> = {}): Promise<Store> {
    return openPostgresStore({ connection: await cluster.newDatabase(), ...rest });
  }

  test("immediate restarts of the server in the middle of uploads lose nothing", async () => {
    const store = await open();
    const uploads = startUploads(store);
    for (let restart = 0; restart < 3; restart += 1) {
      await uploads.acknowledged(40);
      await cluster.crash();
      await cluster.start();
    }
    await uploads.acknowledged(40);
    await uploads.end();
    assert.ok(uploads.refused.length > 0, "callers were told");
    await checkLedger(store, uploads.stored);
    await store.close();
  });

  test("connections that are cut while commits are under way lose nothing", async () => {
    const connection = await cluster.newDatabase();
    const proxy = await startProxy(() => Number(new URL(connection).port));
    const store = await openPostgresStore({ connection: proxy.through(connection) });
    const uploads = startUploads(store);
    for (let cut = 0; cut < 15; cut += 1) {
      await uploads.acknowledged(5);
      proxy.cut();
    }
    await uploads.end();
    await checkLedger(store, uploads.stored);
    await store.close();
    await proxy.close();
  });

  test("sessions that the server ends lose nothing", async () => {
    const store = await open();
    const uploads = startUploads(store);
    for (let round = 0; round < 5; round += 1) {
      await uploads.acknowledged(10);
      await cluster.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'stixgate'`,
      );
    }
    await uploads.end();
    await checkLedger(store, uploads.stored);
    await store.close();
  });

  test("a connection that falls silent is given up, and calls go on over new ones", async () => {
    const connection = await cluster.newDatabase();
    const proxy = await startProxy(() => Number(new URL(connection).port));
    const store = await openPostgresStore({
      connection: proxy.through(connection),
      statementTimeoutMs: 500,
      answerGraceMs: 100,
      indexLeaseMs: 1_000,
      pollIntervalMs: 200,
    });
    const uploads = startUploads(store);
    await uploads.acknowledged(10);
    proxy.freeze();
    await uploads.acknowledged(40);
    await uploads.end();
    assert.ok(uploads.refused.length > 0, "callers were told");
    await checkLedger(store, uploads.stored);
    await store.close();
    await proxy.close();
  });

  test("without a server every call is refused as retryable, and close ends", async () => {
    const store = await open();
    await store.append(uploadOf(0, 0, 1));
    await cluster.crash();
    const calls = [
      store.append(uploadOf(0, 1, 1)),
      store.checkHealth(),
      store.countObjects("workspace-0"),
      store.receipt("workspace-0", "x"),
      store.changes(0, 1),
    ];
    for (const outcome of await Promise.allSettled(calls)) {
      assert.ok(outcome.status === "rejected");
      assert.equal((outcome.reason as AppError).code, "store_unavailable");
    }
    await store.close();
    await cluster.start();
  });

  test("the standby that takes over has everything that was acknowledged", async () => {
    const standby = await cluster.startStandby();
    try {
      const connection = await cluster.newDatabase();
      let port = Number(new URL(connection).port);
      const proxy = await startProxy(() => port);
      const store = await openPostgresStore({ connection: proxy.through(connection) });
      const uploads = startUploads(store);
      await uploads.acknowledged(100);
      await cluster.crash();
      await standby.promote();
      port = standby.port;
      await uploads.acknowledged(100);
      await uploads.end();
      assert.ok(uploads.refused.length > 0, "callers were told");
      await checkLedger(store, uploads.stored);
      await store.close();
      await proxy.close();
    } finally {
      await standby.stop();
    }
  });
});
