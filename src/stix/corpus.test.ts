/**
 * Goal: real and official input is judged as the standard and its users judge it. Reads material that does
 * not belong to the project and skips where it is absent.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { SpecVersion } from "./kinds.ts";
import { type ValidationOptions, validateObject } from "./validate.ts";

const shared = fileURLToPath(new URL("../../../shared/", import.meta.url));

const SENTINEL: ValidationOptions = {
  profile: "sentinel",
  defaultSpecVersion: "2.0",
  patternTypeOn20: "optional",
  timestamps: "lenient",
  supportedTypes: "stix",
  coerceNumericStrings: false,
  tlpGreenAlias: true,
  severity: {},
};

function skip(file: string): { readonly skip?: string } {
  return existsSync(`${shared}${file}`) ? {} : { skip: `${file} is not beside the project` };
}

function read(file: string): string {
  return readFileSync(`${shared}${file}`, "utf8");
}

/** The upload bodies that a page prints: every balanced object around `"sourcesystem"`. */
function bodiesIn(page: string): readonly { readonly stixobjects: readonly unknown[] }[] {
  return [...page.matchAll(/"sourcesystem"/g)].flatMap(({ index }) => {
    const start = page.lastIndexOf("{", index);
    let depth = 0;
    for (let at = start; at < page.length; at += 1) {
      depth += page[at] === "{" ? 1 : page[at] === "}" ? -1 : 0;
      if (depth === 0) {
        return [JSON.parse(page.slice(start, at + 1))];
      }
    }
    return [];
  });
}

const CONTRACT = "seed/upload-api.txt";

test("the contract's samples are taken, six with one warning", skip(CONTRACT), () => {
  const objects = bodiesIn(read(CONTRACT)).flatMap((body) => body.stixobjects);
  const outcomes = objects.map((object) => {
    const { valid, findings } = validateObject(object, SENTINEL);
    return [valid, ...findings.map((each) => `${each.rule} ${each.path}`)];
  });
  const warned = [true, "granular.both granular_markings[0]"];
  assert.deepEqual(outcomes, [[true], ...new Array(6).fill(warned)]);
});

for (const file of ["data/ics-attack-17.1.json", "data/mobile-attack-17.0.json"]) {
  test(`${file}: what STIX defines is taken, custom types are not`, skip(file), () => {
    const { objects } = JSON.parse(read(file));
    const wrong = objects.filter((object: { readonly type: string }) => {
      const { valid, findings } = validateObject(object, SENTINEL);
      const isCustom = object.type.startsWith("x-mitre-");
      return valid === isCustom || (isCustom && findings[0]?.rule !== "type.supported");
    });
    assert.deepEqual(wrong, []);
  });
}

interface CorpusRow {
  readonly version: SpecVersion;
  readonly expect?: string;
  readonly peer?: string;
  readonly options?: object;
  readonly object: unknown;
}

/** Share of rows, in percent, on which the strict profile agrees. */
function agreement(file: string): number {
  const rows: readonly CorpusRow[] = read(file)
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))
    .filter((row: CorpusRow) => Object.keys(row.options ?? {}).length === 0);
  const agreed = rows.filter(({ version, expect, peer, object }) => {
    const options: ValidationOptions = {
      ...SENTINEL,
      profile: "strict",
      supportedTypes: "any",
      defaultSpecVersion: version,
      // The corpus says of each row which version its judge was told.
      specVersionGiven: true,
    };
    return validateObject(object, options).valid === ((expect ?? peer) === "valid");
  });
  return (100 * agreed.length) / rows.length;
}

/** The share that must agree; what disagrees, and why, stands in docs/reference/stix-disagreements.md. */
const AGREEMENT: readonly (readonly [string, number])[] = [
  ["corpus/objects.jsonl", 99],
  ["corpus/real.jsonl", 99.5],
  ["corpus/spec-examples.jsonl", 100],
];

for (const [file, percent] of AGREEMENT) {
  test(`${file}: the strict profile agrees on ${percent} % or more`, skip(file), () => {
    const share = agreement(file);
    assert.ok(share >= percent, `${share} %`);
  });
}
