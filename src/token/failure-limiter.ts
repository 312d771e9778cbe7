/**
 * Slows down whoever guesses credentials: after so many failures of one client id from one address within a
 * minute, both have to wait for the minute to end. Successful sign-ins are never counted.
 */
import type { Clock } from "./clock.ts";
import { createLru } from "./lru.ts";

const WINDOW_MS = 60_000;
const MS_PER_SECOND = 1_000;
/** Pairs of address and client id remembered at one time, about 2 MB. */
const PAIRS_MAX = 10_000;

/** Counts failures by address and client id. */
export interface FailureLimiter {
  /** Whole seconds to wait, at least 1; undefined when the client may try. */
  secondsToWait(address: string, appId: string): number | undefined;
  fail(address: string, appId: string): void;
}

/** @param failuresMax failures within a minute that are still answered */
export function createFailureLimiter(failuresMax: number, clock: Clock): FailureLimiter {
  const windows = createLru<{ readonly startMs: number; readonly failures: number }>(PAIRS_MAX);
  const current = (key: string): { readonly startMs: number; readonly failures: number } => {
    const nowMs = clock().getTime();
    const window = windows.get(key);
    const isOver = window === undefined || nowMs - window.startMs >= WINDOW_MS;
    return isOver ? { startMs: nowMs, failures: 0 } : window;
  };
  return {
    secondsToWait(address, appId) {
      const { startMs, failures } = current(`${address} ${appId}`);
      if (failures < failuresMax) {
        return undefined;
      }
      const restMs = startMs + WINDOW_MS - clock().getTime();
      return Math.max(1, Math.ceil(restMs / MS_PER_SECOND));
    },
    fail(address, appId) {
      const key = `${address} ${appId}`;
      const { startMs, failures } = current(key);
      windows.set(key, { startMs, failures: failures + 1 });
    },
  };
}
