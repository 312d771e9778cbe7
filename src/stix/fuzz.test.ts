/**
 * Goal: no JSON value makes the validator throw, in any profile, and what it says is well-formed; an input
 * made to be slow is not.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { messageOf } from "./finding.ts";
import { RULES } from "./rules-table.ts";
import { NESTED_TYPES, OBJECT_TYPES, PREDEFINED_EXTENSIONS } from "./tables.ts";
import { type ValidationOptions, validateObject } from "./validate.ts";

const SENTINEL: ValidationOptions = {
  profile: "sentinel",
  defaultSpecVersion: "2.0",
  patternTypeOn20: "optional",
  timestamps: "lenient",
  supportedTypes: "any",
  coerceNumericStrings: true,
  tlpGreenAlias: true,
  severity: {},
};
const EVERY: readonly ValidationOptions[] = [
  SENTINEL,
  { ...SENTINEL, supportedTypes: "stix", defaultSpecVersion: "2.1", findingsMax: 3 },
  { ...SENTINEL, profile: "strict" },
  { ...SENTINEL, profile: "strict", defaultSpecVersion: "2.1" },
];

function check(input: unknown): void {
  for (const options of EVERY) {
    const { valid, findings, facts } = validateObject(input, options);
    const hasError = findings.some((each) => each.severity === "error");
    assert.equal(valid, !hasError, "errors decide");
    assert.ok(facts === undefined || valid);
    for (const finding of findings) {
      assert.ok(Object.hasOwn(RULES, finding.rule), finding.rule);
      assert.match(
        messageOf(finding),
        /^(?:Error|Warning) for Property=[^\n]*: [^\n]+\. Actual value: [^\n]*\.$/,
      );
    }
  }
}

const NAMES = [
  ...new Set(
    [...OBJECT_TYPES.values(), ...NESTED_TYPES.values(), ...PREDEFINED_EXTENSIONS.values()].flatMap(
      (type) => type.properties.map((each) => each.name),
    ),
  ),
  ...PREDEFINED_EXTENSIONS.keys(),
  "extension-definition--d83fce45-ef58-4c6c-a3f4-1fbc32e98c6e",
  "extension_type",
  "SHA-256",
  "en",
  "__proto__",
  "constructor",
  "toJSON",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "",
];
const TEXTS = [
  "2.0",
  "2.1",
  "stix",
  "2024-01-01T00:00:00.000Z",
  "indicator--26ffb872-1dd9-446e-b6f5-d58527e5b5d2",
  "[abc:b = 1]",
  "0",
  "",
  "\u0000\ud800",
  ...OBJECT_TYPES.keys(),
];

const { value: jsonValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom<unknown>(...TEXTS, null, true, false, 0, -1, 1.5, 1e300, 2 ** 53),
    fc.string({ unit: "binary", maxLength: 8 }),
    fc.array(tie("value"), { maxLength: 4 }),
    objectOf(tie("value")),
  ),
}));

/** Objects as `JSON.parse` makes them: `__proto__` is an own property like any other. */
function objectOf(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const entry = fc.tuple(fc.constantFrom(...NAMES), value);
  return fc.array(entry, { maxLength: 12 }).map((entries) => {
    const members = entries.map(
      ([name, each]) => `${JSON.stringify(name)}:${JSON.stringify(each)}`,
    );
    return JSON.parse(`{${members.join(",")}}`);
  });
}

test("any JSON value", () => {
  fc.assert(fc.property(jsonValue, check), { numRuns: 500 });
});

test("objects of every type with any values", () => {
  const type = fc.constantFrom(...OBJECT_TYPES.keys());
  fc.assert(
    fc.property(type, objectOf(jsonValue), (name, fields) => {
      check({ ...(fields as object), type: name });
    }),
    { numRuns: 500 },
  );
});

test("a type that can't be turned into a text", () => {
  const uuid = "8a1f3c52-6b0e-4d97-9e24-0b6f0c9f5a11";
  check(JSON.parse(`{"type":{"toString":1,"valueOf":1},"id":"x--${uuid}"}`));
});

test("names that reach for the prototype are names like any other", () => {
  const text = `{"type":"indicator","__proto__":{"id":"x"},"constructor":1,"toJSON":{"a":1}}`;
  check(JSON.parse(text));
  const { findings } = validateObject(JSON.parse(text), SENTINEL);
  assert.ok(findings.some((each) => each.rule === "id.present"));
});

test("long and repetitive texts are read once", () => {
  const long = "a".repeat(200_000);
  const texts = [long, `${long}!`, `${long}--${long}`, "a-".repeat(100_000), "[".repeat(100_000)];
  for (const text of texts) {
    check({ type: text, id: text, created: text, name: text });
    check({
      type: "indicator",
      id: text,
      pattern: text,
      lang: text,
      granular_markings: [{ lang: text, selectors: [text] }],
      external_references: [{ source_name: text, url: text, external_id: text }],
      [text]: text,
    });
  }
});
