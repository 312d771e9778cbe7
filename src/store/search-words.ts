/**
 * The words of a text, the same for every store. A chunk is what stands between white space, quotes, brackets
 * and commas, without punctuation at its ends, in lower case; accents stay as they come.
 *
 *     chunk  https://login.example.net/verify?id=7      a word as it stands
 *     piece  https  login.example.net  verify  id  7    between / \ @ ? & : = # % $ * ! ^
 *     tail   example.net                                of a piece with dots that isn't a number
 *     run    login  example  net                        letters and digits of a piece, but of no number
 *
 * So an address, a host, a hash or `CVE-2024-3094` is found whole, a host by its domain, and everything by its
 * plain words; `1.2.` finds an address by its beginning where a star follows.
 */

import { addAsciiWords, isAscii, TAILS_MAX, type WordSet } from "./search-ascii.ts";

/** Words of one object: a page of prose has fewer, and each costs room in the index. */
export const WORDS_MAX = 400;

/** UTF-16 units of a word: SHA-512 in hexadecimal. Longer ones are cut, here and in what is asked. */
const WORD_LENGTH_MAX = 128;

/** Terms of one question. */
const TERMS_MAX = 32;

const BETWEEN_CHUNKS = /[\s\p{C}"'`\u2018-\u201f\u00ab\u00bb<>()[\]{}|,;]+/u;
const BETWEEN_PIECES = /[/\\@?&:=#%$*!^]+/u;
const PUNCTUATION_AT_ENDS = /^[\p{P}\p{S}]+|[\p{P}\p{S}]+$/gu;
const RUNS = /[\p{L}\p{N}\p{M}]+/gu;
const PLAIN = /^[\p{L}\p{N}\p{M}]*$/u;
const NUMBER_WITH_DOTS = /^[\d.]+$/;

/** What one part of a question asks for. */
export type TextTerm =
  | { readonly kind: "word"; readonly word: string }
  | { readonly kind: "prefix"; readonly word: string }
  /** Runs one after the other; `words` are those that a text with them certainly has. */
  | {
      readonly kind: "phrase";
      readonly runs: readonly string[];
      readonly words: readonly string[];
    };

/** The words of a text, each once. */
export function wordsOf(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  const words: WordSet = {
    isFull: () => found.size >= WORDS_MAX,
    add(word) {
      if (word !== "" && found.size < WORDS_MAX) {
        found.add(word.length > WORD_LENGTH_MAX ? word.slice(0, WORD_LENGTH_MAX) : word);
      }
    },
  };
  const lower = text.toLowerCase();
  if (isAscii(lower)) {
    addAsciiWords(words, lower);
    return found;
  }
  for (const chunk of lower.split(BETWEEN_CHUNKS)) {
    if (words.isFull()) {
      break;
    }
    if (isAscii(chunk)) {
      addAsciiWords(words, chunk);
    } else if (PLAIN.test(chunk)) {
      words.add(chunk);
    } else {
      addChunk(words, chunk.replaceAll(PUNCTUATION_AT_ENDS, ""));
    }
  }
  return found;
}

function addChunk(words: WordSet, chunk: string): void {
  words.add(chunk);
  for (const piece of piecesOf(chunk)) {
    words.add(piece);
    if (NUMBER_WITH_DOTS.test(piece)) {
      continue;
    }
    let tails = 0;
    for (let at = piece.indexOf("."); at !== -1 && tails < TAILS_MAX; tails += 1) {
      words.add(piece.slice(at + 1).replaceAll(PUNCTUATION_AT_ENDS, ""));
      at = piece.indexOf(".", at + 1);
    }
    for (const run of runsOf(piece)) {
      words.add(run);
    }
  }
}

function piecesOf(chunk: string): readonly string[] {
  return chunk
    .split(BETWEEN_PIECES)
    .map((piece) => piece.replaceAll(PUNCTUATION_AT_ENDS, ""))
    .filter((piece) => piece !== "");
}

function runsOf(text: string): readonly string[] {
  return text.match(RUNS) ?? [];
}

/** Letters and digits of a text in their order, for finding phrases in. */
export function textRuns(text: string): readonly string[] {
  return runsOf(text.toLowerCase());
}

/** The terms of a question; undefined when there are too many. None when it holds no word. */
export function textTerms(question: string): readonly TextTerm[] | undefined {
  const terms: TextTerm[] = [];
  for (const [, phrase, chunk = ""] of question.matchAll(/"([^"]*)"?|([^\s"]+)/gu)) {
    const term = phrase === undefined ? chunkTerm(chunk) : phraseTerm(phrase);
    terms.push(...(term === undefined ? [] : [term]));
    if (terms.length > TERMS_MAX) {
      return undefined;
    }
  }
  return terms;
}

function chunkTerm(given: string): TextTerm | undefined {
  const isPrefix = given.endsWith("*");
  const chunk = given.toLowerCase();
  if (isPrefix) {
    // A dot at the end tells `1.2.*` from `1.2*`, so only punctuation at the beginning goes.
    const word = chunk.replace(/\*+$/, "").replace(/^[\p{P}\p{S}]+/u, "");
    return word === "" || BETWEEN_CHUNKS.test(word)
      ? phraseTerm(word)
      : { kind: "prefix", word: word.slice(0, WORD_LENGTH_MAX) };
  }
  const word = chunk.replaceAll(PUNCTUATION_AT_ENDS, "");
  if (word === "") {
    return undefined;
  }
  return BETWEEN_PIECES.test(word) || BETWEEN_CHUNKS.test(word)
    ? phraseTerm(word)
    : { kind: "word", word: word.slice(0, WORD_LENGTH_MAX) };
}

function phraseTerm(phrase: string): TextTerm | undefined {
  const text = phrase.toLowerCase();
  const runs = runsOf(text);
  if (runs.length === 0) {
    return undefined;
  }
  const pieces = text.split(BETWEEN_CHUNKS).flatMap(piecesOf);
  const words = pieces.flatMap((piece) => (NUMBER_WITH_DOTS.test(piece) ? piece : runsOf(piece)));
  return { kind: "phrase", runs, words: words.map((word) => word.slice(0, WORD_LENGTH_MAX)) };
}

/** Whether runs contain those of a phrase, one after the other. */
export function containsPhrase(runs: readonly string[], phrase: readonly string[]): boolean {
  const [first] = phrase;
  for (let at = 0; first !== undefined && at + phrase.length <= runs.length; at += 1) {
    if (runs[at] === first && phrase.every((run, place) => runs[at + place] === run)) {
      return true;
    }
  }
  return false;
}
