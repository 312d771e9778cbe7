/** Goal: the reference pages and the printed validators say what the tables say. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { stixPropertiesPage, stixRulesPage } from "../../tools/stix-docs.ts";
import { stixValidators } from "../../tools/stix-validators.ts";

const PAGES: readonly (readonly [string, () => string])[] = [
  ["docs/reference/stix-properties.md", stixPropertiesPage],
  ["docs/reference/stix-rules.md", stixRulesPage],
  ["src/stix/generated/validators-table.ts", stixValidators],
];

for (const [file, print] of PAGES) {
  test(`${file} is printed from the tables`, () => {
    const page = new URL(`../../${file}`, import.meta.url);
    assert.equal(readFileSync(page, "utf8"), print(), "run `npm run docs` and commit the result");
  });
}
