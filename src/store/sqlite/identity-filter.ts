/**
 * Which identities may be stored, in two bytes each: a Bloom filter over their hashes. What it doesn't have is
 * not stored; of what it has, one in a hundred isn't either, and has to be looked up. It grows by further
 * filters, each for twice as many identities, and forgets nothing.
 */

/** A set that may also have what was never added. */
export interface IdentityFilter {
  add(hash: number): void;
  mayHave(hash: number): boolean;
}

interface Bits {
  readonly words: Uint32Array;
  /** One less than the number of bits, which is a power of two. */
  readonly mask: number;
  readonly capacity: number;
  used: number;
}

/** With these, a full filter is wrong about one hash in a hundred. */
const BITS_PER_HASH = 10;
const PROBES = 7;

const CAPACITY_MIN = 100_000;

/** A hash has 52 bits: the upper 20 give the distance of the probes, the lower 32 their start. */
const LOW_SIZE = 2 ** 32;
const WORD_BITS = 32;

/** @param expected number of identities that will be added soon */
export function createIdentityFilter(expected: number): IdentityFilter {
  const filters = [createBits(Math.max(expected, CAPACITY_MIN))];
  return {
    add(hash) {
      let last = filters.at(-1) as Bits;
      if (last.used === last.capacity) {
        last = createBits(2 * last.capacity);
        filters.push(last);
      }
      last.used += 1;
      let bit = startOf(hash);
      const step = stepOf(hash);
      for (let probe = 0; probe < PROBES; probe += 1, bit = (bit + step) >>> 0) {
        const at = bit & last.mask;
        last.words[at >>> 5] = (last.words[at >>> 5] ?? 0) | (1 << (at & (WORD_BITS - 1)));
      }
    },
    mayHave: (hash) => filters.some((bits) => hasAll(bits, hash)),
  };
}

function hasAll({ words, mask }: Bits, hash: number): boolean {
  let bit = startOf(hash);
  const step = stepOf(hash);
  for (let probe = 0; probe < PROBES; probe += 1, bit = (bit + step) >>> 0) {
    const at = bit & mask;
    if (((words[at >>> 5] ?? 0) & (1 << (at & (WORD_BITS - 1)))) === 0) {
      return false;
    }
  }
  return true;
}

function startOf(hash: number): number {
  return hash >>> 0;
}

/** Odd, so that the probes of a hash differ. */
function stepOf(hash: number): number {
  return Math.imul(Math.floor(hash / LOW_SIZE), 0x9e3779b1) | 1;
}

/** @param least number of identities that it has to take; the rest of its bits are used as well */
function createBits(least: number): Bits {
  const bits = 2 ** Math.ceil(Math.log2(least * BITS_PER_HASH));
  const capacity = Math.floor(bits / BITS_PER_HASH);
  return { words: new Uint32Array(bits / WORD_BITS), mask: bits - 1, capacity, used: 0 };
}
