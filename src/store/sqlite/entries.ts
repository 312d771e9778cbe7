/**
 * Sorted lists of index entries, and nothing else: no SQL, no files. An entry is a hash and the number that
 * it leads to, an object or a change; a list holds the entries one after the other, in the order of hash
 * and number, each once. As a blob it is those numbers as 64-bit floats, little-endian, or what
 * `compact-entries.ts` makes of them where hashes recur.
 */

import { endianness } from "node:os";
import {
  COMPACT_HEAD_BYTES,
  compactCount,
  compactEntries,
  expandEntries,
  isRepetitive,
} from "./compact-entries.ts";

/** One entry, on its way to a list. */
export type IndexEntry = readonly [hash: number, ref: number];

/** Hash, number, hash, number… in ascending order, without repetition. */
export type EntryList = Float64Array<ArrayBuffer>;

/** Numbers of one entry. */
const WIDTH = 2;

/** Bytes of one entry in a plain blob. */
const ENTRY_BYTES: number = WIDTH * Float64Array.BYTES_PER_ELEMENT;

const IS_LITTLE_ENDIAN = endianness() === "LE";

/** Number of entries of a list. */
export function entryCount(list: EntryList): number {
  return list.length / WIDTH;
}

/** Makes a list of entries in any order, repeated or not. */
export function entryList(entries: readonly IndexEntry[]): EntryList {
  const sorted = entries.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
  const list = new Float64Array(sorted.length * WIDTH);
  let end = 0;
  for (const [hash, ref] of sorted) {
    end = putUnlessLast(list, end, hash, ref);
  }
  return list.slice(0, end);
}

/** Puts lists together into one. */
export function mergeEntries(lists: readonly EntryList[]): EntryList {
  const [first = new Float64Array(0), second, ...rest] = lists;
  if (second === undefined) {
    return first;
  }
  if (rest.length === 0) {
    return mergeTwo(first, second);
  }
  const middle = Math.ceil(lists.length / 2);
  return mergeTwo(mergeEntries(lists.slice(0, middle)), mergeEntries(lists.slice(middle)));
}

function mergeTwo(one: EntryList, other: EntryList): EntryList {
  const merged = new Float64Array(one.length + other.length);
  let end = 0;
  let a = 0;
  let b = 0;
  while (a < one.length && b < other.length) {
    const [hashA, refA] = entryAt(one, a);
    const [hashB, refB] = entryAt(other, b);
    if (hashA < hashB || (hashA === hashB && refA <= refB)) {
      end = putUnlessLast(merged, end, hashA, refA);
      a += WIDTH;
    } else {
      end = putUnlessLast(merged, end, hashB, refB);
      b += WIDTH;
    }
  }
  for (; a < one.length; a += WIDTH) {
    end = putUnlessLast(merged, end, ...entryAt(one, a));
  }
  for (; b < other.length; b += WIDTH) {
    end = putUnlessLast(merged, end, ...entryAt(other, b));
  }
  return end === merged.length ? merged : merged.slice(0, end);
}

function entryAt(list: EntryList, at: number): [hash: number, ref: number] {
  return [list[at] ?? 0, list[at + 1] ?? 0];
}

function putUnlessLast(list: EntryList, end: number, hash: number, ref: number): number {
  if (end > 0 && list[end - WIDTH] === hash && list[end - 1] === ref) {
    return end;
  }
  list[end] = hash;
  list[end + 1] = ref;
  return end + WIDTH;
}

/** Place of the first entry that isn't before this one, counted in entries; the count if there is none. */
export function placeOf(list: EntryList, hash: number, ref: number): number {
  let low = 0;
  let high = entryCount(list);
  while (low < high) {
    const middle = (low + high) >>> 1;
    const found = list[middle * WIDTH] ?? 0;
    const before = found < hash || (found === hash && (list[middle * WIDTH + 1] ?? 0) < ref);
    if (before) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** The entry at a place. */
export function entryOf(list: EntryList, place: number): { hash: number; ref: number } {
  return { hash: list[place * WIDTH] ?? 0, ref: list[place * WIDTH + 1] ?? 0 };
}

/** The entries from one place up to another, without a copy. */
export function entriesBetween(list: EntryList, from: number, to: number): EntryList {
  return list.subarray(from * WIDTH, to * WIDTH);
}

/** The numbers that a hash leads to, behind `after`, in ascending order. */
export function refsOf(list: EntryList, hash: number, after: number): number[] {
  const refs: number[] = [];
  for (let at = placeOf(list, hash, after + 1) * WIDTH; list[at] === hash; at += WIDTH) {
    refs.push(list[at + 1] ?? 0);
  }
  return refs;
}

/** Writes a list as a blob: as it is, or smaller where its hashes recur. */
export function entriesToBlob(list: EntryList): Uint8Array {
  if (isRepetitive(list)) {
    return compactEntries(list, ENTRY_BYTES);
  }
  const bytes = new Uint8Array(list.buffer, list.byteOffset, list.byteLength);
  return IS_LITTLE_ENDIAN ? bytes : Buffer.from(bytes).swap64();
}

function isPlain(bytes: number): boolean {
  return bytes % ENTRY_BYTES === 0;
}

/** The number of entries of a blob. @param head its first `BLOB_HEAD_BYTES` @throws RangeError when it is damaged */
export function blobEntryCount(bytes: number, head: Uint8Array): number {
  return isPlain(bytes) ? bytes / ENTRY_BYTES : compactCount(head);
}

/** Bytes of a blob that tell how many entries it has. */
export const BLOB_HEAD_BYTES: number = COMPACT_HEAD_BYTES;

/** Reads a blob. @throws RangeError when it is damaged */
export function entriesFromBlob(blob: Uint8Array): EntryList {
  if (!isPlain(blob.byteLength)) {
    return expandEntries(blob);
  }
  const { buffer, byteOffset, byteLength } = blob;
  const isUsable =
    buffer instanceof ArrayBuffer && byteOffset % Float64Array.BYTES_PER_ELEMENT === 0;
  if (isUsable && IS_LITTLE_ENDIAN) {
    return new Float64Array(buffer, byteOffset, byteLength / Float64Array.BYTES_PER_ELEMENT);
  }
  // A copy begins at an address that numbers may stand at.
  const bytes = new Uint8Array(byteLength);
  bytes.set(blob);
  if (!IS_LITTLE_ENDIAN) {
    Buffer.from(bytes.buffer).swap64();
  }
  return new Float64Array(bytes.buffer);
}
