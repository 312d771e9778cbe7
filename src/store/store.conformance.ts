/**
 * What every store must do, as one suite of tests that each store runs. It speaks to the door only, so it
 * can't see how a store does it; faults of disks and crashes are tested by each store itself.
 */

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { DELETION_TESTS } from "./deletion-tests.conformance.ts";
import { LOG_TESTS } from "./log-tests.conformance.ts";
import { NEIGHBOUR_TESTS } from "./neighbour-tests.conformance.ts";
import { OBJECT_TESTS } from "./object-tests.conformance.ts";
import { SEARCH_TESTS } from "./search-tests.conformance.ts";
import type { Store } from "./store.ts";

/** How a store takes part. */
export interface StoreConformanceOptions {
  /** Name of the store in the report. */
  readonly name: string;
  /** Opens an empty store; the suite closes it. */
  readonly open: () => Promise<Store>;
  /** Tests, by their names, that this store can't pass yet, and why. */
  readonly skip?: readonly { readonly reason: string; readonly tests: readonly string[] }[];
}

/** The tests in reading order. */
const TESTS = {
  ...OBJECT_TESTS,
  ...DELETION_TESTS,
  ...SEARCH_TESTS,
  ...NEIGHBOUR_TESTS,
  ...LOG_TESTS,
};

/** Runs the suite on one store, which is opened once: each test works in workspaces of its own. */
export function storeConformance({ name, open, skip = [] }: StoreConformanceOptions): void {
  describe(`store conformance: ${name}`, () => {
    let store: Store;
    before(async () => {
      store = await open();
    });
    after(() => store.close());
    for (const [title, run] of Object.entries(TESTS)) {
      const reason = skip.find(({ tests }) => tests.includes(title))?.reason;
      test(title, reason === undefined ? {} : { skip: reason }, () => run(store));
    }
    for (const title of skip.flatMap(({ tests }) => tests).filter((each) => !(each in TESTS))) {
      test(`skips a test that doesn't exist: ${title}`, () => assert.fail(title));
    }
  });
}
