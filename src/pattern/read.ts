/**
 * Reads a pattern for whoever keeps it: what is wrong with it and which values it looks for, in one call. Most
 * patterns of feeds compare one property with one string; those are read without building a tree, and only
 * where nothing could be found in them. All others are parsed, checked and searched.
 */

import { isIpv4 } from "./address.ts";
import { checkPattern, type PatternFinding } from "./check.ts";
import type { PatternError } from "./error.ts";
import { HASH_ALGORITHMS, type HashAlgorithm } from "./hash.ts";
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
    }
  | { readonly ok: false; readonly error: PatternError };

/** Gives the one spelling of a constant, or undefined where somebody has to look at it more closely. */
type Spelling = (constant: string) => string | undefined;

/**
 * Parses, checks and searches a pattern. Says exactly what `parsePattern`, `checkPattern` and `observablesOf`
 * say one after the other; never throws, and needs time linear in the text.
 */
export function readPattern(text: string, options: ParseOptions = {}): PatternReading {
  const plain = options.lengthMax === undefined ? readPlain(text) : undefined;
  if (plain !== undefined) {
    return { ok: true, findings: NO_FINDINGS, observables: [plain] };
  }
  const result = parsePattern(text, options);
  if (!result.ok) {
    return result;
  }
  const { pattern } = result;
  return { ok: true, findings: checkPattern(pattern), observables: observablesOf(pattern) };
}

const NO_FINDINGS: readonly PatternFinding[] = Object.freeze([]);

const SPACE = 0x20;
const EQUALS = 0x3d;
const APOSTROPHE = 0x27;

/** Reads `[key = 'constant']`, with or without the spaces, where the key is a known one; undefined otherwise. */
function readPlain(text: string): Observable | undefined {
  if (!text.startsWith("[") || !text.endsWith("']") || text.length > LENGTH_MAX) {
    return undefined;
  }
  const equals = text.indexOf("=");
  const keyEnd = text.charCodeAt(equals - 1) === SPACE ? equals - 1 : equals;
  const offset = text.charCodeAt(equals + 1) === SPACE ? equals + 2 : equals + 1;
  const key = text.slice(1, keyEnd);
  const spellingOf = SPELLINGS.get(key);
  const end = text.length - "']".length;
  const isPlain =
    spellingOf !== undefined &&
    text.charCodeAt(equals) === EQUALS &&
    text.charCodeAt(offset) === APOSTROPHE &&
    text.indexOf("'", offset + 1) === end &&
    !text.includes("\\", offset);
  if (!isPlain) {
    return undefined;
  }
  const written = text.slice(offset + 1, end);
  const value = spellingOf(written);
  return value === undefined
    ? undefined
    : { key, value, written, kind: "string", sufficient: true, qualified: false, offset };
}

const asWritten: Spelling = (constant) => constant;
const inLowerCase: Spelling = (constant) => constant.toLowerCase();

/** A single address, which has only one spelling. */
const asAddress: Spelling = (constant) => (isIpv4(constant) ? constant : undefined);

function asDigest({ hexadecimal, fits }: HashAlgorithm): Spelling {
  const spelled = hexadecimal ? inLowerCase : asWritten;
  return (digest) => (fits(digest) ? spelled(digest) : undefined);
}

/** Keys whose constants need more than being copied; blocks and version 6 have several spellings. */
const SPELLINGS_BY_KEY: Readonly<Record<string, Spelling>> = {
  "ipv4-addr:value": asAddress,
  "ipv6-addr:value": () => undefined,
  "domain-name:value": inLowerCase,
  "mac-addr:value": inLowerCase,
};

/** Every key of one property of an observable, and every hash, as `printKeys` writes them. */
const SPELLINGS: ReadonlyMap<string, Spelling> = new Map(
  knownProperties().flatMap(([type, property]): readonly (readonly [string, Spelling])[] => {
    const key = printKeys(type, [property]);
    const own: readonly [string, Spelling] = [key, SPELLINGS_BY_KEY[key] ?? asWritten];
    const algorithms = property === "hashes" ? HASH_ALGORITHMS : [];
    return [own, ...algorithms.map((each) => hashEntry(type, each))];
  }),
);

function hashEntry(type: string, algorithm: HashAlgorithm): readonly [string, Spelling] {
  return [printKeys(type, ["hashes", algorithm.name]), asDigest(algorithm)];
}
