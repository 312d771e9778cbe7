/** Goal: a selector is followed exactly as far as the object goes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { resolveSelector, type SelectorResult } from "./selector.ts";

const OBJECT = JSON.parse(
  `{"id": "x", "labels": ["a", "b"], "external_references": [{"hashes": {"SHA-256": "0"}}],
    "__proto__": {"own": 1}, "zero": 0, "none": false}`,
);

const CASES: readonly (readonly [string, SelectorResult])[] = [
  ["id", "found"],
  ["labels", "found"],
  ["labels.[1]", "found"],
  ["external_references.[0].hashes.SHA-256", "found"],
  ["zero", "found"],
  ["none", "found"],
  ["labels.[2]", "unresolved"],
  ["labels.name", "unresolved"],
  ["id.[0]", "unresolved"],
  ["name", "unresolved"],
  ["constructor", "unresolved"],
  ["external_references.[0].toString", "unresolved"],
  ["labels.[-1]", "malformed"],
  ["labels[0]", "malformed"],
  ["labels.[]", "malformed"],
  ["labels.", "malformed"],
  [".labels", "malformed"],
  ["LABELS", "malformed"],
  ["ab", "malformed"],
  ["", "malformed"],
];

test("selectors", () => {
  for (const [selector, expected] of CASES) {
    assert.equal(resolveSelector(selector, OBJECT), expected, selector);
  }
});
