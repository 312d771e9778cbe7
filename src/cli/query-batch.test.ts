/** Goal: each line of a batch has its answer line, in order, whatever the line and the query are. */
import assert from "node:assert/strict";
import { PassThrough, Readable } from "node:stream";
import { test } from "node:test";
import { createOutput } from "./output.ts";
import type { Answer } from "./query-answer.ts";
import { type AskQuery, rowsJson, runBatch } from "./query-batch.ts";

async function batch(lines: readonly string[], ask: AskQuery): Promise<readonly unknown[]> {
  const sink = new PassThrough();
  const texts: string[] = [];
  sink.setEncoding("utf8").on("data", (text: string) => texts.push(text));
  await runBatch(Readable.from([lines.join("\n")]), ask, createOutput(sink), undefined);
  return texts
    .join("")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as unknown);
}

function answer(value: number): Answer {
  return {
    kind: "answer",
    columns: [{ name: "x", type: "long" }],
    rows: [[value]],
    render: null,
    partial: null,
  } as unknown as Answer;
}

test("answers stand in the order of their lines though queries end in another", async () => {
  const ask: AskQuery = async (query) => {
    await new Promise((resolve) => setTimeout(resolve, query === "0" ? 30 : 0));
    return answer(Number(query));
  };
  const lines = Array.from({ length: 20 }, (_, id) => JSON.stringify({ id, query: String(id) }));
  const answers = (await batch(lines, ask)) as readonly { id: number; rows: number[][] }[];
  assert.deepEqual(
    answers.map(({ id, rows }) => [id, rows]),
    lines.map((_, id) => [id, [[id]]]),
  );
});

test("a line that is wrong, and a query that throws, are answered and stop nothing", async () => {
  const ask: AskQuery = async (query) => {
    if (query === "break") {
      throw new Error("broken");
    }
    return answer(1);
  };
  const answers = (await batch(
    [
      "nonsense",
      "",
      "[1]",
      '{"id":"a"}',
      '{"id":"b","query":"break"}',
      '{"id":{"c":1},"query":"q"}',
    ],
    ask,
  )) as readonly { id: unknown; error?: { code: string; position: unknown } }[];
  assert.deepEqual(
    answers.map(({ id, error }) => [id, error?.code ?? null, error?.position ?? null]),
    [
      [null, "invalid_line", null],
      [null, "invalid_line", null],
      ["a", "invalid_line", null],
      ["b", answers[3]?.error?.code, null],
      [{ c: 1 }, null, null],
    ],
  );
  assert.ok(answers[3]?.error?.code);
});

test("dynamic is a value, and numbers keep their digits", () => {
  const columns = ["dynamic", "long", "decimal", "string", "real"].map((type) => ({
    name: type,
    type,
  }));
  assert.equal(
    rowsJson(columns, [
      ['{"k":[1]}', "9223372036854775807", "1.50", "2", "NaN"],
      [null, null, null, null, null],
    ]),
    '[[{"k":[1]},9223372036854775807,1.50,"2","NaN"],[null,null,null,null,null]]',
  );
});
