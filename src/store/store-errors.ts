/** The refusals that every store makes, in one wording. */

import { AppError } from "../wire/index.ts";

/** Every call after `close`. */
export function storeClosed(): AppError {
  return new AppError("shutting_down", "The server is shutting down.");
}

/** The disk, or the part of the store that writes to it, fails. */
export function storeUnavailable(detail: string, cause?: unknown): AppError {
  return new AppError("store_unavailable", "The store cannot write now; nothing was stored.", {
    detail,
    cause,
  });
}

/** A bounded queue of the store is full. */
export function storeOverloaded(detail: string): AppError {
  return new AppError("overloaded", "The server is busy; try again shortly.", { detail });
}

/** Anything else that a store throws: a refusal as it is, and what nobody foresaw as `internal`. */
export function storeFailed(error: unknown): AppError {
  if (error instanceof AppError) {
    return error;
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new AppError("internal", "The store failed.", { detail, cause: error });
}
