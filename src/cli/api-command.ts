/**
 * What the commands on a server's intelligence share: which server and with whose credential, which objects are meant,
 * and with which exit code a command ends.
 */
import { type Command, InvalidArgumentError, Option } from "commander";
import { type ApiClient, ClientError, createApiClient } from "../client/index.ts";
import { AppError } from "../wire/index.ts";
import { addServiceOptions } from "./service-options.ts";
import type { Surroundings } from "./surroundings.ts";
import { trustAuthority } from "./trust-authority.ts";
import { resolveApiSettings, type UploadFlags } from "./upload-settings.ts";

/** Exit codes of these commands: those of `stixgate upload`. */
export const EXIT = { done: 0, incomplete: 1, usage: 2, service: 3, interrupted: 130 } as const;

/** A command that runs. */
export interface ApiRun {
  readonly api: ApiClient;
  readonly surroundings: Surroundings;
}

/** The part of each command's help that is the same. */
export const API_HELP = `
Exit codes: 0 done, 1 something was not found or could not be done, 2 wrong options or input, 3 the server could not be
reached, or refused, 130 interrupted.

Environment: STIXGATE_ENDPOINT, STIXGATE_WORKSPACE_ID, STIXGATE_API_KEY, or the credential of an application as for
stixgate upload. A flag wins over --ready, and --ready over the environment.`;

/** Statuses that say that the input was wrong, and not that the server would not have it. */
const INPUT_STATUSES: ReadonlySet<number> = new Set([400, 409, 412, 413]);

const OUR_SIDE: ReadonlySet<string> = new Set([
  "options_invalid",
  "input_unreadable",
  "input_invalid",
  "input_too_large",
]);

/** Adds the options that say where and who. */
export function addApiOptions(command: Command): Command {
  const key = new Option(
    "--api-key <key>",
    "a person's key; better in STIXGATE_API_KEY: others can see a flag",
  );
  return addServiceOptions(command).addOption(key.helpGroup("The service:"));
}

/** `--source` means something else to an upload. */
export function flagsOf<T extends Omit<UploadFlags, "source"> & { readonly source?: unknown }>(
  options: T,
): Omit<T, "source"> {
  const { source: _source, ...flags } = options;
  return flags;
}

/** Runs a command against the API and gives its exit code. */
export async function runApiCommand(
  name: string,
  flags: UploadFlags,
  surroundings: Surroundings,
  work: (run: ApiRun) => Promise<number>,
): Promise<number> {
  try {
    const { client, caFile } = resolveApiSettings(flags, surroundings.environment);
    trustAuthority(caFile);
    const api = createApiClient({ ...client, userAgent: `stixgate-${name}` });
    return await work({ api, surroundings });
  } catch (error) {
    if (!(error instanceof ClientError)) {
      throw error;
    }
    surroundings.stderr.write(`stixgate ${name}: ${error.message}\n`);
    return exitCodeOf(error);
  }
}

function exitCodeOf(error: ClientError): number {
  if (error.code === "aborted") {
    return EXIT.interrupted;
  }
  if (error.code === "not_found" && error.status === 404) {
    return EXIT.incomplete;
  }
  return OUR_SIDE.has(error.code) || INPUT_STATUSES.has(error.status ?? 0)
    ? EXIT.usage
    : EXIT.service;
}

/** A parser of whole numbers. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d{1,9}$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}

/** Asks a question on the terminal; without one the answer is the option `--yes`. */
export async function confirmed(
  { stdin, stderr }: Pick<Surroundings, "stdin" | "stderr">,
  question: string,
  isAgreed: boolean,
): Promise<boolean> {
  if (isAgreed) {
    return true;
  }
  if (!stdin.isTTY) {
    throw new AppError(
      "invalid_request",
      `${question} There is no terminal to ask on: say --yes.`,
      { field: "--yes" },
    );
  }
  const { createInterface } = await import("node:readline/promises");
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    return /^y(?:es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}
