/** The time as an argument: the composition root passes one clock, tests pass their own. */

/** Tells the present instant. */
export type Clock = () => Date;

const MS_PER_SECOND = 1_000;

/** Whole seconds since 1970, as tokens count. */
export function epochSeconds(instant: Date): number {
  return Math.floor(instant.getTime() / MS_PER_SECOND);
}

/** The instant so many seconds later, or earlier when negative. */
export function plusSeconds(instant: Date, seconds: number): Date {
  return new Date(instant.getTime() + seconds * MS_PER_SECOND);
}
