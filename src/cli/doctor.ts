/** `stixgate doctor`: says whether a data directory and its store are sound. */

import type { Command } from "commander";
import { type Check, type CheckStatus, examine, postgresUrl } from "../app/index.ts";
import type { SettingsOf } from "./backup.ts";
import { addDataOptions, type GlobalOptions } from "./global-options.ts";

interface DoctorOptions extends GlobalOptions {
  readonly json?: boolean;
  readonly quick?: boolean;
}

/** Exit code when something must be repaired. */
const EXIT_FAILURE = 1;

const MARKS: Readonly<Record<CheckStatus, string>> = {
  ok: "ok     ",
  warning: "WARNING",
  failure: "FAILURE",
};

const DOCTOR_HELP = `
Exit codes: 0 nothing must be repaired, 1 something must be, 2 there is nothing to examine.`;

/** Adds `doctor`; `setExitCode` is called when a check has failed. */
export function registerDoctorCommand(
  program: Command,
  settingsOf: SettingsOf,
  out: { write(text: string): unknown },
  setExitCode: (code: number) => void,
): void {
  addDataOptions(program.command("doctor"))
    .summary("examine the data directory and its store")
    .description(
      "Examines databases, log, indexes, keys, certificate, file modes and disk space of a data " +
        "directory, and the PostgreSQL database where that is the store. Changes nothing; safe while " +
        "servers run.",
    )
    .option("--quick", "leave out what reads every page and every record")
    .option("--json", "print one JSON object")
    .addHelpText("after", DOCTOR_HELP)
    .action(async (options: DoctorOptions) => {
      const settings = settingsOf(options);
      const checks = await examine(settings["data.directory"], {
        store:
          settings["store.kind"] === "postgres"
            ? { kind: "postgres", url: postgresUrl(settings) }
            : { kind: "sqlite" },
        quick: options.quick === true,
        now: new Date(),
      });
      const isSound = checks.every(({ status }) => status !== "failure");
      out.write(
        options.json ? `${JSON.stringify({ sound: isSound, checks })}\n` : formatChecks(checks),
      );
      if (!isSound) {
        setExitCode(EXIT_FAILURE);
      }
    });
}

function formatChecks(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.map(
    ({ name, status, detail }) => `${MARKS[status]}  ${name.padEnd(width)}  ${detail}`,
  );
  return `${lines.join("\n")}\n`;
}
