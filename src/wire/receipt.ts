/** Receipts as `GET /api/v1/workspaces/{id}/requests` returns them: what became of each upload request. */

import type { Generation } from "./upload.ts";

/** What became of a request as a whole. */
export type Outcome =
  | "accepted" // every record was stored
  | "partly_accepted" // some records were stored, some rejected
  | "rejected" // every record was rejected
  | "empty" // the array held no record
  | "refused" // nothing was looked at: see `refusal`
  | "deleted"; // no upload: objects were deleted; `generation` means nothing

/** One remark about one record: an error rejects the record, a warning is kept beside it. */
export interface ReceiptFinding {
  /** Stable name of the rule, such as `id.present`. */
  readonly rule: string;
  /** Where in the record, such as `external_references[0].url`. */
  readonly path: string;
  /** The text the upload API uses: `Error for Property=…: …. Actual value: ….` */
  readonly message: string;
}

/** A record that was not stored, kept for a bounded time so that it can be fixed and sent again. */
export interface ReceiptRejection {
  readonly recordIndex: number;
  /** As far as the record had one. */
  readonly stixId: string | null;
  readonly errors: readonly ReceiptFinding[];
  readonly warnings: readonly ReceiptFinding[];
  /** The record as received. */
  readonly payload: unknown;
}

/** The warnings of a record that was stored. */
export interface ReceiptWarning {
  readonly recordIndex: number;
  readonly stixId: string;
  readonly warnings: readonly ReceiptFinding[];
}

/** How many records met which fate. */
export interface ReceiptCounts {
  readonly received: number;
  readonly accepted: number;
  readonly rejected: number;
  /** Accepted records with at least one warning. */
  readonly warned: number;
  /** Of the accepted: new objects, new versions, identical to the current version. Null until indexed. */
  readonly created: number | null;
  readonly updated: number | null;
  readonly unchanged: number | null;
}

/** One line of the list of receipts. */
export interface ReceiptSummary {
  readonly requestId: string;
  readonly workspaceId: string;
  /** Position in the intake log; strictly increasing in the order of commits. */
  readonly sequence: number;
  /** RFC 3339, UTC, milliseconds. */
  readonly receivedAt: string;
  readonly outcome: Outcome;
  readonly generation: Generation;
  /** As received; empty when the request named none. */
  readonly apiVersion: string;
  readonly sourceSystem: string | null;
  readonly caller: ReceiptCaller;
  readonly counts: ReceiptCounts;
  /** Whether the records can be found by searches already. */
  readonly indexed: boolean;
  /** Why nothing was looked at; null unless `outcome` is "refused". */
  readonly refusal: { readonly code: string; readonly message: string } | null;
}

/** Who sent a request. */
export interface ReceiptCaller {
  readonly tenantId: string;
  readonly objectId: string;
  readonly appId: string;
  readonly userAgent: string;
  /** Other headers of the request that say how it was made, by lower-case name; never secrets. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A receipt in full. */
export interface Receipt extends ReceiptSummary {
  /** Remarks about the request itself, such as an unreadable character encoding. */
  readonly notes: readonly string[];
  readonly rejections: readonly ReceiptRejection[];
  readonly warnings: readonly ReceiptWarning[];
}

/** A page of receipts, newest first. */
export interface ReceiptPage {
  readonly value: readonly ReceiptSummary[];
  /** Address of the next page; null on the last. */
  readonly nextLink: string | null;
}
