/** Goal: MATCHES runs the common part of PCRE in linear time and says which part it lacks. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createRegexEngine } from "./pattern-regex.ts";

test("the common part of PCRE means the same", () => {
  const cases: readonly (readonly [source: string, subject: string, found: boolean])[] = [
    ["lo", "hello", true],
    ["^lo", "hello", false],
    ["a.b", "a\nb", true],
    ["a$", "a\n", true],
    ["a$", "a\nb", false],
    ["(?m)a$", "a\nb", true],
    ["\\Aab\\Z", "ab\n", true],
    ["a\\z", "a\n", false],
    ["[$]", "$", true],
    ["[]$]x", "$x", true],
    ["[[:digit:]]x", "5x", true],
    ["[a[]x", "[x", true],
    ["\\Qa.$b\\E", "a.$b", true],
    ["\\h", "\t", true],
    ["\\R", "\r\n", true],
    ["\\e", "\x1b", true],
    ["[\\e]", "\x1b", true],
    ["\\x61li[c\\x01]e", "alice", true],
    ["(?i)EVIL\\.example", "evil.EXAMPLE", true],
    ["^\u1e0d\u0307$", "\u1e0d\u0307", true],
    ["(?P<name>a)(?<other>b)", "ab", true],
    ["", "anything", true],
  ];
  for (const [source, subject, found] of cases) {
    const search = createRegexEngine().compiler(source, "text");
    assert.equal(search?.(subject), found, `${source} in ${JSON.stringify(subject)}`);
  }
});

test("what takes more than linear time is refused by name", () => {
  const cases: readonly (readonly [source: string, words: RegExp])[] = [
    ["(?=a)b", /look-ahead and look-behind/],
    ["(?<!a)b", /look-ahead and look-behind/],
    ["(a)\\1", /back-references/],
    ["a++b", /possessive/],
    ["(?>a)b", /atomic/],
    ["(?R)", /recursion/],
    ["(?#no)a", /comments/],
    ["(a", /missing closing \)/],
    ["a{2000}", /repeat count/],
    ["a".repeat(10_001), /longer than 10000 characters/],
  ];
  for (const [source, words] of cases) {
    const engine = createRegexEngine();
    assert.equal(engine.compiler(source, "text"), undefined, source);
    assert.equal(engine.compiler(source, "bytes"), undefined, source);
    assert.equal(engine.refusals.length, 1, source);
    assert.match(engine.refusals[0] ?? "", words);
  }
});

test("an expression that explodes elsewhere ends", () => {
  const search = createRegexEngine().compiler("^(a+)+$", "text");
  assert.equal(search?.(`${"a".repeat(100_000)}b`), false);
});
