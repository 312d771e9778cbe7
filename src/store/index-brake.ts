/**
 * Holds appends up when the index falls behind: a little, so that it keeps pace with them, and altogether
 * when it is so far behind that readers would be misled.
 */

import type { IndexWaiters } from "./index-waiters.ts";
import type { StorePosition } from "./store.ts";
import { storeOverloaded } from "./store-errors.ts";

/** When appends are held up. */
export interface IndexBrakeLimits {
  /** Requests that the index may be behind before appends wait for it. */
  readonly indexLagRequestsFree: number;
  /** Requests that the index may be behind before appends are refused. */
  readonly indexLagRequestsMax: number;
  /** How long an append waits at most, since the index may stand still. */
  readonly appendDelayMsMax: number;
}

/**
 * A function to be called before each append.
 * @throws AppError `overloaded` when the index is too far behind
 */
export function createIndexBrake(
  position: Pick<StorePosition, "appended" | "indexed">,
  waiters: IndexWaiters,
  limits: IndexBrakeLimits,
): () => Promise<void> {
  return async () => {
    const behind = position.appended - position.indexed;
    if (behind > limits.indexLagRequestsMax) {
      throw storeOverloaded(`the index is ${behind} requests behind the log`);
    }
    if (behind > limits.indexLagRequestsFree) {
      const near = position.appended - limits.indexLagRequestsFree;
      const signal = AbortSignal.timeout(limits.appendDelayMsMax);
      // An append that has waited long enough, or for a store that closes meanwhile, goes on.
      await waiters.wait(near, signal).catch(() => undefined);
    }
  };
}
