/** What an import is, and how far it can be. */
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

/** A record that can't be stored. */
export interface ImportFault {
  /** In the order of the file, from 0. */
  readonly index: number;
  /** From 1. */
  readonly line: number | null;
  readonly stixId: string | null;
  /** JSON Pointer within the record; empty for the record as a whole. */
  readonly pointer: string;
  readonly message: string;
}

/** How far an import is. */
export type ImportState = "checking" | "checked" | "storing" | "done" | "failed";

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
  /** The first thousand; the file of errors has them all. */
  readonly faults: readonly ImportFault[];
  readonly reason: string | null;
  readonly orderedBy: { readonly id: string; readonly name: string };
  readonly orderedAt: string;
  readonly finishedAt: string | null;
}
