/**
 * The one exception with which a use case refuses a request. What a client sees of it (status, headers,
 * body) is decided by the table in the HTTP room; the other rooms only know the code.
 */

/** Every reason for which a request is refused. Findings about single records are data, not errors. */
export type AppErrorCode =
  | "unauthorized" // no token, or one that does not verify
  | "wrong_audience" // a valid token for another resource
  | "no_role" // the principal lacks the action on the workspace
  | "invalid_workspace_id" // not a GUID
  | "workspace_not_found"
  | "not_found" // any other thing that does not exist
  | "route_not_found"
  | "method_not_allowed"
  | "throttled"
  | "malformed_body" // not JSON, too deep, not an object
  | "invalid_request" // well-formed, but a field of the request breaks a rule
  | "body_too_large"
  | "unsupported_encoding" // a Content-Encoding that is not gzip, deflate or br, or broken data in it
  | "conflict" // the thing exists already, or is in use
  | "precondition_failed" // the thing was changed by somebody else in the meantime
  | "query_failed" // a value that the query engine refuses while it runs
  | "query_timeout" // the query took longer than it may
  | "query_too_large" // the query needs more memory than it may
  | "overloaded" // a bounded queue is full; try again
  | "store_unavailable" // the disk is full or failing; nothing was stored
  | "shutting_down"
  | "data_directory_locked"
  | "settings_invalid"
  | "internal";

/** What is wrong with an access token, for replies that tell the kinds apart. */
export type TokenFault = "missing" | "expired" | "foreign" | "invalid";

/** What accompanies a refusal besides its public message. */
export interface AppErrorOptions {
  /** For the log only: never sent to a client. */
  readonly detail?: string;
  readonly cause?: unknown;
  /** Whole seconds until a retry can succeed; only with "throttled". */
  readonly retryAfterSeconds?: number;
  /** The offending field of the request, spelled as on the wire. */
  readonly field?: string;
  /** Only with "unauthorized"; "invalid" where nothing is said. */
  readonly tokenFault?: TokenFault;
  /** More for the client of an API that can carry it, such as what is wrong with each property. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** A refusal: `code` for the machine, `message` for the client, `detail` for the log. */
export class AppError extends Error {
  readonly code: AppErrorCode;
  readonly detail: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly field: string | undefined;
  readonly tokenFault: TokenFault;
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(code: AppErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.detail = options.detail;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.field = options.field;
    this.tokenFault = options.tokenFault ?? "invalid";
    this.facts = options.facts ?? {};
  }
}
