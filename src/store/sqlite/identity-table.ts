/**
 * Which objects there are, in memory: from the hash of an identity to the numbers of the objects that have
 * it. Most records of a feed are new, and this says so without touching the disk. Filled at start from the
 * index, 12 bytes a slot; a number that it finds is still compared with the object itself.
 *
 * A table is 256 parts by the first bits of the hash, each of which grows alone: a part of ten million
 * objects is copied within milliseconds, the whole would hold up everybody for seconds.
 */

/** From hash to object numbers. */
export interface IdentityTable {
  add(hash: number, object: number): void;
  /** Numbers of the objects with this hash: none or one, hardly ever more. */
  find(hash: number): readonly number[];
  readonly size: () => number;
}

/** A hash has 52 bits: the upper 20, of which 8 choose the part, and the lower 32. */
const LOW_SIZE = 2 ** 32;
const PART_BITS = 8;
const UPPER_BITS = 20;
const PARTS = 2 ** PART_BITS;

/** Numbers of a slot: upper and lower bits of the hash, and the object; 0 is no object. */
const SLOT = 3;

const SLOTS_MIN = 64;

/** Filled further, a table of this kind becomes slow. */
const LOAD_MAX = 0.66;

const NONE: readonly number[] = [];

interface Part {
  slots: Uint32Array;
  used: number;
}

/** @param expected number of objects that will be added soon */
export function createIdentityTable(expected = 0): IdentityTable {
  const slotCount = powerOfTwo(expected / PARTS / LOAD_MAX);
  const parts = Array.from(
    { length: PARTS },
    (): Part => ({ slots: new Uint32Array(slotCount * SLOT), used: 0 }),
  );
  let size = 0;

  function partOf(upper: number): Part {
    return parts[upper >>> (UPPER_BITS - PART_BITS)] as Part;
  }

  return {
    add(hash, object) {
      const upper = Math.floor(hash / LOW_SIZE);
      const part = partOf(upper);
      if (part.used + 1 > (part.slots.length / SLOT) * LOAD_MAX) {
        grow(part);
      }
      put(part.slots, { upper, lower: hash >>> 0, object });
      part.used += 1;
      size += 1;
    },

    find(hash) {
      const upper = Math.floor(hash / LOW_SIZE);
      const lower = hash >>> 0;
      const { slots } = partOf(upper);
      let found = NONE;
      let at = homeOf(slots, lower);
      for (; slots[at + 2] !== 0; at = at + SLOT === slots.length ? 0 : at + SLOT) {
        if (slots[at] === upper && slots[at + 1] === lower) {
          found = [...found, slots[at + 2] ?? 0];
        }
      }
      return found;
    },

    size: () => size,
  };
}

function homeOf(slots: Uint32Array, lower: number): number {
  return (lower & (slots.length / SLOT - 1)) * SLOT;
}

function put(
  slots: Uint32Array,
  entry: { readonly upper: number; readonly lower: number; readonly object: number },
): void {
  let at = homeOf(slots, entry.lower);
  while (slots[at + 2] !== 0) {
    at = at + SLOT === slots.length ? 0 : at + SLOT;
  }
  slots[at] = entry.upper;
  slots[at + 1] = entry.lower;
  slots[at + 2] = entry.object;
}

function grow(part: Part): void {
  const { slots } = part;
  const larger = new Uint32Array(slots.length * 2);
  for (let at = 0; at < slots.length; at += SLOT) {
    const object = slots[at + 2] ?? 0;
    if (object !== 0) {
      put(larger, { upper: slots[at] ?? 0, lower: slots[at + 1] ?? 0, object });
    }
  }
  part.slots = larger;
}

function powerOfTwo(least: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(least, SLOTS_MIN)));
}
