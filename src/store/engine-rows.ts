/**
 * What crosses between the door and an engine, whatever the engine: requests on their way to the log, and the
 * rows that its readers give back.
 */

import type { ObjectKey, ObjectQuery, ReceiptQuery, ReceivedRecord } from "./store.ts";

/** A request on its way to the writer: texts, numbers and bytes only, which cost little to hand over. */
export interface AppendRow {
  readonly requestId: string;
  readonly workspaceId: string;
  readonly receivedAt: string;
  readonly appendedAt: string;
  readonly outcome: string;
  readonly sourceSystem: string | null;
  readonly received: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly warned: number;
  /** JSON of generation, apiVersion, caller, refusal and notes. */
  readonly rest: string;
  /** The accepted records as `encodeObjects` wrote them; null when there are none. */
  readonly objects: Uint8Array | null;
  /** JSON of the rejected records; null when there are none. */
  readonly rejections: string | null;
  /** JSON of the warnings of accepted records; null when there are none. */
  readonly warnings: string | null;
}

/** A version on its way to the main thread, which parses the facts. */
export interface VersionRow {
  readonly change: number;
  readonly workspaceId: string;
  readonly sourceSystem: string;
  readonly requestId: string;
  readonly sequence: number;
  readonly recordIndex: number;
  readonly ingestedAt: string;
  readonly revoked: boolean;
  /** JSON of `ObjectFacts`. */
  readonly facts: string;
  readonly json: string;
}

/** A receipt's line on its way to the main thread, which parses the JSON. */
export interface ReceiptRow {
  readonly requestId: string;
  readonly workspaceId: string;
  readonly sequence: number;
  readonly receivedAt: string;
  readonly outcome: string;
  readonly sourceSystem: string | null;
  readonly received: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly warned: number;
  readonly created: number | null;
  readonly updated: number | null;
  readonly unchanged: number | null;
  /** JSON of generation, apiVersion, caller, refusal and notes. */
  readonly rest: string;
}

/** A receipt in full. */
export interface ReceiptDetailRow extends ReceiptRow {
  /** JSON of the rejected records; null when there are none. */
  readonly rejections: string | null;
  /** JSON of the warnings; null when there are none. */
  readonly warnings: string | null;
}

/** A page of rows; `next` is the position of the last row if more follow. */
export interface RowPage<T> {
  readonly rows: readonly T[];
  readonly next: number | null;
}

/** The reads that end in versions; limits have been checked. */
export interface VersionReader {
  currentObject(key: ObjectKey): VersionRow | undefined;
  /** @param after position of the last row of the page before, 0 for the first page */
  currentObjects(query: ObjectQuery, after: number): RowPage<VersionRow>;
  countObjects(workspaceId: string): (readonly [type: string, count: number])[];
  /** @param before only older ones */
  objectVersions(key: ObjectKey, limit: number, before: number): readonly VersionRow[];
  objectVersion(key: ObjectKey, change: number): VersionRow | undefined;
  changes(after: number, limit: number): readonly VersionRow[];
  /** STIX ids of the revoked ones. */
  revokedObjects(keys: readonly ObjectKey[]): readonly string[];
}

/** The reads that end in receipts; limits have been checked. */
export interface ReceiptReader {
  /** @param before sequence of the last row of the page before */
  receipts(query: ReceiptQuery, before: number): RowPage<ReceiptRow>;
  receipt(workspaceId: string, requestId: string): ReceiptDetailRow | undefined;
  receivedRecords(workspaceId: string, requestId: string): readonly ReceivedRecord[];
}
