/**
 * Reads the tokens of a pattern, one at a time and on demand, out of its UTF-16 units.
 *
 * A function that reads a token moves the cursor behind it. On a fault it notes the failure, unless one is
 * noted already, and returns undefined; whoever called it returns at once. Nothing throws.
 *
 * @see STIX 2.1 §9.2 and §9.4
 */
import {
  isBase64Digit,
  isDigit,
  isHexDigit,
  isWhiteSpace,
  isWordPart,
  isWordStart,
} from "./characters.ts";
import type { Literal, LiteralKind, PatternVersion } from "./pattern.ts";
import { isTimestamp } from "./timestamp.ts";

/** The place where reading has got to, and what the reader must know besides. */
export interface Cursor {
  readonly text: string;
  readonly version: PatternVersion | undefined;
  readonly depthMax: number;
  at: number;
  /** Parentheses that are open now, on both levels. */
  depth: number;
  failure: Failure | undefined;
}

/** The first fault: where it is and what the grammar allows there. */
export interface Failure {
  readonly offset: number;
  readonly expected: string;
}

/** Reserved words; EXISTS joined them in 2.1. LAST is reserved without a use. */
const KEYWORDS: ReadonlySet<string> = new Set([
  "AND",
  "OR",
  "NOT",
  "FOLLOWEDBY",
  "LIKE",
  "MATCHES",
  "ISSUPERSET",
  "ISSUBSET",
  "EXISTS",
  "LAST",
  "IN",
  "START",
  "STOP",
  "SECONDS",
  "true",
  "false",
  "WITHIN",
  "REPEATS",
  "TIMES",
]);

const APOSTROPHE = 0x27;
const BACKSLASH = 0x5c;
const HYPHEN = 0x2d;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SLASH = 0x2f;
const ASTERISK = 0x2a;
const FULL_STOP = 0x2e;
const EQUALS = 0x3d;
const ZERO = 0x30;
const PLUS = 0x2b;

const TIMESTAMP_FORM = "a timestamp in UTC with fields in range, such as t'2016-06-01T00:00:00Z'";

/** Notes the first fault and returns undefined, so that a reader can return what this returns. */
export function fail(cursor: Cursor, offset: number, expected: string): undefined {
  cursor.failure ??= { offset, expected };
  return undefined;
}

/** Passes white space and comments; an unterminated comment is a fault, and the cursor stays on it. */
export function skipSpace(cursor: Cursor): void {
  const { text } = cursor;
  for (;;) {
    const code = text.charCodeAt(cursor.at);
    if (code === 0x20 || isWhiteSpace(code)) {
      cursor.at++;
    } else if (code !== SLASH || !skipComment(cursor)) {
      return;
    }
  }
}

/** Passes `// to the end of the line` or a comment between `/*` and its end; false where none begins or ends. */
function skipComment(cursor: Cursor): boolean {
  const { text, at } = cursor;
  const second = text.charCodeAt(at + 1);
  // A comment without an end is searched through once, not again by everyone who looks for the next token.
  if (cursor.failure !== undefined) {
    return false;
  }
  if (second === SLASH) {
    let end = at + 2;
    while (end < text.length && !isLineBreak(text.charCodeAt(end))) {
      end++;
    }
    cursor.at = end;
    return true;
  }
  if (second !== ASTERISK) {
    return false;
  }
  const end = text.indexOf("*/", at + 2);
  if (end < 0) {
    fail(cursor, text.length, `"*/" to end the comment begun at offset ${at}`);
    return false;
  }
  cursor.at = end + 2;
  return true;
}

function isLineBreak(code: number): boolean {
  return code === LINE_FEED || code === CARRIAGE_RETURN;
}

/** Passes a punctuation mark, with the space before it, if it is next. */
export function takeMark(cursor: Cursor, code: number): boolean {
  skipSpace(cursor);
  if (cursor.text.charCodeAt(cursor.at) !== code) {
    return false;
  }
  cursor.at++;
  return true;
}

/** Whether the keyword stands exactly at the cursor, as a whole word. */
export function isKeywordNext(cursor: Cursor, keyword: string): boolean {
  const { text, at } = cursor;
  // Comparing one character first spares most calls of the search.
  if (text.charCodeAt(at) !== keyword.charCodeAt(0) || !text.startsWith(keyword, at)) {
    return false;
  }
  return !isWordPart(text.charCodeAt(at + keyword.length));
}

/** Passes the keyword, with the space before it, if it is next. */
export function takeKeyword(cursor: Cursor, keyword: string): boolean {
  skipSpace(cursor);
  if (!isKeywordNext(cursor, keyword)) {
    return false;
  }
  cursor.at += keyword.length;
  return true;
}

/** Where the word that begins at the cursor ends; the cursor's own place when none begins. */
function wordEnd(cursor: Cursor): number {
  const { text } = cursor;
  let end = cursor.at;
  if (!isWordStart(text.charCodeAt(end))) {
    return end;
  }
  do {
    end++;
  } while (isWordPart(text.charCodeAt(end)));
  return end;
}

/** Whether a word is reserved; EXISTS is so only where version 2.1 alone is read. */
export function isReserved(word: string, version: PatternVersion | undefined): boolean {
  const first = word.charCodeAt(0);
  // Every keyword begins with a capital, a "t" or an "f": that spares most words the look-up.
  const mayBeKeyword = first <= 0x5a || first === 0x74 || first === 0x66;
  return mayBeKeyword && KEYWORDS.has(word) && (word !== "EXISTS" || version === "2.1");
}

/** Reads an object type: letters, digits, hyphens and underscores, never quoted. */
export function readType(cursor: Cursor, expected: string): string | undefined {
  const start = cursor.at;
  const end = wordEnd(cursor);
  const word = cursor.text.slice(start, end);
  if (end === start || isReserved(word, cursor.version)) {
    return fail(cursor, start, expected);
  }
  cursor.at = end;
  return word;
}

/** Reads a property name or dictionary key: an identifier without a hyphen, or a string. */
export function readKey(cursor: Cursor): string | undefined {
  skipSpace(cursor);
  const { text, at } = cursor;
  if (text.charCodeAt(at) === APOSTROPHE) {
    return readQuoted(cursor, at);
  }
  const end = wordEnd(cursor);
  const word = text.slice(at, end);
  if (end === at) {
    return fail(cursor, at, "a property name, or one in apostrophes");
  }
  if (hasHyphen(word) || isReserved(word, cursor.version)) {
    const reason = hasHyphen(word) ? "it contains a hyphen" : "it is a keyword";
    return fail(cursor, at, `a property name ('${word}' must stand in apostrophes, as ${reason})`);
  }
  cursor.at = end;
  return word;
}

/** Names are short: a loop is faster here than a search. */
function hasHyphen(word: string): boolean {
  for (let at = 0; at < word.length; at++) {
    if (word.charCodeAt(at) === HYPHEN) {
      return true;
    }
  }
  return false;
}

/** Reads the constant of a string operator. */
export function readString(cursor: Cursor): Literal | undefined {
  skipSpace(cursor);
  const offset = cursor.at;
  if (cursor.text.charCodeAt(offset) !== APOSTROPHE) {
    return fail(cursor, offset, "a string in apostrophes");
  }
  const text = readQuoted(cursor, offset);
  return text === undefined ? undefined : { kind: "string", text, offset };
}

/** Reads a string whose opening apostrophe stands at `opening`. Escapes are resolved in this one pass. */
function readQuoted(cursor: Cursor, opening: number): string | undefined {
  const { text } = cursor;
  let value = "";
  let pieceStart = opening + 1;
  let at = pieceStart;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === APOSTROPHE) {
      cursor.at = at + 1;
      const piece = text.slice(pieceStart, at);
      return value === "" ? piece : value + piece;
    }
    if (code !== BACKSLASH) {
      at++;
      continue;
    }
    const escaped = text.charCodeAt(at + 1);
    if (escaped !== APOSTROPHE && escaped !== BACKSLASH) {
      return fail(cursor, at, '"\\\'" or "\\\\" (a backslash itself is written twice)');
    }
    // The escaped character opens the next piece.
    value += text.slice(pieceStart, at);
    pieceStart = at + 1;
    at += 2;
  }
  return fail(cursor, text.length, `"'" to end the string begun at offset ${opening}`);
}

/** Reads any constant; `what` names what the grammar allows here. */
export function readLiteral(cursor: Cursor, what: string): Literal | undefined {
  skipSpace(cursor);
  const { text, at } = cursor;
  const code = text.charCodeAt(at);
  if (code === APOSTROPHE) {
    const value = readQuoted(cursor, at);
    return value === undefined ? undefined : { kind: "string", text: value, offset: at };
  }
  if (isDigit(code) || code === HYPHEN || code === PLUS || code === FULL_STOP) {
    return readNumber(cursor, what);
  }
  if (text.charCodeAt(at + 1) === APOSTROPHE) {
    return readPrefixed(cursor, code, what);
  }
  if (isKeywordNext(cursor, "true") || isKeywordNext(cursor, "false")) {
    const word = code === 0x74 ? "true" : "false";
    cursor.at = at + word.length;
    return { kind: "boolean", text: word, offset: at };
  }
  return fail(cursor, at, what);
}

/** Reads an integer or a float: no exponent, no bare full stop at the end, no leading zeros in integers. */
export function readNumber(cursor: Cursor, what: string): Literal | undefined {
  const { text, at: offset } = cursor;
  let end = offset;
  const sign = text.charCodeAt(end);
  if (sign === HYPHEN || sign === PLUS) {
    end++;
  }
  const digitsStart = end;
  end = digitsEnd(text, end);
  let kind: LiteralKind = "integer";
  if (text.charCodeAt(end) === FULL_STOP && isDigit(text.charCodeAt(end + 1))) {
    kind = "float";
    end = digitsEnd(text, end + 1);
  } else if (end === digitsStart) {
    return fail(cursor, offset, what);
  } else if (end > digitsStart + 1 && text.charCodeAt(digitsStart) === ZERO) {
    return fail(cursor, offset, "an integer without leading zeros");
  }
  cursor.at = end;
  return { kind, text: text.slice(offset, end), offset };
}

function digitsEnd(text: string, start: number): number {
  let end = start;
  while (isDigit(text.charCodeAt(end))) {
    end++;
  }
  return end;
}

/** Reads a constant that begins with a letter and an apostrophe. */
function readPrefixed(cursor: Cursor, prefix: number, what: string): Literal | undefined {
  if (prefix === 0x74) {
    return readTimestamp(cursor);
  }
  if (prefix === 0x68) {
    return readHex(cursor);
  }
  if (prefix === 0x62) {
    return readBinary(cursor);
  }
  return fail(cursor, cursor.at, what);
}

/** Reads `t'...'`. */
function readTimestamp(cursor: Cursor): Literal | undefined {
  const offset = cursor.at;
  const end = cursor.text.indexOf("'", offset + 2);
  const value = cursor.text.slice(offset + 2, Math.max(end, offset + 2));
  if (!isTimestamp(value)) {
    return fail(cursor, offset, TIMESTAMP_FORM);
  }
  cursor.at = end + 1;
  return { kind: "timestamp", text: value, offset };
}

/** Reads an instant of START or STOP: a timestamp, or, except in 2.1, a string that holds one. */
export function readInstant(cursor: Cursor): string | undefined {
  skipSpace(cursor);
  const { text, at } = cursor;
  const first = text.charCodeAt(at);
  if (first === APOSTROPHE && cursor.version !== "2.1") {
    const value = readQuoted(cursor, at);
    return value === undefined || isTimestamp(value) ? value : fail(cursor, at, TIMESTAMP_FORM);
  }
  if (first === 0x74 && text.charCodeAt(at + 1) === APOSTROPHE) {
    return readTimestamp(cursor)?.text;
  }
  return fail(cursor, at, TIMESTAMP_FORM);
}

/** Reads `h'...'`: pairs of digits, or none at all. */
function readHex(cursor: Cursor): Literal | undefined {
  const { text, at: offset } = cursor;
  let end = offset + 2;
  while (isHexDigit(text.charCodeAt(end))) {
    end++;
  }
  if (text.charCodeAt(end) !== APOSTROPHE || (end - offset) % 2 !== 0) {
    return fail(cursor, end, "pairs of hexadecimal digits and the closing apostrophe");
  }
  cursor.at = end + 1;
  return { kind: "hex", text: text.slice(offset + 2, end), offset };
}

/** Reads `b'...'`: blocks of four, padded and not empty; line breaks in it are passed over. */
function readBinary(cursor: Cursor): Literal | undefined {
  const { text, at: offset } = cursor;
  let end = offset + 2;
  let length = 0;
  let padding = 0;
  let hasLineBreak = false;
  for (;;) {
    const code = text.charCodeAt(end);
    if (isLineBreak(code)) {
      hasLineBreak = true;
    } else if (code === EQUALS) {
      padding++;
    } else if (padding > 0 || !isBase64Digit(code)) {
      break;
    } else {
      length++;
    }
    end++;
  }
  const isWhole = length > 0 && padding <= 2 && (length + padding) % 4 === 0;
  if (text.charCodeAt(end) !== APOSTROPHE || !isWhole) {
    return fail(cursor, end, "base64 in padded blocks of four and the closing apostrophe");
  }
  cursor.at = end + 1;
  const digits = text.slice(offset + 2, end);
  const value = hasLineBreak ? digits.replaceAll("\n", "").replaceAll("\r", "") : digits;
  return { kind: "binary", text: value, offset };
}
