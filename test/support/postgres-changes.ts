/** What the processes that change objects, and the tests that look at the result, have in common. */
import type { Retention } from "../../src/store/index.ts";

/** Where all of it happens. */
export const CHANGED_WORKSPACE = "changed";

/** Objects of one request. */
export const CHANGED_OBJECTS = 10;

const DAY_MS = 86_400_000;

/** Little is kept, and rounds follow one another: deleted objects go after some milliseconds. */
export const CHANGES_KEPT: Retention = {
  versionsMax: 3,
  tombstoneDays: 50 / DAY_MS,
  receiptDays: 50 / DAY_MS,
  rejectedDays: 50 / DAY_MS,
  roundMs: 5,
};
