/** What the commands on identities share: opening the directory, printing tables for people and JSON for
 * scripts. */
import type { Command } from "commander";
import type { Directory } from "../token/index.ts";

/** Opens the directory of the data directory that the command line names. */
export type OpenDirectory = () => Promise<{
  readonly directory: Directory;
  readonly close: () => Promise<void>;
}>;

/** Where results go. */
export interface Output {
  write(text: string): unknown;
}

/** Options of commands that print something. */
export interface JsonOption {
  readonly json?: boolean;
}

/** Options of commands that delete something. */
export interface ForceOption {
  readonly force?: boolean;
}

/** Text at the foot of each group's help. */
export const OFFLINE_HELP = `
Works on the data directory itself, whether or not the server is running; a running server follows at once.`;

/** Adds `--json`. */
export function addJsonOption(command: Command): Command {
  return command.option("--json", "print JSON, for scripts");
}

/** Adds `--force`. */
export function addForceOption(command: Command, alsoDeletes: string): Command {
  return command.option("--force", `also delete ${alsoDeletes} instead of refusing`);
}

/** Runs work on the directory and closes it, whatever happens. */
export async function withDirectory<Result>(
  open: OpenDirectory,
  work: (directory: Directory) => Promise<Result>,
): Promise<Result> {
  const { directory, close } = await open();
  try {
    return await work(directory);
  } finally {
    await close();
  }
}

/** A column of a table: its heading and what stands in it. */
export type TableColumn<Row> = readonly [heading: string, cell: (row: Row) => string];

/** Prints rows as JSON or as a table; an empty table says so in words. */
export function printRows<Row>(
  out: Output,
  rows: readonly Row[],
  { json, columns, none }: JsonOption & { columns: readonly TableColumn<Row>[]; none: string },
): void {
  if (json === true) {
    printJson(out, rows);
    return;
  }
  out.write(rows.length === 0 ? `${none}\n` : formatTable(rows, columns));
}

/** Prints one record as JSON or as lines of name and value. */
export function printRecord(
  out: Output,
  record: object,
  { json, lines }: JsonOption & { lines: readonly (readonly [name: string, value: string])[] },
): void {
  if (json === true) {
    printJson(out, record);
    return;
  }
  const width = Math.max(...lines.map(([name]) => name.length));
  out.write(lines.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join(""));
}

/** The date of an instant: nobody needs the seconds of a secret's end. */
export function dateOf(instant: string): string {
  return instant.slice(0, 10);
}

function printJson(out: Output, value: unknown): void {
  out.write(`${JSON.stringify(value, null, 2)}\n`);
}

function formatTable<Row>(rows: readonly Row[], columns: readonly TableColumn<Row>[]): string {
  const lines = [
    columns.map(([heading]) => heading),
    ...rows.map((row) => columns.map(([, cell]) => cell(row))),
  ];
  const widths = columns.map((_column, place) =>
    Math.max(...lines.map((line) => line[place]?.length ?? 0)),
  );
  const text = lines.map((line) =>
    line
      .map((cell, place) => cell.padEnd(widths[place] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return `${text.join("\n")}\n`;
}
