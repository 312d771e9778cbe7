/** Goal: addresses of the web, paths, versions and CSV come apart as KQL's documentation shows. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { KqlType } from "../types.ts";
import { type Check, call, cell, checkAll, lit, refusal } from "./evaluate.conformance.ts";
import { SCALARS } from "./scalar-table.ts";

type Row = readonly [name: string, text: string, expected: string | null];

function rows(type: KqlType, list: readonly Row[]): Check[] {
  return list.flatMap(([name, text, expected]) =>
    [lit, cell].map(
      (make): Check => [
        `${name}(${text})`,
        call(SCALARS, name, type, make("string", text)),
        expected,
      ],
    ),
  );
}

checkAll("texts of known forms", () => [
  ...rows("dynamic", [
    [
      "parse_url",
      "scheme://user:pass@host:1234/this/is?k1=v1&k2=a=b#part",
      '{"Scheme":"scheme","Host":"host","Port":"1234","Path":"/this/is","Username":"user","Password":"pass","Query Parameters":{"k1":"v1","k2":"a=b"},"Fragment":"part"}',
    ],
    [
      "parse_url",
      "http://[::1]/",
      '{"Scheme":"http","Host":"[::1]","Port":"","Path":"/","Username":"","Password":"","Query Parameters":{},"Fragment":""}',
    ],
    ["parse_urlquery", "k1=v1&k2=", '{"Query Parameters":{"k1":"v1","k2":""}}'],
    [
      "parse_path",
      "C:\\temp\\file.tar.gz",
      '{"Scheme":"","RootPath":"C:","DirectoryPath":"C:\\\\temp","DirectoryName":"temp","Filename":"file.tar.gz","Extension":"gz","AlternateDataStreamName":""}',
    ],
    [
      "parse_path",
      "file://C:/temp/file.txt:some.exe",
      '{"Scheme":"file","RootPath":"C:","DirectoryPath":"C:/temp","DirectoryName":"temp","Filename":"file.txt","Extension":"txt","AlternateDataStreamName":"some.exe"}',
    ],
    ["parse_csv", 'aa,"b,b",,"say ""x"""\nnext,line', '["aa","b,b","","say \\"x\\""]'],
    ["parse_csv", ",a,", '["","a",""]'],
  ]),
  ...rows("decimal", [
    ["parse_version", "1.2.3.40", "1000000020000000300000040.000000000000"],
    ["parse_version", "0.2", "20000000000000000.000000000000"],
    ["parse_version", "1.x", null],
  ]),
  ["a member", extracted("$.a[1].b", '{"a":[0,{"b":7}]}', "long"), "7"],
  ["a member as text", extracted("$['a b']", '{"a b":true}', "string"), "true"],
  ["no JSON", extracted("$.a", "text", "string"), ""],
]);

function extracted(path: string, text: string, type: KqlType): ReturnType<typeof call> {
  return call(SCALARS, "extract_json", type, lit("string", path), cell("string", text));
}

test("a path that searches is refused", () => {
  assert.match(
    refusal(() => extracted("$..a", "{}", "string")),
    /constant path/,
  );
});
