/**
 * Goal: the strict profile is right where validators are known to be wrong: inputs that crash them, hang
 * them, slip through or are refused although the standard allows them.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type ValidationOptions, validateObject } from "./validate.ts";

const STRICT: ValidationOptions = {
  profile: "strict",
  defaultSpecVersion: "2.1",
  patternTypeOn20: "optional",
  timestamps: "lenient",
  supportedTypes: "any",
  coerceNumericStrings: false,
  tlpGreenAlias: true,
  severity: {},
};

type Fields = Readonly<Record<string, unknown>>;

const UUID = "26ffb872-1dd9-446e-b6f5-d58527e5b5d2";
const UUID5 = "28bb3599-77cd-5a82-a950-b5bc3caf07c4";
const TIME = "2024-01-01T00:00:00.000Z";

function sdo(type: string, own: Fields): Fields {
  const head = { type, spec_version: "2.1", id: `${type}--${UUID}` };
  return { ...head, created: TIME, modified: TIME, ...own };
}

function sco(type: string, own: Fields): Fields {
  return { type, spec_version: "2.1", id: `${type}--${UUID}`, ...own };
}

function errors(input: unknown, options: ValidationOptions = STRICT): readonly string[] {
  return validateObject(input, options)
    .findings.filter((each) => each.severity === "error")
    .map((each) => `${each.rule} ${each.path}`);
}

const identity = sdo("identity", { name: "a" });
const traffic = { protocols: ["tcp"], dst_ref: `ipv4-addr--${UUID5}` };
const SHORT = "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c";
const observed = {
  first_observed: TIME,
  last_observed: TIME,
  number_observed: 1,
  object_refs: [`file--${UUID5}`],
};
const extension = "extension-definition--d83fce45-ef58-4c6c-a3f4-1fbc32e98c6e";

const VALID: readonly (readonly [string, unknown])[] = [
  [
    "a granular marking with lang alone",
    { ...identity, granular_markings: [{ lang: "fr", selectors: ["name"] }] },
  ],
  ["a language of three letters", { ...identity, lang: "gsw" }],
  ["a language with script and region", { ...identity, lang: "zh-Hant-TW" }],
  ["a grandfathered language", { ...identity, lang: "i-klingon" }],
  ["a UUID of version 7", { ...identity, id: "identity--01890a5d-ac96-774b-bcce-b302099a8057" }],
  [
    "a leap second",
    sdo("report", { name: "a", published: "2016-12-31T23:59:60Z", object_refs: [identity["id"]] }),
  ],
  ["a process with nothing but created_time", sco("process", { created_time: TIME })],
  [
    "a registry key with nothing but modified_time",
    sco("windows-registry-key", { modified_time: TIME }),
  ],
  [
    "an extension with nothing but integrity_level",
    sco("process", { extensions: { "windows-process-ext": { integrity_level: "low" } } }),
  ],
  [
    "header fields with one line each",
    sco("email-message", { is_multipart: false, additional_header_fields: { "X-Mailer": ["a"] } }),
  ],
  ["an IPv6 address with an IPv4 one inside", sco("ipv6-addr", { value: "::ffff:192.0.2.1" })],
  ["a media type that nobody registered", sco("file", { name: "a", mime_type: "text/blabla" })],
  ["a reference whose UUID lacks a digit", sco("network-traffic", { ...traffic, src_ref: SHORT })],
  [
    "the same in a list and in an extension",
    sco("file", {
      name: "a",
      contains_refs: [SHORT.replace("ipv4-addr", "file")],
      extensions: { "archive-ext": { contains_refs: [SHORT.replace("ipv4-addr", "file")] } },
    }),
  ],
  [
    "an end without is_active",
    sco("network-traffic", { end: TIME, protocols: ["tcp"], src_ref: `ipv4-addr--${UUID5}` }),
  ],
  [
    "a CVE id under another source on another type",
    { ...identity, external_references: [{ source_name: "nvd", external_id: "CVE-2016-1234" }] },
  ],
  [
    "a key below a hive that begins like another",
    sco("windows-registry-key", { key: "HKEY_LOCAL_MACHINE\\hkuser" }),
  ],
  ["a hash of a custom name", sco("file", { hashes: { x_foo_hash: "anything" } })],
  [
    "a relationship to a custom object",
    sdo("relationship", {
      relationship_type: "uses",
      source_ref: `x-thing--${UUID}`,
      target_ref: `tool--${UUID}`,
    }),
  ],
  ["an unknown property", { ...identity, x_example: [1, "a", { b: true }] }],
  [
    "properties of a top-level extension",
    {
      ...identity,
      rank: 5,
      extensions: { [extension]: { extension_type: "toplevel-property-extension" } },
    },
  ],
  [
    "a new type by extension",
    sdo("my-thing", { extensions: { [extension]: { extension_type: "new-sdo" } } }),
  ],
  [
    "a marking by extension",
    {
      type: "marking-definition",
      spec_version: "2.1",
      id: `marking-definition--${UUID}`,
      created: TIME,
      extensions: { [extension]: { extension_type: "property-extension", tlp_2_0: "clear" } },
    },
  ],
  [
    "2.1 with the old container of observables",
    sdo("observed-data", {
      ...observed,
      object_refs: undefined,
      objects: { "0": { type: "file", name: "a" } },
    }),
  ],
  [
    "a pattern on the property id",
    sdo("indicator", { pattern: "[app:id = 'a']", pattern_type: "stix", valid_from: TIME }),
  ],
  [
    "a pattern of another language",
    sdo("indicator", { pattern: "rule a {", pattern_type: "yara", valid_from: TIME }),
  ],
];

for (const [name, input] of VALID) {
  test(`valid: ${name}`, () => {
    assert.deepEqual(errors(JSON.parse(JSON.stringify(input))), []);
  });
}

const INVALID: readonly (readonly [string, unknown, string])[] = [
  ["an id that is no text", { ...identity, id: 5 }, "kind id"],
  ["a time that is null", { ...identity, created: null }, "null.required created"],
  [
    "a time with a line break behind it",
    { ...identity, created: `${TIME}\n` },
    "time.invalid created",
  ],
  [
    "a media type of no registered kind",
    sco("file", { name: "a", mime_type: "bla/blabla" }),
    "sco.value mime_type",
  ],
  [
    "a media type without a subtype",
    sco("file", { name: "a", mime_type: "text/" }),
    "sco.value mime_type",
  ],
  [
    "an id whose UUID lacks a digit",
    { ...sco("ipv4-addr", { value: "198.51.100.3" }), id: SHORT },
    "id.uuid id",
  ],
  [
    "a reference without a UUID",
    sco("network-traffic", { ...traffic, src_ref: "ipv4-addr--1" }),
    "ref.format src_ref",
  ],
  [
    "a reference whose UUID has four groups",
    sco("network-traffic", { ...traffic, src_ref: "ipv4-addr--28bb3599-77cd-5a82-a950" }),
    "ref.format src_ref",
  ],
  [
    "a reference whose UUID is not hexadecimal",
    sco("network-traffic", { ...traffic, src_ref: `${SHORT}g` }),
    "ref.format src_ref",
  ],
  [
    "a reference from no observable whose UUID lacks a digit",
    { ...identity, created_by_ref: SHORT.replace("ipv4-addr", "identity") },
    "ref.format created_by_ref",
  ],
  [
    "a pattern on a type with a name of two characters",
    sdo("indicator", { pattern: "[ab:yz = 1]", pattern_type: "stix", valid_from: TIME }),
    "pattern.type_name pattern",
  ],
  [
    "an encoding by its alias",
    sco("file", { name: "a", name_enc: "latin1" }),
    "enc.charset name_enc",
  ],
  ["an id with a line break behind it", { ...identity, id: `identity--${UUID}\n` }, "id.uuid id"],
  [
    "times that differ below a millisecond",
    { ...identity, created: "2024-01-01T00:00:48.1234Z", modified: "2024-01-01T00:00:48.123Z" },
    "time.orderModified modified",
  ],
  [
    "a marking that is none",
    { ...identity, object_marking_refs: [`identity--${UUID}`] },
    "marking.target object_marking_refs[0]",
  ],
  [
    "a sample that is no file",
    sdo("malware", { name: "a", is_family: false, sample_refs: [`tool--${UUID}`] }),
    "ref.target sample_refs[0]",
  ],
  [
    "a sample that is no identifier",
    sdo("malware", { name: "a", is_family: false, sample_refs: ["abc"] }),
    "ref.format sample_refs[0]",
  ],
  [
    "a child that is no process",
    sco("process", { child_refs: [`file--${UUID}`] }),
    "ref.target child_refs[0]",
  ],
  [
    "a definition that nobody made",
    sdo("extension-definition", {
      name: "a",
      schema: "a",
      version: "1.0.0",
      extension_types: ["new-sdo"],
    }),
    "required created_by_ref",
  ],
  [
    "a time inside observed data",
    sdo("observed-data", {
      ...observed,
      object_refs: undefined,
      objects: { "0": { type: "process", pid: 1, created_time: "soon" } },
    }),
    "time.invalid objects.0.created_time",
  ],
  [
    "both forms of observed data",
    sdo("observed-data", { ...observed, objects: { "0": { type: "mutex", name: "a" } } }),
    "object.rule ",
  ],
  [
    "observed data of relationships only",
    sdo("observed-data", { ...observed, object_refs: [`relationship--${UUID}`] }),
    "object.rule object_refs",
  ],
  [
    "upper-case hexadecimal",
    sco("file", { name: "a", magic_number_hex: "FF" }),
    "sco.value magic_number_hex",
  ],
  [
    "a header field as a text",
    sco("email-message", { is_multipart: false, additional_header_fields: { "X-Mailer": "a" } }),
    "dict.value additional_header_fields.X-Mailer",
  ],
  [
    "a number as a translation",
    sdo("language-content", { object_ref: identity["id"], contents: { de: { name: 5 } } }),
    "dict.value contents.de.name",
  ],
  [
    "a relationship to a definition",
    sdo("relationship", {
      relationship_type: "uses",
      source_ref: `tool--${UUID}`,
      target_ref: extension,
    }),
    "ref.target target_ref",
  ],
  [
    "a CVE id of a vulnerability under another source",
    sdo("vulnerability", {
      name: "a",
      external_references: [{ source_name: "nvd", external_id: "CVE-2016-1234" }],
    }),
    "extref.id external_references[0].source_name",
  ],
  ["a short hive", sco("windows-registry-key", { key: "HKLM\\System" }), "sco.value key"],
  ["defanged on an identity", { ...identity, defanged: true }, "name.defanged defanged"],
  ["a property name in another alphabet", { ...identity, x_größe: 1 }, "name.syntax x_größe"],
  [
    "a digest inside a set",
    sdo("indicator", {
      pattern: "[file:hashes.MD5 IN ('12')]",
      pattern_type: "stix",
      valid_from: TIME,
    }),
    "hash.digest pattern",
  ],
  [
    "a pattern that repeats never",
    sdo("indicator", {
      pattern: "[abc:b = 1] REPEATS 0 TIMES",
      pattern_type: "stix",
      valid_from: TIME,
    }),
    "pattern.positive pattern",
  ],
  [
    "an empty pattern",
    sdo("indicator", { pattern: "", pattern_type: "stix", valid_from: TIME }),
    "empty.required pattern",
  ],
  [
    "phases without names",
    sdo("tool", { name: "a", kill_chain_phases: [{}] }),
    "kcp.fields kill_chain_phases[0].phase_name",
  ],
  ["extensions as a list", { ...identity, extensions: [] }, "kind.extensions extensions"],
  ["labels with numbers", { ...identity, labels: [1] }, "kind labels[0]"],
  ["one coordinate", sdo("location", { region: "europe", latitude: 1 }), "object.rule latitude"],
  [
    "a second white",
    {
      type: "marking-definition",
      spec_version: "2.1",
      id: `marking-definition--${UUID}`,
      created: TIME,
      definition_type: "tlp",
      definition: { tlp: "white" },
    },
    "tlp.instance definition",
  ],
  [
    "an extension without type",
    { ...identity, extensions: { [extension]: { rank: 5 } } },
    `ext.type extensions.${extension}.extension_type`,
  ],
  ["a type of upper case", sdo("Thing", { x_a: 1 }), "type.syntax type"],
];

for (const [name, input, expected] of INVALID) {
  test(`invalid: ${name}`, () => {
    const found = errors(JSON.parse(JSON.stringify(input)));
    assert.ok(found.includes(expected), found.join(", "));
  });
}

const OBJECT20 = {
  type: "identity",
  id: `identity--${UUID}`,
  created: TIME,
  modified: TIME,
  name: "a",
  identity_class: "group",
};
const STRICT20: ValidationOptions = { ...STRICT, defaultSpecVersion: "2.0" };

const IN_20: readonly (readonly [string, Fields, readonly string[]])[] = [
  ["a plain object", {}, []],
  ["its own version", { spec_version: "2.0" }, []],
  ["a UUID of version 5", { id: `identity--${UUID5}` }, ["id.v4 id"]],
  ["four fraction digits", { created: "2024-01-01T00:00:00.0000Z" }, ["time.precision created"]],
  ["confidence", { confidence: 5 }, ["name.reserved confidence"]],
  ["what 2.1 added", { roles: ["a"], lang: "en" }, []],
  [
    "a last sighting before the first",
    {
      type: "intrusion-set",
      id: `intrusion-set--${UUID}`,
      first_seen: "2024-01-02T00:00:00Z",
      last_seen: "2024-01-01T00:00:00Z",
      identity_class: undefined,
    },
    ["time.order last_seen"],
  ],
  ["no class", { identity_class: undefined }, ["required.20 identity_class"]],
  [
    "a marking by language",
    { granular_markings: [{ lang: "en", selectors: ["name"] }] },
    ["granular.neither granular_markings[0]"],
  ],
  [
    "a type of 2.1",
    { type: "infrastructure", id: `infrastructure--${UUID}`, spec_version: "2.0" },
    ["type.reserved type"],
  ],
];

for (const [name, change, expected] of IN_20) {
  test(`2.0: ${name}`, () => {
    assert.deepEqual(
      errors(JSON.parse(JSON.stringify({ ...OBJECT20, ...change })), STRICT20),
      expected,
    );
  });
}

test("members of a bundle are checked at their places, in their own version", () => {
  const bundle = {
    type: "bundle",
    id: `bundle--${UUID}`,
    objects: [
      identity,
      { ...OBJECT20, id: "identity--x" },
      { ...identity, id: `identity--${UUID5}`, name: 5 },
    ],
  };
  assert.deepEqual(errors(bundle), [
    "spec_version.present objects[1].spec_version",
    "id.uuid objects[1].id",
    "kind objects[2].name",
  ]);
  const bundle20 = { ...bundle, spec_version: "2.0", objects: [OBJECT20] };
  assert.deepEqual(errors(bundle20, STRICT20), []);
});

test("a member of a bundle takes the version that the caller knows", () => {
  const member = JSON.parse(JSON.stringify({ ...identity, lang: "en", spec_version: undefined }));
  const bundle = { type: "bundle", id: `bundle--${UUID}`, objects: [member] };
  const given = { ...STRICT, specVersionGiven: true };
  const said = (input: unknown, options: ValidationOptions): readonly string[] =>
    validateObject(input, options).findings.map((each) => `${each.severity} ${each.rule}`);
  assert.deepEqual(said(bundle, STRICT), ["error spec_version.present"]);
  assert.deepEqual(said(bundle, given), ["warning spec_version.present"]);
  assert.deepEqual(said(member, given), ["error spec_version.present"]);
  const decided = { ...given, severity: { "spec_version.present": "error" as const } };
  assert.deepEqual(said(bundle, decided), ["error spec_version.present"]);
});

test("advice on names of registries is given where a name is certainly none", () => {
  const advised = (own: Fields): readonly string[] =>
    validateObject(sco("network-traffic", { ...traffic, src_port: 1, dst_port: 2, ...own }), STRICT)
      .findings.filter((each) => each.rule === "object.should")
      .map((each) => each.path);
  const known = [
    "ipv4",
    "ip",
    "tcp",
    "udp",
    "icmp",
    "http",
    "https",
    "dns",
    "tls",
    "smb",
    "domain",
  ];
  assert.deepEqual(advised({ protocols: known }), []);
  assert.deepEqual(advised({ protocols: ["tcp", "TCP", "no-such-service"] }), [
    "protocols[1]",
    "protocols[2]",
  ]);
  const ipfix = { octetDeltaCount: 1, VRFname: "a", sourceipv4address: "a", Foo: 1 };
  assert.deepEqual(advised({ ipfix }), ["ipfix.sourceipv4address", "ipfix.Foo"]);
  const mimeType = (mime_type: string): readonly string[] =>
    validateObject(sco("file", { name: "a", mime_type }), STRICT)
      .findings.filter((each) => each.rule === "object.should")
      .map((each) => each.path);
  assert.deepEqual(
    [
      "text/plain; charset=utf-8",
      "Application/PDF",
      "application/vnd.anything",
      "haptics/x",
    ].flatMap(mimeType),
    [],
  );
  assert.deepEqual(["application/x-dosexec", "text/blabla"].flatMap(mimeType), [
    "mime_type",
    "mime_type",
  ]);
});

test("every finding of the strict profile names a section", () => {
  const { findings } = validateObject(
    { ...identity, id: 5, x: null, labels: [], created: "x" },
    STRICT,
  );
  assert.ok(findings.length > 4);
  assert.deepEqual(
    findings.filter((each) => !/^\d+(?:\.\d+)*$/.test(each.section ?? "")),
    [],
  );
});
