/**
 * Looks at the search index of a data directory from outside, beside the log that it is made from. Whatever is wrong
 * with it, nothing is lost: it can be thrown away and is made anew.
 */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { DATABASE_FILE } from "./connection.ts";
import type { InspectOptions } from "./inspect.ts";
import { SEARCH_FILE, SEARCH_SCHEMA } from "./search-database.ts";
import { inSnapshot } from "./transaction.ts";

/** What the search index is, and what is wrong with it. */
export interface SearchInspection {
  /**
   * `missing` and `outdated` ones, and those of another log, are made anew by the next start; only one that is `own`
   * has been looked at further.
   */
  readonly state: "missing" | "outdated" | "foreign" | "own" | "damaged";
  readonly schema: number;
  readonly objects: number;
  /** Requests of the log's index that it has yet to take in. */
  readonly behindRequests: number;
  /** One sentence each; empty when it is sound. */
  readonly faults: readonly string[];
}

/** How long a statement waits for another connection to let go. */
const BUSY_TIMEOUT_MS = 5_000;

/** Faults that are told one by one. */
const FAULTS_MAX = 20;

const NOTHING = { schema: 0, objects: 0, behindRequests: 0, faults: [] };

/** Never throws for what is in the file. */
export function inspectSqliteSearch(directory: string, options: InspectOptions): SearchInspection {
  const file = join(directory, SEARCH_FILE);
  if (!existsSync(file)) {
    return { ...NOTHING, state: "missing" };
  }
  try {
    using database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
    const log = pathToFileURL(join(directory, DATABASE_FILE));
    log.searchParams.set("mode", "ro");
    database.prepare("ATTACH ? AS log").run(log.href);
    return inSnapshot(database, () => inspect(database, options));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ...NOTHING, state: "damaged", faults: [reason] };
  }
}

function inspect(database: DatabaseSync, { quick }: InspectOptions): SearchInspection {
  const number = (sql: string): number =>
    Number(Object.values(database.prepare(sql).get() ?? {})[0] ?? 0);
  const schema = number("PRAGMA main.user_version");
  if (schema !== SEARCH_SCHEMA) {
    return { ...NOTHING, state: "outdated", schema };
  }
  const isOwn = "SELECT count(*) FROM search_state JOIN log.entry_seed USING (lower, upper)";
  if (number(isOwn) === 0) {
    return { ...NOTHING, state: "foreign", schema };
  }
  // Read before the log's own position, which only rises.
  const searchable = number("SELECT sequence FROM search_state");
  const objects = number("SELECT count(*) FROM found");
  const behindRequests = number("SELECT sequence FROM log.index_position") - searchable;
  const check = quick ? "PRAGMA main.quick_check" : "PRAGMA main.integrity_check";
  const faults = database
    .prepare(`${check}(${FAULTS_MAX})`)
    .all()
    .map((line) => String(Object.values(line)[0]))
    .filter((line) => line !== "ok");
  if (behindRequests < 0) {
    faults.push(`it is ${-behindRequests} requests ahead of the log`);
  }
  const stored = number("SELECT count(*) FROM log.object WHERE workspace > 0");
  if (behindRequests === 0 && stored !== objects) {
    faults.push(`${stored} objects are stored, and it knows ${objects}`);
  }
  const unworded = number(
    `SELECT (SELECT count(*) FROM found) - (SELECT coalesce(sum(objects - gone), 0) FROM word_run)`,
  );
  if (unworded !== 0) {
    faults.push(
      `its runs of words have ${Math.abs(unworded)} objects too ${unworded > 0 ? "few" : "many"}`,
    );
  }
  return { state: "own", schema, objects, behindRequests, faults };
}
