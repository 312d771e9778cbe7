/** `stixgate pattern`: checks, explains and matches patterns of the STIX pattern language. */

import type { Readable } from "node:stream";
import { type Command, Option } from "commander";
import { ClientError, openInput, STDIN_NAME } from "../client/index.ts";
import type { PatternVersion } from "../pattern/index.ts";
import { AppError } from "../wire/index.ts";
import { type AnswerLine, answerLines } from "./answer-lines.ts";
import { readValues } from "./lint-files.ts";
import { EXIT } from "./lint-tally.ts";
import { createOutput } from "./output.ts";
import { judgePattern } from "./pattern-check.ts";
import { answerCheck, answerMatch, matchPattern, type PatternTally } from "./pattern-lines.ts";
import { checkLines, explainLines, faultLines } from "./pattern-report.ts";

/** Where a command reads and writes. */
export interface PatternStreams {
  readonly stdin: Readable;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

interface PatternFlags {
  readonly format: "human" | "jsonl";
  readonly specVersion: PatternVersion;
}

const CHECK_HELP = `
With --format jsonl, reads {"pattern":"…","version":"2.1"} a line and answers one line each:
  {"index":0,"valid":true,"errors":[],"warnings":[],"observables":[{"key","value","sufficient"}]}

Exit codes: 0 valid, 1 not valid (with jsonl: at least one of them), 2 wrong options or unreadable input.

Examples:
  stixgate pattern check "[ipv4-addr:value = '198.51.100.1']"
  stixgate pattern check --format jsonl - < patterns.jsonl`;

const MATCH_HELP = `
FILE holds observed-data and the objects it refers to, in any form that stixgate lint reads.
With --format jsonl, reads {"pattern":"…","version":"2.1","sdos":[…]} a line and answers one line each:
  {"index":0,"match":true,"error":null}
match is null where the pattern is invalid, or a regular expression needs more than linear time, or no
answer was found in bounded work; error says which.

Exit codes: 0 match (with jsonl: always), 1 no match, 2 no answer, wrong options or unreadable input.

Examples:
  stixgate pattern match "[url:value LIKE '%.example/%']" observed.json
  stixgate pattern match --format jsonl - < questions.jsonl`;

/** Adds the command `pattern` with its three parts. */
export function registerPatternCommand(program: Command, streams: PatternStreams): void {
  const command = program
    .command("pattern")
    .summary("check, explain and match STIX patterns")
    .description("Work with patterns of the STIX pattern language, as indicators hold them.");

  addPatternOptions(command.command("check"), true)
    .summary("say whether a pattern is valid, and what it looks for")
    .description("Checks a pattern by the rules of STIX and lists the values that it looks for.")
    .argument("<pattern>", "the pattern; with --format jsonl a file, or - for standard input")
    .addHelpText("after", CHECK_HELP)
    .action(async (pattern: string, flags: PatternFlags) => {
      process.exitCode = await runCheck(pattern, flags, streams);
    });

  addPatternOptions(command.command("explain"), false)
    .summary("say in plain words what a pattern looks for")
    .description("Explains a pattern in plain words.")
    .argument("<pattern>", "the pattern")
    .action(async (pattern: string, flags: PatternFlags) => {
      process.exitCode = await runExplain(pattern, flags, streams);
    });

  addPatternOptions(command.command("match"), true)
    .summary("say whether a pattern matches observed-data")
    .description("Matches a pattern against observed-data of STIX 2.0 or 2.1.")
    .argument("<pattern>", "the pattern; with --format jsonl a file, or - for standard input")
    .argument("[file]", "observed-data and what it refers to; - is standard input")
    .addHelpText("after", MATCH_HELP)
    .action(async (pattern: string, file: string | undefined, flags: PatternFlags) => {
      process.exitCode = await runMatch({ pattern, file, flags, streams });
    });
}

function addPatternOptions(command: Command, withFormat: boolean): Command {
  command.addOption(
    new Option("--spec-version <version>", "version of STIX that the pattern is written in")
      .choices(["2.0", "2.1"])
      .default("2.1"),
  );
  return withFormat
    ? command.addOption(
        new Option("--format <name>", "for people, or for scripts a line each")
          .choices(["human", "jsonl"])
          .default("human"),
      )
    : command;
}

async function runCheck(
  pattern: string,
  flags: PatternFlags,
  streams: PatternStreams,
): Promise<number> {
  if (flags.format === "jsonl") {
    const tally: PatternTally = { invalid: 0, warned: 0 };
    await exchange(pattern, answerCheck(flags.specVersion, tally), streams);
    return tally.invalid > 0 ? EXIT.found : EXIT.fine;
  }
  const verdict = judgePattern(pattern, flags.specVersion);
  await print(checkLines(pattern, verdict, streams.stdout), streams);
  return verdict.errors.length > 0 ? EXIT.found : EXIT.fine;
}

async function runExplain(
  pattern: string,
  flags: PatternFlags,
  streams: PatternStreams,
): Promise<number> {
  const verdict = judgePattern(pattern, flags.specVersion);
  const lines =
    verdict.pattern === undefined
      ? checkLines(pattern, verdict, streams.stdout)
      : explainLines(verdict);
  await print(lines, streams);
  return verdict.pattern === undefined ? EXIT.found : EXIT.fine;
}

interface MatchRun {
  readonly pattern: string;
  readonly file: string | undefined;
  readonly flags: PatternFlags;
  readonly streams: PatternStreams;
}

async function runMatch({ pattern, file, flags, streams }: MatchRun): Promise<number> {
  if (flags.format === "jsonl") {
    if (file !== undefined) {
      throw new AppError("invalid_request", "With --format jsonl, name one input and no pattern.");
    }
    await exchange(pattern, answerMatch(flags.specVersion), streams);
    return EXIT.fine;
  }
  if (file === undefined) {
    throw new AppError("invalid_request", "Name the file with the observed-data, or - to read it.");
  }
  const objects: unknown[] = [];
  for await (const value of valuesOf(file, streams)) {
    objects.push(...(Array.isArray(value) ? value : [value]));
  }
  const { match, error, notes } = matchPattern(pattern, flags.specVersion, objects);
  if (match === null) {
    const { errors } = judgePattern(pattern, flags.specVersion);
    const places = errors.flatMap((fault) =>
      faultLines(pattern, fault, { severity: "error", stream: streams.stdout }),
    );
    await print([...places, `no answer: ${error ?? "undecided"}`], streams);
    return EXIT.usage;
  }
  await print([...notes.map((note) => `note: ${note}`), match ? "match" : "no match"], streams);
  return match ? EXIT.fine : EXIT.found;
}

async function* valuesOf(file: string, streams: PatternStreams): AsyncGenerator<unknown> {
  const { chunks } = openInput(file, streams.stdin);
  yield* refusing(() => readValues({ file, chunks }));
}

async function exchange(file: string, answer: AnswerLine, streams: PatternStreams): Promise<void> {
  const { chunks } = openInput(file, streams.stdin);
  try {
    await answerLines({ chunks, output: createOutput(streams.stdout), answer });
  } catch (error) {
    throw refusalOf(error);
  } finally {
    if (file === STDIN_NAME) {
      // A pipe that is still open would keep the process waiting for input that nobody reads.
      streams.stdin.destroy();
    }
  }
}

async function* refusing(read: () => AsyncIterable<unknown>): AsyncGenerator<unknown> {
  try {
    yield* read();
  } catch (error) {
    throw refusalOf(error);
  }
}

/** What the readers refuse ends the command as wrong use does. */
function refusalOf(error: unknown): unknown {
  return error instanceof ClientError
    ? new AppError("invalid_request", error.message, { cause: error })
    : error;
}

async function print(lines: readonly string[], streams: PatternStreams): Promise<void> {
  await createOutput(streams.stdout).write(`${lines.join("\n")}\n`);
}
