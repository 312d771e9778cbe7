/** Goal: whoever fills in a form finds a sentence at every property of every type. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { allowedRelationships } from "./allowed-relationships.ts";
import { propertyHelp, typeHelp } from "./property-help-table.ts";
import { NESTED_TYPES, OBJECT_TYPES, PREDEFINED_EXTENSIONS } from "./tables.ts";

const SENTENCE = /^[A-Z][^\n]{2,120}\.$/;

test("every type but the bundle says what it stands for", () => {
  const types = [...OBJECT_TYPES.keys()].filter((type) => type !== "bundle");
  assert.deepEqual(
    types.filter((type) => !SENTENCE.test(typeHelp(type))),
    [],
  );
  assert.equal(typeHelp("x-acme"), "");
  assert.equal(typeHelp("constructor"), "");
});

test("every property says what it means", () => {
  const types = [OBJECT_TYPES, NESTED_TYPES, PREDEFINED_EXTENSIONS].flatMap((each) => [
    ...each.values(),
  ]);
  const silent = types.flatMap(({ name, properties }) =>
    properties
      .filter((each) => !SENTENCE.test(propertyHelp(name, each.name)))
      .map((each) => `${name}.${each.name}`),
  );
  assert.deepEqual(silent, []);
  assert.equal(propertyHelp("indicator", "name"), "What people call it.");
  assert.equal(propertyHelp("vulnerability", "name"), "Its name, best its CVE number.");
  assert.equal(propertyHelp("indicator", "toString"), "");
});

const PAIRS: readonly (readonly [source: string, target: string, expected: readonly string[]])[] = [
  ["threat-actor", "attack-pattern", ["uses", "derived-from", "duplicate-of", "related-to"]],
  ["threat-actor", "identity", ["attributed-to", "impersonates", "targets"]],
  ["indicator", "threat-actor", ["indicates"]],
  ["infrastructure", "url", ["communicates-with", "consists-of"]],
  ["x-acme", "identity", ["derived-from", "duplicate-of", "related-to"]],
];

for (const [source, target, expected] of PAIRS) {
  test(`the standard relates ${source} to ${target}, its own types first`, () => {
    assert.deepEqual(allowedRelationships(source, target).slice(0, expected.length), expected);
  });
}
