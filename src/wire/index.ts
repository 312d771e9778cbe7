/**
 * What crosses the network: types, paths, limits and texts shared by servers and clients.
 * Pure: no packages, no clock, no environment.
 * @module
 */
export {
  AppError,
  type AppErrorCode,
  type AppErrorOptions,
  type TokenFault,
} from "./app-error.ts";
export {
  AUDIENCES,
  ENTRA_CLOUDS,
  type EntraCloud,
  type EntraCloudFacts,
  type Plane,
  TOKEN_PATHS,
  type TokenReplyV1,
  type TokenReplyV2,
} from "./entra.ts";
export {
  ENTRA_ERRORS,
  type EntraErrorBody,
  type EntraErrorContext,
  type EntraErrorFacts,
  type EntraErrorId,
  type EntraErrorName,
  type EntraRefusal,
  entraErrorBody,
  entraErrorText,
} from "./entra-errors.ts";
export { guidFromDigest, isGuid } from "./guid.ts";
export type { ObjectPage, ObjectView, Provenance, StixObject } from "./object-view.ts";
export type {
  Outcome,
  Receipt,
  ReceiptCaller,
  ReceiptCounts,
  ReceiptFinding,
  ReceiptPage,
  ReceiptRejection,
  ReceiptSummary,
  ReceiptWarning,
} from "./receipt.ts";
export {
  GENERATIONS,
  type Generation,
  type GenerationFacts,
  RESTRICTED_SOURCE_SYSTEM,
  type RecordError,
  type RecordErrors,
  SOURCE_SYSTEM_LENGTH_MAX,
} from "./upload.ts";
