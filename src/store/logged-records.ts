/** The records of a request in the log, as an index plans with them. */

import { hash } from "node:crypto";
import type { LoggedRecord } from "./index-plan.ts";
import { decodeObjects } from "./payload.ts";
import type { IntakeRejection, ObjectFacts, ReceivedRecord } from "./store.ts";

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

/**
 * The records of a request in its order.
 * @param payload of the accepted ones, decompressed; null without any
 * @param rejections JSON of the rejected ones; null without any
 */
export function receivedRecordsOf(
  payload: Uint8Array | null,
  rejections: string | null,
): readonly ReceivedRecord[] {
  const accepted = payload === null ? [] : decodeObjects(payload);
  return [
    ...accepted
      .filter(({ facts }) => facts.length > 0)
      .map(({ recordIndex, facts, text }) => {
        const { stixId } = JSON.parse(facts.toString()) as ObjectFacts;
        return { recordIndex, accepted: true, stixId, json: text.toString() };
      }),
    ...(JSON.parse(rejections ?? "[]") as readonly IntakeRejection[]).map(
      ({ recordIndex, stixId, json }) => ({ recordIndex, accepted: false, stixId, json }),
    ),
  ].toSorted((one, other) => one.recordIndex - other.recordIndex);
}
