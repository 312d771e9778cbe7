/** Makes of a stored version the object that our own API shows. */
import type { ObjectVersion } from "../store/index.ts";
import type { ObjectView, StixObject } from "../wire/index.ts";
import { objectIdOf } from "./object-id.ts";
import { provenanceOf } from "./provenance.ts";

/** Longest title: a line of a list. */
export const TITLE_LENGTH_MAX = 256;

/** Properties that name objects without a name, best first. */
const TITLES: readonly string[] = [
  "name",
  "value",
  "pattern",
  "path",
  "key",
  "user_id",
  "subject",
  "abstract",
  "opinion",
  "relationship_type",
  "content",
];

/** Shows a version. @param now the instant that `active` is about */
export function viewOf(
  version: ObjectVersion & { readonly firstIngestedAt?: string },
  now: Date,
): ObjectView {
  const { facts, sourceSystem, deleted } = version;
  const object = deleted ? null : (JSON.parse(version.json) as StixObject);
  return {
    id: objectIdOf(version),
    stixId: version.stixId,
    type: facts.type,
    source: sourceSystem,
    provenance: provenanceOf(sourceSystem),
    change: version.change,
    title: titleOf(object, version.stixId),
    revoked: version.revoked,
    deleted,
    active: !version.revoked && !deleted && isWithin(facts, now),
    tlp: facts.tlp,
    confidence: facts.confidence,
    labels: facts.labels,
    created: facts.created,
    modified: facts.modified,
    validFrom: facts.validFrom,
    validUntil: facts.validUntil,
    observables: facts.observables,
    ingestedAt: version.ingestedAt,
    firstIngestedAt: version.firstIngestedAt ?? null,
    requestId: version.requestId,
    recordIndex: version.recordIndex,
    object,
  };
}

/** A short text that stands for an object in lists. */
export function titleOf(object: StixObject | null, stixId: string): string {
  const found = TITLES.map((name) => object?.[name]).find(
    (value): value is string => typeof value === "string" && value !== "",
  );
  return (found ?? stixId).slice(0, TITLE_LENGTH_MAX);
}

function isWithin(
  {
    validFrom,
    validUntil,
  }: { readonly validFrom: string | null; readonly validUntil: string | null },
  now: Date,
): boolean {
  const instant = now.getTime();
  return (
    (validFrom === null || Date.parse(validFrom) <= instant) &&
    (validUntil === null || instant < Date.parse(validUntil))
  );
}
