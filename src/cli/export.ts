/** `stixgate export`: all objects that match, as a STIX bundle or a table. */
import { open, rename, rm } from "node:fs/promises";
import { type Command, Option } from "commander";
import { type ApiClient, ClientError } from "../client/index.ts";
import {
  API_HELP,
  type ApiRun,
  addApiOptions,
  EXIT,
  flagsOf,
  runApiCommand,
} from "./api-command.ts";
import { addFilterOptions, conditionOf, type FilterOptions } from "./object-filter.ts";
import { createStatusLine } from "./status-line.ts";
import type { Surroundings } from "./surroundings.ts";
import { numberOf } from "./upload-progress.ts";
import type { UploadFlags } from "./upload-settings.ts";

interface ExportOptions extends Omit<UploadFlags, "source">, FilterOptions {
  readonly where?: string;
  readonly format?: "stix" | "csv";
  readonly output?: string;
}

const HELP = `
Without any condition everything is exported. A file is written beside its place and takes it when it is whole.
${API_HELP}

Examples:
  stixgate export --source "My feed" -o mine.json
  stixgate export --where emotet --active --format csv -o emotet.csv
  stixgate export --type indicator | gzip > indicators.json.gz`;

/** Adds the command `export`. */
export function registerExportCommand(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("export")
    .summary("export objects as STIX or CSV")
    .description("Writes all current objects that match, as a STIX bundle or as a table.")
    .addOption(
      new Option(
        "--where <words or json>",
        "words that must occur, or a condition as JSON",
      ).helpGroup("Which objects:"),
    );
  addFilterOptions(command)
    .addOption(
      new Option("--format <format>", "default: csv for a name that ends so, else stix").choices([
        "stix",
        "csv",
      ]),
    )
    .option("-o, --output <file>", "write to a file instead of standard output");
  addApiOptions(command)
    .addHelpText("after", HELP)
    .action(async (options: ExportOptions) => {
      const condition = conditionOf(options, options.where, new Date());
      const { output = "" } = options;
      const format = options.format ?? (output.toLowerCase().endsWith(".csv") ? "csv" : "stix");
      const body = { format, ...(condition === undefined ? {} : { condition }) };
      process.exitCode = await runApiCommand("export", flagsOf(options), surroundings, (run) =>
        output === "" || output === "-" ? toStdout(run, body) : toFile(run, body, output),
      );
    });
}

async function toStdout({ api, surroundings }: ApiRun, body: object): Promise<number> {
  const { stdout } = surroundings;
  await download(api, body, async (piece) => {
    if (!stdout.write(piece)) {
      await new Promise((resolve) => stdout.once("drain", resolve));
    }
  });
  return EXIT.done;
}

async function toFile({ api, surroundings }: ApiRun, body: object, file: string): Promise<number> {
  const unfinished = `${file}.part`;
  const line = createStatusLine(surroundings);
  const handle = await open(unfinished, "w").catch((cause: unknown) => {
    throw notWritable(file, cause);
  });
  let bytes = 0;
  try {
    await download(api, body, async (piece) => {
      await handle.writeFile(piece).catch((cause: unknown) => {
        throw notWritable(file, cause);
      });
      bytes += piece.byteLength;
      line.show(`${numberOf(bytes)} bytes`);
    });
    await handle.sync();
  } catch (error) {
    await handle.close();
    await rm(unfinished, { force: true });
    throw error;
  } finally {
    line.clear();
  }
  await handle.close();
  await rename(unfinished, file);
  surroundings.stderr.write(`${file}: ${numberOf(bytes)} bytes\n`);
  return EXIT.done;
}

async function download(
  api: ApiClient,
  body: object,
  sink: (piece: Uint8Array) => Promise<void>,
): Promise<void> {
  await api.download({ name: "the export", method: "POST", path: "/objects/export", body }, sink);
}

function notWritable(file: string, cause: unknown): ClientError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ClientError("options_invalid", `Cannot write ${file}: ${reason}`, { cause });
}
