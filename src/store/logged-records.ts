/** The records of a request in the log, as an index plans with them. */

import { hash } from "node:crypto";
import type { LoggedRecord } from "./index-plan.ts";
import { decodeObjects } from "./payload.ts";
import type { ObjectFacts } from "./store.ts";

/** Of SHA-256: two records of 128 equal bits don't happen. */
const CONTENT_BYTES = 16;

/**
 * The records that are still there, each with its place.
 * @param payload what `encodeObjects` wrote, decompressed
 */
export function recordsOf(payload: Uint8Array): readonly LoggedRecord[] {
  return decodeObjects(payload).flatMap(({ facts, text }, place) =>
    facts.length === 0
      ? []
      : {
          place,
          facts: JSON.parse(facts.toString()) as ObjectFacts,
          content: hash("sha256", text, "buffer").subarray(0, CONTENT_BYTES),
        },
  );
}
