/** Lets a thread stand back behind the others of the process where the processor is short. */

import { readlinkSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { basename } from "node:path";

/** `PID/task/TID` of the thread that reads it. @see proc(5) */
const OWN_THREAD = "/proc/thread-self";

/**
 * Lowers the priority of the thread that calls it. Linux has one for each thread; elsewhere, where it is the
 * whole process that has one, nothing happens.
 */
export function lowerThreadPriority(): void {
  try {
    const thread = Number(basename(readlinkSync(OWN_THREAD)));
    setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It runs as before.
  }
}
