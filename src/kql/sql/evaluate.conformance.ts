/**
 * Goal: evaluate emitters as queries do, on a DuckDB in memory that has all macros. For tests of the files beside it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { LiteralExpr } from "../ir.ts";
import type { KqlType } from "../types.ts";
import { literalSql } from "./literal.ts";
import { MACROS } from "./macros.ts";
import { type Emitter, KqlRefusal, type SqlExpr } from "./sql-expr.ts";

/** A database with the macros; closing it frees everything. */
export interface Evaluator {
  /** The rows of a query; the query's instant is 2026-11-22 12:00. */
  readonly rows: (sql: string) => Promise<readonly (readonly unknown[])[]>;
  readonly close: () => void;
}

/** Opens a database. It has one thread, so that rows come in the order they are written. */
export async function openEvaluator(macros: readonly string[] = MACROS): Promise<Evaluator> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  for (const statement of macros) {
    await connection.run(statement);
  }
  return {
    rows: (sql) => readRows(connection, sql),
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function readRows(connection: DuckDBConnection, sql: string): Promise<unknown[][]> {
  const withNow = sql.replaceAll("$now", "TIMESTAMP '2026-11-22 12:00:00'");
  const reader = await connection.runAndReadAll(withNow);
  return reader.getRowsJson() as unknown[][];
}

/** A literal by its KQL type and value. */
export function lit(type: KqlType, value: LiteralExpr["value"]): SqlExpr {
  return literalSql({ kind: "literal", type, value });
}

/** The same value where no constant is expected: what a column would be. */
export function cell(type: KqlType, value: LiteralExpr["value"]): SqlExpr {
  const { literal: _, nonNull: __, ...rest } = lit(type, value);
  return { ...rest, nonNull: false };
}

/** A call of an emitter. */
export function call(
  table: Readonly<Record<string, Emitter>>,
  name: string,
  type: KqlType,
  ...args: readonly SqlExpr[]
): SqlExpr {
  const emitter = table[name];
  assert.ok(emitter, `there is no ${name}`);
  return emitter({ name, args, type, span: { start: 0, length: 0 } });
}

/** One check: a call, and what DuckDB's JSON of its value is. */
export type Check = readonly [title: string, expr: SqlExpr, expected: unknown];

/** Registers one test that evaluates all checks in one query each and names every difference. */
export function checkAll(title: string, checks: () => readonly Check[]): void {
  test(title, async () => {
    const evaluator = await openEvaluator();
    const faults: string[] = [];
    try {
      for (const [name, expr, expected] of checks()) {
        const got = await evaluator.rows(`SELECT ${expr.sql} AS x`).then(
          ([row]) => row?.[0],
          (error: Error) => `failed: ${error.message}`,
        );
        if (!same(got, expected)) {
          faults.push(`${name}: ${JSON.stringify(got)} instead of ${JSON.stringify(expected)}`);
        }
      }
    } finally {
      evaluator.close();
    }
    assert.deepEqual(faults, []);
  });
}

function same(got: unknown, expected: unknown): boolean {
  if (typeof got === "number" && typeof expected === "number") {
    return got === expected || Math.abs(got - expected) <= 1e-12 * Math.abs(expected);
  }
  return JSON.stringify(got) === JSON.stringify(expected);
}

/** What a refused call says. */
export function refusal(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    assert.ok(error instanceof KqlRefusal);
    return error.message;
  }
  return "no refusal";
}
