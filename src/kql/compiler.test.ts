/** Goal: the compiler's thread starts when it is needed, is stopped when it takes too long, and ends when told. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createKqlCompiler } from "./compiler.ts";
import type { KqlCatalogue } from "./plan.ts";

const EMPTY: KqlCatalogue = { version: "empty", tables: [], functions: [] };
const WITH_TABLE: KqlCatalogue = {
  version: "with-table",
  tables: [{ name: "T", schema: "w1.T", columns: [{ name: "TimeGenerated", type: "datetime" }] }],
  functions: [],
};

test("catalogues are told apart by their version, plans by the time filter", async () => {
  const compiler = createKqlCompiler();
  try {
    await compiler.warm();
    const without = await compiler.compile("T | count", { catalogue: EMPTY });
    assert.ok("error" in without && without.error.code === "KS204");
    const plain = await compiler.compile("T | count", { catalogue: WITH_TABLE });
    assert.ok("sql" in plain);
    assert.match(plain.sql, /"w1"\."T"/);
    assert.deepEqual(plain.parameters, []);
    const options = { catalogue: WITH_TABLE, timeFiltered: true };
    const filtered = await compiler.compile("T | count", options);
    assert.ok("sql" in filtered);
    assert.deepEqual(filtered.parameters, ["from", "to"]);
    assert.equal(await compiler.compile("T | count", options), filtered, "the plan is kept");
  } finally {
    await compiler.close();
  }
});

test("a compilation that takes too long is given up, and the next one works", async () => {
  const compiler = createKqlCompiler({ timeoutMs: 1 });
  const patient = createKqlCompiler();
  // Many thousand operators of one expression take longer than a millisecond on any machine.
  const long = `print ${Array.from({ length: 3000 }, (_, index) => `x${index} = ${index}`).join(", ")}`;
  try {
    const late = await compiler.compile(long, { catalogue: EMPTY });
    assert.ok("error" in late);
    assert.equal(late.error.code, "KQL_LIMIT");
    assert.match(late.error.message, /longer than 1 ms/);
    assert.equal(late.error.position, null);
    const again = await compiler.compile(`${long}, y = 1`, { catalogue: EMPTY });
    assert.ok("error" in again, "the thread that took its place is as strict");
    const plan = await patient.compile("print 1", { catalogue: EMPTY });
    assert.ok("sql" in plan);
  } finally {
    await compiler.close();
    await patient.close();
  }
});

test("waiting compilations are refused when the compiler closes, aborted ones with the signal's reason", async () => {
  const compiler = createKqlCompiler();
  const controller = new AbortController();
  const first = compiler.compile("print 1", { catalogue: EMPTY });
  const aborted = compiler.compile("print 2", { catalogue: EMPTY, signal: controller.signal });
  controller.abort(new Error("gone"));
  assert.ok("sql" in (await first));
  await assert.rejects(aborted, /gone/);
  const waiting = compiler.compile("print 3", { catalogue: EMPTY });
  const refused = assert.rejects(waiting);
  const behind = assert.rejects(compiler.compile("print 4", { catalogue: EMPTY }), {
    code: "shutting_down",
  });
  await compiler.close();
  await Promise.all([refused, behind]);
  await assert.rejects(compiler.compile("print 5", { catalogue: EMPTY }), {
    code: "shutting_down",
  });
});
