/** Goal: an operator reads in the log how far the search index is behind, how fast it catches up, and when it has. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createSearchProgress } from "./search-progress.ts";

test("a search index that is behind is told of until it is in step", () => {
  const progress = createSearchProgress();
  const behind = "the search index is behind: searches miss what was stored last";
  const steps = [
    [{ indexed: 100, searchable: 0 }, 0, undefined],
    [
      { indexed: 1_000, searchable: 0 },
      10_000,
      { message: behind, facts: { searchable: 0, behindRequests: 1_000 } },
    ],
    [
      { indexed: 2_000, searchable: 500 },
      20_000,
      { message: behind, facts: { searchable: 500, behindRequests: 1_500, requestsPerSecond: 50 } },
    ],
    [
      { indexed: 2_000, searchable: 1_900 },
      30_000,
      { message: "the search index is in step again", facts: { searchable: 1_900 } },
    ],
    [{ indexed: 2_000, searchable: 2_000 }, 40_000, undefined],
  ] as const;
  for (const [position, nowMs, news] of steps) {
    assert.deepEqual(progress(position, nowMs), news);
  }
});
