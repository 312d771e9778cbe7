/** Goal: different texts are stored differently, come back unchanged and are found again. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { escapeText, hashOf, unescapeText } from "./term.ts";

test("only what SQLite or UTF-8 would change is escaped", () => {
  const cases = [
    ["indicator--1", "indicator--1"],
    ["ünï 🦠 '", "ünï 🦠 '"],
    ["a\u0000b", "a\\u0000b"],
    ["\ud800", "\\ud800"],
    ["\\ud800", "\\\\ud800"],
    ['"', '\\"'],
    ["\n", "\\n"],
  ] as const;
  for (const [text, stored] of cases) {
    assert.equal(escapeText(text), stored);
    assert.equal(unescapeText(stored), text);
  }
});

test("every text survives, well-formed and without NUL on the way", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const stored = escapeText(text);
      assert.ok(stored.isWellFormed() && !stored.includes("\u0000"));
      assert.equal(unescapeText(stored), text);
    }),
  );
});

test("a hash has 52 bits and tells unpaired surrogates apart", () => {
  assert.equal(hashOf("abc"), 0xba7816bf8f01c);
  assert.ok(Number.isSafeInteger(hashOf("")));
  assert.notEqual(hashOf("\ud800"), hashOf("\ufffd"));
});
