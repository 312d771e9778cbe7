/** Goal: records come out of every form of file, and what is none is told with its line. */
import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { logRecords } from "./log-records.ts";

async function recordsOf(
  body: string | Buffer,
  format: "auto" | "csv" | "json" = "auto",
): Promise<readonly unknown[]> {
  const bytes = Buffer.from(body);
  const pieces = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, place) =>
    bytes.subarray(place * 7, place * 7 + 7),
  );
  const found: unknown[] = [];
  for await (const each of logRecords("-", Readable.from(pieces), format)) {
    found.push("fault" in each ? [each.line, "fault"] : [each.line, { ...each.record }]);
  }
  return found;
}

const two = [
  [1, { A: "ä", B: 1 }],
  [3, { A: "x", B: 2 }],
];

test("JSON lines, a fault among them, with blank lines", async () => {
  assert.deepEqual(await recordsOf('{"A":"ä","B":1}\r\n\n{"A":"x","B":2}'), two);
  assert.deepEqual(await recordsOf('{"A":1}\nnonsense\n[1]\n{"A":2}\n'), [
    [1, { A: 1 }],
    [2, "fault"],
    [3, "fault"],
    [4, { A: 2 }],
  ]);
});

test("packed", async () => {
  assert.deepEqual(await recordsOf(gzipSync('{"A":"ä","B":1}\n\n{"A":"x","B":2}\n')), two);
});

test("an array, with what is no object in it", async () => {
  const records = await recordsOf(' \n[{"A":1},\n 5, {"A":2}]');
  assert.deepEqual(
    records.map((each) => (each as [number, unknown])[1]),
    [{ A: 1 }, "fault", { A: 2 }],
  );
  await assert.rejects(recordsOf('[{"A":1}'));
});

test("CSV with its heading", async () => {
  assert.deepEqual(
    (await recordsOf('A,B\n"x, y",1\nz,2\n')).map((each) => (each as [number, unknown])[1]),
    [
      { A: "x, y", B: "1" },
      { A: "z", B: "2" },
    ],
  );
});

test("an empty file has none", async () => {
  assert.deepEqual(await recordsOf(""), []);
});
