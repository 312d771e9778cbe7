/** What a command gets from the process around it, as arguments, so that tests can give their own. */

import { once } from "node:events";

/** Streams, environment and signals. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Resolves at the first SIGTERM or SIGINT; a second one ends the process at once. */
  readonly untilSignal: () => Promise<void>;
  /** Calls a listener at each SIGHUP, by which administrators ask a server to read its files again. */
  readonly onHangUp: (listener: () => void) => void;
}

/** Streams of this process, for commands that look at nothing else. */
export function processStreams(): Pick<Surroundings, "stdin" | "stdout" | "stderr"> {
  return { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr };
}

/** Exit code of a process that is ended by hand a second time, as shells count SIGINT. */
const INTERRUPTED = 130;

/** The surroundings of this process. */
export function processSurroundings(
  environment: Readonly<Record<string, string | undefined>>,
): Surroundings {
  return {
    environment,
    ...processStreams(),
    onHangUp: (listener) => process.on("SIGHUP", listener),
    async untilSignal() {
      await Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
      for (const signal of ["SIGTERM", "SIGINT"] as const) {
        process.once(signal, () => process.exit(INTERRUPTED));
      }
    },
  };
}
