/**
 * Static checks: what is wrong, doubtful or ineffective in a pattern that parses. They say what they found
 * where; how grave it is depends on the profile of whoever asks.
 *
 * @see STIX 2.1 §9
 */
import { addressBlockOf, isIpv4 } from "./address.ts";
import { isDigit } from "./characters.ts";
import { type HashAlgorithm, hashAlgorithmOf } from "./hash.ts";
import {
  intendedType,
  isNeverObserved,
  isObservableType,
  renamedIn21,
  unknownKeyOf,
} from "./known-paths.ts";
import type {
  Comparison,
  ComparisonJoin,
  Exists,
  Literal,
  ObjectPath,
  ObservationExpression,
  Pattern,
  PatternVersion,
  Qualifier,
  Test,
} from "./pattern.ts";
import { printPath } from "./print.ts";
import { compareTimestamps, isCalendarDay } from "./timestamp.ts";

/** One thing that a static check found. */
export interface PatternFinding {
  /** `pattern.positive`, `pattern.dupQualifier`, `hash.digest` and so on. */
  readonly rule: string;
  readonly message: string;
  /** UTF-16 units from the beginning of the pattern. */
  readonly offset: number;
  /** The offending part as the pattern has it: a constant, a name, a number. */
  readonly value: string;
}

/** What the checks may know besides the tree. */
export interface CheckOptions {
  /** Adds advice on properties that 2.1 renamed. Absent: the names of both versions are fine. */
  readonly version?: PatternVersion;
}

/** More findings about one pattern help nobody. */
const FINDINGS_MAX = 100;
const TYPE_LENGTH_MIN = 3;
const TYPE_LENGTH_MAX = 250;

/** Object types that could satisfy a comparison: one name as itself, none or several as a set of its own. */
type Types = string | Set<string>;

interface Report {
  readonly version: PatternVersion | undefined;
  readonly findings: PatternFinding[];
}

/**
 * Checks a parsed pattern and returns every finding in the order of their places, 100 at most.
 *
 * @see STIX 2.1 §9.3-9.7; for digests §2.7
 */
export function checkPattern(
  pattern: Pattern,
  options: CheckOptions = {},
): readonly PatternFinding[] {
  const report: Report = { version: options.version, findings: [] };
  checkExpression(pattern.expression, report);
  return report.findings.length > 1
    ? report.findings.sort((left, right) => left.offset - right.offset)
    : report.findings;
}

function add(report: Report, finding: PatternFinding): void {
  if (report.findings.length < FINDINGS_MAX) {
    report.findings.push(finding);
  }
}

function checkExpression(expression: ObservationExpression, report: Report): void {
  if (expression.kind === "observation") {
    checkComparison(expression.comparison, report);
  } else {
    for (const item of expression.items) {
      checkExpression(item, report);
    }
  }
  if (expression.qualifiers.length > 0) {
    checkQualifiers(expression.qualifiers, report);
  }
}

function checkQualifiers(qualifiers: readonly Qualifier[], report: Report): void {
  const seen = new Set<string>();
  for (const qualifier of qualifiers) {
    const { kind, offset } = qualifier;
    if (seen.has(kind)) {
      const name = kind === "STARTSTOP" ? "START ... STOP" : kind;
      const message = `${name} appears twice on one observation expression`;
      add(report, { rule: "pattern.dupQualifier", message, offset, value: name });
    }
    seen.add(kind);
    if (kind === "STARTSTOP") {
      checkInterval(qualifier, report);
    } else {
      checkAmount(kind, kind === "WITHIN" ? qualifier.seconds : qualifier.times, offset, report);
    }
  }
}

function checkAmount(kind: string, value: string, offset: number, report: Report): void {
  if (!(Number(value) > 0)) {
    const message = `the number of ${kind} must be greater than 0, or the pattern never matches`;
    add(report, { rule: "pattern.positive", message, offset, value });
  }
  if (value.startsWith("+")) {
    const message = "a number is written without a plus sign";
    add(report, { rule: "pattern.number", message, offset, value });
  }
}

function checkInterval(qualifier: Qualifier & { kind: "STARTSTOP" }, report: Report): void {
  const { start, stop, offset } = qualifier;
  if (compareTimestamps(start, stop) >= 0) {
    const message = "START must be before STOP, or the pattern never matches";
    add(report, { rule: "pattern.startStop", message, offset, value: `${start} ${stop}` });
  }
  checkCalendar(start, offset, report);
  checkCalendar(stop, offset, report);
}

function checkCalendar(value: string, offset: number, report: Report): void {
  if (!isCalendarDay(value)) {
    const message = "the timestamp names a day that does not exist";
    add(report, { rule: "pattern.calendar", message, offset, value });
  }
}

/**
 * Checks a comparison and returns the types of object that could satisfy it. A comparison is about one
 * object, so operands of AND must have a type in common.
 */
function checkComparison(comparison: Comparison, report: Report): Types {
  if (comparison.kind === "test") {
    checkPath(comparison, report);
    checkValues(comparison, report);
    return comparison.path.type;
  }
  if (comparison.kind === "exists") {
    checkPath(comparison, report);
    return comparison.path.type;
  }
  return checkJoin(comparison, report);
}

function checkJoin(join: ComparisonJoin, report: Report): Types {
  let types: Types | undefined;
  let isDisjoint = false;
  for (const item of join.items) {
    const before = types;
    const added = checkComparison(item, report);
    types = before === undefined ? added : combined(join.kind, before, added);
    // An operand that is empty itself has been reported already.
    isDisjoint ||= isNone(types) && before !== undefined && !isNone(before) && !isNone(added);
  }
  if (isDisjoint) {
    const first = firstTest(join);
    const message = "no object can satisfy this AND: its tests are about different object types";
    const value = printPath(first.path);
    add(report, { rule: "pattern.disjointAnd", message, offset: first.offset, value });
  }
  return types ?? new Set();
}

function isNone(types: Types): boolean {
  return typeof types !== "string" && types.size === 0;
}

/** Joins two sets of types; the smaller is poured into the larger, so that long chains stay linear. */
function combined(kind: "and" | "or", left: Types, right: Types): Types {
  // Nearly every pattern is about one type, which needs no set.
  if (left === right) {
    return left;
  }
  const leftSet = typeof left === "string" ? new Set([left]) : left;
  const rightSet = typeof right === "string" ? new Set([right]) : right;
  const [small, large] = leftSet.size < rightSet.size ? [leftSet, rightSet] : [rightSet, leftSet];
  if (kind === "and") {
    return new Set([...small].filter((type) => large.has(type)));
  }
  for (const type of small) {
    large.add(type);
  }
  return large;
}

function firstTest(comparison: Comparison): Test | Exists {
  let node = comparison;
  while (node.kind === "and" || node.kind === "or") {
    const [first] = node.items;
    if (first === undefined) {
      break;
    }
    node = first;
  }
  return node as Test | Exists;
}

function checkPath(test: Test | Exists, report: Report): void {
  const { path } = test;
  checkType(path, report);
  const first = path.steps[0];
  const isNegative =
    path.steps.length > 1 && path.steps.some((step) => typeof step === "number" && step < 0);
  if (path.signed || isNegative) {
    const message = "a list index counts from 0 and is written without a sign";
    const value = printPath(path);
    add(report, { rule: "pattern.number", message, offset: path.offset, value });
  }
  const unknown = unknownKeyOf(path);
  if (unknown !== undefined) {
    const message = `"${unknown}" is no property that STIX defines at this place of ${path.type}`;
    add(report, { rule: "pattern.path", message, offset: path.offset, value: printPath(path) });
  } else if (report.version === "2.1" && typeof first === "string") {
    checkRenamed(path, first, report);
  }
  checkHashName(path, report);
}

function checkRenamed(path: ObjectPath, property: string, report: Report): void {
  const renamed = renamedIn21(path.type, property);
  if (renamed !== undefined) {
    const fate = renamed === "" ? "was dropped by STIX 2.1" : `is called "${renamed}" in STIX 2.1`;
    const message = `"${property}" of ${path.type} ${fate}`;
    add(report, { rule: "pattern.path", message, offset: path.offset, value: printPath(path) });
  }
}

function checkType(path: ObjectPath, report: Report): void {
  const { type, offset } = path;
  if (isObservableType(type)) {
    return;
  }
  const intended = intendedType(type);
  let message: string | undefined;
  if (intended !== undefined) {
    message = `"${type}" is no object type of STIX; "${intended}" is`;
  } else if (isNeverObserved(type)) {
    message = `objects of type "${type}" are never observed, so the test never matches`;
  } else if (type.length < TYPE_LENGTH_MIN || type.length > TYPE_LENGTH_MAX) {
    const reason = "the name of an object type has 3 to 250 characters";
    add(report, { rule: "pattern.type_name", message: reason, offset, value: type });
  } else if (!hasTypeCharacters(type)) {
    message = "an object type has lower-case letters, digits and hyphens";
  }
  if (message !== undefined) {
    add(report, { rule: "pattern.type", message, offset, value: type });
  }
}

function hasTypeCharacters(type: string): boolean {
  for (let at = 0; at < type.length; at++) {
    const code = type.charCodeAt(at);
    if (!((code >= 0x61 && code <= 0x7a) || isDigit(code) || code === 0x2d)) {
      return false;
    }
  }
  return true;
}

/** The algorithm that a path names below `hashes` or another dictionary of hashes. */
export function hashAlgorithmAt(path: ObjectPath): HashAlgorithm | undefined {
  const { steps } = path;
  const name = steps[steps.length - 1];
  const dictionary = steps[steps.length - 2];
  const isHash =
    typeof name === "string" &&
    typeof dictionary === "string" &&
    (dictionary === "hashes" || dictionary.endsWith("_hashes"));
  return isHash ? hashAlgorithmOf(name) : undefined;
}

function checkHashName(path: ObjectPath, report: Report): void {
  const algorithm = path.steps.length > 1 ? hashAlgorithmAt(path) : undefined;
  const name = path.steps.at(-1);
  if (algorithm !== undefined && typeof name === "string" && name !== algorithm.name) {
    const message = `the vocabulary spells this hash algorithm '${algorithm.name}'`;
    add(report, { rule: "pattern.hashName", message, offset: path.offset, value: name });
  }
}

function checkValues(test: Test, report: Report): void {
  for (const literal of test.values) {
    checkLiteral(literal, report);
  }
  if (test.operator === "IN") {
    checkSet(test, report);
  }
  checkDigests(test, report);
  checkAddresses(test, report);
}

function checkLiteral(literal: Literal, report: Report): void {
  const { kind, text: value, offset } = literal;
  if (kind === "string" || kind === "boolean" || kind === "binary") {
    return;
  }
  if (kind === "timestamp") {
    checkCalendar(value, offset, report);
    return;
  }
  let message: string | undefined;
  if (kind === "hex") {
    message = value === value.toLowerCase() ? undefined : "hexadecimal digits are lower-case";
  } else if (value.startsWith("+")) {
    message = "a number is written without a plus sign";
  } else if (kind === "integer" && !Number.isSafeInteger(Number(value))) {
    message = "an integer lies between -(2^53 - 1) and 2^53 - 1";
  }
  if (message !== undefined) {
    add(report, { rule: "pattern.number", message, offset, value });
  }
}

/** A set has members of one data type; integers and floats count as one. */
function checkSet(test: Test, report: Report): void {
  const kinds = new Set(test.values.map(({ kind }) => (kind === "float" ? "integer" : kind)));
  if (kinds.size > 1) {
    const message = "the members of a set must have one data type";
    const value = [...kinds].join(", ");
    add(report, { rule: "pattern.mixedSet", message, offset: test.offset, value });
  }
}

/** Equality and sets compare whole digests; LIKE, MATCHES and orderings may well hold a part of one. */
function checkDigests(test: Test, report: Report): void {
  if (test.operator !== "=" && test.operator !== "!=" && test.operator !== "IN") {
    return;
  }
  const algorithm = test.path.steps.length > 1 ? hashAlgorithmAt(test.path) : undefined;
  if (algorithm === undefined) {
    return;
  }
  for (const { kind, text: value, offset } of test.values) {
    if (kind === "string" && !algorithm.fits(value)) {
      const message = `this is no ${algorithm.name} digest`;
      add(report, { rule: "hash.digest", message, offset, value });
    }
  }
}

function checkAddresses(test: Test, report: Report): void {
  const family = addressFamilyOf(test.path);
  const isSubsetTest = test.operator === "ISSUBSET" || test.operator === "ISSUPERSET";
  const isEquality = test.operator === "=" || test.operator === "!=" || test.operator === "IN";
  if (!isSubsetTest && (family === undefined || !isEquality)) {
    return;
  }
  for (const literal of test.values) {
    if (!isAddress(literal, family)) {
      const name = family?.name ?? "IPv4 or IPv6";
      const message = `this is no ${name} address or CIDR block`;
      const { offset, text: value } = literal;
      add(report, { rule: "pattern.address", message, offset, value });
    }
  }
}

/** Whether a constant is an address or a block of the family, or of any if none is given. */
function isAddress({ kind, text }: Literal, family: AddressFamily | undefined): boolean {
  if (kind !== "string") {
    return false;
  }
  // Nearly all addresses are single ones of version 4.
  if (family !== IPV6 && isIpv4(text)) {
    return true;
  }
  const octets = addressBlockOf(text)?.octets.length;
  return octets !== undefined && (family === undefined || octets === family.octets);
}

interface AddressFamily {
  readonly name: string;
  readonly octets: number;
}

const IPV4: AddressFamily = { name: "IPv4", octets: 4 };
const IPV6: AddressFamily = { name: "IPv6", octets: 16 };

/** The family of addresses that a path leads to, where the object type alone decides it. */
function addressFamilyOf(path: ObjectPath): AddressFamily | undefined {
  if (path.steps.length !== 1 || path.steps[0] !== "value") {
    return undefined;
  }
  if (path.type === "ipv4-addr") {
    return IPV4;
  }
  return path.type === "ipv6-addr" ? IPV6 : undefined;
}
