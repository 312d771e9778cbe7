/**
 * The documented throttle for several processes: the windows stand in Valkey or Redis, by whose own clock
 * they are measured, so that all processes refuse the same request.
 *
 * The rule is that of `throttle.ts`, run as one script on the server, which makes it exact under concurrency.
 * While the server can't be reached, each process counts for itself: uploads go on, and a caller that
 * spreads its requests over N processes may send N times the limit until the server is back.
 */

import type { Redis } from "ioredis";
import { RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import {
  createThrottle,
  GRACE_MS,
  stateAfter,
  type Throttle,
  type ThrottleVerdict,
  verdictAfter,
  WINDOW_MS,
} from "./throttle.ts";

export interface SharedThrottleOptions {
  /** Address such as `redis://host:6379/0` or `rediss://user:password@host:6380`. */
  readonly url: string;
  /** Told once when the server is lost and once when it is back. */
  readonly onStateChange: (isUp: boolean, cause: unknown) => void;
}

/** A throttle that several processes share. */
export interface SharedThrottle extends Throttle {
  readonly close: () => Promise<void>;
}

/** How long an upload waits for the answer before this process counts for itself. */
const COMMAND_TIMEOUT_MS = 500;

/** Longest pause between attempts to reach the server again. */
const RECONNECT_MS_MAX = 2_000;

const KEY_PREFIX = "stixgate:throttle";

/** A limit is a setting of few values; a limiter object is kept for each. */
const LIMITERS_MAX = 1_000;

/**
 * Counts one request of KEYS[1] against the limit ARGV[3]; returns the count and the milliseconds until the
 * window's end. A count above the limit means that the request is refused and was not counted.
 */
const COUNT_SCRIPT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local limit = tonumber(ARGV[3])
local window = redis.call('HMGET', KEYS[1], 'start', 'count')
local start = tonumber(window[1])
local count = tonumber(window[2])
if start == nil or now - start >= (count < limit and ${WINDOW_MS + GRACE_MS} or ${WINDOW_MS - GRACE_MS}) then
  redis.call('HSET', KEYS[1], 'start', now, 'count', 1)
  redis.call('PEXPIRE', KEYS[1], ${WINDOW_MS + GRACE_MS})
  return {1, ${WINDOW_MS}}
end
if count >= limit then
  return {limit + 1, math.max(1, start + ${WINDOW_MS} - now)}
end
return {redis.call('HINCRBY', KEYS[1], 'count', 1), math.max(1, start + ${WINDOW_MS} - now)}
`;

/** Opens the shared throttle; it works, counting locally, even before the server is reached. */
export async function openSharedThrottle(options: SharedThrottleOptions): Promise<SharedThrottle> {
  // Loaded only where it is used: with this module in the process, measured pattern parsing on the same thread
  // runs at less than half its speed. Threads that validate (server.workers) are not touched by it.
  const { Redis } = await import("ioredis");
  const client = new Redis(options.url, {
    commandTimeout: COMMAND_TIMEOUT_MS,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(attempt * 100, RECONNECT_MS_MAX),
  });
  let isUp = true;
  const noteState = (nowUp: boolean, cause?: unknown): void => {
    if (isUp !== nowUp) {
      isUp = nowUp;
      options.onStateChange(nowUp, cause);
    }
  };
  client.on("error", (cause) => noteState(false, cause));
  client.on("ready", () => noteState(true));
  const local = createThrottle();
  const limiters = new Map<number, RateLimiterRedis>();

  return {
    async take(principal, limit, nowMs) {
      try {
        await limiterOf(limiters, client, limit).consume(principal);
        return { retryAfterSeconds: 0 };
      } catch (thrown) {
        if (thrown instanceof RateLimiterRes) {
          return refusalOf(thrown);
        }
        noteState(false, thrown);
        return local.take(principal, limit, nowMs);
      }
    },
    async peek(principal, limit, nowMs) {
      try {
        const key = `${KEY_PREFIX}:${principal}`;
        const [start, count] = await client.hmget(key, "start", "count");
        const [seconds = 0, microseconds = 0] = await client.time();
        const ageMs = seconds * 1000 + Math.floor(microseconds / 1000) - Number(start ?? 0);
        return start === null || ageMs >= WINDOW_MS
          ? { used: 0, resetsInSeconds: 0 }
          : stateAfter(Number(count ?? 0), WINDOW_MS - ageMs);
      } catch {
        return local.peek(principal, limit, nowMs);
      }
    },
    async close() {
      client.disconnect();
    },
  };
}

function limiterOf(
  limiters: Map<number, RateLimiterRedis>,
  storeClient: Redis,
  points: number,
): RateLimiterRedis {
  const known = limiters.get(points);
  if (known !== undefined) {
    return known;
  }
  if (limiters.size >= LIMITERS_MAX) {
    limiters.clear();
  }
  const limiter = new RateLimiterRedis({
    storeClient,
    keyPrefix: KEY_PREFIX,
    points,
    duration: WINDOW_MS / 1000,
    rejectIfRedisNotReady: true,
    customIncrTtlLuaScript: COUNT_SCRIPT,
  });
  limiters.set(points, limiter);
  return limiter;
}

function refusalOf({ msBeforeNext }: RateLimiterRes): ThrottleVerdict {
  return verdictAfter(msBeforeNext);
}
