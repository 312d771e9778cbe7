/**
 * A text holds several queries with empty lines between them, as in other pages for this language. An empty line does
 * not divide where the query plainly goes on: after `;`, after `|`, and before a line that begins with `|`.
 */
import type { Span } from "./language-messages.ts";

const COMMENT_LINE = /^\s*\/\//;
const GOES_ON = /[;|,({]\s*(?:\/\/.*)?$/;
const CONTINUES = /^\s*\|/;

/** The queries of a text, in its order; none for a text without words. */
export function statementsOf(text: string): readonly Span[] {
  const found: { start: number; end: number; lastCode: string }[] = [];
  let offset = 0;
  let hadGap = true;
  for (const line of text.split("\n")) {
    const isBlank = line.trim() === "";
    let current = found.at(-1);
    if (!isBlank && (current === undefined || (hadGap && isEnded(current.lastCode, line)))) {
      current = { start: offset, end: offset, lastCode: "" };
      found.push(current);
    }
    if (!isBlank && current !== undefined) {
      current.end = offset + line.trimEnd().length;
      current.lastCode = COMMENT_LINE.test(line) ? current.lastCode : line;
    }
    hadGap = isBlank;
    offset += line.length + 1;
  }
  return found
    .filter(({ lastCode }) => lastCode !== "")
    .map(({ start, end }) => ({ start, length: end - start }));
}

/** A comment alone belongs to the query after it. */
function isEnded(lastCode: string, nextLine: string): boolean {
  return lastCode !== "" && !GOES_ON.test(lastCode) && !CONTINUES.test(nextLine);
}

/** The query at a place, or the nearest one before it. */
export function statementAt(text: string, at: number): Span | null {
  const spans = statementsOf(text);
  return spans.findLast(({ start }) => start <= at) ?? spans[0] ?? null;
}
