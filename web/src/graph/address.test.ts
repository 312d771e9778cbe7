/** Goal: every state of the Graph page survives its address, and a broken address breaks nothing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  depthOf,
  hasMorePages,
  joined,
  listOf,
  pagesOf,
  shortId,
  toggled,
  withPage,
} from "./address.ts";

for (const [depth, expected] of [
  [undefined, 1],
  ["1", 1],
  ["2", 2],
  ["3", 3],
  ["9", 3],
  ["-1", 1],
  ["many", 1],
  ["2.7", 2],
] as const) {
  test(`depth ${depth} is ${expected}`, () => {
    assert.equal(depthOf(depth === undefined ? {} : { depth }), expected);
  });
}

for (const list of [["a"], ["a", "b"], ["with, comma", "100 %", "ü > x"]] as const) {
  test(`the list ${list.join(" | ")} is read back`, () => {
    assert.deepEqual(listOf(joined(list)), list);
  });
}

test("an empty list leaves the address; a broken one is read as it is", () => {
  assert.equal(joined([]), undefined);
  assert.deepEqual(listOf(undefined), []);
  assert.deepEqual(listOf("%zz,a"), ["%zz", "a"]);
});

test("a member is put in, and taken out again", () => {
  const once = toggled(undefined, "a b");
  assert.equal(once, "a%20b");
  assert.equal(toggled(once, "a b"), undefined);
});

test("pages of groups are counted up to their bound", () => {
  const KEY = "threat-actor--1 > uses malware";
  let pages = withPage({}, KEY);
  assert.deepEqual([...pagesOf({ pages: pages ?? "" })], [[KEY, 1]]);
  for (let asked = 1; asked < 20; asked += 1) {
    pages = withPage({ pages: pages ?? "" }, KEY);
  }
  assert.deepEqual([...pagesOf({ pages: pages ?? "" })], [[KEY, 8]]);
  assert.equal(hasMorePages({ pages: pages ?? "" }, KEY), false);
  assert.equal(hasMorePages({}, KEY), true);
  assert.deepEqual([...pagesOf({ pages: "nonsense,0*,x*k" })], [["k", 1]]);
});

test("a few letters stand for an id, others for another", () => {
  const ids = Array.from({ length: 500 }, (_, at) => [
    `malware--00000000-0000-4000-8000-${String(at).padStart(12, "0")}`,
    `tool--00000000-0000-4000-8000-${String(at).padStart(12, "0")}`,
  ]).flat();
  const short = new Set(ids.map(shortId));
  assert.equal(short.size, ids.length);
  assert.ok([...short].every((each) => /^[0-9a-z]{1,7}$/.test(each)));
});
