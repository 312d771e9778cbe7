/** Puts runs of the index of words together: their tokens in order, each with the places of all. No SQL. */

import type { PutToken } from "./word-batch.ts";
import { type BlockReader, compareTokens, readBlock, TOKEN_BYTES_MAX } from "./word-block.ts";

/** A run that is merged; runs come in the order of their places. */
export interface RunBlocks {
  /** What its places are higher by in the merged run. */
  readonly shift: number;
  readonly blocks: Iterable<Uint8Array>;
}

interface Cursor {
  readonly order: number;
  readonly shift: number;
  readonly blocks: Iterator<Uint8Array>;
  block: BlockReader;
}

/** Hands over the tokens of several runs with the places that are alive. @param living a bit for each; all without it */
export function mergeRuns(
  runs: readonly RunBlocks[],
  living: Uint8Array | undefined,
  put: PutToken,
): void {
  const heap = createHeap();
  for (const [order, { shift, blocks }] of runs.entries()) {
    const cursor: Cursor = {
      ...{ order, shift },
      blocks: blocks[Symbol.iterator](),
      block: readBlock(new Uint8Array(0)),
    };
    heap.add(cursor);
  }
  const token = new Uint8Array(TOKEN_BYTES_MAX);
  for (let least = heap.least(); least !== undefined; least = heap.least()) {
    const { length } = least.block;
    for (let at = 0; at < length; at += 1) {
      token[at] = least.block.token[at] ?? 0;
    }
    const places: number[] = [];
    for (
      let same: Cursor | undefined = least;
      same !== undefined;
      same = heap.ifLeast(token, length)
    ) {
      same.block.take(same.shift, places);
      heap.advance();
    }
    const left = living === undefined ? places : places.filter((place) => isSet(living, place));
    if (left.length > 0) {
      put(token, length, left);
    }
  }
}

function isSet(bits: Uint8Array, place: number): boolean {
  return ((bits[place >>> 3] ?? 0) & (1 << (place & 7))) !== 0;
}

/** Goes to the next token of a run; false behind its last. */
function moved(cursor: Cursor): boolean {
  while (!cursor.block.next()) {
    const next = cursor.blocks.next();
    if (next.done === true) {
      return false;
    }
    cursor.block = readBlock(next.value);
  }
  return true;
}

/** Cursors, the one with the least token first; of equal ones that of the earlier run. */
function createHeap() {
  const cursors: Cursor[] = [];

  function isBefore(one: Cursor, other: Cursor): boolean {
    const order = compareTokens(
      one.block.token,
      one.block.length,
      other.block.token,
      other.block.length,
    );
    return order === 0 ? one.order < other.order : order < 0;
  }

  function sink(): void {
    for (let at = 0; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        const cursor = cursors[child];
        if (cursor !== undefined && isBefore(cursor, cursors[least] as Cursor)) {
          least = child;
        }
      }
      if (least === at) {
        return;
      }
      [cursors[at], cursors[least]] = [cursors[least] as Cursor, cursors[at] as Cursor];
      at = least;
    }
  }

  return {
    add(cursor: Cursor): void {
      if (moved(cursor)) {
        cursors.push(cursor);
        cursors.sort((one, other) => (isBefore(one, other) ? -1 : 1));
      }
    },
    least: (): Cursor | undefined => cursors[0],
    ifLeast(token: Uint8Array, length: number): Cursor | undefined {
      const cursor = cursors[0];
      return cursor !== undefined &&
        compareTokens(cursor.block.token, cursor.block.length, token, length) === 0
        ? cursor
        : undefined;
    },
    /** To be called when the places of the least have been taken. */
    advance(): void {
      const [least] = cursors;
      if (least !== undefined && !moved(least)) {
        const last = cursors.pop();
        if (last !== undefined && last !== least) {
          cursors[0] = last;
        }
      }
      sink();
    },
  };
}
