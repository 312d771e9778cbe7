/**
 * What is asked of the compiler and what it answers: the catalogue of a workspace goes in, a plan (SQL for the mirror)
 * or an error with its place in the query's text comes out. All of it is plain data that crosses threads.
 */
import type { KqlColumn } from "./types.ts";

/** A table that queries may read. */
export interface KqlTable {
  readonly name: string;
  readonly columns: readonly KqlColumn[];
  /**
   * What the SQL reads: schema and table joined by a dot, without quotes (the printer quotes each part). Its columns
   * have the names of `columns` and the types of `DUCKDB_TYPES`.
   */
  readonly schema: string;
}

/** A function that queries may call; its body is KQL and is inlined. */
export interface KqlFunction {
  readonly name: string;
  /** The parameter list as it is declared, in parentheses: `(days: long = 7, T: (Id: string))`. */
  readonly parameters: string;
  /** The body, in braces or without. */
  readonly body: string;
}

/** What a workspace offers to its queries. */
export interface KqlCatalogue {
  /** Changes whenever anything else here does; plans are cached by it. */
  readonly version: string;
  readonly tables: readonly KqlTable[];
  readonly functions: readonly KqlFunction[];
}

/** What `render` asked for; the properties are its `with (…)` part, in the language's spelling. */
export interface RenderSpec {
  readonly visualization: string;
  readonly properties: Readonly<Record<string, string | number | boolean>>;
}

/** Names of the parameters that a plan's SQL can have: the query's one instant and the request's time range. */
export type PlanParameter = "now" | "from" | "to";

/** A query that can be run. */
export interface QueryPlan {
  /** One SELECT over the mirror. Its columns are those of `columns`, in order; read them by position. */
  readonly sql: string;
  readonly columns: readonly KqlColumn[];
  readonly render: RenderSpec | null;
  /** The catalogue's tables that are read, by name, without repetition. */
  readonly tables: readonly string[];
  /** The named parameters (`$now`, `$from`, `$to`, each a TIMESTAMP) that the SQL has; bind these and no others. */
  readonly parameters: readonly PlanParameter[];
  /** True when the query fixes the order of its rows. */
  readonly ordered: boolean;
}

/** A place in the query's text. Offsets count UTF-16 units from 0; lines and columns count from 1. */
export interface KqlPosition {
  readonly start: number;
  readonly length: number;
  readonly line: number;
  readonly column: number;
}

/** One thing that is wrong with a query. */
export interface KqlErrorDetail {
  /** `KS…` of the official binder, or one of ours such as `unsupported`. */
  readonly code: string;
  readonly message: string;
  readonly position: KqlPosition | null;
}

/** Why a query has no plan: the first fault, and all of them in `details`. */
export interface KqlError extends KqlErrorDetail {
  readonly details: readonly KqlErrorDetail[];
}

/** The answer to a query's text: a plan, or the error that takes its place. */
export type CompileResult = QueryPlan | { readonly error: KqlError };

/** What a compilation needs besides the text. */
export interface CompileOptions {
  readonly catalogue: KqlCatalogue;
  /** True to keep only rows whose `TimeGenerated` lies in [$from, $to], in every table that has the column. */
  readonly timeFiltered?: boolean;
  readonly signal?: AbortSignal;
}
