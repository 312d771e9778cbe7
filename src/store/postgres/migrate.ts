/**
 * Brings a database to the newest schema. Our tables lie in a schema of their own, `stixgate`; each step
 * and its number are written in one transaction. Processes that start together take turns.
 */

import pg, { type Client, type ClientConfig } from "pg";
import { AppError } from "../../wire/index.ts";
import type { Layout } from "./layout.ts";
import { logAndIndex } from "./migrations/0001-log-and-index.ts";
import { identities } from "./migrations/0002-identities.ts";
import { documents } from "./migrations/0003-documents.ts";
import { search } from "./migrations/0004-search.ts";
import { retention } from "./migrations/0005-retention.ts";

/** One step; the statements depend on where large tables go. */
export type Migration = (layout: Layout) => string;

/** The steps in order; the first makes schema 1. A step that was released is never edited. */
export const MIGRATIONS: readonly Migration[] = [
  logAndIndex,
  identities,
  documents,
  search,
  retention,
];

/** Names of our advisory locks: two numbers, the first of which is "STIX" in ASCII. */
export const LOCK: {
  readonly migrate: string;
  readonly index: string;
  readonly search: string;
  readonly documents: string;
  readonly retention: string;
} = {
  migrate: "1398032728, 1",
  index: "1398032728, 2",
  search: "1398032728, 3",
  documents: "1398032728, 4",
  retention: "1398032728, 5",
};

/**
 * A step may rewrite a large table, so statements have no time limit here; a process that starts meanwhile
 * waits so long for its turn.
 */
const LOCK_TIMEOUT_MS = 10 * 60_000;

/** Brings a database to the newest schema, then does some work on the same connection. @throws as `migrate` */
export async function withMigrated<T>(
  config: ClientConfig,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    ...config,
    query_timeout: 0,
    statement_timeout: 0,
    lock_timeout: LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: 0,
  });
  // A broken connection also fails the statement under way, or the next: nothing more to be done here.
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query("SET statement_timeout = 0");
    await migrate(client);
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Runs the steps that are missing.
 * @throws AppError `store_unavailable` when a newer version of the program wrote the database, or the
 *   schema `stixgate` is another program's; what the server throws
 */
async function migrate(
  client: Client,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<void> {
  await client.query(`SELECT pg_advisory_lock(${LOCK.migrate})`);
  try {
    await client.query("CREATE SCHEMA IF NOT EXISTS stixgate");
    const schema = await schemaOf(client);
    if (schema > migrations.length) {
      throw new AppError(
        "store_unavailable",
        `The PostgreSQL store has schema ${schema}, and this version of the program knows schemas up ` +
          `to ${migrations.length}: a newer version has opened it. Run that version, or restore a backup.`,
      );
    }
    const layout = await layoutOf(client);
    for (const [at, step] of migrations.entries()) {
      if (at >= schema) {
        await runStep(client, at + 1, step(layout));
      }
    }
  } finally {
    // A connection that was lost has given the lock back already.
    await client.query(`SELECT pg_advisory_unlock(${LOCK.migrate})`).catch(() => undefined);
  }
}

async function schemaOf(client: Client): Promise<number> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class
      WHERE relnamespace = 'stixgate'::regnamespace AND relkind IN ('r', 'p')`,
  );
  if (!rows.some(({ name }) => name === "migration")) {
    if (rows.length > 0) {
      throw new AppError(
        "store_unavailable",
        "The PostgreSQL schema stixgate holds tables of another program. Choose another database.",
      );
    }
    await client.query(
      `CREATE TABLE stixgate.migration (
        schema integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`,
    );
  }
  const found = await client.query<{ schema: number }>(
    "SELECT coalesce(max(schema), 0) AS schema FROM stixgate.migration",
  );
  return found.rows[0]?.schema ?? 0;
}

async function layoutOf(client: Client): Promise<Layout> {
  const { rowCount } = await client.query("SELECT FROM pg_extension WHERE extname = 'citus'");
  return rowCount === 0 ? "partitions" : "citus";
}

async function runStep(client: Client, schema: number, statements: string): Promise<void> {
  await client.query("BEGIN");
  try {
    await client.query(statements);
    await client.query("INSERT INTO stixgate.migration (schema) VALUES ($1)", [schema]);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}
