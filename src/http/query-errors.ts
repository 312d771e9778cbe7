/**
 * Refusals of the two APIs beside the upload API: of queries, in the envelope of Log Analytics, and of logs, in that of
 * the Logs Ingestion API. Clients of both look for an object `error` with `code` and `message`.
 * @see Azure Monitor, "Log Analytics API, errors"; "Logs Ingestion API, troubleshooting"
 */
import type { AppError, AppErrorCode } from "../wire/index.ts";
import { type ErrorContext, type ErrorReply, errorHeaders } from "./error-table.ts";

/** How one kind of refusal is answered; without a text the error's own message stands there. */
interface PlaneErrorRow {
  readonly status: number;
  readonly code: string;
  readonly text?: string;
}

const FAULT = { status: 500, code: "InternalServerError", text: "Internal server error" } as const;

/** Refusals of the query API. */
export const QUERY_ERRORS: Readonly<Record<AppErrorCode, PlaneErrorRow>> = {
  unauthorized: {
    status: 401,
    code: "AuthorizationRequiredError",
    text: "Valid authentication was not provided",
  },
  wrong_audience: {
    status: 403,
    code: "InvalidTokenError",
    text: "The provided authentication is not valid for this resource",
  },
  no_role: {
    status: 403,
    code: "InsufficientAccessError",
    text: "The provided credentials have insufficient access to perform the requested operation",
  },
  invalid_workspace_id: { status: 400, code: "BadArgumentError" },
  workspace_not_found: {
    status: 404,
    code: "WorkspaceNotFoundError",
    text: "The requested workspace could not be found",
  },
  not_found: { status: 404, code: "PathNotFoundError" },
  route_not_found: {
    status: 404,
    code: "PathNotFoundError",
    text: "The requested path does not exist",
  },
  method_not_allowed: { status: 405, code: "MethodNotAllowedError" },
  throttled: { status: 429, code: "ThrottledError" },
  malformed_body: { status: 400, code: "BadArgumentError" },
  invalid_request: { status: 400, code: "BadArgumentError" },
  body_too_large: { status: 413, code: "BadArgumentError" },
  unsupported_encoding: { status: 400, code: "BadArgumentError" },
  conflict: { status: 409, code: "ConflictError" },
  precondition_failed: { status: 412, code: "PreconditionFailedError" },
  query_failed: { status: 400, code: "BadArgumentError" },
  query_timeout: { status: 504, code: "GatewayTimeout" },
  query_too_large: { status: 400, code: "QueryExecutionError" },
  overloaded: { status: 429, code: "ThrottledError" },
  shutting_down: { status: 503, code: "ServiceUnavailableError" },
  store_unavailable: FAULT,
  data_directory_locked: FAULT,
  settings_invalid: FAULT,
  internal: FAULT,
};

/** Refusals of the Logs Ingestion API. */
export const INGESTION_ERRORS: Readonly<Record<AppErrorCode, PlaneErrorRow>> = {
  unauthorized: { status: 401, code: "Unauthorized", text: "Authentication failed." },
  wrong_audience: { status: 401, code: "InvalidAudience" },
  no_role: { status: 403, code: "OperationFailed" },
  invalid_workspace_id: { status: 400, code: "InvalidDataCollectionRule" },
  workspace_not_found: { status: 404, code: "NotFound" },
  not_found: { status: 404, code: "NotFound" },
  route_not_found: { status: 404, code: "NotFound" },
  method_not_allowed: { status: 405, code: "MethodNotAllowed" },
  throttled: { status: 429, code: "RateLimitExceeded" },
  malformed_body: { status: 400, code: "ContentParseError" },
  invalid_request: { status: 400, code: "InvalidPayload" },
  body_too_large: { status: 413, code: "ContentLengthLimitExceeded" },
  unsupported_encoding: { status: 400, code: "InvalidContentEncoding" },
  conflict: { status: 409, code: "Conflict" },
  precondition_failed: { status: 412, code: "PreconditionFailed" },
  query_failed: FAULT,
  query_timeout: FAULT,
  query_too_large: FAULT,
  overloaded: { status: 429, code: "RateLimitExceeded" },
  shutting_down: { status: 503, code: "ServiceUnavailable" },
  store_unavailable: FAULT,
  data_directory_locked: FAULT,
  settings_invalid: FAULT,
  internal: FAULT,
};

/** Wait that a full queue asks for: queries are over in seconds. */
const OVERLOADED_RETRY_SECONDS = 5;

/** Reply of the query API. */
export function queryErrorReply(error: AppError, context: ErrorContext): ErrorReply {
  return planeReply(QUERY_ERRORS[error.code], error, context);
}

/** Reply of the Logs Ingestion API. */
export function ingestionErrorReply(error: AppError, context: ErrorContext): ErrorReply {
  const row = INGESTION_ERRORS[error.code];
  const isStream = error.field === "stream";
  return planeReply(isStream ? { status: 400, code: "InvalidStream" } : row, error, context);
}

/** The object `error` of a reply; the service's own words go first, the precise reason lies within. */
export function queryErrorObject(error: AppError, requestId: string): object {
  const row = QUERY_ERRORS[error.code];
  return errorObject(row, error, requestId);
}

function planeReply(row: PlaneErrorRow, error: AppError, context: ErrorContext): ErrorReply {
  const headers = { ...errorHeaders(error, row.status, context) };
  if (error.code === "overloaded") {
    headers["retry-after"] = String(OVERLOADED_RETRY_SECONDS);
  }
  return {
    status: row.status,
    headers: { ...headers, "content-type": "application/json; charset=utf-8" },
    body: JSON.stringify({ error: errorObject(row, error, context.requestId) }),
  };
}

function errorObject(row: PlaneErrorRow, error: AppError, requestId: string): object {
  const isFault = row.status === 500;
  return {
    message: row.text ?? error.message,
    code: row.code,
    correlationId: requestId,
    ...(isFault || row.text === undefined || row.text === error.message
      ? {}
      : { innererror: { code: error.code, message: error.message } }),
    ...(error.field === undefined || isFault ? {} : { target: error.field }),
  };
}
