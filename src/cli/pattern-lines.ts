/** `stixgate pattern check|match --format jsonl`: a pattern a line, an answer a line. For scripts. */

import { compilePattern, observationsOf, type PatternVersion } from "../pattern/index.ts";
import type { AnswerLine, LineInput } from "./answer-lines.ts";
import { isObject } from "./lint-check.ts";
import { judgePattern, type PatternFault } from "./pattern-check.ts";
import { createRegexEngine } from "./pattern-regex.ts";

/** Whether a pattern matches; null with the reason where that cannot be said. */
export interface MatchVerdict {
  readonly match: boolean | null;
  readonly error: string | null;
  /** Remarks on what was left out. */
  readonly notes: readonly string[];
}

/** Counts what was answered. */
export interface PatternTally {
  invalid: number;
  warned: number;
}

interface PatternRequest {
  readonly pattern: string;
  readonly version: PatternVersion;
  readonly sdos: readonly unknown[];
}

/** What a line asks, or why it asks nothing. */
type Asked =
  | { readonly request: PatternRequest }
  | { readonly rule: string; readonly reason: string };

/** Faults with which a pattern means nothing that could be matched. */
const MEANINGLESS: ReadonlySet<string> = new Set([
  "pattern.syntax",
  "pattern.positive",
  "pattern.mixedSet",
]);

/** Answers `{"index","valid","errors","warnings","observables"}` to each line. */
export function answerCheck(version: PatternVersion, tally: PatternTally): AnswerLine {
  return (input, index) => {
    const asked = askedBy(input, version);
    if ("rule" in asked) {
      tally.invalid += 1;
      const errors = [{ rule: asked.rule, message: asked.reason, offset: 0 }];
      return JSON.stringify({ index, valid: false, errors, warnings: [], observables: [] });
    }
    const { request } = asked;
    const { errors, warnings, observables } = judgePattern(request.pattern, request.version);
    tally.invalid += errors.length > 0 ? 1 : 0;
    tally.warned += warnings.length > 0 ? 1 : 0;
    return JSON.stringify({
      index,
      valid: errors.length === 0,
      errors: errors.map(shortened),
      warnings: warnings.map(shortened),
      observables: observables.map(({ key, value, sufficient }) => ({ key, value, sufficient })),
    });
  };
}

/** Answers `{"index","match","error"}` to each line. */
export function answerMatch(version: PatternVersion): AnswerLine {
  return (input, index) => {
    const asked = askedBy(input, version);
    if ("rule" in asked) {
      return JSON.stringify({ index, match: null, error: asked.reason });
    }
    const { pattern, version: stated, sdos } = asked.request;
    const { match, error } = matchPattern(pattern, stated, sdos);
    return JSON.stringify({ index, match, error });
  };
}

/** Matches a pattern against observed-data and what it refers to. */
export function matchPattern(
  text: string,
  version: PatternVersion,
  objects: readonly unknown[],
): MatchVerdict {
  const { pattern, errors, warnings } = judgePattern(text, version);
  const fault = [...errors, ...warnings].find(({ rule }) => MEANINGLESS.has(rule));
  if (pattern === undefined || fault !== undefined) {
    return { match: null, error: fault?.message ?? "The pattern is not valid", notes: [] };
  }
  const engine = createRegexEngine();
  const compiled = compilePattern(pattern, { regexCompiler: engine.compiler });
  if (engine.refusals.length > 0) {
    return { match: null, error: engine.refusals.join("; "), notes: [] };
  }
  const { observations, diagnostics } = observationsOf(objects);
  const result = compiled.matches(observations);
  const notes = [...diagnostics, ...result.diagnostics].map(({ message }) => message);
  const undecided = result.diagnostics.find(({ code }) => code === "steps")?.message;
  return result.match === undefined
    ? { match: null, error: undecided ?? "undecided", notes }
    : { match: result.match, error: null, notes };
}

function askedBy(input: LineInput, version: PatternVersion): Asked {
  if (!input.ok) {
    return { rule: input.rule, reason: input.reason };
  }
  const { value } = input;
  if (typeof value === "string") {
    return { request: { pattern: value, version, sdos: [] } };
  }
  if (!isObject(value) || typeof value["pattern"] !== "string") {
    return { rule: "record.object", reason: 'Expected an object with a string "pattern"' };
  }
  const { pattern, version: stated, sdos } = value;
  if (stated !== undefined && stated !== null && stated !== "2.0" && stated !== "2.1") {
    return { rule: "pattern.version", reason: 'The version is "2.0" or "2.1"' };
  }
  if (sdos !== undefined && sdos !== null && !Array.isArray(sdos)) {
    return { rule: "record.object", reason: 'The "sdos" are a list of STIX objects' };
  }
  return { request: { pattern, version: stated ?? version, sdos: sdos ?? [] } };
}

function shortened({ rule, message, offset }: PatternFault): Omit<PatternFault, "mark"> {
  return { rule, message, offset };
}
