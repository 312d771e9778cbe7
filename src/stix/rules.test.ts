/**
 * Goal: every rule of the table is broken by at least one object, is reported under its own name at the
 * right place, and is as severe as the table says in each profile and version.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SpecVersion } from "./kinds.ts";
import type { Profile } from "./rules.ts";
import { RULES, type RuleId } from "./rules-table.ts";
import { type ValidationOptions, validateObject } from "./validate.ts";

function optionsFor(profile: Profile, more: Partial<ValidationOptions> = {}): ValidationOptions {
  return {
    profile,
    defaultSpecVersion: "2.0",
    patternTypeOn20: "optional",
    timestamps: "lenient",
    supportedTypes: "any",
    coerceNumericStrings: false,
    tlpGreenAlias: true,
    severity: {},
    ...more,
  };
}

type Fields = Readonly<Record<string, unknown>>;

const UUID4 = "26ffb872-1dd9-446e-b6f5-d58527e5b5d2";
const UUID5 = "28bb3599-77cd-5a82-a950-b5bc3caf07c4";
const TIMES = { created: "2024-01-01T00:00:00.000Z", modified: "2024-01-02T00:00:00.000Z" };

function object21(type: string, own: Fields): Fields {
  return { type, spec_version: "2.1", id: `${type}--${UUID4}`, ...TIMES, ...own };
}

function observable(type: string, own: Fields, uuid = UUID5): Fields {
  return { type, spec_version: "2.1", id: `${type}--${uuid}`, ...own };
}

const indicator = object21("indicator", {
  lang: "en",
  name: "A",
  description: "B",
  pattern: "[ipv4-addr:value = '198.51.100.3']",
  pattern_type: "stix",
  valid_from: "2024-01-01T00:00:00Z",
});
const indicator20: Fields = {
  type: "indicator",
  id: `indicator--${UUID4}`,
  ...TIMES,
  labels: ["benign"],
  pattern: "[ipv4-addr:value = '198.51.100.3']",
  valid_from: "2024-01-01T00:00:00Z",
};
const malware = object21("malware", { lang: "en", name: "A", is_family: true });
const file = observable("file", { name: "a" }, "0bdfffc2-d6e5-5347-b3d4-7511e49cb982");
const relationship = object21("relationship", {
  relationship_type: "uses",
  source_ref: `campaign--${UUID4}`,
  target_ref: `malware--${UUID4}`,
});
const statement = {
  type: "marking-definition",
  spec_version: "2.1",
  id: `marking-definition--${UUID4}`,
  created: TIMES.created,
  definition_type: "statement",
  definition: { statement: "A" },
};
const extensionDefinition = object21("extension-definition", {
  description: "B",
  created_by_ref: `identity--${UUID4}`,
  name: "A",
  schema: "https://a.example/",
  version: "1.0.0",
  extension_types: ["property-extension"],
});
const observed20: Fields = {
  type: "observed-data",
  id: `observed-data--${UUID4}`,
  ...TIMES,
  first_observed: "2024-01-01T00:00:00Z",
  last_observed: "2024-01-01T00:00:00Z",
  number_observed: 1,
  objects: { "0": { type: "ipv4-addr", value: "198.51.100.3" } },
};
const key = "extension-definition--d83fce45-ef58-4c6c-a3f4-1fbc32e98c6e";
const marked = (marking: Fields): Fields => ({ ...indicator, granular_markings: [marking] });
const referring = (reference: Fields): Fields => ({
  ...indicator,
  external_references: [reference],
});
const withPattern = (pattern: string): Fields => ({ ...indicator, pattern });
const without = (fields: Fields, name: string): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([each]) => each !== name));

/** The rule, where it is reported, and an object that breaks it. */
type RuleCase = readonly [RuleId, string, unknown];

const CASES: readonly RuleCase[] = [
  ["record.object", "", ["a list"]],
  ["record.object", "", null],
  ["type.present", "type", without(indicator, "type")],
  ["empty.required", "type", { ...indicator, type: "" }],
  ["id.present", "id", without(indicator, "id")],
  ["created.present", "created", without(indicator, "created")],
  ["modified.present", "modified", without(indicator, "modified")],
  ["spec_version.present", "spec_version", without(object21("grouping", {}), "spec_version")],
  ["spec_version.value", "spec_version", { ...indicator, spec_version: "2.2" }],
  ["spec_version.value", "spec_version", { ...indicator, spec_version: 2.1 }],
  ["required", "pattern", without(indicator, "pattern")],
  ["required.21", "pattern_type", without(indicator, "pattern_type")],
  ["required.21", "is_family", without(malware, "is_family")],
  ["required.20", "labels", without(indicator20, "labels")],
  ["required.20", "objects", without(observed20, "objects")],
  ["pattern_type.missing20", "pattern_type", indicator20],
  ["null.required", "valid_from", { ...indicator, valid_from: null }],
  ["null.optional", "description", { ...indicator, description: null }],
  ["null.optional", "x_a.b[0]", { ...indicator, x_a: { b: [null] } }],
  ["empty.required", "pattern", { ...indicator, pattern: "" }],
  ["empty.required", "id", { ...indicator, id: "" }],
  ["kind", "labels", { ...indicator, labels: "x" }],
  ["kind", "revoked", { ...indicator, revoked: "true" }],
  ["kind", "name", { ...indicator, name: 5 }],
  [
    "kind",
    "objects[0].type",
    { type: "bundle", id: `bundle--${UUID4}`, objects: [{ type: "bundle" }] },
  ],
  ["kind", "labels[1]", { ...indicator, labels: ["a", 1] }],
  ["kind.kcpString", "kill_chain_phases[0]", { ...indicator, kill_chain_phases: ["delivery"] }],
  ["kind.extensions", "extensions", { ...indicator, extensions: ["a"] }],
  ["int.safe", "pid", observable("process", { pid: 1e300 }, UUID4)],
  ["confidence.range", "confidence", { ...indicator, confidence: 101 }],
  ["confidence.range", "confidence", { ...indicator, confidence: -1 }],
  ["confidence.range", "confidence", { ...indicator, confidence: "95" }],
  ["confidence.range", "confidence", { ...indicator, confidence: 5.5 }],
  ["range", "latitude", object21("location", { latitude: 91, longitude: 0 })],
  ["range", "count", object21("sighting", { sighting_of_ref: `malware--${UUID4}`, count: -1 })],
  ["list.empty", "labels", { ...indicator, labels: [] }],
  ["list.empty", "x_list", { ...indicator, x_list: [] }],
  ["dict.empty", "extensions", { ...indicator, extensions: {} }],
  [
    "dict.key",
    "environment_variables.a b",
    observable("process", { environment_variables: { "a b": "" } }, UUID4),
  ],
  ["dict.keyCase", `extensions.${key}-A`, { ...indicator, extensions: { [`${key}-A`]: { a: 1 } } }],
  [
    "dict.value",
    "environment_variables.abc",
    observable("process", { environment_variables: { abc: 5 } }, UUID4),
  ],
  [
    "enum",
    "opinion",
    object21("opinion", { opinion: "maybe", object_refs: [`malware--${UUID4}`] }),
  ],
  ["vocab", "malware_types[0]", { ...malware, malware_types: ["odd thing"] }],
  ["id.prefix", "id", { ...indicator, id: `malware--${UUID4}` }],
  ["id.uuid", "id", { ...indicator, id: "indicator--some-resource" }],
  ["id.uuid", "id", { ...indicator, id: "indicator--1ae2a6df-9c67-0b00-1a2b-0123456789ab" }],
  ["id.v4", "id", { ...indicator, id: `indicator--${UUID5}` }],
  ["id.v4", "created_by_ref", { ...indicator20, created_by_ref: `identity--${UUID5}` }],
  ["id.sco5", "id", observable("ipv4-addr", { value: "198.51.100.3" }, UUID4)],
  ["id.sco4", "id", observable("process", { pid: 1 })],
  ["id.scoValue", "id", observable("ipv4-addr", { value: "198.51.100.4" })],
  ["ref.format", "created_by_ref", { ...indicator, created_by_ref: "identity--me" }],
  [
    "ref.uuid",
    "src_ref",
    observable("network-traffic", { protocols: ["tcp"], src_ref: "ipv4-addr--1-2-3-4-abc" }),
  ],
  ["ref.target", "target_ref", { ...relationship, target_ref: `sighting--${UUID4}` }],
  ["ref.target", "parent_directory_ref", { ...file, parent_directory_ref: `file--${UUID5}` }],
  ["ref.createdBy", "created_by_ref", { ...indicator, created_by_ref: `malware--${UUID4}` }],
  [
    "ref.local",
    "objects.0.parent_directory_ref",
    { ...observed20, objects: { "0": { type: "file", name: "a", parent_directory_ref: "1" } } },
  ],
  [
    "marking.target",
    "object_marking_refs[0]",
    { ...indicator, object_marking_refs: [`malware--${UUID4}`] },
  ],
  ["marking.cycle", "object_marking_refs", { ...statement, object_marking_refs: [statement.id] }],
  [
    "tlp.instance",
    "definition",
    { ...statement, definition_type: "tlp", definition: { tlp: "red" } },
  ],
  ["time.invalid", "valid_from", { ...indicator, valid_from: "2024-02-30T00:00:00Z" }],
  ["time.invalid", "created", { ...indicator, created: 5 }],
  ["time.form", "valid_from", { ...indicator, valid_from: "2024-01-02T03:04:05" }],
  ["time.precision", "created", { ...indicator, created: "2024-01-01T00:00:00Z" }],
  [
    "time.precision",
    "extensions.windows-pebinary-ext.time_date_stamp",
    {
      ...file,
      extensions: {
        "windows-pebinary-ext": { pe_type: "exe", time_date_stamp: "2024-01-01T00:00:00.0Z" },
      },
    },
  ],
  ["time.orderModified", "modified", { ...indicator, modified: "2023-12-31T23:59:59.999Z" }],
  ["time.orderValid", "valid_until", { ...indicator, valid_until: indicator["valid_from"] }],
  [
    "time.order",
    "last_seen",
    { ...malware, first_seen: "2024-01-01T00:00:48.1234Z", last_seen: "2024-01-01T00:00:48Z" },
  ],
  [
    "granular.both",
    "granular_markings[0]",
    marked({ lang: "en", marking_ref: statement.id, selectors: ["name"] }),
  ],
  ["granular.neither", "granular_markings[0]", marked({ selectors: ["name"] })],
  ["granular.selectors", "granular_markings[0].selectors", marked({ lang: "en" })],
  [
    "granular.selectors",
    "granular_markings[0].selectors[0]",
    marked({ lang: "en", selectors: ["N!"] }),
  ],
  [
    "granular.resolve",
    "granular_markings[0].selectors[0]",
    marked({ lang: "en", selectors: ["labels"] }),
  ],
  ["extref.fields", "external_references[0].source_name", referring({ description: "a" })],
  ["extref.fields", "external_references[0]", referring({ source_name: "a" })],
  [
    "extref.id",
    "external_references[0].external_id",
    object21("vulnerability", {
      name: "A",
      external_references: [{ source_name: "cve", external_id: "CVE-24-1" }],
    }),
  ],
  [
    "extref.idElsewhere",
    "external_references[0].source_name",
    referring({ source_name: "nvd", external_id: "CVE-2016-1234" }),
  ],
  ["extref.url", "external_references[0].url", referring({ source_name: "a", url: "no url" })],
  [
    "extref.hashName",
    "external_references[0].hashes.x_foo_hash",
    referring({ source_name: "a", url: "urn:a", hashes: { x_foo_hash: "1" } }),
  ],
  ["extref.hashes", "external_references[0].hashes", referring({ source_name: "a", url: "urn:a" })],
  ["hash.name", "hashes.x_foo_hash", { ...file, hashes: { x_foo_hash: "1" } }],
  ["hash.key", "hashes.a b", { ...file, hashes: { "a b": "1" } }],
  ["hash.digest", "hashes.sha256", { ...file, hashes: { sha256: "12" } }],
  ["hash.digest", "pattern", withPattern("[file:hashes.MD5 = '12']")],
  [
    "kcp.fields",
    "kill_chain_phases[0].phase_name",
    { ...indicator, kill_chain_phases: [{ kill_chain_name: "a" }] },
  ],
  [
    "kcp.style",
    "kill_chain_phases[0].phase_name",
    { ...indicator, kill_chain_phases: [{ kill_chain_name: "a", phase_name: "Act On" }] },
  ],
  ["lang.form", "lang", { ...indicator, lang: "en_US" }],
  ["lang.registered", "lang", { ...indicator, lang: "qq" }],
  ["name.syntax", "camelCase", { ...indicator, camelCase: 1 }],
  [
    "name.syntax",
    "__proto__",
    JSON.parse(JSON.stringify(indicator).replace('"name"', '"__proto__"')),
  ],
  ["name.reserved", "severity", { ...indicator, severity: 1 }],
  ["name.custom", "color", { ...indicator, color: "red" }],
  ["name.defanged", "defanged", { ...indicator, defanged: true }],
  ["name.suffix", "x_other_ref", { ...indicator, x_other_ref: "someone" }],
  ["name.suffix", "x_other_refs", { ...indicator, x_other_refs: ["someone"] }],
  ["name.suffix", "x_any_bin", { ...indicator, x_any_bin: "?" }],
  ["name.suffix", "x_any_hex", { ...indicator, x_any_hex: "0F" }],
  ["name.suffix", "x_name_enc", { ...indicator, x_name_enc: "utf-8" }],
  ["enc.charset", "name_enc", { ...file, name_enc: "no such set" }],
  [
    "ext.key",
    "extensions.crowdstrike-ext",
    { ...indicator, extensions: { "crowdstrike-ext": { a_b: 1 } } },
  ],
  [
    "ext.type",
    `extensions.${key}.extension_type`,
    { ...indicator, extensions: { [key]: { rank: 5 } } },
  ],
  [
    "ext.predefined",
    "extensions.ntfs-ext.sid",
    { ...file, extensions: { "ntfs-ext": { sid: 5 } } },
  ],
  ["ext.predefined", "extensions.ntfs-ext", { ...file, extensions: { "ntfs-ext": {} } }],
  ["ext.newtype", "type", object21("odd-thing", {})],
  ["type.syntax", "type", object21("Odd_Thing", {})],
  ["type.reserved", "type", object21("action", {})],
  [
    "type.reserved",
    "objects.0.type",
    { ...observed20, objects: { "0": { type: "action", x_a: 1 } } },
  ],
  [
    "ext.definition",
    "extension_properties",
    { ...extensionDefinition, extension_properties: ["toxicity"] },
  ],
  ["pattern.syntax", "pattern", withPattern("just a text")],
  ["pattern.positive", "pattern", withPattern("[abc:b = 1] REPEATS 0 TIMES")],
  ["pattern.dupQualifier", "pattern", withPattern("[abc:b = 1] WITHIN 5 SECONDS WITHIN 6 SECONDS")],
  ["pattern.disjointAnd", "pattern", withPattern("[abc:b = 1 AND def:d = 1]")],
  ["pattern.mixedSet", "pattern", withPattern("[abc:b IN (1, 'x')]")],
  ["pattern.calendar", "pattern", withPattern("[abc:b = t'2024-02-30T00:00:00Z']")],
  [
    "pattern.startStop",
    "pattern",
    withPattern("[abc:b = 1] START t'2024-01-02T00:00:00Z' STOP t'2024-01-01T00:00:00Z'"),
  ],
  ["pattern.number", "pattern", withPattern("[abc:b = +5]")],
  ["pattern.type", "pattern", withPattern("[indicator:name = 'a']")],
  ["pattern.type_name", "pattern", withPattern("[ab:yz = 1]")],
  [
    "pattern.validity",
    "pattern",
    withPattern("[abc:b = 1] START t'2023-12-31T23:59:59.9Z' STOP t'2024-01-02T00:00:00Z'"),
  ],
  [
    "pattern.validity",
    "pattern",
    {
      ...withPattern("[abc:b = 1] START t'2024-01-01T00:00:00Z' STOP t'2024-02-01T00:00:00.1Z'"),
      valid_until: "2024-02-01T00:00:00Z",
    },
  ],
  ["lang.present", "lang", without(indicator, "lang")],
  ["pattern.language", "pattern", { ...withPattern("not a rule"), pattern_type: "yara" }],
  ["pattern.path", "pattern", withPattern("[file:no_such_name = 'a']")],
  [
    "pattern.hashName",
    "pattern",
    withPattern("[file:hashes.md5 = 'd41d8cd98f00b204e9800998ecf8427e']"),
  ],
  ["pattern.address", "pattern", withPattern("[ipv4-addr:value = '300.1.1.1']")],
  ["pattern.version", "pattern_version", { ...indicator, pattern_version: "3.0" }],
  ["indicator.named", "description", without(indicator, "description")],
  ["rel.type", "relationship_type", { ...relationship, relationship_type: "Uses It" }],
  ["rel.matrix", "relationship_type", { ...relationship, relationship_type: "eats" }],
  ["object.rule", "", object21("location", { name: "a" })],
  ["object.rule", "name", without(malware, "name")],
  ["object.rule", "", object21("x-nothing-own", {})],
  [
    "object.rule",
    "additional_header_fields.Subject",
    observable("email-message", {
      is_multipart: false,
      additional_header_fields: { Subject: ["a"] },
    }),
  ],
  ["object.should", "description", without(extensionDefinition, "description")],
  [
    "object.should",
    "administrative_area",
    object21("location", { country: "DE", administrative_area: "Berlin" }),
  ],
  ["object.should", "objects.a", { ...observed20, objects: { a: { type: "mutex", name: "a" } } }],
  ["object.should", "objects", { ...observed20, spec_version: "2.1" }],
  [
    "object.should",
    "protocols",
    observable("network-traffic", {
      protocols: ["ipv4"],
      src_ref: `ipv4-addr--${UUID5}`,
      extensions: { "tcp-ext": { src_flags_hex: "00" } },
    }),
  ],
  [
    "object.should",
    "extensions.pdf-ext.document_info_dict.Colour",
    { ...file, extensions: { "pdf-ext": { document_info_dict: { Colour: "a" } } } },
  ],
  [
    "object.should",
    "extension_properties",
    { ...extensionDefinition, extension_types: ["toplevel-property-extension"] },
  ],
  ["object.should", "mime_type", { ...file, mime_type: "text/nonsense" }],
  ["sco.value", "value", observable("ipv4-addr", { value: "1.2.3" })],
  ["sco.value", "magic_number_hex", { ...file, magic_number_hex: "FF" }],
  [
    "bundle.duplicate",
    "objects[1].id",
    { type: "bundle", id: `bundle--${UUID4}`, objects: [indicator, indicator] },
  ],
];

/** Rules that no object of the table above can show, each shown by a test of its own below. */
const ELSEWHERE: readonly RuleId[] = [
  "type.supported",
  "limit",
  "pattern.other",
  "state.reference",
  "state.revoked",
  "state.created",
  "state.creator",
  "state.uuid",
  "state.translation",
];

/** Rules that are shown in one profile only, since the other reads the object in another way. */
const STRICT_ONLY: ReadonlySet<RuleId> = new Set(["id.v4"]);

function versionOf(input: unknown): SpecVersion {
  const fields = input as Fields | null;
  const isOnlyIn21 = fields?.["type"] === "bundle" || fields?.["type"] === "grouping";
  return fields?.["spec_version"] === "2.1" || isOnlyIn21 ? "2.1" : "2.0";
}

function severityOf(rule: RuleId, profile: Profile, version: SpecVersion): string {
  const facts = RULES[rule];
  const strict = version === "2.1" ? facts.strict21 : facts.strict20;
  return profile === "sentinel" ? facts.sentinel : strict;
}

function foundAs(input: unknown, rule: RuleId, path: string, profile: Profile): string {
  const options = optionsFor(profile, {
    defaultSpecVersion: versionOf(input),
    severity: { "type.supported": "off" },
  });
  const { findings } = validateObject(input, options);
  return findings.find((each) => each.rule === rule && each.path === path)?.severity ?? "off";
}

for (const [rule, path, input] of CASES) {
  test(`${rule} at ${path === "" ? "the object" : path}`, () => {
    for (const profile of ["sentinel", "strict"] as const) {
      const isBundle = (input as Fields | null)?.["type"] === "bundle";
      if (profile === "sentinel" && (isBundle || STRICT_ONLY.has(rule))) {
        continue;
      }
      const expected = severityOf(rule, profile, versionOf(input));
      assert.equal(foundAs(input, rule, path, profile), expected, profile);
    }
  });
}

test("every rule has a case", () => {
  const shown = new Set<string>([...CASES.map(([rule]) => rule), ...ELSEWHERE]);
  assert.deepEqual(
    Object.keys(RULES).filter((rule) => !shown.has(rule)),
    [],
  );
});

test("the objects that the cases are made from break no rule", () => {
  const bases = [indicator, malware, file, relationship, statement, extensionDefinition];
  for (const base of bases) {
    assert.deepEqual(validateObject(base, optionsFor("strict")).findings, []);
    assert.deepEqual(validateObject(base, optionsFor("sentinel")).findings, []);
  }
  for (const base of [indicator20, observed20]) {
    assert.deepEqual(validateObject(base, optionsFor("strict")).findings, []);
  }
});

test("severities can be overridden rule by rule", () => {
  const broken = { ...indicator, id: "indicator--some-resource" };
  const strict = optionsFor("strict", { severity: { "id.uuid": "off" } });
  assert.deepEqual(validateObject(broken, strict).findings, []);
  const sentinel = optionsFor("sentinel", { severity: { "id.uuid": "error" } });
  assert.equal(validateObject(broken, sentinel).valid, false);
});
