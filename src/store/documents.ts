/**
 * The door of the small things that people make: saved views, ingestion rules, tasks, saved functions. Each is a
 * JSON document with a kind and a name in a workspace, and a revision that tells two editors apart. Beside them
 * stands the audit log: who changed what, appended in the same transaction as the change. What a document means is
 * decided above.
 */

import { AppError } from "../wire/index.ts";
import type { Page } from "./store.ts";

/** A value that JSON can hold. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** What identifies a document; the workspace is empty for what belongs to the whole server. */
export interface DocumentKey {
  readonly workspaceId: string;
  /** Such as `view` or `rule`. */
  readonly kind: string;
  /** Unique within the kind; lists are in the order of names. */
  readonly name: string;
}

/** A document as it is kept. */
export interface StoredDocument extends DocumentKey {
  /** Changes with every write, over all documents; never used twice. */
  readonly revision: number;
  /** RFC 3339, UTC, milliseconds. */
  readonly updatedAt: string;
  readonly content: JsonValue;
}

/** One step of a commit. */
export type DocumentChange =
  | {
      readonly kind: "put";
      readonly key: DocumentKey;
      readonly content: JsonValue;
      /** The revision that must stand there; 0: nothing may stand there. Left out: whatever stands there. */
      readonly ifRevision?: number;
    }
  | { readonly kind: "remove"; readonly key: DocumentKey; readonly ifRevision?: number };

/** What is noted of a change, for people who ask later. */
export interface AuditNote {
  readonly workspaceId: string;
  /** Who: the id of a person, an application, or the name of a command. */
  readonly actor: string;
  readonly actorName: string;
  /** What was done, such as `object.edit`. */
  readonly action: string;
  /** To what, such as a STIX id or the name of a view. */
  readonly target: string;
  readonly before: JsonValue;
  readonly after: JsonValue;
  /** The request that did it, null for a command. */
  readonly requestId: string | null;
}

/** A note in the log. */
export interface AuditEntry extends AuditNote {
  /** Position, 1 for the first; strictly increasing. */
  readonly position: number;
  readonly at: string;
}

/** Which notes are asked for, newest first; every condition given must hold. */
export interface AuditQuery {
  readonly workspaceId: string;
  readonly actor?: string;
  readonly action?: string;
  readonly target?: string;
  /** Only notes from this instant on, and before that one: RFC 3339, UTC, milliseconds. */
  readonly from?: string;
  readonly before?: string;
  readonly limit: number;
  /** `next` of the previous page. */
  readonly cursor?: string;
}

/** Which documents are asked for, in the order of their names. */
export interface DocumentQuery {
  readonly workspaceId: string;
  readonly kind: string;
  readonly limit: number;
  /** `next` of the previous page. */
  readonly cursor?: string;
}

/** Durable storage of documents and of the audit log, safe for several processes. */
export interface DocumentStore {
  get(key: DocumentKey): Promise<StoredDocument | undefined>;

  /** @throws AppError `invalid_request` for a limit out of 1 to 1,000 or a cursor that no page returned */
  list(query: DocumentQuery): Promise<Page<StoredDocument>>;

  /** Documents of a kind in every workspace, in no particular order: for what a server does at its start. */
  everywhere(kind: string): Promise<readonly StoredDocument[]>;

  /**
   * Makes all of the changes and notes durable together, or none; gives the documents that were put, in order.
   * @throws AppError `precondition_failed` when a revision differs (its field names the document);
   *   `body_too_large` for a document over 16 MiB; `store_unavailable`
   */
  commit(
    changes: readonly DocumentChange[],
    notes?: readonly AuditNote[],
  ): Promise<readonly StoredDocument[]>;

  audit(query: AuditQuery): Promise<Page<AuditEntry>>;

  /** Removes notes older than an instant, RFC 3339; gives their number. */
  forgetAuditBefore(instant: string): Promise<number>;

  close(): Promise<void>;
}

/** Largest document: room for a long list, and no place for data. */
export const DOCUMENT_BYTES_MAX: number = 16 * 1_048_576;

/** Refuses a document that is too large. Gives its text. */
export function documentText(key: DocumentKey, content: JsonValue): string {
  const text = JSON.stringify(content);
  if (Buffer.byteLength(text) > DOCUMENT_BYTES_MAX) {
    throw new AppError(
      "body_too_large",
      `${key.kind} '${key.name}' is larger than ${DOCUMENT_BYTES_MAX} bytes.`,
    );
  }
  return text;
}

/** Refuses a change of what has another revision by now. */
export function checkRevision(change: DocumentChange, found: number): void {
  if (change.ifRevision !== undefined && change.ifRevision !== found) {
    const { kind, name } = change.key;
    const reason =
      found === 0
        ? "does not exist any more"
        : change.ifRevision === 0
          ? "exists already"
          : "was changed by somebody else";
    throw new AppError("precondition_failed", `${kind} '${name}' ${reason}.`, { field: name });
  }
}

/** The cursor of the page that follows a document; null without one. */
export function cursorOfName(name: string | undefined): string | null {
  return name === undefined ? null : Buffer.from(name).toString("base64url");
}

/** Reads such a cursor. @throws AppError `invalid_request` unless it is one */
export function nameOfCursor(cursor: string | undefined): string {
  const name = Buffer.from(cursor ?? "", "base64url").toString();
  if (cursorOfName(name) !== (cursor ?? "")) {
    throw new AppError("invalid_request", "The cursor is not one that this list returned.", {
      field: "cursor",
    });
  }
  return name;
}
