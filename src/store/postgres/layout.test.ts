/**
 * Goal: large tables are partitioned by hash on one server, and distributed where Citus is installed. The
 * statements for Citus are compared as texts, since no package of Citus is at hand to run them.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createSpreadTable, type SpreadTable } from "./layout.ts";
import { MIGRATIONS } from "./migrate.ts";

const TABLE: SpreadTable = {
  name: "stixgate.blob",
  columns: "place bigint, payload bytea",
  by: "place",
  compressed: "payload",
  beside: "stixgate.first",
};

test("on one server a table has partitions, which take over how it is stored", () => {
  const lines = createSpreadTable(TABLE, "partitions").split("\n");
  assert.deepEqual(lines.slice(0, 4), [
    "CREATE TABLE stixgate.blob (place bigint, payload bytea) PARTITION BY HASH (place);",
    "ALTER TABLE stixgate.blob ALTER COLUMN payload SET STORAGE EXTERNAL;",
    "CREATE TABLE stixgate.blob_0 PARTITION OF stixgate.blob",
    "  FOR VALUES WITH (MODULUS 8, REMAINDER 0);",
  ]);
  assert.equal(lines.filter((line) => line.includes("PARTITION OF")).length, 8);
});

test("on Citus a table is distributed, beside the tables it is joined with", () => {
  assert.equal(
    createSpreadTable(TABLE, "citus"),
    `CREATE TABLE stixgate.blob (place bigint, payload bytea);
ALTER TABLE stixgate.blob ALTER COLUMN payload SET STORAGE EXTERNAL;
SELECT create_distributed_table('stixgate.blob', 'place', colocate_with => 'stixgate.first');
`,
  );
});

test("every large table is distributed: the log by workspace, the index by object", () => {
  const statements = MIGRATIONS.map((step) => step("citus")).join("\n");
  assert.doesNotMatch(statements, /PARTITION/);
  assert.deepEqual(statements.match(/create_distributed_table\(.*\)/g), [
    "create_distributed_table('stixgate.request', 'workspace', colocate_with => 'none')",
    "create_distributed_table('stixgate.request_objects', 'workspace', colocate_with => 'stixgate.request')",
    "create_distributed_table('stixgate.quarantine', 'workspace', colocate_with => 'stixgate.request')",
    "create_distributed_table('stixgate.request_warnings', 'workspace', colocate_with => 'stixgate.request')",
    "create_distributed_table('stixgate.index_result', 'workspace', colocate_with => 'stixgate.request')",
    "create_distributed_table('stixgate.object', 'place', colocate_with => 'none')",
    "create_distributed_table('stixgate.version', 'place', colocate_with => 'stixgate.object')",
    "create_distributed_table('stixgate.observable', 'place', colocate_with => 'stixgate.object')",
    "create_distributed_table('stixgate.label', 'place', colocate_with => 'stixgate.object')",
    "create_distributed_table('stixgate.found', 'workspace', colocate_with => 'none')",
    "create_distributed_table('stixgate.log_garbage', 'workspace', colocate_with => 'stixgate.request')",
  ]);
});

test("a unique key of a spread table holds the column that it is spread by", () => {
  const statements = MIGRATIONS.map((step) => step("partitions")).join("\n");
  const tables = [
    ...statements.matchAll(/CREATE TABLE (\S+) \(([\s\S]*?)\) PARTITION BY HASH \((\w+)\)/g),
  ];
  assert.equal(tables.length, 11);
  for (const [, name = "", columns = "", by = ""] of tables) {
    const key = /PRIMARY KEY \(([^)]*)\)/.exec(columns)?.[1] ?? "";
    assert.ok(key.split(", ").includes(by), `${name}: ${key} lacks ${by}`);
  }
});
