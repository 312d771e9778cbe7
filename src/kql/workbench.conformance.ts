/** Goal: run whole queries as a server does, through the compiler's thread and a DuckDB in memory. For tests beside it. */
import assert from "node:assert/strict";
import { DuckDBInstance, DuckDBTimestampValue } from "@duckdb/node-api";
import {
  type CompileResult,
  createKqlCompiler,
  type KqlCatalogue,
  type KqlError,
  MACROS,
  type QueryPlan,
} from "./index.ts";
import type { KqlType } from "./types.ts";

/** A compiler and a database with two small tables. */
export interface Workbench {
  readonly compile: (text: string) => Promise<CompileResult>;
  readonly plan: (text: string) => Promise<QueryPlan>;
  /** The rows; long and timespan (ticks) as numbers, dynamic parsed, datetime as DuckDB's text. */
  readonly rows: (text: string) => Promise<readonly (readonly unknown[])[]>;
  readonly refusal: (text: string) => Promise<KqlError>;
  readonly close: () => Promise<void>;
}

/** Two tables and a function; the second table's columns differ from the first's in type and in case. */
const TEST_CATALOGUE: KqlCatalogue = {
  version: "test",
  tables: [
    {
      name: "Events",
      schema: "main.events",
      columns: [
        { name: "TimeGenerated", type: "datetime" },
        { name: "Id", type: "long" },
        { name: "Name", type: "string" },
        { name: "Score", type: "real" },
        { name: "Data", type: "dynamic" },
      ],
    },
    {
      name: "Labels",
      schema: "main.labels",
      columns: [
        { name: "Id", type: "long" },
        { name: "Label", type: "string" },
        { name: "Score", type: "long" },
      ],
    },
  ],
  functions: [
    {
      name: "AtLeast",
      parameters: "(least: real = 1.0)",
      body: "{ Events | where Score >= least }",
    },
  ],
};

/** 2026-11-22 12:00, the instant of every query. */
const NOW = new DuckDBTimestampValue(BigInt(Date.UTC(2026, 10, 22, 12)) * 1000n);

const SETUP: readonly string[] = [
  "CREATE TABLE events (TimeGenerated TIMESTAMP, Id BIGINT, Name VARCHAR, Score DOUBLE, Data JSON)",
  `INSERT INTO events VALUES
    ('2026-11-20 10:00:00', 1, 'alpha', 0.5, '{"tags":["x","y"],"n":1}'),
    ('2026-11-21 11:00:00', 2, 'beta', 1.5, '{"tags":[],"n":2}'),
    ('2026-11-22 11:30:00', 3, 'Alpha', NULL, NULL),
    ('2026-11-22 11:45:00', NULL, '', 2.5, '{"tags":["y"],"n":null}')`,
  "CREATE TABLE labels (Id BIGINT, Label VARCHAR, Score BIGINT)",
  "INSERT INTO labels VALUES (1, 'one', 10), (1, 'uno', 11), (3, 'three', 30), (NULL, 'none', 0), (9, 'nine', 90)",
];

/** Opens the workbench. Starting the thread takes seconds. */
export async function openWorkbench(): Promise<Workbench> {
  const compiler = createKqlCompiler();
  // One thread, so that rows come in the order they are written.
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  for (const statement of [...MACROS, ...SETUP]) {
    await connection.run(statement);
  }
  const compile = (text: string): Promise<CompileResult> =>
    compiler.compile(text, { catalogue: TEST_CATALOGUE });
  const plan = async (text: string): Promise<QueryPlan> => {
    const compiled = await compile(text);
    assert.ok("sql" in compiled, `${text}\nis refused: ${JSON.stringify(compiled)}`);
    return compiled;
  };
  return {
    compile,
    plan,
    async rows(text) {
      const { sql, columns, parameters } = await plan(text);
      const bound = Object.fromEntries(parameters.map((name) => [name, NOW]));
      const reader = await connection.runAndReadAll(sql, bound);
      return (reader.getRowsJson() as unknown[][]).map((row) =>
        row.map((cell, index) => plainCell(cell, columns[index]?.type)),
      );
    },
    async refusal(text) {
      const compiled = await compile(text);
      assert.ok("error" in compiled, `${text}\nis not refused`);
      return compiled.error;
    },
    async close() {
      connection.closeSync();
      instance.closeSync();
      await compiler.close();
    },
  };
}

function plainCell(cell: unknown, type: KqlType | undefined): unknown {
  if (typeof cell !== "string") {
    return cell;
  }
  if (type === "long" || type === "timespan") {
    return Number(cell);
  }
  return type === "dynamic" ? JSON.parse(cell) : cell;
}
