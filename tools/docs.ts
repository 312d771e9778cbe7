/**
 * Prints the reference pages, and the validators of STIX objects, from the tables in the code. `--check`
 * writes nothing and fails when one of them has drifted from its table.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { walkPage } from "../test/support/walk.ts";
import { openApiPage } from "./docs-api.ts";
import { errorsPage } from "./docs-errors.ts";
import { kqlPage } from "./docs-kql.ts";
import { settingsPage } from "./docs-settings.ts";
import { stixPropertiesPage, stixRulesPage } from "./stix-docs.ts";
import { stixValidators } from "./stix-validators.ts";

const PAGES: readonly (readonly [file: string, print: () => string])[] = [
  ["docs/guide/walk.md", walkPage],
  ["docs/reference/errors.md", errorsPage],
  ["docs/reference/kql.md", kqlPage],
  ["docs/reference/openapi.json", openApiPage],
  ["docs/reference/settings.md", settingsPage],
  ["docs/reference/stix-properties.md", stixPropertiesPage],
  ["docs/reference/stix-rules.md", stixRulesPage],
  ["src/stix/generated/validators-table.ts", stixValidators],
];

const root = fileURLToPath(new URL("..", import.meta.url));
const checkOnly = process.argv.includes("--check");
const drifted = PAGES.filter(([file, print]) => {
  const text = print();
  if (!checkOnly) {
    mkdirSync(fileURLToPath(new URL(`../${file}/..`, import.meta.url)), { recursive: true });
    writeFileSync(root + file, text);
    return false;
  }
  return readPage(root + file) !== text;
});

if (drifted.length > 0) {
  console.error(`These files differ from the tables: ${drifted.map(([file]) => file).join(", ")}.`);
  console.error("Run `npm run docs` and commit the result.");
  process.exitCode = 1;
}

function readPage(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
