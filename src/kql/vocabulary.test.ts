/** Goal: the words that editors offer are those that compile, and what is refused has its reason. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { KQL_VOCABULARY } from "./index.ts";

const { operators, functions, aggregates, refused } = KQL_VOCABULARY;

for (const [list, names, missing] of [
  ["operators", operators, ["fork", "facet", "reduce", "externaldata", "make-graph"]],
  ["functions", functions, ["and", "has_any", "strcat_arrays", "cluster"]],
  ["aggregates", aggregates, ["strcat"]],
] as const) {
  test(`${list} are sorted, each once, without what is refused`, () => {
    assert.deepEqual(names, [...new Set(names)].sort());
    assert.deepEqual(
      names.filter((name) => (missing as readonly string[]).includes(name)),
      [],
    );
  });
}

test("other spellings and old names are words as well", () => {
  const some = ["where", "filter", "order", "limit", "mv-expand", "project-by-names", "getschema"];
  assert.deepEqual(
    some.filter((name) => !operators.includes(name)),
    [],
  );
  assert.deepEqual(
    ["iff", "iif", "todynamic", "toscalar", "strcat"].filter((name) => !functions.includes(name)),
    [],
  );
  assert.deepEqual(
    ["makeset", "arg_max", "dcount", "percentiles"].filter((name) => !aggregates.includes(name)),
    [],
  );
});

test("what is refused has a reason, and is no function", () => {
  assert.ok(refused.length > 0);
  for (const { name, reason } of refused) {
    assert.ok(reason.length > 0, name);
    assert.ok(!functions.includes(name), name);
  }
});
