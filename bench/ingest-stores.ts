/**
 * The places that ingest is measured in: the embedded store of a data directory, and a PostgreSQL server that
 * is started for the measurement in a temporary directory, flushes to disk as in production, and is gone
 * afterwards.
 */

import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { openPostgresStore, openSqliteStore, type Store } from "../src/store/index.ts";
import { postgresMissing, startPostgres } from "../test/support/postgres.ts";
import { cpuMicrosOf } from "./server-process.ts";

/** The engines that can be measured. */
export type IngestStoreKind = "sqlite" | "postgres";

/** What the embedded store can keep in memory. */
export type MemoryMode = "tables" | "bounded";

/** Where objects go in a measurement. */
export interface IngestStore {
  /** What the server is told of it, `name=value` each. */
  readonly settings: readonly string[];
  /** Opens it without a server. */
  readonly open: () => Promise<Store>;
  readonly diskBytes: () => Promise<number>;
  /** Processor time of a database server so far; null without one, or where /proc doesn't tell. */
  readonly databaseCpuMicros: () => Promise<number | null>;
  readonly stop: () => Promise<void>;
}

/** Name of the file that the ceiling is measured with: it isn't part of the store. */
export const CEILING_FILE: string = "ceiling";

/** Makes an empty store of a kind; `directory` is the server's data directory. */
export async function openIngestStore(
  { store, memory }: { readonly store: IngestStoreKind; readonly memory: MemoryMode },
  directory: string,
): Promise<IngestStore> {
  return store === "sqlite" ? inDirectory(directory, memory) : await onPostgres();
}

function inDirectory(directory: string, memory: MemoryMode): IngestStore {
  return {
    settings: [`store.memory=${memory}`],
    open: () => openSqliteStore({ directory, memory }),
    diskBytes: () => bytesIn(directory),
    databaseCpuMicros: async () => null,
    stop: async () => undefined,
  };
}

async function onPostgres(): Promise<IngestStore> {
  const missing = postgresMissing();
  if (missing !== false) {
    throw new Error(`Ingest can't be measured on PostgreSQL: ${missing}.`);
  }
  const cluster = await startPostgres();
  const connection = await cluster.newDatabase();
  const ask = (sql: string): Promise<Record<string, unknown>[]> =>
    cluster.query(sql, new URL(connection).pathname.slice(1));
  return {
    settings: ["store.kind=postgres", `store.postgresUrl=${connection}`],
    open: () => openPostgresStore({ connection }),
    async diskBytes() {
      const [row] = await ask("SELECT pg_database_size(current_database()) AS bytes");
      return Number(row?.["bytes"]);
    },
    async databaseCpuMicros() {
      const processes = await ask("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()");
      const times = await Promise.all(processes.map(({ pid }) => cpuMicrosOf(Number(pid))));
      return times.some((time) => time !== null)
        ? times.reduce((sum: number, time) => sum + (time ?? 0), 0)
        : null;
    },
    stop: cluster.stop,
  };
}

async function bytesIn(directory: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const isCounted = entry.isFile() && entry.name !== CEILING_FILE;
    bytes += isCounted ? (await stat(join(entry.parentPath, entry.name))).size : 0;
  }
  return bytes;
}
