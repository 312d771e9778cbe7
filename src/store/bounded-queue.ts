/** Bounds on what a store has under way: queues refuse what is too much, and probes share one answer. */

import { storeOverloaded } from "./store-errors.ts";

/** Counts calls and their bytes from their start to their end. */
export interface BoundedQueue {
  /** @throws AppError `overloaded`; never for the only one, since it could never be taken */
  enter<T>(size: number, work: () => Promise<T>): Promise<T>;
}

/** Counts what is under way, and refuses what would go past a bound. */
export function createQueue(countMax: number, bytesMax: number): BoundedQueue {
  let count = 0;
  let bytes = 0;
  return {
    async enter<T>(size: number, work: () => Promise<T>): Promise<T> {
      if (count > 0 && (count >= countMax || bytes + size > bytesMax)) {
        throw storeOverloaded(`${count} calls with ${bytes} bytes are waiting`);
      }
      count += 1;
      bytes += size;
      try {
        return await work();
      } finally {
        count -= 1;
        bytes -= size;
      }
    },
  };
}

/** Those who ask at the same time share one answer: probes must not crowd out appends. */
export function shared<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () => {
    asked ??= ask().finally(() => {
      asked = undefined;
    });
    return asked;
  };
}
