/** Goal: macros that files by subject define do not get in each other's way. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { MACROS } from "./macros.ts";

const names = MACROS.map((statement) => /MACRO (\w+)\(/.exec(statement)?.[1] ?? statement);

test("each macro has one definition", () => {
  assert.deepEqual(
    names.filter((name, index) => names.indexOf(name) !== index),
    [],
  );
});

test("macros call only macros that there are", () => {
  const known = new Set(names);
  const called = MACROS.flatMap((statement) => statement.match(/\bkql_\w+(?=\()/g) ?? []);
  assert.deepEqual(
    [...new Set(called)].filter((name) => !known.has(name)),
    [],
  );
});
