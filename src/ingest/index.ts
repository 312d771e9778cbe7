/**
 * The upload use case: throttle, body, validation, acceptance, receipts.
 * @module
 */
export { type RecordPool, type RecordPoolOptions, startRecordPool } from "./record-pool.ts";
export {
  type ProcessedRecords,
  prepareRecords,
  processRecords,
  type RecordOptions,
  type RecordProcessor,
  type RecordsJob,
} from "./records.ts";
export {
  openSharedThrottle,
  type SharedThrottle,
  type SharedThrottleOptions,
} from "./shared-throttle.ts";
export {
  createThrottle,
  type LocalThrottle,
  type Throttle,
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
