/** The connections of one process: few, bounded, made again by themselves after a fault. */

import pg, {
  type Client,
  type ClientBase,
  type ClientConfig,
  type Pool,
  type QueryResultRow,
} from "pg";
import { refusalFor } from "./faults.ts";
import type { PostgresStoreLimits } from "./options.ts";

/** A statement with a name is planned once for each connection. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** Runs a statement on some connection. @throws what the client throws */
export type Ask = <Row extends QueryResultRow>(
  statement: Statement,
  values: unknown[],
) => Promise<Row[]>;

/** The connections. */
export interface Sessions {
  /** For appends and probes, which must not wait behind reads. */
  readonly write: Ask;
  readonly read: Ask;
  /** For searches: whole numbers arrive as numbers, and statements are planned with their values. */
  readonly search: Ask;
  close(): Promise<void>;
}

/** One for the group of appends that is under way, one for probes. */
const WRITE_CONNECTIONS = 2;

/** Searches of one process that run at the same time: each may keep a core of the server busy. */
const SEARCH_CONNECTIONS = 2;

/** Connections beyond what is in use are given back after this long. */
const IDLE_MS = 60_000;

/** A connection is replaced after this long, so that a moved server is followed. */
const LIFETIME_SECONDS = 3_600;

/** How long connections may take to be closed, before the process goes on without them. */
const CLOSE_MS = 5_000;

/** Settings of a session by their names. */
type SessionSettings = Readonly<Record<string, string>>;

/** What is acknowledged must be on disk, whatever the server's own default is; stricter ones are kept. */
const BE_DURABLE = `SELECT set_config('synchronous_commit', 'on', false)
  WHERE current_setting('synchronous_commit') = 'off'`;

/**
 * What the index loses in a crash is derived from the log again, the same, so its commits needn't wait for the
 * disk. In a Citus cluster they must: there the workers could have on disk what the coordinator has lost.
 */
const BE_QUICK = `SELECT set_config('synchronous_commit', 'off', false)
  WHERE NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')`;

/** Settings that a version of PostgreSQL, or a kind of connection, doesn't have are left out. */
const SET_UP = `SELECT set_config(name, value, false)
  FROM unnest($1::text[], $2::text[]) AS wanted (name, value)
  WHERE name IN (SELECT name FROM pg_settings)`;

/**
 * Every statement here wants few of many rows, by the key of an index and in its order. The planner would
 * rather read and sort a table whole where its statistics are old or a label is frequent, which costs more
 * with everything that is stored.
 */
const BY_INDEX: SessionSettings = {
  enable_seqscan: "off",
  enable_bitmapscan: "off",
  enable_hashjoin: "off",
  enable_mergejoin: "off",
  enable_sort: "off",
  jit: "off",
};

/** Words are found by bitmaps, and few of them are sorted; reading a table whole is never right. */
const FOR_SEARCH: SessionSettings = { enable_seqscan: "off", jit: "off" };

/** Number of the type `bigint` in the server's catalogue. */
const BIGINT = 20;

/** What is stored in a `bigint` here is exact as a number. */
const WITH_NUMBERS: pg.CustomTypesConfig = {
  getTypeParser: (type, format) =>
    type === BIGINT ? Number : pg.types.getTypeParser(type, format),
};

/** A session that holds the lock of the index must end soon when its process has stopped or gone away. */
function leased(leaseMs: number): SessionSettings {
  return {
    ...BY_INDEX,
    idle_session_timeout: `${leaseMs}ms`,
    idle_in_transaction_session_timeout: `${leaseMs}ms`,
    tcp_user_timeout: `${leaseMs}ms`,
    tcp_keepalives_idle: "10",
    tcp_keepalives_interval: "5",
    tcp_keepalives_count: "3",
  };
}

async function setUp(client: ClientBase, settings: SessionSettings): Promise<void> {
  await client.query(SET_UP, [Object.keys(settings), Object.values(settings)]);
}

/** Makes the pools; connections are made when they are needed. */
export function createSessions(config: ClientConfig, limits: PostgresStoreLimits): Sessions {
  const write = createPool(config, WRITE_CONNECTIONS, beDurable);
  const read = createPool(config, limits.readConnectionsMax, (client) => setUp(client, BY_INDEX));
  const search = createPool({ ...config, types: WITH_NUMBERS }, SEARCH_CONNECTIONS, (client) =>
    setUp(client, FOR_SEARCH),
  );
  return {
    write: askOn(write),
    read: askOn(read),
    search: askOn(search),
    async close() {
      const closed = Promise.allSettled([write.end(), read.end(), search.end()]);
      await Promise.race([closed, expiry(CLOSE_MS)]);
    },
  };
}

async function beDurable(client: ClientBase): Promise<void> {
  await client.query(BE_DURABLE);
}

/** @param prepare runs on each new connection before anything else */
function createPool(
  config: ClientConfig,
  max: number,
  prepare: (client: ClientBase) => Promise<void>,
): Pool {
  const pool = new pg.Pool({
    ...config,
    onConnect: prepare,
    max,
    idleTimeoutMillis: IDLE_MS,
    maxLifetimeSeconds: LIFETIME_SECONDS,
  });
  // An idle connection that breaks is replaced by the pool; the next call makes another.
  pool.on("error", () => undefined);
  return pool;
}

function askOn(pool: Pool): Ask {
  return async (statement, values) => (await pool.query({ ...statement, values })).rows;
}

/** Makes a connection that is set up for the index; the caller ends it. @throws what the client throws */
export function connectForIndex(config: ClientConfig, leaseMs: number): Promise<Client> {
  return connectWith(config, leased(leaseMs));
}

/**
 * The same for retention, which numbers the versions of a few objects: without a sort the planner would go through
 * all versions in their order. @throws what the client throws
 */
export function connectForRetention(config: ClientConfig, leaseMs: number): Promise<Client> {
  return connectWith(config, { ...leased(leaseMs), enable_sort: "on" });
}

async function connectWith(config: ClientConfig, settings: SessionSettings): Promise<Client> {
  const client = new pg.Client(config);
  // A broken connection also fails the statement under way, or the next: nothing more to be done here.
  client.on("error", () => undefined);
  try {
    await client.connect();
    await setUp(client, settings);
    await client.query(BE_QUICK);
    return client;
  } catch (error) {
    void client.end().catch(() => undefined);
    throw error;
  }
}

/** Resolves after a time that doesn't keep the process running. */
function expiry(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

/** The same with refusals in place of the client's errors. */
export function refusing(ask: Ask): Ask {
  return async (statement, values) => {
    try {
      return await ask(statement, values);
    } catch (error) {
      throw refusalFor(error);
    }
  };
}
