#!/usr/bin/env node
/** The `stixgate` command: registers the commands, runs one, turns its end into an exit code. */

import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { Command, CommanderError } from "commander";
import { openDataDirectory, openOffline, readEnvironment, type Settings } from "../app/index.ts";
import { AppError } from "../wire/index.ts";
import { registerAppCommand } from "./app.ts";
import { registerBackupCommands } from "./backup.ts";
import { registerCaCommand } from "./ca.ts";
import { registerDoctorCommand } from "./doctor.ts";
import { addDataOptions, type GlobalOptions, settingsOf } from "./global-options.ts";
import { registerIngestLogsCommand } from "./ingest-logs.ts";
import { registerKeyCommand } from "./key.ts";
import { registerLintCommand } from "./lint.ts";
import { registerMirrorCommand } from "./mirror.ts";
import { registerPatternCommand } from "./pattern.ts";
import { registerPersonCommand } from "./person.ts";
import { registerQueryCommand } from "./query.ts";
import { registerQueryAdminCommands } from "./query-admin.ts";
import { registerRoleCommand } from "./role.ts";
import { registerServeCommands } from "./serve.ts";
import { processSurroundings } from "./surroundings.ts";
import { registerTenantCommand } from "./tenant.ts";
import { registerUploadCommand } from "./upload.ts";
import { registerWorkspaceCommand } from "./workspace.ts";

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

const surroundings = processSurroundings(readEnvironment());
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
  const program = buildProgram();
  try {
    await program.parseAsync(argv);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return exitCodeOf(error);
  }
}

function buildProgram(): Command {
  const program = new Command("stixgate")
    .description("The Microsoft Sentinel threat-intelligence upload API (STIX objects), anywhere.")
    .version(packageVersion(), "-V, --version")
    .showHelpAfterError("(add --help for help)")
    .exitOverride();
  let acting: GlobalOptions = {};
  program.hook("preAction", (_program, command) => {
    acting = command.opts<GlobalOptions>();
  });
  const dataDirectoryOf = (options: GlobalOptions): string =>
    settingsOf(options, surroundings.environment).settings["data.directory"];
  registerServeCommands(program, surroundings);
  registerUploadCommand(program, {
    env: surroundings.environment,
    stdin: surroundings.stdin,
    stdout: surroundings.stdout,
    stderr: surroundings.stderr,
  });
  registerQueryCommand(program, surroundings);
  registerIngestLogsCommand(program, surroundings);
  registerLintCommand(program, surroundings);
  registerPatternCommand(program, surroundings);
  const openIdentities = (): ReturnType<typeof openOffline> =>
    openOffline(settingsOf(acting, surroundings.environment).settings);
  registerTenantCommand(program, openIdentities, surroundings.stdout);
  registerWorkspaceCommand(program, openIdentities, surroundings.stdout);
  registerAppCommand(program, openIdentities, surroundings.stdout);
  registerRoleCommand(program, openIdentities, surroundings.stdout);
  registerPersonCommand(program, openIdentities, surroundings.stdout);
  registerKeyCommand(program, openIdentities, surroundings.stdout);
  registerCaCommand(
    program,
    (options) => openDataDirectory(dataDirectoryOf(options)),
    surroundings.stdout,
  );
  const settingsNow = (options: GlobalOptions): Settings =>
    settingsOf(options, surroundings.environment).settings;
  registerQueryAdminCommands(program, settingsNow, surroundings.stdout);
  registerBackupCommands(program, settingsNow, surroundings.stdout);
  registerMirrorCommand(program, settingsNow, surroundings);
  registerDoctorCommand(program, settingsNow, surroundings.stdout, (code) => {
    process.exitCode = code;
  });
  for (const command of program.commands) {
    inheritErrors(command);
    if (IDENTITY_COMMANDS.includes(command.name())) {
      addDataOptionsToLeaves(command);
    }
  }
  return program;
}

/** Sub-commands throw as the program does, so that there is one place that exits. */
function inheritErrors(command: Command): void {
  command.exitOverride().showHelpAfterError("(add --help for help)");
  command.commands.forEach(inheritErrors);
}

function addDataOptionsToLeaves(command: Command): void {
  if (command.commands.length === 0) {
    addDataOptions(command);
  }
  command.commands.forEach(addDataOptionsToLeaves);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) {
    // Commander has written its message already; help and version end well.
    return error.exitCode === 0 ? 0 : EXIT_REFUSED;
  }
  if (error instanceof AppError && error.code !== "internal") {
    const field =
      error.field === undefined || error.message.includes(error.field) ? "" : `${error.field}: `;
    surroundings.stderr.write(`stixgate: ${field}${error.message}\n`);
    return EXIT_REFUSED;
  }
  surroundings.stderr.write(`stixgate: unexpected failure\n${inspect(error)}\n`);
  return EXIT_FAULT;
}

function packageVersion(): string {
  const manifest = new URL("../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}
