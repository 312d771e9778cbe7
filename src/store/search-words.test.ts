/** Goal: values that people look for are words as a whole and by their obvious parts; questions are read alike. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { containsPhrase, textRuns, textTerms, wordsOf } from "./search-words.ts";

test("the words of a text", () => {
  const cases = [
    ["Plain Words, twice: words!", "plain words twice"],
    ["Żółć naïve 毒", "żółć naïve 毒"],
    ["seen at 1.2.3.4.", "seen at 1.2.3.4"],
    ["10.0.0.0/8", "10.0.0.0/8 10.0.0.0 8"],
    ["evil.example.com", "evil.example.com example.com com evil example"],
    ["CVE-2024-3094", "cve-2024-3094 cve 2024 3094"],
    ["a@mail.example", "a@mail.example a mail.example example mail"],
    ["https://x.example/p?q=1", "https://x.example/p?q=1 https x.example example x p q 1"],
    ["C:\\Windows\\evil.exe", "c:\\windows\\evil.exe c windows evil.exe exe evil"],
    ["[ipv4-addr:value = '1.2.3.4']", "ipv4-addr:value ipv4-addr ipv4 addr value 1.2.3.4"],
    ["2001:db8::1", "2001:db8::1 2001 db8 1"],
    ["\u0000\ud800 ... -- ", ""],
  ] as const;
  for (const [text, words] of cases) {
    assert.deepEqual([...wordsOf(text)].join(" "), words);
  }
  assert.equal(wordsOf(Array.from({ length: 1_000 }, (_, at) => `w${at}`).join(" ")).size, 400);
  assert.deepEqual([...wordsOf("x".repeat(1_000))], ["x".repeat(128)]);
});

test("the terms of a question", () => {
  const cases = [
    [
      "Evil  example.com",
      [
        { kind: "word", word: "evil" },
        { kind: "word", word: "example.com" },
      ],
    ],
    ["1.2.*", [{ kind: "prefix", word: "1.2." }]],
    ["(Evil*)", [{ kind: "word", word: "evil" }]],
    [
      '"Two words" x',
      [
        { kind: "phrase", runs: ["two", "words"], words: ["two", "words"] },
        { kind: "word", word: "x" },
      ],
    ],
    [
      '"open 1.2.3.4',
      [{ kind: "phrase", runs: ["open", "1", "2", "3", "4"], words: ["open", "1.2.3.4"] }],
    ],
    ["http://a/b", [{ kind: "phrase", runs: ["http", "a", "b"], words: ["http", "a", "b"] }]],
    ['... * "" -', []],
  ] as const;
  for (const [question, terms] of cases) {
    assert.deepEqual(textTerms(question), terms, question);
  }
  assert.equal(textTerms("a ".repeat(33)), undefined);
});

test("a phrase is found where its words follow one another", () => {
  const runs = textRuns("one two two three");
  assert.equal(containsPhrase(runs, ["two", "three"]), true);
  assert.equal(containsPhrase(runs, ["one", "three"]), false);
  assert.equal(containsPhrase(runs, ["three", "four"]), false);
});

const BETWEEN_CHUNKS = /[\s\p{C}"'`<>()[\]{}|,;]+/u;
const BETWEEN_PIECES = /[/\\@?&:=#%$*!^]+/u;
const AT_ENDS = /^[\p{P}\p{S}]+|[\p{P}\p{S}]+$/gu;

/** The words of ASCII text as they are defined, by regular expressions. */
function definedWords(text: string): string[] {
  const trimmed = (word: string): string => word.replaceAll(AT_ENDS, "");
  const words = text
    .toLowerCase()
    .split(BETWEEN_CHUNKS)
    .map(trimmed)
    .flatMap((chunk) => [
      chunk,
      ...chunk
        .split(BETWEEN_PIECES)
        .map(trimmed)
        .flatMap((piece) =>
          /^[\d.]+$/.test(piece)
            ? [piece]
            : [
                piece,
                ...[...piece.matchAll(/\./g)].slice(0, 6).map(({ index }) => {
                  return trimmed(piece.slice(index + 1));
                }),
                ...(piece.match(/[a-z0-9]+/g) ?? []),
              ],
        ),
    ]);
  return [...new Set(words)].filter((word) => word !== "");
}

test("the words of ASCII are those that regular expressions find, alone and within other text", () => {
  const part = fc.constantFrom("a", "B", "7", ".", "..", "-", "/", "'", " ", ":", "_", "\t", "x1");
  const ascii = fc.oneof(fc.string({ unit: "binary-ascii" }), fc.string({ unit: part }));
  fc.assert(
    fc.property(ascii, (text) => {
      const words = definedWords(text);
      assert.deepEqual([...wordsOf(text)], words);
      assert.deepEqual([...wordsOf(`${text} żółć`)], [...words, "żółć"]);
    }),
  );
});
