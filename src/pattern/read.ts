/**
 * Reads a pattern for whoever keeps it: what is wrong with it and which values it looks for, in one call. Most
 * patterns of feeds compare one property with one string; those are read without building a tree, and only
 * where nothing could be found in them. All others are parsed, checked and searched.
 */

import { isIpv4 } from "./address.ts";
import { isDigit } from "./characters.ts";
import { checkPattern, type PatternFinding } from "./check.ts";
import type { PatternError } from "./error.ts";
import { HASH_ALGORITHMS, type HashAlgorithm } from "./hash.ts";
import { intervalsOf, type PatternInterval } from "./intervals.ts";
import { knownProperties } from "./known-paths.ts";
import { type Observable, observablesOf } from "./observables.ts";
import { LENGTH_MAX, type ParseOptions, parsePattern } from "./parse.ts";
import { printKeys } from "./print.ts";

/** What a pattern says, or why it cannot be parsed. */
export type PatternReading =
  | {
      readonly ok: true;
      /** In the order of their places, 100 at most. */
      readonly findings: readonly PatternFinding[];
      /** In reading order, 10,000 at most. */
      readonly observables: readonly Observable[];
      /** Every START and STOP. */
      readonly intervals: readonly PatternInterval[];
    }
  | { readonly ok: false; readonly error: PatternError };

/**
 * Whether a constant, the text between two places, is in its one spelling and breaks no rule. Where the answer
 * is no, somebody has to look at it more closely; no apostrophe and no backslash may pass.
 */
type IsPlain = (text: string, from: number, to: number) => boolean;

/**
 * Parses, checks and searches a pattern. Says exactly what `parsePattern`, `checkPattern` and `observablesOf`
 * say one after the other; never throws, and needs time linear in the text.
 */
export function readPattern(text: string, options: ParseOptions = {}): PatternReading {
  const plain = options.lengthMax === undefined ? readPlain(text) : undefined;
  if (plain !== undefined) {
    return { ok: true, findings: NO_FINDINGS, observables: [plain], intervals: NO_INTERVALS };
  }
  const result = parsePattern(text, options);
  if (!result.ok) {
    return result;
  }
  const { pattern } = result;
  return {
    ok: true,
    findings: checkPattern(pattern),
    observables: observablesOf(pattern),
    intervals: intervalsOf(pattern),
  };
}

const NO_FINDINGS: readonly PatternFinding[] = Object.freeze([]);
const NO_INTERVALS: readonly PatternInterval[] = Object.freeze([]);

const SPACE = 0x20;
const APOSTROPHE = 0x27;
const BACKSLASH = 0x5c;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;

/** Reads `[key = 'constant']`, with or without the spaces, where the key is a known one; undefined otherwise. */
function readPlain(text: string): Observable | undefined {
  const end = text.length - "']".length;
  const isFramed =
    text.charCodeAt(0) === OPENING_BRACKET &&
    text.charCodeAt(end) === APOSTROPHE &&
    text.charCodeAt(end + 1) === CLOSING_BRACKET &&
    text.length <= LENGTH_MAX;
  const equals = isFramed ? text.indexOf("=") : -1;
  if (equals < 0) {
    return undefined;
  }
  const key = text.slice(1, text.charCodeAt(equals - 1) === SPACE ? equals - 1 : equals);
  const offset = text.charCodeAt(equals + 1) === SPACE ? equals + 2 : equals + 1;
  const isPlain = PLAIN_CONSTANTS.get(key);
  if (isPlain === undefined || text.charCodeAt(offset) !== APOSTROPHE || offset >= end) {
    return undefined;
  }
  if (!isPlain(text, offset + 1, end)) {
    return undefined;
  }
  const value = text.slice(offset + 1, end);
  return { key, value, written: value, kind: "string", sufficient: true, qualified: false, offset };
}

const isAnything: IsPlain = (text, from, to) =>
  text.indexOf("'", from) === to && !text.includes("\\", from);

const isInLowerCase: IsPlain = (text, from, to) => {
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    const isCapital = code >= 0x41 && code <= 0x5a;
    if (isCapital || code > 0x7e || code === APOSTROPHE || code === BACKSLASH) {
      return false;
    }
  }
  return true;
};

const isNeverPlain: IsPlain = () => false;

function isDigestOf({ lengths }: HashAlgorithm): IsPlain {
  return (text, from, to) => lengths.includes(to - from) && isLowerHex(text, from, to);
}

function isLowerHex(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (!isDigit(code) && (code < 0x61 || code > 0x66)) {
      return false;
    }
  }
  return true;
}

/** Keys whose constants need more than being copied; addresses of version 6 have several spellings. */
const PLAIN_BY_KEY: Readonly<Record<string, IsPlain>> = {
  "ipv4-addr:value": isIpv4,
  "ipv6-addr:value": isNeverPlain,
  "domain-name:value": isInLowerCase,
  "mac-addr:value": isInLowerCase,
};

/** Every key of one property of an observable, and every hash, as they are printed. */
const PLAIN_CONSTANTS: ReadonlyMap<string, IsPlain> = new Map(
  knownProperties().flatMap(([type, property]): readonly (readonly [string, IsPlain])[] => {
    const key = printKeys(type, [property]);
    const own: readonly [string, IsPlain] = [key, PLAIN_BY_KEY[key] ?? isAnything];
    const algorithms = property === "hashes" ? HASH_ALGORITHMS : [];
    return [own, ...algorithms.map((each) => hashEntry(type, each))];
  }),
);

function hashEntry(type: string, algorithm: HashAlgorithm): readonly [string, IsPlain] {
  return [printKeys(type, ["hashes", algorithm.name]), isDigestOf(algorithm)];
}
