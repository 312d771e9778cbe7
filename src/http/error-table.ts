/**
 * The one table from a refusal's code to status and body, for each family of API.
 *
 * The upload API has two envelopes, because a gateway stands before a backend: the gateway's
 * `{ "statusCode": …, "message": … }` in one line with spaces, and the backend's `{"error":{…}}`. Clients
 * parse both, down to the words, so the texts are kept to the byte.
 * @see Upload API, "Process the response message"
 */

import type { AppError, AppErrorCode, TokenFault } from "../wire/index.ts";

/** A reply, ready to be sent. */
export interface ErrorReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a reply may say besides the error. */
export interface ErrorContext {
  readonly requestId: string;
  /** Origin under which the client reached the server, such as `https://127.0.0.1:8443`. */
  readonly origin: string;
  readonly noRoleStatus: 401 | 403;
  readonly errorStyle: "service" | "arm";
}

type Envelope = "gateway" | "backend" | "none";

/** How the upload API answers one kind of refusal. */
export interface UploadErrorRow {
  readonly status: number;
  readonly envelope: Envelope;
  /** Replaces the error's own message on the wire; the precise reason then goes to headers, receipt, log. */
  readonly text?: string;
  /** Code inside the backend's envelope; `*` stands for the field. */
  readonly code?: string;
}

const JSON_TYPE = "application/json; charset=utf-8";

/** Refusals of the upload API. */
export const UPLOAD_ERRORS: Readonly<Record<AppErrorCode, UploadErrorRow>> = {
  unauthorized: {
    status: 401,
    envelope: "gateway",
    text: "Unauthorized. Access token is missing or invalid.",
  },
  wrong_audience: { status: 401, envelope: "none" },
  no_role: { status: 401, envelope: "backend", code: "UnauthorizedAccess" },
  invalid_workspace_id: { status: 400, envelope: "backend", code: "InvalidRequestUriParameter(*)" },
  workspace_not_found: { status: 404, envelope: "gateway", text: "Resource not found" },
  not_found: { status: 404, envelope: "gateway", text: "Resource not found" },
  route_not_found: { status: 404, envelope: "gateway" },
  method_not_allowed: { status: 404, envelope: "gateway" },
  throttled: { status: 429, envelope: "gateway" },
  malformed_body: {
    status: 400,
    envelope: "backend",
    code: "InvalidRequestBodyProperty(RequestBody)",
  },
  invalid_request: { status: 400, envelope: "backend", code: "InvalidRequestBodyProperty(*)" },
  body_too_large: { status: 413, envelope: "gateway" },
  unsupported_encoding: {
    status: 400,
    envelope: "backend",
    code: "InvalidRequestBodyProperty(RequestBody)",
  },
  conflict: { status: 409, envelope: "gateway" },
  precondition_failed: { status: 412, envelope: "gateway" },
  query_failed: { status: 400, envelope: "gateway" },
  query_timeout: { status: 504, envelope: "gateway" },
  query_too_large: { status: 400, envelope: "gateway" },
  overloaded: { status: 503, envelope: "gateway" },
  shutting_down: { status: 503, envelope: "gateway" },
  store_unavailable: { status: 500, envelope: "gateway", text: "Internal server error" },
  data_directory_locked: { status: 500, envelope: "gateway", text: "Internal server error" },
  settings_invalid: { status: 500, envelope: "gateway", text: "Internal server error" },
  internal: { status: 500, envelope: "gateway", text: "Internal server error" },
};

/** Reply of the upload API. */
export function uploadErrorReply(error: AppError, context: ErrorContext): ErrorReply {
  const armCode = context.errorStyle === "arm" ? armCodeOf(error) : undefined;
  if (armCode !== undefined) {
    return armErrorReply(error, armCode, context);
  }
  const row = UPLOAD_ERRORS[error.code];
  const status = error.code === "no_role" ? context.noRoleStatus : row.status;
  const message = row.text ?? error.message;
  const bodies: Readonly<Record<Envelope, () => string>> = {
    none: () => "",
    gateway: () => gatewayBody(status, message, context.requestId),
    backend: () =>
      JSON.stringify({
        error: {
          code: (row.code ?? "").replace("*", error.field ?? "RequestBody"),
          message,
          details: [],
          target: null,
          additionalInfo: null,
        },
      }),
  };
  const body = bodies[row.envelope]();
  return { status, headers: { ...errorHeaders(error, status, context), ...typeOf(body) }, body };
}

/** The gateway's line, spaces included: two widespread clients cut words out of it. */
function gatewayBody(status: number, message: string, requestId: string): string {
  const activity = status >= 500 ? `, "activityId": ${JSON.stringify(requestId)}` : "";
  return `{ "statusCode": ${status}, "message": ${JSON.stringify(message)}${activity} }`;
}

function typeOf(body: string): Record<string, string> {
  return body === "" ? {} : { "content-type": JSON_TYPE };
}

/** Headers of a refusal, whatever its envelope. */
export function errorHeaders(
  error: AppError,
  status: number,
  context: ErrorContext,
): Record<string, string> {
  const headers: Record<string, string> = {};
  if (error.code === "throttled" && error.retryAfterSeconds !== undefined) {
    headers["retry-after"] = String(error.retryAfterSeconds);
  }
  if (status === 401) {
    headers["www-authenticate"] = bearerChallenge(error, context);
  }
  if (error.code === "body_too_large") {
    // Otherwise the rest of the body would still be received, only to be thrown away.
    headers["connection"] = "close";
  }
  if (error.code === "method_not_allowed") {
    headers["allow"] = "POST";
  }
  if (error.code === "workspace_not_found" || error.code === "not_found") {
    headers["x-stixgate-reason"] = headerText(error.message);
  }
  return headers;
}

/**
 * The challenge that carries the precise reason. It has no `claims`, which Azure's clients would read as
 * the demand for another token.
 * @see RFC 6750 §3
 */
function bearerChallenge(error: AppError, context: ErrorContext): string {
  const kind = error.code === "no_role" ? "insufficient_scope" : "invalid_token";
  const reason = headerText(error.message);
  return `Bearer authorization_uri="${context.origin}/common", error="${kind}", error_description="${reason}"`;
}

/** A text as it may stand inside a quoted header value. */
function headerText(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, "?").replaceAll(/["\\]/g, "'");
}

/** Codes of Azure Resource Manager for tokens, in the verbose style. */
const ARM_TOKEN_CODES: Readonly<Record<TokenFault, string>> = {
  missing: "AuthenticationFailed",
  expired: "ExpiredAuthenticationToken",
  foreign: "InvalidAuthenticationTokenTenant",
  invalid: "InvalidAuthenticationToken",
};

/** Code of Azure Resource Manager for a refusal; undefined where it has none of its own. */
function armCodeOf(error: AppError): string | undefined {
  const codes: Partial<Record<AppErrorCode, string>> = {
    unauthorized: ARM_TOKEN_CODES[error.tokenFault],
    wrong_audience: "InvalidAuthenticationTokenAudience",
    no_role: "AuthorizationFailed",
  };
  return codes[error.code];
}

function armErrorReply(error: AppError, code: string, context: ErrorContext): ErrorReply {
  const status = error.code === "no_role" ? 403 : 401;
  const body = JSON.stringify({ error: { code, message: error.message } });
  return { status, headers: { ...errorHeaders(error, status, context), ...typeOf(body) }, body };
}

/** Refusals of our own API. */
export const PROBLEMS: Readonly<Record<AppErrorCode, readonly [status: number, title: string]>> = {
  unauthorized: [401, "The access token is missing or invalid"],
  wrong_audience: [401, "The access token is for another resource"],
  no_role: [403, "The caller has no role that allows this"],
  invalid_workspace_id: [400, "The workspace id is not a GUID"],
  workspace_not_found: [404, "There is no such workspace"],
  not_found: [404, "Not found"],
  route_not_found: [404, "There is nothing at this path"],
  method_not_allowed: [405, "The path does not take this method"],
  throttled: [429, "Too many requests"],
  malformed_body: [400, "The body is not JSON"],
  invalid_request: [400, "A parameter is not valid"],
  body_too_large: [413, "The body is too large"],
  unsupported_encoding: [415, "The body's encoding is not supported"],
  conflict: [409, "Conflict"],
  precondition_failed: [412, "Somebody else has changed this"],
  query_failed: [400, "The query failed"],
  query_timeout: [504, "The query took too long"],
  query_too_large: [400, "The query needs too much memory"],
  overloaded: [503, "Too much is waiting"],
  shutting_down: [503, "The server is shutting down"],
  store_unavailable: [500, "The store cannot be used"],
  data_directory_locked: [500, "The data directory is in use"],
  settings_invalid: [500, "A setting is not valid"],
  internal: [500, "Internal server error"],
};

/** Reply of our own API: a problem document. @see RFC 9457 */
export function problemReply(error: AppError, context: ErrorContext): ErrorReply {
  const [status, title] = PROBLEMS[error.code];
  const detail = status >= 500 && status !== 503 ? undefined : error.message;
  const body = JSON.stringify({
    type: "about:blank",
    title,
    status,
    ...(detail === undefined ? {} : { detail }),
    ...(error.field === undefined ? {} : { field: error.field }),
    code: error.code,
    requestId: context.requestId,
    ...error.facts,
  });
  return {
    status,
    headers: {
      ...errorHeaders(error, status, context),
      "content-type": "application/problem+json",
    },
    body,
  };
}

/** Codes of Azure Resource Manager for refusals of the management plane. */
const ARM_CODES: Readonly<Record<AppErrorCode, string>> = {
  unauthorized: "AuthenticationFailed",
  wrong_audience: "InvalidAuthenticationTokenAudience",
  no_role: "AuthorizationFailed",
  invalid_workspace_id: "InvalidResourceName",
  workspace_not_found: "ResourceNotFound",
  not_found: "NotFound",
  route_not_found: "InvalidResourceType",
  method_not_allowed: "MethodNotAllowed",
  throttled: "TooManyRequests",
  malformed_body: "InvalidRequestContent",
  invalid_request: "BadRequest",
  body_too_large: "RequestEntityTooLarge",
  unsupported_encoding: "InvalidRequestContent",
  conflict: "Conflict",
  precondition_failed: "PreconditionFailed",
  overloaded: "ServerTimeout",
  shutting_down: "ServiceUnavailable",
  store_unavailable: "InternalServerError",
  data_directory_locked: "InternalServerError",
  settings_invalid: "InternalServerError",
  query_failed: "BadRequest",
  query_timeout: "GatewayTimeout",
  query_too_large: "BadRequest",
  internal: "InternalServerError",
};

/** Reply of the management plane: the status of our own API, in the envelope of Azure Resource Manager. */
export function armManagementReply(error: AppError, context: ErrorContext): ErrorReply {
  const [status] = PROBLEMS[error.code];
  const code =
    error.code === "unauthorized" ? ARM_TOKEN_CODES[error.tokenFault] : ARM_CODES[error.code];
  const message = status >= 500 && status !== 503 ? "Internal server error" : error.message;
  const target = error.field === undefined ? {} : { target: error.field };
  const body = JSON.stringify({ error: { code, message, ...target } });
  return { status, headers: { ...errorHeaders(error, status, context), ...typeOf(body) }, body };
}

/** Reply to somebody whose sign-in failed: a sentence to read, in a browser. */
export function signInErrorReply(error: AppError, context: ErrorContext): ErrorReply {
  const [status, title] = PROBLEMS[error.code];
  const reason = status >= 500 ? "" : `${error.message}\n`;
  return {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
    body: `${title}.\n${reason}\nRequest ${context.requestId}\n`,
  };
}
