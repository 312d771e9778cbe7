/** Documents and notes as rows of either engine, whose columns have the same names. */
import type { AuditEntry, AuditNote, StoredDocument } from "./documents.ts";
import { cursorAfter } from "./paging.ts";
import type { Page } from "./store.ts";

type Row = Readonly<Record<string, unknown>>;

/** Columns of a document, in the order in which they are written. */
export const DOCUMENT_COLUMNS = "workspace_id, kind, name, revision, updated_at, content";

/** A row as a document. */
export function toDocument(row: Row): StoredDocument {
  return {
    workspaceId: String(row["workspace_id"]),
    kind: String(row["kind"]),
    name: String(row["name"]),
    revision: Number(row["revision"]),
    updatedAt: String(row["updated_at"]),
    content: JSON.parse(String(row["content"])),
  };
}

/** Columns of a note, but for its position. */
export const NOTE_COLUMNS =
  "at, workspace_id, actor, actor_name, action, target, before, after, request_id";

/** The values of those columns. */
export function noteValues(note: AuditNote, at: string): (string | null)[] {
  return [
    at,
    note.workspaceId,
    note.actor,
    note.actorName,
    note.action,
    note.target,
    JSON.stringify(note.before),
    JSON.stringify(note.after),
    note.requestId,
  ];
}

/** A page of notes out of rows, of which one more than the limit was asked for. */
export function toAuditPage(rows: readonly Row[], limit: number): Page<AuditEntry> {
  const items = rows.slice(0, limit).map(toEntry);
  const last = items.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items, next: more ? cursorAfter("audit", last.position) : null };
}

function toEntry(row: Row): AuditEntry {
  return {
    position: Number(row["position"]),
    at: String(row["at"]),
    workspaceId: String(row["workspace_id"]),
    actor: String(row["actor"]),
    actorName: String(row["actor_name"]),
    action: String(row["action"]),
    target: String(row["target"]),
    before: JSON.parse(String(row["before"])),
    after: JSON.parse(String(row["after"])),
    requestId: row["request_id"] === null ? null : String(row["request_id"]),
  };
}
