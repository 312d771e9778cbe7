/** Goal: the parser reads exactly the grammar of both versions, and says where and why it stops. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type ParseOptions, parsePattern } from "./parse.ts";
import type { Comparison, Pattern } from "./pattern.ts";
import { printPattern } from "./print.ts";

function parsed(text: string, options: ParseOptions = {}): Pattern {
  const result = parsePattern(text, options);
  assert.ok(result.ok, `${text}: ${result.ok ? "" : result.error.message}`);
  return result.pattern;
}

function checkReadsAs(text: string, expected: string, options: ParseOptions = {}): void {
  assert.equal(printPattern(parsed(text, options)), expected, text);
}

function checkFails(text: string, message: string, options: ParseOptions = {}): void {
  const result = parsePattern(text, options);
  assert.equal(result.ok ? `parsed: ${text}` : result.error.message, message);
}

/** A text, and what it is printed as: the plain spelling of the same tree. */
const READINGS: readonly (readonly [text: string, printed: string])[] = [
  ["[a:b=1]", "[a:b = 1]"],
  ["  [ a : b . c [ * ] [ 0 ] . 'd e' == 'x' ]  ", "[a:b.c[*][0].'d e' = 'x']"],
  ["[ipv4-addr:value <> '1.2.3.4']", "[ipv4-addr:value != '1.2.3.4']"],
  ["[a:b IN()]", "[a:b IN ()]"],
  [
    "[a:b IN(1,-2.50,'x',true,h'0a',b'YQ==',t'2016-01-01T00:00:00.5Z')]",
    "[a:b IN (1, -2.50, 'x', true, h'0a', b'YQ==', t'2016-01-01T00:00:00.5Z')]",
  ],
  ["[a:b NOT LIKE '%']", "[a:b NOT LIKE '%']"],
  ["[NOT EXISTS a:b]", "[NOT EXISTS a:b]"],
  ["[EXISTS a:b.c]", "[EXISTS a:b.c]"],
  ["[EXISTS:b = 1]", "[EXISTS:b = 1]"],
  ["[a:'EXISTS' = 1]", "[a:'EXISTS' = 1]"],
  ["[a:EXISTS = 1]", "[a:'EXISTS' = 1]"],
  ["[a:'IN' = 1]", "[a:'IN' = 1]"],
  ["[a:'plain' = 1]", "[a:plain = 1]"],
  ["[a:'' = 1]", "[a:'' = 1]"],
  ["[a:'*' = 1]", "[a:'*' = 1]"],
  ["[a:b[-0] = 1]", "[a:b[0] = 1]"],
  ["[a:b[+5] = 1]", "[a:b[5] = 1]"],
  ["[a:b[-1] = 1]", "[a:b[-1] = 1]"],
  ["[t:b = 1]", "[t:b = 1]"],
  ["[NOTE:b = 1]", "[NOTE:b = 1]"],
  ["[AND-x:b = 1]", "[AND-x:b = 1]"],
  ["[_a:_b9 = .5]", "[_a:_b9 = .5]"],
  ["[a:b = 00.5]", "[a:b = 00.5]"],
  ["[a:b = -0]", "[a:b = -0]"],
  ["[a:b = 123456789012345678901234567890]", "[a:b = 123456789012345678901234567890]"],
  ["[a:b = h'']", "[a:b = h'']"],
  ["[a:b = b'YW\nJj']", "[a:b = b'YWJj']"],
  ["[a:b = 'it\\'s \\\\ here']", "[a:b = 'it\\'s \\\\ here']"],
  ["[a:b = 'two\nlines']", "[a:b = 'two\nlines']"],
  ["[a:b = '// no /* comment']", "[a:b = '// no /* comment']"],
  ["// comment\n[a:b /* = 2 */ = 1] // end", "[a:b = 1]"],
  ["\u00a0[\u2003a:b\u3000=\u20281\u0085]", "[a:b = 1]"],
  ["[a:b = t'2016-12-31T23:59:60Z']", "[a:b = t'2016-12-31T23:59:60Z']"],
  ["[a:b = 1 AND a:c = 2 OR a:d = 3]", "[a:b = 1 AND a:c = 2 OR a:d = 3]"],
  ["[a:b = 1 AND (a:c = 2 OR a:d = 3)]", "[a:b = 1 AND (a:c = 2 OR a:d = 3)]"],
  ["[((a:b = 1))]", "[a:b = 1]"],
  ["[(a:b = 1 AND a:c = 2) AND a:d = 3]", "[(a:b = 1 AND a:c = 2) AND a:d = 3]"],
  ["[(a:b = 1 AND a:c = 2) OR a:d = 3]", "[a:b = 1 AND a:c = 2 OR a:d = 3]"],
  ["([a:b = 1])", "[a:b = 1]"],
  [
    "[a:b=1]AND[c:d=2]OR[e:f=3]FOLLOWEDBY[g:h=4]",
    "[a:b = 1] AND [c:d = 2] OR [e:f = 3] FOLLOWEDBY [g:h = 4]",
  ],
  ["([a:b=1] FOLLOWEDBY [c:d=2]) AND [e:f=3]", "([a:b = 1] FOLLOWEDBY [c:d = 2]) AND [e:f = 3]"],
  ["[a:b=1]WITHIN 5SECONDS REPEATS+2TIMES", "[a:b = 1] WITHIN 5 SECONDS REPEATS +2 TIMES"],
  ["([a:b=1] AND [c:d=2]) WITHIN .5 SECONDS", "([a:b = 1] AND [c:d = 2]) WITHIN .5 SECONDS"],
  ["([a:b=1]) WITHIN 5 SECONDS", "[a:b = 1] WITHIN 5 SECONDS"],
  ["([a:b=1] WITHIN 5 SECONDS)", "[a:b = 1] WITHIN 5 SECONDS"],
  ["([a:b=1] WITHIN 5 SECONDS) WITHIN 6 SECONDS", "([a:b = 1] WITHIN 5 SECONDS) WITHIN 6 SECONDS"],
  [
    "[a:b=1]START t'2016-01-01T00:00:00Z'STOP t'2016-01-02T00:00:00Z'",
    "[a:b = 1] START t'2016-01-01T00:00:00Z' STOP t'2016-01-02T00:00:00Z'",
  ],
  [
    "[a:b=1] START '2016-01-01T00:00:00Z' STOP t'2016-01-02T00:00:00Z'",
    "[a:b = 1] START t'2016-01-01T00:00:00Z' STOP t'2016-01-02T00:00:00Z'",
  ],
];

test("texts are read by the grammar", () => {
  for (const [text, printed] of READINGS) {
    checkReadsAs(text, printed);
  }
});

test("the versions differ in EXISTS and in the instants of START and STOP", () => {
  const quoted = "[a:b = 1] START '2016-01-01T00:00:00Z' STOP '2016-01-02T00:00:00Z'";
  parsed(quoted, { version: "2.0" });
  parsed(quoted.replaceAll(" '", " t'"), { version: "2.0" });
  parsed("[EXISTS:EXISTS = 1]", { version: "2.0" });
  parsed("[EXISTS a:b]", { version: "2.1" });
  const timestamp = "a timestamp in UTC with fields in range, such as t'2016-06-01T00:00:00Z'";
  checkFails(quoted, `expected ${timestamp} at column 17, found "'"`, { version: "2.1" });
  checkFails(
    "[EXISTS a:b]",
    'expected ":" and a property name behind the object type at column 9, found "a"',
    { version: "2.0" },
  );
  checkFails(
    "[a:EXISTS = 1]",
    "expected a property name ('EXISTS' must stand in apostrophes, as it is a keyword) at column 4, found \"EXISTS\"",
    { version: "2.1" },
  );
});

const FAULTS: readonly (readonly [text: string, message: string])[] = [
  ["", 'expected "[" or "(" at column 1, found the end of the pattern'],
  ["CAR-2013-01-003", 'expected "[" or "(" at column 1, found "CAR-2013-01-003"'],
  ["[a:b = 1", 'expected "]" at column 9, found the end of the pattern'],
  ["[domain-name:value = 'x' ANDD", 'expected "]" at column 26, found "ANDD"'],
  [
    "[a:b = 1] and [c:d = 2]",
    'expected AND, OR, FOLLOWEDBY, a qualifier, or the end of the pattern at column 11, found "and" (keywords are written in capitals)',
  ],
  [
    "[a:b = 1]]",
    'expected AND, OR, FOLLOWEDBY, a qualifier, or the end of the pattern at column 10, found "]"',
  ],
  [
    '[a:b = "x"]',
    'expected a constant (a number, true, false, or a string in apostrophes) at column 8, found """ (strings stand in plain apostrophes: \'...\')',
  ],
  [
    "[a:b = null]",
    'expected a constant (a number, true, false, or a string in apostrophes) at column 8, found "null"',
  ],
  [
    "[a:b = True]",
    'expected a constant (a number, true, false, or a string in apostrophes) at column 8, found "True"',
  ],
  ["[a:b = 5.]", 'expected "]" at column 9, found "."'],
  ["[a:b = 1e5]", 'expected "]" at column 9, found "e5"'],
  ["[a:b = 007]", 'expected an integer without leading zeros at column 8, found "007"'],
  [
    "[a:b = -]",
    'expected a constant (a number, true, false, or a string in apostrophes) at column 8, found "-"',
  ],
  [
    "[a:b > true]",
    'expected a constant that has an order (a number, a timestamp, or a string in apostrophes) at column 8, found "true"',
  ],
  ["[a:b LIKE 5]", 'expected a string in apostrophes at column 11, found "5"'],
  [
    "[a:b ~ 5]",
    'expected an operator (=, !=, <, >, <=, >=, IN, LIKE, MATCHES, ISSUBSET or ISSUPERSET, NOT before it) at column 6, found "~"',
  ],
  ["[a:b IN (1 2)]", 'expected "," or ")" to close the set at column 12, found "2"'],
  ["[a:b IN 1]", 'expected "(" to open the set at column 9, found "1"'],
  [
    "[a:b IN (1,)]",
    'expected a constant (a number, true, false, or a string in apostrophes) at column 12, found ")"',
  ],
  [
    "[file:hashes.SHA-256 = 'x']",
    "expected a property name ('SHA-256' must stand in apostrophes, as it contains a hyphen) at column 14, found \"SHA-256\"",
  ],
  [
    "[a:IN = 1]",
    "expected a property name ('IN' must stand in apostrophes, as it is a keyword) at column 4, found \"IN\"",
  ],
  ["['a':b = 1]", 'expected an object path such as file:name, or "(" at column 2, found "\'"'],
  ["[IN:b = 1]", 'expected an object path such as file:name, or "(" at column 2, found "IN"'],
  [
    "[NOT a:b = 1]",
    'expected "EXISTS" (before other operators, NOT stands behind the path) at column 6, found "a"',
  ],
  ["[a:b[1.5] = 1]", 'expected a whole number as the list index at column 6, found "1"'],
  ["[a:b[x] = 1]", 'expected a list index or "*" at column 6, found "x"'],
  [
    "[a:b = 'C:\\x']",
    'expected "\\\'" or "\\\\" (a backslash itself is written twice) at column 11, found "\\\\"',
  ],
  [
    "[a:b = 'x]",
    'expected "\'" to end the string begun at offset 7 at column 11, found the end of the pattern',
  ],
  [
    "[a:b = 1] /* x",
    'expected "*/" to end the comment begun at offset 10 at column 15, found the end of the pattern',
  ],
  [
    "[a:b = h'abc']",
    'expected pairs of hexadecimal digits and the closing apostrophe at column 13, found "\'"',
  ],
  [
    "[a:b = b'']",
    'expected base64 in padded blocks of four and the closing apostrophe at column 10, found "\'"',
  ],
  [
    "[a:b = b'YQ=']",
    'expected base64 in padded blocks of four and the closing apostrophe at column 13, found "\'"',
  ],
  ["[a:b = 1] WITHIN 5 HOURS", 'expected "SECONDS" at column 20, found "HOURS"'],
  ["[a:b = 1] WITHIN -5 SECONDS", 'expected a number of seconds at column 18, found "-5"'],
  ["[a:b = 1] REPEATS 1.5 TIMES", 'expected a whole number of times at column 19, found "1"'],
  [
    "[a:b = 1] START t'2016-01-01T00:00:00Z'",
    'expected "STOP" at column 40, found the end of the pattern',
  ],
  ["[a:b = 1]\r\n  OR\n [c:d == 1 XOR]", 'expected "]" at line 3, column 12, found "XOR"'],
  [
    "[a:\u{1f600} = 1]",
    'expected a property name, or one in apostrophes at column 4, found "\u{1f600}"',
  ],
  ["['\u{1f600}' x", 'expected an object path such as file:name, or "(" at column 2, found "\'"'],
  [
    "[a:'\u{1f600}' x",
    'expected an operator (=, !=, <, >, <=, >=, IN, LIKE, MATCHES, ISSUBSET or ISSUPERSET, NOT before it) at column 8, found "x"',
  ],
  ["\ufeff[a:b = 1]", 'expected "[" or "(" at column 1, found "\ufeff"'],
];

test("a fault is reported with its place, what was expected and what was found", () => {
  for (const [text, message] of FAULTS) {
    checkFails(text, message);
  }
});

test("timestamps have the form of RFC 3339 in UTC with fields in range", () => {
  const good = [
    "2016-01-01T00:00:00Z",
    "2016-02-30T23:59:60.123456789012Z",
    "0000-12-31T00:00:00.0Z",
  ];
  const bad = [
    "2016-13-01T00:00:00Z",
    "2016-00-01T00:00:00Z",
    "2016-01-32T00:00:00Z",
    "2016-01-01T24:00:00Z",
    "2016-01-01T00:60:00Z",
    "2016-01-01T00:00:61Z",
    "2016-01-01t00:00:00Z",
    "2016-01-01T00:00:00z",
    "2016-01-01T00:00:00",
    "2016-01-01T00:00:00.Z",
    "2016-01-01T00:00:00+00:00",
    "2016-01-01T00:00Z",
    "2016/01/01T00:00:00Z",
    "2016-01-01",
    "2016-01-01T00:00:00ZZ",
    "",
  ];
  for (const text of good) {
    parsed(`[a:b = t'${text}']`);
  }
  for (const text of bad) {
    assert.equal(parsePattern(`[a:b = t'${text}']`).ok, false, text);
    assert.equal(parsePattern(`[a:b = 1] START '${text}' STOP '${text}'`).ok, false, text);
  }
});

test("the error carries offset, line and column", () => {
  const result = parsePattern("[a:b\n = 'x'\n AND]");
  assert.deepEqual(result, {
    ok: false,
    error: {
      offset: 16,
      line: 3,
      column: 5,
      expected: 'an object path such as file:name, or "("',
      found: "]",
      message: 'expected an object path such as file:name, or "(" at line 3, column 5, found "]"',
    },
  });
});

test("depth and length are bounded, whatever the caller asks for", () => {
  const nested = (depth: number): string => `${"(".repeat(depth)}[a:b = 1]${")".repeat(depth)}`;
  const inner = (depth: number): string => `[${"(".repeat(depth)}a:b = 1${")".repeat(depth)}]`;
  for (const make of [nested, inner]) {
    parsed(make(256));
    assert.equal(parsePattern(make(257)).ok, false);
    assert.equal(parsePattern(make(1_000_000), { depthMax: 1e9, lengthMax: 1e9 }).ok, false);
  }
  checkFails(
    "(([a:b = 1]))",
    'expected at most 1 parentheses inside one another at column 2, found "("',
    {
      depthMax: 1,
    },
  );
  checkFails("[a:b = 1]", 'expected at most 5 characters at column 6, found "="', { lengthMax: 5 });
});

test("both levels count towards one depth", () => {
  parsed("([(a:b = 1)])", { depthMax: 2 });
  assert.equal(parsePattern("([((a:b = 1))])", { depthMax: 2 }).ok, false);
});

test("a long flat pattern is no deep one", () => {
  const many = Array.from({ length: 5000 }, (_, place) => `a:b = ${place}`).join(" OR ");
  const pattern = parsed(`[${many}]`);
  const comparison = pattern.expression.kind === "observation" && pattern.expression.comparison;
  assert.equal((comparison as Comparison & { items: unknown[] }).items.length, 5000);
});

test("no string makes the parser throw", () => {
  const fragments = fc.constantFrom(
    ..."[ ] ( ) : . , = != < > 'x' \\ ' h'0' b'YQ==' t'2016-01-01T00:00:00Z' 5 -1.5 true NOT EXISTS IN LIKE AND OR FOLLOWEDBY WITHIN REPEATS START STOP SECONDS TIMES file name * /* */ // [a:b=1]".split(
      " ",
    ),
    "\n",
    " ",
  );
  const soup = fc.array(fragments, { maxLength: 40 }).map((parts) => parts.join(""));
  const texts = fc.oneof(fc.string(), fc.string({ unit: "binary" }), soup);
  fc.assert(
    fc.property(
      texts,
      fc.constantFrom(undefined, "2.0" as const, "2.1" as const),
      (text, version) => {
        const result = parsePattern(text, version === undefined ? {} : { version });
        if (!result.ok) {
          assert.ok(result.error.offset >= 0 && result.error.offset <= text.length);
          assert.ok(!result.error.message.includes("\n"));
        }
      },
    ),
    { numRuns: 2000 },
  );
});
