/**
 * The hash algorithms whose digests can be checked by their form, found by any usual spelling of their name.
 *
 * @see STIX 2.1 §2.7 and hash-algorithm-ov; names outside the vocabulary (SHA-224, RIPEMD-160 and so on)
 * are known from STIX 2.0
 */
import { isDigit, isHexDigit, isLetter } from "./characters.ts";

/** One algorithm: its spelling in the vocabulary, and the form of its digests. */
export interface HashAlgorithm {
  /** As hash-algorithm-ov spells it; algorithms of STIX 2.0 as that version's vocabulary does. */
  readonly name: string;
  /** The digest is written in hexadecimal, so that its case has no meaning. */
  readonly hexadecimal: boolean;
  /** How many hexadecimal digits a digest has; empty where its form is another one. */
  readonly lengths: readonly number[];
  /** Whether a digest has the form that the algorithm produces. */
  fits(digest: string): boolean;
}

/** The longest line that ssdeep writes: block size, two signatures of 64 and 32 characters, colons and reserve. */
const SSDEEP_LENGTH_MAX = 148;
/** A name that is longer, quotes and hyphens included, is none of ours. */
const NAME_LENGTH_MAX = 24;

/** Every algorithm, in the order of the vocabulary. */
export const HASH_ALGORITHMS: readonly HashAlgorithm[] = [
  hexadecimal("MD5", [32]),
  hexadecimal("SHA-1", [40]),
  hexadecimal("SHA-224", [56]),
  hexadecimal("SHA-256", [64]),
  hexadecimal("SHA-384", [96]),
  hexadecimal("SHA-512", [128]),
  hexadecimal("SHA3-224", [56]),
  hexadecimal("SHA3-256", [64]),
  hexadecimal("SHA3-384", [96]),
  hexadecimal("SHA3-512", [128]),
  hexadecimal("RIPEMD-160", [40]),
  hexadecimal("WHIRLPOOL", [128]),
  hexadecimal("MD6", [32, 40, 56, 64, 96, 128]),
  { name: "TLSH", hexadecimal: true, lengths: [], fits: fitsTlsh },
  { name: "SSDEEP", hexadecimal: false, lengths: [], fits: fitsSsdeep },
];

const BY_NORMALISED_NAME: ReadonlyMap<string, HashAlgorithm> = new Map(
  HASH_ALGORITHMS.map((algorithm) => [normalised(algorithm.name), algorithm]),
);
/** Spares the usual spellings the normalisation. */
const BY_VOCABULARY_NAME: ReadonlyMap<string, HashAlgorithm> = new Map(
  HASH_ALGORITHMS.map((algorithm) => [algorithm.name, algorithm]),
);

/**
 * Finds an algorithm by name, whatever its case, hyphens, underscores and quotes: `sha256`, `SHA_256` and
 * `'SHA-256'` are one. Undefined for every name that isn't known, whose digests can't be checked.
 */
export function hashAlgorithmOf(name: string): HashAlgorithm | undefined {
  const exact = BY_VOCABULARY_NAME.get(name);
  if (exact !== undefined || name.length > NAME_LENGTH_MAX) {
    return exact;
  }
  return BY_NORMALISED_NAME.get(normalised(name));
}

function normalised(name: string): string {
  let letters = "";
  for (const character of name) {
    const isSeparator =
      character === "-" || character === "_" || character === "'" || character === '"';
    letters += isSeparator ? "" : character;
  }
  return letters.toUpperCase();
}

function hexadecimal(name: string, lengths: readonly number[]): HashAlgorithm {
  const only = lengths.length === 1 ? lengths[0] : undefined;
  return {
    name,
    hexadecimal: true,
    lengths,
    fits:
      only === undefined
        ? (digest) => lengths.includes(digest.length) && isHex(digest, 0)
        : (digest) => digest.length === only && isHex(digest, 0),
  };
}

/** 35 bytes; newer tools write the version prefix `T1` before them. */
function fitsTlsh(digest: string): boolean {
  if (digest.length === 72 && (digest.startsWith("T1") || digest.startsWith("t1"))) {
    return isHex(digest, 2);
  }
  return digest.length === 70 && isHex(digest, 0);
}

function fitsSsdeep(digest: string): boolean {
  if (digest.length === 0 || digest.length > SSDEEP_LENGTH_MAX) {
    return false;
  }
  for (let at = 0; at < digest.length; at++) {
    const code = digest.charCodeAt(at);
    // The other characters are "/", "+", ":" and ".".
    const isSign = code === 0x2f || code === 0x2b || code === 0x3a || code === 0x2e;
    if (!isLetter(code) && !isDigit(code) && !isSign) {
      return false;
    }
  }
  return true;
}

function isHex(text: string, start: number): boolean {
  for (let at = start; at < text.length; at++) {
    if (!isHexDigit(text.charCodeAt(at))) {
      return false;
    }
  }
  return true;
}
