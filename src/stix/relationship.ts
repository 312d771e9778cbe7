/**
 * Relationships that the standard defines: source type, relationship type, target types. Others are
 * allowed; a producer should prefer these. STIX 2.1 §4 to §6, "Relationships".
 */

import { readIdentifier } from "./identifier.ts";
import type { CategoryOf } from "./scalar-checks.ts";
import { type JsonObject, report, type Walk } from "./walk.ts";

/** Target types by source type and relationship type, separated by spaces; `sco` is any observable. */
type RelationshipTable = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The relationships of 2.1. */
const RELATIONSHIPS_21: RelationshipTable = {
  "attack-pattern": {
    delivers: "malware",
    targets: "identity location vulnerability",
    uses: "malware tool",
  },
  campaign: {
    "attributed-to": "intrusion-set threat-actor",
    compromises: "infrastructure",
    "originates-from": "location",
    targets: "identity location vulnerability",
    uses: "attack-pattern infrastructure malware tool",
  },
  "course-of-action": {
    investigates: "indicator",
    mitigates: "attack-pattern indicator malware tool vulnerability",
    remediates: "malware vulnerability",
  },
  "domain-name": {
    "resolves-to": "domain-name ipv4-addr ipv6-addr",
  },
  identity: {
    "located-at": "location",
  },
  indicator: {
    indicates: "attack-pattern campaign infrastructure intrusion-set malware threat-actor tool",
    "based-on": "observed-data",
  },
  infrastructure: {
    "communicates-with": "infrastructure ipv4-addr ipv6-addr domain-name url",
    "consists-of": "infrastructure observed-data sco",
    controls: "infrastructure malware",
    delivers: "malware",
    has: "vulnerability",
    hosts: "tool malware",
    "located-at": "location",
    uses: "infrastructure",
  },
  "intrusion-set": {
    "attributed-to": "threat-actor",
    compromises: "infrastructure",
    hosts: "infrastructure",
    owns: "infrastructure",
    "originates-from": "location",
    targets: "identity location vulnerability",
    uses: "attack-pattern infrastructure malware tool",
  },
  "ipv4-addr": {
    "belongs-to": "autonomous-system",
    "resolves-to": "mac-addr",
  },
  "ipv6-addr": {
    "belongs-to": "autonomous-system",
    "resolves-to": "mac-addr",
  },
  malware: {
    "authored-by": "threat-actor intrusion-set",
    "beacons-to": "infrastructure",
    "exfiltrates-to": "infrastructure",
    "communicates-with": "ipv4-addr ipv6-addr domain-name url",
    controls: "malware",
    downloads: "malware tool file",
    drops: "malware tool file",
    exploits: "vulnerability",
    "originates-from": "location",
    targets: "identity infrastructure location vulnerability",
    uses: "attack-pattern infrastructure malware tool",
    "variant-of": "malware",
  },
  "malware-analysis": {
    characterizes: "malware",
    "av-analysis-of": "malware",
    "static-analysis-of": "malware",
    "dynamic-analysis-of": "malware",
  },
  "threat-actor": {
    "attributed-to": "identity",
    compromises: "infrastructure",
    hosts: "infrastructure",
    owns: "infrastructure",
    impersonates: "identity",
    "located-at": "location",
    targets: "identity location vulnerability",
    uses: "attack-pattern infrastructure malware tool",
  },
  tool: {
    delivers: "malware",
    drops: "malware",
    has: "vulnerability",
    targets: "identity infrastructure location vulnerability",
    uses: "infrastructure",
  },
};

/** The relationships of 2.0. */
const RELATIONSHIPS_20: RelationshipTable = {
  "attack-pattern": {
    targets: "identity vulnerability",
    uses: "malware tool",
  },
  campaign: {
    "attributed-to": "intrusion-set threat-actor",
    targets: "identity vulnerability",
    uses: "attack-pattern malware tool",
  },
  "course-of-action": {
    mitigates: "attack-pattern malware tool vulnerability",
  },
  indicator: {
    indicates: "attack-pattern campaign intrusion-set malware threat-actor tool",
  },
  "intrusion-set": {
    "attributed-to": "threat-actor",
    targets: "identity vulnerability",
    uses: "attack-pattern malware tool",
  },
  malware: {
    targets: "identity vulnerability",
    uses: "tool",
    "variant-of": "malware",
  },
  "threat-actor": {
    "attributed-to": "identity",
    impersonates: "identity",
    targets: "identity vulnerability",
    uses: "attack-pattern malware tool",
  },
  tool: {
    targets: "identity vulnerability",
  },
};

/** Relationship types that any domain object or observable can have with any other. */
const COMMON_TYPES: ReadonlySet<unknown> = new Set(["derived-from", "duplicate-of", "related-to"]);

/** The relationships of 2.1 as data; `sco` stands for any observable, `*` for any type. */
export const RELATIONSHIPS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> =
  Object.freeze({
    "*": Object.fromEntries([...COMMON_TYPES].map((type) => [String(type), ["*"]])),
    ...Object.fromEntries(
      Object.entries(RELATIONSHIPS_21).map(([source, types]) => [
        source,
        Object.fromEntries(
          Object.entries(types).map(([type, targets]) => [type, targets.split(" ")]),
        ),
      ]),
    ),
  });

/** Advises against relationships that the standard does not define. */
export function checkRelationship(
  relationship: JsonObject,
  walk: Walk,
  categoryOf: CategoryOf,
): void {
  const type = relationship["relationship_type"];
  if (!walk.settings.advice.relationships || typeof type !== "string" || COMMON_TYPES.has(type)) {
    return;
  }
  const source = typeAt(relationship["source_ref"]);
  const target = typeAt(relationship["target_ref"]);
  // Custom types have relationships of their own, and broken references their own findings.
  if (source === undefined || target === undefined) {
    return;
  }
  if (categoryOf(source) === undefined || categoryOf(target) === undefined) {
    return;
  }
  const table = walk.settings.version === "2.1" ? RELATIONSHIPS_21 : RELATIONSHIPS_20;
  const bySource = Object.hasOwn(table, source) ? table[source] : undefined;
  const targets = bySource !== undefined && Object.hasOwn(bySource, type) ? bySource[type] : "";
  const names = targets?.split(" ") ?? [];
  if (!names.includes(target) && !names.includes(categoryOf(target) ?? "")) {
    const reason = `The standard defines no relationship ${type} from ${source} to ${target}`;
    report(walk, "rel.matrix", "relationship_type", { reason: reason.slice(0, 200), value: type });
  }
}

function typeAt(ref: unknown): string | undefined {
  return typeof ref === "string" ? readIdentifier(ref)?.type : undefined;
}
