/**
 * The upload use case: throttle, body, validation, acceptance, receipts.
 * @module
 */
export { ACTIONS_MAX, applyActions, checkActions, type ObjectAction } from "./actions.ts";
export { taggedWith } from "./labels.ts";
export { type RecordPool, type RecordPoolOptions, startRecordPool } from "./record-pool.ts";
export {
  type PreparedRecords,
  type ProcessedRecords,
  prepareRecords,
  processRecords,
  type RecordOptions,
  type RecordProcessor,
  type RecordsJob,
} from "./records.ts";
export {
  compileRules,
  type IngestionRule,
  type RuledRecord,
  type RuleOutcome,
} from "./rules.ts";
export {
  openSharedThrottle,
  type SharedThrottle,
  type SharedThrottleOptions,
} from "./shared-throttle.ts";
export {
  createThrottle,
  type LocalThrottle,
  type Throttle,
  type ThrottleState,
  type ThrottleVerdict,
} from "./throttle.ts";
export {
  createUploads,
  type UploadContext,
  type UploadLimits,
  type UploadOptions,
  type UploadPorts,
  type UploadResult,
  type Uploads,
  uploadPathOf,
} from "./upload.ts";
export type { UploadRecord } from "./upload-body.ts";
