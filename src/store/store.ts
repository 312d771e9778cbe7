/**
 * The door of durable storage: what every store offers, whatever engine is behind it.
 *
 * An upload is acknowledged when its request is on disk in the **intake log** (`append`). The indexer
 * then applies the log in order to versions and current objects; it is normally milliseconds behind, its
 * position is visible and a reader may wait for it (`waitIndexed`). A crash at any point replays from the
 * log. Stores hold no business rule: what is valid, allowed or active is decided above and arrives as data.
 */

import type {
  Generation,
  Outcome,
  Receipt,
  ReceiptCaller,
  ReceiptFinding,
  ReceiptSummary,
} from "../wire/index.ts";
import type { Searches } from "./search.ts";

/** Position in the intake log, 1 for the first request; strictly increasing in commit order. */
export type Sequence = number;

/** Position in the change sequence, 1 for the first version ever stored; strictly increasing, without
 * regard to workspace, in the order in which versions became visible. The one source for tailing. */
export type ChangeSequence = number;

/** One upload request as the intake log keeps it. */
export interface IntakeRequest {
  /** GUID that the answer carried. The caller makes it unique; of two equal ones the later is read. */
  readonly requestId: string;
  readonly workspaceId: string;
  /** RFC 3339, UTC, milliseconds: the arrival of the request. */
  readonly receivedAt: string;
  readonly outcome: Outcome;
  readonly generation: Generation;
  readonly apiVersion: string;
  readonly sourceSystem: string | null;
  readonly caller: ReceiptCaller;
  readonly refusal: { readonly code: string; readonly message: string } | null;
  readonly notes: readonly string[];
  /** Number of records in the request. */
  readonly received: number;
  readonly objects: readonly IntakeObject[];
  readonly rejections: readonly IntakeRejection[];
}

/**
 * A request as stores write it: texts, numbers and bytes, made by `prepareRequest`. It costs little to hand
 * from one thread to another, so a thread that validates can prepare what the store then only writes.
 */
export interface PreparedRequest {
  readonly requestId: string;
  readonly workspaceId: string;
  readonly receivedAt: string;
  readonly outcome: Outcome;
  readonly sourceSystem: string | null;
  readonly received: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly warned: number;
  /** JSON of generation, apiVersion, caller, refusal and notes. */
  readonly rest: string;
  /** The accepted records, in a buffer of their own; null when there are none. */
  readonly objects: Uint8Array<ArrayBuffer> | null;
  /** JSON of the rejected records; null when there are none. */
  readonly rejections: string | null;
  /** JSON of the warnings of accepted records; null when there are none. */
  readonly warnings: string | null;
}

/** A record that was accepted. */
export interface IntakeObject {
  readonly recordIndex: number;
  /** The record exactly as received: the text between its braces, braces included. */
  readonly json: string;
  readonly facts: ObjectFacts;
  readonly warnings: readonly ReceiptFinding[];
}

/** A record that was rejected. */
export interface IntakeRejection {
  readonly recordIndex: number;
  readonly json: string;
  readonly stixId: string | null;
  readonly errors: readonly ReceiptFinding[];
  readonly warnings: readonly ReceiptFinding[];
}

/** What is known of an object beside its text; computed above the store, kept in columns by it. */
export interface ObjectFacts {
  readonly stixId: string;
  readonly type: string;
  readonly specVersion: "2.0" | "2.1";
  /** RFC 3339, UTC, as many fraction digits as received; null where the type has none. */
  readonly created: string | null;
  readonly modified: string | null;
  readonly validFrom: string | null;
  readonly validUntil: string | null;
  readonly name: string | null;
  readonly confidence: number | null;
  /** `white`, `green`, `amber`, `amber+strict`, `red`, or null. */
  readonly tlp: string | null;
  readonly labels: readonly string[];
  /** As received. */
  readonly revoked: boolean;
  /** When true, an object whose current version is revoked stays revoked (setting `upload.unrevoke`). */
  readonly keepRevoked: boolean;
  readonly observables: readonly ObservableFact[];
  /** Only the facts of a tombstone have it: no object, but the deletion of one. */
  readonly deleted?: true;
}

/** A value that the pattern of an indicator pins. */
export interface ObservableFact {
  /** Object path as Sentinel spells it, such as `ipv4-addr:value` or `file:hashes.'SHA-256'`. */
  readonly key: string;
  readonly value: string;
}

/** What identifies an object: the same STIX id from another source is another object. */
export interface ObjectKey {
  readonly workspaceId: string;
  readonly sourceSystem: string;
  readonly stixId: string;
}

/** One stored version of an object. */
export interface ObjectVersion extends ObjectKey {
  readonly change: ChangeSequence;
  /** Request that brought the version, and the record's place in it. */
  readonly requestId: string;
  readonly sequence: Sequence;
  readonly recordIndex: number;
  /** When the request was put into the log, by the store's clock: RFC 3339, UTC, milliseconds. */
  readonly ingestedAt: string;
  readonly facts: ObjectFacts;
  /** Revoked as it counts here: as received, or kept from an earlier version. */
  readonly revoked: boolean;
  /** A tombstone: the object was deleted. Its facts are the id and the type alone, its `json` is empty. */
  readonly deleted: boolean;
  /** The record exactly as received. */
  readonly json: string;
}

/** A call that deletes objects of one workspace and source, as the intake log keeps it. */
export interface DeleteRequest {
  /** GUID of the receipt. The caller makes it unique. */
  readonly requestId: string;
  readonly workspaceId: string;
  /** RFC 3339, UTC, milliseconds. */
  readonly receivedAt: string;
  readonly caller: ReceiptCaller;
  readonly sourceSystem: string;
  /** At most 10,000. */
  readonly stixIds: readonly string[];
  /** Remarks for the receipt, such as the reason. */
  readonly notes?: readonly string[];
}

/** A record of a request as the log keeps it. */
export interface ReceivedRecord {
  readonly recordIndex: number;
  readonly accepted: boolean;
  readonly stixId: string | null;
  /** Exactly as received: the text between its braces. What an ingestion rule has changed is as it was stored. */
  readonly json: string;
}

/** How far the log and the indexes are. */
export interface StorePosition {
  readonly appended: Sequence;
  /** Look-ups by id, lists, counts and changes have what came up to here. */
  readonly indexed: Sequence;
  /** Searches, facets and references have what came up to here: normally the same, never more. */
  readonly searchable: Sequence;
}

/** A page and the cursor of the next one; `next` is null on the last page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** Durable storage of intelligence and receipts. Reads see what is indexed; `append` is durable. */
export interface Store extends Searches {
  /**
   * Puts a request into the intake log and resolves when it is on disk. Concurrent calls share a commit.
   * Of records with the same key in one request each changed one becomes a version; the last is current.
   * @throws AppError `store_unavailable` when the disk is full or failing: nothing of the request is kept
   *   (only when the store itself broke down before it could answer is that unknown); `overloaded` when
   *   too much is waiting already; `body_too_large` when the request can never be stored;
   *   `shutting_down` after `close`
   */
  append(request: IntakeRequest | PreparedRequest): Promise<Sequence>;

  /**
   * Resolves when everything up to and including `sequence` can be read.
   * @throws the signal's reason; AppError `shutting_down` when the store closes first
   */
  waitIndexed(sequence: Sequence, signal?: AbortSignal): Promise<void>;

  /**
   * Resolves when everything up to and including `sequence` can be searched.
   * @throws the signal's reason; AppError `shutting_down` when the store closes first
   */
  waitSearchable(sequence: Sequence, signal?: AbortSignal): Promise<void>;

  /**
   * Puts the deletion of objects into the intake log and resolves when it is on disk. Once indexed, the
   * objects are gone from all current reads; a tombstone is their last version, and a later upload of the
   * same id goes on from there. The receipt has the outcome `deleted` and counts, once indexed, deleted
   * objects as `updated` and ids that named none as `unchanged`.
   * @throws AppError `invalid_request` for more than 10,000 ids; else as `append`
   */
  deleteObjects(request: DeleteRequest): Promise<Sequence>;

  position(): StorePosition;

  /** The current version of an object. */
  currentObject(key: ObjectKey): Promise<ObjectVersion | undefined>;

  /**
   * Current objects of a workspace in order of change, oldest change first; `limit` 1 to 1,000.
   * An object that changes between two pages is read again at its new place; none is missed.
   * @throws AppError `invalid_request` for a limit out of range or a cursor that no page returned
   */
  currentObjects(query: ObjectQuery): Promise<Page<ObjectVersion>>;

  /** Number of current objects of a workspace by type. */
  countObjects(workspaceId: string): Promise<Readonly<Record<string, number>>>;

  /**
   * Versions of one object, newest first, tombstones among them; `limit` 1 to 1,000. Those that retention
   * has dropped are missing.
   * @param before only versions older than this one: the last of the page before
   */
  objectVersions(
    key: ObjectKey,
    limit: number,
    before?: ChangeSequence,
  ): Promise<readonly ObjectVersion[]>;

  /** One version of an object; undefined where the object has none with this number, or none any more. */
  objectVersion(key: ObjectKey, change: ChangeSequence): Promise<ObjectVersion | undefined>;

  /** Versions after a change, in the order of changes, over all workspaces, tombstones among them; `limit`
   * 1 to 10,000. A version that retention has dropped is missing: a newer one of its object follows. */
  changes(after: ChangeSequence, limit: number): Promise<readonly ObjectVersion[]>;

  /**
   * The STIX ids of those of these objects that are revoked now; objects that are not stored are left out.
   * @param keys at most 10,000, all of one workspace and source
   */
  revokedObjects(keys: readonly ObjectKey[]): Promise<ReadonlySet<string>>;

  /**
   * Receipts of a workspace, newest first, readable as soon as `append` has resolved; `limit` 1 to 1,000.
   * @throws AppError `invalid_request` for a limit out of range or a cursor that no page returned
   */
  receipts(query: ReceiptQuery): Promise<Page<ReceiptSummary>>;

  /** One receipt in full; the payload of a rejected record is its text when that is not JSON. */
  receipt(workspaceId: string, requestId: string): Promise<Receipt | undefined>;

  /**
   * The records of a request in its order, accepted and rejected; without those that retention or an ingestion rule has
   * dropped, and empty for a request that isn't known.
   */
  receivedRecords(workspaceId: string, requestId: string): Promise<readonly ReceivedRecord[]>;

  /** Resolves when the store can write now. @throws AppError `store_unavailable` */
  checkHealth(): Promise<void>;

  /** Finishes what was appended, then closes; later calls are refused with `shutting_down`. */
  close(): Promise<void>;
}

/** Which current objects are asked for; every condition given must hold. */
export interface ObjectQuery {
  readonly workspaceId: string;
  readonly type?: string;
  /** A label of the current version, exactly. */
  readonly label?: string;
  /** A value that the pattern of the current version pins, exactly, under whatever key. */
  readonly observableValue?: string;
  readonly limit: number;
  /** `next` of the previous page. */
  readonly cursor?: string;
}

/** Which receipts are asked for. */
export interface ReceiptQuery {
  readonly workspaceId: string;
  readonly outcome?: Outcome;
  readonly limit: number;
  /** `next` of the previous page. */
  readonly cursor?: string;
}
