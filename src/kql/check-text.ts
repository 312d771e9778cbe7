/** Bounds that hold before the official parser sees a text, and places in a text. */
import { QUERY_NESTING_MAX, QUERY_TEXT_LENGTH_MAX } from "./limits.ts";
import type { KqlPosition } from "./plan.ts";
import { KqlRefusal } from "./sql/sql-expr.ts";
import type { TextSpan } from "./types.ts";

const OPENING = "([{";
const CLOSING = ")]}";

/**
 * Bounds the text's length and the nesting of its brackets. Quoted texts and comments are skipped as far as a walk
 * without a grammar can tell them. @throws KqlRefusal beyond a bound
 */
export function checkText(text: string): void {
  if (text.length > QUERY_TEXT_LENGTH_MAX) {
    throw new KqlRefusal(
      "KQL_LIMIT",
      `the query has ${text.length} characters, more than ${QUERY_TEXT_LENGTH_MAX}`,
      null,
    );
  }
  if (text.trim() === "") {
    throw new KqlRefusal("KQL_SYNTAX", "the query is empty", { start: 0, length: text.length });
  }
  const deep = placeBeyond(text, QUERY_NESTING_MAX);
  if (deep !== null) {
    throw new KqlRefusal("KQL_LIMIT", `the query nests deeper than ${QUERY_NESTING_MAX} levels`, {
      start: deep,
      length: 1,
    });
  }
}

/** The first place that lies deeper in brackets, or behind more signs in a row, than allowed. */
function placeBeyond(text: string, levelsMax: number): number | null {
  let depth = 0;
  let signs = 0;
  for (let place = afterAllQuoted(text, 0); place < text.length; ) {
    const char = text.charAt(place);
    depth += OPENING.includes(char) ? 1 : CLOSING.includes(char) ? -1 : 0;
    const isSign = char === "-" || char === "+";
    signs = isSign ? signs + 1 : char.trim() === "" ? signs : 0;
    if (depth > levelsMax || signs > levelsMax) {
      return place;
    }
    place = afterAllQuoted(text, place + 1);
  }
  return null;
}

/** The first place from here on that is in no comment and in no quoted text. */
function afterAllQuoted(text: string, place: number): number {
  let outside = place;
  for (let next = afterQuoted(text, outside); next > outside; next = afterQuoted(text, outside)) {
    outside = next;
  }
  return outside;
}

/** Where a comment or quoted text that begins here ends; the place itself when none begins. */
function afterQuoted(text: string, place: number): number {
  const char = text.charAt(place);
  if (text.startsWith("//", place)) {
    const end = text.indexOf("\n", place);
    return end < 0 ? text.length : end;
  }
  if (text.startsWith("```", place)) {
    const end = text.indexOf("```", place + 3);
    return end < 0 ? text.length : end + 3;
  }
  if (char !== '"' && char !== "'") {
    return place;
  }
  return afterText(text, place, text.charAt(place - 1) === "@");
}

/** Where a quoted text ends: behind its closing quote, or at the end of the line. */
function afterText(text: string, place: number, verbatim: boolean): number {
  const quote = text.charAt(place);
  for (let end = place + 1; end < text.length; end += 1) {
    const at = text.charAt(end);
    if (at === "\n") {
      return end;
    }
    if (at === "\\" && !verbatim) {
      end += 1;
    } else if (at === quote) {
      return end + 1;
    }
  }
  return text.length;
}

/** A stretch of the text with the line and column of its start. */
export function positionOf(text: string, { start, length }: TextSpan): KqlPosition {
  const before = text.slice(0, start);
  const lineStart = before.lastIndexOf("\n") + 1;
  return {
    start,
    length,
    line: before.split("\n").length,
    column: start - lineStart + 1,
  };
}
