/**
 * Runs searches, whatever the engine. Where words, exact values or a range leave few objects, those are looked
 * at and sorted; otherwise the order is walked, a bounded number of rows at a time, until the page is full. So a
 * page costs about the same however much is stored, and what costs more ends when its time is up.
 */

import { performance } from "node:perf_hooks";
import type { VersionRow } from "./engine-rows.ts";
import { checkLimit, PAGE_ITEMS_MAX } from "./paging.ts";
import type { CountQuery, MatchCount, SearchCondition, SearchHit, SearchQuery } from "./search.ts";
import { checkCondition, objectTest } from "./search-condition.ts";
import { type SearchPlace, searchCursor, searchPlace } from "./search-cursor.ts";
import { compareTexts, instantText, type SortPlace, searchedObject } from "./search-object.ts";
import { type RowFilter, type SearchPlan, searchPlan } from "./search-plan.ts";
import { type CountedValue, countMaxOf, sortOf, timeoutMsOf } from "./search-query.ts";
import {
  countedKey,
  type Driver,
  type RowQuestion,
  type SearchDialect,
  type SearchStatement,
  searchStatements,
} from "./search-sql.ts";
import { everyToken, exactToken, type TokenQuery } from "./search-tokens.ts";
import { versionOf } from "./stored-rows.ts";

/** A row of a search. */
export interface FoundRow {
  readonly change: number;
  readonly key: number | string;
  /** As `instantKey` gives it. */
  readonly ingested: number;
  readonly ok: boolean;
}

/** What a search needs of an engine. */
export interface SearchEngine {
  readonly dialect: SearchDialect;
  rows(statement: SearchStatement): Promise<readonly FoundRow[]>;
  count(statement: SearchStatement): Promise<number>;
  /** Those of these versions that are current, by their change. */
  versions(changes: readonly number[]): Promise<ReadonlyMap<number, VersionRow>>;
  /** The number of a workspace; undefined where nothing has it. */
  workspace(workspaceId: string): Promise<number | undefined>;
  /** Values of a field among the current objects of a workspace, in any order. */
  values(workspace: number, field: "type" | "source"): Promise<readonly string[]>;
  /** The number that rows have for a counted value; undefined where no object ever had it. */
  facet(workspace: number, value: CountedValue): Promise<number | undefined>;
  /** Number of current objects of a workspace. */
  objects(workspace: number): Promise<number>;
}

/** A page as far as the engine knows it. */
export interface FoundPage {
  readonly items: readonly SearchHit[];
  readonly next: string | null;
  readonly partial: boolean;
}

/** Objects that are looked at and sorted rather than found by walking an order. */
const COLLECT_MAX = 10_000;

/** Rows of one step of a walk, doubled from the first to the last value. */
const STEP_ROWS = { first: 512, last: 4_096 };

/** Objects whose texts are read at once. */
const TEXTS_PER_STEP = 256;

const EMPTY: FoundPage = { items: [], next: null, partial: false };

/** Searches and counts on an engine. */
export function createSearches(engine: SearchEngine): {
  search(query: SearchQuery): Promise<FoundPage>;
  count(query: CountQuery): Promise<MatchCount>;
} {
  const statements = searchStatements(engine.dialect);

  /** The narrowest of what narrows, if it is narrow enough. */
  async function driverOf(plan: SearchPlan, workspace: number): Promise<Driver | undefined> {
    const drivers: readonly Driver[] = [
      ...(plan.tokens === undefined ? [] : [{ kind: "tokens", query: plan.tokens } as const]),
      ...plan.ranges.map((range) => ({ kind: "range", range }) as const),
    ];
    let best: Driver | undefined;
    let fewest = COLLECT_MAX + 1;
    for (const driver of drivers) {
      const count = await engine.count(statements.count(driver, workspace, fewest));
      if (count < fewest) {
        fewest = count;
        best = driver;
      }
    }
    return best;
  }

  /** Rows in order, in portions; the last portion is marked as the end. */
  async function* portions(base: Omit<RowQuestion, "limit">, plan: SearchPlan, wanted: number) {
    const driver = await driverOf(plan, base.workspace);
    const { by } = base.sort;
    const stream: TokenQuery | undefined =
      engine.dialect.ordersTokens && by === "updated"
        ? (plan.tokens ?? { kind: "token", token: everyToken(base.workspace) })
        : undefined;
    let after = base.after;
    let limit = driver === undefined ? STEP_ROWS.first : Math.max(wanted + 1, 2);
    for (;;) {
      const question: RowQuestion = { ...base, after, limit };
      const rows = await engine.rows(
        driver !== undefined
          ? statements.collect(question, driver, COLLECT_MAX)
          : stream === undefined
            ? statements.walk(question)
            : statements.stream(question, stream),
      );
      const last = rows.at(-1);
      const isEnd = rows.length < limit || last === undefined;
      yield { rows: rows.filter(({ ok }) => ok), last, isEnd };
      if (isEnd) {
        return;
      }
      after = { key: last.key, change: last.change };
      limit = driver === undefined ? Math.min(limit * 2, STEP_ROWS.last) : limit;
    }
  }

  return {
    async search(query) {
      checkLimit(query.limit, PAGE_ITEMS_MAX);
      checked(query.condition);
      const place = searchPlace(query);
      const deadline = performance.now() + timeoutMsOf(query);
      const workspace = await engine.workspace(query.workspaceId);
      const plan = workspace === undefined ? undefined : searchPlan(query.condition, workspace);
      if (workspace === undefined || plan === undefined || isNever(plan)) {
        return EMPTY;
      }
      const page = createPage(engine, query, deadline);
      const counted = await countedOf(engine, plan, workspace);
      const base = { workspace, ...rest(plan), counted, sort: sortOf(query), after: place };
      for await (const { group, question, groupPlan } of groupsOf(engine, base, plan, place)) {
        for await (const portion of portions(question, groupPlan, page.wanted())) {
          if (await page.take(portion, group)) {
            return page.result();
          }
        }
      }
      return page.result();
    },

    async count(query) {
      checked(query.condition);
      const countMax = countMaxOf(query);
      const deadline = performance.now() + timeoutMsOf(query);
      const workspace = await engine.workspace(query.workspaceId);
      const plan = workspace === undefined ? undefined : searchPlan(query.condition, workspace);
      if (workspace === undefined || plan === undefined || isNever(plan)) {
        return { count: 0, exact: true };
      }
      const { tokens, ranges, filters, isExact } = plan;
      if (isExact && ranges.length === 0 && filters.length === 0) {
        const found =
          tokens === undefined
            ? await engine.objects(workspace)
            : await engine.count(
                statements.count({ kind: "tokens", query: tokens }, workspace, countMax),
              );
        return { count: Math.min(found, countMax), exact: found <= countMax };
      }
      const test = objectTest(query.condition);
      let count = 0;
      const sort = { by: "updated", direction: "descending" } as const;
      const counted = await countedOf(engine, plan, workspace);
      const base = { workspace, ...rest(plan), counted, sort, after: undefined };
      for await (const { rows, isEnd } of portions(base, plan, STEP_ROWS.last)) {
        count += isExact ? rows.length : await countPassing(engine, rows, test);
        if (count > countMax) {
          return { count: countMax, exact: false };
        }
        if (!isEnd && performance.now() > deadline) {
          return { count, exact: false };
        }
      }
      return { count, exact: true };
    },
  };
}

function checked(condition: SearchCondition | undefined): void {
  if (condition !== undefined) {
    checkCondition(condition);
  }
}

function isNever({ filters }: SearchPlan): boolean {
  return filters.some(({ kind }) => kind === "never");
}

function rest({
  tokens,
  ranges,
  filters,
}: SearchPlan): Pick<RowQuestion, "tokens" | "ranges" | "filters"> {
  return { tokens, ranges, filters };
}

/** The numbers of the counted values that a plan asks for. */
async function countedOf(
  engine: SearchEngine,
  { tokens, filters }: SearchPlan,
  workspace: number,
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  const wanted = [
    ...(tokens === undefined ? [] : countedIn(tokens)),
    ...filters.flatMap(countedInFilter),
  ];
  for (const value of wanted) {
    const id = await engine.facet(workspace, value);
    if (id !== undefined) {
      found.set(countedKey(value), id);
    }
  }
  return found;
}

function countedInFilter(filter: RowFilter): readonly CountedValue[] {
  if (filter.kind === "and" || filter.kind === "or") {
    return filter.parts.flatMap(countedInFilter);
  }
  if (filter.kind === "not") {
    return countedInFilter(filter.part);
  }
  return filter.kind === "tokens" ? countedIn(filter.query) : [];
}

function countedIn(query: TokenQuery): readonly CountedValue[] {
  if (query.kind === "and" || query.kind === "or") {
    return query.parts.flatMap(countedIn);
  }
  return query.kind === "token" && query.counted !== undefined ? [query.counted] : [];
}

async function countPassing(
  engine: SearchEngine,
  rows: readonly FoundRow[],
  test: ReturnType<typeof objectTest>,
): Promise<number> {
  let count = 0;
  for (let at = 0; at < rows.length; at += TEXTS_PER_STEP) {
    const part = rows.slice(at, at + TEXTS_PER_STEP);
    count += (await hitsOf(engine, part, test)).length;
  }
  return count;
}

/** The rows that are current and pass, in their order. */
async function hitsOf(
  engine: SearchEngine,
  rows: readonly FoundRow[],
  test: ReturnType<typeof objectTest>,
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
        items.push(...(await hitsOf(engine, part, test)).map(({ hit }) => hit));
        const full = items.length === query.limit;
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

interface Portion {
  readonly rows: readonly FoundRow[];
  readonly last: FoundRow | undefined;
  readonly isEnd: boolean;
}

/** Searches that are sorted by a text of few values go value by value; all others are one group. */
async function* groupsOf(
  engine: SearchEngine,
  base: Omit<RowQuestion, "limit">,
  plan: SearchPlan,
  place: SearchPlace | undefined,
) {
  const { by, direction } = base.sort;
  if (by !== "type" && by !== "source") {
    yield { group: undefined, question: base, groupPlan: plan };
    return;
  }
  const values = [...(await engine.values(base.workspace, by))].sort(compareTexts);
  const ordered = direction === "ascending" ? values : values.reverse();
  const start = place?.group;
  const sign = direction === "ascending" ? 1 : -1;
  for (const group of ordered) {
    if (start !== undefined && sign * compareTexts(group, start) < 0) {
      continue;
    }
    const counted = { field: by, value: group } as const;
    const own: TokenQuery = {
      kind: "token",
      token: exactToken(base.workspace, by, group),
      counted,
    };
    const number = await engine.facet(base.workspace, counted);
    const tokens: TokenQuery =
      plan.tokens === undefined ? own : { kind: "and", parts: [own, plan.tokens] };
    const after = group === start ? place : undefined;
    const sort = { by: "updated", direction } as const;
    const known = new Map([...base.counted, [countedKey(counted), number ?? 0] as const]);
    const question = { ...base, tokens, sort, after, counted: known };
    yield { group, question, groupPlan: { ...plan, tokens } };
  }
}
