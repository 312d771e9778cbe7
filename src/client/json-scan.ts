/**
 * Cuts JSON text (RFC 8259) into its elements and members without building values, so that a large array is
 * walked element by element and each element keeps its text and its place. Cutting is not checking: an
 * element is checked when it is parsed, and `firstFault` then says where and why it is wrong.
 */

/** A value's place in the bytes: first byte, and the one behind the last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** One member of an object. */
export interface Member extends Span {
  readonly key: string;
}

/** What is wrong with a text, and at which byte. */
export interface JsonFault {
  readonly offset: number;
  readonly reason: string;
}

/** Thrown by the cutters; `firstFault` knows the reason. */
export class NotJson extends Error {}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** The first byte at or after `at` that is no white space. */
export function skipSpace(bytes: Buffer, at: number): number {
  let place = at;
  while (isSpace(bytes[place])) {
    place += 1;
  }
  return place;
}

/** Whether an array begins at the byte. */
export function opensArray(bytes: Buffer, at: number): boolean {
  return bytes[at] === OPEN_ARRAY;
}

/** Whether an object begins at the byte. */
export function opensObject(bytes: Buffer, at: number): boolean {
  return bytes[at] === OPEN_OBJECT;
}

/** The byte behind the value that begins at `at`. */
export function skipValue(bytes: Buffer, at: number): number {
  const first = bytes[at];
  if (first === QUOTE) {
    return skipString(bytes, at);
  }
  if (first === OPEN_ARRAY || first === OPEN_OBJECT) {
    return skipNested(bytes, at);
  }
  let place = at;
  while (place < bytes.length && !isSpace(bytes[place]) && !DELIMITERS.has(bytes[place])) {
    place += 1;
  }
  if (place === at) {
    throw new NotJson();
  }
  return place;
}

const DELIMITERS: ReadonlySet<number | undefined> = new Set([
  QUOTE,
  COMMA,
  COLON,
  OPEN_ARRAY,
  CLOSE_ARRAY,
  OPEN_OBJECT,
  CLOSE_OBJECT,
]);

function skipString(bytes: Buffer, at: number): number {
  let quote = bytes.indexOf(QUOTE, at + 1);
  while (quote !== -1 && isEscaped(bytes, quote)) {
    quote = bytes.indexOf(QUOTE, quote + 1);
  }
  if (quote === -1) {
    throw new NotJson();
  }
  return quote + 1;
}

/** A quote is part of its string after an odd number of backslashes. */
function isEscaped(bytes: Buffer, quote: number): boolean {
  let backslashes = 0;
  while (bytes[quote - 1 - backslashes] === BACKSLASH) {
    backslashes += 1;
  }
  return backslashes % 2 === 1;
}

function skipNested(bytes: Buffer, at: number): number {
  let depth = 0;
  let place = at;
  while (place < bytes.length) {
    const byte = bytes[place];
    if (byte === QUOTE) {
      place = skipString(bytes, place);
      continue;
    }
    if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      depth += 1;
    } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) {
      depth -= 1;
    }
    place += 1;
    if (depth === 0) {
      return place;
    }
  }
  throw new NotJson();
}

/** The elements of the array that begins at `at`. */
export function* elementsOf(bytes: Buffer, at: number): Generator<Span> {
  let place = skipSpace(bytes, at + 1);
  if (bytes[place] === CLOSE_ARRAY) {
    return;
  }
  for (;;) {
    const end = skipValue(bytes, place);
    yield { start: place, end };
    place = skipSpace(bytes, end);
    if (bytes[place] === CLOSE_ARRAY) {
      return;
    }
    if (bytes[place] !== COMMA) {
      throw new NotJson();
    }
    place = skipSpace(bytes, place + 1);
  }
}

/** The members of the object that begins at `at`. */
export function* membersOf(bytes: Buffer, at: number): Generator<Member> {
  let place = skipSpace(bytes, at + 1);
  if (bytes[place] === CLOSE_OBJECT) {
    return;
  }
  for (;;) {
    if (bytes[place] !== QUOTE) {
      throw new NotJson();
    }
    const keyEnd = skipString(bytes, place);
    const key = parseSpan(bytes, { start: place, end: keyEnd });
    const colon = skipSpace(bytes, keyEnd);
    const start = skipSpace(bytes, colon + 1);
    if (bytes[colon] !== COLON) {
      throw new NotJson();
    }
    const end = skipValue(bytes, start);
    yield { key: String(key), start, end };
    place = skipSpace(bytes, end);
    if (bytes[place] === CLOSE_OBJECT) {
      return;
    }
    if (bytes[place] !== COMMA) {
      throw new NotJson();
    }
    place = skipSpace(bytes, place + 1);
  }
}

/**
 * Parses one value.
 *
 * @throws NotJson
 */
export function parseSpan(bytes: Buffer, { start, end }: Span): unknown {
  try {
    return JSON.parse(bytes.toString("utf8", start, end)) as unknown;
  } catch {
    throw new NotJson();
  }
}

/** The text of a value without the white space between its tokens. */
export function compactText(bytes: Buffer, { start, end }: Span): string {
  if (!bytes.subarray(start, end).includes(0x0a)) {
    return bytes.toString("utf8", start, end);
  }
  const compact = Buffer.allocUnsafe(end - start);
  let length = 0;
  let place = start;
  while (place < end) {
    const byte = bytes[place] ?? 0;
    if (byte === QUOTE) {
      const stringEnd = skipString(bytes, place);
      length += bytes.copy(compact, length, place, stringEnd);
      place = stringEnd;
      continue;
    }
    if (!isSpace(byte)) {
      compact[length] = byte;
      length += 1;
    }
    place += 1;
  }
  return compact.toString("utf8", 0, length);
}
