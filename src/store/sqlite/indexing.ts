/** Runs the indexer at a measured pace, merges its lists in passing, and pauses after a failure. */

import { performance } from "node:perf_hooks";
import type { Indexer } from "./indexer.ts";

/** How long a batch of the index should take: while appends come, when none do, and when the index is so
 * far behind that catching up matters more than the next answer. */
const BATCH_MS = { busy: 40, idle: 250, behind: 500 };

/** Requests that the index may be behind before appends have to wait for it. */
const LAG_REQUESTS_MAX = 2_000;

/** Records of one batch: fewer would pay a commit for little, more would hold too much in memory. */
const BATCH_RECORDS = { min: 256, max: 20_000 };

/** How long lists of the index are merged at once: beside a batch, and when there is nothing to index. */
const TIDY_MS = { withBatch: 10, idle: 40 };

/** How long the stored objects are read at once after the start: appends wait for it. */
const LOAD_MS = 20;

/** Records a millisecond, until the first batch has been measured. */
const PACE_AT_START = 20;

/** Back-off of the indexer after a failure: doubled from the first to the last value. */
const RETRY_DELAY_MS = { first: 100, last: 5_000 };

/** The indexer with its pace; failures are the caller's to catch. */
export interface Indexing {
  readonly position: () => number;
  readonly untidy: () => boolean;
  /** True from `pause` until it is over. */
  readonly pausing: () => boolean;
  /** Indexes a batch, larger the less there is to wait for it. @throws what the database throws */
  readonly batch: (load: { readonly appended: number; readonly busy: boolean }) => void;
  /** Merges lists of the index for a while. @throws what the database throws */
  readonly tidy: () => void;
  /** Calls `due` when the pause that follows a failure is over; each is twice as long as the last. */
  readonly pause: (due: () => void) => void;
  readonly resume: () => void;
}

/** @param onIndexed told after each batch how far the index is */
export function createIndexing(indexer: Indexer, onIndexed: (position: number) => void): Indexing {
  let recordsPerMs = PACE_AT_START;
  let delayMs = 0;
  let retry: NodeJS.Timeout | undefined;
  return {
    position: indexer.position,
    pausing: () => retry !== undefined,
    untidy: indexer.untidy,
    tidy() {
      if (indexer.load(LOAD_MS)) {
        indexer.tidy(TIDY_MS.idle);
      }
    },

    batch({ appended, busy }) {
      if (!indexer.load(LOAD_MS)) {
        return;
      }
      const behind = appended - indexer.position() > LAG_REQUESTS_MAX;
      const aimMs = behind ? BATCH_MS.behind : busy ? BATCH_MS.busy : BATCH_MS.idle;
      const { min, max } = BATCH_RECORDS;
      const startMs = performance.now();
      const records = indexer.indexBatch(
        Math.min(Math.max(recordsPerMs * aimMs, min), max),
        TIDY_MS.withBatch,
      );
      if (records >= min) {
        recordsPerMs = records / Math.max(performance.now() - startMs, 1);
      }
      delayMs = 0;
      onIndexed(indexer.position());
    },

    pause(due) {
      delayMs = Math.min(Math.max(delayMs * 2, RETRY_DELAY_MS.first), RETRY_DELAY_MS.last);
      retry = setTimeout(() => {
        retry = undefined;
        due();
      }, delayMs);
    },

    resume() {
      clearTimeout(retry);
      retry = undefined;
    },
  };
}
