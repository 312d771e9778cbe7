/**
 * Every command of `stixgate`: how the list of commands shows it, and where its code is. Only the code of the
 * command that is called is loaded, so that those that need no server start without one.
 */

import { Command } from "commander";
import type { GlobalOptions } from "./global-options.ts";
import { processStreams } from "./surroundings.ts";

/** What a command is registered with. */
export interface Registration {
  readonly program: Command;
  /** Options of the command that acts, once it does. */
  readonly acting: () => GlobalOptions;
  readonly setExitCode: (code: number) => void;
}

/** One file of commands. */
export interface CommandFile {
  /** How each is called and what it does, as `stixgate --help` says it. */
  readonly commands: Readonly<Record<string, string>>;
  readonly register: (registration: Registration) => Promise<void>;
}

const server = (): Promise<typeof import("./server-context.ts")> => import("./server-context.ts");

/** In the order of `stixgate --help`. */
export const COMMAND_FILES: readonly CommandFile[] = [
  {
    commands: {
      "serve [options]": "run the server",
      "quickstart [options]": "run the server with everything a first upload needs",
    },
    register: async ({ program }) =>
      (await import("./serve.ts")).registerServeCommands(program, (await server()).surroundings),
  },
  {
    commands: { "upload [options] <file...>": "upload STIX files" },
    register: async ({ program }) => {
      const { environment: env, stdin, stdout, stderr } = (await server()).surroundings;
      const { registerUploadCommand } = await import("./upload.ts");
      registerUploadCommand(program, { env, stdin, stdout, stderr });
    },
  },
  {
    commands: { "search [options] [words...]": "find objects" },
    register: async ({ program }) =>
      (await import("./search.ts")).registerSearchCommand(program, (await server()).surroundings),
  },
  {
    commands: { "show [options] <id>": "show an object" },
    register: async ({ program }) =>
      (await import("./show.ts")).registerShowCommand(program, (await server()).surroundings),
  },
  {
    commands: {
      "tag [options] [what...]": "add and remove labels",
      "revoke [options] [id...]": "revoke objects",
    },
    register: async ({ program }) =>
      (await import("./change.ts")).registerChangeCommands(program, (await server()).surroundings),
  },
  {
    commands: { "import [options] <file>": "import a STIX or CSV file" },
    register: async ({ program }) =>
      (await import("./import.ts")).registerImportCommand(program, (await server()).surroundings),
  },
  {
    commands: { "export [options]": "export objects as STIX or CSV" },
    register: async ({ program }) =>
      (await import("./export.ts")).registerExportCommand(program, (await server()).surroundings),
  },
  {
    commands: { rules: "ingestion rules: what is done to records as they arrive" },
    register: async ({ program }) =>
      (await import("./rules.ts")).registerRulesCommand(program, (await server()).surroundings),
  },
  {
    commands: { "query [options] [query]": "run KQL queries" },
    register: async ({ program }) =>
      (await import("./query.ts")).registerQueryCommand(program, (await server()).surroundings),
  },
  {
    commands: { "ingest-logs [options] <table> <file>": "send logs to a table" },
    register: async ({ program }) => {
      const { registerIngestLogsCommand } = await import("./ingest-logs.ts");
      registerIngestLogsCommand(program, (await server()).surroundings);
    },
  },
  {
    commands: { "lint [options] <file...>": "check STIX files against the standard" },
    register: async ({ program }) =>
      (await import("./lint.ts")).registerLintCommand(program, processStreams()),
  },
  {
    commands: { pattern: "check, explain and match STIX patterns" },
    register: async ({ program }) =>
      (await import("./pattern.ts")).registerPatternCommand(program, processStreams()),
  },
  {
    commands: { tenant: "tenants: the owners of workspaces and applications" },
    register: async ({ program, acting }) => {
      const { openIdentities, surroundings } = await server();
      const { registerTenantCommand } = await import("./tenant.ts");
      registerTenantCommand(program, openIdentities(acting), surroundings.stdout);
    },
  },
  {
    commands: { workspace: "workspaces: what intelligence is uploaded to" },
    register: async ({ program, acting }) => {
      const { openIdentities, surroundings } = await server();
      const { registerWorkspaceCommand } = await import("./workspace.ts");
      registerWorkspaceCommand(program, openIdentities(acting), surroundings.stdout);
    },
  },
  {
    commands: { app: "applications: the clients that may ask for tokens" },
    register: async ({ program, acting }) => {
      const { openIdentities, surroundings } = await server();
      const { registerAppCommand } = await import("./app.ts");
      registerAppCommand(program, openIdentities(acting), surroundings.stdout);
    },
  },
  {
    commands: { role: "roles: who may do what to which workspace" },
    register: async ({ program, acting }) => {
      const { openIdentities, surroundings } = await server();
      const { registerRoleCommand } = await import("./role.ts");
      registerRoleCommand(program, openIdentities(acting), surroundings.stdout);
    },
  },
  {
    commands: { person: "people: who may sign in to the web page" },
    register: async ({ program, acting }) => {
      const { openIdentities, surroundings } = await server();
      const { registerPersonCommand } = await import("./person.ts");
      registerPersonCommand(program, openIdentities(acting), surroundings.stdout);
    },
  },
  {
    commands: { key: "signing keys: list, rotate now" },
    register: async ({ program, acting }) => {
      const { openIdentities, surroundings } = await server();
      const { registerKeyCommand } = await import("./key.ts");
      registerKeyCommand(program, openIdentities(acting), surroundings.stdout);
    },
  },
  {
    commands: { ca: "the certificate authority that clients have to trust" },
    register: async ({ program }) => {
      const { openData, surroundings } = await server();
      (await import("./ca.ts")).registerCaCommand(program, openData, surroundings.stdout);
    },
  },
  {
    commands: {
      table: "tables for logs",
      function: "functions that queries call",
      watchlist: "lists that queries read with _GetWatchlist",
      dcr: "data collection rules: where logs are sent to",
    },
    register: async ({ program }) => {
      const { settingsNow, surroundings } = await server();
      const { registerQueryAdminCommands } = await import("./query-admin.ts");
      registerQueryAdminCommands(program, settingsNow, surroundings.stdout);
    },
  },
  {
    commands: {
      "backup [options] <folder>": "copy everything the server keeps into a new folder",
      "restore [options] <folder>": "make a data directory from a backup",
    },
    register: async ({ program }) => {
      const { settingsNow, surroundings } = await server();
      const { registerBackupCommands } = await import("./backup.ts");
      registerBackupCommands(program, settingsNow, surroundings.stdout);
    },
  },
  {
    commands: { mirror: "look after the copy of the store that queries read" },
    register: async ({ program }) => {
      const { settingsNow, surroundings } = await server();
      const { registerMirrorCommand } = await import("./mirror.ts");
      registerMirrorCommand(program, settingsNow, surroundings);
    },
  },
  {
    commands: { "doctor [options]": "examine the data directory and its store" },
    register: async ({ program, setExitCode }) => {
      const { settingsNow, surroundings } = await server();
      const { registerDoctorCommand } = await import("./doctor.ts");
      registerDoctorCommand(program, settingsNow, surroundings.stdout, setExitCode);
    },
  },
];

/** The name in how a command is called. */
export function nameIn(usage: string): string {
  return usage.split(" ", 1)[0] ?? "";
}

/**
 * Registers the called command with its code and the others as lines of the list of commands only.
 * @param called name of a command, or undefined where none is called
 */
export async function registerCommands(
  registration: Registration,
  called: string | undefined,
): Promise<void> {
  const { program } = registration;
  const plain = new Command().createHelp();
  program.configureHelp({
    subcommandTerm: (command) =>
      command.parent === program
        ? (USAGES.get(command.name()) ?? HELP_USAGE)
        : command.name() === "help"
          ? HELP_USAGE
          : plain.subcommandTerm(command),
  });
  for (const file of COMMAND_FILES) {
    const names = Object.keys(file.commands).map(nameIn);
    if (called !== undefined && names.includes(called)) {
      await file.register(registration);
    } else {
      for (const [usage, summary] of Object.entries(file.commands)) {
        program.command(nameIn(usage)).summary(summary);
      }
    }
  }
}

const USAGES: ReadonlyMap<string, string> = new Map(
  COMMAND_FILES.flatMap(({ commands }) =>
    Object.keys(commands).map((usage) => [nameIn(usage), usage] as const),
  ),
);
const HELP_USAGE = "help [command]";
