/**
 * The pattern parser: recursive descent in one pass, bounded in depth and length, linear in the text.
 *
 *     pattern     = observations , end
 *     observations = or , { "FOLLOWEDBY" , or }      or = and , { "OR" , and }      and = unit , { "AND" , unit }
 *     unit        = ( "[" comparisons "]" | "(" observations ")" ) , { qualifier }
 *     qualifier   = "WITHIN" number "SECONDS" | "REPEATS" integer "TIMES" | "START" instant "STOP" instant
 *
 * Semantic rules (positive numbers, digests, duplicate qualifiers) are checked on the tree, not here.
 *
 * @see STIX 2.1 §9
 */
import { type PatternError, patternErrorOf } from "./error.ts";
import { parseComparisons, parseNested } from "./parse-comparison.ts";
import type {
  Literal,
  ObservationExpression,
  ObservationJoin,
  Pattern,
  PatternVersion,
  Qualifier,
} from "./pattern.ts";
import {
  type Cursor,
  fail,
  isKeywordNext,
  readInstant,
  readNumber,
  skipSpace,
  takeKeyword,
  takeMark,
} from "./scan.ts";

/** What the parser gives: the tree, or the first fault. */
export type PatternResult =
  | { readonly ok: true; readonly pattern: Pattern }
  | { readonly ok: false; readonly error: PatternError };

/** Limits and version of one parse. */
export interface ParseOptions {
  /** Absent: the union of both grammars. */
  readonly version?: PatternVersion;
  /** Parentheses open at once, both levels together; 256 by default, 1000 at most. */
  readonly depthMax?: number;
  /** UTF-16 units of the text; 1,048,576 by default. */
  readonly lengthMax?: number;
}

/** As deep as JSON may nest in an object, so that one limit describes both. */
const DEPTH_MAX = 256;
/** Deeper recursion could meet the end of the stack, whatever a caller asks for. */
const DEPTH_CEILING = 1000;
/** The longest published pattern has some six thousand characters. */
export const LENGTH_MAX = 1_048_576;

const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const OPENING_PARENTHESIS = 0x28;
const HYPHEN = 0x2d;

const NO_QUALIFIERS: readonly Qualifier[] = [];

/**
 * Parses a STIX pattern. Never throws, for any string, and needs time linear in its length.
 *
 * @see STIX 2.1 §9; STIX 2.0 part 5
 */
export function parsePattern(text: string, options: ParseOptions = {}): PatternResult {
  const lengthMax = options.lengthMax ?? LENGTH_MAX;
  const cursor: Cursor = {
    text,
    version: options.version,
    depthMax: Math.min(options.depthMax ?? DEPTH_MAX, DEPTH_CEILING),
    at: 0,
    depth: 0,
    failure: undefined,
  };
  if (text.length > lengthMax) {
    const failure = { offset: lengthMax, expected: `at most ${lengthMax} characters` };
    return { ok: false, error: patternErrorOf(text, failure) };
  }
  const expression = parseObservations(cursor);
  if (expression !== undefined) {
    skipSpace(cursor);
    if (cursor.at < text.length) {
      fail(cursor, cursor.at, "AND, OR, FOLLOWEDBY, a qualifier, or the end of the pattern");
    }
  }
  if (expression === undefined || cursor.failure !== undefined) {
    const failure = cursor.failure ?? { offset: cursor.at, expected: "a pattern" };
    return { ok: false, error: patternErrorOf(text, failure) };
  }
  return { ok: true, pattern: { expression } };
}

function parseObservations(cursor: Cursor): ObservationExpression | undefined {
  return parseJoined(cursor, "FOLLOWEDBY", parseObservationOr);
}

function parseObservationOr(cursor: Cursor): ObservationExpression | undefined {
  return parseJoined(cursor, "OR", parseObservationAnd);
}

function parseObservationAnd(cursor: Cursor): ObservationExpression | undefined {
  return parseJoined(cursor, "AND", parseUnit);
}

/** Reads operands of one observation operator; a single operand stands for itself. */
function parseJoined(
  cursor: Cursor,
  kind: ObservationJoin["kind"],
  parseOperand: (cursor: Cursor) => ObservationExpression | undefined,
): ObservationExpression | undefined {
  const first = parseOperand(cursor);
  if (first === undefined || !takeKeyword(cursor, kind)) {
    return first;
  }
  const items = [first];
  do {
    const item = parseOperand(cursor);
    if (item === undefined) {
      return undefined;
    }
    items.push(item);
  } while (takeKeyword(cursor, kind));
  return { kind, items, qualifiers: NO_QUALIFIERS };
}

/** Reads brackets or parentheses, and the qualifiers behind them. */
function parseUnit(cursor: Cursor): ObservationExpression | undefined {
  if (takeMark(cursor, OPENING_BRACKET)) {
    const comparison = parseComparisons(cursor);
    if (comparison === undefined) {
      return undefined;
    }
    if (!takeMark(cursor, CLOSING_BRACKET)) {
      return fail(cursor, cursor.at, '"]"');
    }
    const qualifiers = parseQualifiers(cursor);
    return qualifiers && { kind: "observation", comparison, qualifiers };
  }
  if (!takeMark(cursor, OPENING_PARENTHESIS)) {
    return fail(cursor, cursor.at, '"[" or "("');
  }
  const inner = parseNested(cursor, parseObservations);
  const qualifiers = inner && parseQualifiers(cursor);
  return inner && qualifiers && qualified(inner, qualifiers);
}

/** Hangs qualifiers on what stood in parentheses; if that has its own, the two kinds stay apart. */
function qualified(
  inner: ObservationExpression,
  qualifiers: readonly Qualifier[],
): ObservationExpression {
  if (qualifiers.length === 0) {
    return inner;
  }
  return inner.qualifiers.length === 0
    ? { ...inner, qualifiers }
    : { kind: "group", items: [inner], qualifiers };
}

function parseQualifiers(cursor: Cursor): readonly Qualifier[] | undefined {
  skipSpace(cursor);
  if (!isQualifierNext(cursor)) {
    return NO_QUALIFIERS;
  }
  const qualifiers: Qualifier[] = [];
  do {
    const qualifier = parseQualifier(cursor);
    if (qualifier === undefined) {
      return undefined;
    }
    qualifiers.push(qualifier);
    skipSpace(cursor);
  } while (isQualifierNext(cursor));
  return qualifiers;
}

function isQualifierNext(cursor: Cursor): boolean {
  return (
    isKeywordNext(cursor, "WITHIN") ||
    isKeywordNext(cursor, "REPEATS") ||
    isKeywordNext(cursor, "START")
  );
}

function parseQualifier(cursor: Cursor): Qualifier | undefined {
  const offset = cursor.at;
  if (takeKeyword(cursor, "WITHIN")) {
    const seconds = parseAmount(cursor, "a number of seconds", true);
    return seconds && closed(cursor, "SECONDS", { kind: "WITHIN", seconds: seconds.text, offset });
  }
  if (takeKeyword(cursor, "REPEATS")) {
    const times = parseAmount(cursor, "a whole number of times", false);
    return times && closed(cursor, "TIMES", { kind: "REPEATS", times: times.text, offset });
  }
  takeKeyword(cursor, "START");
  const start = readInstant(cursor);
  if (start === undefined) {
    return undefined;
  }
  if (!takeKeyword(cursor, "STOP")) {
    return fail(cursor, cursor.at, '"STOP"');
  }
  const stop = readInstant(cursor);
  return stop === undefined ? undefined : { kind: "STARTSTOP", start, stop, offset };
}

/** Reads the number of a qualifier, which the grammar wants without a minus sign. */
function parseAmount(cursor: Cursor, what: string, fraction: boolean): Literal | undefined {
  skipSpace(cursor);
  const offset = cursor.at;
  if (cursor.text.charCodeAt(offset) === HYPHEN) {
    return fail(cursor, offset, what);
  }
  const amount = readNumber(cursor, what);
  return amount?.kind === "float" && !fraction ? fail(cursor, offset, what) : amount;
}

/** The qualifier, if its closing keyword follows. */
function closed(cursor: Cursor, keyword: string, qualifier: Qualifier): Qualifier | undefined {
  return takeKeyword(cursor, keyword) ? qualifier : fail(cursor, cursor.at, `"${keyword}"`);
}
