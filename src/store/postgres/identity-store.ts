/**
 * Identities in a PostgreSQL database, for several servers that share one. The whole content is small: each
 * row stands as JSON under its table's name and key, and one number counts the changes.
 *
 * Readers hold an immutable snapshot in memory and ask the server for that number at most once in
 * `FRESH_MS`, so a change made by another process is seen within that time. Writers take turns by the lock
 * of the number's row.
 */

import pg, { type ClientBase, type Pool } from "pg";
import type {
  IdentityChange,
  IdentitySnapshot,
  IdentityStore,
  IdentityTable,
} from "../identity.ts";
import { TABLE_MAPPINGS, type TableMapping } from "../identity-columns.ts";
import { storeClosed } from "../store-errors.ts";
import { refusalFor } from "./faults.ts";
import { withMigrated } from "./migrate.ts";
import { clientConfig, POSTGRES_STORE_LIMITS, type PostgresServer } from "./options.ts";

/** How long a snapshot is believed without asking: far below the time a person needs to notice. */
const FRESH_MS = 100;

/** One reads, one writes; both do so rarely. */
const CONNECTIONS_MAX = 2;

/** Where identities are kept. */
export interface PostgresIdentityOptions {
  /** A URL `postgresql://user:password@host:port/database?sslmode=…`, or the same spelled out. */
  readonly connection: string | PostgresServer;
  /** Milliseconds of a clock that does not jump; the process's own when left out. */
  readonly monotonicMs?: () => number;
}

interface Cached {
  readonly snapshot: IdentitySnapshot;
  readonly version: string;
  readonly checkedMs: number;
}

/**
 * Opens the identity store of a database, bringing it to the newest schema where needed.
 * @throws AppError `store_unavailable` when the server can't be reached or a newer version of the program
 *   wrote the database; `settings_invalid` when the address can't be read
 */
export async function openPostgresIdentityStore({
  connection,
  monotonicMs = () => performance.now(),
}: PostgresIdentityOptions): Promise<IdentityStore> {
  const config = clientConfig(connection, POSTGRES_STORE_LIMITS);
  await refusing(() => withMigrated(config, () => Promise.resolve()));
  const pool = new pg.Pool({ ...config, max: CONNECTIONS_MAX });
  // An idle connection that breaks is replaced by the pool; the next call makes another.
  pool.on("error", () => undefined);
  let cached: Cached | undefined;
  let reading: Promise<IdentitySnapshot> | undefined;
  let closed = false;

  async function readFresh(): Promise<IdentitySnapshot> {
    const checkedMs = monotonicMs();
    const version = await versionOf(pool);
    if (cached?.version === version) {
      cached = { ...cached, checkedMs };
      return cached.snapshot;
    }
    const next = await inTransaction(pool, READ_ALL_AT_ONCE, readAll);
    cached = { ...next, checkedMs };
    return next.snapshot;
  }

  return {
    async snapshot() {
      refuseWhen(closed);
      if (cached !== undefined && monotonicMs() - cached.checkedMs < FRESH_MS) {
        return cached.snapshot;
      }
      reading ??= refusing(readFresh).finally(() => {
        reading = undefined;
      });
      return reading;
    },
    async update(decide) {
      refuseWhen(closed);
      await refusing(() =>
        inTransaction(pool, "BEGIN", async (client) => {
          await client.query("SELECT version FROM stixgate.identity_version FOR UPDATE");
          const { snapshot } = await readAll(client);
          const changes = decide(snapshot);
          for (const change of changes) {
            await apply(client, change);
          }
          if (changes.length > 0) {
            await client.query("UPDATE stixgate.identity_version SET version = version + 1");
          }
        }),
      );
      cached = undefined;
    },
    async close() {
      if (!closed) {
        closed = true;
        await pool.end();
      }
    },
  };
}

/** Version and rows must be of one moment. */
const READ_ALL_AT_ONCE = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

function refuseWhen(closed: boolean): void {
  if (closed) {
    throw storeClosed();
  }
}

async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw refusalFor(error);
  }
}

async function versionOf(client: Pool | ClientBase): Promise<string> {
  const { rows } = await client.query<{ version: string }>(
    "SELECT version FROM stixgate.identity_version",
  );
  return rows[0]?.version ?? "";
}

interface StoredRow {
  readonly kind: string;
  readonly content: Readonly<Record<string, unknown>>;
}

async function readAll(client: ClientBase): Promise<Omit<Cached, "checkedMs">> {
  const version = await versionOf(client);
  const { rows } = await client.query<StoredRow>(
    "SELECT kind, content FROM stixgate.identity_row ORDER BY place",
  );
  const byKind = Map.groupBy(rows, ({ kind }) => kind);
  const tables = Object.entries(TABLE_MAPPINGS).map(([table, mapping]) => [
    table,
    Object.freeze((byKind.get(table) ?? []).map(({ content }) => fromContent(mapping, content))),
  ]);
  return { version, snapshot: Object.freeze(Object.fromEntries(tables)) as IdentitySnapshot };
}

async function apply(client: ClientBase, change: IdentityChange): Promise<void> {
  if (change.kind === "remove") {
    await client.query("DELETE FROM stixgate.identity_row WHERE kind = $1 AND key = $2", [
      change.table,
      change.key,
    ]);
    return;
  }
  const row: Readonly<Record<string, unknown>> = { ...change.row };
  await client.query(
    `INSERT INTO stixgate.identity_row (kind, key, content) VALUES ($1, $2, $3)
     ON CONFLICT (kind, key) DO UPDATE SET content = excluded.content`,
    [change.table, row[keyProperty(change.table)], JSON.stringify(toContent(change.table, row))],
  );
}

function keyProperty(table: IdentityTable): string {
  return TABLE_MAPPINGS[table].columns[0]?.property ?? "";
}

/** JSON has no bytes: they are written in base64. */
function toContent(
  table: IdentityTable,
  row: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const entries = TABLE_MAPPINGS[table].columns.map(({ property, kind }) => {
    const value = row[property];
    return [
      property,
      kind === "blob" ? Buffer.from(value as Uint8Array).toString("base64") : value,
    ];
  });
  return Object.fromEntries(entries);
}

function fromContent(mapping: TableMapping, content: Readonly<Record<string, unknown>>): object {
  const entries = mapping.columns.map(({ property, kind }) => {
    const value = content[property] ?? null;
    const isList = kind === "list" && Array.isArray(value);
    return [
      property,
      kind === "blob"
        ? new Uint8Array(Buffer.from(String(value), "base64"))
        : isList
          ? Object.freeze(value)
          : value,
    ];
  });
  return Object.freeze(Object.fromEntries(entries));
}

async function inTransaction<T>(
  pool: Pool,
  begin: string,
  work: (client: ClientBase) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let fault: Error | undefined;
  try {
    await client.query(begin);
    const result = await work(client);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch((rollbackError: Error) => {
      fault = rollbackError;
    });
    throw error;
  } finally {
    // A connection that could not even roll back is thrown away.
    client.release(fault);
  }
}
