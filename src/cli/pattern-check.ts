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
  /** UTF-16 units from the beginning of the pattern, and how many of them are meant. */
  readonly offset: number;
  readonly length: number;
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
    const fault = { rule: "pattern.syntax", message, offset, length: Math.max(1, found.length) };
    return { errors: [fault], warnings: NONE, observables: NONE, pattern: undefined };
  }
  const { pattern } = result;
  const errors: PatternFault[] = [];
  const warnings: PatternFault[] = [];
  for (const { rule, message, offset, value } of checkPattern(pattern, { version })) {
    const severity = severityOf(rule, version);
    if (severity !== "off") {
      const fault = { rule, message, offset, length: Math.max(1, value.length) };
      (severity === "error" ? errors : warnings).push(fault);
    }
  }
  return { errors, warnings, observables: observablesOf(pattern), pattern };
}

function severityOf(rule: string, version: PatternVersion): Severity {
  const known: RuleId = Object.hasOwn(RULES, rule) ? (rule as RuleId) : "pattern.other";
  return version === "2.1" ? RULES[known].strict21 : RULES[known].strict20;
}
