/** Lets a few pieces of work run at a time; the others wait for their turn, in the order in which they came. */

/** The turns. */
export interface Turns {
  /** Does a piece of work when it is its turn. */
  take<T>(work: () => Promise<T>): Promise<T>;
  /** Pieces that wait. */
  waiting(): number;
  /** Resolves when nothing runs and nothing waits. */
  idle(): Promise<void>;
}

/** Makes turns for so many at a time. */
export function createTurns(atOnce: number): Turns {
  const queue: (() => void)[] = [];
  const open = new Set<Promise<unknown>>();
  let running = 0;

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running >= atOnce) {
      await new Promise<void>((resolve) => {
        queue.push(resolve);
      });
    } else {
      running += 1;
    }
    try {
      return await work();
    } finally {
      // The place goes straight to the next in the queue.
      const next = queue.shift();
      if (next === undefined) {
        running -= 1;
      } else {
        next();
      }
    }
  }

  return {
    take(work) {
      const turn = inTurn(work);
      const watched = turn.catch(() => undefined);
      open.add(watched);
      void watched.then(() => open.delete(watched));
      return turn;
    },
    waiting: () => queue.length,
    async idle() {
      while (open.size > 0) {
        await Promise.all(open);
      }
    },
  };
}
