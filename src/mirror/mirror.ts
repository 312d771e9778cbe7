/**
 * What the columnar mirror offers to the rooms above: generated SQL is run under limits over Sentinel's tables and
 * over uploaded logs. This file holds the types of the door and nothing that runs.
 */

import type { KqlColumn, QueryPlan } from "../kql/index.ts";
import type { ChangeSequence, ObjectVersion } from "../store/index.ts";

/** Where the mirror gets the versions from, in the order of changes. */
export type ChangeSource =
  /** The engine's own process reads the embedded store of a data directory beside the server. */
  | { readonly kind: "sqlite"; readonly directory: string }
  /** This process reads, and hands on what it has read. */
  | {
      readonly kind: "store";
      /** Versions after a change, in order: a `Store`'s. */
      readonly changes: (after: ChangeSequence, limit: number) => Promise<readonly ObjectVersion[]>;
    };

/** Bounds of one query. */
export interface QueryLimits {
  /** Time that the engine may work on it, waiting not counted. */
  readonly timeMs: number;
  /** Rows of an answer; what is beyond is cut off and the answer is partial. */
  readonly rowsMax: number;
  /** Bytes of the rows' JSON; what is beyond is cut off and the answer is partial. */
  readonly bytesMax: number;
}

/** What the engine may use altogether. */
export interface EngineLimits {
  readonly memoryBytesMax: number;
  /** Bytes that queries may put aside on disk when memory does not suffice. */
  readonly temporaryBytesMax: number;
  readonly threads: number;
  /** Queries that run at one time. */
  readonly concurrentMax: number;
  /** Queries that may wait for their turn; further ones are refused with `overloaded`. */
  readonly queuedMax: number;
}

/** How long and how much of the uploaded logs is kept. */
export interface LogRetention {
  /** By `TimeGenerated`; 0 keeps rows for ever. */
  readonly days: number;
  /** Size of the logs' file; beyond it the oldest rows of the largest table go first. 0: no bound. */
  readonly bytesMax: number;
}

/** How a mirror is opened. */
export interface MirrorOptions {
  /** Folder of its files: `mirror.duckdb` (disposable), `logs.duckdb` (not disposable), `query-temp`. */
  readonly directory: string;
  readonly source: ChangeSource;
  /** Days after which an unexpired object appears again, 0 for never. */
  readonly republishDays: number;
  /** What a query gets at most, whatever it asks for. */
  readonly limits: QueryLimits;
  readonly engine: EngineLimits;
  readonly logs: LogRetention;
  /** Columns of a table for logs by its name, system columns left out; undefined when there is no such table. */
  readonly logColumns: (table: string) => readonly KqlColumn[] | undefined;
  /** Told when the engine is restarted, rebuilt or far behind. */
  readonly onNotice: (notice: MirrorNotice) => void;
}

/** Something an operator wants to know. */
export interface MirrorNotice {
  readonly level: "info" | "warn" | "error";
  readonly message: string;
  readonly cause?: unknown;
}

/** What is to be known of a plan to run it. Its tables are named without a schema. */
export type MirrorPlan = Pick<QueryPlan, "sql" | "columns" | "tables" | "parameters">;

/** What a query is run with. */
export interface RunOptions {
  readonly workspaceId: string;
  readonly parameters: {
    /** RFC 3339, UTC: what `now()` is. */
    readonly now: string;
    /** The timespan of the request; null when it has none. */
    readonly from: string | null;
    readonly to: string | null;
  };
  /** Tighter than the mirror's own; wider ones are cut to these. */
  readonly limits?: Partial<QueryLimits>;
  /** Stops the query when the caller goes away. */
  readonly signal?: AbortSignal;
}

/** A value of a row as it goes on the wire. */
export type WireCell = string | number | boolean | null;

/** Why an answer has not all rows. */
export type PartialReason = "rows" | "bytes";

/** What a query answered. */
export interface QueryAnswer {
  readonly columns: readonly KqlColumn[];
  readonly rowCount: number;
  /**
   * The rows as JSON, ready for the wire: texts that joined by commas and put in brackets are the array of rows. A
   * row is an array. `dynamic` is a string of JSON, `datetime` an ISO string with seven digits, `timespan` the text of
   * .NET, `decimal` a string of digits, `long` a number, NaN and the infinities are strings.
   */
  readonly rowsJson: readonly string[];
  /** The same, parsed; a `long` that a number does not hold exactly is its digits. */
  rows(): readonly (readonly WireCell[])[];
  /** null when the answer is complete. */
  readonly partial: PartialReason | null;
  readonly statistics: QueryStatistics;
}

/** How a query went. */
export interface QueryStatistics {
  readonly queuedMs: number;
  readonly elapsedMs: number;
  /** CPU time of the engine's process meanwhile, other queries' included. */
  readonly cpuMs: number;
  readonly bytes: number;
  /** The last change that was in the mirror when the query started. */
  readonly change: ChangeSequence;
}

/** How far the mirror is. */
export interface MirrorPosition {
  /** Last change that queries see. */
  readonly applied: ChangeSequence;
  /** Last change known to be in the store; not less than `applied`. */
  readonly stored: ChangeSequence;
  /** False while the engine is being started, restarted or rebuilt. */
  readonly ready: boolean;
}

/** A table of uploaded logs. */
export interface LogTable {
  readonly table: string;
  readonly rows: number;
  /** Least and greatest `TimeGenerated`; null when the table is empty. */
  readonly from: string | null;
  readonly to: string | null;
}

/** A value of a log row, of the type of its column; `dynamic` is JSON text, `datetime` RFC 3339 in UTC. */
export type LogCell = string | number | bigint | boolean | null;

/** Rows of logs to keep. */
export interface LogRows {
  readonly workspaceId: string;
  readonly table: string;
  /** Columns of the cells, in their order, with their types; columns of the table that are left out are empty. */
  readonly columns: readonly KqlColumn[];
  readonly rows: readonly (readonly LogCell[])[];
}

/** The columnar copy of the store, and the tables of uploaded logs beside it. */
export interface Mirror {
  /**
   * Runs a plan in the schema of one workspace; tables are named in it without a schema.
   * @throws AppError `overloaded` when too many queries wait or the engine is being restarted (both pass),
   *   `query_timeout`, `query_too_large` for want of memory, `query_failed` for a value that the engine refuses, such
   *   as a wrong regular expression, `shutting_down`; the signal's reason
   */
  run(plan: MirrorPlan, options: RunOptions): Promise<QueryAnswer>;

  position(): MirrorPosition;

  /** Resolves when queries see this change. @throws the signal's reason; AppError `shutting_down` */
  waitFor(change: ChangeSequence, signal?: AbortSignal): Promise<void>;

  /** Resolves when queries see everything that is indexed in the store now. @throws as `waitFor` */
  waitCurrent(signal?: AbortSignal): Promise<void>;

  /**
   * Keeps rows of logs; resolves when they are on disk and queries see them.
   * @throws AppError `not_found` for an unknown table, `invalid_request` for an unknown column, or one of another type,
   *   `overloaded`, `store_unavailable` when the disk is full or failing
   */
  appendLogRows(rows: LogRows): Promise<void>;

  /** Tables of a workspace that hold rows. @throws AppError `overloaded` */
  logTables(workspaceId: string): Promise<readonly LogTable[]>;

  /** Columns of any table that a query may name, system columns included; undefined when there is none. */
  columnsOf(table: string): readonly KqlColumn[] | undefined;

  /** Stops what runs, closes the files. */
  close(): Promise<void>;
}
