/**
 * The documented throttle: so many requests a minute for each principal, in memory of this process.
 *
 * A window opens with a principal's first request and lasts a minute. Clients that pace themselves count
 * their own minutes, and the network shifts every request a little, so both ends of a window give way by
 * `GRACE_MS`: a window whose requests are used up may be followed by the next one that much early, and one
 * that has requests left takes late arrivals that much longer. So a client that sends at most the limit in
 * each of its own minutes, or one request every 600 ms, is never refused, while the first request beyond
 * the limit inside a minute always is. A refused request counts for nothing.
 *
 * @see Upload API, "Throttling limits for the API"
 */

/** Length of a window (Upload API: "100 requests per minute"). */
export const WINDOW_MS = 60_000;

/** How far one request may be shifted by the network and by a client's timer. */
export const GRACE_MS = 1_000;

/** Principals remembered at one time; the one longest idle is forgotten first. */
const PRINCIPALS_MAX = 100_000;

/** Answer of the throttle: `retryAfterSeconds` is 0 when the request may pass, else 1 to 60. */
export interface ThrottleVerdict {
  readonly retryAfterSeconds: number;
}

/** How much of its limit a principal has used. */
export interface ThrottleState {
  readonly used: number;
  /** Until the window ends and the next may begin; 0 without a window. */
  readonly resetsInSeconds: number;
}

/** Counts requests of principals. */
export interface Throttle {
  /**
   * Counts one request.
   * @param limit requests a minute, at least 1
   * @param nowMs milliseconds of a clock that does not jump
   */
  readonly take: (
    principal: string,
    limit: number,
    nowMs: number,
  ) => ThrottleVerdict | Promise<ThrottleVerdict>;

  /** Looks without counting; undefined where nobody can tell just now. */
  readonly peek: (
    principal: string,
    limit: number,
    nowMs: number,
  ) => ThrottleState | undefined | Promise<ThrottleState | undefined>;
}

/** A throttle that answers at once, because it counts in this process alone. */
export interface LocalThrottle extends Throttle {
  readonly take: (principal: string, limit: number, nowMs: number) => ThrottleVerdict;
}

interface Window {
  startMs: number;
  count: number;
}

/** Makes a throttle that has seen nobody yet. */
export function createThrottle(): LocalThrottle {
  const windows = new Map<string, Window>();
  return {
    take(principal, limit, nowMs) {
      const window = windows.get(principal);
      if (window === undefined || isOver(window, limit, nowMs)) {
        windows.delete(principal);
        windows.set(principal, { startMs: nowMs, count: 1 });
        forgetOldest(windows);
        return { retryAfterSeconds: 0 };
      }
      if (window.count < limit) {
        window.count += 1;
        return { retryAfterSeconds: 0 };
      }
      return verdictAfter(window.startMs + WINDOW_MS - nowMs);
    },
    peek(principal, limit, nowMs) {
      const window = windows.get(principal);
      return window === undefined || isOver(window, limit, nowMs)
        ? { used: 0, resetsInSeconds: 0 }
        : stateAfter(window.count, window.startMs + WINDOW_MS - nowMs);
    },
  };
}

/** What a window that has so much time left has counted. */
export function stateAfter(used: number, remainingMs: number): ThrottleState {
  return { used, resetsInSeconds: Math.max(0, Math.ceil(remainingMs / 1000)) };
}

/** The refusal of a window that has so much time left: whole seconds, at least one. */
export function verdictAfter(remainingMs: number): ThrottleVerdict {
  return { retryAfterSeconds: Math.max(1, Math.ceil(remainingMs / 1000)) };
}

function isOver(window: Window, limit: number, nowMs: number): boolean {
  const ageMs = nowMs - window.startMs;
  return ageMs >= (window.count < limit ? WINDOW_MS + GRACE_MS : WINDOW_MS - GRACE_MS);
}

function forgetOldest(windows: Map<string, Window>): void {
  if (windows.size > PRINCIPALS_MAX) {
    const [oldest] = windows.keys();
    if (oldest !== undefined) {
      windows.delete(oldest);
    }
  }
}
