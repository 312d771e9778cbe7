/**
 * Lists in which hashes recur, as those of labels do, written in a sixth of the room. Numbers have seven bits a
 * byte, the lowest first, and the highest bit says that more follow:
 *
 *     blob  = 1 count group… pad      a pad of 0 where the length would be that of a plain list
 *     group = hash refs ref{refs}     hash: by how much above the last; ref: likewise, the first of a group from 0
 */

/** First byte of a blob: no other is known. */
const FORMAT = 1;

const PAYLOAD_BITS = 7;
const MORE = 2 ** PAYLOAD_BITS;

/** Bytes of the largest number, 2^53. */
const NUMBER_BYTES_MAX = 8;

/** The first bytes of a blob, in which the number of its entries stands. */
export const COMPACT_HEAD_BYTES: number = 1 + NUMBER_BYTES_MAX;

/** Numbers of one entry of a list. */
const WIDTH = 2;

/** Whether a list is worth it: each hash has two numbers or more on the average. */
export function isRepetitive(list: Float64Array): boolean {
  let hashes = 0;
  for (let at = 0; at < list.length; at += WIDTH) {
    hashes += at === 0 || list[at] !== list[at - WIDTH] ? 1 : 0;
  }
  return hashes > 0 && hashes * WIDTH * 2 <= list.length;
}

/** Writes a sorted list. @param plainBytes the length of no blob is a multiple of it */
export function compactEntries(list: Float64Array, plainBytes: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(
    COMPACT_HEAD_BYTES + ((list.length * 3) / WIDTH) * NUMBER_BYTES_MAX + 1,
  );
  bytes[0] = FORMAT;
  let end = putNumber(bytes, 1, list.length / WIDTH);
  let lastHash = 0;
  for (let at = 0; at < list.length; ) {
    const hash = list[at] ?? 0;
    let next = at + WIDTH;
    while (list[next] === hash && next < list.length) {
      next += WIDTH;
    }
    end = putNumber(bytes, end, hash - lastHash);
    end = putNumber(bytes, end, (next - at) / WIDTH);
    let lastRef = 0;
    for (; at < next; at += WIDTH) {
      const ref = list[at + 1] ?? 0;
      end = putNumber(bytes, end, ref - lastRef);
      lastRef = ref;
    }
    lastHash = hash;
  }
  end += end % plainBytes === 0 ? 1 : 0;
  return bytes.slice(0, end);
}

/** @param number whole, from 0 */
function putNumber(bytes: Uint8Array, start: number, number: number): number {
  let at = start;
  let rest = number;
  while (rest >= MORE) {
    bytes[at] = (rest % MORE) + MORE;
    rest = Math.floor(rest / MORE);
    at += 1;
  }
  bytes[at] = rest;
  return at + 1;
}

/** How many entries a blob has. @param head its first bytes @throws RangeError when it is damaged */
export function compactCount(head: Uint8Array): number {
  return numbersOf(head).next();
}

/** Reads a blob. @throws RangeError when it is damaged */
export function expandEntries(blob: Uint8Array): Float64Array<ArrayBuffer> {
  const numbers = numbersOf(blob);
  const count = numbers.next();
  if (count > blob.length) {
    throw damaged(blob);
  }
  const list = new Float64Array(count * WIDTH);
  let hash = 0;
  for (let at = 0; at < list.length; ) {
    hash += numbers.next();
    const end = at + numbers.next() * WIDTH;
    if (end > list.length) {
      throw damaged(blob);
    }
    let ref = 0;
    for (; at < end; at += WIDTH) {
      ref += numbers.next();
      list[at] = hash;
      list[at + 1] = ref;
    }
  }
  return list;
}

function numbersOf(blob: Uint8Array): { next(): number } {
  if (blob[0] !== FORMAT) {
    throw damaged(blob);
  }
  let at = 1;
  return {
    next() {
      let number = 0;
      for (let factor = 1; ; factor *= MORE) {
        const byte = blob[at];
        if (byte === undefined) {
          throw damaged(blob);
        }
        at += 1;
        if (byte < MORE) {
          return number + byte * factor;
        }
        number += (byte - MORE) * factor;
      }
    },
  };
}

function damaged(blob: Uint8Array): RangeError {
  return new RangeError(`a list of the index has ${blob.length} bytes, and cannot be read`);
}
