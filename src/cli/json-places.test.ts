/** Goal: the path of a finding leads to the very characters in the source, whatever keys it runs through. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  emptyTree,
  locate,
  nodeOf,
  offsetInLiteral,
  resolvePath,
  skipValue,
} from "./json-places.ts";

function textAt(text: string, steps: readonly string[]): string | undefined {
  const tree = emptyTree();
  const node = nodeOf(tree, steps);
  locate(text, 0, tree);
  return node.place && text.slice(node.place.start, node.place.end);
}

test("paths are read with the help of the value", () => {
  const root = {
    name: "x",
    labels: ["a", { "b.c": [1, 2] }],
    "a.b": { "c[0]": true },
    a: { b: 1, "b.d": 2 },
    hashes: { "SHA-256": "y" },
  };
  const cases: readonly (readonly [path: string, steps: readonly string[], complete: boolean])[] = [
    ["", [], true],
    ["name", ["name"], true],
    ["labels[1].b.c[1]", ["labels", "1", "b.c", "1"], true],
    ["a.b.c[0]", ["a.b", "c[0]"], true],
    ["a.b.d", ["a", "b.d"], true],
    ["hashes.SHA-256", ["hashes", "SHA-256"], true],
    ["missing", [], false],
    ["labels[7]", ["labels"], false],
    ["hashes.MD5", ["hashes"], false],
    ["name.first", ["name"], false],
    ["__proto__", [], false],
  ];
  for (const [path, steps, complete] of cases) {
    assert.deepEqual(resolvePath(path, root), { steps, complete }, path);
  }
});

test("an ambiguous path ends after bounded work", () => {
  let root: unknown = 1;
  for (let depth = 0; depth < 60; depth++) {
    root = { a: root, "a.a": root };
  }
  const path = `${Array.from({ length: 59 }, () => "a").join(".")}.b`;
  assert.equal(resolvePath(path, root).complete, false);
});

test("places are those of the source, with the last of repeated keys", () => {
  const text = ' {"a" : [1, {"b\\u0063":"x\\"}]"}, null], "d":{}, "d": -1.5e3 ,"":"e"}';
  const cases: readonly (readonly [steps: readonly string[], found: string | undefined])[] = [
    [[], text.slice(1)],
    [["a"], '[1, {"b\\u0063":"x\\"}]"}, null]'],
    [["a", "0"], "1"],
    [["a", "1", "bc"], '"x\\"}]"'],
    [["a", "2"], "null"],
    [["d"], "-1.5e3"],
    [[""], '"e"'],
    [["x"], undefined],
  ];
  for (const [steps, found] of cases) {
    assert.equal(textAt(text, steps), found, steps.join("/"));
  }
});

test("every part of every JSON value is found again", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(0, 1, 4), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      assert.equal(skipValue(text, 0), text.length);
      for (const [steps, part] of partsOf(value)) {
        assert.deepEqual(JSON.parse(textAt(text, steps) ?? "undefined"), part);
      }
    }),
    { numRuns: 300 },
  );
});

function partsOf(value: unknown): (readonly [readonly string[], unknown])[] {
  if (typeof value !== "object" || value === null) {
    return [[[], JSON.parse(JSON.stringify(value))]];
  }
  const inner = Object.entries(value).flatMap(([key, part]) =>
    partsOf(part).map(([steps, found]) => [[key, ...steps], found] as const),
  );
  return [[[], JSON.parse(JSON.stringify(value))], ...inner];
}

test("a unit of a string is found behind escapes", () => {
  const text = '"a\\"\\u00e4b"';
  const literal = { start: 0, end: text.length, key: undefined };
  const starts = [0, 1, 2, 3, 9].map((unit) => offsetInLiteral(text, literal, unit));
  assert.deepEqual(starts, [1, 2, 4, 10, 11]);
});
