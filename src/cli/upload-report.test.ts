/** Goal: the summary names what was rejected and where, counts in good English, and is bounded. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ClientError } from "../client/index.ts";
import {
  addToRecord,
  createRecord,
  errorLine,
  planLines,
  reportOf,
  summaryLines,
  type UploadReport,
} from "./upload-report.ts";

interface Upload {
  readonly accepted: number;
  readonly rejected: number;
  readonly resumed?: number;
  readonly error?: ClientError;
}

function reportWith({ accepted, rejected, resumed = 0, error }: Upload): UploadReport {
  const record = createRecord();
  const count = accepted + rejected;
  if (count > 0) {
    const rejections = Array.from({ length: rejected }, (_, index) => ({
      index: rejected - 1 - index,
      id: index === 0 ? undefined : `indicator--${index}`,
      type: "indicator",
      position: { file: "f.json", line: 7, column: 3 },
      messages: ["Reason one.", "Reason two."],
      requestId: "r",
      recordIndex: index,
    }));
    addToRecord(record, { from: 0, count, digest: "", requestId: "r", rejections });
  }
  record.progress = { read: count, accepted, rejected, resumed, requests: 1 };
  return reportOf(record, {
    endpoint: "https://x",
    workspaceId: "w",
    files: ["f.json"],
    startedAt: "2026-01-01T00:00:00.000Z",
    exitCode: 0,
    error,
  });
}

test("the last line counts", () => {
  const rows: readonly (readonly [Upload, string])[] = [
    [{ accepted: 1, rejected: 0 }, "1 of 1 object accepted, 0 rejected, in 1 request."],
    [
      { accepted: 1234567, rejected: 0, resumed: 1000 },
      "1,234,567 of 1,234,567 objects accepted, 0 rejected, in 1 request, 1,000 of them in an earlier run.",
    ],
    [{ accepted: 0, rejected: 0 }, "0 of 0 objects accepted, 0 rejected, in 0 requests."],
    [
      { accepted: 0, rejected: 0, error: new ClientError("unavailable", "x") },
      "No object was acknowledged.",
    ],
    [
      { accepted: 5, rejected: 0, error: new ClientError("unavailable", "x") },
      "Before it stopped: 5 of 5 objects accepted, 0 rejected, in 1 request.",
    ],
  ];
  for (const [upload, expected] of rows) {
    assert.equal(summaryLines(reportWith(upload)).at(-1), expected);
  }
});

test("rejections come in the order of the input, the first twenty with their reasons", () => {
  const lines = summaryLines(reportWith({ accepted: 0, rejected: 22 }));
  assert.deepEqual(lines.slice(0, 4), [
    "Rejected by the service:",
    "  f.json:7:3 object 1, indicator, indicator--21",
    "      Reason one.",
    "      Reason two.",
  ]);
  assert.deepEqual(lines.slice(-2), [
    "  and 2 more (--report FILE writes them out)",
    "0 of 22 objects accepted, 22 rejected, in 1 request.",
  ]);
  assert.equal(lines.length, 1 + 20 * 3 + 2);
});

test("the report keeps 10,000 rejections and counts the others", () => {
  const report = reportWith({ accepted: 0, rejected: 10_005 });
  assert.equal(report.rejections.length, 10_000);
  assert.equal(report.rejectionsOmitted, 5);
});

test("a trial run is told by type and source, largest first", () => {
  const plan = {
    objects: 3,
    requests: 1,
    bytes: 1234,
    types: { malware: 1, indicator: 2 },
    sources: { s: 3 },
  };
  assert.deepEqual(planLines(plan), [
    "3 objects in 1 request, 1,234 bytes. Nothing was sent.",
    "By type:",
    "             2  indicator",
    "             1  malware",
    "By source:",
    "             3  s",
  ]);
});

test("an error names its place", () => {
  const position = { file: "f.json", line: 2, column: 5 };
  assert.equal(
    errorLine(new ClientError("input_invalid", "Not JSON.", { position })),
    "stixgate upload: f.json:2:5: Not JSON.",
  );
  assert.equal(errorLine(new ClientError("refused", "No.")), "stixgate upload: No.");
});
