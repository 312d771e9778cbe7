/** Goal: whatever wrapping objects come in, each is checked by the right version, alone and with the others. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  checkDocument,
  checkObject,
  createLinter,
  type LintRules,
  sourceOf,
  wordsOf,
} from "./lint-check.ts";
import { pathBelow } from "./lint-lines.ts";

const IDENTITY_21 = {
  type: "identity",
  spec_version: "2.1",
  id: "identity--31b940d4-6f7f-459a-80ea-9c1f17b58abc",
  created: "2026-01-01T00:00:00.000Z",
  modified: "2026-01-01T00:00:00.000Z",
  lang: "en",
  name: "A name",
  identity_class: "organization",
};
const { spec_version: _version, lang: _lang, ...IDENTITY_20 } = IDENTITY_21;
const BUNDLE = { type: "bundle", id: "bundle--5d0092c5-5f74-4287-9642-33f4c354e56d" };
const ABSENT = "identity--aaaaaaaa-6f7f-459a-80ea-9c1f17b58abc";
const REFERRING = { ...IDENTITY_21, created_by_ref: ABSENT };

function found(value: unknown, rules: Partial<LintRules> = {}): readonly string[] {
  const linter = createLinter({ profile: "strict", specVersion: undefined, ...rules });
  return checkDocument(value, linter).findings.map(
    ({ base, finding }) => `${pathBelow(base, finding.path)} ${finding.rule}`,
  );
}

test("objects are found in every wrapping", () => {
  const bad = { ...IDENTITY_21, confidence: -1 };
  const cases: readonly (readonly [value: unknown, findings: readonly string[], count: number])[] =
    [
      [bad, ["confidence confidence.range"], 1],
      [[IDENTITY_21, bad], ["[1].confidence confidence.range", "[1].id bundle.duplicate"], 2],
      [{ stixobjects: [bad] }, ["stixobjects[0].confidence confidence.range"], 1],
      [{ Value: [bad], sourcesystem: "x" }, ["Value[0].confidence confidence.range"], 1],
      [{ objects: [bad] }, ["objects[0].confidence confidence.range"], 1],
      [{ ...BUNDLE, objects: [bad] }, ["objects[0].confidence confidence.range"], 1],
      [7, [" record.object"], 1],
      [[7], ["[0] record.object"], 1],
    ];
  for (const [value, findings, count] of cases) {
    assert.deepEqual(found(value), findings, JSON.stringify(value));
    const linter = createLinter({ profile: "strict", specVersion: undefined });
    assert.equal(checkDocument(value, linter).objectCount, count);
  }
});

test("bundles and arrays should hold what they refer to, uploads need not", () => {
  const missing = "created_by_ref state.reference";
  assert.deepEqual(found({ ...BUNDLE, objects: [REFERRING] }), [`objects[0].${missing}`]);
  assert.deepEqual(found([REFERRING]), [`[0].${missing}`]);
  assert.deepEqual(found({ stixobjects: [REFERRING] }), []);
  assert.deepEqual(found(REFERRING), []);
});

test("objects without version are of 2.0, bundles of 2.1", () => {
  assert.deepEqual(found(IDENTITY_20), []);
  const unsaid = { ...IDENTITY_20, lang: "en" };
  assert.deepEqual(found(unsaid, { specVersion: "2.1" }), ["spec_version spec_version.present"]);
  assert.deepEqual(found({ ...BUNDLE, objects: [IDENTITY_21] }), []);
  assert.deepEqual(found({ ...BUNDLE, spec_version: "2.0", objects: [IDENTITY_20] }), []);
  const linter = createLinter({ profile: "strict", specVersion: "2.0" });
  assert.equal(checkObject(unsaid, linter, "2.1").findings.length, 1);
});

test("a version that is said counts for the members of a bundle", () => {
  const bundle = { ...BUNDLE, objects: [{ ...IDENTITY_20, lang: "en" }] };
  const severities = (specVersion: LintRules["specVersion"]): readonly string[] => {
    const linter = createLinter({ profile: "strict", specVersion });
    return checkDocument(bundle, linter).findings.map(({ finding }) => finding.severity);
  };
  assert.deepEqual(severities(undefined), ["error"]);
  assert.deepEqual(severities("2.1"), ["warning"]);
  const linter = createLinter({ profile: "strict", specVersion: undefined });
  assert.equal(checkObject(bundle, linter, "2.1").findings[0]?.finding.severity, "warning");
});

test("in the sentinel profile a bundle stands for its objects", () => {
  const custom = {
    ...IDENTITY_21,
    type: "x-diary",
    id: "x-diary--42b940d4-6f7f-459a-80ea-9c1f17b58abc",
  };
  const bundle = { type: "bundle", objects: [IDENTITY_21, custom] };
  assert.deepEqual(found(bundle, { profile: "sentinel" }), ["objects[1].type type.supported"]);
  assert.deepEqual(found({ type: "bundle" }, { profile: "sentinel" }), ["type type.supported"]);
});

test("messages show values that say more, and sections are cited", () => {
  const finding = { rule: "kind", severity: "error", path: "x", reason: "Expected text" } as const;
  assert.equal(wordsOf({ ...finding, value: 3 }), "Expected text: 3");
  assert.equal(wordsOf({ ...finding, value: 'a"b' }), 'Expected text: "a\\"b"');
  assert.equal(wordsOf({ ...finding, value: "a".repeat(101) }), "Expected text");
  assert.equal(wordsOf({ ...finding, value: { toString: 1 } }), "Expected text");
  assert.equal(wordsOf({ ...finding, rule: "name.syntax", value: "A" }), "Expected text");
  assert.equal(sourceOf("id.present"), "STIX 2.1 §3.2");
  assert.equal(sourceOf("id.present", "4.7"), "STIX 2.1 §4.7");
  assert.equal(sourceOf("type.supported"), "Upload API");
  assert.equal(sourceOf("json.syntax"), "");
});
