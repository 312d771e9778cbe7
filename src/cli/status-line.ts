/** One line on standard error that says how far a command is; only where somebody watches. */
import type { Surroundings } from "./surroundings.ts";

/** The line. */
export interface StatusLine {
  show(text: string): void;
  /** Takes it away; what is written next stands alone. */
  clear(): void;
}

const COLUMNS_DEFAULT = 80;

/** Makes the line; without a terminal it shows nothing. */
export function createStatusLine({
  stderr,
  environment,
}: Pick<Surroundings, "stderr" | "environment">): StatusLine {
  if (!stderr.isTTY || environment["TERM"] === "dumb") {
    return { show: () => undefined, clear: () => undefined };
  }
  return {
    show: (text) => {
      const width = (stderr.columns ?? COLUMNS_DEFAULT) - 1;
      stderr.write(`\r\u001b[2K${text.slice(0, width)}`);
    },
    clear: () => {
      stderr.write("\r\u001b[2K");
    },
  };
}
