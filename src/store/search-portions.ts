/**
 * The rows of a search in their order, a portion at a time: objects that words, values or a range leave are looked at
 * and sorted where they are few; otherwise the order is walked, a bounded number of rows in each step.
 */

import type { SearchPlace } from "./search-cursor.ts";
import type { FoundRow, SearchEngine } from "./search-engine.ts";
import { compareTexts } from "./search-object.ts";
import type { RowFilter, SearchPlan } from "./search-plan.ts";
import type { CountedValue } from "./search-query.ts";
import {
  countedKey,
  type Driver,
  type RowQuestion,
  type SearchStatement,
  searchStatements,
} from "./search-sql.ts";
import { everyToken, exactToken, type TokenQuery } from "./search-tokens.ts";

/** Rows that pass, and where their portion ends. */
export interface Portion {
  readonly rows: readonly FoundRow[];
  /** The last row that was looked at. */
  readonly last: FoundRow | undefined;
  /** Nothing follows. */
  readonly isEnd: boolean;
}

/** A search as it begins; each portion adds its limit. */
export type PortionQuestion = Omit<RowQuestion, "limit">;

/** Objects that are looked at and sorted rather than found by walking an order. */
const COLLECT_MAX = 10_000;

/** Rows of one step of a walk, doubled from the first to the last value. */
export const STEP_ROWS: { readonly first: number; readonly last: number } = {
  first: 512,
  last: 4_096,
};

/** The next rows in order. */
interface PortionReader {
  readonly firstLimit: number;
  readonly lastLimit: number;
  readonly statement: (question: RowQuestion) => SearchStatement;
}

/** @param wanted rows that the caller is likely to take */
export async function* portions(
  engine: SearchEngine,
  base: PortionQuestion,
  wanted: number,
): AsyncGenerator<Portion> {
  const { firstLimit, lastLimit, statement } = await readerOf(engine, base, wanted);
  let after = base.after;
  for (let limit = firstLimit; ; limit = Math.min(limit * 2, lastLimit)) {
    const rows = await engine.rows(statement({ ...base, after, limit }));
    const last = rows.at(-1);
    const isEnd = rows.length < limit || last === undefined;
    yield { rows: rows.filter(({ ok }) => ok), last, isEnd };
    if (isEnd) {
      return;
    }
    after = { key: last.key, change: last.change };
  }
}

async function readerOf(
  engine: SearchEngine,
  base: PortionQuestion,
  wanted: number,
): Promise<PortionReader> {
  const statements = searchStatements(engine.dialect);
  const driver = await driverOf(engine, base);
  if (driver !== undefined) {
    const limit = Math.max(wanted + 1, 2);
    const statement = (question: RowQuestion) => statements.collect(question, driver, COLLECT_MAX);
    return { firstLimit: limit, lastLimit: limit, statement };
  }
  const { first: firstLimit, last: lastLimit } = STEP_ROWS;
  if (!engine.dialect.ordersTokens || base.sort.by !== "updated") {
    return { firstLimit, lastLimit, statement: statements.walk };
  }
  const tokens: TokenQuery = base.tokens ?? everyToken(base.workspace);
  const statement = (question: RowQuestion) => statements.stream(question, tokens);
  return { firstLimit, lastLimit, statement };
}

/** The narrowest of what narrows, if it is narrow enough. */
async function driverOf(
  engine: SearchEngine,
  { tokens, ranges, workspace }: PortionQuestion,
): Promise<Driver | undefined> {
  const statements = searchStatements(engine.dialect);
  const drivers: readonly Driver[] = [
    ...(tokens === undefined ? [] : [{ kind: "tokens", query: tokens } as const]),
    ...ranges.map((range) => ({ kind: "range", range }) as const),
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

/** A part of a search whose objects stand together. */
interface SearchGroup {
  /** The type or source of all of them; undefined where there is one group only. */
  readonly group: string | undefined;
  readonly question: PortionQuestion;
}

/** Searches that are sorted by a text of few values go value by value; all others are one group. */
export async function* groupsOf(
  engine: SearchEngine,
  base: PortionQuestion,
  place: SearchPlace | undefined,
): AsyncGenerator<SearchGroup> {
  const { by, direction } = base.sort;
  if (by !== "type" && by !== "source") {
    yield { group: undefined, question: base };
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
    const own: TokenQuery = { ...exactToken(base.workspace, by, group), counted };
    const number = await engine.facet(base.workspace, counted);
    const tokens: TokenQuery =
      base.tokens === undefined ? own : { kind: "and", parts: [own, base.tokens] };
    const after = group === start ? place : undefined;
    const sort = { by: "updated", direction } as const;
    const known = new Map([...base.counted, [countedKey(counted), number ?? 0] as const]);
    yield { group, question: { ...base, tokens, sort, after, counted: known } };
  }
}

/** The numbers of the counted values that a plan asks for. */
export async function countedOf(
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
