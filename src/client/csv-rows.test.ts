/** Goal: comma-separated values are read as spreadsheets write them, in any pieces. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { csvRows } from "./csv-rows.ts";

async function* pieces(text: string, size: number): AsyncGenerator<string> {
  for (let start = 0; start < text.length; start += size) {
    yield text.slice(start, start + size);
  }
}

async function read(text: string, size = 3): Promise<unknown[]> {
  const rows: unknown[] = [];
  for await (const { line, fields } of csvRows(pieces(text, size))) {
    rows.push([line, ...fields]);
  }
  return rows;
}

test("rows, quotes, line ends", async () => {
  const cases: readonly (readonly [string, readonly unknown[]])[] = [
    ["", []],
    [
      "a,b\n1,2",
      [
        [1, "a", "b"],
        [2, "1", "2"],
      ],
    ],
    [
      "a,b\r\n1,2\r\n",
      [
        [1, "a", "b"],
        [2, "1", "2"],
      ],
    ],
    ['"a, b","c""d"\n', [[1, "a, b", 'c"d']]],
    [
      '"two\nlines",x\ny,z\n',
      [
        [1, "two\nlines", "x"],
        [3, "y", "z"],
      ],
    ],
    [
      "a,,\n\n,b\n",
      [
        [1, "a", "", ""],
        [3, "", "b"],
      ],
    ],
    ['say "hi",x\n', [[1, 'say "hi"', "x"]]],
    ['"",x\n', [[1, "", "x"]]],
  ];
  for (const [text, expected] of cases) {
    for (const size of [1, 3, 1000]) {
      assert.deepEqual(await read(text, size), expected, JSON.stringify(text));
    }
  }
  await assert.rejects(read('a\n"open\nx'), /line 2 is quoted/);
});
