/**
 * Gathers the tokens of a batch of objects in memory, as the index of words wants them: each once, with its places,
 * in the order of their bytes. Most of what an object has alone (its id, its value) is hashed and sorted as numbers;
 * other tokens recur, as do whole texts (descriptions, labels), whose words are remembered.
 */

import type { SearchColumns } from "../search-object.ts";
import { type ExactText, eachExact, type TokenSource } from "../search-tokens.ts";
import { WORDS_MAX, wordsOf } from "../search-words.ts";
import type { KeyHash } from "./key-hash.ts";
import { TOKEN_BYTES_MAX } from "./word-block.ts";
import {
  EXACT_KINDS,
  exactPrefix,
  type OrderColumn,
  orderPrefix,
  RUN_ORDERS,
  wordPrefix,
  writeNumber,
} from "./word-tokens.ts";

/** What the index of words takes of an object. */
export interface WordedObject {
  readonly workspace: number;
  /** Higher than those before it. */
  readonly change: number;
  /** In the order of their weight: the first words count. */
  readonly texts: readonly string[];
  readonly exact: TokenSource;
  /** What orders follow. */
  readonly columns: SearchColumns;
}

/** Tokens in order; the first `length` bytes are the token, valid during the call. */
export type PutToken = (token: Uint8Array, length: number, places: ArrayLike<number>) => void;

/** The objects of a batch. */
export interface WordBatch {
  add(object: WordedObject): void;
  objects(): number;
  /** The change that places are counted from, and the last one. */
  first(): number;
  last(): number;
  /** Hands everything over, and begins anew. */
  drain(put: PutToken): void;
  /** Begins anew. */
  forget(): void;
}

/** Words and texts that recur, remembered before all are forgotten: feeds bring new ones without end. */
const REMEMBERED_MAX = 50_000;

/** A text that has been met more than once, and its places in this batch. */
interface Recurring {
  readonly text: string;
  /** 0 for words. */
  readonly hash: number;
  places: number[];
}

/** Tokens of one kind in one workspace. */
interface Group {
  /** What its tokens begin with; no group's is the beginning of another's. */
  readonly prefix: string;
  readonly isHashed: boolean;
  /** Met once in this batch, with its place. */
  readonly single: Map<string, number>;
  readonly recurring: Map<string, Recurring>;
  /** Hash, place, hash, place…: of texts that aren't compared with those before. */
  own: number[];
}

interface Space {
  readonly words: Group;
  readonly exact: { readonly [Kind in ExactText["kind"]]: Group };
  readonly orders: { readonly [Column in OrderColumn]: Group };
  readonly groups: readonly Group[];
  /** Texts that have been met in this batch, and the words of those that recur. */
  readonly met: Set<string>;
  readonly texts: Map<string, readonly Recurring[]>;
}

/** An empty batch. */
export function createWordBatch(hashOf: KeyHash): WordBatch {
  const spaces = new Map<number, Space>();
  let first = 0;
  let last = 0;
  let objects = 0;

  function spaceOf(workspace: number): Space {
    const known = spaces.get(workspace) ?? emptySpace(workspace);
    spaces.set(workspace, known);
    return known;
  }

  function begin(): void {
    objects = 0;
    let remembered = 0;
    for (const { groups, met, texts } of spaces.values()) {
      met.clear();
      remembered += texts.size;
      for (const group of groups) {
        remembered += group.recurring.size;
        group.single.clear();
        group.own = [];
        for (const each of group.recurring.values()) {
          each.places = [];
        }
      }
    }
    if (remembered > REMEMBERED_MAX) {
      spaces.clear();
    }
  }

  return {
    objects: () => objects,
    first: () => first,
    last: () => last,

    add({ workspace, change, texts, exact, columns }) {
      if (objects === 0) {
        first = change;
      }
      objects += 1;
      last = change;
      const place = change - first;
      const space = spaceOf(workspace);
      addTexts(space, texts, place);
      addRanks(space, columns, place);
      eachExact(exact, (kind, text) => {
        if (EXACT_KINDS[kind].isOwn) {
          space.exact[kind].own.push(hashOf(text), place);
        } else {
          addText(space.exact[kind], text, { place, hashOf });
        }
      });
    },

    drain(put) {
      const groups = [...spaces.values()].flatMap((space) => space.groups);
      groups.sort((one, other) => (one.prefix < other.prefix ? -1 : 1));
      for (const group of groups) {
        if (group.isHashed) {
          drainHashes(group, hashOf, put);
        } else {
          drainWords(group, put);
        }
      }
      begin();
    },

    forget() {
      spaces.clear();
      begin();
    },
  };
}

const ORDERS = Object.keys(RUN_ORDERS) as OrderColumn[];

function addRanks({ orders }: Space, columns: SearchColumns, place: number): void {
  for (const column of ORDERS) {
    const rank = RUN_ORDERS[column].rank(columns);
    if (typeof rank === "number") {
      orders[column].own.push(rank, place);
    } else {
      addText(orders[column], rank, { place });
    }
  }
}

function emptySpace(workspace: number): Space {
  const group = (prefix: string, isHashed: boolean): Group => {
    return { prefix, isHashed, single: new Map(), recurring: new Map(), own: [] };
  };
  const kinds = Object.keys(EXACT_KINDS) as ExactText["kind"][];
  const exact = Object.fromEntries(
    kinds.map((kind) => [kind, group(exactPrefix(workspace, kind), true)]),
  ) as Space["exact"];
  const words = group(wordPrefix(workspace), false);
  const orders = Object.fromEntries(
    ORDERS.map((column) => [column, group(orderPrefix(workspace, column), column !== "name")]),
  ) as Space["orders"];
  const groups = [words, ...Object.values(exact), ...Object.values(orders)];
  return { words, exact, orders, groups, met: new Set(), texts: new Map() };
}

function addTexts(space: Space, texts: readonly string[], place: number): void {
  let left = WORDS_MAX;
  for (const text of texts) {
    const known = space.texts.get(text) ?? remembered(space, text);
    left -=
      known === undefined
        ? addWords(space.words, text, { place, left })
        : addKnown(known, place, left);
  }
}

/** How many words the object didn't have yet, of which `left` are taken. */
function addWords(
  words: Group,
  text: string,
  { place, left }: { readonly place: number; readonly left: number },
): number {
  let added = 0;
  for (const word of wordsOf(text)) {
    if (added === left) {
      return added;
    }
    added += addText(words, wellFormed(word), { place }) ? 1 : 0;
  }
  return added;
}

function addKnown(words: readonly Recurring[], place: number, left: number): number {
  let added = 0;
  for (const word of words) {
    if (added === left) {
      return added;
    }
    added += addPlace(word, place) ? 1 : 0;
  }
  return added;
}

/** The words of a text that is met for the second time, from then on remembered. */
function remembered({ words, met, texts }: Space, text: string): readonly Recurring[] | undefined {
  if (!met.has(text)) {
    met.add(text);
    return undefined;
  }
  const known = [...wordsOf(text)].map((word) => recurringOf(words, wellFormed(word), 0));
  texts.set(text, known);
  return known;
}

function recurringOf({ single, recurring }: Group, text: string, hash: number): Recurring {
  const known = recurring.get(text);
  if (known !== undefined) {
    return known;
  }
  const place = single.get(text);
  single.delete(text);
  const made: Recurring = { text, hash, places: place === undefined ? [] : [place] };
  recurring.set(text, made);
  return made;
}

/** Whether the object didn't have it yet. */
function addPlace({ places }: Recurring, place: number): boolean {
  if (places[places.length - 1] === place) {
    return false;
  }
  places.push(place);
  return true;
}

/** @param hashOf of texts that are hashed */
function addText(
  group: Group,
  text: string,
  { place, hashOf }: { readonly place: number; readonly hashOf?: KeyHash },
): boolean {
  const known = group.recurring.get(text);
  if (known !== undefined) {
    return addPlace(known, place);
  }
  const before = group.single.get(text);
  if (before === undefined) {
    group.single.set(text, place);
    return true;
  }
  return before !== place && addPlace(recurringOf(group, text, hashOf?.(text) ?? 0), place);
}

/** Bytes can't hold half of a surrogate pair. */
function wellFormed(word: string): string {
  return word.isWellFormed() ? word : word.toWellFormed();
}

const SURROGATE = /[\ud800-\udfff]/;

function drainWords({ prefix, single, recurring }: Group, put: PutToken): void {
  const words = [...single.keys()];
  for (const { text, places } of recurring.values()) {
    if (places.length > 0) {
      words.push(text);
    }
  }
  words.sort();
  if (words.some((word) => SURROGATE.test(word))) {
    // Only these stand elsewhere in the order of their bytes.
    words.sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
  }
  const token = Buffer.alloc(TOKEN_BYTES_MAX);
  const start = token.write(prefix);
  const alone = [0];
  for (const word of words) {
    const length = start + writeWord(token, start, word);
    const place = single.get(word);
    if (place === undefined) {
      put(token, length, recurring.get(word)?.places ?? []);
    } else {
      alone[0] = place;
      put(token, length, alone);
    }
  }
}

const ASCII_END = 0x80;

/** Writes UTF-8; for ASCII, as almost every word is, without a call. */
function writeWord(bytes: Buffer, start: number, word: string): number {
  for (let at = 0; at < word.length; at += 1) {
    const code = word.charCodeAt(at);
    if (code >= ASCII_END) {
      return bytes.write(word, start);
    }
    bytes[start + at] = code;
  }
  return word.length;
}

/** Some of what a hash stands for; texts of one hash are one token. */
interface Hashed {
  readonly hash: number;
  readonly places: readonly number[];
}

function drainHashes(group: Group, hashOf: KeyHash, put: PutToken): void {
  const { prefix } = group;
  const token = Buffer.alloc(TOKEN_BYTES_MAX);
  const start = token.write(prefix);
  let places: number[] = [];
  const sorted = hashesOf(group, hashOf).sort(
    (one, other) => one.hash - other.hash || (one.places[0] ?? 0) - (other.places[0] ?? 0),
  );
  for (const [at, { hash, places: more }] of sorted.entries()) {
    places = together(places, more);
    if (sorted[at + 1]?.hash !== hash) {
      put(token, writeNumber(token, start, hash), places);
      places = [];
    }
  }
}

function hashesOf({ own, single, recurring }: Group, hashOf: KeyHash): Hashed[] {
  const hashes: Hashed[] = [];
  for (let at = 0; at < own.length; at += 2) {
    hashes.push({ hash: own[at] ?? 0, places: [own[at + 1] ?? 0] });
  }
  for (const [text, place] of single) {
    hashes.push({ hash: hashOf(text), places: [place] });
  }
  for (const each of recurring.values()) {
    if (each.places.length > 0) {
      hashes.push(each);
    }
  }
  return hashes;
}

/** Adds places to others: behind them, as they almost always are, or anywhere. */
function together(places: number[], more: readonly number[]): number[] {
  if ((places[places.length - 1] ?? -1) >= (more[0] ?? 0)) {
    return [...new Set([...places, ...more])].sort((a, b) => a - b);
  }
  for (const place of more) {
    places.push(place);
  }
  return places;
}
