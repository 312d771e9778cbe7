/** Goal: a search sees every text that people look for, and every reference; nothing breaks it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { referencesOf, searchTextOf } from "./search-facts.ts";

test("the searched text", () => {
  const cases = [
    [{ name: "A", description: "d", labels: ["x", 1, "y"] }, "A\nx\ny\nd"],
    [
      { pattern: "[url:value = 'u']", external_references: [{ external_id: "CVE-1" }, null, {}] },
      "[url:value = 'u']\nCVE-1",
    ],
    [{ type: "file", hashes: { MD5: "ab", "SHA-1": "cd" }, name: "e.exe" }, "e.exe\nab\ncd"],
    [{ name: null, aliases: "none", hashes: [] }, ""],
    [null, ""],
    ["text", ""],
    [[{ name: "x" }], ""],
  ] as const;
  for (const [object, text] of cases) {
    assert.equal(searchTextOf(object), text);
  }
  assert.equal(searchTextOf({ name: "n", description: "x".repeat(100_000) }).length, 8_192);
});

test("the references", () => {
  const object = {
    id: "relationship--1",
    source_ref: "malware--1",
    target_ref: "tool--2",
    object_marking_refs: ["marking-definition--3", "marking-definition--3", 4],
    created_by_ref: "no id",
    my_ref: null,
    href: "x--1",
  };
  assert.deepEqual(referencesOf(object), [
    { property: "source_ref", stixId: "malware--1" },
    { property: "target_ref", stixId: "tool--2" },
    { property: "object_marking_refs", stixId: "marking-definition--3" },
  ]);
  assert.deepEqual(referencesOf([]), []);
  const many = Array.from({ length: 5_000 }, (_, at) => `indicator--${at}`);
  assert.equal(referencesOf({ object_refs: many }).length, 2_000);
});
