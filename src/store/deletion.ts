/**
 * A deletion on its way to the log: a request whose records are tombstones, so that it is appended, put in
 * sequence and replayed like an upload.
 */

import { AppError } from "../wire/index.ts";
import { KEYS_MAX } from "./paging.ts";
import type { DeleteRequest, IntakeRequest, ObjectFacts } from "./store.ts";

/** The request of a deletion. @throws AppError `invalid_request` for too many ids */
export function deletionRequest(request: DeleteRequest): IntakeRequest {
  const { requestId, workspaceId, receivedAt, caller, sourceSystem, notes = [] } = request;
  const stixIds = [...new Set(request.stixIds)];
  if (stixIds.length > KEYS_MAX) {
    throw new AppError("invalid_request", `At most ${KEYS_MAX} objects can be deleted at once.`, {
      field: "stixIds",
    });
  }
  return {
    ...{ requestId, workspaceId, receivedAt, caller, sourceSystem, notes },
    outcome: "deleted",
    generation: "v3",
    apiVersion: "",
    refusal: null,
    received: stixIds.length,
    objects: stixIds.map((stixId, recordIndex) => ({
      recordIndex,
      json: "",
      facts: tombstoneFacts(stixId),
      warnings: [],
    })),
    rejections: [],
  };
}

/** All that is known of a deleted object: an id begins with the type. */
function tombstoneFacts(stixId: string): ObjectFacts {
  return {
    stixId,
    type: stixId.split("--")[0] ?? "",
    specVersion: "2.1",
    created: null,
    modified: null,
    validFrom: null,
    validUntil: null,
    name: null,
    confidence: null,
    tlp: null,
    labels: [],
    revoked: false,
    keepRevoked: false,
    observables: [],
    deleted: true,
  };
}
