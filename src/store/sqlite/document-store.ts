/**
 * Documents and the audit log in one SQLite file of their own. Everything is small and synchronous on the calling
 * thread: people write here, not connectors.
 */
import { closeSync, openSync } from "node:fs";
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from "node:sqlite";
import { AppError } from "../../wire/index.ts";
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
import { DOCUMENT_MIGRATIONS } from "./document-schema.ts";
import { migrate } from "./migrate.ts";
import { inTransaction, refusalFor } from "./transaction.ts";

/** How long a writer waits for another process's transaction; each takes milliseconds. */
const BUSY_TIMEOUT_MS = 5_000;

/** What people write about threats is nobody else's business. */
const FILE_MODE = 0o600;

/** What the store is opened with. */
export interface SqliteDocumentOptions {
  /** Path of the file; `:memory:` gives one that isn't kept. */
  readonly file: string;
  readonly now: () => Date;
}

/** Opens the documents in a file, creating or migrating it. @throws AppError `store_unavailable` */
export function openSqliteDocumentStore({ file, now }: SqliteDocumentOptions): DocumentStore {
  const database = refusing(() => openDatabase(file));
  let closed = false;

  async function run<T>(work: () => T): Promise<T> {
    if (closed) {
      throw storeClosed();
    }
    return refusing(work);
  }

  return {
    get: (key) => run(() => readDocument(database, key)),
    list: ({ workspaceId, kind, limit, cursor }) =>
      run(() => {
        checkLimit(limit, PAGE_ITEMS_MAX);
        const after = nameOfCursor(cursor);
        const rows = database
          .prepare(
            `SELECT ${DOCUMENT_COLUMNS} FROM document
             WHERE workspace_id = ? AND kind = ? AND name > ? ORDER BY name LIMIT ?`,
          )
          .all(workspaceId, kind, after, limit + 1);
        const items = rows.slice(0, limit).map(toDocument);
        return { items, next: rows.length > limit ? cursorOfName(items.at(-1)?.name) : null };
      }),
    everywhere: (kind) =>
      run(() =>
        database
          .prepare(`SELECT ${DOCUMENT_COLUMNS} FROM document WHERE kind = ?`)
          .all(kind)
          .map(toDocument),
      ),
    commit: (changes, notes = []) =>
      run(() =>
        inTransaction(database, () => {
          const at = now().toISOString();
          const put = changes.flatMap((change) => apply(database, change, at));
          notes.forEach((note) => {
            addNote(database, note, at);
          });
          return put;
        }),
      ),
    audit: (query) => run(() => readAudit(database, query)),
    forgetAuditBefore: (instant) =>
      run(() => Number(database.prepare("DELETE FROM audit WHERE at < ?").run(instant).changes)),
    async close() {
      if (!closed) {
        closed = true;
        database.close();
      }
    },
  };
}

function openDatabase(file: string): DatabaseSync {
  if (file !== ":memory:") {
    closeSync(openSync(file, "a", FILE_MODE));
  }
  const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
  try {
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
    migrate(database, `The file ${file}`, DOCUMENT_MIGRATIONS);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

function refusing<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof AppError ? error : refusalFor(error);
  }
}

function readDocument(
  database: DatabaseSync,
  { workspaceId, kind, name }: DocumentKey,
): StoredDocument | undefined {
  const row = database
    .prepare(
      `SELECT ${DOCUMENT_COLUMNS} FROM document WHERE workspace_id = ? AND kind = ? AND name = ?`,
    )
    .get(workspaceId, kind, name);
  return row && toDocument(row);
}

type Row = Readonly<Record<string, SQLOutputValue>>;

function apply(database: DatabaseSync, change: DocumentChange, at: string): StoredDocument[] {
  const { key } = change;
  checkRevision(change, readDocument(database, key)?.revision ?? 0);
  if (change.kind === "remove") {
    database
      .prepare("DELETE FROM document WHERE workspace_id = ? AND kind = ? AND name = ?")
      .run(key.workspaceId, key.kind, key.name);
    return [];
  }
  const text = documentText(key, change.content);
  const { last } = database
    .prepare("UPDATE revision SET last = last + 1 RETURNING last")
    .get() as Row;
  database
    .prepare(
      `INSERT INTO document (${DOCUMENT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET revision = excluded.revision, updated_at = excluded.updated_at,
         content = excluded.content`,
    )
    .run(key.workspaceId, key.kind, key.name, Number(last), at, text);
  return [{ ...key, revision: Number(last), updatedAt: at, content: change.content }];
}

function addNote(database: DatabaseSync, note: AuditNote, at: string): void {
  database
    .prepare(`INSERT INTO audit (${NOTE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
    .run(...noteValues(note, at));
}

function readAudit(database: DatabaseSync, query: AuditQuery): Page<AuditEntry> {
  checkLimit(query.limit, PAGE_ITEMS_MAX);
  const before = positionOf("audit", query.cursor) ?? Number.MAX_SAFE_INTEGER;
  const conditions: [string, SQLInputValue | undefined][] = [
    ["workspace_id = ?", query.workspaceId],
    ["position < ?", before],
    ["actor = ?", query.actor],
    ["action = ?", query.action],
    ["target = ?", query.target],
    ["at >= ?", query.from],
    ["at < ?", query.before],
  ];
  const given = conditions.filter(([, value]) => value !== undefined);
  const rows = database
    .prepare(
      `SELECT * FROM audit WHERE ${given.map(([text]) => text).join(" AND ")}
       ORDER BY position DESC LIMIT ?`,
    )
    .all(...given.map(([, value]) => value ?? null), query.limit + 1);
  return toAuditPage(rows, query.limit);
}
