/**
 * The inner half of the pattern parser: what stands between brackets.
 *
 *     comparisons = conjunction , { "OR" , conjunction }      conjunction = test , { "AND" , test }
 *     test        = "(" comparisons ")" | [ "NOT" ] "EXISTS" path | path , [ "NOT" ] , operator , constant
 *     path        = type ":" key , { "." key | "[" ( integer | "*" ) "]" }
 *
 * @see STIX 2.1 §9.5-9.7
 */
import type { Comparison, Literal, ObjectPath, Operator, Step, Test } from "./pattern.ts";
import {
  type Cursor,
  fail,
  isKeywordNext,
  readKey,
  readLiteral,
  readNumber,
  readString,
  readType,
  skipSpace,
  takeKeyword,
  takeMark,
} from "./scan.ts";

const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const OPENING_PARENTHESIS = 0x28;
const CLOSING_PARENTHESIS = 0x29;
const COLON = 0x3a;
const FULL_STOP = 0x2e;
const COMMA = 0x2c;
const ASTERISK = 0x2a;
const HYPHEN = 0x2d;
const PLUS = 0x2b;
const EXCLAMATION_MARK = 0x21;
const LESS = 0x3c;
const EQUALS = 0x3d;
const GREATER = 0x3e;

const CONSTANT = "a constant (a number, true, false, or a string in apostrophes)";
const ORDERED = "a constant that has an order (a number, a timestamp, or a string in apostrophes)";
const OPERATOR =
  "an operator (=, !=, <, >, <=, >=, IN, LIKE, MATCHES, ISSUBSET or ISSUPERSET, NOT before it)";

const WORD_OPERATORS: readonly Operator[] = ["IN", "LIKE", "MATCHES", "ISSUBSET", "ISSUPERSET"];

/** Reads what stands between parentheses, the closing one included, within the limit of depth. */
export function parseNested<Node>(
  cursor: Cursor,
  parseInner: (cursor: Cursor) => Node | undefined,
): Node | undefined {
  // Turned round, so that a limit that is no number forbids nesting instead of allowing any.
  if (!(cursor.depth < cursor.depthMax)) {
    const expected = `at most ${cursor.depthMax} parentheses inside one another`;
    return fail(cursor, cursor.at - 1, expected);
  }
  cursor.depth++;
  const inner = parseInner(cursor);
  cursor.depth--;
  if (inner !== undefined && !takeMark(cursor, CLOSING_PARENTHESIS)) {
    return fail(cursor, cursor.at, '")"');
  }
  return inner;
}

/** Reads what stands between brackets: tests joined by AND and OR. */
export function parseComparisons(cursor: Cursor): Comparison | undefined {
  return parseCompared(cursor, "OR", parseConjunction);
}

function parseConjunction(cursor: Cursor): Comparison | undefined {
  return parseCompared(cursor, "AND", parseTest);
}

/** Reads operands of one Boolean operator; a single operand stands for itself. */
function parseCompared(
  cursor: Cursor,
  keyword: "AND" | "OR",
  parseOperand: (cursor: Cursor) => Comparison | undefined,
): Comparison | undefined {
  const first = parseOperand(cursor);
  if (first === undefined || !takeKeyword(cursor, keyword)) {
    return first;
  }
  const items = [first];
  do {
    const item = parseOperand(cursor);
    if (item === undefined) {
      return undefined;
    }
    items.push(item);
  } while (takeKeyword(cursor, keyword));
  return { kind: keyword === "AND" ? "and" : "or", items };
}

function parseTest(cursor: Cursor): Comparison | undefined {
  if (takeMark(cursor, OPENING_PARENTHESIS)) {
    return parseNested(cursor, parseComparisons);
  }
  const offset = cursor.at;
  if (cursor.version !== "2.0") {
    if (takeKeyword(cursor, "NOT")) {
      return takeKeyword(cursor, "EXISTS")
        ? parseExists(cursor, true, offset)
        : fail(cursor, cursor.at, '"EXISTS" (before other operators, NOT stands behind the path)');
    }
    if (isExistsNext(cursor)) {
      takeKeyword(cursor, "EXISTS");
      return parseExists(cursor, false, offset);
    }
  }
  const path = parsePath(cursor, 'an object path such as file:name, or "("');
  return path && parseOperation(cursor, path);
}

/** EXISTS is the operator, unless a colon makes it an object type, which 2.0 allows. */
function isExistsNext(cursor: Cursor): boolean {
  if (!isKeywordNext(cursor, "EXISTS")) {
    return false;
  }
  if (cursor.version === "2.1") {
    return true;
  }
  const start = cursor.at;
  cursor.at += "EXISTS".length;
  skipSpace(cursor);
  const isType = cursor.text.charCodeAt(cursor.at) === COLON;
  cursor.at = start;
  return !isType;
}

function parseExists(cursor: Cursor, negated: boolean, offset: number): Comparison | undefined {
  skipSpace(cursor);
  const path = parsePath(cursor, "an object path such as file:name");
  return path && { kind: "exists", path, negated, offset };
}

function parsePath(cursor: Cursor, expected: string): ObjectPath | undefined {
  const offset = cursor.at;
  const type = readType(cursor, expected);
  if (type === undefined) {
    return undefined;
  }
  if (!takeMark(cursor, COLON)) {
    return fail(cursor, cursor.at, '":" and a property name behind the object type');
  }
  const key = readKey(cursor);
  if (key === undefined) {
    return undefined;
  }
  const steps: Step[] = [key];
  let signed = false;
  for (;;) {
    const isKey = takeMark(cursor, FULL_STOP);
    if (!isKey && !takeMark(cursor, OPENING_BRACKET)) {
      return { type, steps, offset, signed };
    }
    signed ||= !isKey && isSignNext(cursor);
    const step = isKey ? readKey(cursor) : parseIndex(cursor);
    if (step === undefined) {
      return undefined;
    }
    steps.push(step);
  }
}

function isSignNext(cursor: Cursor): boolean {
  skipSpace(cursor);
  const code = cursor.text.charCodeAt(cursor.at);
  return code === HYPHEN || code === PLUS;
}

/** Reads `0]` or `*]`. */
function parseIndex(cursor: Cursor): number | null | undefined {
  let index: number | null = null;
  if (!takeMark(cursor, ASTERISK)) {
    const offset = cursor.at;
    const number = readNumber(cursor, 'a list index or "*"');
    if (number === undefined) {
      return undefined;
    }
    if (number.kind === "float") {
      return fail(cursor, offset, "a whole number as the list index");
    }
    index = indexOf(number.text);
  }
  return takeMark(cursor, CLOSING_BRACKET) ? index : fail(cursor, cursor.at, '"]"');
}

/** An index as a number. No list is as long as the limit, which keeps the number exact. */
function indexOf(digits: string): number {
  const limited = Math.min(Number(digits), Number.MAX_SAFE_INTEGER);
  // Adding zero makes one of both zeros, so that trees can be compared.
  return Math.max(limited, Number.MIN_SAFE_INTEGER) + 0;
}

function parseOperation(cursor: Cursor, path: ObjectPath): Test | undefined {
  const negated = takeKeyword(cursor, "NOT");
  const operator = readOperator(cursor);
  if (operator === undefined) {
    return undefined;
  }
  const values = parseValues(cursor, operator);
  return values && { kind: "test", path, negated, operator, values, offset: path.offset };
}

/** Reads the operator; the cursor stands behind the path, or behind NOT. */
function readOperator(cursor: Cursor): Operator | undefined {
  skipSpace(cursor);
  const { text, at } = cursor;
  const code = text.charCodeAt(at);
  const next = text.charCodeAt(at + 1);
  const sign = signOf(code, next);
  if (sign !== undefined) {
    // "==" has two characters and means one; "<" before ">" means "!=".
    cursor.at += next === EQUALS || (code === LESS && next === GREATER) ? 2 : 1;
    return sign;
  }
  const word = WORD_OPERATORS.find((each) => isKeywordNext(cursor, each));
  if (word === undefined) {
    return fail(cursor, at, OPERATOR);
  }
  cursor.at += word.length;
  return word;
}

/** The operator that one or two characters write. */
function signOf(code: number, next: number): Operator | undefined {
  switch (code) {
    case EQUALS:
      return "=";
    case EXCLAMATION_MARK:
      return next === EQUALS ? "!=" : undefined;
    case LESS:
      return next === EQUALS ? "<=" : next === GREATER ? "!=" : "<";
    case GREATER:
      return next === EQUALS ? ">=" : ">";
    default:
      return undefined;
  }
}

function parseValues(cursor: Cursor, operator: Operator): readonly Literal[] | undefined {
  switch (operator) {
    case "=":
    case "!=": {
      const value = readLiteral(cursor, CONSTANT);
      return value && [value];
    }
    case "IN":
      return parseSet(cursor);
    case "LIKE":
    case "MATCHES":
    case "ISSUBSET":
    case "ISSUPERSET": {
      const value = readString(cursor);
      return value && [value];
    }
    default: {
      const value = readLiteral(cursor, ORDERED);
      if (value?.kind === "boolean") {
        return fail(cursor, value.offset, ORDERED);
      }
      return value && [value];
    }
  }
}

/** Reads the parentheses of IN, which may be empty; they do not count as depth, as sets do not nest. */
function parseSet(cursor: Cursor): readonly Literal[] | undefined {
  if (!takeMark(cursor, OPENING_PARENTHESIS)) {
    return fail(cursor, cursor.at, '"(" to open the set');
  }
  const values: Literal[] = [];
  if (takeMark(cursor, CLOSING_PARENTHESIS)) {
    return values;
  }
  do {
    const value = readLiteral(cursor, CONSTANT);
    if (value === undefined) {
      return undefined;
    }
    values.push(value);
  } while (takeMark(cursor, COMMA));
  return takeMark(cursor, CLOSING_PARENTHESIS)
    ? values
    : fail(cursor, cursor.at, '"," or ")" to close the set');
}
