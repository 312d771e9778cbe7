/**
 * The hash that identities, values and labels are looked up by: 52 bits, in some tens of nanoseconds, where
 * SHA-256 takes microseconds for a short text. What a hash leads to is always compared with the text, so a
 * collision costs time and nothing else; the seed is random in each database, so that nobody can prepare
 * texts that collide.
 */

import type { DatabaseSync } from "node:sqlite";

/** Hashes a key to a whole number below 2^52. */
export type KeyHash = (key: string) => number;

/** Multipliers of the two halves, odd; and those of the mix at the end, as in MurmurHash3. */
const LOWER_PRIME = 0x9e3779b1;
const UPPER_PRIME = 0x85ebca77;
const MIX_FIRST = 0x85ebca6b;
const MIX_SECOND = 0xc2b2ae35;

const LOW_SIZE = 2 ** 32;
const UPPER_MASK = 2 ** 20 - 1;

/** The hash with a seed: two whole numbers below 2^32. */
export function createKeyHash(lowerSeed: number, upperSeed: number): KeyHash {
  return (key) => {
    let lower = lowerSeed ^ key.length;
    let upper = upperSeed;
    for (let at = 0; at < key.length; at += 1) {
      const code = key.charCodeAt(at);
      lower = Math.imul(lower ^ code, LOWER_PRIME);
      lower = (lower << 13) | (lower >>> 19);
      upper = Math.imul(upper ^ code, UPPER_PRIME);
      upper = (upper << 17) | (upper >>> 15);
    }
    return (mixed(upper ^ lower) & UPPER_MASK) * LOW_SIZE + (mixed(lower) >>> 0);
  };
}

/** Spreads each bit over all. */
function mixed(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, MIX_FIRST);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, MIX_SECOND);
  return hash ^ (hash >>> 16);
}

/** The hash of a database. */
export function readKeyHash(database: DatabaseSync): KeyHash {
  const { lower, upper } = database.prepare("SELECT lower, upper FROM entry_seed").get() ?? {};
  return createKeyHash(Number(lower), Number(upper));
}
