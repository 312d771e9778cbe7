/** Goal: the shipped tables are as many as the guide says, and the column store can hold each of them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { DOCUMENTED_TABLES } from "./documented.ts";
import { readSchemas } from "./notation.ts";

const tables = [...DOCUMENTED_TABLES.values()];

test("177 tables with 7,226 columns", () => {
  assert.equal(tables.length, 177);
  assert.equal(
    tables.reduce((sum, { columns }) => sum + columns.length, 0),
    7226,
  );
});

test("names differ in more than case, and every row has its time", () => {
  for (const { name, columns } of tables) {
    const names = columns.map((column) => column.name.toLowerCase());
    assert.equal(new Set(names).size, names.length, name);
    assert.ok(
      columns.some((column) => column.name === "TimeGenerated" && column.type === "datetime"),
      name,
    );
  }
});

test("the notation: types, and names with a common beginning", () => {
  const [table] = readSchemas("Sample = Plain Number:l When:d from_{a_s,b_b:b}");
  assert.deepEqual(
    table?.columns
      .filter(({ name }) => /^(?:Plain|Number|When|from_)/.test(name))
      .map(({ name, type }) => `${name}:${type}`)
      .sort(),
    ["Number:long", "Plain:string", "When:datetime", "from_a_s:string", "from_b_b:bool"],
  );
});
