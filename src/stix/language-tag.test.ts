/** Goal: every form of RFC 5646 is well-formed, and nothing else is. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readLanguageTag } from "./language-tag.ts";

test("well-formed tags", () => {
  const tags = [
    "en",
    "EN-us",
    "gsw",
    "zh-Hant-TW",
    "zh-cmn-Hans-CN",
    "sl-rozaj-biske-1994",
    "es-419",
    "de-CH-x-phonebk",
    "en-a-bbb-x-a-ccc",
    "x-whatever",
    "i-klingon",
    "zh-min-nan",
    "abcd",
    "abcdefgh",
  ];
  assert.deepEqual(
    tags.filter((tag) => readLanguageTag(tag) === undefined),
    [],
  );
});

test("malformed tags", () => {
  const tags = [
    "",
    "e",
    "en_US",
    "english-language-too-long-subtag-abcdefghi",
    "en-",
    "-en",
    "x-",
    "x",
    "en-a",
    "en-a-bb-a-cc",
    "de-DE-1901-1901",
    "e1",
    "en-US-GB",
    "en us",
  ];
  assert.deepEqual(
    tags.filter((tag) => readLanguageTag(tag) !== undefined),
    [],
  );
});

test("the parts of a tag", () => {
  assert.deepEqual(readLanguageTag("zh-cmn-Hans-CN-1996"), {
    language: "zh",
    extlangs: ["cmn"],
    script: "hans",
    region: "cn",
    variants: ["1996"],
  });
});
