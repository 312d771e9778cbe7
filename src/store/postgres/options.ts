/** Where a PostgreSQL store is, what it may use, and how its sessions are set up. */

import type { ClientConfig } from "pg";
import { AppError } from "../../wire/index.ts";
import type { IndexBrakeLimits } from "../index-brake.ts";
import type { Retention } from "../retention-rounds.ts";

/** A server, spelled out. */
export interface PostgresServer {
  readonly host: string;
  readonly port?: number;
  readonly database: string;
  readonly user: string;
  readonly password?: string;
  /** TLS as `node:tls` takes it; `true` checks the certificate against the system's authorities. */
  readonly ssl?: boolean | { readonly ca?: string; readonly servername?: string };
}

/** Where a store is, and its limits. */
export interface PostgresStoreOptions extends Partial<PostgresStoreLimits> {
  /** A URL `postgresql://user:password@host:port/database?sslmode=…`, or the same spelled out. */
  readonly connection: string | PostgresServer;
  /** Source of `ingestedAt`; the system's clock when left out. */
  readonly clock?: () => Date;
  /** How long things are kept; for ever when left out. Processes on one database should say the same. */
  readonly retention?: Retention;
}

/** What a process may hold in memory, take of the server, and wait for. */
export interface PostgresStoreLimits extends IndexBrakeLimits {
  /** Appends that may wait for their commit. */
  readonly pendingAppendsMax: number;
  /** Bytes of the appends that may wait. */
  readonly pendingAppendBytesMax: number;
  /** Bytes of one request; PostgreSQL itself ends a value at a thousand million. */
  readonly requestBytesMax: number;
  /** Reads that may wait for their turn. */
  readonly pendingReadsMax: number;
  /** Connections for reads; two more are for appends and probes, two for searches, up to three for the indexes,
   * one now and then for retention. */
  readonly readConnectionsMax: number;
  /** How long a connection may take to be made, or a call may wait for a free one. */
  readonly connectTimeoutMs: number;
  /** How long the server may work on one statement. */
  readonly statementTimeoutMs: number;
  /** How much later than the server the client gives up: then nothing comes back at all. */
  readonly answerGraceMs: number;
  /** How long a statement may wait for a lock. */
  readonly lockTimeoutMs: number;
  /** How long the process that indexes may be silent before another takes over. */
  readonly indexLeaseMs: number;
  /** How often the positions are read where no notification comes. */
  readonly pollIntervalMs: number;
}

const MIB = 1024 * 1024;

/** The limits where nothing else is said. */
export const POSTGRES_STORE_LIMITS: PostgresStoreLimits = {
  pendingAppendsMax: 1_000,
  pendingAppendBytesMax: 256 * MIB,
  requestBytesMax: 128 * MIB,
  pendingReadsMax: 1_000,
  // PostgreSQL allows 100 connections unless told otherwise: nine processes fit.
  readConnectionsMax: 4,
  indexLagRequestsFree: 2_000,
  indexLagRequestsMax: 50_000,
  appendDelayMsMax: 500,
  connectTimeoutMs: 5_000,
  statementTimeoutMs: 30_000,
  answerGraceMs: 5_000,
  lockTimeoutMs: 10_000,
  indexLeaseMs: 30_000,
  pollIntervalMs: 1_000,
};

/** A peer that has gone away is noticed after this much silence. */
const KEEP_ALIVE_MS = 10_000;

const SCHEMES: ReadonlySet<string> = new Set(["postgres:", "postgresql:"]);

/**
 * The client's settings for a store.
 * @throws AppError `settings_invalid` when the address can't be read; the message doesn't repeat it, since
 *   it holds the password
 */
export function clientConfig(
  connection: PostgresStoreOptions["connection"],
  limits: PostgresStoreLimits,
): ClientConfig {
  return {
    ...(typeof connection === "string" ? { connectionString: checked(connection) } : connection),
    application_name: "stixgate",
    connectionTimeoutMillis: limits.connectTimeoutMs,
    statement_timeout: limits.statementTimeoutMs,
    lock_timeout: limits.lockTimeoutMs,
    idle_in_transaction_session_timeout: limits.statementTimeoutMs,
    query_timeout: limits.statementTimeoutMs + limits.answerGraceMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
  };
}

function checked(connection: string): string {
  if (!URL.canParse(connection) || !SCHEMES.has(new URL(connection).protocol)) {
    throw new AppError(
      "settings_invalid",
      "The address of the PostgreSQL server isn't a URL such as " +
        "postgresql://user:password@host:5432/database. Special characters of the password are " +
        "written as percent codes.",
      { field: "connection" },
    );
  }
  return connection;
}
