/** `stixgate app secret` and `stixgate app rotate`: client secrets, each shown once. */
import { readFile } from "node:fs/promises";
import { type Command, InvalidArgumentError } from "commander";
import {
  CHOSEN_SECRET_LENGTH_MIN,
  type IssuedSecret,
  listSecrets,
  type NewSecretOptions,
  requireApplication,
  SECRET_DAYS_DEFAULT,
} from "../token/index.ts";
import { AppError } from "../wire/index.ts";
import {
  addJsonOption,
  dateOf,
  type JsonOption,
  type OpenDirectory,
  type Output,
  printRecord,
  printRows,
  withDirectory,
} from "./identity-commands.ts";

interface SecretOptions extends JsonOption {
  readonly name?: string;
  readonly days?: number;
  readonly valueFile?: string;
}

/** Adds `app secret list|add|remove|rotate`. */
export function registerSecretCommands(app: Command, open: OpenDirectory, out: Output): void {
  const secret = app
    .command("secret")
    .description("Client secrets. Two may be valid at a time, so that a client can change over.");

  addJsonOption(secret.command("list <app>"))
    .description("Lists an application's secrets by their first three characters.")
    .action(async (reference: string, { json }: JsonOption) => {
      const rows = await withDirectory(open, async (directory) => {
        const view = await directory.view();
        return listSecrets(view, requireApplication(view, reference).appId);
      });
      printRows(out, rows, {
        json: json === true,
        none: "The application has no secret.",
        columns: [
          ["KEY ID", (row) => row.keyId],
          ["BEGINS", (row) => `${row.hint}…`],
          ["NAME", (row) => row.displayName || "-"],
          ["START", (row) => dateOf(row.start)],
          ["END", (row) => dateOf(row.end)],
        ],
      });
    });

  addSecretOptions(secret.command("add <app>"))
    .description("Adds a secret and prints it, this once.")
    .action(async (reference: string, options: SecretOptions) => {
      const request = await newSecretOptions(options);
      const issued = await withDirectory(open, (directory) =>
        directory.addSecret(reference, request),
      );
      printSecret(out, issued, options);
    });

  secret
    .command("remove <app> <key-id>")
    .description("Removes a secret; who still uses it is refused from now on.")
    .action(async (reference: string, keyId: string) => {
      await withDirectory(open, (directory) => directory.removeSecret(reference, keyId));
      out.write(`Removed the secret ${keyId}.\n`);
    });

  registerRotateCommand(secret, open, out);
}

/** Adds `rotate` to a group of commands. */
export function registerRotateCommand(group: Command, open: OpenDirectory, out: Output): void {
  addSecretOptions(group.command("rotate <app>"))
    .description(
      "Makes a new secret and prints it, this once. Of the older secrets the newest stays valid, so that " +
        "the client can change over; any other is removed.",
    )
    .action(async (reference: string, options: SecretOptions) => {
      const request = await newSecretOptions(options);
      const issued = await withDirectory(open, (directory) =>
        directory.rotateSecret(reference, request),
      );
      printSecret(out, issued, options);
    });
}

function addSecretOptions(command: Command): Command {
  return addJsonOption(command)
    .option("--name <text>", "a name to tell secrets apart")
    .option("--days <days>", `days until it ends (default: ${SECRET_DAYS_DEFAULT})`, wholeNumber)
    .option(
      "--value-file <file>",
      `take a secret of your own from a file (at least ${CHOSEN_SECRET_LENGTH_MIN} characters)`,
    );
}

async function newSecretOptions(options: SecretOptions): Promise<NewSecretOptions> {
  const { name, days, valueFile } = options;
  return {
    ...(name === undefined ? {} : { displayName: name }),
    ...(days === undefined ? {} : { days }),
    ...(valueFile === undefined ? {} : { secret: await readSecret(valueFile) }),
  };
}

/** A secret on the command line would stand in the shell's history and in every list of processes. */
async function readSecret(file: string): Promise<string> {
  try {
    return (await readFile(file, "utf8")).replace(/\r?\n$/, "");
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError("invalid_request", `--value-file: ${reason}`, {
      field: "--value-file",
      cause,
    });
  }
}

function printSecret(out: Output, issued: IssuedSecret, { json }: JsonOption): void {
  printRecord(out, issued, {
    json: json === true,
    lines: [
      ["Secret", `${issued.secret}   (shown this once)`],
      ["Key id", issued.keyId],
      ["Client id", issued.appId],
      ["Ends", dateOf(issued.end)],
    ],
  });
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) {
    throw new InvalidArgumentError("It must be a whole number.");
  }
  return Number(text);
}
