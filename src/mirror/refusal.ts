/** Refusals on their way between processes. */

import { AppError } from "../wire/index.ts";
import { messageOf } from "./message-of.ts";
import type { RefusalData } from "./protocol.ts";

/** What is sent of an error. What is no refusal is told in `detail`, for the log. */
export function refusalData(error: unknown): RefusalData {
  return error instanceof AppError
    ? {
        code: error.code,
        message: error.message,
        detail: error.detail ?? causeOf(error),
        field: error.field,
      }
    : {
        code: "internal",
        message: "The query engine failed.",
        detail: error instanceof Error ? (error.stack ?? error.message) : messageOf(error),
        field: undefined,
      };
}

/** The refusal that was sent. */
export function refusalFrom({ code, message, detail, field }: RefusalData): AppError {
  return new AppError(code, message, {
    ...(detail === undefined ? {} : { detail }),
    ...(field === undefined ? {} : { field }),
  });
}

function causeOf(error: AppError): string | undefined {
  return error.cause === undefined ? undefined : messageOf(error.cause);
}
