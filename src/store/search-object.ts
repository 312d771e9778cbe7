/**
 * An object as searches see it: the numbers that conditions compare and orders follow, the same for every
 * store. Missing values are numbers, too, so that indexes and cursors need no case for them.
 */

import { searchTextOf } from "../stix/index.ts";
import type { SearchSort } from "./search.ts";
import { textRuns, wordsOf } from "./search-words.ts";
import type { ObjectVersion } from "./store.ts";

/** The columns of a current object that searches compare. Instants as `instantKey` gives them. */
export interface SearchColumns {
  readonly created: number;
  readonly modified: number;
  readonly validFrom: number;
  readonly validUntil: number;
  /** When the current version was ingested, and the oldest one that is kept. */
  readonly updated: number;
  readonly ingested: number;
  /** 0 to 100; -1 where the object has none. */
  readonly confidence: number;
  /** As `nameKey` gives it. */
  readonly name: string;
}

/** An object to be tested; its words are taken from its text when they are asked for. */
export interface SearchedObject {
  readonly version: ObjectVersion;
  readonly columns: SearchColumns;
  words(): ReadonlySet<string>;
  runs(): readonly string[];
}

/** UTF-16 units by which names are sorted: each costs two bytes and a half of every object. */
export const NAME_KEY_LENGTH_MAX = 40;

/** Milliseconds from the year 1 to 1970: so every instant is above 0, which stands for none. */
const YEAR_ONE_MS = 62_135_596_800_000;

/** No confidence. */
const UNSURE = -1;

/** RFC 3339 with a zone, as STIX has it; a leap second counts as the one before. */
const INSTANT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:)(\d\d)(\.\d{1,9}\d*)?(Z|[+-]\d\d:\d\d)$/i;

/** Almost every instant is like this, which needs no taking apart. */
const PLAIN_INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:[0-5]\d(?:\.\d+)?Z$/;

/** An instant in milliseconds, above 0; 0 for null and for what is no instant. */
export function instantKey(text: string | null): number {
  // One instant is often that of several properties, or of all objects of a request.
  if (text === lastInstant.text) {
    return lastInstant.key;
  }
  const key = parsedInstant(text);
  lastInstant.text = text;
  lastInstant.key = key;
  return key;
}

const lastInstant: { text: string | null; key: number } = { text: null, key: 0 };

function parsedInstant(text: string | null): number {
  if (text !== null && PLAIN_INSTANT.test(text)) {
    return keyOfMs(Date.parse(text));
  }
  const parts = text === null ? null : INSTANT.exec(text);
  if (parts === null) {
    return 0;
  }
  const [, minutes, seconds, fraction = "", zone] = parts;
  return keyOfMs(Date.parse(`${minutes}${seconds === "60" ? "59" : seconds}${fraction}${zone}`));
}

function keyOfMs(ms: number): number {
  return Number.isNaN(ms) ? 0 : Math.max(ms + YEAR_ONE_MS, 1);
}

/** Undoes `instantKey`. */
export function instantText(key: number): string {
  return new Date(key - YEAR_ONE_MS).toISOString();
}

/** What names are sorted and found by: lower case, a bounded length, nothing that a database refuses. */
export function nameKey(name: string | null): string {
  if (name === null) {
    return "";
  }
  const text = name.slice(0, 4 * NAME_KEY_LENGTH_MAX).toLowerCase();
  return text.slice(0, NAME_KEY_LENGTH_MAX).toWellFormed().replaceAll("\u0000", "");
}

/** @param ingested the instant of the oldest version that is kept, as `instantKey` gives it */
export function searchColumns(
  { facts, ingestedAt }: Pick<ObjectVersion, "facts" | "ingestedAt">,
  ingested: number,
): SearchColumns {
  return {
    created: instantKey(facts.created),
    modified: instantKey(facts.modified),
    validFrom: instantKey(facts.validFrom),
    validUntil: instantKey(facts.validUntil),
    updated: instantKey(ingestedAt),
    ingested,
    confidence: facts.confidence ?? UNSURE,
    name: nameKey(facts.name),
  };
}

/** The text that an object is searched by; empty where its record isn't JSON. */
function searchedText(json: string): string {
  try {
    return searchTextOf(JSON.parse(json));
  } catch {
    return "";
  }
}

/** Makes an object testable. */
export function searchedObject(version: ObjectVersion, firstIngestedAt: string): SearchedObject {
  let text: string | undefined;
  let words: ReadonlySet<string> | undefined;
  const textOf = (): string => (text ??= searchedText(version.json));
  return {
    version,
    columns: searchColumns(version, instantKey(firstIngestedAt)),
    words: () => (words ??= wordsOf(textOf())),
    runs: () => textRuns(textOf()),
  };
}

/** A place in an order: a rank, and the change that decides between equal ranks. */
export interface SortPlace {
  readonly key: number | string;
  readonly change: number;
}

/** Columns by the orders that follow them; the others follow texts, numbers of changes or of objects. */
export const SORT_COLUMN: {
  readonly [Sort in SearchSort]?: keyof SearchColumns;
} = {
  created: "created",
  modified: "modified",
  valid_from: "validFrom",
  valid_until: "validUntil",
  confidence: "confidence",
  name: "name",
};

/** Texts in the order of their UTF-8 bytes, which databases keep, too. */
export function compareTexts(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
