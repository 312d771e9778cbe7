/**
 * Keeps the client below the throttle: of any minute, no more than the allowed number of requests reach the
 * service. A request counts from its start until a minute after its answer, because the service counted it
 * somewhere between the two; so the first hundred go out at once, and no window of the service ever sees
 * more.
 */
import type { CheckedOptions } from "./options.ts";
import { pause } from "./retry.ts";

/** The window of the limit (Upload API, "Throttling limits for the API"), and a little for timers. */
const WINDOW_MS = 60_000 + 250;

/** Waits below this are not worth a notice. */
const NOTICE_MIN_MS = 1_000;

/** A gate that lets requests through at the allowed rate. */
export interface Pacer {
  /**
   * Waits for a place; the caller tells when the answer has come.
   *
   * @throws ClientError aborted
   */
  enter(stop: AbortSignal | undefined): Promise<() => void>;
  /** Lets nobody through for a time: the service said so. */
  hold(waitMs: number): void;
}

/** Makes the pacer of a client. */
export function createPacer(options: CheckedOptions): Pacer {
  const { clock, requestsPerMinuteMax } = options;
  /** When the answers of the last minute came, oldest first. */
  let answeredAtMs: number[] = [];
  let open = 0;
  let heldUntilMs = 0;
  let queue: Promise<unknown> = Promise.resolve();
  /** Called when an answer has come; set while somebody waits for one. */
  let wake: (() => void) | undefined;

  function leave(): void {
    open -= 1;
    answeredAtMs.push(clock.now());
    wake?.();
  }

  /** Milliseconds until a place is free; undefined when only an answer can free one. */
  function waitMs(): number | undefined {
    const nowMs = clock.now();
    const heldMs = Math.max(0, heldUntilMs - nowMs);
    if (open + answeredAtMs.length >= requestsPerMinuteMax) {
      const firstRecent = answeredAtMs.findIndex((atMs) => atMs + WINDOW_MS > nowMs);
      answeredAtMs = firstRecent === -1 ? [] : answeredAtMs.slice(firstRecent);
    }
    if (open + answeredAtMs.length < requestsPerMinuteMax) {
      return heldMs;
    }
    const oldestMs = answeredAtMs[0];
    return oldestMs === undefined ? undefined : Math.max(heldMs, oldestMs + WINDOW_MS - nowMs);
  }

  async function takePlace(stop: AbortSignal | undefined): Promise<() => void> {
    for (let ms = waitMs(); ms !== 0; ms = waitMs()) {
      if (ms === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      if (ms >= NOTICE_MIN_MS && heldUntilMs <= clock.now()) {
        const reason = `at most ${requestsPerMinuteMax} requests a minute`;
        options.onNotice({ kind: "paced", waitMs: ms, reason });
      }
      await pause(ms, options, stop);
    }
    open += 1;
    return leave;
  }

  return {
    enter(stop) {
      // One after the other, in the order of arrival, whatever becomes of those before.
      const place = queue.then(() => takePlace(stop));
      queue = place.catch(() => {});
      return place;
    },
    hold(ms) {
      heldUntilMs = Math.max(heldUntilMs, clock.now() + ms);
    },
  };
}
