/** Writes a command's result at the pace of its reader, and knows when the reader has gone. */

import { once } from "node:events";

/** Where a command's result goes. */
export interface Output {
  /** Resolves when more may be written; false once nobody reads any more (a closed pipe). */
  write(text: string): Promise<boolean>;
}

/** An output on a stream such as standard output. A closed pipe is no failure: `| head` does that. */
export function createOutput(stream: NodeJS.WritableStream): Output {
  let isOpen = true;
  let failure: Error | undefined;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    isOpen = false;
    failure = error.code === "EPIPE" ? undefined : error;
  });
  return {
    async write(text) {
      if (isOpen && text !== "" && !stream.write(text)) {
        // An error ends the wait too; the listener above has noted what it was.
        await once(stream, "drain").catch(() => undefined);
      }
      if (failure !== undefined) {
        throw failure;
      }
      return isOpen;
    },
  };
}
