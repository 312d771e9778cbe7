/** Goal: two versions of an object are told apart place by place, and nothing is said where they agree. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { differencesOf } from "./diff.ts";

test("the differences of two versions", () => {
  const cases = [
    [{ a: 1 }, { a: 1 }, []],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, []],
    [{ a: 1 }, { a: 2 }, [["changed", "/a", 1, 2]]],
    [
      { a: 1 },
      { b: 1 },
      [
        ["added", "/b", undefined, 1],
        ["removed", "/a", 1, undefined],
      ],
    ],
    [{ l: ["a", "c"] }, { l: ["a", "b", "c"] }, [["added", "/l/1", undefined, "b"]]],
    [{ l: ["a", "b", "c"] }, { l: ["a", "c"] }, [["removed", "/l/1", "b", undefined]]],
    [{ l: [{ x: 1 }, 2] }, { l: [{ x: 2 }, 2] }, [["changed", "/l/0/x", 1, 2]]],
    [{ l: [1] }, { l: { 0: 1 } }, [["changed", "/l", [1], { 0: 1 }]]],
    [{ "a/b": { "~": null } }, { "a/b": { "~": 0 } }, [["changed", "/a~1b/~0", null, 0]]],
    [null, { a: 1 }, [["changed", "", null, { a: 1 }]]],
  ] as const;
  for (const [before, after, expected] of cases) {
    const found = differencesOf(before, after);
    assert.deepEqual(
      found.map(({ kind, path, before: was, after: is }) => [kind, path, was, is]),
      expected,
      JSON.stringify([before, after]),
    );
  }
});

test("a value is equal to itself, and different values differ", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      assert.deepEqual(differencesOf(one, structuredClone(one)), []);
      const same = JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
      assert.equal(differencesOf(one, other).length === 0, same || Object.is(one, other));
    }),
  );
});

test("lists within lists take no longer than they are deep", () => {
  const nested = (depth: number, leaf: number): unknown =>
    depth === 0 ? leaf : [nested(depth - 1, leaf)];
  const [only] = differencesOf(nested(200, 1), nested(200, 2));
  assert.equal(only?.path, "/0".repeat(200));
});

test("endless differences are told as one", () => {
  const list = (from: number) => Array.from({ length: 5_000 }, (_, at) => from + at);
  const found = differencesOf({ l: list(0) }, { l: list(10_000) });
  assert.equal(found.length, 1_000);
  assert.deepEqual(found.at(-1)?.path, "");
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (typeof value !== "object" || value === null) {
    return Object.is(value, -0) ? "-0" : value;
  }
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([name, each]) => [name, sorted(each)]);
}
