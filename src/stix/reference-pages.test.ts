/** Goal: the reference pages say what the tables say. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { stixPropertiesPage, stixRulesPage } from "../../tools/stix-docs.ts";

const PAGES: readonly (readonly [string, () => string])[] = [
  ["stix-properties.md", stixPropertiesPage],
  ["stix-rules.md", stixRulesPage],
];

for (const [file, print] of PAGES) {
  test(`docs/reference/${file} is printed from the tables`, () => {
    const page = new URL(`../../docs/reference/${file}`, import.meta.url);
    assert.equal(readFileSync(page, "utf8"), print(), "run `npm run docs` and commit the result");
  });
}
