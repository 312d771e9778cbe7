/**
 * The shipped queries: files `*.kql` whose first lines are comments with a title, a description and tags:
 *
 *     // title: Indicators that expire within a week
 *     // description: One sentence.
 *     // tags: indicators, hygiene
 *     the query, to the end of the file
 */

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A shipped query. */
export interface PackQuery {
  /** The file's name without its ending. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly query: string;
}

const FOLDER = new URL("../../samples/queries/", import.meta.url);
const ENDING = ".kql";
const HEADER = /^\/\/ (title|description|tags): (.+)$/;

/** Reads the shipped queries, in the order of their ids. */
export function readQueryPack(): readonly PackQuery[] {
  return readdirSync(fileURLToPath(FOLDER))
    .filter((file) => file.endsWith(ENDING))
    .sort()
    .map((file) => readPackQuery(file, readFileSync(new URL(file, FOLDER), "utf8")));
}

function readPackQuery(file: string, text: string): PackQuery {
  const lines = text.split(/\r?\n/);
  const facts = new Map<string, string>();
  let start = 0;
  for (const line of lines) {
    const [, name, value] = HEADER.exec(line) ?? [];
    if (name === undefined || value === undefined) {
      break;
    }
    facts.set(name, value.trim());
    start += 1;
  }
  return {
    id: file.slice(0, -ENDING.length),
    title: facts.get("title") ?? "",
    description: facts.get("description") ?? "",
    tags: (facts.get("tags") ?? "").split(",").flatMap((tag) => tag.trim() || []),
    query: lines.slice(start).join("\n").trim(),
  };
}
