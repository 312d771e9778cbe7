/** Goal: a file is known by its beginning, and the columns of a table find their properties. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { headOf, mappingByName } from "./csv-preview.ts";

for (const [name, file, text, expected] of [
  [
    "a table",
    "a.csv",
    "value,name\n1.2.3.4,One\n",
    [
      ["value", "name"],
      ["1.2.3.4", "One"],
    ],
  ],
  [
    "a table without a last line break",
    "a.csv",
    "a,b\n1,2",
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
  [
    "quotes, commas and line breaks",
    "a.csv",
    '"a ""x""","b\nc"\r\n1,\r\n',
    [
      ['a "x"', "b\nc"],
      ["1", ""],
    ],
  ],
  [
    "semicolons",
    "a.csv",
    'a;"b,c";d\n1;2;3\n',
    [
      ["a", "b,c", "d"],
      ["1", "2", "3"],
    ],
  ],
  ["a mark at the beginning", "a.csv", "\uFEFFa,b\n", [["a", "b"]]],
  [
    "only the first six rows",
    "a.csv",
    "a\n1\n2\n3\n4\n5\n6\n7\n",
    [["a"], ["1"], ["2"], ["3"], ["4"], ["5"]],
  ],
] as const) {
  test(`the rows of ${name}`, async () => {
    const head = await headOf(new Blob([text]), file);
    assert.deepEqual([head.format, head.rows, head.source], ["csv", expected, null]);
  });
}

for (const [name, file, text, source] of [
  ["by its name", "a.json", "", null],
  ["by its first letter", "a.txt", ' {"type":"bundle"}', null],
  [
    "with the source of an upload body",
    "a.json",
    '{"sourcesystem": "My \\"feed\\"", "stixobjects": []}',
    'My "feed"',
  ],
] as const) {
  test(`STIX is known ${name}`, async () => {
    const head = await headOf(new Blob([text]), file);
    assert.deepEqual([head.format, head.rows, head.source], ["stix", [], source]);
  });
}

test("a packed table is looked into", async () => {
  const packed = new Blob([new Uint8Array(gzipSync("a,b\n1,2\n"))]);
  assert.deepEqual((await headOf(packed, "a.csv.gz")).rows, [
    ["a", "b"],
    ["1", "2"],
  ]);
});

test("columns find their properties by their names", () => {
  assert.deepEqual(mappingByName(["IOC", "Display Name", "Tags", "Colour"]), {
    value: "IOC",
    name: "Display Name",
    labels: "Tags",
  });
});
