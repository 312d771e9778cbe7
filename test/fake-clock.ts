/** A clock for tests of the client: sleeping moves it on at once, chance is always one half. */
import type { ClientClock } from "../src/client/index.ts";

/** Starts at the instant 0. */
export function createFakeClock(): ClientClock {
  let nowMs = 0;
  return {
    now: () => nowMs,
    random: () => 0.5,
    sleep: async (ms, signal) => {
      if (signal?.aborted) {
        throw signal.reason;
      }
      nowMs += ms;
      // Lets everything run that is ready, as a real wait would.
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
