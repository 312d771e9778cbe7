/** Goal: each static check reports its rule at its place, and nothing that the text allows. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkPattern } from "./check.ts";
import { hashAlgorithmOf } from "./hash.ts";
import { parsePattern } from "./parse.ts";
import type { PatternVersion } from "./pattern.ts";

function check(text: string, expected: readonly string[], version?: PatternVersion): void {
  const result = parsePattern(text);
  assert.ok(result.ok, text);
  const findings = checkPattern(result.pattern, version === undefined ? {} : { version });
  assert.deepEqual(
    findings.map(({ rule, offset, value }) => `${rule} ${offset} ${value}`),
    expected,
    text,
  );
}

const MD5 = "cead3f77f6cda6ec00f57d76c9a6879f";

const CASES: readonly (readonly [text: string, expected: readonly string[]])[] = [
  ["[ipv4-addr:value = '198.51.100.1/32' OR ipv6-addr:value IN ('2001:db8::1', '::/0')]", []],
  // Numbers of qualifiers.
  ["[file:size = 1] REPEATS 0 TIMES", ["pattern.positive 16 0"]],
  ["[file:size = 1] WITHIN 0.00 SECONDS", ["pattern.positive 16 0.00"]],
  ["[file:size = 1] WITHIN 0.01 SECONDS", []],
  ["[file:size = 1] REPEATS +5 TIMES", ["pattern.number 16 +5"]],
  ["[file:size = 1] REPEATS 2 TIMES REPEATS 5 TIMES", ["pattern.dupQualifier 32 REPEATS"]],
  ["([file:size = 1] WITHIN 5 SECONDS) WITHIN 6 SECONDS", []],
  [
    "[file:size = 1] START t'2016-01-02T00:00:00Z' STOP t'2016-01-02T00:00:00.0Z'",
    ["pattern.startStop 16 2016-01-02T00:00:00Z 2016-01-02T00:00:00.0Z"],
  ],
  [
    "[file:size = 1] START t'2016-01-02T00:00:00.1Z' STOP t'2016-01-02T00:00:00.0999Z'",
    ["pattern.startStop 16 2016-01-02T00:00:00.1Z 2016-01-02T00:00:00.0999Z"],
  ],
  // Constants.
  ["[file:ctime = t'2016-02-30T00:00:00Z']", ["pattern.calendar 14 2016-02-30T00:00:00Z"]],
  ["[file:ctime = t'2016-02-29T00:00:00Z' AND file:mtime = t'2000-02-29T00:00:00Z']", []],
  ["[file:ctime = t'1900-02-29T00:00:00Z']", ["pattern.calendar 14 1900-02-29T00:00:00Z"]],
  ["[file:size = +5]", ["pattern.number 13 +5"]],
  ["[file:size = 9007199254740992]", ["pattern.number 13 9007199254740992"]],
  ["[file:size = 9007199254740991]", []],
  ["[file:magic_number_hex = h'FFd8']", ["pattern.number 25 FFd8"]],
  ["[process:arguments[-1] = 'x']", ["pattern.number 1 process:arguments[-1]"]],
  ["[process:arguments[+1] = 'x']", ["pattern.number 1 process:arguments[1]"]],
  // Sets.
  ["[file:size IN (1, 2.5)]", []],
  ["[file:size IN (1, 'x', true)]", ["pattern.mixedSet 1 integer, string, boolean"]],
  ["[file:size IN ()]", []],
  // Types of one AND.
  ["[file:size = 1 AND process:pid = 2]", ["pattern.disjointAnd 1 file:size"]],
  ["[file:size = 1 AND (process:pid = 2 OR file:name = 'x')]", []],
  ["[file:size = 1 OR process:pid = 2]", []],
  [
    "[(file:size = 1 AND process:pid = 2) AND url:value = 'x']",
    ["pattern.disjointAnd 2 file:size"],
  ],
  [
    "[(file:size = 1 OR url:value = 'x') AND (process:pid = 1 OR mutex:name = 'x')]",
    ["pattern.disjointAnd 2 file:size"],
  ],
  ["[file:size = 1] AND [process:pid = 2]", []],
  // Hashes.
  [`[file:hashes.MD5 = '${MD5}' OR file:hashes.MD5 = '${MD5.toUpperCase()}']`, []],
  ["[file:hashes.MD5 = 'blah']", ["hash.digest 19 blah"]],
  [`[file:hashes.MD5 NOT IN ('${MD5}', 'blah')]`, ["hash.digest 61 blah"]],
  ["[file:hashes.'SHA-256' LIKE 'abc%' OR file:hashes.'SHA-1' > 'a']", []],
  ["[file:hashes.'SHA-256' != 'abc']", ["hash.digest 26 abc"]],
  [`[file:hashes.md5 = '${MD5}']`, ["pattern.hashName 1 md5"]],
  ["[file:hashes.x_own = 'abc' OR file:hashes[*] = 'abc' OR file:hashes = 'abc']", []],
  [
    "[file:extensions.'windows-pebinary-ext'.file_header_hashes.SHA256 = 'abc']",
    ["pattern.hashName 1 SHA256", "hash.digest 68 abc"],
  ],
  // Addresses.
  ["[ipv4-addr:value = '1.2.3']", ["pattern.address 19 1.2.3"]],
  ["[ipv4-addr:value = '2001:db8::1']", ["pattern.address 19 2001:db8::1"]],
  ["[ipv4-addr:value LIKE '1.2.%']", []],
  ["[ipv4-addr:value ISSUBSET '1.2.3.4/33']", ["pattern.address 26 1.2.3.4/33"]],
  ["[network-traffic:src_ref.value ISSUPERSET 'x']", ["pattern.address 42 x"]],
  ["[network-traffic:src_ref.value = 'example.com']", []],
  // Types and paths.
  ["[indicator:name = 'x']", ["pattern.type 1 indicator"]],
  ["[ipv4addr:value = 'x']", ["pattern.type 1 ipv4addr"]],
  ["[X_Type:value = 'x']", ["pattern.type 1 X_Type"]],
  ["[x-type:anything.goes = 'x']", []],
  ["[file:path = 'x']", ["pattern.path 1 file:path"]],
  ["[file:name.length = 1]", ["pattern.path 1 file:name.length"]],
  ["[file:x_own.thing = 1 OR app:id = 'x']", []],
  ["[file:parent_directory_ref.path = 'x' OR file:contains_refs[*].whatever = 1]", []],
  ["[file:parent_directory_ref.value = 'x']", ["pattern.path 1 file:parent_directory_ref.value"]],
  ["[file:extensions.'windows-pebinary-ext'.sections[*].entropy > 7.0]", []],
  [
    "[file:extensions.'windows-pebinary-ext'.sektions[*].entropy > 7.0]",
    ["pattern.path 1 file:extensions.'windows-pebinary-ext'.sektions[*].entropy"],
  ],
  ["[file:extensions.'my-ext'.anything = 1]", []],
  ["[email-message:body_multipart[*].body_raw_ref.name = 'x']", []],
  ["[network-traffic:dst_ref.type = 'ipv4-addr']", []],
  ["[process:binary_ref.name = 'x']", []],
];

test("each check finds its own fault", () => {
  for (const [text, expected] of CASES) {
    check(text, expected);
  }
});

test("names of 2.0 get advice only in a pattern of 2.1", () => {
  check("[process:binary_ref.name = 'x']", ["pattern.path 1 process:binary_ref.name"], "2.1");
  check("[process:binary_ref.name = 'x']", [], "2.0");
});

test("the number of findings is bounded", () => {
  const result = parsePattern(`[file:size IN (${"+1, ".repeat(500)}1)]`);
  assert.ok(result.ok);
  assert.equal(checkPattern(result.pattern).length, 100);
});

test("hash algorithms are found by any usual spelling and know their digests", () => {
  const names: readonly (readonly [string, string | undefined])[] = [
    ["SHA-256", "SHA-256"],
    ["sha256", "SHA-256"],
    ["'SHA_256'", "SHA-256"],
    ["ssdeep", "SSDEEP"],
    ["sha3-256", "SHA3-256"],
    ["ripemd160", "RIPEMD-160"],
    ["x_foo_hash", undefined],
    ["", undefined],
    ["toString", undefined],
    ["-".repeat(100_000), undefined],
  ];
  for (const [name, expected] of names) {
    assert.equal(hashAlgorithmOf(name)?.name, expected, name.slice(0, 20));
  }
  const digests: readonly (readonly [string, string, boolean])[] = [
    ["MD5", "a".repeat(32), true],
    ["MD5", "a".repeat(33), false],
    ["MD5", "g".repeat(32), false],
    ["MD6", "a".repeat(56), true],
    ["MD6", "a".repeat(57), false],
    ["TLSH", "A".repeat(70), true],
    ["TLSH", `T1${"A".repeat(70)}`, true],
    ["TLSH", `T2${"A".repeat(70)}`, false],
    [
      "SSDEEP",
      "96:s4Ud1Lj96tHHlZDrwciQmA+4uy1I0G4HYuL8N3TzS8QsO/wqWXLcMSx:sF1LjEtHHlZDrJzrhuyZvHYm8tKp/RWO",
      true,
    ],
    ["SSDEEP", "", false],
    ["SSDEEP", "a b", false],
    ["WHIRLPOOL", "0".repeat(128), true],
  ];
  for (const [name, digest, fits] of digests) {
    assert.equal(hashAlgorithmOf(name)?.fits(digest), fits, `${name} ${digest}`);
  }
});
