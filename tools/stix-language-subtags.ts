/**
 * Writes `src/stix/language-subtags.ts` from the IANA language subtag registry, as the npm package
 * `language-subtag-registry` (CC0) carries it:
 *
 *   npm pack language-subtag-registry && tar xzf language-subtag-registry-*.tgz
 *   node tools/stix-language-subtags.ts package/data/json
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

interface RegistryEntry {
  readonly Type: string;
  readonly Subtag?: string;
}

const LINE_LENGTH = 96;
const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/** `qaa..qtz` as its members: both ends differ from each other in their last letters only. */
function expand(subtag: string): readonly string[] {
  const [first = "", last] = subtag.toLowerCase().split("..");
  if (last === undefined) {
    return [first];
  }
  const members: string[] = [];
  for (let each = first; each <= last; each = next(each)) {
    members.push(each);
  }
  return members;
}

/** The next word of the same length in the order of the alphabet. */
function next(word: string): string {
  const last = word.slice(-1);
  return last === "z"
    ? `${next(word.slice(0, -1))}a`
    : `${word.slice(0, -1)}${LETTERS[LETTERS.indexOf(last) + 1]}`;
}

function wrapped(words: readonly string[]): string {
  const lines: string[] = [];
  let line = "";
  for (const word of words) {
    if (line.length + word.length + 1 > LINE_LENGTH) {
      lines.push(line);
      line = "";
    }
    line += line === "" ? word : ` ${word}`;
  }
  return [...lines, line].join("\n");
}

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error("usage: node tools/stix-language-subtags.ts FOLDER-WITH-registry.json");
  process.exit(2);
}
const entries: RegistryEntry[] = JSON.parse(readFileSync(`${folder}/registry.json`, "utf8"));
const { "File-Date": date } = JSON.parse(readFileSync(`${folder}/meta.json`, "utf8"));

function subtagsOf(type: string): readonly string[] {
  const found = entries.filter((each) => each.Type === type).map((each) => each.Subtag ?? "");
  return [...new Set(found.flatMap(expand))].sort();
}

const text = `/**
 * Registered subtags of language tags: the IANA registry of ${date}, in lower case.
 * Written by tools/stix-language-subtags.ts; not edited by hand.
 */

export const LANGUAGE_SUBTAGS = \`
${wrapped(subtagsOf("language"))}
\`;

export const EXTLANG_SUBTAGS = \`
${wrapped(subtagsOf("extlang"))}
\`;

export const SCRIPT_SUBTAGS = \`
${wrapped(subtagsOf("script"))}
\`;

export const REGION_SUBTAGS = \`
${wrapped(subtagsOf("region"))}
\`;

export const VARIANT_SUBTAGS = \`
${wrapped(subtagsOf("variant"))}
\`;
`;
writeFileSync(fileURLToPath(new URL("../src/stix/language-subtags.ts", import.meta.url)), text);
