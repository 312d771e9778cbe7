/** Goal: a pool answers as the calling thread would, hands refusals over whole, and survives a broken thread. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ValidationOptions } from "../stix/index.ts";
import { startRecordPool } from "./record-pool.ts";
import { processRecords, type RecordJob, type RecordOptions } from "./records.ts";

const VALIDATION: ValidationOptions = {
  profile: "sentinel",
  defaultSpecVersion: "2.0",
  patternTypeOn20: "optional",
  timestamps: "lenient",
  supportedTypes: "stix",
  coerceNumericStrings: false,
  tlpGreenAlias: true,
  severity: {},
};
const OPTIONS: RecordOptions = {
  validation: { v1: { ...VALIDATION, onlyType: "indicator" }, v2: VALIDATION, v3: VALIDATION },
  unrevoke: "keep-revoked",
  acceptAnyArrayKeyV3: false,
  depthMax: 256,
};
const INDICATOR = {
  type: "indicator",
  spec_version: "2.1",
  id: "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",
  created: "2026-01-05T08:00:00.000Z",
  modified: "2026-01-05T08:00:00.000Z",
  pattern: "[ipv4-addr:value = '192.0.2.10']",
  pattern_type: "stix",
  valid_from: "2026-01-05T08:00:00Z",
};

function unexpected(cause: unknown): void {
  assert.fail(String(cause));
}

function job(text: string, more: Partial<RecordJob> = {}): RecordJob {
  return {
    request: {
      requestId: "0a1b2c3d-0000-4000-8000-000000000009",
      workspaceId: "7d3f6a52-9c1e-4b8a-a1f4-2e5d6c7b8a90",
      receivedAt: "2026-11-22T10:00:00.000Z",
      generation: "v3",
      apiVersion: "",
      caller: { tenantId: "t", objectId: "o", appId: "a", userAgent: "" },
    },
    text,
    notes: ["a note"],
    objectsMax: 100,
    revoked: [],
    ...more,
  };
}

test("many jobs at once are answered as the calling thread would", async (t) => {
  const pool = startRecordPool({ records: OPTIONS, threads: 2, onFault: unexpected });
  t.after(() => pool.close());
  const jobs = Array.from({ length: 50 }, (_, index) =>
    job(
      JSON.stringify({
        sourcesystem: `s${index}`,
        stixobjects: [INDICATOR, { ...INDICATOR, id: index % 2 ? undefined : "" }],
      }),
    ),
  );
  const answers = await Promise.all(jobs.map((each) => pool.process(each)));
  assert.deepEqual(
    answers,
    jobs.map((each) => processRecords(each, OPTIONS)),
  );
  assert.deepEqual(answers[7]?.outcome, "partly_accepted");
  assert.deepEqual(answers[7]?.activeIds, [INDICATOR.id]);
});

test("a refusal keeps its code, field and message", async (t) => {
  const pool = startRecordPool({ records: OPTIONS, threads: 1, onFault: unexpected });
  t.after(() => pool.close());
  await assert.rejects(pool.process(job("{")), { code: "malformed_body" });
  await assert.rejects(pool.process(job('{"stixobjects":[]}')), {
    code: "invalid_request",
    field: "sourcesystem",
    message: "Error for Property=sourcesystem: Required property is missing. Actual value: NULL.",
  });
});

test("a thread that breaks down is replaced, and its jobs are refused as retryable", async (t) => {
  const faults: unknown[] = [];
  const pool = startRecordPool({
    records: OPTIONS,
    threads: 1,
    onFault: (cause) => faults.push(cause),
  });
  t.after(() => pool.close());
  const broken = job("{}", { request: null as unknown as RecordJob["request"] });
  await assert.rejects(pool.process(broken), { code: "overloaded" });
  assert.equal(faults.length, 1);
  const processed = await pool.process(job('{"sourcesystem":"s","stixobjects":[]}'));
  assert.equal(processed.outcome, "empty");
});

test("jobs under way are refused when the pool ends, and later ones too", async () => {
  const pool = startRecordPool({ records: OPTIONS, threads: 1, onFault: unexpected });
  const waiting = assert.rejects(pool.process(job('{"sourcesystem":"s","stixobjects":[]}')), {
    code: "overloaded",
  });
  await pool.close();
  await waiting;
  await assert.rejects(pool.process(job("{}")), { code: "overloaded" });
});
