/** `stixgate mirror`: looks after the columnar copy of the store that queries read. */

import type { Command } from "commander";
import { rebuildMirror } from "../app/index.ts";
import type { SettingsOf } from "./backup.ts";
import { addDataOptions, type GlobalOptions } from "./global-options.ts";

interface RebuildOptions extends GlobalOptions {
  readonly json?: boolean;
}

/** A stream that may be a terminal. */
interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const REBUILD_HELP = `
The mirror is made of what the store holds, so nothing is lost. A server builds it by itself when it is missing or of
another version; this command is for a mirror that is suspected to be wrong, and for doing it before the server starts.
Uploaded logs are not part of the mirror and stay as they are.

Exit codes: 0 built, 2 refused: for instance because a server works on the data directory. Stop it first.`;

/** Adds `mirror rebuild`. */
export function registerMirrorCommand(
  program: Command,
  settingsOf: SettingsOf,
  streams: { readonly stdout: Output; readonly stderr: Output },
): void {
  const mirror = program
    .command("mirror")
    .summary("look after the copy of the store that queries read")
    .description("The columnar mirror: a copy of the store in the form that KQL queries need.");
  addDataOptions(mirror.command("rebuild"))
    .summary("throw the mirror away and build it anew from the store")
    .description(
      "Throws the mirror away and builds it anew from the store, with no server running.",
    )
    .option("--json", "print one JSON object")
    .addHelpText("after", REBUILD_HELP)
    .action(async (options: RebuildOptions) => {
      const progress = progressLine(streams.stderr);
      const { change, elapsedMs } = await rebuildMirror(settingsOf(options), progress.show).finally(
        progress.end,
      );
      const seconds = Math.round(elapsedMs / 100) / 10;
      streams.stdout.write(
        options.json
          ? `${JSON.stringify({ change, seconds })}\n`
          : `Built anew: everything up to change ${change.toLocaleString("en-US")}, in ${seconds} s\n`,
      );
    });
}

/** One line that is drawn over on a terminal; elsewhere nothing is shown. */
function progressLine(stream: Output) {
  const shown = (text: string): void => {
    if (stream.isTTY === true) {
      stream.write(`\r\u001b[2K${text}`);
    }
  };
  return {
    show: ({ applied, stored }: { readonly applied: number; readonly stored: number }): void => {
      const percent = stored === 0 ? 0 : Math.floor((applied * 100) / stored);
      const count = (value: number): string => value.toLocaleString("en-US");
      shown(`${percent} % · ${count(applied)} of ${count(stored)} changes`);
    },
    end: (): void => shown(""),
  };
}
