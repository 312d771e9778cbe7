/** Judges one STIX pattern: what the strict profile calls an error, its advice, and what it looks for. */

import {
  checkPattern,
  type Observable,
  observablesOf,
  type Pattern,
  type PatternVersion,
  parsePattern,
} from "../pattern/index.ts";
import { RULES, type RuleId, type Severity } from "../stix/index.ts";

/** A fault of a pattern, or advice on it. */
export interface PatternFault {
  readonly rule: string;
  readonly message: string;
  /** UTF-16 units from the beginning of the pattern to the part that is judged. */
  readonly offset: number;
  /** What to mark of it. */
  readonly mark: PatternMark;
}

/** A part of a pattern, in UTF-16 units. */
export interface PatternMark {
  readonly start: number;
  readonly end: number;
}

/** What can be said of a pattern without matching it. */
export interface PatternVerdict {
  readonly errors: readonly PatternFault[];
  readonly warnings: readonly PatternFault[];
  readonly observables: readonly Observable[];
  /** Undefined where it cannot be parsed. */
  readonly pattern: Pattern | undefined;
}

const NONE: readonly never[] = [];

/** Checks a pattern by the rules of a version. */
export function judgePattern(text: string, version: PatternVersion): PatternVerdict {
  const result = parsePattern(text, { version });
  if (!result.ok) {
    const { message, offset, found } = result.error;
    const mark = markOf(text, { offset, value: found });
    const fault = { rule: "pattern.syntax", message, offset, mark };
    return { errors: [fault], warnings: NONE, observables: NONE, pattern: undefined };
  }
  const { pattern } = result;
  const errors: PatternFault[] = [];
  const warnings: PatternFault[] = [];
  for (const { rule, message, offset, value } of checkPattern(pattern, { version })) {
    const severity = severityOf(rule, version);
    if (severity !== "off") {
      const fault = { rule, message, offset, mark: markOf(text, { offset, value }) };
      (severity === "error" ? errors : warnings).push(fault);
    }
  }
  return { errors, warnings, observables: observablesOf(pattern), pattern };
}

/** Longest way from the beginning of a comparison to its faulty part. */
const MARK_DISTANCE_MAX = 1_000;

/** The faulty part itself, where a finding about a path gives the offset of the path. */
export function markOf(
  text: string,
  part: { readonly offset: number; readonly value: string },
): PatternMark {
  const { offset, value } = part;
  const found = text.slice(offset, offset + MARK_DISTANCE_MAX).indexOf(value);
  const start = offset + Math.max(0, found);
  return { start, end: start + Math.max(1, value.length) };
}

/** The grammar has no shortest name; only a pattern in an object is about types that objects can have. */
const RULES_OF_OBJECTS: ReadonlySet<string> = new Set(["pattern.type_name"]);

function severityOf(rule: string, version: PatternVersion): Severity {
  if (RULES_OF_OBJECTS.has(rule)) {
    return "warning";
  }
  const known: RuleId = Object.hasOwn(RULES, rule) ? (rule as RuleId) : "pattern.other";
  return version === "2.1" ? RULES[known].strict21 : RULES[known].strict20;
}
