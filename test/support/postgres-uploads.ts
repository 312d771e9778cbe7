/** Requests whose objects tell which uploader they came from, and the ledger that counts them. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { IntakeRequest, ObjectVersion, Store } from "../../src/store/index.ts";
import { indicators, requestOf } from "../../src/store/samples.conformance.ts";

/** Objects that one uploader may have. */
const OBJECTS_MAX = 10_000_000;

export const WORKSPACES = ["workspace-0", "workspace-1", "workspace-2"] as const;

/** A request with the objects `from` to `from + count - 1` of an uploader. */
export function uploadOf(uploader: number, from: number, count: number): IntakeRequest {
  return requestOf({
    requestId: randomUUID(),
    workspaceId: WORKSPACES[from % WORKSPACES.length] ?? "",
    objects: indicators(uploader * OBJECTS_MAX + from, count),
  });
}

/** The number of an object over all uploaders, as it stands in its STIX id. */
export function numberOf(uploader: number, at: number): number {
  return uploader * OBJECTS_MAX + at;
}

/** What a consumer has seen that reads the change sequence from its start. */
export interface Tail {
  /** Numbers of the objects in the order of their changes. */
  readonly seen: number[];
  /** Reads on until nothing is left. */
  readOn(): Promise<void>;
}

/** Reads changes in runs, and insists that their numbers have no gap. */
export function createTail(store: Store): Tail {
  const seen: number[] = [];
  let last = 0;

  async function next(): Promise<readonly ObjectVersion[]> {
    const versions = await store.changes(last, 1_000);
    for (const { change, stixId } of versions) {
      assert.equal(change, last + 1, "changes follow one another");
      last = change;
      seen.push(Number(stixId.slice(-12)));
    }
    return versions;
  }

  return {
    seen,
    async readOn() {
      let run: readonly ObjectVersion[];
      do {
        run = await next();
      } while (run.length > 0);
    },
  };
}
