/** An object as our own API shows it: what is known of it beside its STIX, and the STIX itself. */
import type { ObjectVersion } from "../store/index.ts";
import { objectIdOf } from "./object-id.ts";
import { type Provenance, provenanceOf } from "./provenance.ts";

/** A STIX object. */
export type StixObject = Readonly<Record<string, unknown>>;

/** One version of an object. */
export interface ObjectView {
  /** `base64(source)---stixid`, as in the column `Id` of Sentinel's tables. */
  readonly id: string;
  readonly stixId: string;
  readonly type: string;
  readonly source: string;
  readonly provenance: Provenance;
  /** Number of the version; the ETag of the object. */
  readonly change: number;
  /** A short text that stands for the object in lists. */
  readonly title: string;
  readonly revoked: boolean;
  readonly deleted: boolean;
  /** Not revoked, not deleted, and within its time. */
  readonly active: boolean;
  readonly tlp: string | null;
  readonly confidence: number | null;
  readonly labels: readonly string[];
  readonly created: string | null;
  readonly modified: string | null;
  readonly validFrom: string | null;
  readonly validUntil: string | null;
  readonly observables: readonly { readonly key: string; readonly value: string }[];
  readonly ingestedAt: string;
  /** Null where only one version was looked at. */
  readonly firstIngestedAt: string | null;
  /** Request that brought this version, and the record's place in it. */
  readonly requestId: string;
  readonly recordIndex: number;
  /** Null for a deletion. */
  readonly object: StixObject | null;
}

/** Longest title: a line of a list. */
const TITLE_LENGTH_MAX = 256;

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
