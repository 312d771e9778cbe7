/**
 * Writes samples/feed.json, the feed that the quickstart uploads: an upload body with a few hundred objects
 * about an invented cast, and six deliberate faults. With `--check` it writes nothing and exits with 1 when
 * the file differs from what it would write.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  CLUSTERS,
  type Cluster,
  ORGANISATIONS,
  type Organisation,
  PRODUCER,
} from "./sample/cast.ts";
import { common, idOf, type Json, pick, type StixObject, TLP } from "./sample/derive.ts";
import { FAULTS } from "./sample/faults.ts";
import { clusterIndicators, indicator, SINGLE_INDICATORS } from "./sample/indicators.ts";
import { TECHNIQUES } from "./sample/techniques.ts";

const SOURCE_SYSTEM = "Stixgate sample feed";
const FEED_FILE = fileURLToPath(new URL("../samples/feed.json", import.meta.url));

/** Width at which Biome breaks a list, so that the file passes the project's own format check. */
const LINE_WIDTH = 100;

function identity(organisation: Organisation): StixObject {
  return {
    ...common("identity", organisation.name),
    name: organisation.name,
    description: organisation.description,
    identity_class: organisation.identityClass,
    sectors: organisation.sectors,
    object_marking_refs: [TLP.white],
  };
}

function attackPattern(technique: (typeof TECHNIQUES)[number]): StixObject {
  return {
    ...common("attack-pattern", technique.key),
    name: technique.name,
    description: technique.description,
    kill_chain_phases: [{ kill_chain_name: "mitre-attack", phase_name: technique.tactic }],
    external_references: [{ source_name: "mitre-attack", external_id: technique.attackId }],
    object_marking_refs: [TLP.white],
  };
}

function threatActor({ key, actor }: Cluster): StixObject {
  return {
    ...common("threat-actor", key),
    name: actor.name,
    description: actor.description,
    threat_actor_types: actor.types,
    aliases: actor.aliases,
    first_seen: actor.firstSeen,
    last_seen: "2026-10-18T00:00:00.000Z",
    roles: actor.roles,
    goals: actor.goals,
    sophistication: actor.sophistication,
    resource_level: actor.resourceLevel,
    primary_motivation: actor.motivation,
    labels: [`actor:${key}`],
    confidence: pick([55, 70, 85], `confidence ${key}`),
    lang: "en",
    object_marking_refs: [TLP.green],
  };
}

function malware({ key, malware: family }: Cluster): StixObject {
  return {
    ...common("malware", key),
    name: family.name,
    description: family.description,
    malware_types: family.types,
    is_family: true,
    capabilities: family.capabilities,
    labels: [`actor:${key}`],
    object_marking_refs: [TLP.green],
  };
}

interface Link {
  readonly source: string;
  readonly type: string;
  readonly target: string;
  readonly description: string;
}

function relationship({ source, type, target, description }: Link): StixObject {
  return {
    ...common("relationship", `${source} ${type} ${target}`),
    relationship_type: type,
    description,
    source_ref: source,
    target_ref: target,
    confidence: pick([55, 70, 85], `confidence ${source} ${type} ${target}`),
    object_marking_refs: [TLP.green],
  };
}

/** Kinds of indicators of a cluster that point to its malware; one of each. */
const INDICATING_KINDS = [
  "ipv4",
  "ipv6",
  "domain",
  "url",
  "sha256",
  "either-hash",
  "flow",
  "registry",
];

function clusterLinks(cluster: Cluster): Link[] {
  const actorId = idOf("threat-actor", cluster.key);
  const malwareId = idOf("malware", cluster.key);
  const actor = cluster.actor.name;
  const family = cluster.malware.name;
  const techniqueIds = cluster.techniques.map((key) => idOf("attack-pattern", key));
  return [
    {
      source: actorId,
      type: "uses",
      target: malwareId,
      description: `${actor} uses ${family}.`,
    },
    ...techniqueIds.map((target) => ({
      source: actorId,
      type: "uses",
      target,
      description: `Seen in at least two intrusions of ${actor}.`,
    })),
    ...techniqueIds.slice(-1).map((target) => ({
      source: malwareId,
      type: "uses",
      target,
      description: `${family} does this by itself.`,
    })),
    ...cluster.targets.map((name) => ({
      source: actorId,
      type: "targets",
      target: idOf("identity", name),
      description: `${name}: attacked by ${actor} in 2026.`,
    })),
    ...INDICATING_KINDS.map((kind) => ({
      source: idOf("indicator", `${cluster.key} ${kind} 0`),
      type: "indicates",
      target: malwareId,
      description: `Points to ${family}.`,
    })),
    {
      source: idOf("indicator", `${cluster.key} message 0`),
      type: "indicates",
      target: actorId,
      description: `Points to ${actor}.`,
    },
  ];
}

const FRONT_COMPANY: Link = {
  source: idOf("threat-actor", "grey-ferryman"),
  type: "attributed-to",
  target: idOf("identity", "Ropewalk Trading Company"),
  description: "The company rents the servers.",
};

function report(cluster: Cluster): StixObject {
  const base = common("report", cluster.key);
  return {
    ...base,
    name: cluster.report,
    description: `What is known of ${cluster.actor.name} and ${cluster.malware.name}.`,
    report_types: ["threat-actor", "malware"],
    published: String(base["modified"]),
    object_refs: [
      idOf("threat-actor", cluster.key),
      idOf("malware", cluster.key),
      ...cluster.techniques.map((key) => idOf("attack-pattern", key)),
      idOf("indicator", `${cluster.key} ipv4 0`),
      idOf("indicator", `${cluster.key} domain 0`),
    ],
    labels: [`actor:${cluster.key}`],
    object_marking_refs: [TLP.amber],
  };
}

function feed(): StixObject[] {
  const objects = [
    ...[PRODUCER, ...ORGANISATIONS].map(identity),
    ...TECHNIQUES.map(attackPattern),
    ...CLUSTERS.map(threatActor),
    ...CLUSTERS.map(malware),
    ...clusterIndicators(),
    ...SINGLE_INDICATORS.map(indicator),
    ...[...CLUSTERS.flatMap(clusterLinks), FRONT_COMPANY].map(relationship),
    ...CLUSTERS.map(report),
  ];
  for (const [recordIndex, object] of FAULTS) {
    objects.splice(recordIndex, 0, object);
  }
  return objects;
}

/** Prints JSON with one member a line and short lists of scalars on one line. */
function print(value: Json, indent: string, used: number): string {
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const items: readonly Json[] = value;
    const flat = `[${items.map((item) => JSON.stringify(item)).join(", ")}]`;
    const scalars = items.every((item) => typeof item !== "object");
    // One column stays free for the comma that may follow.
    if (scalars && used + flat.length + 1 <= LINE_WIDTH) {
      return flat;
    }
    return `[\n${items.map((item) => inner + print(item, inner, inner.length)).join(",\n")}\n${indent}]`;
  }
  if (typeof value !== "object") {
    return JSON.stringify(value);
  }
  const members = Object.entries(value).map(([key, member]) => {
    const head = `${inner}${JSON.stringify(key)}: `;
    return head + print(member, inner, head.length);
  });
  return `{\n${members.join(",\n")}\n${indent}}`;
}

const text = `${print({ sourcesystem: SOURCE_SYSTEM, stixobjects: feed() }, "", 0)}\n`;

if (!process.argv.includes("--check")) {
  writeFileSync(FEED_FILE, text);
} else if (readFileSync(FEED_FILE, "utf8") !== text) {
  console.error("samples/feed.json is stale: run node tools/make-sample-feed.ts");
  process.exitCode = 1;
}
