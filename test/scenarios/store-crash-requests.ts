/** The requests of the crash test: each follows from its number, so a ledger needs to keep only numbers. */

import { deletionRequest } from "../../src/store/deletion.ts";
import type { IntakeRequest } from "../../src/store/index.ts";
import {
  indicators,
  objectOf,
  requestOf,
  SOURCE,
  stixIdOf,
} from "../../src/store/samples.conformance.ts";

/** Distinct objects: few enough that most requests also change, repeat and revoke earlier ones. */
const OBJECTS = 400;

const WORKSPACES = 3;

/** Every so manieth request deletes objects instead. */
const DELETES_EVERY = 6;

/** The request with this number: some twenty objects, a rejected record in every fifth request; or a deletion. */
export function crashRequest(number: number): IntakeRequest {
  if (number % DELETES_EVERY === 1) {
    return deletion(number);
  }
  const fresh = indicators(1_000 + number * 10, 10, {
    labels: [`label-${number % 7}`],
    observables: [{ key: "ipv4-addr:value", value: `192.0.2.${number % 256}` }],
  });
  const repeated = Array.from({ length: 10 }, (_, at) =>
    objectOf({
      stixId: stixIdOf((number * 7 + at * 13) % OBJECTS),
      name: `text ${number % 3}`,
      revoked: (number + at) % 11 === 0,
      keepRevoked: at % 2 === 0,
    }),
  );
  const rejected = { json: "{", stixId: null, errors: [], warnings: [] };
  return requestOf({
    requestId: String(number),
    workspaceId: `workspace-${number % WORKSPACES}`,
    objects: [...fresh, ...repeated],
    rejections: number % 5 === 0 ? [{ recordIndex: 20, ...rejected }] : [],
  });
}

/** Objects that are mostly there, and one that never is. */
function deletion(number: number): IntakeRequest {
  const repeated = Array.from({ length: 10 }, (_, at) =>
    stixIdOf((number * 5 + at * 17) % OBJECTS),
  );
  const { caller, receivedAt } = requestOf();
  return deletionRequest({
    requestId: String(number),
    workspaceId: `workspace-${number % WORKSPACES}`,
    sourceSystem: SOURCE,
    stixIds: [...repeated, "indicator--never"],
    ...{ caller, receivedAt },
  });
}
