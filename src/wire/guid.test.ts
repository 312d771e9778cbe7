/** Goal: GUIDs are recognised in either case, and a digest gives one that says its version and variant. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { guidFromDigest, isGuid } from "./guid.ts";

test("a GUID is recognised whatever its case and version, and nothing else is", () => {
  const cases: readonly (readonly [string, boolean])[] = [
    ["6ba7b810-9dad-11d1-80b4-00c04fd430c8", true],
    ["6BA7B810-9DAD-11D1-80B4-00C04FD430C8", true],
    ["00000000-0000-0000-0000-000000000000", true],
    ["6ba7b8109dad11d180b400c04fd430c8", false],
    ["{6ba7b810-9dad-11d1-80b4-00c04fd430c8}", false],
    ["6ba7b810-9dad-11d1-80b4-00c04fd430c8 ", false],
    ["6ba7b810-9dad-11d1-80b4-00c04fd430cg", false],
    ["", false],
  ];
  for (const [text, expected] of cases) {
    assert.equal(isGuid(text), expected, text);
  }
});

test("a digest gives a GUID of the version asked for", () => {
  const cases: readonly (readonly [string, 4 | 5 | 8, string])[] = [
    ["00000000000000000000000000000000", 5, "00000000-0000-5000-8000-000000000000"],
    ["ffffffffffffffffffffffffffffffffffff", 8, "ffffffff-ffff-8fff-bfff-ffffffffffff"],
    ["0123456789ABCDEF6123456789abcdef", 4, "01234567-89ab-4def-a123-456789abcdef"],
  ];
  for (const [digest, version, expected] of cases) {
    assert.equal(guidFromDigest(digest, version), expected);
  }
});

test("the example of RFC 9562 for version 5 comes out", () => {
  const namespace = Buffer.from("6ba7b8109dad11d180b400c04fd430c8", "hex");
  const digest = createHash("sha1").update(namespace).update("www.example.com").digest("hex");
  assert.equal(guidFromDigest(digest, 5), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
});

test("what is no digest is refused", () => {
  for (const digest of ["", "0123", "x".repeat(32)]) {
    assert.throws(() => guidFromDigest(digest, 8), RangeError);
  }
});
