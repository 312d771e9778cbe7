/**
 * `stixgate table|function|watchlist|rule`: what an administrator adds for queries. The commands work on the data
 * directory's documents, whether or not a server runs on it; a running server sees a change within a second.
 */
import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import type { Command } from "commander";
import { openQueryAdmin, type QueryAdmin, type Settings } from "../app/index.ts";
import { csvRows } from "../client/index.ts";
import type { KqlTypeName } from "../query/index.ts";
import { AppError } from "../wire/index.ts";
import { addDataOptions, type GlobalOptions } from "./global-options.ts";
import {
  addJsonOption,
  type JsonOption,
  OFFLINE_HELP,
  type Output,
  printRecord,
  printRows,
} from "./identity-commands.ts";
import { pickWorkspace } from "./query-source.ts";

type Options = GlobalOptions & JsonOption & { readonly workspace?: string };

/** How the settings are read. */
export type SettingsOf = (options: GlobalOptions) => Settings;

interface Context {
  readonly program: Command;
  readonly settingsOf: SettingsOf;
  readonly out: Output;
}

/** Name under which a change by command is kept. */
const ACTOR = "stixgate command";

/** Adds the commands. */
export function registerQueryAdminCommands(
  program: Command,
  settingsOf: SettingsOf,
  out: Output,
): void {
  const context = { program, settingsOf, out };
  registerTableCommand(context);
  registerFunctionCommand(context);
  registerWatchlistCommand(context);
  registerRuleCommand(context);
}

async function withAdmin<T>(
  { settingsOf }: Context,
  options: Options,
  work: (admin: QueryAdmin) => Promise<T>,
): Promise<T> {
  const admin = await openQueryAdmin(settingsOf(options));
  try {
    return await work(admin);
  } finally {
    await admin.close();
  }
}

function registerTableCommand(context: Context): void {
  const { program, out } = context;
  const table = program
    .command("table")
    .summary("tables for logs")
    .description(
      "Tables that logs are sent to: those of Microsoft's documentation, and your own. Columns are added, never " +
        "changed or taken away. Types: string, int, long, real, bool, datetime, guid, dynamic.",
    )
    .addHelpText(
      "after",
      `
Examples:
  stixgate table add Honeypot_CL Ip:string Hits:long Details:dynamic
  stixgate table add-column DnsEvents Verdict:string
  stixgate table show DnsEvents
${OFFLINE_HELP}`,
    );
  leaf(table, "list", "Lists the tables.").action((options: Options) =>
    withAdmin(context, options, async ({ logTables }) =>
      printRows(
        out,
        logTables.list().map(({ name, origin, columns, added }) => ({
          name,
          origin,
          columns: columns.length,
          added: added.length,
        })),
        {
          json: options.json === true,
          none: "There is no table.",
          columns: [
            ["TABLE", (row) => row.name],
            ["ORIGIN", (row) => row.origin],
            ["COLUMNS", (row) => String(row.columns)],
            ["ADDED", (row) => String(row.added)],
          ],
        },
      ),
    ),
  );
  leaf(table, "show <table>", "Shows the columns of a table.").action(
    (name: string, options: Options) =>
      withAdmin(context, options, async ({ logTables }) => {
        const found = logTables.find(name);
        if (found === undefined) {
          throw new AppError("not_found", `There is no table '${name}'.`);
        }
        printRows(out, found.columns, {
          json: options.json === true,
          none: "It has no columns.",
          columns: [
            ["COLUMN", (column) => column.name],
            ["TYPE", (column) => column.type],
          ],
        });
      }),
  );
  const add = async (name: string, columns: readonly string[], options: Options): Promise<void> =>
    withAdmin(context, options, async ({ logTables }) => {
      const made = await logTables.add(name, columns.map(columnOf));
      out.write(
        `${made.name} has ${made.columns.length} columns, ${made.added.length} of yours.\n`,
      );
    });
  leaf(
    table,
    "add <table> <column...>",
    "Adds a table of your own; its name ends with _CL.",
  ).action(add);
  leaf(table, "add-column <table> <column...>", "Adds columns, NAME:TYPE, to a table.").action(add);
}

function columnOf(text: string): { readonly name: string; readonly type: KqlTypeName } {
  const [name = "", type = "string", ...rest] = text.split(":");
  if (rest.length > 0) {
    throw new AppError("invalid_request", `'${text}' is no column: NAME:TYPE.`);
  }
  return { name, type: type as KqlTypeName };
}

function registerFunctionCommand(context: Context): void {
  const { program, out } = context;
  const command = program
    .command("function")
    .summary("functions that queries call")
    .description("Functions that are kept in a workspace and called in queries by their name.")
    .addHelpText(
      "after",
      `
Examples:
  stixgate function add ActiveIps 'ThreatIntelIndicators | where IsActive and ObservableKey == "ipv4-addr:value"'
  stixgate function add Recent --parameters '(days: int = 7)' 'ThreatIntelIndicators | where TimeGenerated > ago(days * 1d)'
${OFFLINE_HELP}`,
    );
  workspaceLeaf(command, "list", "Lists the functions.").action((options: Options) =>
    withAdmin(context, options, async ({ workspaces, functions }) => {
      const rows = await functions.list(pickWorkspace(workspaces, options.workspace));
      printRows(out, rows, {
        json: options.json === true,
        none: "There is no function yet.",
        columns: [
          ["FUNCTION", (row) => row.name + row.parameters],
          ["DESCRIPTION", (row) => row.description],
          ["UPDATED", (row) => row.updatedAt],
        ],
      });
    }),
  );
  workspaceLeaf(command, "add <name> <body>", "Keeps a function; the body may be @FILE.")
    .option("--parameters <list>", "its parameters, in parentheses")
    .option("--description <text>", "what it is for")
    .action(
      (
        name: string,
        body: string,
        options: Options & { readonly parameters?: string; readonly description?: string },
      ) =>
        withAdmin(context, options, async ({ workspaces, functions }) => {
          const saved = await functions.put({
            workspaceId: pickWorkspace(workspaces, options.workspace),
            name,
            body: body.startsWith("@") ? readText(body.slice(1)) : body,
            ...(options.parameters === undefined ? {} : { parameters: options.parameters }),
            ...(options.description === undefined ? {} : { description: options.description }),
            actor: ACTOR,
          });
          out.write(`${saved.name}${saved.parameters} is kept.\n`);
        }),
    );
  workspaceLeaf(command, "delete <name>", "Removes a function.").action(
    (name: string, options: Options) =>
      withAdmin(context, options, async ({ workspaces, functions }) => {
        await functions.remove(pickWorkspace(workspaces, options.workspace), name);
        out.write(`${name} is removed.\n`);
      }),
  );
}

function registerWatchlistCommand(context: Context): void {
  const { program, out } = context;
  const command = program
    .command("watchlist")
    .summary("lists that queries read with _GetWatchlist")
    .description("Small tables that queries read with _GetWatchlist('ALIAS').")
    .addHelpText(
      "after",
      `
Examples:
  stixgate watchlist add Trusted trusted.csv --search-key Ip
  stixgate watchlist list
${OFFLINE_HELP}`,
    );
  workspaceLeaf(command, "list", "Lists the watchlists.").action((options: Options) =>
    withAdmin(context, options, async ({ workspaces, watchlists }) => {
      const rows = await watchlists.list(pickWorkspace(workspaces, options.workspace));
      printRows(out, rows, {
        json: options.json === true,
        none: "There is no watchlist yet.",
        columns: [
          ["ALIAS", (row) => row.alias],
          ["ITEMS", (row) => String(row.items)],
          ["SEARCH KEY", (row) => row.searchKey],
          ["COLUMNS", (row) => row.columns.join(", ")],
          ["UPDATED", (row) => row.updatedAt],
        ],
      });
    }),
  );
  workspaceLeaf(command, "add <alias> <file>", "Keeps a CSV file with a heading as a watchlist.")
    .option("--search-key <column>", "column that look-ups go by (default: the first)")
    .option("--name <text>", "its name for people")
    .action(
      (
        alias: string,
        file: string,
        options: Options & { readonly searchKey?: string; readonly name?: string },
      ) =>
        withAdmin(context, options, async ({ workspaces, watchlists }) => {
          const [heading = [], ...rows] = await readCsv(file);
          const saved = await watchlists.put({
            workspaceId: pickWorkspace(workspaces, options.workspace),
            alias,
            columns: heading.map((name) => name.trim()),
            rows,
            ...(options.searchKey === undefined ? {} : { searchKey: options.searchKey }),
            ...(options.name === undefined ? {} : { displayName: options.name }),
            actor: ACTOR,
          });
          const { items, searchKey } = saved;
          printRecord(out, saved, {
            json: options.json === true,
            lines: [
              ["Alias", saved.alias],
              ["Items", String(items)],
              ["Search key", searchKey],
            ],
          });
        }),
    );
  workspaceLeaf(command, "delete <alias>", "Removes a watchlist.").action(
    (alias: string, options: Options) =>
      withAdmin(context, options, async ({ workspaces, watchlists }) => {
        await watchlists.remove(pickWorkspace(workspaces, options.workspace), alias);
        out.write(`${alias} is removed.\n`);
      }),
  );
}

function registerRuleCommand(context: Context): void {
  const { program, out } = context;
  const command = program
    .command("dcr")
    .summary("data collection rules: where logs are sent to")
    .description(
      "Data collection rules lead from an immutable id, which clients of the Logs Ingestion API know, to a workspace. " +
        "Every workspace has one from the start.",
    )
    .addHelpText("after", OFFLINE_HELP);
  workspaceLeaf(command, "list", "Lists the rules of a workspace.").action((options: Options) =>
    withAdmin(context, options, async ({ workspaces, logs }) => {
      const rows = await logs.rules(pickWorkspace(workspaces, options.workspace));
      printRows(out, rows, {
        json: options.json === true,
        none: "There is no rule.",
        columns: [
          ["IMMUTABLE ID", (row) => row.immutableId],
          ["NAME", (row) => row.name],
          ["STREAMS", (row) => row.streams.join(", ") || "all"],
        ],
      });
    }),
  );
  workspaceLeaf(
    command,
    "create <name> [stream...]",
    "Makes a rule, for some streams or for all.",
  ).action((name: string, streams: readonly string[], options: Options) =>
    withAdmin(context, options, async ({ workspaces, logs }) => {
      const workspaceId = pickWorkspace(workspaces, options.workspace);
      const rule = await logs.createRule({ workspaceId, name, streams });
      printRecord(out, rule, {
        json: options.json === true,
        lines: [
          ["Immutable id", rule.immutableId],
          ["Name", rule.name],
          ["Streams", rule.streams.join(", ") || "all"],
        ],
      });
    }),
  );
  workspaceLeaf(command, "delete <id>", "Removes a rule.").action((id: string, options: Options) =>
    withAdmin(context, options, async ({ workspaces, logs }) => {
      await logs.removeRule(pickWorkspace(workspaces, options.workspace), id);
      out.write(`${id} is removed.\n`);
    }),
  );
}

function leaf(parent: Command, name: string, description: string): Command {
  return addDataOptions(addJsonOption(parent.command(name).description(description)));
}

function workspaceLeaf(parent: Command, name: string, description: string): Command {
  return leaf(parent, name, description).option(
    "--workspace <name>",
    "workspace: its name or id (default: the only one)",
  );
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8").replace(/^\uFEFF/, "");
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError("invalid_request", `Cannot read ${file}: ${reason}`, { cause });
  }
}

async function readCsv(file: string): Promise<string[][]> {
  const rows: string[][] = [];
  for await (const { fields } of csvRows(Readable.from([readText(file)]))) {
    rows.push([...fields]);
  }
  return rows;
}
