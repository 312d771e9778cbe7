/** Requests as ingest would hand them to a store: material for the tests of stores. */

import type { IntakeObject, IntakeRequest, ObjectFacts } from "./store.ts";

/** The source of every sample that names no other. */
export const SOURCE = "Feed A";

/** The STIX id with this number. */
export function stixIdOf(number: number): string {
  return `indicator--00000000-0000-4000-8000-${number.toString().padStart(12, "0")}`;
}

/** Indicators with consecutive numbers. */
export function indicators(
  from: number,
  count: number,
  facts: Partial<ObjectFacts> = {},
): IntakeObject[] {
  return Array.from({ length: count }, (_, at) =>
    objectOf({ ...facts, stixId: stixIdOf(from + at) }),
  );
}

/** The facts of an indicator about which nothing special is known. */
export function factsOf(facts: Partial<ObjectFacts> = {}): ObjectFacts {
  return {
    stixId: "indicator--00000000-0000-4000-8000-000000000001",
    type: "indicator",
    specVersion: "2.1",
    created: "2026-01-01T00:00:00.000Z",
    modified: "2026-01-01T00:00:00.000Z",
    validFrom: "2026-01-01T00:00:00Z",
    validUntil: null,
    name: null,
    confidence: null,
    tlp: null,
    labels: [],
    revoked: false,
    keepRevoked: false,
    observables: [],
    ...facts,
  };
}

/** A record as ingest would hand it to the store. */
export function objectOf(
  facts: Partial<ObjectFacts>,
  rest: Partial<Omit<IntakeObject, "facts">> = {},
): IntakeObject {
  const whole = factsOf(facts);
  const { type, stixId: id, name, revoked } = whole;
  const json = JSON.stringify({ type, id, name, revoked });
  return { recordIndex: 0, json, facts: whole, warnings: [], ...rest };
}

/** A request with these records, numbered from 0. */
export function requestOf(request: Partial<IntakeRequest> = {}): IntakeRequest {
  const objects = (request.objects ?? []).map((object, recordIndex) => ({
    ...object,
    recordIndex,
  }));
  const rejections = request.rejections ?? [];
  return {
    requestId: "00000000-0000-4000-8000-00000000000a",
    workspaceId: "00000000-0000-4000-8000-00000000000b",
    receivedAt: "2026-01-02T03:04:05.678Z",
    outcome: "accepted",
    generation: "v3",
    apiVersion: "2024-02-01-preview",
    sourceSystem: SOURCE,
    caller: { tenantId: "tenant", objectId: "object", appId: "app", userAgent: "test/1" },
    refusal: null,
    notes: [],
    received: objects.length + rejections.length,
    ...request,
    objects,
    rejections,
  };
}
