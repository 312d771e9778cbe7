/**
 * The one exception of the client: a code for the machine, a message for people. Records that the service
 * rejects are no errors but part of the result.
 */

/** Every reason for which the client gives up. */
export type ClientErrorCode =
  | "options_invalid" // an option breaks a rule; `field` names it
  | "input_unreadable" // a file is missing, unreadable or no valid gzip
  | "input_invalid" // a file holds no JSON, or JSON without STIX objects; `position` says where
  | "input_too_large" // a document, a line or an object passes a limit of the readers
  | "authentication_failed" // the token service refused the credential
  | "unauthorized" // the service refused a fresh token
  | "forbidden" // the application lacks the role on the workspace
  | "not_found" // no such workspace, receipt or path
  | "refused" // the service refused a request as a whole for another reason
  | "throttled" // still throttled after all tries
  | "unavailable" // no answer, or only server errors, after all tries
  | "certificate_untrusted" // the server's certificate does not verify
  | "unexpected_reply" // an answer that no upload API gives, such as a proxy's page
  | "journal_mismatch" // the journal belongs to another upload, or the input changed since
  | "journal_unwritable" // what was acknowledged cannot be recorded
  | "aborted"; // the caller's signal

/** A place in an input. */
export interface InputPosition {
  /** As the caller named it; `-` is standard input. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** In characters, from 1. */
  readonly column: number;
}

/** What accompanies an error besides its message. */
export interface ClientErrorOptions {
  readonly cause?: unknown;
  readonly field?: string;
  readonly position?: InputPosition;
  /** Status of the answer that led to it. */
  readonly status?: number;
  /** The identifier that the service gave the request. */
  readonly requestId?: string | undefined;
}

/** Why the client gave up: switch on `code`, show `message`. */
export class ClientError extends Error {
  readonly code: ClientErrorCode;
  readonly field: string | undefined;
  readonly position: InputPosition | undefined;
  readonly status: number | undefined;
  readonly requestId: string | undefined;

  constructor(code: ClientErrorCode, message: string, options: ClientErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "ClientError";
    this.code = code;
    this.field = options.field;
    this.position = options.position;
    this.status = options.status;
    this.requestId = options.requestId;
  }
}

/** The error for a caller's signal that has fired. */
export function abortedError(signal: AbortSignal | undefined): ClientError {
  return new ClientError("aborted", "Stopped before the end.", { cause: signal?.reason });
}

/** What a stranger's exception says, with the cause that fetch hides below its own. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const { cause } = error;
  if (!(cause instanceof Error)) {
    return error.message;
  }
  const first = cause instanceof AggregateError ? cause.errors[0] : undefined;
  const inner = first instanceof Error ? first : cause;
  return inner.message === "" ? error.message : inner.message;
}
