/** Goal: what no engine of a language would take is remarked on, and nothing that one would take. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { adviseOnPattern } from "./other-language.ts";

const CASES: readonly (readonly [language: string, text: string, remark: string | undefined])[] = [
  ["yara", 'rule a { strings: $x = "y" condition: $x }', undefined],
  ["yara", 'import "pe"\nprivate rule a : tag\n{\n  condition:\n    true\n}\n', undefined],
  ["yara", "condition: true", "A YARA pattern has a rule"],
  ["yara", 'rule a { strings: $x = "y" }', "A YARA rule has a condition"],
  ["yara", "rule a { condition: true", "A YARA rule stands in braces"],
  ["snort", 'alert tcp any any -> any 80 (msg:"x"; sid:1;)', undefined],
  ["snort", "# a comment\nalert tcp any any -> any any \\\n  (sid:1;)\n", undefined],
  ["suricata", 'drop http any any -> any any (content:"("; sid:1; )', undefined],
  [
    "snort",
    "look tcp any any (sid:1;)",
    'A rule begins with an action such as alert, not with "look"',
  ],
  [
    "snort",
    "alert tcp any any -> any any",
    "The options of a rule stand in parentheses at its end",
  ],
  [
    "suricata",
    "alert tcp any any -> any any (sid:1)",
    "Each option of a rule ends with a semicolon",
  ],
  ["snort", "# nothing", "There is no rule"],
  ["sigma", "title: x\nlogsource:\n  product: windows\ndetection:\n  condition: a\n", undefined],
  ["sigma", "correlation:\n  type: event_count\n", undefined],
  ["sigma", "title: x\ndetection:\n  condition: a\n", "A Sigma rule has logsource"],
  ["sigma", "[a:b = 1]", "A Sigma rule has logsource"],
  ["pcre", "^(?:a|b)[)\\]]{2,}\\($", undefined],
  ["pcre", "[]a]", undefined],
  ["pcre", "[^]a]", undefined],
  ["pcre", "\\Q([\\E", undefined],
  ["pcre", "(a", "A group is not closed"],
  ["pcre", "a)", "A parenthesis closes that was never opened"],
  ["pcre", "[a", "A character class is not closed"],
  ["pcre", "a\\", "The expression ends inside an escape"],
  ["x-other", "anything", undefined],
  ["toString", "anything", undefined],
];

for (const [language, text, remark] of CASES) {
  test(`${language}: ${JSON.stringify(text).slice(0, 60)}`, () => {
    assert.equal(adviseOnPattern(language, text), remark);
  });
}

test("any text is looked at without failing", () => {
  const language = fc.constantFrom("yara", "snort", "suricata", "sigma", "pcre");
  fc.assert(
    fc.property(language, fc.string({ unit: "binary" }), (name, text) => {
      const remark = adviseOnPattern(name, text);
      assert.ok(remark === undefined || remark.length < 100);
    }),
  );
});
