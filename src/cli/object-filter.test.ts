/** Goal: options, words and JSON become exactly the condition that the server is asked. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Command } from "commander";
import type { SearchCondition } from "../store/index.ts";
import { addFilterOptions, conditionOf, type FilterOptions } from "./object-filter.ts";

const NOW = new Date("2026-11-22T10:00:00.000Z");

function parsed(...args: string[]): FilterOptions {
  const command = addFilterOptions(new Command().exitOverride());
  command.configureOutput({ writeErr: () => undefined });
  return command.parse(args, { from: "user" }).opts<FilterOptions>();
}

const CASES: readonly (readonly [
  args: readonly string[],
  text: string | undefined,
  condition: SearchCondition | undefined,
])[] = [
  [[], undefined, undefined],
  [[], "  ", undefined],
  [[], 'loader* "two words"', { kind: "text", words: 'loader* "two words"' }],
  [[], '{"kind":"revoked","is":true}', { kind: "revoked", is: true }],
  [
    ["--type", "indicator", "--type", "malware"],
    undefined,
    { kind: "type", anyOf: ["indicator", "malware"] },
  ],
  [["--tlp", "CLEAR", "--tlp", "none"], undefined, { kind: "tlp", anyOf: ["white", null] }],
  [["--confidence", "50"], undefined, { kind: "confidence", from: 50, to: 50 }],
  [["--confidence", "50-"], undefined, { kind: "confidence", from: 50 }],
  [["--confidence=-80"], undefined, { kind: "confidence", to: 80 }],
  [
    ["--source", "feed", "--active"],
    "emotet",
    {
      kind: "and",
      conditions: [
        { kind: "text", words: "emotet" },
        { kind: "source", anyOf: ["feed"] },
        { kind: "active", at: "2026-11-22T10:00:00.000Z" },
      ],
    },
  ],
];

for (const [args, text, condition] of CASES) {
  test(`${[...args, text ?? ""].join(" ")}`, () => {
    assert.deepEqual(conditionOf(parsed(...args), text, NOW), condition);
  });
}

test("what makes no sense is refused with the name of the option", () => {
  for (const args of [
    ["--confidence", "101"],
    ["--confidence", "-"],
    ["--tlp", "purple"],
  ]) {
    assert.throws(() => parsed(...args), { code: "commander.invalidArgument" });
  }
  assert.throws(() => conditionOf({}, "{broken", NOW), { field: "--where" });
});
