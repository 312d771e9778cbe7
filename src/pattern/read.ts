/**
 * Reads a pattern for whoever keeps it: what is wrong with it and which values it looks for, in one call. Most
 * patterns of feeds compare one property with one string; those are read without building a tree, and only
 * where nothing could be found in them. All others are parsed, checked and searched.
 */

import { isIpv4 } from "./address.ts";
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
  const keyEnd = text.charCodeAt(equals - 1) === SPACE ? equals - 1 : equals;
  const offset = text.charCodeAt(equals + 1) === SPACE ? equals + 2 : equals + 1;
  const known = text.charCodeAt(offset) === APOSTROPHE ? knownKeyAt(text, keyEnd) : undefined;
  if (known === undefined || offset >= end || !known.isPlain(text, offset + 1, end)) {
    return undefined;
  }
  const { key } = known;
  const value = text.slice(offset + 1, end);
  return { key, value, written: value, kind: "string", sufficient: true, qualified: false, offset };
}

/** The known key that stands behind the bracket and ends before `end`; makes no string to look it up. */
function knownKeyAt(text: string, end: number): KnownKey | undefined {
  const candidates = KEYS_BY_LENGTH[end - 1];
  if (candidates !== undefined) {
    for (const candidate of candidates) {
      if (text.startsWith(candidate.key, 1)) {
        return candidate;
      }
    }
  }
  return undefined;
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

/** 1 at the codes of lower-case hexadecimal digits. */
const LOWER_HEX: Uint8Array = new Uint8Array(128);
for (const digit of "0123456789abcdef") {
  LOWER_HEX[digit.charCodeAt(0)] = 1;
}

function isLowerHex(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    if (LOWER_HEX[text.charCodeAt(at)] !== 1) {
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

/** A key of one property of an observable, or of a hash, as it is printed. */
interface KnownKey {
  readonly key: string;
  readonly isPlain: IsPlain;
}

const KNOWN_KEYS: readonly KnownKey[] = knownProperties().flatMap(([type, property]) => {
  const key = printKeys(type, [property]);
  const own: KnownKey = { key, isPlain: PLAIN_BY_KEY[key] ?? isAnything };
  const algorithms = property === "hashes" ? HASH_ALGORITHMS : [];
  return [own, ...algorithms.map((each) => hashEntry(type, each))];
});

function hashEntry(type: string, algorithm: HashAlgorithm): KnownKey {
  return { key: printKeys(type, ["hashes", algorithm.name]), isPlain: isDigestOf(algorithm) };
}

/** What feeds look for most often comes first among the keys of its length. */
const FREQUENT: readonly string[] = [
  "ipv4-addr:value",
  "domain-name:value",
  "url:value",
  "file:hashes.'SHA-256'",
  "file:hashes.MD5",
  "file:hashes.'SHA-1'",
  "email-addr:value",
];

const KEYS_BY_LENGTH: readonly (readonly KnownKey[])[] = byLength(KNOWN_KEYS);

function byLength(keys: readonly KnownKey[]): readonly (readonly KnownKey[])[] {
  const isFrequent = ({ key }: KnownKey): boolean => FREQUENT.includes(key);
  const lengthMax = Math.max(...keys.map(({ key }) => key.length));
  return Array.from({ length: lengthMax + 1 }, (_, length) => {
    const ofLength = keys.filter(({ key }) => key.length === length);
    return [...ofLength.filter(isFrequent), ...ofLength.filter((each) => !isFrequent(each))];
  });
}
