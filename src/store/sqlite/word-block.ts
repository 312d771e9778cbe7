/**
 * Blocks of the search index: tokens in the order of their UTF-8 bytes, each with its places. A block begins anew, so
 * any of them can be read alone; most have the size of a page of the database.
 *
 *     block = entry…
 *     entry = shared rest byte{rest} places     shared: bytes that the token has in common with the one before it
 *     places                                    see `word-places.ts`
 */

import {
  type ByteSink,
  type ByteSource,
  NUMBER_BYTES_MAX,
  putNumber,
  putPlaces,
  reserve,
  skipPlaces,
  takeNumber,
  takePlaces,
} from "./word-places.ts";

/** Bytes of a block, unless one entry is larger: what fits into a page of the database beside its row. */
const BLOCK_BYTES = 4_040;

/** Bytes of a token: a workspace and 128 characters have fewer. */
export const TOKEN_BYTES_MAX: number = 1_024;

/** A block and the first of its tokens. */
export interface WordBlock {
  readonly first: Uint8Array;
  readonly data: Uint8Array;
}

/** Writes blocks of tokens that come in order. */
export interface BlockWriter {
  /** @param token the first `length` bytes are it @param places ascending, at least one */
  add(token: Uint8Array, length: number, places: ArrayLike<number>): void;
  /** To be called after the last token. */
  end(): void;
}

/** @param put is handed each block; its bytes are its own */
export function createBlockWriter(put: (block: WordBlock) => void): BlockWriter {
  const entry: ByteSink = { bytes: new Uint8Array(BLOCK_BYTES), end: 0 };
  const block: ByteSink = { bytes: new Uint8Array(BLOCK_BYTES), end: 0 };
  const last = new Uint8Array(TOKEN_BYTES_MAX);
  let lastLength = 0;
  let first = new Uint8Array(0);

  function flush(): void {
    if (block.end > 0) {
      put({ first, data: block.bytes.slice(0, block.end) });
    }
    block.end = 0;
    lastLength = 0;
  }

  function write(token: Uint8Array, length: number, places: ArrayLike<number>): void {
    const shared = sharedLength(last, lastLength, token, length);
    entry.end = 0;
    reserve(entry, 2 * NUMBER_BYTES_MAX + length);
    putNumber(entry, shared);
    putNumber(entry, length - shared);
    for (let at = shared; at < length; at += 1) {
      entry.bytes[entry.end] = token[at] ?? 0;
      entry.end += 1;
    }
    putPlaces(entry, places);
  }

  return {
    add(token, length, places) {
      write(token, length, places);
      if (block.end > 0 && block.end + entry.end > BLOCK_BYTES) {
        flush();
        write(token, length, places);
      }
      if (block.end === 0) {
        // A buffer's own `slice` would share its bytes.
        first = Uint8Array.from(token.subarray(0, length));
      }
      reserve(block, entry.end);
      block.bytes.set(entry.bytes.subarray(0, entry.end), block.end);
      block.end += entry.end;
      for (let at = 0; at < length; at += 1) {
        last[at] = token[at] ?? 0;
      }
      lastLength = length;
    },
    end: flush,
  };
}

function sharedLength(
  one: Uint8Array,
  oneLength: number,
  other: Uint8Array,
  otherLength: number,
): number {
  const most = Math.min(oneLength, otherLength);
  let shared = 0;
  while (shared < most && one[shared] === other[shared]) {
    shared += 1;
  }
  return shared;
}

/** Reads the entries of a block, one after the other. */
export interface BlockReader {
  /** The token, in the first `length` bytes; valid until `next`. */
  readonly token: Uint8Array;
  length: number;
  /** Goes to the next entry; its places must have been taken or skipped. False behind the last. */
  next(): boolean;
  skip(): void;
  /** Adds the places, each with `shift`. */
  take(shift: number, places: number[]): void;
  /** Skips the places; the function gives them at any time. */
  later(): () => number[];
}

/** Begins to read a block. @throws RangeError from every function when it is damaged */
export function readBlock(data: Uint8Array): BlockReader {
  const source: ByteSource = { bytes: data, at: 0 };
  const token = new Uint8Array(TOKEN_BYTES_MAX);
  const reader: BlockReader = {
    token,
    length: 0,
    next() {
      if (source.at >= data.length) {
        return false;
      }
      const shared = takeNumber(source);
      const length = shared + takeNumber(source);
      if (length > TOKEN_BYTES_MAX) {
        throw new RangeError("a token of the search index is damaged");
      }
      for (let at = shared; at < length; at += 1) {
        token[at] = data[source.at] ?? 0;
        source.at += 1;
      }
      reader.length = length;
      return true;
    },
    skip: () => skipPlaces(source),
    take: (shift, places) => takePlaces(source, shift, places),
    later() {
      const { at } = source;
      skipPlaces(source);
      return () => {
        const places: number[] = [];
        takePlaces({ bytes: data, at }, 0, places);
        return places;
      };
    },
  };
  return reader;
}

/** Below 0, 0 or above 0, as the order of two tokens is. */
export function compareTokens(
  one: Uint8Array,
  oneLength: number,
  other: Uint8Array,
  otherLength: number,
): number {
  const most = Math.min(oneLength, otherLength);
  for (let at = 0; at < most; at += 1) {
    const difference = (one[at] ?? 0) - (other[at] ?? 0);
    if (difference !== 0) {
      return difference;
    }
  }
  return oneLength - otherLength;
}
