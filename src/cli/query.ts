/** `stixgate query`: KQL over a server, a data directory, or nothing at all. */
import { createReadStream, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { ClientError } from "../client/index.ts";
import { readQueryPack } from "../query/index.ts";
import { AppError } from "../wire/index.ts";
import { addDataOptions, type GlobalOptions } from "./global-options.ts";
import { createOutput } from "./output.ts";
import type { Answer, QueryFault } from "./query-answer.ts";
import { runBatch } from "./query-batch.ts";
import { chartText } from "./query-chart.ts";
import { csvText, jsonText, tableText } from "./query-output.ts";
import { openQuerySource, type QuerySource, type SourceOptions } from "./query-source.ts";
import { addServiceOptions } from "./service-options.ts";
import type { Surroundings } from "./surroundings.ts";

interface QueryOptions extends GlobalOptions, SourceOptions {
  readonly file?: string;
  readonly batch?: string;
  readonly pack?: string | true;
  readonly timespan?: string;
  readonly format?: "table" | "csv" | "json" | "chart";
}

const EXIT = { answered: 0, fault: 1, usage: 2, service: 3 } as const;

/** Longest query file: the compiler's bound on a text is lower. */
const FILE_BYTES_MAX = 4 * 1_048_576;
const TERMINAL_WIDTH_DEFAULT = 80;

const HELP = `
Where the query runs:
  a server           --ready FILE, or --workspace-id and the credential as for stixgate upload
  a data directory   --data-dir DIR; intelligence is seen whether or not a server runs on it, uploaded logs only
                     when none does
  nothing            without either: tables are empty, and print, range and datatable work

Exit codes: 0 answered (with --batch: every line, be it with an error), 1 the query is wrong or failed, 2 wrong
options, 3 the service could not be reached, or refused.

Batch: each line of the file is {"id": …, "query": "…"}; each line of the answer is
{"id", "columns": [{"name","type"}], "rows": [[…]]} or {"id", "error": {"code","message","position"}}.

Examples:
  stixgate query --ready ready.json 'ThreatIntelIndicators | summarize count() by SourceSystem'
  stixgate query --data-dir .stixgate --timespan P7D --file rule.kql --format csv
  stixgate query --pack
  stixgate query --ready ready.json --pack indicators-by-type
  stixgate query 'print now()'
  stixgate query --batch queries.jsonl > answers.jsonl`;

/** Adds the command `query`. */
export function registerQueryCommand(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("query")
    .summary("run KQL queries")
    .description(
      "Runs a KQL query, as in Microsoft Sentinel, and prints its rows; a query with render is drawn as a chart.",
    )
    .argument("[query]", "the query; - reads it from standard input")
    .option("--file <file>", "read the query from a file")
    .option("--pack [id]", "run a shipped query, or list them")
    .option("--batch <file>", "run the queries of a file of JSON lines; - is standard input")
    .option("--timespan <range>", "only rows of this time, ISO 8601: P1D, PT4H, START/END")
    .option("--workspace <name>", "workspace of the data directory: its name or id")
    .option("--timeout <seconds>", "longest time for a query", wholeNumber)
    .addOption(
      new Option("--format <format>", "table, csv, json or chart").choices([
        "table",
        "csv",
        "json",
        "chart",
      ]),
    );
  addServiceOptions(command);
  addDataOptions(command)
    .addHelpText("after", HELP)
    .action(async (query: string | undefined, options: QueryOptions) => {
      process.exitCode = await runQueryCommand(query, options, surroundings);
    });
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) {
    throw new InvalidArgumentError("It must be a whole number from 1.");
  }
  return Number(text);
}

async function runQueryCommand(
  argument: string | undefined,
  options: QueryOptions,
  surroundings: Surroundings,
): Promise<number> {
  const { stdout, stderr } = surroundings;
  if (options.pack === true) {
    stdout.write(packText());
    return EXIT.answered;
  }
  try {
    const text =
      options.batch === undefined ? await queryText(argument, options, surroundings) : "";
    const source = await openQuerySource(options, surroundings);
    try {
      return options.batch === undefined
        ? await runOne(text, { options, source, surroundings })
        : await runAll(options.batch, { options, source, surroundings });
    } finally {
      await source.close();
    }
  } catch (error) {
    if (!(error instanceof ClientError)) {
      throw error;
    }
    stderr.write(`stixgate query: ${error.message}\n`);
    return error.code === "options_invalid" || error.code === "input_unreadable"
      ? EXIT.usage
      : EXIT.service;
  }
}

interface Run {
  readonly options: QueryOptions;
  readonly source: QuerySource;
  readonly surroundings: Surroundings;
}

async function runAll(file: string, { options, source, surroundings }: Run): Promise<number> {
  const input = file === "-" ? surroundings.stdin : openFile(file);
  await runBatch(input, source.ask, createOutput(surroundings.stdout), options.timespan);
  return EXIT.answered;
}

function openFile(file: string): NodeJS.ReadableStream & ReturnType<typeof createReadStream> {
  if (!existsSync(file)) {
    throw new AppError("invalid_request", `There is no file ${file}.`, { field: "--batch" });
  }
  return createReadStream(file);
}

async function runOne(text: string, { options, source, surroundings }: Run): Promise<number> {
  const { stdout, stderr } = surroundings;
  const answer = await source.ask(text, options.timespan);
  if (answer.kind === "fault") {
    stderr.write(faultText(text, answer.fault));
    return EXIT.fault;
  }
  const width = stdout.columns ?? TERMINAL_WIDTH_DEFAULT;
  await createOutput(stdout).write(answerText(answer, options.format, width));
  if (answer.partial !== null) {
    stderr.write(`stixgate query: ${answer.partial}\n`);
  }
  return EXIT.answered;
}

function answerText(
  { columns, rows, render }: Extract<Answer, { kind: "rows" }>,
  format: QueryOptions["format"],
  width: number,
): string {
  if (format === "csv") {
    return csvText(columns, rows);
  }
  if (format === "json") {
    return jsonText(columns, rows);
  }
  const hint =
    render ?? (format === "chart" ? { visualization: "barchart", properties: {} } : null);
  const chart =
    hint === null || format === "table" ? undefined : chartText(hint, columns, rows, width);
  return chart ?? tableText(columns, rows);
}

/** The message, and the line of the query with the place marked. */
function faultText(query: string, { code, message, position }: QueryFault): string {
  const head = `stixgate query: ${code}: ${message}\n`;
  if (position === null) {
    return head;
  }
  const line = query.split(/\r\n|\r|\n/)[position.line - 1] ?? "";
  const marks = "^".repeat(
    Math.max(1, Math.min(position.length, line.length - position.column + 1)),
  );
  const place = `  line ${position.line}, column ${position.column}`;
  return `${head}${place}\n  ${line.replaceAll("\t", " ")}\n  ${" ".repeat(position.column - 1)}${marks}\n`;
}

async function queryText(
  argument: string | undefined,
  { file, pack }: QueryOptions,
  { stdin }: Surroundings,
): Promise<string> {
  const given = [argument, file, pack].filter((value) => value !== undefined);
  if (given.length !== 1) {
    throw new AppError(
      "invalid_request",
      given.length === 0
        ? "Give a query, --file, --pack or --batch."
        : "A query, --file and --pack exclude each other.",
    );
  }
  if (typeof pack === "string") {
    return packQuery(pack);
  }
  if (file !== undefined) {
    return readQueryFile(file);
  }
  return argument === "-" ? await readAll(stdin) : (argument ?? "");
}

function readQueryFile(file: string): string {
  try {
    return readFileSync(join(file), "utf8").slice(0, FILE_BYTES_MAX);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError("invalid_request", `Cannot read the query: ${reason}`, { field: "--file" });
  }
}

async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  for await (const chunk of stream) {
    text += String(chunk);
    if (text.length > FILE_BYTES_MAX) {
      break;
    }
  }
  return text;
}

function packQuery(id: string): string {
  const found = readQueryPack().find((query) => query.id === id);
  if (found === undefined) {
    throw new AppError(
      "not_found",
      `There is no shipped query '${id}'; stixgate query --pack lists them.`,
    );
  }
  return found.query;
}

function packText(): string {
  const queries = readQueryPack();
  const width = Math.max(...queries.map(({ id }) => id.length));
  return queries
    .map(({ id, title, tags }) => `${id.padEnd(width)}  ${title} [${tags.join(", ")}]\n`)
    .join("");
}
