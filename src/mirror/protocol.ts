/** What the server and the engine's process say to each other. Everything survives a structured clone. */

import type { ObjectVersion } from "../store/index.ts";
import type { AppErrorCode } from "../wire/index.ts";
import type {
  EngineLimits,
  LogRetention,
  LogRows,
  LogTable,
  MirrorNotice,
  MirrorPlan,
  PartialReason,
  QueryLimits,
  RunOptions,
} from "./mirror.ts";

/** What the engine's process is started with. */
export interface EngineConfig {
  readonly directory: string;
  /** Folder of the embedded store; null when versions are asked for by message. */
  readonly storeDirectory: string | null;
  readonly republishDays: number;
  readonly engine: EngineLimits;
  readonly logs: LogRetention;
}

/** A plan with all that the engine needs to run it. */
export interface QueryCall {
  readonly plan: MirrorPlan;
  readonly workspaceId: string;
  readonly parameters: RunOptions["parameters"];
  readonly limits: QueryLimits;
  /** Tables of the plan that are for logs, with their columns, so that they can be read before they hold rows. */
  readonly logTables: readonly LogSchema[];
}

/** A table for logs and its columns, the system's included. */
export interface LogSchema {
  readonly table: string;
  readonly columns: MirrorPlan["columns"];
}

/** How a query ended; its rows have been sent before. */
export interface QueryEnd {
  readonly rowCount: number;
  readonly bytes: number;
  readonly partial: PartialReason | null;
  readonly elapsedMs: number;
  readonly cpuMs: number;
  readonly change: number;
}

/** Rows of logs with the columns of their table. */
export interface LogCall {
  readonly rows: LogRows;
  readonly schema: LogSchema;
  /** RFC 3339: when they arrived. */
  readonly receivedAt: string;
}

/** What the engine answers to. */
export interface EngineMethods {
  open(config: EngineConfig): null;
  run(call: QueryCall): QueryEnd;
  /** Reads what is in the store now; answers when queries see it. */
  refresh(): null;
  appendLogRows(call: LogCall): null;
  logTables(workspaceId: string): readonly LogTable[];
  close(): null;
}

export type EngineMethod = keyof EngineMethods;

/** A refusal on its way between processes. */
export interface RefusalData {
  readonly code: AppErrorCode;
  readonly message: string;
  readonly detail: string | undefined;
  readonly field: string | undefined;
}

export type ToEngine =
  | {
      readonly kind: "call";
      readonly call: number;
      readonly method: EngineMethod;
      readonly argument: unknown;
    }
  | { readonly kind: "cancel"; readonly call: number }
  | { readonly kind: "versions"; readonly versions: readonly ObjectVersion[] | RefusalData };

export type FromEngine =
  | { readonly kind: "done"; readonly call: number; readonly value: unknown }
  | { readonly kind: "refused"; readonly call: number; readonly refusal: RefusalData }
  | { readonly kind: "rows"; readonly call: number; readonly rowsJson: string }
  | { readonly kind: "position"; readonly applied: number; readonly stored: number }
  | { readonly kind: "changes"; readonly after: number; readonly limit: number }
  | { readonly kind: "notice"; readonly notice: MirrorNotice };
