/**
 * Indicators and other objects in the shapes of Sentinel's management plane, and back. Property names differ from
 * STIX's; what has no counterpart is left out, never guessed.
 * @see Azure REST API, Microsoft.SecurityInsights, ThreatIntelligence 2025-07-01-preview
 */
import type { ObjectVersion } from "../store/index.ts";
import { AppError, type StixObject } from "../wire/index.ts";
import { objectIdOf } from "./object-id.ts";

type Json = Readonly<Record<string, unknown>>;

/** Properties that differ in nothing but their names: ours in STIX, theirs in Azure. */
const PLAIN: readonly (readonly [stix: string, arm: string])[] = [
  ["description", "description"],
  ["name", "displayName"],
  ["confidence", "confidence"],
  ["created_by_ref", "createdByRef"],
  ["pattern", "pattern"],
  ["pattern_version", "patternVersion"],
  ["indicator_types", "threatTypes"],
  ["labels", "threatIntelligenceTags"],
  ["revoked", "revoked"],
  ["lang", "language"],
  ["defanged", "defanged"],
  ["object_marking_refs", "objectMarkingRefs"],
  ["valid_from", "validFrom"],
  ["valid_until", "validUntil"],
  ["created", "created"],
  ["modified", "modified"],
  ["extensions", "extensions"],
];

/** Lists whose members have names of their own. */
const LISTS: readonly {
  readonly stix: string;
  readonly arm: string;
  readonly members: readonly (readonly [stix: string, arm: string])[];
}[] = [
  {
    stix: "kill_chain_phases",
    arm: "killChainPhases",
    members: [
      ["kill_chain_name", "killChainName"],
      ["phase_name", "phaseName"],
    ],
  },
  {
    stix: "external_references",
    arm: "externalReferences",
    members: [
      ["description", "description"],
      ["external_id", "externalId"],
      ["source_name", "sourceName"],
      ["url", "url"],
      ["hashes", "hashes"],
    ],
  },
  {
    stix: "granular_markings",
    arm: "granularMarkings",
    members: [
      ["lang", "language"],
      ["marking_ref", "markingRef"],
      ["selectors", "selectors"],
    ],
  },
];

/** Types of patterns; anything else in `patternType` is Azure's name of what the pattern is about. */
const PATTERN_TYPES: ReadonlySet<unknown> = new Set([
  "stix",
  "pcre",
  "sigma",
  "snort",
  "suricata",
  "yara",
]);

/** A resource of the management plane. */
export interface ArmResource {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly etag: string;
  readonly kind: string;
  readonly properties: Json;
}

/** Path of the provider under a workspace's own path. */
const PROVIDER = "/providers/Microsoft.SecurityInsights";

/** An indicator as `queryIndicators` and its like show it. @param scope resource id of the workspace */
export function armIndicatorOf(version: ObjectVersion, scope: string): ArmResource {
  const object = JSON.parse(version.json) as StixObject;
  const name = objectIdOf(version);
  const types = new Set(version.facts.observables.map(({ key }) => key.split(":", 1)[0]));
  const [only] = types;
  return {
    id: `${scope}${PROVIDER}/threatIntelligence/main/indicators/${pathSegment(name)}`,
    name,
    type: "Microsoft.SecurityInsights/ThreatIntelligence",
    etag: `"${version.change}"`,
    kind: "indicator",
    properties: {
      ...renamed(object, PLAIN),
      ...Object.fromEntries(
        LISTS.flatMap(({ stix, arm, members }) =>
          Array.isArray(object[stix])
            ? [[arm, (object[stix] as Json[]).map((each) => renamed(each, members))]]
            : [],
        ),
      ),
      labels: object["labels"] ?? [],
      threatIntelligenceTags: object["labels"] ?? [],
      externalId: version.stixId,
      externalLastUpdatedTimeUtc: version.facts.modified ?? undefined,
      lastUpdatedTimeUtc: version.ingestedAt,
      indicatorTypes: object["indicator_types"],
      patternType:
        object["pattern_type"] === "stix" && types.size === 1 ? only : object["pattern_type"],
      parsedPattern: parsedPattern(version),
      revoked: version.revoked,
      source: version.sourceSystem,
    },
  };
}

/** Any object as `query` shows it. */
export function armObjectOf(
  version: ObjectVersion & { readonly firstIngestedAt?: string },
  scope: string,
): ArmResource {
  const object = JSON.parse(version.json) as StixObject;
  const name = objectIdOf(version);
  return {
    id: `${scope}${PROVIDER}/threatintelligence/${pathSegment(name)}`,
    name,
    type: "Microsoft.SecurityInsights/threatintelligence",
    etag: `"${version.change}"`,
    kind: version.facts.type
      .split("-")
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join(""),
    properties: {
      data: object,
      source: version.sourceSystem,
      firstIngestedTimeUtc: version.firstIngestedAt ?? version.ingestedAt,
      lastIngestedTimeUtc: version.ingestedAt,
      lastUpdatedDateTimeUtc: version.facts.modified ?? version.ingestedAt,
      relationshipHints: [],
    },
  };
}

/** The STIX properties that a body of the management plane sets; null where it empties one. */
export function stixPropertiesOf(properties: unknown): Json {
  if (typeof properties !== "object" || properties === null) {
    throw new AppError("invalid_request", "properties is missing.", { field: "properties" });
  }
  const given = properties as Json;
  const plain = PLAIN.flatMap(([stix, arm]) =>
    Object.hasOwn(given, arm) ? [[stix, emptied(given[arm])] as const] : [],
  );
  const lists = LISTS.flatMap(({ stix, arm, members }) => {
    const list = given[arm];
    const back = members.map(([one, other]) => [other, one] as const);
    return Array.isArray(list)
      ? [[stix, emptied(list.map((each) => renamed(each as Json, back)))] as const]
      : [];
  });
  const type = given["patternType"];
  const patternType = PATTERN_TYPES.has(type) ? type : "stix";
  const all = [...plain, ...lists, ...(type === undefined ? [] : [["pattern_type", patternType]])];
  // Azure's own examples put an address of mail there, which STIX does not allow.
  return Object.fromEntries(
    all.filter(
      ([name, value]) =>
        name !== "created_by_ref" || value === null || String(value).startsWith("identity--"),
    ),
  );
}

/** Empty texts and lists mean none, as Azure's own clients send them. */
function emptied(value: unknown): unknown {
  const isEmpty = value === "" || (Array.isArray(value) && value.length === 0);
  return isEmpty || value === undefined ? null : value;
}

function renamed(object: Json, names: readonly (readonly [from: string, to: string])[]): Json {
  return Object.fromEntries(
    names.flatMap(([from, to]) => (object[from] === undefined ? [] : [[to, object[from]]])),
  );
}

function parsedPattern({ facts }: ObjectVersion): readonly Json[] {
  const byType = Map.groupBy(facts.observables, ({ key }) => key.split(":", 1)[0] ?? "");
  return [...byType].map(([patternTypeKey, members]) => ({
    patternTypeKey,
    patternTypeValues: members.map(({ key, value }) => ({
      valueType: /hashes\.'?([^']+)'?$/.exec(key)?.[1] ?? patternTypeKey,
      value,
    })),
  }));
}

/** Base64 has slashes, which would be taken for the end of a segment. */
function pathSegment(name: string): string {
  return name.replaceAll("/", "%2F");
}
