/**
 * Tries a request until it is answered for good: waits out throttles as long as the service asks, and
 * failures with a growing, random pause. It decides nothing about the answer itself.
 */
import { abortedError, ClientError } from "./client-error.ts";
import type { CheckedOptions } from "./options.ts";
import { NoAnswer, type Reply } from "./reply.ts";

/** First pause after a failure; each further one is twice as long. */
const PAUSE_FIRST_MS = 500;
/** Long enough for a service to restart, short enough to notice it soon. */
const PAUSE_MAX_MS = 30_000;
/** Throttled tries of one request: half an hour at a minute each, in case others use up the limit. */
const THROTTLED_TRIES_MAX = 30;
/** Pause after a throttle that names no time: the window of the limit. */
const THROTTLED_PAUSE_MS = 60_000;
/** A service that asks for a longer wait is not going to answer this run. */
const RETRY_AFTER_MAX_MS = 15 * 60_000;

/** How a request is stopped from outside. */
export interface StopSignals {
  /** Ends waits and starts nothing new. */
  readonly stop: AbortSignal | undefined;
  /** Ends the request on the wire, too. */
  readonly cut: AbortSignal;
}

/** One request with what happens around its tries. */
export interface Attempt {
  /** What the request is, for messages: "the token request". */
  readonly name: string;
  /** Makes one try. */
  once(): Promise<Reply>;
  /** Told of a throttle, so that other requests wait too. */
  onThrottled?(waitMs: number): void;
}

/**
 * Tries until there is an answer other than 408, 429 and 5xx.
 *
 * @throws ClientError throttled, unavailable, aborted
 */
export async function untilAnswered(
  attempt: Attempt,
  options: CheckedOptions,
  signals: StopSignals,
): Promise<Reply> {
  let failures = 0;
  let throttles = 0;
  for (;;) {
    throwIfStopped(signals.stop);
    const reply = await answerOrFailure(attempt, signals);
    if (!(reply instanceof NoAnswer) && !isTransient(reply.status)) {
      return reply;
    }
    if (!(reply instanceof NoAnswer) && reply.status === 429) {
      throttles += 1;
      await waitForThrottle({ attempt, reply, throttles, options, signals });
    } else {
      failures += 1;
      await waitAfterFailure({ attempt, reply, failures, options, signals });
    }
  }
}

/** Server errors and a request that the server gave up waiting for. */
function isTransient(status: number): boolean {
  return status === 429 || status === 408 || status >= 500;
}

async function answerOrFailure(attempt: Attempt, signals: StopSignals): Promise<Reply | NoAnswer> {
  try {
    return await attempt.once();
  } catch (error) {
    if (!(error instanceof NoAnswer)) {
      throw error;
    }
    if (signals.cut.aborted) {
      throw abortedError(signals.stop);
    }
    return error;
  }
}

interface ThrottleWait {
  readonly attempt: Attempt;
  readonly reply: Reply;
  readonly throttles: number;
  readonly options: CheckedOptions;
  readonly signals: StopSignals;
}

async function waitForThrottle(wait: ThrottleWait): Promise<void> {
  const { attempt, reply, throttles, options, signals } = wait;
  const waitMs = reply.retryAfterMs ?? THROTTLED_PAUSE_MS;
  if (throttles >= THROTTLED_TRIES_MAX || waitMs > RETRY_AFTER_MAX_MS) {
    throw new ClientError(
      "throttled",
      `The service throttles ${attempt.name} (try ${throttles}): ${reply.message || "429"}`,
      { status: 429, requestId: reply.requestId },
    );
  }
  attempt.onThrottled?.(waitMs);
  options.onNotice({ kind: "throttled", waitMs, reason: reply.message || "429" });
  await pause(waitMs, options, signals.stop);
}

interface FailureWait {
  readonly attempt: Attempt;
  readonly reply: Reply | NoAnswer;
  readonly failures: number;
  readonly options: CheckedOptions;
  readonly signals: StopSignals;
}

async function waitAfterFailure(wait: FailureWait): Promise<void> {
  const { attempt, reply, failures, options, signals } = wait;
  const reason =
    reply instanceof NoAnswer
      ? reply.message
      : [`status ${reply.status}`, reply.message].filter((part) => part !== "").join(": ");
  const askedMs = reply instanceof NoAnswer ? 0 : (reply.retryAfterMs ?? 0);
  if (failures >= options.triesMax || askedMs > RETRY_AFTER_MAX_MS) {
    throw new ClientError(
      "unavailable",
      `Gave up on ${attempt.name} after ${failures} ${failures === 1 ? "try" : "tries"}: ${reason}`,
      {
        cause: reply instanceof NoAnswer ? reply : undefined,
        ...(reply instanceof NoAnswer ? {} : { status: reply.status, requestId: reply.requestId }),
      },
    );
  }
  const waitMs = Math.max(askedMs, pauseMs(failures, options.clock.random()));
  options.onNotice({ kind: "retry", waitMs, reason });
  await pause(waitMs, options, signals.stop);
}

/** Doubles from try to try; the random half keeps clients from coming back together. */
export function pauseMs(failures: number, random: number): number {
  const whole = Math.min(PAUSE_MAX_MS, PAUSE_FIRST_MS * 2 ** (failures - 1));
  return Math.round(whole / 2 + (whole / 2) * random);
}

/**
 * Waits, unless the signal fires.
 *
 * @throws ClientError aborted
 */
export async function pause(
  waitMs: number,
  options: CheckedOptions,
  stop: AbortSignal | undefined,
): Promise<void> {
  throwIfStopped(stop);
  try {
    await options.clock.sleep(waitMs, stop);
  } catch (error) {
    if (stop?.aborted) {
      throw abortedError(stop);
    }
    throw error;
  }
}

/** @throws ClientError aborted */
export function throwIfStopped(stop: AbortSignal | undefined): void {
  if (stop?.aborted) {
    throw abortedError(stop);
  }
}
