/**
 * Asks the index of words which objects have tokens, run by run: what is wanted of the newest objects is found in the
 * newest runs, however many there are. What a run answers is remembered, since a run never changes. Objects
 * that have been replaced are among the answers: they are no longer in the table of found objects.
 */

import type { DatabaseSync } from "node:sqlite";
import type { TokenQuery } from "../search-tokens.ts";
import type { KeyHash } from "./key-hash.ts";
import { type BlockReader, compareTokens, readBlock } from "./word-block.ts";
import { createRunList, type KnownRun } from "./word-run-list.ts";
import { runHolding } from "./word-runs.ts";
import { exactToken } from "./word-tokens.ts";

/** Changes of objects with tokens, in order. */
interface WordPage {
  readonly after: number;
  readonly ascending: boolean;
  readonly limit: number;
}

/** Answers questions in the form of `wordQuery`; each is to be called within one snapshot of the database. */
export interface WordReader {
  /** The changes behind a place. */
  changes(query: string, page: WordPage): readonly number[];
  has(query: string, change: number): boolean;
  /** How many objects that are found have the tokens, up to a limit. */
  count(query: string, limit: number): number;
}

/** A question about tokens, whose bytes are written in hexadecimal. */
type WordQuery =
  | { readonly kind: "token" | "prefix"; readonly token: string }
  | { readonly kind: "and" | "or"; readonly parts: readonly WordQuery[] };

/** A question as a text, which statements can be given. */
export function wordQuery(query: TokenQuery, hashOf: KeyHash): string {
  return JSON.stringify(hashedQuery(query, hashOf));
}

function hashedQuery(query: TokenQuery, hashOf: KeyHash): WordQuery {
  if (query.kind === "token" || query.kind === "prefix") {
    const exact = query.kind === "token" ? query.exact : undefined;
    const token = exact === undefined ? Buffer.from(query.token) : exactToken(exact, hashOf);
    return { kind: query.kind, token: token.toString("hex") };
  }
  return { kind: query.kind, parts: query.parts.map((part) => hashedQuery(part, hashOf)) };
}

/** Places that are remembered, 4 bytes each. */
const REMEMBERED_PLACES_MAX = 2_000_000;

/** Questions that are remembered. */
const REMEMBERED_QUERIES_MAX = 100;

/** Ascending, each once. */
type Places = Int32Array<ArrayBuffer>;

const NOWHERE: Places = new Int32Array(0);

/** A question that is remembered, with the answers of runs. */
interface KnownQuery {
  readonly query: WordQuery;
  readonly answers: Map<number, Places>;
}

/** Prepares the reads on a connection. */
export function createWordReader(database: DatabaseSync): WordReader {
  const known = createRunList(database);
  const found = database.prepare("SELECT 1 FROM found WHERE change = ?");
  const answerOf = createAnswers(database);
  const queries = new Map<string, KnownQuery>();
  let remembered = 0;

  function queryOf(text: string): KnownQuery {
    const before = queries.get(text);
    if (before !== undefined) {
      return before;
    }
    if (queries.size >= REMEMBERED_QUERIES_MAX || remembered > REMEMBERED_PLACES_MAX) {
      queries.clear();
      remembered = 0;
    }
    const made = { query: JSON.parse(text) as WordQuery, answers: new Map<number, Places>() };
    queries.set(text, made);
    return made;
  }

  function placesIn(run: KnownRun, { query, answers }: KnownQuery): Places {
    const before = answers.get(run.id);
    if (before !== undefined) {
      return before;
    }
    const places = answerOf(run, query);
    remembered += places.length;
    answers.set(run.id, places);
    return places;
  }

  function foundIn(run: KnownRun, places: Places, limit: number): number {
    let count = 0;
    for (let at = 0; at < places.length && count < limit; at += 1) {
      count += found.get(run.first + (places[at] ?? 0)) === undefined ? 0 : 1;
    }
    return count;
  }

  return {
    changes(text, page) {
      const query = queryOf(text);
      const changes: number[] = [];
      for (const run of page.ascending ? known() : known().toReversed()) {
        const isPassed = page.ascending ? run.last <= page.after : run.first >= page.after;
        if (!isPassed) {
          addChanges(changes, { run, places: placesIn(run, query) }, page);
        }
        if (changes.length >= page.limit) {
          break;
        }
      }
      return changes;
    },

    count(text, limit) {
      const query = queryOf(text);
      let count = 0;
      for (const run of known()) {
        const places = placesIn(run, query);
        count += run.gone === 0 ? places.length : foundIn(run, places, limit - count);
        if (count >= limit) {
          return limit;
        }
      }
      return count;
    },

    has(text, change) {
      const run = runHolding(known(), change);
      if (run === undefined) {
        return false;
      }
      const places = placesIn(run, queryOf(text));
      const place = change - run.first;
      return places[placeBehind(places, place) - 1] === place;
    },
  };
}

/** Adds the changes of a run that belong to a page, as long as there is room. */
function addChanges(
  changes: number[],
  { run, places }: { readonly run: KnownRun; readonly places: Places },
  { after, ascending, limit }: WordPage,
): void {
  const step = ascending ? 1 : -1;
  let at = ascending
    ? placeBehind(places, after - run.first)
    : placeBehind(places, after - run.first - 1) - 1;
  for (; at >= 0 && at < places.length && changes.length < limit; at += step) {
    changes.push(run.first + (places[at] ?? 0));
  }
}

/** How many places are at most this one. */
function placeBehind(places: Places, place: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((places[middle] ?? 0) <= place) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** Prepares a function that says where in a run objects with tokens are. */
function createAnswers(database: DatabaseSync): (run: KnownRun, query: WordQuery) => Places {
  const holding = database.prepare(
    `SELECT first, data FROM word_block WHERE run = ? AND first <= ?
      ORDER BY first DESC LIMIT 1`,
  );
  const following = database.prepare(
    "SELECT data FROM word_block WHERE run = ? AND first >= ? ORDER BY first",
  );

  function withToken(run: KnownRun, token: Buffer): Places {
    const data = holding.get(run.id, token)?.["data"];
    const block = readBlock(data instanceof Uint8Array ? data : new Uint8Array(0));
    while (block.next()) {
      const order = compareTokens(block.token, block.length, token, token.length);
      if (order === 0) {
        const places: number[] = [];
        block.take(0, places);
        return Int32Array.from(places);
      }
      if (order > 0) {
        break;
      }
      block.skip();
    }
    return NOWHERE;
  }

  function withPrefix(run: KnownRun, prefix: Buffer): Places {
    const first = holding.get(run.id, prefix)?.["first"];
    const start = first instanceof Uint8Array ? first : prefix;
    const places: number[] = [];
    for (const { data } of following.iterate(run.id, start)) {
      if (takeBeginning(readBlock(data as Uint8Array), prefix, places)) {
        break;
      }
    }
    return eachOnce(places, run.last - run.first + 1);
  }

  function answerOf(run: KnownRun, query: WordQuery): Places {
    switch (query.kind) {
      case "token":
        return withToken(run, Buffer.from(query.token, "hex"));
      case "prefix":
        return withPrefix(run, Buffer.from(query.token, "hex"));
      case "or": {
        const places = query.parts.flatMap((part) => [...answerOf(run, part)]);
        return eachOnce(places, run.last - run.first + 1);
      }
      default:
        return everywhere(query.parts, (part) => answerOf(run, part));
    }
  }

  return answerOf;
}

/** What costs least and leaves least comes first: where it is nowhere, the others needn't be looked up. */
const COST = { token: 0, and: 1, or: 2, prefix: 3 };

function everywhere(parts: readonly WordQuery[], answerOf: (part: WordQuery) => Places): Places {
  let left: Places | undefined;
  for (const part of parts.toSorted((one, other) => COST[one.kind] - COST[other.kind])) {
    const places = answerOf(part);
    left = left === undefined ? places : inBoth(left, places);
    if (left.length === 0) {
      return NOWHERE;
    }
  }
  return left ?? NOWHERE;
}

function inBoth(one: Places, other: Places): Places {
  const both = new Int32Array(Math.min(one.length, other.length));
  let end = 0;
  let at = 0;
  for (const place of one) {
    while ((other[at] ?? place) < place) {
      at += 1;
    }
    if (other[at] === place) {
      both[end] = place;
      end += 1;
    }
  }
  return both.slice(0, end);
}

/** Takes the places of tokens with a beginning; true when what follows in the run can't have it. */
function takeBeginning(block: BlockReader, prefix: Buffer, places: number[]): boolean {
  while (block.next()) {
    const length = Math.min(block.length, prefix.length);
    const order = compareTokens(block.token, length, prefix, prefix.length);
    if (order > 0) {
      return true;
    }
    if (order === 0) {
      block.take(0, places);
    } else {
      block.skip();
    }
  }
  return false;
}

/** A range of so many times as many places is sorted rather than marked. */
const SPARSE = 32;

/** Places in order, each once. @param range above all of them */
function eachOnce(places: readonly number[], range: number): Places {
  if (places.length * SPARSE < range) {
    return Int32Array.from(places)
      .sort()
      .filter((place, at, sorted) => at === 0 || place !== sorted[at - 1]);
  }
  const marks = new Uint8Array(range);
  let count = 0;
  for (const place of places) {
    count += 1 - (marks[place] ?? 0);
    marks[place] = 1;
  }
  const found = new Int32Array(count);
  let end = 0;
  for (let place = 0; end < count; place += 1) {
    if (marks[place] === 1) {
      found[end] = place;
      end += 1;
    }
  }
  return found;
}
