/**
 * Looks at a PostgreSQL store from outside: what the server says of itself, how far the indexes are, and whether log
 * and index agree, as of one moment. Changes nothing and may run beside servers.
 */

import pg, { type Client } from "pg";
import { decodeObjects, unpack } from "../payload.ts";
import { bigints } from "./array-parameters.ts";
import { refusalFor } from "./faults.ts";
import { MIGRATIONS } from "./migrate.ts";
import { clientConfig, POSTGRES_STORE_LIMITS, type PostgresServer } from "./options.ts";

/** What a store on PostgreSQL holds, and what is wrong with it. */
export interface PostgresInspection {
  readonly server: PostgresServerFacts;
  readonly schema: number;
  /** Only where the schema is `current` something else has been looked at; `empty`: no server has opened it yet. */
  readonly state: "empty" | "outdated" | "current" | "newer";
  /** Requests in the log, and the last sequence given. */
  readonly requests: number;
  readonly appended: number;
  readonly indexed: number;
  readonly searchable: number;
  readonly objects: number;
  readonly versions: number;
  /** Arrival of the oldest request whose receipt is kept: RFC 3339, UTC. */
  readonly oldestReceipt: string | null;
  /** The same of requests whose rejected records are kept. */
  readonly oldestRejected: string | null;
  /** One sentence each; empty when the store is sound. */
  readonly faults: readonly string[];
}

/** What the server says of itself. */
export interface PostgresServerFacts {
  /** As `SHOW server_version` says it. */
  readonly version: string;
  /** Version of the extension Citus; null where it isn't installed in the database. */
  readonly citus: string | null;
  /** The database is a copy that follows another and can't be written to. */
  readonly isStandby: boolean;
  /** Copies that follow it; null where the user may not see them. */
  readonly replicas: readonly PostgresReplica[] | null;
  /** The copies that commits wait for, as the server is set; empty when they wait for none. */
  readonly synchronousStandbyNames: string;
  readonly connectionsUsed: number;
  readonly connectionsMax: number;
  /** Whether the server tidies up by itself, without which dropped rows keep their room. */
  readonly isAutovacuumOn: boolean;
}

/** A copy that follows the server. */
export interface PostgresReplica {
  readonly name: string;
  /** `streaming` when it is in step. */
  readonly state: string;
  /** `sync` or `quorum` when commits wait for it, else `async` or `potential`. */
  readonly syncState: string;
  /** Bytes of the log that it has yet to apply; null when that isn't known. */
  readonly lagBytes: number | null;
}

/** How thoroughly a store is looked at. */
export interface PostgresInspectOptions {
  readonly connection: string | PostgresServer;
  /** Leaves out whatever reads every object or every record. */
  readonly quick: boolean;
}

/** Reading everything takes as long as it takes. */
const NO_TIME_LIMIT = { statement_timeout: 0, query_timeout: 0 };

/** Faults of one kind that are told one by one. */
const FAULTS_MAX = 20;

/** Requests whose records are in memory together. */
const REQUESTS_PER_READ = 100;

/** @throws AppError `store_unavailable` when the server can't be reached; `settings_invalid` */
export async function inspectPostgresStore({
  connection,
  quick,
}: PostgresInspectOptions): Promise<PostgresInspection> {
  const config = clientConfig(connection, POSTGRES_STORE_LIMITS);
  const client = new pg.Client({ ...config, ...NO_TIME_LIMIT });
  // A broken connection also fails the statement under way, or the next.
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const server = await serverFacts(client);
    const schema = await schemaOf(client);
    const known = MIGRATIONS.length;
    if (schema === known) {
      return { server, schema, state: "current", ...(await inspect(client, quick)) };
    }
    if (schema > known) {
      const fault = `the schema ${schema} is newer than this program, which knows ${known}`;
      return { ...NOTHING, server, schema, state: "newer", faults: [fault] };
    }
    return { ...NOTHING, server, schema, state: schema === 0 ? "empty" : "outdated" };
  } catch (error) {
    throw refusalFor(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

const NOTHING = {
  ...{ requests: 0, appended: 0, indexed: 0, searchable: 0, objects: 0, versions: 0 },
  ...{ oldestReceipt: null, oldestRejected: null, faults: [] },
};

const SERVER = `SELECT current_setting('server_version') AS version,
  (SELECT extversion FROM pg_extension WHERE extname = 'citus') AS citus,
  pg_is_in_recovery() AS "isStandby",
  current_setting('synchronous_standby_names') AS "synchronousStandbyNames",
  (SELECT count(*)::integer FROM pg_stat_activity WHERE backend_type = 'client backend') AS "connectionsUsed",
  current_setting('max_connections')::integer AS "connectionsMax",
  current_setting('autovacuum') = 'on' AS "isAutovacuumOn",
  (current_setting('is_superuser') = 'on' OR pg_has_role('pg_monitor', 'USAGE')
    OR pg_has_role('pg_read_all_stats', 'USAGE')) AS "seesReplicas"`;

/** Of a copy itself that is followed in turn, the place in the log is asked for otherwise. */
const REPLICAS = `SELECT application_name AS name, state, sync_state AS "syncState",
  pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
    ELSE pg_current_wal_lsn() END, replay_lsn)::double precision AS "lagBytes"
  FROM pg_stat_replication ORDER BY application_name`;

async function serverFacts(client: Client): Promise<PostgresServerFacts> {
  type Row = Omit<PostgresServerFacts, "replicas"> & { readonly seesReplicas: boolean };
  const [row] = (await client.query<Row>(SERVER)).rows;
  if (row === undefined) {
    throw new RangeError("the server says nothing of itself");
  }
  const { seesReplicas, ...facts } = row;
  const replicas = seesReplicas ? (await client.query<PostgresReplica>(REPLICAS)).rows : null;
  return { ...facts, replicas };
}

async function schemaOf(client: Client): Promise<number> {
  const sql = "SELECT to_regclass('stixgate.migration') IS NOT NULL AS found";
  const [row] = (await client.query<{ found: boolean }>(sql)).rows;
  return row?.found === true
    ? await numberOf(client, "SELECT max(schema) FROM stixgate.migration")
    : 0;
}

async function numberOf(client: Client, sql: string): Promise<number> {
  const [row] = (await client.query<Record<string, unknown>>(sql)).rows;
  return Number(Object.values(row ?? {})[0] ?? 0);
}

async function inspect(client: Client, quick: boolean) {
  const number = (sql: string): Promise<number> => numberOf(client, sql);
  const faults: string[] = [];
  const expect = (isSo: boolean, fault: string): void => {
    if (!isSo) {
      faults.push(fault);
    }
  };
  const appended = await number("SELECT appended FROM stixgate.log_position");
  const indexed = await number("SELECT sequence FROM stixgate.index_position");
  const searchable = await number("SELECT sequence FROM stixgate.search_position");
  const objects = await number("SELECT count(*) FROM stixgate.object WHERE workspace > 0");
  const versions = await number("SELECT count(*) FROM stixgate.version");
  expect(indexed <= appended, `the index is at ${indexed}, the log ends at ${appended}`);
  expect(searchable <= indexed, `searches are at ${searchable}, the index is at ${indexed}`);
  const newest = await number("SELECT max(change) FROM stixgate.version");
  const lastChange = await number("SELECT change FROM stixgate.index_position");
  expect(newest <= lastChange, `version ${newest} is newer than the last, ${lastChange}`);
  const counted = await number("SELECT sum(count) FROM stixgate.object_count");
  expect(counted === objects, `${objects} objects are stored, and ${counted} are counted`);
  const unindexed = await number(
    `SELECT count(*) FROM stixgate.request LEFT JOIN stixgate.index_result
        ON index_result.workspace = request.workspace AND index_result.sequence = request.sequence
      WHERE index_result.sequence IS NULL AND request.sequence <= ${indexed}`,
  );
  expect(unindexed === 0, `${unindexed} requests were passed over by the index`);
  if (!quick) {
    const lost = await number(
      `SELECT count(*) FROM stixgate.object LEFT JOIN stixgate.version
          ON version.place = object.place AND version.change = object.change
        WHERE version.object IS DISTINCT FROM object.id`,
    );
    expect(lost === 0, `${lost} objects have no current version`);
    if (searchable === indexed) {
      const found = await number("SELECT count(*) FROM stixgate.found");
      expect(found === objects, `${objects} objects are stored, and searches know ${found}`);
    }
    faults.push(...(await recordFaults(client)));
  }
  const requests = await number("SELECT count(*) FROM stixgate.request");
  const oldest = {
    oldestReceipt: await oldestOf(client, "request"),
    oldestRejected: await oldestOf(client, "quarantine"),
  };
  return { requests, appended, indexed, searchable, objects, versions, ...oldest, faults };
}

async function oldestOf(client: Client, table: "request" | "quarantine"): Promise<string | null> {
  const sql = `SELECT min(received_at COLLATE "C") AS at FROM stixgate.${table}`;
  return (await client.query<{ at: string | null }>(sql)).rows[0]?.at ?? null;
}

const REQUESTS = `SELECT request.sequence, request.accepted, log_garbage.records,
    request_objects.codec, request_objects.payload
  FROM (SELECT * FROM stixgate.request WHERE sequence > $1 AND accepted > 0
    ORDER BY sequence LIMIT $2) AS request
  LEFT JOIN stixgate.request_objects ON request_objects.workspace = request.workspace
    AND request_objects.sequence = request.sequence
  LEFT JOIN stixgate.log_garbage ON log_garbage.workspace = request.workspace
    AND log_garbage.sequence = request.sequence
  ORDER BY request.sequence`;

const REFERRED = `SELECT sequence, record FROM stixgate.version WHERE sequence = ANY ($1::bigint[])`;

interface RequestRow {
  readonly sequence: string;
  readonly accepted: number;
  readonly records: number | null;
  readonly codec: number | null;
  readonly payload: Buffer | null;
}

/** Unpacks the records of every request, and compares them with what was acknowledged and what versions refer to. */
async function recordFaults(client: Client): Promise<string[]> {
  const faults: string[] = [];
  let after = "0";
  for (;;) {
    const { rows } = await client.query<RequestRow>(REQUESTS, [after, REQUESTS_PER_READ]);
    const last = rows.at(-1);
    if (last === undefined) {
      return faults;
    }
    after = last.sequence;
    const sequences = bigints(rows.map(({ sequence }) => Number(sequence)));
    const referred = await client.query<{ sequence: string; record: number }>(REFERRED, [
      sequences,
    ]);
    const places = Map.groupBy(referred.rows, ({ sequence }) => sequence);
    for (const row of rows) {
      const records = places.get(row.sequence)?.map(({ record }) => record) ?? [];
      const fault = recordFault(row, records);
      faults.push(...(fault === undefined ? [] : [`request ${row.sequence}: ${fault}`]));
    }
    if (faults.length >= FAULTS_MAX) {
      return [...faults.slice(0, FAULTS_MAX), "and perhaps more"];
    }
  }
}

function recordFault(row: RequestRow, referred: readonly number[]): string | undefined {
  const { accepted, records, codec, payload } = row;
  // Retention has written down how many it has left.
  const expected = records ?? accepted;
  if (codec === null || payload === null) {
    return expected === 0 && referred.length === 0 ? undefined : "its records are missing";
  }
  try {
    const stored = decodeObjects(unpack({ codec, payload }));
    const kept = stored.filter(({ facts }) => facts.length > 0).length;
    if (stored.length !== accepted || kept !== expected) {
      return `it holds ${kept} records of ${expected}`;
    }
    const lost = referred.filter((place) => (stored[place]?.facts.length ?? 0) === 0);
    return lost.length === 0 ? undefined : `${lost.length} versions have lost their records`;
  } catch (error) {
    return `its records can't be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}
