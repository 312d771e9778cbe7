/** Goal: reading a pattern in one go says what parsing, checking and searching it say one after the other. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { checkPattern } from "./check.ts";
import { intervalsOf } from "./intervals.ts";
import { observablesOf } from "./observables.ts";
import { type ParseOptions, parsePattern } from "./parse.ts";
import { readPattern } from "./read.ts";

function check(text: string): void {
  for (const options of [{}, { version: "2.0" }, { version: "2.1" }] satisfies ParseOptions[]) {
    const result = parsePattern(text, options);
    const expected = result.ok
      ? {
          ok: true,
          findings: checkPattern(result.pattern),
          observables: observablesOf(result.pattern),
          intervals: intervalsOf(result.pattern),
        }
      : result;
    assert.deepEqual(readPattern(text, options), expected, text);
  }
}

test("a plain comparison pins its value", () => {
  const observable = {
    key: "ipv4-addr:value",
    value: "198.51.100.7",
    written: "198.51.100.7",
    kind: "string",
    sufficient: true,
    qualified: false,
  };
  for (const [text, offset] of [
    ["[ipv4-addr:value = '198.51.100.7']", 19],
    ["[ipv4-addr:value='198.51.100.7']", 17],
  ] as const) {
    const observables = [{ ...observable, offset }];
    const expected = { ok: true, findings: [], observables, intervals: [] };
    assert.deepEqual(readPattern(text), expected);
  }
});

test("every START and STOP is told, wherever it stands", () => {
  const [first, second] = ["t'2024-01-01T00:00:00Z'", "t'2024-01-02T00:00:00.5Z'"];
  const reading = readPattern(
    `([url:value = 'a'] START ${first} STOP ${second} OR [url:value = 'b']) START ${second} STOP ${first}`,
  );
  assert.deepEqual(reading.ok && reading.intervals, [
    { start: "2024-01-01T00:00:00Z", stop: "2024-01-02T00:00:00.5Z" },
    { start: "2024-01-02T00:00:00.5Z", stop: "2024-01-01T00:00:00Z" },
  ]);
});

test("limits hold for plain comparisons too", () => {
  const text = `[url:value = '${"u".repeat(2_000_000)}']`;
  assert.equal(readPattern(text).ok, false);
  assert.equal(readPattern("[url:value = 'u']", { lengthMax: 5 }).ok, false);
});

const KEYS = [
  "ipv4-addr:value",
  "ipv6-addr:value",
  "domain-name:value",
  "url:value",
  "file:name",
  "file:hashes.MD5",
  "file:hashes.'SHA-256'",
  "file:hashes.SHA256",
  "file:hashes.TLSH",
  "file:hashes.SSDEEP",
  "file:hashes",
  "file:x_own",
  "process:pid",
  "domain-name:resolves_to_refs[*].value",
  "x-own:value",
  "EXISTS:value",
  "",
];
const SIGNS = [" = ", "=", "= ", " =", "  = ", " == ", " != ", " IN ", " NOT = ", ""];
const CONSTANTS = [
  "198.51.100.7",
  "198.51.100.07",
  "198.51.100.0/24",
  "2001:DB8::1",
  "example.com",
  "Example.COM",
  "münchen.example",
  "d41d8cd98f00b204e9800998ecf8427e",
  "D41D8CD98F00B204E9800998ECF8427E",
  "0123456789abcdef".repeat(4),
  "a\\\\b",
  "a\\'b",
  "a\\b",
  "a'b",
  "a=b",
  "",
];
const ENDS = ["']", "' ]", "'] ", "'", "]", "'] WITHIN 5 SECONDS", "' OR url:value = 'u']"];

test("any spelling of a single comparison", () => {
  const parts = [KEYS, SIGNS, CONSTANTS, ENDS].map((each) => fc.constantFrom(...each));
  fc.assert(
    fc.property(fc.tuple(...parts), ([key, sign, constant, end]) => {
      check(`[${key}${sign}'${constant}${end}`);
    }),
    { numRuns: 2_000 },
  );
});

test("any text", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 20 }), check), { numRuns: 300 });
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 8 }), (text) =>
      check(`[url:value = '${text}']`),
    ),
    { numRuns: 300 },
  );
});
