/**
 * `npm run bench -- kql`: the time of typical queries over a mirror of a million indicators, from KQL text to rows ready
 * for the wire, beside SQL written by hand for the same answer and run the same way.
 */

import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKqlCompiler, type KqlCatalogue, type QueryPlan } from "../src/kql/index.ts";
import { type Mirror, type MirrorPlan, openMirror, type QueryAnswer } from "../src/mirror/index.ts";
import { INTELLIGENCE_TABLES } from "../src/tables/index.ts";
import { DNS_COLUMNS, dnsRows, versionsAfter, WORKSPACE } from "./kql-data.ts";
import { MEASURED_QUERIES, type MeasuredQuery } from "./kql-queries.ts";
import { rounded } from "./timing.ts";

/** How much is measured. */
export interface KqlBenchOptions {
  readonly indicators: number;
  readonly logRows: number;
  readonly rounds: number;
}

const LOG_BATCH_ROWS = 20_000;
const MIB = 1024 * 1024;
const LIMITS = { timeMs: 120_000, rowsMax: 500_000, bytesMax: 256 * MIB };

/** Milliseconds of a query as KQL (the plan known already), of the SQL by hand, and what the plan cost. */
interface Times {
  readonly kqlMs: number;
  readonly sqlMs: number;
  readonly cpuMs: number;
  readonly sqlCpuMs: number;
  readonly compileMs: number;
  readonly rows: number;
  readonly isSame: boolean;
}

/** Loads a mirror, runs every query, and gives one flat object of figures. */
export async function benchKql(
  options: KqlBenchOptions,
): Promise<Readonly<Record<string, number>>> {
  const directory = mkdtempSync(join(tmpdir(), "stixgate-bench-"));
  const nowMs = Date.now();
  const mirror = openMirror({
    directory,
    source: { kind: "store", changes: versionsAfter(options.indicators, nowMs) },
    republishDays: 7,
    limits: LIMITS,
    engine: {
      memoryBytesMax: 2048 * MIB,
      temporaryBytesMax: 8192 * MIB,
      threads: 2,
      concurrentMax: 2,
      queuedMax: 10,
    },
    logs: { days: 0, bytesMax: 0 },
    logColumns: (table) => (table === "DnsEvents" ? DNS_COLUMNS : undefined),
    onNotice: ({ message }) => process.stderr.write(`${message}\n`),
  });
  const compiler = createKqlCompiler();
  try {
    const loadMs = await elapsedMs(() => mirror.waitCurrent());
    const logs = dnsRows(options.logRows, options.indicators, nowMs);
    const logMs = await elapsedMs(async () => {
      for (let at = 0; at < logs.rows.length; at += LOG_BATCH_ROWS) {
        await mirror.appendLogRows({ ...logs, rows: logs.rows.slice(at, at + LOG_BATCH_ROWS) });
      }
    });
    await compiler.warm();
    const now = new Date(nowMs).toISOString();
    const measured: [string, Times][] = [];
    for (const query of MEASURED_QUERIES) {
      const bench: Bench = { mirror, now, rounds: options.rounds };
      measured.push([query.name, await measure(query, bench, compiler)]);
    }
    return {
      ...options,
      loadSeconds: rounded(loadMs / 1000, 1),
      rowsLoadedPerSecond: Math.round((options.indicators * 1000) / loadMs),
      logRowsPerSecond: Math.round((options.logRows * 1000) / logMs),
      mirrorBytesPerRow: Math.round(mirrorBytes(directory) / options.indicators),
      ...figuresOf(measured),
    };
  } finally {
    await compiler.close();
    await mirror.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Bench {
  readonly mirror: Mirror;
  readonly now: string;
  readonly rounds: number;
}

async function measure(
  query: MeasuredQuery,
  bench: Bench,
  compiler: ReturnType<typeof createKqlCompiler>,
): Promise<Times> {
  const startMs = performance.now();
  const plan = await compiler.compile(query.kql, { catalogue: CATALOGUE });
  const compileMs = performance.now() - startMs;
  if ("error" in plan) {
    throw new Error(`${query.name}: ${plan.error.message}`);
  }
  const byHand: MirrorPlan = {
    sql: query.sql,
    columns: query.columns,
    tables: plan.tables,
    parameters: query.sql.includes("$now") ? ["now"] : [],
  };
  const [kql, sql] = await bestOf([plan, byHand], bench);
  return {
    kqlMs: kql.ms,
    sqlMs: sql.ms,
    cpuMs: kql.cpuMs,
    sqlCpuMs: sql.cpuMs,
    compileMs,
    rows: kql.answer.rowCount,
    isSame: kql.answer.rowCount === sql.answer.rowCount,
  };
}

interface Run {
  readonly ms: number;
  /** CPU time of the engine's process, which other work on the machine lengthens less. */
  readonly cpuMs: number;
  readonly answer: QueryAnswer;
}

/** The best of some runs of each plan, turn and turn about: other work on the machine only adds. */
async function bestOf(
  [first, second]: readonly [MirrorPlan | QueryPlan, MirrorPlan],
  bench: Bench,
): Promise<readonly [Run, Run]> {
  let best: readonly [Run, Run] = [await runOf(first, bench), await runOf(second, bench)];
  for (let round = 1; round < bench.rounds; round += 1) {
    const [one, two] = best;
    best = [better(one, await runOf(first, bench)), better(two, await runOf(second, bench))];
  }
  return best;
}

function better(one: Run, other: Run): Run {
  const cpuMs = Math.min(one.cpuMs, other.cpuMs);
  return { ms: Math.min(one.ms, other.ms), cpuMs, answer: one.answer };
}

async function runOf(plan: MirrorPlan | QueryPlan, { mirror, now }: Bench): Promise<Run> {
  const startMs = performance.now();
  const answer = await mirror.run(plan, {
    workspaceId: WORKSPACE,
    parameters: { now, from: null, to: null },
  });
  return { ms: performance.now() - startMs, cpuMs: answer.statistics.cpuMs, answer };
}

function figuresOf(measured: readonly (readonly [string, Times])[]): Record<string, number> {
  const figures = measured.flatMap(([name, { kqlMs, sqlMs, cpuMs, sqlCpuMs, compileMs, rows }]) => [
    [`${name}Ms`, rounded(kqlMs, 1)] as const,
    [`${name}SqlMs`, rounded(sqlMs, 1)] as const,
    [`${name}Ratio`, rounded(kqlMs / sqlMs, 2)] as const,
    [`${name}CpuMs`, cpuMs] as const,
    [`${name}CpuRatio`, rounded(cpuMs / Math.max(1, sqlCpuMs), 2)] as const,
    [`${name}CompileMs`, rounded(compileMs, 1)] as const,
    [`${name}Rows`, rows] as const,
  ]);
  const all = measured.map(([, times]) => times);
  return {
    ...Object.fromEntries(figures),
    p50Ms: rounded(median(all.map(({ kqlMs }) => kqlMs)), 1),
    p50CpuMs: median(all.map(({ cpuMs }) => cpuMs)),
    p50SqlMs: rounded(median(all.map(({ sqlMs }) => sqlMs)), 1),
    ratioMax: rounded(Math.max(...all.map(({ kqlMs, sqlMs }) => kqlMs / sqlMs)), 2),
    // An answer of another size than that of the SQL by hand is an error of one of them.
    errors: all.filter(({ isSame }) => !isSame).length,
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

async function elapsedMs(work: () => Promise<void>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

function mirrorBytes(directory: string): number {
  return ["mirror.duckdb", "mirror.duckdb.wal"]
    .map((file) => statSync(join(directory, file), { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, size) => sum + size, 0);
}

const CATALOGUE: KqlCatalogue = {
  version: "bench",
  tables: [
    ...Object.entries(INTELLIGENCE_TABLES).map(([name, columns]) => ({
      name,
      columns,
      schema: name,
    })),
    { name: "DnsEvents", columns: DNS_COLUMNS, schema: "DnsEvents" },
  ],
  functions: [],
};
