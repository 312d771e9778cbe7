/**
 * The words of text in lower case that is ASCII, as almost all is: one pass over its characters, since regular
 * expressions cost several times as much as everything else that an object takes on its way to the index. What
 * the words are is told in `search-words.ts`, whose results these equal.
 */

/** What a character is; letters and digits come last. */
const KIND = { betweenChunks: 0, betweenPieces: 1, dot: 2, punctuation: 3, letter: 4, digit: 5 };

const ASCII_SIZE = 128;

const KINDS = kindsOfCharacters();

function kindsOfCharacters(): Uint8Array {
  const kinds = new Uint8Array(ASCII_SIZE).fill(KIND.betweenChunks);
  const mark = (characters: string, kind: number): void => {
    for (const character of characters) {
      kinds[character.charCodeAt(0)] = kind;
    }
  };
  mark("/\\@?&:=#%$*!^", KIND.betweenPieces);
  mark(".", KIND.dot);
  mark("+-_~", KIND.punctuation);
  mark("abcdefghijklmnopqrstuvwxyz", KIND.letter);
  mark("ABCDEFGHIJKLMNOPQRSTUVWXYZ", KIND.letter);
  mark("0123456789", KIND.digit);
  return kinds;
}

/** Whether these functions can be asked. */
export function isAscii(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are ASCII.
  return !/[^\u0000-\u007f]/.test(text);
}

/** A bounded set of words. */
export interface WordSet {
  /** Nothing more is taken. */
  isFull(): boolean;
  add(word: string): void;
}

/** Tails of one piece: names of hosts have rarely more parts. */
export const TAILS_MAX = 6;

/** @param text ASCII, in lower case */
export function addAsciiWords(words: WordSet, text: string): void {
  let start = 0;
  let isPlain = true;
  for (let at = 0; at <= text.length; at += 1) {
    const kind = kindAt(text, at);
    if (kind === KIND.betweenChunks) {
      if (isPlain && at > start) {
        words.add(text.slice(start, at));
      } else if (at > start) {
        addChunk(words, text, start, at);
      }
      if (words.isFull()) {
        return;
      }
      start = at + 1;
      isPlain = true;
    } else if (kind < KIND.letter) {
      isPlain = false;
    }
  }
}

/** Behind the end nothing belongs together. */
function kindAt(text: string, at: number): number {
  return at < text.length ? (KINDS[text.charCodeAt(at)] ?? 0) : KIND.betweenChunks;
}

function isWordCharacter(text: string, at: number): boolean {
  return kindAt(text, at) >= KIND.letter;
}

/** The first place of a letter or digit, at most `end`. */
function wordStart(text: string, from: number, end: number): number {
  let start = from;
  while (start < end && !isWordCharacter(text, start)) {
    start += 1;
  }
  return start;
}

/** The place behind the last letter or digit, at least `start`. */
function wordEnd(text: string, start: number, to: number): number {
  let end = to;
  while (end > start && !isWordCharacter(text, end - 1)) {
    end -= 1;
  }
  return end;
}

function addChunk(words: WordSet, text: string, from: number, to: number): void {
  const start = wordStart(text, from, to);
  const end = wordEnd(text, start, to);
  if (start === end) {
    return;
  }
  words.add(text.slice(start, end));
  let pieceStart = start;
  for (let at = start; at <= end; at += 1) {
    if (at === end || kindAt(text, at) === KIND.betweenPieces) {
      const first = wordStart(text, pieceStart, at);
      const last = wordEnd(text, first, at);
      if (first < last) {
        addPiece(words, text, first, last);
      }
      pieceStart = at + 1;
    }
  }
}

function addPiece(words: WordSet, text: string, start: number, end: number): void {
  words.add(text.slice(start, end));
  if (isNumberWithDots(text, start, end)) {
    return;
  }
  let tails = 0;
  for (let at = start; at < end && tails < TAILS_MAX; at += 1) {
    if (kindAt(text, at) === KIND.dot) {
      words.add(text.slice(wordStart(text, at, end), end));
      tails += 1;
    }
  }
  let runStart = start;
  for (let at = start; at <= end; at += 1) {
    if (at === end || !isWordCharacter(text, at)) {
      if (at > runStart) {
        words.add(text.slice(runStart, at));
      }
      runStart = at + 1;
    }
  }
}

function isNumberWithDots(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const kind = kindAt(text, at);
    if (kind !== KIND.digit && kind !== KIND.dot) {
      return false;
    }
  }
  return true;
}
