/** Turns offsets of a text into lines and columns, and cuts the piece of a line that people are shown. */

/** A place in a text. */
interface TextPosition {
  /** From 1. */
  readonly line: number;
  /** Characters (code points), from 1. */
  readonly column: number;
}

/** Counts as it goes, so that rising offsets cost one walk over the text together. */
export interface TextPositions {
  at(offset: number): TextPosition;
  /** Where the line of an offset begins and ends, without its line break. */
  lineOf(offset: number): { readonly start: number; readonly end: number };
}

/** Positions in a text whose first line has this number. */
export function createPositions(text: string, firstLine: number): TextPositions {
  let [line, lineStart, lineEnd] = [firstLine, 0, endOfLine(text, 0)];
  let [counted, column] = [0, 1];

  function moveTo(offset: number): void {
    if (offset < lineStart) {
      [line, lineStart, lineEnd] = [firstLine, 0, endOfLine(text, 0)];
      [counted, column] = [0, 1];
    }
    while (offset > lineEnd && lineEnd < text.length) {
      line += 1;
      lineStart = lineEnd + 1;
      lineEnd = endOfLine(text, lineStart);
      [counted, column] = [lineStart, 1];
    }
    if (offset < counted) {
      [counted, column] = [lineStart, 1];
    }
    for (; counted < offset; counted++) {
      column += isLowSurrogate(text.charCodeAt(counted)) ? 0 : 1;
    }
  }

  return {
    at(offset) {
      moveTo(offset);
      return { line, column };
    },
    lineOf(offset) {
      moveTo(offset);
      return { start: lineStart, end: lineEnd };
    },
  };
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}

/** Columns of a terminal that an excerpt may take. */
const EXCERPT_LENGTH_MAX = 100;
/** Of these, so many stand before the fault. */
const EXCERPT_BEFORE_MAX = 40;

/** A piece of one line with a marker below its faulty part. */
export interface Excerpt {
  readonly text: string;
  /** Spaces and carets, to stand under the text. */
  readonly marker: string;
}

/** Cuts the piece of a line around [start, end); line breaks end it. */
export function excerptOf(
  text: string,
  line: { readonly start: number; readonly end: number },
  range: { readonly start: number; readonly end: number },
): Excerpt {
  let from = line.start;
  if (line.end - line.start > EXCERPT_LENGTH_MAX) {
    from = Math.max(
      line.start,
      Math.min(range.start - EXCERPT_BEFORE_MAX, line.end - EXCERPT_LENGTH_MAX),
    );
  }
  let to = Math.min(line.end, from + EXCERPT_LENGTH_MAX);
  from += isLowSurrogate(text.charCodeAt(from)) ? 1 : 0;
  to += to < line.end && isLowSurrogate(text.charCodeAt(to)) ? 1 : 0;
  const before = harmless(`${from > line.start ? "…" : ""}${text.slice(from, range.start)}`);
  const faultEnd = Math.max(Math.min(range.end, to), Math.min(range.start + 1, to));
  const fault = harmless(text.slice(range.start, faultEnd));
  const after = harmless(`${text.slice(faultEnd, to)}${to < line.end ? "…" : ""}`).trimEnd();
  const carets = "^".repeat(Math.max(1, columnsOf(fault)));
  return {
    text: `${before}${fault}${after}`,
    marker: `${" ".repeat(columnsOf(before))}${carets}`,
  };
}

/** Nothing that moves the cursor, changes its colour or turns the direction of writing reaches a terminal. */
export function harmless(text: string): string {
  return text.replaceAll("\t", " ").replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, "\u00b7");
}

const NO_COLUMN = /\p{M}/u;
/** Scripts and pictures that terminals draw two columns wide. */
const TWO_COLUMNS =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) {
    columns += NO_COLUMN.test(character) ? 0 : TWO_COLUMNS.test(character) ? 2 : 1;
  }
  return columns;
}
