/** Goal: a body yields its source and its records as sent, and every bad body is refused with its field. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readUploadBody, type UploadBodyOptions } from "./upload-body.ts";

const V3: UploadBodyOptions = {
  generation: "v3",
  acceptAnyArrayKey: false,
  depthMax: 256,
  objectsMax: 100,
};
const V1: UploadBodyOptions = { ...V3, generation: "v1" };

function texts(body: string, options: UploadBodyOptions = V3): string[] {
  return readUploadBody(body, options).records.map((record) => record.json);
}

const READ: readonly (readonly [string, string, UploadBodyOptions, readonly string[]])[] = [
  [
    "documented v3",
    '{"sourcesystem":"test","stixobjects":[{"a":1},{"b":[2]}]}',
    V3,
    ['{"a":1}', '{"b":[2]}'],
  ],
  ["capitals", '{"SourceSystem":"test","StixObjects":[{}]}', V3, ["{}"]],
  ["escaped key", '{"sourcesystem":"test","stix\\u006fbjects":[{}]}', V3, ["{}"]],
  ["array before source", '{"stixobjects":[{}] , "sourcesystem":"test"}', V3, ["{}"]],
  ["empty array", '{"sourcesystem":"test","stixobjects":[ ]}', V3, []],
  [
    "spaces",
    ' { "sourcesystem" : "test" , "stixobjects" : [ { "a" : 1 } , \n 7 , "x" ] } ',
    V3,
    ['{ "a" : 1 }', "7", '"x"'],
  ],
  [
    "quotes and brackets in strings",
    '{"sourcesystem":"test","stixobjects":[{"a":"],}\\"[{\\\\"},null]}',
    V3,
    ['{"a":"],}\\"[{\\\\"}', "null"],
  ],
  [
    "numbers stay as sent",
    '{"sourcesystem":"test","stixobjects":[{"n":12345678901234567890,"f":1.50}]}',
    V3,
    ['{"n":12345678901234567890,"f":1.50}'],
  ],
  [
    "last of several wins",
    '{"sourcesystem":"test","stixobjects":[1],"STIXOBJECTS":[2]}',
    V3,
    ["2"],
  ],
  [
    "the same key twice",
    '{"sourcesystem":"test","stixobjects":[1],"x":[[3]],"stixobjects":[2]}',
    V3,
    ["2"],
  ],
  [
    "nested arrays",
    '{"sourcesystem":"test","stixobjects":[[1,2],[3]],"y":{"stixobjects":[9]}}',
    V3,
    ["[1,2]", "[3]"],
  ],
  ["v1 value", '{"sourcesystem":"test","value":[{}]}', V1, ["{}"]],
  ["v1 Value", '{"SourceSystem":"test","Value":[{}]}', V1, ["{}"]],
  ["v1 indicators", '{"sourcesystem":"test","indicators":[{}]}', V1, ["{}"]],
  ["v1 stixobjects", '{"sourcesystem":"test","stixobjects":[{}]}', V1, ["{}"]],
  [
    "v3 with any key",
    '{"sourcesystem":"test","value":[{}]}',
    { ...V3, acceptAnyArrayKey: true },
    ["{}"],
  ],
  [
    "null beside the real one",
    '{"sourcesystem":"test","value":null,"indicators":[{}]}',
    V1,
    ["{}"],
  ],
  ["256 characters of source", `{"sourcesystem":"${"s".repeat(256)}","stixobjects":[]}`, V3, []],
];

for (const [name, body, options, expected] of READ) {
  test(`reads: ${name}`, () => assert.deepEqual(texts(body, options), expected));
}

const NOT_JSON = "Body of the request is not in valid JSON format.";
const REFUSED: readonly (readonly [
  string,
  string,
  UploadBodyOptions,
  string,
  string | undefined,
  string,
])[] = [
  ["nothing", "", V3, "malformed_body", undefined, NOT_JSON],
  ["cut off", '{"sourcesystem":"test","stixobjects":[', V3, "malformed_body", undefined, NOT_JSON],
  [
    "missing comma",
    '{"sourcesystem":"test","stixobjects":[{}{}]}',
    V3,
    "malformed_body",
    undefined,
    NOT_JSON,
  ],
  ["an array", "[]", V3, "malformed_body", undefined, NOT_JSON],
  ["a text", '"stixobjects"', V3, "malformed_body", undefined, NOT_JSON],
  ["null", "null", V3, "malformed_body", undefined, NOT_JSON],
  [
    "too deep",
    `{"sourcesystem":"test","stixobjects":${"[".repeat(300)}`,
    V3,
    "malformed_body",
    undefined,
    "Body of the request is nested deeper than 256 levels.",
  ],
  [
    "no source",
    '{"stixobjects":[]}',
    V3,
    "invalid_request",
    "sourcesystem",
    "Error for Property=sourcesystem: Required property is missing. Actual value: NULL.",
  ],
  [
    "null source",
    '{"sourcesystem":null,"stixobjects":[]}',
    V3,
    "invalid_request",
    "sourcesystem",
    "Error for Property=sourcesystem: Required property is missing. Actual value: NULL.",
  ],
  [
    "number as source",
    '{"sourcesystem":5,"stixobjects":[]}',
    V3,
    "invalid_request",
    "sourcesystem",
    "Error for Property=sourcesystem: The value must be a string. Actual value: 5.",
  ],
  [
    "blank source",
    '{"sourcesystem":"  ","stixobjects":[]}',
    V3,
    "invalid_request",
    "sourcesystem",
    "Error for Property=sourcesystem: The value must not be blank. Actual value:   .",
  ],
  [
    "restricted source",
    '{"sourcesystem":"microsoft sentinel","stixobjects":[]}',
    V3,
    "invalid_request",
    "sourcesystem",
    "Error for Property=sourcesystem: The value Microsoft Sentinel is restricted. Actual value: microsoft sentinel.",
  ],
  [
    "long source",
    `{"sourcesystem":"${"s".repeat(257)}","stixobjects":[]}`,
    V3,
    "invalid_request",
    "sourcesystem",
    `Error for Property=sourcesystem: The value must have at most 256 characters, not 257. Actual value: ${"s".repeat(64)}….`,
  ],
  [
    "no array",
    '{"sourcesystem":"test"}',
    V3,
    "invalid_request",
    "stixobjects",
    "Error for Property=stixobjects: Required property is missing. Actual value: NULL.",
  ],
  [
    "older key on v3",
    '{"sourcesystem":"test","value":[]}',
    V3,
    "invalid_request",
    "stixobjects",
    "Error for Property=stixobjects: Required property is missing (the property value belongs to an older endpoint; send stixobjects). Actual value: NULL.",
  ],
  [
    "object as array",
    '{"sourcesystem":"test","stixobjects":{"id":1}}',
    V3,
    "invalid_request",
    "stixobjects",
    'Error for Property=stixobjects: The value must be an array of STIX objects. Actual value: {"id":1}.',
  ],
  [
    "no array on v1",
    '{"sourcesystem":"test"}',
    V1,
    "invalid_request",
    "value",
    "Error for Property=value: Required property is missing. Actual value: NULL.",
  ],
  [
    "101 objects",
    `{"sourcesystem":"test","stixobjects":[${Array(101).fill("{}").join(",")}]}`,
    V3,
    "invalid_request",
    "stixobjects",
    "The request holds 101 objects in stixobjects; at most 100 are allowed in one request.",
  ],
];

for (const [name, body, options, code, field, message] of REFUSED) {
  test(`refuses: ${name}`, () => {
    assert.throws(() => readUploadBody(body, options), { code, field, message });
  });
}

test("whatever JSON the records are, their texts parse back to them", () => {
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue(), { maxLength: 20 }),
      fc.constantFrom(0, 1, 4),
      (records, indent) => {
        const body = JSON.stringify(
          { x: [["y"]], sourcesystem: "t", stixobjects: records },
          null,
          indent,
        );
        const parsed = readUploadBody(body, V3).records;
        assert.deepEqual(
          parsed.map((record) => JSON.parse(record.json)),
          JSON.parse(JSON.stringify(records)),
        );
      },
    ),
  );
});

test("no text makes it fail otherwise than by refusing", () => {
  const pieces = fc.constantFrom(
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"',
    "\\",
    "stixobjects",
    "sourcesystem",
    " ",
    "1",
    "null",
    "\u0000",
  );
  const jumble = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(jumble, (text) => {
      try {
        readUploadBody(text, V3);
      } catch (error) {
        assert.ok(
          ["malformed_body", "invalid_request"].includes((error as { code: string }).code),
          String(error),
        );
      }
    }),
    { numRuns: 2000 },
  );
});
