/**
 * Holds appends up while searches are too far behind: each waits a moment for the search index, so that it falls
 * behind no further. It never refuses one, since a search index that stands still must not stop uploads.
 */

/** When appends are held up. */
export interface SearchBrakeLimits {
  /** Objects that searches may fall behind. */
  readonly searchLagObjectsMax: number;
  /** How long an append waits at most. */
  readonly appendDelayMsMax: number;
}

/** The brake of one store. */
export interface SearchBrake {
  /** To be told how many objects searches are behind. */
  reached(behind: number): void;
  /** To be asked before each append; undefined lets it go on at once. */
  wait(): Promise<void> | undefined;
  /** Lets everything go on that waits. */
  close(): void;
}

/** A brake that is off. */
export function createSearchBrake(limits: SearchBrakeLimits): SearchBrake {
  /** What an index is behind that is built anew isn't the uploads' doing: only what it loses counts. */
  let least = Number.POSITIVE_INFINITY;
  let isOn = false;
  let waiting: (() => void)[] = [];

  function release(): void {
    for (const goOn of waiting) {
      goOn();
    }
    waiting = [];
  }

  return {
    reached(behind) {
      least = Math.min(least, behind);
      isOn = behind - least > limits.searchLagObjectsMax;
      if (!isOn) {
        release();
      }
    },

    wait() {
      if (!isOn) {
        return undefined;
      }
      return new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, limits.appendDelayMsMax);
        waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    },

    close() {
      isOn = false;
      release();
    },
  };
}
