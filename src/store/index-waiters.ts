/** Those who wait until a position in the log has been indexed. */

import { checkPosition } from "./paging.ts";
import type { Sequence } from "./store.ts";

/** Keeps promises until the index reaches them. */
export interface IndexWaiters {
  /** @throws the signal's reason; whatever `fail` was called with */
  wait(sequence: Sequence, signal?: AbortSignal): Promise<void>;
  /** Resolves everyone who waits for this position or an earlier one. */
  reached(sequence: Sequence): void;
  /** Rejects everyone who waits, now and later. */
  fail(reason: Error): void;
}

interface Waiter {
  readonly sequence: Sequence;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** @param indexed how far the index is already */
export function createIndexWaiters(indexed: Sequence): IndexWaiters {
  const waiters = new Set<Waiter>();
  let position = indexed;
  let failure: Error | undefined;

  async function wait(sequence: Sequence, signal?: AbortSignal): Promise<void> {
    checkPosition("sequence", sequence);
    signal?.throwIfAborted();
    if (sequence <= position) {
      return;
    }
    if (failure !== undefined) {
      throw failure;
    }
    await new Promise<void>((resolve, reject) => {
      const settled = () => signal?.removeEventListener("abort", abort);
      const waiter: Waiter = {
        sequence,
        resolve: () => {
          settled();
          resolve();
        },
        reject: (reason) => {
          settled();
          reject(reason);
        },
      };
      const abort = () => {
        waiters.delete(waiter);
        waiter.reject(signal?.reason);
      };
      signal?.addEventListener("abort", abort);
      waiters.add(waiter);
    });
  }

  return {
    wait,
    reached(sequence) {
      position = Math.max(position, sequence);
      for (const waiter of waiters) {
        if (waiter.sequence <= position) {
          waiters.delete(waiter);
          waiter.resolve();
        }
      }
    },
    fail(reason) {
      failure = reason;
      for (const waiter of waiters) {
        waiter.reject(reason);
      }
      waiters.clear();
    },
  };
}
