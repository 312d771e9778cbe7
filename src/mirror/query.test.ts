/** Goal: values reach the wire in their documented form, and a query ends where its limits are. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import type { KqlType } from "../kql/index.ts";
import { AppError } from "../wire/index.ts";
import { withEngine } from "./engine-samples.conformance.ts";
import type { WireCell } from "./mirror.ts";

const CELLS: readonly (readonly [type: KqlType, sql: string, expected: WireCell])[] = [
  ["string", "'a\"b\\c é'", 'a"b\\c é'],
  ["string", "''", ""],
  ["bool", "true", true],
  ["bool", "NULL::BOOLEAN", null],
  ["int", "42::INTEGER", 42],
  ["long", "9007199254740991::BIGINT", 9007199254740991],
  ["real", "1.5::DOUBLE", 1.5],
  ["real", "'nan'::DOUBLE", "NaN"],
  ["real", "'inf'::DOUBLE", "Infinity"],
  ["real", "'-inf'::DOUBLE", "-Infinity"],
  ["real", "NULL::DOUBLE", null],
  ["decimal", "12.340::DECIMAL(38, 12)", "12.34"],
  ["decimal", "-100::DECIMAL(38, 12)", "-100"],
  ["dynamic", `'{"a":[1,"x"]}'::JSON`, '{"a":[1,"x"]}'],
  ["dynamic", "NULL::JSON", null],
  ["guid", "'74be27de-1e4e-49d9-b579-fe0b331d3642'", "74be27de-1e4e-49d9-b579-fe0b331d3642"],
  ["datetime", "TIMESTAMP '2026-11-01 02:03:04.5'", "2026-11-01T02:03:04.5000000Z"],
  ["datetime", "TIMESTAMP '2026-11-01 02:03:04.123456'", "2026-11-01T02:03:04.1234560Z"],
  ["datetime", "TIMESTAMP '2026-11-30 23:59:59.999999'", "2026-11-30T23:59:59.9999999Z"],
  ["datetime", "TIMESTAMP '0001-01-01'", "0001-01-01T00:00:00.0000000Z"],
  ["datetime", "NULL::TIMESTAMP", null],
  ["timespan", "0::BIGINT", "00:00:00"],
  ["timespan", "10000000::BIGINT", "00:00:01"],
  ["timespan", "-1::BIGINT", "-00:00:00.0000001"],
  ["timespan", "937845678901::BIGINT", "1.02:03:04.5678901"],
  ["timespan", "9223372036854775807::BIGINT", "10675199.02:48:05.4775807"],
  ["timespan", "(-9223372036854775807 - 1)::BIGINT", "-10675199.02:48:05.4775808"],
  ["timespan", "NULL::BIGINT", null],
];

test("values have the form of the wire", () =>
  withEngine(async ({ ask }) => {
    for (const [type, sql, expected] of CELLS) {
      const { rows } = await ask({ sql: `SELECT ${sql}`, columns: [{ name: "x", type }] });
      assert.deepEqual(rows, [[expected]], sql);
    }
  }));

test("columns of the same name, and the order of rows, are kept", () =>
  withEngine(async ({ ask }) => {
    const { rows } = await ask({
      sql: "SELECT r AS x, -r AS x FROM range(5000) AS t (r) ORDER BY r DESC",
      columns: [
        { name: "x", type: "long" },
        { name: "x", type: "long" },
      ],
    });
    assert.deepEqual(rows.slice(0, 2), [
      [4999, -4999],
      [4998, -4998],
    ]);
    assert.deepEqual(
      rows.map(([first]) => first),
      Array.from({ length: 1000 }, (_, place) => 4999 - place),
    );
  }));

const LONG = [{ name: "n", type: "long" }] as const;

test("an answer that is too long is cut off and says so", () =>
  withEngine(async ({ ask }) => {
    const sql = "SELECT r FROM range(10) AS t (r)";
    const exact = await ask({ sql, columns: LONG, limits: { rowsMax: 10 } });
    assert.deepEqual([exact.rows.length, exact.end.partial], [10, null]);
    const rows = await ask({ sql, columns: LONG, limits: { rowsMax: 9 } });
    assert.deepEqual([rows.rows.length, rows.end.rowCount, rows.end.partial], [9, 9, "rows"]);
    const bytes = await ask({ sql, columns: LONG, limits: { bytesMax: 12 } });
    assert.deepEqual(
      [bytes.rows, bytes.end.bytes, bytes.end.partial],
      [[[0], [1], [2]], 12, "bytes"],
    );
  }));

const REFUSED: readonly (readonly [title: string, sql: string, code: string])[] = [
  ["endless", "SELECT count(*) FROM range(1000000000000)", "query_timeout"],
  ["cross join", "SELECT count(*) FROM range(1000000) a, range(1000000) b", "query_timeout"],
  [
    "memory",
    "SELECT length(list(md5(r::VARCHAR))::VARCHAR) FROM range(60000000) t (r)",
    "query_too_large",
  ],
  ["regular expression", "SELECT regexp_matches('a', '(?=a)')::BIGINT", "query_failed"],
];

for (const [title, sql, code] of REFUSED) {
  test(`a query is refused: ${title}`, () =>
    withEngine(async ({ ask }) => {
      const timeMs = code === "query_timeout" ? 300 : 60_000;
      await assert.rejects(
        ask({ sql, columns: LONG, limits: { timeMs } }),
        (error) => error instanceof AppError && error.code === code,
      );
      assert.deepEqual((await ask({ sql: "SELECT 1", columns: LONG })).rows, [[1]]);
    }));
}

/** Whatever SQL might do beside reading; no such SQL is ever generated, and the engine refuses it all the same. */
const FORBIDDEN: readonly string[] = [
  "SELECT count(*) FROM read_csv('/etc/passwd')",
  "SELECT count(*) FROM read_text('/etc/hostname')",
  "SELECT count(*) FROM glob('/*')",
  "SELECT count(*) FROM 'https://example.com/x.parquet'",
  "SELECT 1); COPY (SELECT 1) TO '/tmp/stixgate-leak.csv'; --",
  "SELECT 1); ATTACH '/tmp/stixgate-leak.db'; --",
  "SELECT 1); SET threads = 1; --",
  "SELECT 1); INSTALL httpfs; --",
  'SELECT 1); DROP VIEW "ThreatIntelIndicators"; --',
];

test("an expression that cannot be read is called one", () =>
  withEngine(async ({ ask }) => {
    for (const expression of ["(", "a)", "[a", "*a", "a**", "\\", "\\y", "a{2,1}", "(?z)"]) {
      await assert.rejects(
        ask({ sql: `SELECT regexp_matches('a', '${expression}')::BIGINT`, columns: LONG }),
        /^AppError: A regular expression of the query/,
        expression,
      );
    }
  }));

test("the engine reaches nothing outside, changes nothing and keeps its configuration", () =>
  withEngine(async ({ ask }) => {
    for (const sql of FORBIDDEN) {
      await assert.rejects(ask({ sql, columns: LONG }), sql);
    }
    assert.equal(existsSync("/tmp/stixgate-leak.csv"), false);
    assert.equal(existsSync("/tmp/stixgate-leak.db"), false);
    const { rows } = await ask({
      sql: 'SELECT count(*) FROM "ThreatIntelIndicators"',
      columns: LONG,
    });
    assert.deepEqual(rows, [[0]]);
  }));
