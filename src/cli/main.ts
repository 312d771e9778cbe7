#!/usr/bin/env node
/** The `stixgate` command: registers the commands, runs one, turns its end into an exit code. */

import { readFileSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { Command, CommanderError } from "commander";
import { AppError } from "../wire/index.ts";
import { registerCommands } from "./commands.ts";
import type { GlobalOptions } from "./global-options.ts";

/** Exit code of a command that was called or configured wrongly, or was refused. */
const EXIT_REFUSED = 2;
/** Exit code of a fault of ours. */
const EXIT_FAULT = 70;

/** Commands that work on the identities of a data directory. */
const IDENTITY_COMMANDS: readonly string[] = [
  "tenant",
  "workspace",
  "app",
  "person",
  "role",
  "key",
];

// What is loaded from here on is compiled once for all runs, where the folder can be written. It lies beside the
// code and not among temporary files, where others could put code of theirs in its place.
enableCompileCache(fileURLToPath(new URL("../../node_modules/.cache/stixgate", import.meta.url)));
for (const stream of [process.stdout, process.stderr]) {
  // A reader such as `head` may go away before everything is written; that is no fault of ours.
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") {
      process.exit(0);
    }
    throw error;
  });
}
process.exitCode = await main(process.argv);

async function main(argv: readonly string[]): Promise<number> {
  try {
    const program = await buildProgram(calledIn(argv.slice(2)));
    await program.parseAsync(argv);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return exitCodeOf(error);
  }
}

/** The name of the command that is called, or asked about: `stixgate help NAME`. */
function calledIn(words: readonly string[]): string | undefined {
  const names = words.filter((word) => !word.startsWith("-"));
  return names[0] === "help" ? names[1] : names[0];
}

async function buildProgram(called: string | undefined): Promise<Command> {
  const program = new Command("stixgate")
    .description("The Microsoft Sentinel threat-intelligence upload API (STIX objects), anywhere.")
    .version(packageVersion(), "-V, --version")
    .showHelpAfterError("(add --help for help)")
    .exitOverride();
  let acting: GlobalOptions = {};
  program.hook("preAction", (_program, command) => {
    acting = command.opts<GlobalOptions>();
  });
  await registerCommands(
    {
      program,
      acting: () => acting,
      setExitCode: (code) => {
        process.exitCode = code;
      },
    },
    called,
  );
  for (const command of program.commands) {
    inheritErrors(command);
    if (IDENTITY_COMMANDS.includes(command.name()) && command.commands.length > 0) {
      const { addDataOptions } = await import("./global-options.ts");
      addToLeaves(command, addDataOptions);
    }
  }
  return program;
}

/** Sub-commands throw as the program does, so that there is one place that exits. */
function inheritErrors(command: Command): void {
  command.exitOverride().showHelpAfterError("(add --help for help)");
  command.commands.forEach(inheritErrors);
}

function addToLeaves(command: Command, add: (leaf: Command) => unknown): void {
  if (command.commands.length === 0) {
    add(command);
  }
  for (const child of command.commands) {
    addToLeaves(child, add);
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) {
    // Commander has written its message already; help and version end well.
    return error.exitCode === 0 ? 0 : EXIT_REFUSED;
  }
  if (error instanceof AppError && error.code !== "internal") {
    const field =
      error.field === undefined || error.message.includes(error.field) ? "" : `${error.field}: `;
    process.stderr.write(`stixgate: ${field}${error.message}\n`);
    return EXIT_REFUSED;
  }
  process.stderr.write(`stixgate: unexpected failure\n${inspect(error)}\n`);
  return EXIT_FAULT;
}

function packageVersion(): string {
  const manifest = new URL("../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}
