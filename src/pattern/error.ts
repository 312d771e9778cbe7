/**
 * Turns the place of a syntax fault into what a person needs: line, column, what was expected, what was found.
 */
import { isWhiteSpace, isWordPart, isWordStart } from "./characters.ts";
import type { Failure } from "./scan.ts";

/** The first syntax fault of a pattern. */
export interface PatternError {
  /** UTF-16 units from the beginning. */
  readonly offset: number;
  /** Counted from 1; a line ends with a line feed. */
  readonly line: number;
  /** Characters (code points) from the beginning of the line, counted from 1. */
  readonly column: number;
  readonly expected: string;
  /** The token at the offset, cut to 40 characters; empty at the end of the pattern. */
  readonly found: string;
  /** One line of text for people. */
  readonly message: string;
}

const FOUND_LENGTH_MAX = 40;
const OTHER_QUOTES = '"`\u2018\u2019\u201c\u201d';
const UPPER_CASE_WORDS: ReadonlySet<string> = new Set(
  "and or not followedby like matches issuperset issubset exists in start stop seconds within repeats times".split(
    " ",
  ),
);

/** Describes a failure of the parser in its text. */
export function patternErrorOf(text: string, failure: Failure): PatternError {
  const { offset, expected } = failure;
  const lineStart = offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
  const line = countOf(text, "\n", lineStart) + 1;
  const column = codePointsBetween(text, lineStart, offset) + 1;
  const found = tokenAt(text, offset);
  const place = line === 1 ? `column ${column}` : `line ${line}, column ${column}`;
  const what = found === "" ? "the end of the pattern" : `"${printable(found)}"`;
  const message = `expected ${expected} at ${place}, found ${what}${hintFor(found)}`;
  return { offset, line, column, expected, found, message };
}

/** Says what usually went wrong where such a token stands. */
function hintFor(found: string): string {
  if (found !== "" && OTHER_QUOTES.includes(found.charAt(0))) {
    return " (strings stand in plain apostrophes: '...')";
  }
  return UPPER_CASE_WORDS.has(found.toLowerCase()) && found !== found.toUpperCase()
    ? " (keywords are written in capitals)"
    : "";
}

/** The word, the run of digits, or the single character at an offset. */
function tokenAt(text: string, offset: number): string {
  const code = text.charCodeAt(offset);
  const limit = Math.min(text.length, offset + FOUND_LENGTH_MAX);
  let end = offset;
  const isWord = isWordPart(code);
  while (end < limit && isWord && isWordPart(text.charCodeAt(end))) {
    end++;
  }
  // A constant such as t'...' is shown up to its closing apostrophe.
  if (end === offset + 1 && isWordStart(code) && text.charCodeAt(end) === 0x27) {
    const closing = text.indexOf("'", end + 1);
    return text.slice(offset, closing < 0 ? limit : Math.min(closing + 1, limit));
  }
  if (end > offset) {
    return text.slice(offset, end);
  }
  return isWhiteSpace(code)
    ? text.charAt(offset)
    : String.fromCodePoint(...codePointAt(text, offset));
}

function codePointAt(text: string, offset: number): readonly number[] {
  const point = text.codePointAt(offset);
  return point === undefined ? [] : [point];
}

/** The text with everything that would break a line or hide made visible. */
function printable(text: string): string {
  return JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
}

function countOf(text: string, character: string, end: number): number {
  let count = 0;
  let at = text.indexOf(character);
  while (at >= 0 && at < end) {
    count++;
    at = text.indexOf(character, at + 1);
  }
  return count;
}

function codePointsBetween(text: string, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    const isLowSurrogate = code >= 0xdc00 && code <= 0xdfff;
    const before = text.charCodeAt(at - 1);
    const completesPair = isLowSurrogate && at > start && before >= 0xd800 && before <= 0xdbff;
    count += completesPair ? 0 : 1;
  }
  return count;
}
