/**
 * The client of the upload API: tokens, batches, pace, retries, receipts, and readers for STIX files. Works
 * against Stixgate and against the real Microsoft Sentinel.
 * @module
 */
export { type ApiClient, type ApiRequest, apiKeyCredential, createApiClient } from "./api.ts";
export { type Client, createClient } from "./client.ts";
export {
  ClientError,
  type ClientErrorCode,
  type ClientErrorOptions,
  type InputPosition,
} from "./client-error.ts";
export {
  type CertificateCredential,
  type Credential,
  DEFAULT_AUTHORITY_HOST,
  type SecretCredential,
  type TokenCredential,
} from "./credential.ts";
export { type CsvRow, csvRows } from "./csv-rows.ts";
export { type DocumentRecord, recordsOfDocument } from "./document.ts";
export { type OpenInput, openInput, plainBytes } from "./input-bytes.ts";
export {
  type AcknowledgedBatch,
  type Journal,
  type JournalIdentity,
  openJournal,
  type Rejection,
} from "./journal.ts";
export { firstFault } from "./json-fault.ts";
export {
  elementsOf,
  type JsonFault,
  type Member,
  membersOf,
  opensArray,
  opensObject,
  type Span,
} from "./json-scan.ts";
export {
  createMonitorClient,
  INGESTION_SCOPE,
  type IngestRequest,
  type MonitorClient,
  QUERY_SCOPE,
  type QueryRequest,
} from "./monitor.ts";
export {
  type ClientClock,
  type ClientNotice,
  type ClientOptions,
  DEFAULT_ENDPOINT,
  DEFAULT_OBJECTS_PER_REQUEST_MAX,
  DEFAULT_REQUESTS_PER_MINUTE_MAX,
  DEFAULT_SCOPE,
} from "./options.ts";
export { type PlanRequest, planUpload, type UploadPlan } from "./plan.ts";
export {
  DOCUMENT_BYTES_MAX,
  type InputOptions,
  type Inputs,
  LINE_BYTES_MAX,
  openInputs,
  STDIN_NAME,
} from "./readers.ts";
export type { ReceiptFilter } from "./receipts.ts";
export {
  checkSource,
  type UploadProgress,
  type UploadRequest,
  type UploadResult,
} from "./upload.ts";
export { type UploadObject, uploadObjectsOf } from "./upload-object.ts";
