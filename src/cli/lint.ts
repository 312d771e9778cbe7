/**
 * `stixgate lint`: checks STIX files against the standard, or against what the upload API takes. Here are its
 * flags and the course of a run; what is checked lies in the stix room, how it is shown in the files beside.
 */

import type { Readable } from "node:stream";
import { type Command, Option } from "commander";
import { ClientError, openInput, STDIN_NAME } from "../client/index.ts";
import { AppError } from "../wire/index.ts";
import { answerLines } from "./answer-lines.ts";
import { createLinter, type Linter, type LintRules } from "./lint-check.ts";
import { lintInput } from "./lint-files.ts";
import { answerLint } from "./lint-lines.ts";
import {
  createHumanReporter,
  createJsonReporter,
  type InputFault,
  type Reporter,
} from "./lint-report.ts";
import { createSarifReporter } from "./lint-sarif.ts";
import { createTally, exitCodeOf, FAIL_ON, type FailOn, type Tally } from "./lint-tally.ts";
import { createOutput, type Output } from "./output.ts";

/** Where a command reads and writes. */
export interface LintStreams {
  readonly stdin: Readable;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

interface LintFlags {
  readonly format: "human" | "json" | "jsonl" | "sarif";
  readonly profile: "strict" | "sentinel";
  readonly specVersion?: "2.0" | "2.1";
  readonly failOn: FailOn;
}

const DESCRIPTION: string = [
  "Check STIX files, or standard input (-), against every rule of STIX 2.0 and 2.1.",
  "Reads bundles, arrays, single objects, upload bodies, TAXII envelopes and JSON lines, packed with gzip " +
    "or not. Each finding comes with its place, the rule it breaks and where the rule is written.",
].join("\n\n");

const HELP = `
Formats:
  human   for people: place, rule, and the source with the fault marked
  json    one JSON object with all findings
  sarif   SARIF 2.1.0, for code hosts and editors
  jsonl   for scripts: reads one object, or {"version":"2.1","object":{…}}, a line and answers one line each:
          {"index":0,"valid":true,"errors":[],"warnings":[]}

Exit codes:
  0  nothing found at or above --fail-on
  1  something found
  2  wrong options, or input that cannot be read

Examples:
  stixgate lint bundle.json
  stixgate lint --profile sentinel --fail-on warning feed.json more.jsonl.gz
  stixgate lint --format sarif --fail-on never intel/*.json > stix.sarif
  producer | stixgate lint --format jsonl - | jq -c 'select(.valid | not)'`;

/** Adds the command `lint` to the program. */
export function registerLintCommand(program: Command, streams: LintStreams): void {
  program
    .command("lint")
    .summary("check STIX files against the standard")
    .description(DESCRIPTION)
    .argument("<file...>", "files to check; - is standard input")
    .addOption(
      new Option("--format <name>", "what is printed")
        .choices(["human", "json", "jsonl", "sarif"])
        .default("human"),
    )
    .addOption(
      new Option("--profile <name>", "strict: the standard; sentinel: what the upload API takes")
        .choices(["strict", "sentinel"])
        .default("strict"),
    )
    .addOption(
      new Option(
        "--spec-version <version>",
        "version of objects that state none (default: 2.0, as the standard has it; 2.1 for observables and bundles)",
      ).choices(["2.0", "2.1"]),
    )
    .addOption(
      new Option("--fail-on <severity>", "exit with 1 from this severity on")
        .choices(FAIL_ON)
        .default("error"),
    )
    .addHelpText("after", HELP)
    .action(async (files: readonly string[], flags: LintFlags) => {
      const version = program.version() ?? "0";
      process.exitCode = await runLint({ files, flags, streams, version });
    });
}

interface Run {
  readonly files: readonly string[];
  readonly flags: LintFlags;
  readonly streams: LintStreams;
  readonly version: string;
}

interface Course {
  readonly linter: Linter;
  readonly tally: Tally;
  readonly output: Output;
  readonly faults: InputFault[];
}

/** Runs the command and gives its exit code. */
async function runLint(run: Run): Promise<number> {
  const { files, flags, streams } = run;
  if (files.filter((file) => file === STDIN_NAME).length > 1) {
    throw new AppError("invalid_request", "Standard input (-) can be read only once.");
  }
  const rules: LintRules = { profile: flags.profile, specVersion: flags.specVersion };
  const tally = createTally();
  const output = createOutput(streams.stdout);
  const course: Course = { linter: createLinter(rules), tally, output, faults: [] };
  try {
    await (flags.format === "jsonl"
      ? lintLines(run, course)
      : lintFiles(run, course, reporterFor(run, rules)));
  } finally {
    if (files.includes(STDIN_NAME)) {
      // A pipe that is still open would keep the process waiting for input that nobody reads.
      streams.stdin.destroy();
    }
  }
  return exitCodeOf(tally, flags.failOn);
}

function reporterFor({ flags, streams, version }: Run, rules: LintRules): Reporter {
  switch (flags.format) {
    case "json":
      return createJsonReporter(rules);
    case "sarif":
      return createSarifReporter(rules, version);
    default:
      return createHumanReporter(streams.stdout);
  }
}

/** Several inputs count as one, line after line. */
async function lintLines(run: Run, course: Course): Promise<void> {
  const answer = answerLint(course.linter, course.tally);
  let firstIndex = 0;
  for (const file of run.files) {
    await orFault(file, run, course, async () => {
      const { chunks } = openInput(file, run.streams.stdin);
      firstIndex = await answerLines({ chunks, output: course.output, answer, firstIndex });
    });
  }
}

async function lintFiles(run: Run, course: Course, reporter: Reporter): Promise<void> {
  const { linter, tally, output, faults } = course;
  await output.write(reporter.begin());
  for (const file of run.files) {
    const isRead = await orFault(file, run, course, async () => {
      const { chunks } = openInput(file, run.streams.stdin);
      for await (const finding of lintInput({ file: nameOf(file), chunks }, linter, tally)) {
        if (!(await output.write(reporter.finding(finding)))) {
          return false;
        }
      }
      return true;
    });
    if (isRead === false) {
      return;
    }
  }
  await output.write(reporter.end({ tally, faults }));
}

/** A name for reports. */
function nameOf(file: string): string {
  return file === STDIN_NAME ? "stdin" : file;
}

/** What cannot be read is told at once; the other inputs are read all the same. */
async function orFault<T>(
  file: string,
  { streams }: Run,
  { tally, faults }: Course,
  read: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ClientError) && !(error instanceof AppError)) {
      throw error;
    }
    tally.unreadable += 1;
    faults.push({ file, message: error.message });
    streams.stderr.write(`stixgate lint: ${error.message}\n`);
    return undefined;
  }
}
