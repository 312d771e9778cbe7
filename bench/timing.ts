/** Timing of work that a single core does, and how its time grows with the size of its input. */

/** How long one piece of work took for inputs of growing size. */
export interface ScalingRow {
  readonly input: string;
  readonly characters: number;
  readonly micros: number;
  readonly nanosPerCharacter: number;
}

/** Work on an input whose size is known. */
export interface Sized {
  readonly characters: number;
  readonly run: () => void;
}

const SCALING_ROUNDS = 5;
const WARM_UP_RUNS = 20;
const NANOS_PER_MS = 1_000_000;

/**
 * Repeats a round until the time is used up and gives the shortest of each of its times: other work on the
 * machine only adds.
 */
export function bestTimesMs<Name extends string>(
  secondsMax: number,
  round: () => Readonly<Record<Name, number>>,
): Readonly<Record<Name, number>> {
  const best: Record<Name, number> = { ...round() };
  const endMs = performance.now() + secondsMax * 1000;
  do {
    const times = round();
    for (const name of Object.keys(times) as Name[]) {
      best[name] = Math.min(best[name], times[name]);
    }
  } while (performance.now() < endMs);
  return best;
}

/** Milliseconds that some work takes. */
export function timeMs(work: () => void): number {
  const startMs = performance.now();
  work();
  return performance.now() - startMs;
}

/** Times the same work for inputs of growing size; the best of some runs, since other work only adds. */
export function scalingOf(
  input: string,
  sizes: readonly number[],
  make: (size: number) => Sized,
): readonly ScalingRow[] {
  const first = make(sizes[0] ?? 1);
  for (let run = 0; run < WARM_UP_RUNS; run++) {
    first.run();
  }
  return sizes.map((size) => {
    const { characters, run } = make(size);
    let bestMs = Number.POSITIVE_INFINITY;
    for (let round = 0; round < SCALING_ROUNDS; round++) {
      bestMs = Math.min(bestMs, timeMs(run));
    }
    const nanosPerCharacter = rounded((bestMs * NANOS_PER_MS) / characters, 2);
    return { input, characters, micros: Math.round(bestMs * 1000), nanosPerCharacter };
  });
}

/** The power with which time grows from the first row to the last: 1 is linear, 2 is quadratic. */
export function growthOf(rows: readonly ScalingRow[]): number {
  const [first, last] = [rows[0], rows.at(-1)];
  if (first === undefined || last === undefined || first === last) {
    return 0;
  }
  const times = Math.log(last.micros / Math.max(1, first.micros));
  return rounded(times / Math.log(last.characters / first.characters), 2);
}

/** A number with so many digits after the point. */
export function rounded(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

/** The value that so large a share of all values doesn't exceed, with two digits; 0 where there are none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  const place = Math.min(sorted.length - 1, Math.floor(sorted.length * share));
  return rounded(sorted[place] ?? 0, 2);
}
