/** How far the mirror is, and who waits for it to come further. */

import type { AppError } from "../wire/index.ts";
import type { MirrorPosition } from "./mirror.ts";

/** The position with its waiters. */
export interface Positions {
  set(applied: number, stored: number): void;
  get(): Omit<MirrorPosition, "ready">;
  reached(change: number, signal?: AbortSignal): Promise<void>;
  close(reason: AppError): void;
}

interface Waiter {
  readonly change: number;
  readonly done: (failure?: { readonly reason: unknown }) => void;
}

/** A position at the very beginning. */
export function createPositions(): Positions {
  const waiters = new Set<Waiter>();
  let position = { applied: 0, stored: 0 };
  let closed: AppError | undefined;

  return {
    set(applied, stored) {
      position = { applied, stored };
      for (const waiter of waiters) {
        if (waiter.change <= applied) {
          waiter.done();
        }
      }
    },
    get: () => position,
    async reached(change, signal) {
      signal?.throwIfAborted();
      if (closed !== undefined) {
        throw closed;
      }
      if (change <= position.applied) {
        return;
      }
      await new Promise<void>((resolve, reject) => {
        const abort = (): void => waiter.done({ reason: signal?.reason });
        const waiter: Waiter = {
          change,
          done: (failure) => {
            waiters.delete(waiter);
            signal?.removeEventListener("abort", abort);
            return failure === undefined ? resolve() : reject(failure.reason);
          },
        };
        waiters.add(waiter);
        signal?.addEventListener("abort", abort, { once: true });
      });
    },
    close(reason) {
      closed = reason;
      for (const { done } of waiters) {
        done({ reason });
      }
    },
  };
}
