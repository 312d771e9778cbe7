/** Counts what a run of `stixgate lint` saw and found, and decides its exit code. */

/** What a run counts. */
export interface Tally {
  files: number;
  objects: number;
  errors: number;
  warnings: number;
  /** Inputs that could not be read. */
  unreadable: number;
}

/** From which severity on findings make the command fail. */
export const FAIL_ON = ["error", "warning", "never"] as const;

/** One of them. */
export type FailOn = (typeof FAIL_ON)[number];

/** Exit codes of the commands that judge what they read. */
export const EXIT = { fine: 0, found: 1, usage: 2 } as const;

/** A tally that has seen nothing. */
export function createTally(): Tally {
  return { files: 0, objects: 0, errors: 0, warnings: 0, unreadable: 0 };
}

/** The exit code of a run: what could not be read outweighs what was found. */
export function exitCodeOf(tally: Tally, failOn: FailOn): number {
  if (tally.unreadable > 0) {
    return EXIT.usage;
  }
  const counted = { error: tally.errors, warning: tally.errors + tally.warnings, never: 0 };
  return counted[failOn] > 0 ? EXIT.found : EXIT.fine;
}

/** One line for people, such as `3 objects in 1 file: 2 errors, 1 warning`. */
export function summaryOf(tally: Tally): string {
  const objects = counted(tally.objects, "object");
  const files = counted(tally.files, "file");
  const found =
    tally.errors + tally.warnings === 0
      ? "nothing found"
      : `${counted(tally.errors, "error")}, ${counted(tally.warnings, "warning")}`;
  const unread = tally.unreadable === 0 ? "" : `; ${counted(tally.unreadable, "file")} not read`;
  return `${objects} in ${files}: ${found}${unread}`;
}

function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}
