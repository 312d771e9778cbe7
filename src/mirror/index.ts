/**
 * The columnar mirror: Sentinel's tables and uploaded logs in DuckDB, fed from the change sequence, queried under limits.
 * @module
 */

export { discardMirror, ENGINE_FILES } from "./files.ts";
export { copyLogs, dropLogsCopy, type LogsCopy } from "./logs-copy.ts";
export type {
  ChangeSource,
  EngineLimits,
  LogCell,
  LogRetention,
  LogRows,
  LogTable,
  Mirror,
  MirrorNotice,
  MirrorOptions,
  MirrorPlan,
  MirrorPosition,
  PartialReason,
  QueryAnswer,
  QueryLimits,
  QueryStatistics,
  RunOptions,
  WireCell,
} from "./mirror.ts";
export { openMirror } from "./open-mirror.ts";
