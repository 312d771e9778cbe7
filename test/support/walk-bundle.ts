/**
 * The bundle of a walk through the page: ten thousand indicators of an invented group, one of them with an error, the
 * group, its malware and habits; one object on each line, the same bytes every time.
 */

/** Indicators of the bundle, the bad one among them. */
export const WALK_INDICATORS = 10_000;

/** Number of the line on which the bad record stands. */
export const BAD_LINE = 4_006;

/** Lines in front of the first object. */
const HEAD_LINES = 3;

/** Indicators that are related to the malware. */
const INDICATING = 8;

const INSTANT = "2026-03-02T08:00:00.000Z";

type Entry = Readonly<Record<string, unknown>> & { readonly id: string };

function entry(type: string, at: number, more: Readonly<Record<string, unknown>>): Entry {
  return {
    type,
    id: `${type}--3f6d1c20-0001-4000-8000-${String(at).padStart(12, "0")}`,
    spec_version: "2.1",
    created: INSTANT,
    modified: INSTANT,
    ...more,
  };
}

const ACTOR = entry("threat-actor", 1, {
  name: "Stray Kite",
  description: "An invented group that hands out parcels nobody ordered.",
  threat_actor_types: ["crime-syndicate"],
});

const MALWARE = entry("malware", 1, {
  name: "Paperlantern",
  description: "An invented loader that comes with tracking numbers.",
  malware_types: ["trojan"],
  is_family: true,
});

/** What belongs to the malware, and how. */
const AROUND: readonly { readonly relation: string; readonly end: Entry }[] = [
  {
    relation: "uses",
    end: entry("attack-pattern", 1, { name: "Notice of a parcel that waits" }),
  },
  { relation: "uses", end: entry("attack-pattern", 2, { name: "Loader inside a script" }) },
  { relation: "targets", end: entry("identity", 1, { name: "Parcel services" }) },
  { relation: "uses", end: entry("infrastructure", 1, { name: "Kite relay" }) },
];

/** The text of the file. */
export function walkBundle(): string {
  const indicators = Array.from({ length: WALK_INDICATORS - 1 }, (_, at) => indicator(at));
  const around = AROUND.map(({ relation, end }, at) => [end, related(at, MALWARE, relation, end)]);
  const indicating = indicators
    .slice(0, INDICATING)
    .map((each, at) => related(AROUND.length + at, each, "indicates", MALWARE));
  const objects = [ACTOR, MALWARE, ...around.flat(), ...indicators, ...indicating];
  const bad = { ...indicator(WALK_INDICATORS - 1), valid_until: "2026-01-01T00:00:00Z" };
  objects.splice(BAD_LINE - HEAD_LINES - 1, 0, bad);
  const lines = objects.map((object) => JSON.stringify(object)).join(",\n");
  const id = "bundle--3f6d1c20-0002-4000-8000-000000000001";
  return `{\n"type": "bundle", "id": "${id}",\n"objects": [\n${lines}\n]}\n`;
}

function indicator(at: number): Entry {
  const name = `parcel-${String(at).padStart(5, "0")}.example`;
  return entry("indicator", at, {
    name: `Delivery host ${name}`,
    description: "Hands out a loader under the name of a parcel service.",
    indicator_types: ["malicious-activity"],
    pattern: `[domain-name:value = '${name}']`,
    pattern_type: "stix",
    valid_from: INSTANT,
    valid_until: "2027-03-02T08:00:00Z",
    // Few that one is sure of, many that one is not.
    confidence: 20 + ((at * at) % 71),
  });
}

function related(at: number, source: Entry, relation: string, target: Entry): Entry {
  return entry("relationship", at, {
    relationship_type: relation,
    source_ref: source.id,
    target_ref: target.id,
  });
}
