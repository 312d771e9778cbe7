/** Goal: places are counted as editors do, and excerpts show the fault without harming the terminal. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createPositions, excerptOf, harmless } from "./text-positions.ts";

test("lines and columns count characters from 1, in any order", () => {
  const text = "ab\n\u{1f4a5}c\n\nd";
  const positions = createPositions(text, 10);
  const cases: readonly (readonly [offset: number, line: number, column: number])[] = [
    [0, 10, 1],
    [2, 10, 3],
    [3, 11, 1],
    [5, 11, 2],
    [7, 12, 1],
    [8, 13, 1],
    [9, 13, 2],
    [1, 10, 2],
    [5, 11, 2],
    [4, 11, 2],
  ];
  for (const [offset, line, column] of cases) {
    assert.deepEqual(positions.at(offset), { line, column }, String(offset));
  }
  assert.deepEqual(positions.lineOf(5), { start: 3, end: 6 });
});

test("the marker stands under the fault", () => {
  const cases: readonly (readonly [text: string, fault: string, shown: string, marker: string])[] =
    [
      ['"a": 900', "900", '"a": 900', "     ^^^"],
      ["\t\tx", "x", "  x", "  ^"],
      ["日本 x", "x", "日本 x", "     ^"],
      ["x 日本", "日本", "x 日本", "  ^^^^"],
      ["e\u0301 x", "x", "e\u0301 x", "  ^"],
      ["a\u001b[31mb x", "x", "a\u00b7[31mb x", "        ^"],
      ["a\u202eb", "b", "a\u00b7b", "  ^"],
    ];
  for (const [text, fault, shown, marker] of cases) {
    const start = text.indexOf(fault);
    const range = { start, end: start + fault.length };
    const excerpt = excerptOf(text, { start: 0, end: text.length }, range);
    assert.deepEqual(excerpt, { text: shown, marker });
  }
});

test("long lines are cut around the fault", () => {
  const text = `${"a".repeat(500)}FAULT${"b".repeat(500)}`;
  const excerpt = excerptOf(text, { start: 0, end: text.length }, { start: 500, end: 505 });
  assert.equal(excerpt.text, `…${"a".repeat(40)}FAULT${"b".repeat(55)}…`);
  assert.equal(excerpt.marker, `${" ".repeat(41)}^^^^^`);
  const long = excerptOf(text, { start: 0, end: text.length }, { start: 0, end: text.length });
  assert.equal(long.text.length, 101);
  assert.equal(long.marker, "^".repeat(100));
  const end = excerptOf("ab", { start: 0, end: 2 }, { start: 2, end: 2 });
  assert.deepEqual(end, { text: "ab", marker: "  ^" });
});

test("nothing that steers a terminal passes", () => {
  assert.equal(
    harmless("a\u0007\u009b\u2028\u2066\ud800b\tc"),
    "a\u00b7\u00b7\u00b7\u00b7\u00b7b c",
  );
});
