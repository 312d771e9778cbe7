/**
 * Goal: the same verdicts as the OASIS pattern validator, hash digests and (in 2.1) duplicate qualifiers
 * counted as errors as it does, except where the standard or evidence decides otherwise.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { checkPattern } from "./check.ts";
import { normalisePattern } from "./normalise.ts";
import { observablesOf } from "./observables.ts";
import { parsePattern } from "./parse.ts";
import type { PatternVersion } from "./pattern.ts";
import { printPattern } from "./print.ts";
import { samePattern } from "./same.ts";

interface Row {
  readonly pattern: string;
  readonly version: PatternVersion;
  readonly expect?: "pass" | "fail";
  readonly peer?: "pass" | "fail";
}

function rowsOf(file: string, context: TestContext): readonly Row[] {
  const path = new URL(`../../../shared/corpus/${file}`, import.meta.url);
  if (!existsSync(path)) {
    context.skip(`${file} is not beside the project (../shared/corpus)`);
    return [];
  }
  return readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);
}

function verdictOf({ pattern: text, version }: Row): "pass" | "fail" {
  const result = parsePattern(text, { version });
  const errors = !result.ok
    ? ["syntax"]
    : checkPattern(result.pattern)
        .map(({ rule }) => rule)
        .filter(
          (rule) =>
            rule === "hash.digest" || (rule === "pattern.dupQualifier" && version === "2.1"),
        );
  return errors.length === 0 ? "pass" : "fail";
}

/** Why we accept what the OASIS validator refuses; it refuses nothing that we accept otherwise. */
function reasonOf({ pattern: text, version }: Row): string {
  if (version === "2.0" && text.includes("START '")) {
    return "START and STOP take strings in 2.0 too, as that version's own grammar and tests do";
  }
  if (text.includes("hashes") && text.includes("LIKE")) {
    return "LIKE on a hash is legitimate: its constant need not be a whole digest";
  }
  return `unexplained: ${text}`;
}

test("the OASIS pattern validator's own suite, every row", (context) => {
  for (const row of rowsOf("patterns.jsonl", context)) {
    assert.equal(verdictOf(row), row.expect, row.pattern);
  }
});

test("published patterns: at least 99.5 % of verdicts, the others for stated reasons", (context) => {
  const rows = rowsOf("patterns-real.jsonl", context);
  const differing = rows.filter((row) => verdictOf(row) !== row.peer);
  const counts = new Map<string, number>();
  for (const row of differing) {
    counts.set(reasonOf(row), (counts.get(reasonOf(row)) ?? 0) + 1);
  }
  assert.ok(differing.length <= rows.length * 0.005, `${differing.length} of ${rows.length}`);
  assert.deepEqual(
    [...counts.keys()].filter((reason) => reason.startsWith("unexplained")),
    [],
  );
  for (const [reason, count] of counts) {
    context.diagnostic(`${count} of ${rows.length}: ${reason}`);
  }
});

test("published patterns print and normalise to trees that parse back", (context) => {
  for (const { pattern: text } of rowsOf("patterns-real.jsonl", context)) {
    const result = parsePattern(text);
    if (result.ok) {
      for (const tree of [result.pattern, normalisePattern(result.pattern)]) {
        const again = parsePattern(printPattern(tree));
        assert.ok(again.ok && samePattern(again.pattern, tree), text);
      }
      observablesOf(result.pattern);
    }
  }
});
