/** Lets so many queries run at one time, and so many wait for their turn. */

import { AppError } from "../wire/index.ts";

/** A place among those that run; give it back once. */
type Release = () => void;

/** Turns for queries, in the order in which they were asked for. */
export interface RunQueue {
  /** @throws AppError `overloaded` when too many wait; the signal's reason */
  enter(signal?: AbortSignal): Promise<Release>;
  /** Refuses those that wait. */
  close(reason: AppError): void;
}

interface Waiting {
  readonly admit: () => void;
  readonly refuse: (reason: unknown) => void;
}

/** An empty queue. */
export function createRunQueue(concurrentMax: number, queuedMax: number): RunQueue {
  const waiting: Waiting[] = [];
  let running = 0;
  let closed: AppError | undefined;

  function release(): void {
    running -= 1;
    waiting.shift()?.admit();
  }

  function admitted(): Release {
    running += 1;
    let isGiven = false;
    return () => {
      if (!isGiven) {
        isGiven = true;
        release();
      }
    };
  }

  function wait(signal: AbortSignal | undefined): Promise<Release> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        waiting.splice(waiting.indexOf(entry), 1);
        reject(signal?.reason);
      };
      const entry: Waiting = {
        admit: () => {
          signal?.removeEventListener("abort", abort);
          resolve(admitted());
        },
        refuse: (reason) => {
          signal?.removeEventListener("abort", abort);
          reject(reason);
        },
      };
      signal?.addEventListener("abort", abort, { once: true });
      waiting.push(entry);
    });
  }

  return {
    async enter(signal) {
      signal?.throwIfAborted();
      if (closed !== undefined) {
        throw closed;
      }
      if (running < concurrentMax) {
        return admitted();
      }
      if (waiting.length >= queuedMax) {
        throw new AppError(
          "overloaded",
          `${running} queries run and ${waiting.length} wait already; try again.`,
        );
      }
      return await wait(signal);
    },
    close(reason) {
      closed = reason;
      for (const { refuse } of waiting.splice(0)) {
        refuse(reason);
      }
    },
  };
}
