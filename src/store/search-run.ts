/**
 * Runs searches and counts, whatever the engine. A page costs about the same however much is stored, and what costs
 * more ends when its time is up. What the index gives is tested on the whole object, which has the last word.
 */

import { performance } from "node:perf_hooks";
import { checkLimit, PAGE_ITEMS_MAX } from "./paging.ts";
import type { CountQuery, MatchCount, SearchCondition, SearchHit, SearchQuery } from "./search.ts";
import { checkCondition, type ObjectTest, objectTest } from "./search-condition.ts";
import { type SearchPlace, searchCursor, searchPlace } from "./search-cursor.ts";
import type { FoundRow, SearchEngine } from "./search-engine.ts";
import { instantText, type SortPlace, searchedObject } from "./search-object.ts";
import { type SearchPlan, searchPlan } from "./search-plan.ts";
import { countedOf, groupsOf, type Portion, portions, STEP_ROWS } from "./search-portions.ts";
import { countMaxOf, sortOf, timeoutMsOf } from "./search-query.ts";
import { type RowQuestion, searchStatements } from "./search-sql.ts";
import { versionOf } from "./stored-rows.ts";

/** A page as far as the engine knows it. */
export interface FoundPage {
  readonly items: readonly SearchHit[];
  readonly next: string | null;
  readonly partial: boolean;
}

/** Objects whose texts are read at once. */
const TEXTS_PER_STEP = 64;

/** Texts that one page may hold, unless a single object is larger: it is built in memory. */
const PAGE_CHARACTERS_MAX = 32 * 1024 * 1024;

const EMPTY: FoundPage = { items: [], next: null, partial: false };

/** Searches and counts on an engine. */
export function createSearches(engine: SearchEngine): {
  search(query: SearchQuery): Promise<FoundPage>;
  count(query: CountQuery): Promise<MatchCount>;
} {
  return {
    search: (query) => search(engine, query),
    count: (query) => count(engine, query),
  };
}

async function search(engine: SearchEngine, query: SearchQuery): Promise<FoundPage> {
  checkLimit(query.limit, PAGE_ITEMS_MAX);
  checked(query.condition);
  const after = searchPlace(query);
  const page = createPage(engine, query, performance.now() + timeoutMsOf(query));
  const planned = await plannedOn(engine, query);
  if (planned === undefined) {
    return EMPTY;
  }
  const base = { ...planned.question, sort: sortOf(query), after };
  for await (const { group, question } of groupsOf(engine, base, after)) {
    for await (const portion of portions(engine, question, page.wanted())) {
      if (await page.take(portion, group)) {
        return page.result();
      }
    }
  }
  return page.result();
}

async function count(engine: SearchEngine, query: CountQuery): Promise<MatchCount> {
  checked(query.condition);
  const countMax = countMaxOf(query);
  const deadline = performance.now() + timeoutMsOf(query);
  const planned = await plannedOn(engine, query);
  if (planned === undefined) {
    return { count: 0, exact: true };
  }
  const { plan, question } = planned;
  if (plan.isExact && plan.ranges.length === 0 && plan.filters.length === 0) {
    const found = await countTokens(engine, question, countMax);
    return { count: Math.min(found, countMax), exact: found <= countMax };
  }
  const test = objectTest(query.condition);
  const sort = { by: "updated", direction: "descending" } as const;
  const base = { ...question, sort, after: undefined };
  let found = 0;
  for await (const { rows, isEnd } of portions(engine, base, STEP_ROWS.last)) {
    found += plan.isExact ? rows.length : await countPassing(engine, rows, { test, deadline });
    const isLate = !isEnd && performance.now() > deadline;
    if (found > countMax || isLate) {
      return { count: Math.min(found, countMax), exact: false };
    }
  }
  return { count: found, exact: plan.isExact || performance.now() <= deadline };
}

/** What is asked of the index; undefined where nothing can be found. */
async function plannedOn(
  engine: SearchEngine,
  { workspaceId, condition }: Pick<SearchQuery, "workspaceId" | "condition">,
): Promise<Planned | undefined> {
  const workspace = await engine.workspace(workspaceId);
  const plan = workspace === undefined ? undefined : searchPlan(condition, workspace);
  if (workspace === undefined || plan === undefined) {
    return undefined;
  }
  const { tokens, ranges, filters } = plan;
  if (filters.some(({ kind }) => kind === "never")) {
    return undefined;
  }
  const counted = await countedOf(engine, plan, workspace);
  return { plan, question: { workspace, tokens, ranges, filters, counted } };
}

interface Planned {
  readonly plan: SearchPlan;
  readonly question: Omit<RowQuestion, "sort" | "after" | "limit">;
}

function checked(condition: SearchCondition | undefined): void {
  if (condition !== undefined) {
    checkCondition(condition);
  }
}

async function countTokens(
  engine: SearchEngine,
  { tokens, workspace }: Planned["question"],
  countMax: number,
): Promise<number> {
  if (tokens === undefined) {
    return await engine.objects(workspace);
  }
  const driver = { kind: "tokens", query: tokens } as const;
  return await engine.count(searchStatements(engine.dialect).count(driver, workspace, countMax));
}

/** How many rows pass, as far as there is time to look at them. */
async function countPassing(
  engine: SearchEngine,
  rows: readonly FoundRow[],
  { test, deadline }: { readonly test: ObjectTest; readonly deadline: number },
): Promise<number> {
  let passing = 0;
  for (let at = 0; at < rows.length && performance.now() <= deadline; at += TEXTS_PER_STEP) {
    const part = rows.slice(at, at + TEXTS_PER_STEP);
    passing += (await hitsOf(engine, part, test)).length;
  }
  return passing;
}

/** The rows that are current and pass, in their order. */
async function hitsOf(
  engine: SearchEngine,
  rows: readonly FoundRow[],
  test: ObjectTest,
): Promise<readonly { readonly row: FoundRow; readonly hit: SearchHit }[]> {
  const versions = await engine.versions(rows.map(({ change }) => change));
  return rows.flatMap((row) => {
    const stored = versions.get(row.change);
    const version = stored && versionOf(stored);
    const firstIngestedAt = instantText(row.ingested);
    return version !== undefined && test(searchedObject(version, firstIngestedAt))
      ? [{ row, hit: { ...version, firstIngestedAt } }]
      : [];
  });
}

/** A page that fills up. */
function createPage(engine: SearchEngine, query: SearchQuery, deadline: number) {
  const test = objectTest(query.condition);
  const items: SearchHit[] = [];
  let next: string | null = null;
  let partial = false;
  let characters = 0;

  function placeOf({ key, change }: SortPlace, group: string | undefined): string {
    const place: SearchPlace = group === undefined ? { key, change } : { key, change, group };
    return searchCursor(query, place);
  }

  return {
    wanted: () => query.limit - items.length,
    result: (): FoundPage => ({ items, next, partial }),

    /** Takes what fits; true when the page is done. */
    async take(portion: Portion, group: string | undefined): Promise<boolean> {
      const { rows, last, isEnd } = portion;
      let at = 0;
      while (at < rows.length) {
        const part = rows.slice(at, at + Math.min(query.limit - items.length, TEXTS_PER_STEP));
        at += part.length;
        for (const { hit } of await hitsOf(engine, part, test)) {
          items.push(hit);
          characters += hit.json.length;
        }
        const full = items.length === query.limit || characters > PAGE_CHARACTERS_MAX;
        const isLate = performance.now() > deadline;
        const isMore = at < rows.length || !isEnd || group !== undefined;
        const end = part.at(-1);
        if (end !== undefined && isMore && (full || isLate)) {
          next = placeOf(end, group);
          partial = !full;
          return true;
        }
        if (full) {
          return true;
        }
      }
      if (last !== undefined && !isEnd && performance.now() > deadline) {
        next = placeOf(last, group);
        partial = true;
        return true;
      }
      return false;
    },
  };
}
