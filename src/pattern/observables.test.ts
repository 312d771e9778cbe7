/** Goal: every value that a pattern pins is found, under its canonical key, with whether it alone suffices. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { observablesOf } from "./observables.ts";
import { parsePattern } from "./parse.ts";

/** Written as `key = value`, with `!` before the values that alone suffice. */
function check(text: string, expected: readonly string[]): void {
  const result = parsePattern(text);
  assert.ok(result.ok, text);
  const found = observablesOf(result.pattern).map(
    ({ key, value, sufficient }) => `${sufficient ? "!" : ""}${key} = ${value}`,
  );
  assert.deepEqual(found, expected, text);
}

const CASES: readonly (readonly [text: string, expected: readonly string[]])[] = [
  ["[ipv4-addr:value = '198.51.100.1']", ["!ipv4-addr:value = 198.51.100.1"]],
  ["[ipv4-addr:value = '198.51.100.1/32']", ["!ipv4-addr:value = 198.51.100.1"]],
  ["[ipv4-addr:value = '198.51.100.0/24']", ["!ipv4-addr:value = 198.51.100.0/24"]],
  ["[ipv6-addr:value = '2001:0DB8:0:0::1']", ["!ipv6-addr:value = 2001:db8::1"]],
  ["[domain-name:value = 'Evil.Example']", ["!domain-name:value = evil.example"]],
  ["[url:value = 'http://Evil.example/A']", ["!url:value = http://Evil.example/A"]],
  [
    "[network-traffic:src_ref.value = '10.0.0.1' AND network-traffic:dst_port = 443]",
    ["network-traffic:src_ref.value = 10.0.0.1", "network-traffic:dst_port = 443"],
  ],
  ["[file:hashes.'SHA-256' = 'ABCD']", ["!file:hashes.'SHA-256' = abcd"]],
  [
    "[file:hashes.sha256 = 'abcd' OR file:hashes.SHA256 = 'ABCD']",
    ["!file:hashes.'SHA-256' = abcd"],
  ],
  ["[file:hashes.ssdeep = '3:AbC:d']", ["!file:hashes.SSDEEP = 3:AbC:d"]],
  ["[file:name IN ('a', 'b', 'a')]", ["!file:name = a", "!file:name = b"]],
  ["[file:name != 'a' AND file:name NOT = 'b' AND file:name NOT IN ('c')]", []],
  ["[file:name NOT != 'a']", ["!file:name = a"]],
  ["[file:name LIKE 'a%' OR file:name MATCHES 'a' OR file:size > 5 OR EXISTS file:ctime]", []],
  ["[file:name = 'it\\'s \\\\']", ["!file:name = it's \\"]],
  ["[file:size = +5 OR file:size = 5.0]", ["!file:size = 5"]],
  ["[process:arguments[0] = 'x']", ["!process:arguments[0] = x"]],
  [
    "[email-message:to_refs[*].value = 'a@b.example']",
    ["!email-message:to_refs[*].value = a@b.example"],
  ],
  ["[file:magic_number_hex = h'FFD8']", ["!file:magic_number_hex = ffd8"]],
  ["[x-own:'needs quotes'.'a.b' = true]", ["!x-own:'needs quotes'.'a.b' = true"]],
  [
    "[file:name = 'a' AND (file:size = 1 OR file:size = 2)]",
    ["file:name = a", "file:size = 1", "file:size = 2"],
  ],
  ["[file:name = 'a'] OR [file:name = 'b']", ["!file:name = a", "!file:name = b"]],
  ["[file:name = 'a'] AND [file:name = 'b']", ["file:name = a", "file:name = b"]],
  [
    "[file:name = 'a'] FOLLOWEDBY [file:name = 'b'] OR [url:value = 'c']",
    ["file:name = a", "file:name = b", "url:value = c"],
  ],
  [
    "([file:name = 'a'] AND [file:name = 'b']) OR [file:name = 'a']",
    ["!file:name = a", "file:name = b"],
  ],
  ["[file:name = 'a'] REPEATS 5 TIMES", ["file:name = a"]],
  ["[file:name = 'a'] REPEATS 1 TIMES WITHIN 5 SECONDS", ["!file:name = a"]],
  ["[file:name = 'a'] WITHIN 0 SECONDS", ["file:name = a"]],
  ["([file:name = 'a'] WITHIN 5 SECONDS) WITHIN 6 SECONDS", ["!file:name = a"]],
  [
    "[file:name = 'a'] START t'2016-01-01T00:00:00Z' STOP t'2016-01-02T00:00:00Z'",
    ["file:name = a"],
  ],
];

test("equalities and set members are extracted through every operator", () => {
  for (const [text, expected] of CASES) {
    check(text, expected);
  }
});

test("an observable carries its written form, kind, place and qualification", () => {
  const result = parsePattern("[file:hashes.MD5 = 'ABCD'] REPEATS 2 TIMES");
  assert.ok(result.ok);
  assert.deepEqual(observablesOf(result.pattern), [
    {
      key: "file:hashes.MD5",
      value: "abcd",
      written: "ABCD",
      kind: "string",
      sufficient: false,
      qualified: true,
      offset: 19,
    },
  ]);
});

test("among many, each key and value comes once, also where keys share a value", () => {
  const tests = Array.from(
    { length: 20 },
    (_, index) => `url:x_key${index % 10} = 'v${index % 3}'`,
  );
  const result = parsePattern(`[${[...tests, ...tests].join(" OR ")}]`);
  assert.ok(result.ok);
  const found = observablesOf(result.pattern).map(({ key, value }) => `${key} ${value}`);
  const expected = Array.from({ length: 20 }, (_, index) => `url:x_key${index % 10} v${index % 3}`);
  assert.deepEqual(found, expected);
});

test("the number of observables is bounded", () => {
  const members = Array.from({ length: 12_000 }, (_, place) => String(place)).join(",");
  const result = parsePattern(`[file:size IN (${members})]`);
  assert.ok(result.ok);
  assert.equal(observablesOf(result.pattern).length, 10_000);
});
