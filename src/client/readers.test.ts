/** Goal: every form of input gives the same objects with their texts and places; faults are named exactly. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { ClientError } from "./client-error.ts";
import { openInputs } from "./readers.ts";
import type { UploadObject } from "./upload-object.ts";

const directory = mkdtempSync(join(tmpdir(), "stixgate-readers-"));
after(() => rmSync(directory, { recursive: true }));

let files = 0;
function fileOf(content: string | Buffer): string {
  files += 1;
  const path = join(directory, `input-${files}`);
  writeFileSync(path, content);
  return path;
}

async function read(paths: readonly string[], stdin = ""): Promise<UploadObject[]> {
  const inputs = await openInputs({ files: paths, stdin: Readable.from([Buffer.from(stdin)]) });
  const objects: UploadObject[] = [];
  for await (const object of inputs.objects) {
    objects.push(object);
  }
  return objects;
}

function line({ text, id, type, source, position }: UploadObject): string {
  const place = `${position?.line}:${position?.column}`;
  return [place, type ?? "-", id ?? "-", source ?? "-", text].join(" ");
}

const A = '{"type":"indicator","id":"indicator--a","n":1.0}';
const B = '{"type":"malware","id":"malware--b"}';
const PRETTY_A = '{\n  "type": "indicator",\n  "id": "indicator--a",\n  "n": 1.0\n}';

const FORMS: readonly (readonly [name: string, content: string, expected: readonly string[]])[] = [
  ["a single object", A, [`1:1 indicator indicator--a - ${A}`]],
  ["an indented object", PRETTY_A, [`1:1 indicator indicator--a - ${A}`]],
  [
    "an array",
    `[${A}, ${B}]\n`,
    [`1:2 indicator indicator--a - ${A}`, `1:52 malware malware--b - ${B}`],
  ],
  [
    "an indented array, with blank lines in front",
    `\n \n[\n  ${A},\n  ${B}\n]`,
    [`4:3 indicator indicator--a - ${A}`, `5:3 malware malware--b - ${B}`],
  ],
  ["an empty array", "[ ]", []],
  [
    "a bundle",
    `{"type":"bundle","id":"bundle--x","objects":[${B}]}`,
    [`1:46 malware malware--b - ${B}`],
  ],
  ["a bundle without objects", '{"type":"bundle","id":"bundle--x"}', []],
  [
    "an upload body",
    `{"sourcesystem":"Feed é","stixobjects":[${B}]}`,
    [`1:41 malware malware--b Feed é ${B}`],
  ],
  [
    "a legacy body with capitals, the source behind the array",
    `{\n"Value":[\n${B}\n],"SourceSystem":"Old"}`,
    [`3:1 malware malware--b Old ${B}`],
  ],
  [
    "indicators of the second generation",
    `{"indicators":[${A}]}`,
    [`1:16 indicator indicator--a - ${A}`],
  ],
  ["a TAXII envelope", `{"more":false,"objects":[${B}]}`, [`1:26 malware malware--b - ${B}`]],
  [
    "an observable whose value is no array",
    '{"type":"ipv4-addr","id":"ipv4-addr--c","value":"192.0.2.1"}',
    ['1:1 ipv4-addr ipv4-addr--c - {"type":"ipv4-addr","id":"ipv4-addr--c","value":"192.0.2.1"}'],
  ],
  [
    "an object with an array and no type, which the service is to judge",
    '{"name":["x"]}',
    ['1:1 - - - {"name":["x"]}'],
  ],
  [
    "JSON lines",
    `${A}\n\n${B}\r\n`,
    [`1:1 indicator indicator--a - ${A}`, `3:1 malware malware--b - ${B}`],
  ],
  [
    "JSON lines of bundles and bodies",
    `{"type":"bundle","objects":[${B}]}\n{"sourcesystem":"s","stixobjects":[${A}]}`,
    [`1:29 malware malware--b - ${B}`, `2:36 indicator indicator--a s ${A}`],
  ],
  [
    "indented objects one after the other",
    `${PRETTY_A}\n${PRETTY_A}`,
    [`1:1 indicator indicator--a - ${A}`, `6:1 indicator indicator--a - ${A}`],
  ],
  [
    "strings with brackets, quotes and backslashes",
    '[\n{"type":"x","id":"a]}\\"[{\\\\"}, 5, null]',
    ['2:1 x a]}"[{\\ - {"type":"x","id":"a]}\\"[{\\\\"}', "2:32 - - - 5", "2:35 - - - null"],
  ],
];

for (const [name, content, expected] of FORMS) {
  test(`reads ${name}`, async () => {
    assert.deepEqual((await read([fileOf(content)])).map(line), expected);
    assert.deepEqual((await read(["-"], content)).map(line), expected, "from standard input");
    assert.deepEqual((await read([fileOf(gzipSync(content))])).map(line), expected, "gzip");
    const marked = Buffer.from(`\ufeff${content}`);
    assert.deepEqual((await read([fileOf(marked)])).map(line), expected, "with a mark");
    const wide = Buffer.from(`\ufeff${content}`, "utf16le");
    assert.deepEqual((await read([fileOf(wide)])).map(line), expected, "UTF-16");
    assert.deepEqual(
      (await read([fileOf(wide.swap16())])).map(line),
      expected,
      "UTF-16, big end first",
    );
  });
}

test("reads several inputs in order and says how far it is", async () => {
  const first = fileOf(`${A}\n${A}\n`);
  const second = fileOf(`[${B},${B}]`);
  const inputs = await openInputs({ files: [first, second], stdin: Readable.from([]) });
  const seen: string[] = [];
  for await (const object of inputs.objects) {
    seen.push(`${object.type} ${(inputs.fraction() ?? -1) > 0.5}`);
  }
  assert.deepEqual(seen, ["indicator false", "indicator true", "malware true", "malware true"]);
  assert.equal(inputs.fraction(), 1);
});

test("joins chunks that cut lines and characters apart", async () => {
  const bytes = Buffer.from(`{"type":"ä€😀","id":"1"}\n{"type":"b","id":"2"}`);
  const chunks = [...bytes].map((byte) => Buffer.from([byte]));
  const inputs = await openInputs({ files: ["-"], stdin: Readable.from(chunks) });
  const types: unknown[] = [];
  for await (const { type } of inputs.objects) {
    types.push(type);
  }
  assert.deepEqual(types, ["ä€😀", "b"]);
});

const FAULTS: readonly (readonly [name: string, content: string | Buffer, expected: string])[] = [
  ["nothing", "", "input_invalid 1:1 FILE is empty."],
  ["white space", " \n\n", "input_invalid 1:1 FILE is empty."],
  ["a text", "hello world", 'input_invalid 1:1 Not JSON: "hello" is neither a value nor a number.'],
  ["a number", "5\n", "input_invalid 1:1 Neither a JSON object nor an array."],
  ["a comma too many", `[\n  ${A},\n]`, 'input_invalid 3:1 Not JSON: "]", where a value belongs.'],
  [
    "a comma missing",
    `{"type":"bundle","objects":[\n${A}\n${B}]}`,
    'input_invalid 3:1 Not JSON: "{", where a comma or the closing bracket belongs.',
  ],
  [
    "an end missing",
    `[\n${A}`,
    "input_invalid 2:49 Not JSON: the text ends, where a comma or the closing bracket belongs.",
  ],
  [
    "a fault inside an element",
    `[\n${B},\n  {"type": 'x'}]`,
    "input_invalid 3:12 Not JSON: \"'x'\" is neither a value nor a number.",
  ],
  [
    "a fault in a later line",
    `${A}\n{"type":"x",}\n`,
    'input_invalid 2:13 Not JSON: "}", where a property name in double quotes belongs.',
  ],
  [
    "text behind the document",
    `[]\nfoo bar`,
    'input_invalid 2:1 Not JSON: "foo" is neither a value nor a number.',
  ],
  [
    "a source that is no string",
    '{"sourcesystem":5,"stixobjects":[]}',
    "input_invalid 1:17 The sourcesystem is no string.",
  ],
  [
    "objects that are no array",
    '{"type":"bundle",\n"objects":{}}',
    "input_invalid 2:11 The objects of the bundle are no array.",
  ],
  [
    "bytes that are no UTF-8",
    Buffer.from([0x5b, 0x0a, 0x22, 0xff, 0x22, 0x5d]),
    "input_invalid 2:1 The line is no UTF-8 text.",
  ],
  [
    "broken gzip",
    gzipSync(A).subarray(0, 20),
    "input_unreadable - Cannot read FILE: unexpected end of file",
  ],
];

for (const [name, content, expected] of FAULTS) {
  test(`refuses ${name}`, async () => {
    const file = fileOf(content);
    await assert.rejects(read([file]), (error: unknown) => {
      assert.ok(error instanceof ClientError);
      const { line: at, column } = error.position ?? {};
      const place = error.position === undefined ? "-" : `${at}:${column}`;
      assert.equal(`${error.code} ${place} ${error.message.replace(file, "FILE")}`, expected);
      return true;
    });
  });
}

test("a broken document hands out nothing, broken JSON lines what stands in front", async () => {
  const seen: string[] = [];
  async function collect(content: string): Promise<void> {
    const inputs = await openInputs({ files: [fileOf(content)], stdin: Readable.from([]) });
    for await (const { type } of inputs.objects) {
      seen[seen.length] = String(type);
    }
  }
  await assert.rejects(collect(`[\n${A},\n{]`));
  assert.deepEqual(seen, []);
  await assert.rejects(collect(`${A}\n{]\n`));
  assert.deepEqual(seen, ["indicator"]);
});

const UNOPENED: readonly (readonly [paths: readonly string[], expected: RegExp])[] = [
  [[], /options_invalid: No input was named/],
  [["-", "-"], /options_invalid: Standard input \(-\) can be read only once/],
  [
    [join(directory, "absent.json")],
    /input_unreadable: Cannot read .*absent.json: there is no such file/,
  ],
  [[directory], /input_unreadable: Cannot read .*: it is a directory/],
];

for (const [paths, expected] of UNOPENED) {
  test(`refuses the inputs [${paths.map((path) => path.replace(directory, "…"))}]`, async () => {
    await assert.rejects(read(paths), (error: unknown) => {
      assert.ok(error instanceof ClientError);
      assert.match(`${error.code}: ${error.message}`, expected);
      return true;
    });
  });
}
