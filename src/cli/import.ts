/** `stixgate import`: a file is tried out on the server, its faults are shown, and then it is stored. */
import { constants, openAsBlob } from "node:fs";
import { access } from "node:fs/promises";
import { basename } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { ClientError } from "../client/index.ts";
import { AppError } from "../wire/index.ts";
import {
  API_HELP,
  type ApiRun,
  addApiOptions,
  confirmed,
  EXIT,
  runApiCommand,
} from "./api-command.ts";
import { plain } from "./api-objects.ts";
import { createOutput } from "./output.ts";
import { createStatusLine } from "./status-line.ts";
import type { Surroundings } from "./surroundings.ts";
import { countOf, numberOf } from "./upload-progress.ts";
import type { UploadFlags } from "./upload-settings.ts";

interface ImportOptions extends UploadFlags {
  readonly format?: "stix" | "csv";
  readonly map?: Readonly<Record<string, string>>;
  readonly mode: "valid" | "all";
  readonly yes?: boolean;
}

interface Import {
  readonly importId: string;
  readonly state: "checking" | "checked" | "storing" | "done" | "failed";
  readonly total: number;
  readonly valid: number;
  readonly invalid: number;
  readonly warned: number;
  readonly stored: number;
  readonly faults: readonly {
    readonly line: number | null;
    readonly index: number;
    readonly stixId: string | null;
    readonly pointer: string;
    readonly message: string;
  }[];
  readonly reason: string | null;
}

const TICK_MS = 1_000;

const HELP = `
STIX JSON (a bundle, an array, objects one after the other) up to 250 MiB, or CSV with a heading up to 50 MiB; a name
that ends with .gz is sent as it is. Nothing is stored before every fault was shown. --mode all stores everything or,
with a single fault, nothing; --mode valid leaves the faulty records out.
${API_HELP}

Examples:
  stixgate import feed.json --dry-run
  stixgate import feed.json --source "My feed" --yes
  stixgate import list.csv --source "Spreadsheet" --map value=IOC --map labels=Tags --mode valid --yes`;

/** Adds the command `import`. */
export function registerImportCommand(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("import")
    .summary("import a STIX or CSV file")
    .description("Tries a file out, shows every fault at its line, and stores what was asked for.")
    .argument("<file>", "the file")
    .option("--source <name>", "source of the objects (default: the file's name)")
    .addOption(
      new Option("--format <format>", "default: by the file's name").choices(["stix", "csv"]),
    )
    .addOption(
      new Option(
        "--map <property=column>",
        "column of a CSV file for a property; may be repeated",
      ).argParser(mapped),
    )
    .addOption(
      new Option("--mode <mode>", "what to store").choices(["valid", "all"]).default("all"),
    )
    .option("--dry-run", "store nothing")
    .option("--yes", "do not ask")
    .option("--json", "print the outcome as one line of JSON");
  addApiOptions(command)
    .addHelpText("after", HELP)
    .action(async (file: string, options: ImportOptions) => {
      if (options.dryRun !== true && options.yes !== true && !surroundings.stdin.isTTY) {
        throw new AppError(
          "invalid_request",
          "There is no terminal to ask on: say --yes to store, or --dry-run.",
          { field: "--yes" },
        );
      }
      process.exitCode = await runApiCommand("import", options, surroundings, (run) =>
        importFile(run, file, options),
      );
    });
}

async function importFile(run: ApiRun, file: string, options: ImportOptions): Promise<number> {
  const { stderr } = run.surroundings;
  const checked = await watched(run, `checking ${basename(file)}`, () =>
    receive(run, file, options),
  );
  await showFaults(run, file, checked);
  if (checked.state === "failed") {
    stderr.write(`stixgate import: ${plain(file)}: ${plain(checked.reason ?? "failed")}\n`);
    return told(run, options, checked, EXIT.usage);
  }
  if (options.dryRun === true) {
    return told(run, options, checked, checked.invalid === 0 ? EXIT.done : EXIT.incomplete);
  }
  if (options.mode === "all" && checked.invalid > 0) {
    stderr.write("stixgate import: Nothing is stored; --mode valid stores the other records.\n");
    return told(run, options, checked, EXIT.incomplete);
  }
  const question = `Store ${countOf(checked.valid, "object")}?`;
  if (checked.valid === 0 || !(await confirmed(run.surroundings, question, options.yes === true))) {
    return told(run, options, checked, EXIT.incomplete);
  }
  const stored = await watched(run, `storing ${countOf(checked.valid, "object")}`, () =>
    store(run, checked, options.mode),
  );
  const isWhole = stored.state === "done" && stored.invalid === 0;
  return told(run, options, stored, isWhole ? EXIT.done : EXIT.incomplete);
}

async function receive({ api }: ApiRun, file: string, options: ImportOptions): Promise<Import> {
  const name = file.toLowerCase().replace(/\.gz$/, "");
  const isPacked = name.length < file.length;
  const format = options.format ?? (name.endsWith(".csv") ? "csv" : "stix");
  const content = await access(file, constants.R_OK)
    .then(() => openAsBlob(file))
    .catch((cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new ClientError("input_unreadable", `Cannot read ${file}: ${reason}`, { cause });
    });
  const found = await api.call({
    name: "the file",
    method: "POST",
    path: "/imports",
    query: {
      source: options.source ?? fileStem(file),
      format,
      fileName: basename(file),
      mapping: options.map === undefined ? undefined : JSON.stringify(options.map),
    },
    file: {
      content,
      type: format === "csv" ? "text/csv" : "application/json",
      encoding: isPacked ? "gzip" : undefined,
    },
  });
  return found as Import;
}

async function store({ api }: ApiRun, { importId }: Import, mode: string): Promise<Import> {
  const path = `/imports/${importId}/store`;
  const request = {
    name: "the import",
    method: "POST",
    path,
    body: { mode },
    isOnce: true,
  } as const;
  return (await api.call(request)) as Import;
}

async function showFaults({ surroundings }: ApiRun, file: string, found: Import): Promise<void> {
  const output = createOutput(surroundings.stderr);
  for (const { line, index, pointer, message } of found.faults) {
    const place = line === null ? `record ${index + 1}` : String(line);
    const at = pointer === "" ? "" : `${plain(pointer)}: `;
    await output.write(`${plain(file)}:${place}: ${at}${plain(message)}\n`);
  }
  if (found.invalid > found.faults.length) {
    await output.write(
      `… and ${numberOf(found.invalid - found.faults.length)} more: GET /api/v1/…/imports/${found.importId}/errors.csv has them.\n`,
    );
  }
}

function told(
  { surroundings }: ApiRun,
  { json }: ImportOptions,
  found: Import,
  exitCode: number,
): number {
  const { total, valid, invalid, warned, stored, state } = found;
  const what = state === "done" ? `${numberOf(stored)} stored` : "nothing stored";
  const figures = `${countOf(total, "record")}: ${numberOf(valid)} valid (${numberOf(warned)} with remarks), ${numberOf(invalid)} invalid; ${what}.`;
  surroundings.stdout.write(json === true ? `${JSON.stringify(found)}\n` : `${figures}\n`);
  return exitCode;
}

/** Shows the seconds that go by: the server reads a large file for a while. */
async function watched<T>(run: ApiRun, what: string, work: () => Promise<T>): Promise<T> {
  const line = createStatusLine(run.surroundings);
  let seconds = 0;
  line.show(`${what} …`);
  const timer = setInterval(() => {
    seconds += 1;
    line.show(`${what} … ${seconds} s`);
  }, TICK_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    line.clear();
  }
}

function fileStem(file: string): string {
  return basename(file).replace(/(?:\.(?:json|jsonl|ndjson|stix|csv|gz))+$/i, "") || basename(file);
}

function mapped(
  text: string,
  earlier: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const at = text.indexOf("=");
  if (at < 1 || at === text.length - 1) {
    throw new InvalidArgumentError("It must be PROPERTY=COLUMN, such as value=IOC.");
  }
  return { ...earlier, [text.slice(0, at)]: text.slice(at + 1) };
}
