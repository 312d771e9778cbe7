/** Goal: arrays are written as PostgreSQL reads them in binary form. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bigints, byteStrings, integers, texts } from "./array-parameters.ts";

const CASES: readonly (readonly [name: string, array: Buffer, hexadecimal: string])[] = [
  ["no element", bigints([]), "00000000 00000001 00000014"],
  [
    "large and negative numbers",
    bigints([9_007_199_254_740_991, -1]),
    "00000001 00000001 00000014 00000002 00000001 00000008 001fffffffffffff 00000008 ffffffffffffffff",
  ],
  [
    "null among numbers",
    integers([null, 258]),
    "00000001 00000001 00000017 00000002 00000001 ffffffff 00000004 00000102",
  ],
  [
    "texts in UTF-8, empty ones and null",
    texts(['é{}"', "", null]),
    "00000001 00000001 00000019 00000003 00000001 00000005 c3a97b7d22 00000000 ffffffff",
  ],
  [
    "bytes",
    byteStrings([Uint8Array.of(0, 255), null]),
    "00000001 00000001 00000011 00000002 00000001 00000002 00ff ffffffff",
  ],
];

for (const [name, array, hexadecimal] of CASES) {
  test(`array with ${name}`, () => {
    assert.equal(array.toString("hex"), hexadecimal.replaceAll(" ", ""));
  });
}
