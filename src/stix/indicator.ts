/** What an indicator must fulfil beyond its table: the pattern, read once and kept for the facts. */

import {
  adviseOnPattern,
  type ParseOptions,
  type PatternFinding,
  type PatternInterval,
  readPattern,
} from "../pattern/index.ts";
import type { SpecVersion } from "./kinds.ts";
import { RULES, type RuleId } from "./rules-table.ts";
import { compareTimestamps, normaliseTimestamp } from "./timestamp.ts";
import { isOn, type JsonObject, report, type Walk } from "./walk.ts";

/** Checks pattern_type, pattern_version and, of a STIX pattern, the pattern. */
export function checkIndicator(indicator: JsonObject, walk: Walk): void {
  const type = patternTypeOf(indicator, walk);
  if (walk.settings.advice.indicatorNames) {
    checkNames(indicator, walk);
  }
  const pattern = indicator["pattern"];
  if (typeof pattern !== "string" || pattern === "") {
    return;
  }
  if (type === "stix") {
    checkStixPattern(pattern, indicator, walk);
  } else if (typeof type === "string") {
    const reason = adviseOnPattern(type, pattern);
    if (reason !== undefined) {
      report(walk, "pattern.language", "pattern", { reason, value: pattern });
    }
  }
}

function checkNames(indicator: JsonObject, walk: Walk): void {
  for (const name of ["name", "description"]) {
    if (indicator[name] === undefined) {
      report(walk, "indicator.named", name, { reason: `An indicator should have a ${name}` });
    }
  }
}

/** The language of the pattern; a 2.0 indicator that does not say it has a STIX pattern. */
function patternTypeOf(indicator: JsonObject, walk: Walk): unknown {
  const type = indicator["pattern_type"];
  const { version, lenient, patternTypeRequiredOn20 } = walk.settings;
  if (version === "2.1" || (type !== undefined && type !== null && lenient)) {
    return type;
  }
  // A null has its own finding and counts as absent.
  if (type === undefined) {
    const rule = patternTypeRequiredOn20 ? "required" : "pattern_type.missing20";
    const reason = patternTypeRequiredOn20
      ? "Required property is missing"
      : "A missing pattern_type counts as stix";
    report(walk, rule, "pattern_type", { reason });
  }
  return "stix";
}

/** Without advice on versions a pattern may be of either. */
const ANY_VERSION: ParseOptions = Object.freeze({});

function checkStixPattern(text: string, indicator: JsonObject, walk: Walk): void {
  const stated = indicator["pattern_version"];
  const isKnown = stated === "2.0" || stated === "2.1";
  if (!isKnown && stated !== undefined && stated !== null) {
    const reason = "Should be 2.0 or 2.1 for a STIX pattern";
    report(walk, "pattern.version", "pattern_version", { reason, value: stated });
  }
  const version: SpecVersion = isKnown ? stated : walk.settings.version;
  const reading = readPattern(
    text,
    walk.settings.advice.patternNumbers ? { version } : ANY_VERSION,
  );
  if (!reading.ok) {
    const { message } = reading.error;
    report(walk, "pattern.syntax", "pattern", { reason: sentence(message), value: text });
    return;
  }
  for (const finding of reading.findings) {
    reportPattern(finding, walk);
  }
  walk.observables = reading.observables;
  if (reading.intervals.length > 0 && isOn(walk, "pattern.validity")) {
    checkIntervals(reading.intervals, indicator, walk);
  }
}

/** A pattern that looks outside the time in which it is valid finds less than it could. */
function checkIntervals(
  intervals: readonly PatternInterval[],
  { valid_from: from, valid_until: until }: JsonObject,
  walk: Walk,
): void {
  for (const { start, stop } of intervals) {
    if (isBefore(start, from)) {
      const reason = "START should not lie before valid_from";
      report(walk, "pattern.validity", "pattern", { reason, value: start });
    }
    if (isBefore(until, stop)) {
      const reason = "STOP should not lie after valid_until";
      report(walk, "pattern.validity", "pattern", { reason, value: stop });
    }
  }
}

/** False where one of the two is no time: that has a finding of its own, or says nothing. */
function isBefore(earlier: unknown, later: unknown): boolean {
  const left = typeof earlier === "string" ? normaliseTimestamp(earlier) : undefined;
  const right = typeof later === "string" ? normaliseTimestamp(later) : undefined;
  return left !== undefined && right !== undefined && compareTimestamps(left, right) < 0;
}

function reportPattern({ rule, message, value }: PatternFinding, walk: Walk): void {
  const known = Object.hasOwn(RULES, rule) ? (rule as RuleId) : "pattern.other";
  report(walk, known, "pattern", { reason: sentence(message), value });
}

/** The pattern room's remarks begin in lower case, reasons do not. */
function sentence(message: string): string {
  return message.slice(0, 1).toUpperCase() + message.slice(1);
}
