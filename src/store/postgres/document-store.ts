/**
 * Documents and the audit log in a PostgreSQL database, for several servers that share one. Writers take turns by one
 * advisory lock, so that notes have their positions in the order of commits; people write rarely.
 */
import pg, { type ClientBase } from "pg";
import {
  DOCUMENT_COLUMNS,
  NOTE_COLUMNS,
  noteValues,
  toAuditPage,
  toDocument,
} from "../document-rows.ts";
import {
  type AuditEntry,
  type AuditNote,
  type AuditQuery,
  checkRevision,
  cursorOfName,
  type DocumentChange,
  type DocumentKey,
  type DocumentStore,
  documentText,
  nameOfCursor,
  type StoredDocument,
} from "../documents.ts";
import { checkLimit, PAGE_ITEMS_MAX, positionOf } from "../paging.ts";
import type { Page } from "../store.ts";
import { storeClosed } from "../store-errors.ts";
import { refusalFor } from "./faults.ts";
import { LOCK, withMigrated } from "./migrate.ts";
import { clientConfig, POSTGRES_STORE_LIMITS, type PostgresServer } from "./options.ts";

/** A page of the web reads a few things at once; more wait for their turn. */
const CONNECTIONS_MAX = 3;

const WRITERS_TAKE_TURNS = `SELECT pg_advisory_xact_lock(${LOCK.documents})`;

/** What the store is opened with. */
export interface PostgresDocumentOptions {
  readonly connection: string | PostgresServer;
  readonly now: () => Date;
}

/** Opens the documents of a database. @throws AppError `store_unavailable`, `settings_invalid` */
export async function openPostgresDocumentStore({
  connection,
  now,
}: PostgresDocumentOptions): Promise<DocumentStore> {
  const config = clientConfig(connection, POSTGRES_STORE_LIMITS);
  await refusing(() => withMigrated(config, () => Promise.resolve()));
  const pool = new pg.Pool({ ...config, max: CONNECTIONS_MAX });
  // An idle connection that breaks is replaced by the pool; the next call makes another.
  pool.on("error", () => undefined);
  let closed = false;

  async function run<T>(work: () => Promise<T>): Promise<T> {
    if (closed) {
      throw storeClosed();
    }
    return refusing(work);
  }

  return {
    get: (key) => run(() => readDocument(pool, key)),
    list: ({ workspaceId, kind, limit, cursor }) =>
      run(async () => {
        checkLimit(limit, PAGE_ITEMS_MAX);
        const { rows } = await pool.query<Row>(
          `SELECT ${DOCUMENT_COLUMNS} FROM stixgate.document
            WHERE workspace_id = $1 AND kind = $2 AND name > $3 ORDER BY name LIMIT $4`,
          [workspaceId, kind, nameOfCursor(cursor), limit + 1],
        );
        const items = rows.slice(0, limit).map(toDocument);
        return { items, next: rows.length > limit ? cursorOfName(items.at(-1)?.name) : null };
      }),
    everywhere: (kind) =>
      run(async () => {
        const { rows } = await pool.query<Row>(
          `SELECT ${DOCUMENT_COLUMNS} FROM stixgate.document WHERE kind = $1`,
          [kind],
        );
        return rows.map(toDocument);
      }),
    commit: (changes, notes = []) => run(() => commit(pool, changes, notes, now().toISOString())),
    audit: (query) => run(() => readAudit(pool, query)),
    forgetAuditBefore: (instant) =>
      run(async () => {
        const { rowCount } = await pool.query("DELETE FROM stixgate.audit WHERE at < $1", [
          instant,
        ]);
        return rowCount ?? 0;
      }),
    async close() {
      if (!closed) {
        closed = true;
        await pool.end();
      }
    },
  };
}

async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw refusalFor(error);
  }
}

type Row = Readonly<Record<string, unknown>>;
type Reader = Pick<ClientBase, "query">;

async function commit(
  pool: pg.Pool,
  changes: readonly DocumentChange[],
  notes: readonly AuditNote[],
  at: string,
): Promise<readonly StoredDocument[]> {
  if (changes.length === 0 && notes.length === 0) {
    return [];
  }
  const client = await pool.connect();
  let fault: Error | undefined;
  try {
    await client.query("BEGIN");
    await client.query(WRITERS_TAKE_TURNS);
    const put: StoredDocument[] = [];
    for (const change of changes) {
      put.push(...(await apply(client, change, at)));
    }
    for (const note of notes) {
      await addNote(client, note, at);
    }
    await client.query("COMMIT");
    return put;
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

async function readDocument(
  client: Reader,
  { workspaceId, kind, name }: DocumentKey,
): Promise<StoredDocument | undefined> {
  const { rows } = await client.query<Row>(
    `SELECT ${DOCUMENT_COLUMNS} FROM stixgate.document WHERE workspace_id = $1 AND kind = $2 AND name = $3`,
    [workspaceId, kind, name],
  );
  return rows[0] && toDocument(rows[0]);
}

async function apply(
  client: ClientBase,
  change: DocumentChange,
  at: string,
): Promise<StoredDocument[]> {
  const { key } = change;
  checkRevision(change, (await readDocument(client, key))?.revision ?? 0);
  const place = [key.workspaceId, key.kind, key.name];
  if (change.kind === "remove") {
    await client.query(
      "DELETE FROM stixgate.document WHERE workspace_id = $1 AND kind = $2 AND name = $3",
      place,
    );
    return [];
  }
  const text = documentText(key, change.content);
  const { rows } = await client.query<Row>(
    `INSERT INTO stixgate.document (${DOCUMENT_COLUMNS})
     VALUES ($1, $2, $3, nextval('stixgate.document_revision'), $4, $5)
     ON CONFLICT (workspace_id, kind, name) DO UPDATE SET revision = excluded.revision,
       updated_at = excluded.updated_at, content = excluded.content
     RETURNING ${DOCUMENT_COLUMNS}`,
    [...place, at, text],
  );
  return rows.map(toDocument);
}

async function addNote(client: ClientBase, note: AuditNote, at: string): Promise<void> {
  await client.query(
    `INSERT INTO stixgate.audit (position, ${NOTE_COLUMNS})
     VALUES (nextval('stixgate.audit_position'), $1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    noteValues(note, at),
  );
}

async function readAudit(pool: pg.Pool, query: AuditQuery): Promise<Page<AuditEntry>> {
  checkLimit(query.limit, PAGE_ITEMS_MAX);
  const before = positionOf("audit", query.cursor) ?? Number.MAX_SAFE_INTEGER;
  const { rows } = await pool.query<Row>(
    `SELECT * FROM stixgate.audit
      WHERE workspace_id = $1 AND position < $2 AND ($3::text IS NULL OR actor = $3)
        AND ($4::text IS NULL OR action = $4) AND ($5::text IS NULL OR target = $5)
        AND ($6::text IS NULL OR at >= $6) AND ($7::text IS NULL OR at < $7)
      ORDER BY position DESC LIMIT $8`,
    [
      query.workspaceId,
      before,
      query.actor ?? null,
      query.action ?? null,
      query.target ?? null,
      query.from ?? null,
      query.before ?? null,
      query.limit + 1,
    ],
  );
  return toAuditPage(rows, query.limit);
}
