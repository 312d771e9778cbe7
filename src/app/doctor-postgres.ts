/** Examines a store on PostgreSQL: the server, its copies, and whether log and indexes agree. Changes nothing. */

import {
  inspectPostgresStore,
  type PostgresInspection,
  type PostgresServerFacts,
} from "../store/index.ts";
import { type Check, type Found, failure, ok, warning } from "./doctor-checks.ts";

/** What is examined, and how thoroughly. */
export interface ExaminePostgresOptions {
  readonly url: string;
  readonly quick: boolean;
}

/** Of all connections, in percent: beyond it the next server may find none. */
const CONNECTIONS_PERCENT_MAX = 90;

const MIB = 1024 * 1024;

/** A copy that is further behind isn't catching up, or hangs. */
const REPLICA_LAG_BYTES_MAX = 256 * MIB;

/** Each check by its name; a server that can't be reached is the only one then. */
export async function examinePostgres({
  url,
  quick,
}: ExaminePostgresOptions): Promise<readonly Check[]> {
  let found: PostgresInspection;
  try {
    found = await inspectPostgresStore({ connection: url, quick });
  } catch (error) {
    return [{ name: "PostgreSQL", ...failure(reasonOf(error)) }];
  }
  const { server } = found;
  const looks: Readonly<Record<string, Found>> = {
    PostgreSQL: lookAtServer(server),
    connections: lookAtConnections(server),
    replication: lookAtReplication(server),
    Citus: lookAtCitus(server),
    schema: lookAtSchema(found),
    ...(found.state === "current" ? storeLooks(found) : {}),
  };
  return Object.entries(looks).map(([name, look]) => ({ name, ...look }));
}

function storeLooks(found: PostgresInspection): Readonly<Record<string, Found>> {
  return {
    "log and index": lookAtLog(found),
    "search index": lookAtSearches(found),
    receipts: lookAtReceipts(found),
  };
}

function reasonOf(error: unknown): string {
  const { message, detail } = error as { readonly message?: string; readonly detail?: string };
  return `It can't be examined: ${detail ?? message ?? String(error)}`;
}

function lookAtServer({ version, isStandby, isAutovacuumOn }: PostgresServerFacts): Found {
  if (isStandby) {
    return failure(
      `Version ${version}, a copy that can't be written to: give the address of the server it follows.`,
    );
  }
  return isAutovacuumOn
    ? ok(`Version ${version}; it can be written to.`)
    : warning(
        `Version ${version}, with autovacuum off: what is dropped keeps its room. Turn it on.`,
      );
}

function lookAtConnections({ connectionsUsed, connectionsMax }: PostgresServerFacts): Found {
  const detail = `${connectionsUsed} of ${connectionsMax} are in use.`;
  return 100 * connectionsUsed > CONNECTIONS_PERCENT_MAX * connectionsMax
    ? warning(
        `${detail} Raise max_connections of the database, or lower store.postgresReadConnections.`,
      )
    : ok(detail);
}

function lookAtReplication(server: PostgresServerFacts): Found {
  const { replicas, synchronousStandbyNames: names } = server;
  if (replicas === null) {
    return ok("The user may not see it; GRANT pg_monitor TO the user shows it here.");
  }
  const isWaitedFor = replicas.some(({ syncState }) => ["sync", "quorum"].includes(syncState));
  if (names !== "" && !isWaitedFor) {
    return failure(
      `Commits wait for a copy that isn't there (synchronous_standby_names is '${names}'): uploads hang.`,
    );
  }
  if (replicas.length === 0) {
    return ok("No copy follows the server.");
  }
  const detail = replicas
    .map(({ name, state, syncState, lagBytes }) => {
      const lag = lagBytes === null ? "lag unknown" : `${Math.ceil(lagBytes / MIB)} MiB behind`;
      return `${name}: ${state}, ${syncState}, ${lag}`;
    })
    .join("; ");
  const isBehind = replicas.some(
    ({ state, lagBytes }) => state !== "streaming" || (lagBytes ?? 0) > REPLICA_LAG_BYTES_MAX,
  );
  return isBehind ? warning(`${detail}.`) : ok(`${detail}.`);
}

function lookAtCitus({ citus }: PostgresServerFacts): Found {
  return citus === null
    ? ok("Not installed: large tables lie in partitions of this server.")
    : ok(`Version ${citus}: what was made with it is spread over its workers.`);
}

function lookAtSchema({ schema, state, faults }: PostgresInspection): Found {
  const found: Readonly<Record<typeof state, Found>> = {
    empty: ok("No server has opened this database yet: the first start makes the tables."),
    outdated: ok(`Schema ${schema} of an earlier version: the next start brings it up to date.`),
    current: ok(`Schema ${schema}, the newest.`),
    newer: failure(faults.join("; ")),
  };
  return found[state];
}

function lookAtLog(found: PostgresInspection): Found {
  const { requests, objects, versions, appended, indexed, faults } = found;
  if (faults.length > 0) {
    return failure(faults.join("; "));
  }
  const counts = `${requests} requests, ${objects} objects, ${versions} versions`;
  return appended === indexed
    ? ok(`In step: ${counts}.`)
    : ok(`${counts}; the index is ${appended - indexed} requests behind the log and catches up.`);
}

function lookAtSearches({ indexed, searchable }: PostgresInspection): Found {
  return searchable === indexed
    ? ok("In step.")
    : ok(`${indexed - searchable} requests behind the index; it catches up while a server runs.`);
}

function lookAtReceipts({ oldestReceipt, oldestRejected }: PostgresInspection): Found {
  const rejected =
    oldestRejected === null
      ? "there are no rejected records"
      : `the oldest rejected records are of ${oldestRejected}`;
  return ok(
    oldestReceipt === null ? "There are none." : `The oldest is of ${oldestReceipt}; ${rejected}.`,
  );
}
