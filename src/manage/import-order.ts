/** What an import is, how far it can be, and what is known of each of its records. */
import type { CsvMapping } from "./csv-indicators.ts";

/** What is to be imported, and how. */
export interface ImportOrder {
  readonly format: "stix" | "csv";
  /** Source of the objects; that of what is made by hand may not be claimed. */
  readonly source: string;
  readonly fileName: string;
  /** Only for tables. */
  readonly mapping?: CsvMapping;
}

/** A value that would put a fault right. */
export interface Suggestion {
  /** Such as `Write 2026-01-31T12:00:00.000Z`. */
  readonly text: string;
  /** JSON Pointer to the property. */
  readonly pointer: string;
  /** What to write there; the property goes when it is left out. */
  readonly value?: unknown;
}

/** Something that is wrong with a record; a record may have several. */
export interface ImportFault {
  /** Place of the record in the order of the file, from 0. */
  readonly index: number;
  /** Where the fault stands, or the property that should hold what is missing; from 1. */
  readonly line: number | null;
  readonly stixId: string | null;
  /** JSON Pointer within the record; empty for the record as a whole. */
  readonly pointer: string;
  readonly message: string;
  readonly suggestion: Suggestion | null;
}

/** What storing a record would do, or why it can't be stored. */
export type RecordStatus = "new" | "changed" | "revoked" | "unchanged" | "dropped" | "invalid";

/** Every status, in the order in which people ask for them. */
export const RECORD_STATUSES: readonly RecordStatus[] = [
  "new",
  "changed",
  "revoked",
  "unchanged",
  "dropped",
  "invalid",
];

/** A record of a file that was tried out. */
export interface ImportRecord {
  readonly index: number;
  readonly line: number | null;
  readonly status: RecordStatus;
  readonly stixId: string | null;
  readonly type: string | null;
  readonly title: string | null;
  readonly faults: readonly ImportFault[];
  /** What is odd about it, and what ingestion rules do to it. */
  readonly remarks: readonly string[];
  /** Whether it was put right since the file came. */
  readonly fixed: boolean;
}

/** A record with its text. */
export interface KeptRecord extends ImportRecord {
  /** The record as it will be sent to the store; the raw text where it is no JSON. */
  readonly json: string;
  /** The row of a table that can't be read: what there is of it is for people, and not to be stored. */
  readonly isDraft?: true;
}

/** How far an import is. */
export type ImportState = "checking" | "checked" | "storing" | "done" | "failed" | "discarded";

/** Which of the records are to be stored. */
export interface ImportChoice {
  /** The valid records, or nothing when one is invalid. */
  readonly mode: "valid" | "all";
  /**
   * Only records of these; every one that can be stored when left out. Invalid records go along with mode `valid`: the
   * receipt keeps them, to be put right later.
   */
  readonly statuses?: readonly RecordStatus[];
  /** Places of records that are left out. */
  readonly without?: readonly number[];
}

/** An import. */
export interface Import {
  readonly importId: string;
  readonly workspaceId: string;
  readonly order: ImportOrder;
  readonly state: ImportState;
  readonly bytes: number;
  readonly total: number;
  readonly valid: number;
  readonly invalid: number;
  /** Valid records with remarks. */
  readonly warned: number;
  readonly stored: number;
  /** Records by what storing them would do, as it was when the file was tried out. */
  readonly counts: Readonly<Record<RecordStatus, number>>;
  /** How far the step under way is: records looked at, and the share of the work from 0 to 1. */
  readonly progress: { readonly records: number; readonly share: number };
  /** The first thousand; the file of errors has them all. */
  readonly faults: readonly ImportFault[];
  readonly reason: string | null;
  /** Requests to the store so far, each with a receipt. */
  readonly requests: readonly string[];
  /** Until when the records and the file of errors can be looked at; null when they can't. */
  readonly filesUntil: string | null;
  readonly orderedBy: { readonly id: string; readonly name: string };
  readonly orderedAt: string;
  readonly finishedAt: string | null;
}

/** No records yet. */
export const NO_RECORDS: Readonly<Record<RecordStatus, number>> = {
  new: 0,
  changed: 0,
  revoked: 0,
  unchanged: 0,
  dropped: 0,
  invalid: 0,
};
