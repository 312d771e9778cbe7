/**
 * What the store's main side and its worker threads say to each other.
 *
 *     main → worker   Call      one question, answered once
 *     worker → main   ready     once, after opening: the value the worker starts with
 *                     failed    instead of ready: why it can't open; the thread then ends
 *                     replies   answers to one or more calls
 *                     event     something that nobody asked for
 */

import { AppError, type AppErrorCode } from "../wire/index.ts";

/** A question to a worker. */
export interface Call {
  readonly call: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

/** An `AppError` on its way between threads, which would strip the class from it. */
export interface RefusalData {
  readonly code: AppErrorCode;
  readonly message: string;
  readonly detail: string | undefined;
  readonly field: string | undefined;
}

/** An answer: a value, or the refusal. */
export type Reply =
  | { readonly call: number; readonly value: unknown }
  | { readonly call: number; readonly refusal: RefusalData };

/** Anything a worker says. */
export type WorkerMessage =
  | { readonly kind: "ready"; readonly value: unknown }
  | { readonly kind: "failed"; readonly refusal: RefusalData }
  | { readonly kind: "replies"; readonly replies: readonly Reply[] }
  | { readonly kind: "event"; readonly value: unknown };

/** The methods a worker offers, by name; arguments and results must survive a structured clone. */
export type Methods<T> = { readonly [name in keyof T]: (...args: never[]) => unknown };

/** Takes an error apart for the journey. */
export function refusalData({ code, message, detail, field }: AppError): RefusalData {
  return { code, message, detail, field };
}

/** Puts it together again. */
export function refusalFrom({ code, message, detail, field }: RefusalData): AppError {
  return new AppError(code, message, {
    ...(detail === undefined ? {} : { detail }),
    ...(field === undefined ? {} : { field }),
  });
}

/** Answers a call with what `work` returns, or with the refusal that what it throws means. */
export function replyOf(
  call: number,
  work: () => unknown,
  refusalFor: (error: unknown) => AppError,
): Reply {
  try {
    return { call, value: work() };
  } catch (error) {
    return { call, refusal: refusalData(refusalFor(error)) };
  }
}
