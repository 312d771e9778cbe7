/** Which labels are written: those that overlap nothing more important than themselves. */

/** A rectangle on the screen. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A label that could be written. */
export interface Label {
  readonly id: string;
  readonly box: Box;
  /** The higher, the earlier it gets its place; above `MUST_RANK` it is written whatever it covers. */
  readonly rank: number;
}

/** Labels of this rank and above are always written. */
export const MUST_RANK = 1_000;

/** Boxes are looked up by squares of this size. */
const SQUARE_PX = 96;

/** The labels that are written. @param discs what must not be covered, by the id of the node that it belongs to */
export function writtenLabels(
  labels: readonly Label[],
  discs: readonly { readonly id: string; readonly box: Box }[],
): ReadonlySet<string> {
  const squares = new Map<string, { readonly id: string; readonly box: Box }[]>();
  const put = (taken: { readonly id: string; readonly box: Box }): void => {
    for (const square of squaresOf(taken.box)) {
      const known = squares.get(square);
      if (known === undefined) {
        squares.set(square, [taken]);
      } else {
        known.push(taken);
      }
    }
  };
  discs.forEach(put);
  const written = new Set<string>();
  for (const { id, box, rank } of labels.toSorted((first, second) => second.rank - first.rank)) {
    const isFree = squaresOf(box).every((square) =>
      (squares.get(square) ?? []).every((taken) => taken.id === id || !overlap(taken.box, box)),
    );
    if (isFree || rank >= MUST_RANK) {
      written.add(id);
      put({ id, box });
    }
  }
  return written;
}

function squaresOf({ left, top, right, bottom }: Box): readonly string[] {
  const squares: string[] = [];
  for (let x = Math.floor(left / SQUARE_PX); x <= Math.floor(right / SQUARE_PX); x += 1) {
    for (let y = Math.floor(top / SQUARE_PX); y <= Math.floor(bottom / SQUARE_PX); y += 1) {
      squares.push(`${x} ${y}`);
    }
  }
  return squares;
}

function overlap(first: Box, second: Box): boolean {
  return (
    first.left < second.right &&
    second.left < first.right &&
    first.top < second.bottom &&
    second.top < first.bottom
  );
}
