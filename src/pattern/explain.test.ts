/** Goal: a newcomer can read what a pattern looks for. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { conformanceLevel, explainPattern } from "./explain.ts";
import { parsePattern } from "./parse.ts";

const CASES: readonly (readonly [text: string, level: number, expected: string])[] = [
  [
    "[ipv4-addr:value = '198.51.100.1']",
    1,
    'Matches when an ipv4-addr was seen whose value is "198.51.100.1".',
  ],
  [
    "[file:name LIKE '%.exe' AND (file:size > 5 OR file:hashes.MD5 NOT IN ('a', 'b'))]",
    1,
    'Matches when a file was seen whose name has the form (% any text, _ any character) "%.exe" and ' +
      '(size is greater than 5 or hashes.MD5 is none of "a", "b").',
  ],
  [
    "[url:value = 'x' OR domain-name:resolves_to_refs[*].value ISSUBSET '10.0.0.0/8']",
    1,
    'Matches when an object was seen for which url:value is "x" or ' +
      'domain-name:resolves_to_refs[*].value (any item) lies inside the network "10.0.0.0/8".',
  ],
  [
    "[NOT EXISTS file:name AND file:magic_number_hex = h'ffd8']",
    1,
    "Matches when a file was seen whose name is absent and magic_number_hex is the bytes ffd8.",
  ],
  [
    "[file:size = 1] OR [user-account:user_id = 'x']",
    2,
    "Matches when at least one of these was observed:\n" +
      "  - a file was seen whose size is 1\n" +
      '  - a user-account was seen whose user_id is "x".',
  ],
  [
    "([file:size = 1] AND [file:size = 2] REPEATS 3 TIMES) WITHIN 5 SECONDS FOLLOWEDBY " +
      "[url:value = 'x'] START t'2020-01-01T00:00:00Z' STOP t'2021-01-01T00:00:00Z'",
    3,
    "Matches when these were observed in this order (or at the same time):\n" +
      "  - all of these were observed, each in an observation of its own, within 5 seconds:\n" +
      "    - a file was seen whose size is 1\n" +
      "    - a file was seen whose size is 2, at least 3 times\n" +
      '  - a url was seen whose value is "x", from 2020-01-01T00:00:00Z until before 2021-01-01T00:00:00Z.',
  ],
];

test("patterns are explained, with the level of the detectors that can take them", () => {
  for (const [text, level, expected] of CASES) {
    const result = parsePattern(text);
    assert.ok(result.ok, text);
    assert.equal(explainPattern(result.pattern), expected);
    assert.equal(conformanceLevel(result.pattern), level, text);
  }
});

test("long lists and constants are cut", () => {
  const result = parsePattern(
    `[file:size IN (${"1, ".repeat(30)}2) OR file:name = '${"x".repeat(500)}']`,
  );
  assert.ok(result.ok);
  const text = explainPattern(result.pattern);
  assert.ok(text.includes("1, 11 more or name is") && text.length < 300, text);
  const deep = parsePattern(`${"([a:b = 1] OR ".repeat(50)}[a:b = 1]${")".repeat(50)}`);
  assert.ok(deep.ok);
  assert.equal(explainPattern(deep.pattern).split("\n").length, 17);
});
