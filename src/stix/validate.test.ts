/**
 * Goal: the upload profile takes what real clients send and refuses what the contract refuses, says why in
 * the contract's words, and draws the facts that are stored beside an object.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { messageOf } from "./finding.ts";
import { type Validation, type ValidationOptions, validateObject } from "./validate.ts";

const OPTIONS: ValidationOptions = {
  profile: "sentinel",
  defaultSpecVersion: "2.0",
  patternTypeOn20: "optional",
  timestamps: "lenient",
  supportedTypes: "stix",
  coerceNumericStrings: false,
  tlpGreenAlias: true,
  severity: {},
};

const INDICATOR = {
  type: "indicator",
  spec_version: "2.1",
  id: "indicator--26ffb872-1dd9-446e-b6f5-d58527e5b5d2",
  created: "2024-01-01T00:00:00.000Z",
  modified: "2024-01-02T00:00:00.000Z",
  pattern: "[ipv4-addr:value = '198.51.100.3']",
  pattern_type: "stix",
  valid_from: "2024-01-01T00:00:00Z",
};

const UUID = "26ffb872-1dd9-446e-b6f5-d58527e5b5d2";

function validate(input: unknown, more: Partial<ValidationOptions> = {}): Validation {
  return validateObject(input, { ...OPTIONS, ...more });
}

function without(name: keyof typeof INDICATOR): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(INDICATOR).filter(([each]) => each !== name));
}

function messages(input: unknown, more: Partial<ValidationOptions> = {}): readonly string[] {
  return validate(input, more).findings.map(messageOf);
}

function rules(input: unknown, more: Partial<ValidationOptions> = {}): readonly string[] {
  return validate(input, more).findings.map((each) => each.rule);
}

test("the documented message of a missing id", () => {
  assert.deepEqual(messages(without("id")), [
    "Error for Property=id: Required property is missing. Actual value: NULL.",
  ]);
});

test("messages name the place and the value", () => {
  const reference = { source_name: "a", url: "no\nurl", hashes: { "SHA-256": "12" } };
  assert.deepEqual(messages({ ...INDICATOR, confidence: 101, external_references: [reference] }), [
    "Error for Property=confidence: Expected an integer from 0 to 100. Actual value: 101.",
    "Warning for Property=external_references[0].url: Expected a URI with a scheme. Actual value: no url.",
    "Error for Property=external_references[0].hashes.SHA-256: Not a digest of SHA-256. Actual value: 12.",
  ]);
  assert.deepEqual(messages([1, 2]), [
    "Error for Property=(record): Expected a JSON object. Actual value: a list of 2.",
  ]);
  assert.deepEqual(messages({ ...INDICATOR, labels: "x".repeat(300) }), [
    `Error for Property=labels: Expected a list. Actual value: ${"x".repeat(200)}….`,
  ]);
});

test("findings come in the order of the properties", () => {
  const paths = validate({}).findings.map((each) => each.path);
  assert.deepEqual(paths, ["type", "id", "created", "modified"]);
  const broken = { ...without("valid_from"), pattern: 5, created: "x", name: 5, labels: 5 };
  assert.deepEqual(
    validate(broken).findings.map((each) => each.path),
    ["created", "labels", "name", "pattern", "valid_from"],
  );
});

test("what clients send is taken", () => {
  const accepted: readonly (readonly [string, unknown, readonly string[]])[] = [
    ["times without a zone", { ...INDICATOR, valid_from: "2024-01-02T03:04:05" }, ["time.form"]],
    ["whole seconds", { ...INDICATOR, created: "2024-01-01T00:00:00Z" }, ["time.precision"]],
    ["an empty description", { ...INDICATOR, description: "" }, []],
    ["an id without a UUID", { ...INDICATOR, id: "indicator--my-resource" }, ["id.uuid"]],
    [
      "an id derived from MD5",
      { ...INDICATOR, id: "indicator--1ae2a6df-9c67-0b00-1a2b-0123456789ab" },
      ["id.uuid"],
    ],
    [
      "an extension by its own name",
      { ...INDICATOR, extensions: { "vendor-ext": { score: 1 } } },
      [],
    ],
    ["unknown properties", { ...INDICATOR, x_opencti_score: 50, score: 1 }, []],
    [
      "another spelling of a hash",
      {
        ...INDICATOR,
        pattern: "[file:hashes.'SHA1' = 'da39a3ee5e6b4b0d3255bfef95601890afd80709']",
      },
      ["pattern.hashName"],
    ],
    ["a pattern of a custom object", { ...INDICATOR, pattern: "[ja3:value = 'x']" }, []],
    [
      "free text as a pattern",
      { ...INDICATOR, pattern: "GB33BUKB20201555555555" },
      ["pattern.syntax"],
    ],
    [
      "another language",
      { ...INDICATOR, pattern: "rule a { condition: true }", pattern_type: "yara" },
      [],
    ],
    [
      "an unknown marking",
      { ...INDICATOR, object_marking_refs: [`marking-definition--${UUID}`] },
      [],
    ],
    ["phases as texts", { ...INDICATOR, kill_chain_phases: ["a"] }, ["kind.kcpString"]],
    ["values outside the vocabularies", { ...INDICATOR, indicator_types: ["severity-low"] }, []],
    ["a validity of a millisecond", { ...INDICATOR, valid_until: "2024-01-01T00:00:00.001Z" }, []],
    ["no version", without("spec_version"), ["required.20"]],
    [
      "2.0 without pattern_type",
      { ...without("pattern_type"), spec_version: "2.0", labels: ["a"] },
      ["pattern_type.missing20"],
    ],
  ];
  for (const [name, input, expected] of accepted) {
    const { valid } = validate(input);
    assert.deepEqual([valid, rules(input)], [true, expected], name);
  }
});

test("what the contract refuses is refused", () => {
  const refused: readonly (readonly [string, unknown, string])[] = [
    ["no created", without("created"), "created.present"],
    ["no modified", without("modified"), "modified.present"],
    ["no pattern", without("pattern"), "required"],
    ["no pattern_type on 2.1", without("pattern_type"), "required.21"],
    ["no valid_from", without("valid_from"), "required"],
    ["a null id", { ...INDICATOR, id: null }, "null.required"],
    ["an empty id", { ...INDICATOR, id: "" }, "empty.required"],
    ["another version", { ...INDICATOR, spec_version: "1.2" }, "spec_version.value"],
    ["no time", { ...INDICATOR, valid_from: "yesterday" }, "time.invalid"],
    ["a day without time", { ...INDICATOR, valid_from: "2024-01-01" }, "time.invalid"],
    [
      "an end before the start",
      { ...INDICATOR, valid_until: "2023-01-01T00:00:00Z" },
      "time.orderValid",
    ],
    ["confidence as text", { ...INDICATOR, confidence: "95" }, "confidence.range"],
    ["a label that is no text", { ...INDICATOR, labels: [5] }, "kind"],
    [
      "a malware's missing name on 2.0",
      { ...INDICATOR, type: "identity", id: `identity--${UUID}` },
      "required",
    ],
  ];
  for (const [name, input, expected] of refused) {
    const { valid, facts, findings } = validate(input);
    const errors = findings.filter((each) => each.severity === "error").map((each) => each.rule);
    assert.deepEqual([valid, facts, errors], [false, undefined, [expected]], name);
  }
});

test("types", () => {
  const type = (name: string): unknown => ({ ...INDICATOR, type: name, id: `${name}--${UUID}` });
  const reasons = (name: string, more: Partial<ValidationOptions> = {}): readonly string[] =>
    validate(type(name), more)
      .findings.filter((each) => each.rule === "type.supported")
      .map((each) => each.reason);
  for (const name of ["indicator", "grouping", "note", "marking-definition", "sighting"]) {
    assert.deepEqual(reasons(name), [], name);
  }
  assert.deepEqual(reasons("bundle"), [
    "A bundle is not a STIX object, send the members of its objects instead",
  ]);
  assert.deepEqual(reasons("file"), [
    "Cyber observables are not supported as records, send them as patterns or in observed-data",
  ]);
  assert.deepEqual(reasons("x-mitre-tactic"), [
    "Not a type that STIX 2.0 or 2.1 defines, custom types are not supported",
  ]);
  assert.deepEqual(reasons("file", { supportedTypes: "any" }), []);
  assert.deepEqual(reasons("x-mitre-tactic", { supportedTypes: "any" }), []);
  assert.deepEqual(reasons("threat-actor", { supportedTypes: "enhanced" }), []);
  assert.deepEqual(reasons("malware", { supportedTypes: "enhanced" }), [
    "The supported types are indicator, attack-pattern, threat-actor, identity, relationship",
  ]);
  assert.deepEqual(reasons("identity", { onlyType: "indicator" }), [
    "This route takes objects of type indicator only",
  ]);
  assert.deepEqual(reasons("__proto__"), [
    "Not a type that STIX 2.0 or 2.1 defines, custom types are not supported",
  ]);
});

test("a type that came with 2.1 needs no version", () => {
  const note = {
    type: "note",
    id: `note--${UUID}`,
    created: INDICATOR.created,
    modified: INDICATOR.modified,
    content: "A",
    object_refs: [INDICATOR.id],
  };
  const { valid, findings, facts } = validate(note);
  assert.deepEqual([valid, findings, facts?.specVersion], [true, [], "2.1"]);
});

test("settings", () => {
  const no20 = { ...without("pattern_type"), spec_version: "2.0", labels: ["a"] };
  assert.deepEqual(rules(no20, { patternTypeOn20: "required" }), ["required"]);
  const naive = { ...INDICATOR, valid_from: "2024-01-02T03:04:05" };
  assert.equal(validate(naive, { timestamps: "strict" }).valid, false);
  const text = { ...INDICATOR, confidence: "95" };
  assert.equal(validate(text, { coerceNumericStrings: true }).facts?.confidence, 95);
  assert.equal(
    validate({ ...INDICATOR, confidence: "101" }, { coerceNumericStrings: true }).valid,
    false,
  );
});

test("facts of an indicator", () => {
  const { facts } = validate({
    ...INDICATOR,
    name: "A",
    confidence: 55,
    labels: ["b", "a"],
    revoked: true,
    created: "2024-01-01T01:00:00.123456+01:00",
    valid_until: "2025-01-01T00:00:00",
    object_marking_refs: ["marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"],
    pattern: "[domain-name:value IN ('a.example', 'b.example')] OR [file:name = 'x']",
  });
  assert.deepEqual(facts, {
    stixId: INDICATOR.id,
    type: "indicator",
    specVersion: "2.1",
    created: "2024-01-01T00:00:00.123456Z",
    modified: "2024-01-02T00:00:00.000Z",
    validFrom: "2024-01-01T00:00:00Z",
    validUntil: "2025-01-01T00:00:00Z",
    name: "A",
    confidence: 55,
    tlp: "amber",
    labels: ["b", "a"],
    revoked: true,
    observables: [
      { key: "domain-name:value", value: "a.example" },
      { key: "domain-name:value", value: "b.example" },
      { key: "file:name", value: "x" },
    ],
  });
});

test("facts of what has less", () => {
  const { facts } = validate({
    type: "marking-definition",
    id: `marking-definition--${UUID}`,
    created: INDICATOR.created,
    definition_type: "statement",
    definition: { statement: "A" },
  });
  assert.deepEqual(facts, {
    stixId: `marking-definition--${UUID}`,
    type: "marking-definition",
    specVersion: "2.0",
    created: INDICATOR.created,
    modified: null,
    validFrom: null,
    validUntil: null,
    name: null,
    confidence: null,
    tlp: null,
    labels: [],
    revoked: false,
    observables: [],
  });
});

test("TLP: the most restrictive known marking counts, the printed green is green", () => {
  const tlp = (refs: readonly string[], tlpGreenAlias = true): string | null | undefined =>
    validate({ ...INDICATOR, object_marking_refs: refs }, { tlpGreenAlias }).facts?.tlp;
  const alias = "marking-definition--089a6ecb-cc15-43cc-9494-767639779123";
  assert.equal(tlp([alias]), "green");
  assert.equal(tlp([alias], false), null);
  assert.equal(
    tlp([
      "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
      "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9",
      `marking-definition--${UUID}`,
    ]),
    "red",
  );
  assert.equal(tlp(["marking-definition--826578e1-40ad-459f-bc73-ede076f81f37"]), "amber+strict");
});

test("bounds: depth, items, length, findings", () => {
  const deep = JSON.parse(`{"x_a":${"[".repeat(300)}1${"]".repeat(300)}}`);
  assert.deepEqual(rules({ ...INDICATOR, ...deep }), ["limit"]);
  const long = { ...INDICATOR, x_a: new Array(100_001).fill(1) };
  assert.deepEqual(rules(long), ["limit"]);
  const text = { ...INDICATOR, name: "x".repeat(10_000_001) };
  assert.deepEqual(rules(text), ["limit"]);
  const many = { ...INDICATOR, labels: new Array(50).fill(5) };
  const { valid, findings } = validate(many, { findingsMax: 10 });
  assert.equal(valid, false);
  assert.deepEqual(
    findings.map((each) => each.rule),
    [...new Array(10).fill("kind"), "limit"],
  );
});

test("an error behind the last listed finding still counts", () => {
  const many = { ...INDICATOR, created: "2024-01-01T00:00:00Z", valid_from: "x" };
  const { valid, findings } = validate(many, { findingsMax: 1, severity: { limit: "warning" } });
  assert.deepEqual(
    [valid, findings.map((each) => each.rule)],
    [false, ["time.precision", "limit"]],
  );
});

test("the bound of findings is one per object, also in a bundle", () => {
  const objects = new Array(20).fill({ ...INDICATOR, labels: [], x_a: [], x_b: [] });
  const bundle = { type: "bundle", id: `bundle--${UUID}`, objects };
  const options: ValidationOptions = {
    ...OPTIONS,
    profile: "strict",
    defaultSpecVersion: "2.1",
    severity: { "list.empty": "warning" },
    findingsMax: 10,
  };
  const { valid, findings } = validateObject(bundle, options);
  assert.deepEqual([valid, findings.filter((each) => each.rule === "limit").length], [true, 0]);
});
