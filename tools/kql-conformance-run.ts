/** Runs queries for `kql-conformance.ts` and compares what comes with what was expected. */
import { readFileSync } from "node:fs";
import { type DuckDBConnection, DuckDBInstance, timestampValue } from "@duckdb/node-api";
import { createQueryCompiler } from "../src/kql/compile.ts";
import { type CompileResult, type KqlColumn, MACROS, type QueryPlan } from "../src/kql/index.ts";
import { sameRows } from "./kql-compare.ts";
import { corpusCatalogue } from "./kql-corpus-catalogue.ts";
import { wireCell } from "./kql-wire-cell.ts";

/** One line of the corpus. */
export interface Case {
  readonly id: string;
  readonly oracle: string;
  readonly family: string;
  readonly query: string;
  readonly expected: {
    readonly columns?: readonly { readonly name: string; readonly kustoType?: string }[];
    readonly rows?: readonly (readonly unknown[])[];
    readonly error?: unknown;
  };
  readonly ordered?: boolean;
  readonly nondeterministic?: boolean;
  readonly inTarget: boolean;
  readonly inCore: boolean;
}

/** What became of a case. */
export interface Outcome {
  readonly entry: Case;
  readonly agrees: boolean;
  /** What came, for people. */
  readonly got: string;
  /** Why it does not agree, in few words. */
  readonly reason: string;
  readonly sql: string;
}

/** Milliseconds that one query may run. */
const RUN_TIMEOUT_MS = 10_000;

/** Compiles and runs each case on an empty database. */
export async function runCases(cases: readonly Case[]): Promise<readonly Outcome[]> {
  const compiler = createQueryCompiler({ version: "conformance", tables: [], functions: [] });
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  await makeMacros(connection);
  const outcomes: Outcome[] = [];
  for (const entry of cases) {
    const compiled = compileSafely(() => compiler.compile(entry.query, false));
    outcomes.push(await outcomeOf(entry, compiled, connection));
  }
  connection.closeSync();
  instance.closeSync();
  return outcomes;
}

async function makeMacros(connection: DuckDBConnection): Promise<void> {
  for (const macro of MACROS) {
    await connection.run(macro).catch((error: unknown) => {
      console.error(`macro fails: ${String(error)}\n  ${macro.slice(0, 160)}`);
    });
  }
}

function compileSafely(compile: () => CompileResult): CompileResult | { readonly crash: string } {
  try {
    return compile();
  } catch (error) {
    return { crash: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

async function outcomeOf(
  entry: Case,
  compiled: CompileResult | { readonly crash: string },
  connection: DuckDBConnection,
): Promise<Outcome> {
  const base = { entry, sql: "sql" in compiled ? compiled.sql : "" };
  if ("crash" in compiled) {
    return {
      ...base,
      agrees: false,
      got: compiled.crash,
      reason: `crash ${compiled.crash.split("\n")[0]}`,
    };
  }
  const refusalExpected = entry.expected.error !== undefined;
  if ("error" in compiled) {
    const { code, message, position } = compiled.error;
    const got = `${code} at ${position?.start}: ${message}`;
    return { ...base, agrees: refusalExpected, got, reason: `refused ${code}: ${message}` };
  }
  try {
    const rows = await runPlan(compiled, connection);
    const got = JSON.stringify({ columns: compiled.columns, rows });
    if (refusalExpected) {
      return { ...base, agrees: false, got, reason: "accepted what is to be refused" };
    }
    const difference = differenceOf(entry, compiled, rows);
    return { ...base, agrees: difference === null, got, reason: difference ?? "" };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ...base, agrees: false, got: message, reason: `engine: ${message.split("\n")[0]}` };
  }
}

function differenceOf(
  entry: Case,
  plan: QueryPlan,
  rows: readonly (readonly unknown[])[],
): string | null {
  const { columns, rows: expected } = entry.expected;
  if (columns !== undefined) {
    const names = columns.map(({ name }) => name).join(", ");
    const gotNames = plan.columns.map(({ name }) => name).join(", ");
    if (names !== gotNames) {
      return "column names differ";
    }
    const wrongType = columns.findIndex(
      ({ kustoType }, index) => kustoType !== undefined && kustoType !== plan.columns[index]?.type,
    );
    if (wrongType >= 0) {
      return `column types differ: ${columns[wrongType]?.kustoType} is ${plan.columns[wrongType]?.type}`;
    }
  }
  if (expected === undefined) {
    return null;
  }
  const sameCount = expected.length === rows.length;
  if (entry.nondeterministic === true) {
    return sameCount ? null : "row counts differ";
  }
  return sameRows(expected, rows, { columns: plan.columns, ordered: entry.ordered === true })
    ? null
    : "rows differ";
}

async function runPlan(
  plan: QueryPlan,
  connection: DuckDBConnection,
): Promise<readonly (readonly unknown[])[]> {
  const now = timestampValue({
    date: { year: 2026, month: 11, day: 22 },
    time: { hour: 12, min: 0, sec: 0, micros: 0 },
  });
  const given = { now, from: now, to: now };
  const bound = Object.fromEntries(plan.parameters.map((name) => [name, given[name]]));
  const timer = setTimeout(() => connection.interrupt(), RUN_TIMEOUT_MS);
  try {
    const reader = await connection.runAndReadAll(plan.sql, bound);
    return reader
      .getRows()
      .map((row) => row.map((cell, index) => wireCell(cell, typeAt(plan.columns, index))));
  } finally {
    clearTimeout(timer);
  }
}

function typeAt(columns: readonly KqlColumn[], index: number): KqlColumn["type"] {
  return columns[index]?.type ?? "dynamic";
}

interface CorpusQuery {
  readonly id: string;
  readonly query: string;
}

/** Compiles the queries of real rules and plans their SQL on empty tables. */
export async function compileOnly(file: string, id: string | undefined): Promise<void> {
  const queries = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as CorpusQuery)
    .filter((query) => id === undefined || query.id === id);
  const catalogue = corpusCatalogue();
  const compiler = createQueryCompiler(catalogue);
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  await makeMacros(connection);
  const made = new Set<string>();
  let planned = 0;
  for (const query of queries) {
    const compiled = compileSafely(() => compiler.compile(query.query, true));
    const fault =
      "sql" in compiled ? await planFault(compiled, { connection, made }) : faultOf(compiled);
    planned += fault === null ? 1 : 0;
    if (fault !== null || id !== undefined) {
      console.log(`${query.id}: ${fault ?? "runs"}`);
    }
    if (id !== undefined && "sql" in compiled) {
      console.log(compiled.sql);
    }
  }
  console.log(`${planned} of ${queries.length} queries run.`);
  connection.closeSync();
  instance.closeSync();

  async function planFault(
    plan: QueryPlan,
    db: { readonly connection: DuckDBConnection; readonly made: Set<string> },
  ): Promise<string | null> {
    for (const name of plan.tables.filter((table) => !db.made.has(table))) {
      const table = catalogue.tables.find((candidate) => candidate.name === name);
      if (table !== undefined) {
        await db.connection.run(createTable(table));
        db.made.add(name);
      }
    }
    try {
      await runPlan(plan, db.connection);
      return null;
    } catch (error) {
      return `engine: ${String(error)}`;
    }
  }
}

function faultOf(compiled: Exclude<CompileResult, QueryPlan> | { readonly crash: string }): string {
  if ("crash" in compiled) {
    return compiled.crash;
  }
  return compiled.error.details
    .map(
      ({ code, message, position }) => `${code} ${position?.line}:${position?.column} ${message}`,
    )
    .join("\n    ");
}

function createTable(table: {
  readonly schema: string;
  readonly columns: readonly KqlColumn[];
}): string {
  const columns = table.columns.map(({ name, type }) => `"${name}" ${SQL_TYPES[type]}`);
  return `CREATE TABLE "${table.schema.split(".").join('"."')}" (${columns.join(", ")})`;
}

const SQL_TYPES: Readonly<Record<KqlColumn["type"], string>> = {
  bool: "BOOLEAN",
  datetime: "TIMESTAMP",
  decimal: "DECIMAL(38, 12)",
  dynamic: "JSON",
  guid: "VARCHAR",
  int: "INTEGER",
  long: "BIGINT",
  real: "DOUBLE",
  string: "VARCHAR",
  timespan: "BIGINT",
};
