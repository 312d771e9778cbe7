/** What a failing server means for a caller: which faults pass by themselves, and in which words. */

import { AppError } from "../../wire/index.ts";
import { storeFailed, storeOverloaded, storeUnavailable } from "../store-errors.ts";

/**
 * SQLSTATE codes of a server that is too busy.
 * @see PostgreSQL, "Appendix A. PostgreSQL Error Codes"
 */
const BUSY: ReadonlySet<string> = new Set([
  "40001", // serialization_failure
  "40P01", // deadlock_detected
  "53300", // too_many_connections
  "55P03", // lock_not_available: lock_timeout
  "57014", // query_canceled: statement_timeout
]);

/** Classes and codes of a server that can't write now: connections, resources, operators, disks, damage. */
const UNAVAILABLE = /^(08|28|53|57|58|F0|XX)|^(25006|3D000)$/;

/** SQLSTATE: five digits or capital letters. System errors, such as ECONNREFUSED, look otherwise. */
const SQLSTATE = /^[0-9A-Z]{5}$/;

/**
 * The refusal for whatever a call on the server threw. The error itself isn't kept as its cause: errors of
 * the client carry the connection, and values of the statement.
 */
export function refusalFor(error: unknown): AppError {
  if (error instanceof AppError) {
    return error;
  }
  const state = sqlState(error);
  if (state === undefined) {
    return isConnectionFault(error) ? storeUnavailable(describeFault(error)) : storeFailed(error);
  }
  if (BUSY.has(state)) {
    return storeOverloaded(describeFault(error));
  }
  return UNAVAILABLE.test(state)
    ? storeUnavailable(describeFault(error))
    : storeFailed(new Error(describeFault(error)));
}

/** True when the request itself, and not the server, is what failed. */
export function isRequestFault(error: unknown): boolean {
  const state = sqlState(error);
  return state !== undefined && !BUSY.has(state) && !UNAVAILABLE.test(state);
}

/** Code and message of an error: free of addresses, passwords and values. */
export function describeFault(error: unknown): string {
  const code = codeOf(error);
  return code === undefined ? messageOf(error) : `${code}: ${messageOf(error)}`;
}

function sqlState(error: unknown): string | undefined {
  const code = codeOf(error);
  return code !== undefined && SQLSTATE.test(code) ? code : undefined;
}

/** System errors have codes; what the client itself says of a connection has only these messages. */
function isConnectionFault(error: unknown): boolean {
  const code = codeOf(error);
  const ofSystem = code !== undefined && /^E[A-Z_]+$|^(ERR_)?(SSL|TLS)_|_CERT|CERT_/.test(code);
  return ofSystem || /connection|timeout|not queryable|SSL|terminated/i.test(messageOf(error));
}

function codeOf(error: unknown): string | undefined {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : "";
  return typeof code === "string" && code !== "" ? code : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
