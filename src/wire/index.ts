/**
 * What crosses the network: types, paths, limits and texts shared by servers and clients.
 * Pure: no packages, no clock, no environment.
 * @module
 */
export { AppError, type AppErrorCode, type AppErrorOptions } from "./app-error.ts";
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
