/** Goal: uploaded logs are typed, complete and still there after the engine is opened again; old ones go. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { KqlColumn } from "../kql/index.ts";
import { AppError } from "../wire/index.ts";
import { openDatabase } from "./database.ts";
import {
  ENGINE_LIMITS,
  type TestEngine,
  WORKSPACE,
  withEngine,
} from "./engine-samples.conformance.ts";
import { withSystemColumns } from "./log-schema.ts";
import { createLogs, type Logs } from "./logs.ts";
import type { LogCell } from "./mirror.ts";
import type { LogSchema } from "./protocol.ts";

const COLUMNS: readonly KqlColumn[] = [
  { name: "TimeGenerated", type: "datetime" },
  { name: "Text", type: "string" },
  { name: "Whole", type: "long" },
  { name: "Small", type: "int" },
  { name: "Real", type: "real" },
  { name: "Yes", type: "bool" },
  { name: "Bag", type: "dynamic" },
  { name: "Key", type: "guid" },
  { name: "Price", type: "decimal" },
  { name: "Took", type: "timespan" },
];

const SCHEMA: LogSchema = { table: "Sample_CL", columns: withSystemColumns(COLUMNS) };
const RECEIVED = "2026-11-20T10:00:00.000Z";
const GUID = "74BE27DE-1E4E-49D9-B579-FE0B331D3642";

interface Opened extends TestEngine {
  readonly logs: Logs;
}

async function withLogs(work: (opened: Opened) => Promise<void>): Promise<void> {
  await withEngine(async (engine) => {
    await engine.workspaces.ensure(WORKSPACE);
    const logs = await createLogs(await engine.database.connect());
    await work({ ...engine, logs });
  });
}

function append(
  { logs }: Opened,
  columns: readonly KqlColumn[],
  rows: readonly (readonly LogCell[])[],
): Promise<void> {
  const call = { workspaceId: WORKSPACE, table: SCHEMA.table, columns, rows };
  return logs.append({ rows: call, schema: SCHEMA, receivedAt: RECEIVED });
}

const shown = (names: readonly string[]) => ({
  sql: `SELECT ${names.map((name) => `"${name}"`).join(", ")} FROM "Sample_CL" ORDER BY TimeGenerated`,
  columns: names.map((name) => SCHEMA.columns.find((column) => column.name === name) as KqlColumn),
});

test("a row has its values, and empty ones where nothing was uploaded", () =>
  withLogs(async (opened) => {
    await append(opened, COLUMNS, [
      [
        ...["2026-11-19T01:02:03.1234567Z", "é", "9223372036854775807", 7, 1.5, true],
        ...['{"a":[1]}', GUID, "12.5", 600_000_000n],
      ],
      [],
    ]);
    const { rows } = await opened.ask(shown(SCHEMA.columns.map(({ name }) => name)));
    assert.equal(JSON.stringify(rows[0]?.slice(0, 2)), '["2026-11-19T01:02:03.1234560Z","é"]');
    assert.deepEqual(rows[0]?.slice(3, 10), [
      ...[7, 1.5, true, '{"a":[1]}', "74be27de-1e4e-49d9-b579-fe0b331d3642", "12.5", "00:01:00"],
    ]);
    const system = [
      "",
      WORKSPACE,
      "Sample_CL",
      0,
      "False",
      "",
      "",
      "",
      "2026-11-20T10:00:00.0000000Z",
    ];
    assert.deepEqual(rows[0]?.slice(10), system);
    assert.deepEqual(rows[1], [
      ...["2026-11-20T10:00:00.0000000Z", "", null, null, null, null, null, null, null, null],
      ...system,
    ]);
  }));

test("a table without rows can be read, and has columns that were added since", () =>
  withLogs(async (opened) => {
    await opened.logs.ensureView(WORKSPACE, SCHEMA);
    assert.deepEqual((await opened.ask(shown(["Text", "Type"]))).rows, []);
    await append(opened, [{ name: "Text", type: "string" }], [["x"]]);
    assert.deepEqual((await opened.ask(shown(["Text", "Type"]))).rows, [["x", "Sample_CL"]]);
    const wider = {
      ...SCHEMA,
      columns: [...SCHEMA.columns, { name: "Late", type: "string" } as const],
    };
    await opened.logs.ensureView(WORKSPACE, wider);
    const { rows } = await opened.ask({
      sql: 'SELECT Text, Late FROM "Sample_CL"',
      columns: [
        { name: "Text", type: "string" },
        { name: "Late", type: "string" },
      ],
    });
    assert.deepEqual(rows, [["x", ""]]);
  }));

const REFUSED: readonly (readonly [column: string, value: LogCell])[] = [
  ["TimeGenerated", "yesterday"],
  ["Text", 5],
  ["Whole", "9223372036854775808"],
  ["Whole", 1.5],
  ["Small", 2_147_483_648],
  ["Real", "1"],
  ["Yes", "true"],
  ["Bag", "{"],
  ["Price", "1e5"],
];

test("a value of another type is refused with its column, and nothing of the batch is kept", () =>
  withLogs(async (opened) => {
    for (const [name, value] of REFUSED) {
      const column = COLUMNS.find((each) => each.name === name) as KqlColumn;
      await assert.rejects(
        append(opened, [column], [[null], [value]]),
        (error) =>
          error instanceof AppError && error.code === "invalid_request" && error.field === name,
        `${name} ${value}`,
      );
    }
    assert.deepEqual(await opened.logs.tables(WORKSPACE), []);
  }));

const TIME: readonly KqlColumn[] = [{ name: "TimeGenerated", type: "datetime" }];

test("tables say how much they hold, and rows past their time go", () =>
  withLogs(async (opened) => {
    const days = [1, 10, 19].map((day) => `2026-11-${String(day).padStart(2, "0")}T00:00:00Z`);
    await append(
      opened,
      TIME,
      days.map((day) => [day]),
    );
    assert.deepEqual(await opened.logs.tables(WORKSPACE), [
      {
        table: "Sample_CL",
        rows: 3,
        from: "2026-11-01T00:00:00.000000Z",
        to: "2026-11-19T00:00:00.000000Z",
      },
    ]);
    await opened.logs.retain({ days: 0, bytesMax: 0 }, RECEIVED);
    assert.equal((await opened.logs.tables(WORKSPACE))[0]?.rows, 3);
    await opened.logs.retain({ days: 10, bytesMax: 0 }, RECEIVED);
    assert.equal((await opened.logs.tables(WORKSPACE))[0]?.from, "2026-11-19T00:00:00.000000Z");
  }));

test("the oldest rows go when the file grows too large", () =>
  withLogs(async (opened) => {
    const columns = [...TIME, { name: "Text", type: "string" } as const];
    const rows = Array.from({ length: 40_000 }, (_, place) => [
      new Date(Date.UTC(2026, 10, 1) + place * 1000).toISOString(),
      `${Math.sin(place)} ${Math.cos(place)} ${Math.tan(place)}`,
    ]);
    await append(opened, columns, rows);
    await opened.logs.retain({ days: 0, bytesMax: 1024 * 1024 }, RECEIVED);
    const [table] = await opened.logs.tables(WORKSPACE);
    assert.ok(table !== undefined && table.rows < 40_000, "some rows have gone");
    assert.equal(table.to, "2026-11-01T11:06:39.000000Z");
  }));

test("logs are there when the engine is opened again, whatever becomes of the mirror", () =>
  withLogs(async (opened) => {
    await append(opened, [{ name: "Text", type: "string" }], [["kept"]]);
    opened.database.close();
    const reasons: string[] = [];
    const again = await openDatabase(opened.directory, ENGINE_LIMITS, {
      isOfThisStore: async () => reasons.length > 0,
      onDiscarded: (reason) => reasons.push(reason),
    });
    const logs = await createLogs(await again.connect());
    assert.deepEqual(reasons, ["the store does not have its last change"]);
    assert.equal((await logs.tables(WORKSPACE))[0]?.rows, 1);
    again.close();
  }));
