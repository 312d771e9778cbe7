/** Answers as files. */
import { type Column, nestedOf, type Row, textOfValue } from "./answer.ts";

/** A table as RFC 4180 has it. Texts that a spreadsheet would take for a formula get an apostrophe in front. */
export function csvOf(columns: readonly Column[], rows: readonly Row[]): string {
  const lines = [
    columns.map(({ name }) => field(name)),
    ...rows.map((row) => row.map((value) => field(guarded(value)))),
  ];
  return lines.map((line) => `${line.join(",")}\r\n`).join("");
}

function guarded(value: unknown): string {
  const text = textOfValue(value);
  return typeof value === "string" && /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text)
    ? `'${text}`
    : text;
}

function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Rows as objects; dynamic values are nested. */
export function jsonOf(columns: readonly Column[], rows: readonly Row[]): string {
  const objects = rows.map((row) =>
    Object.fromEntries(
      columns.map(({ name, type }, at) => [name, nestedOf(row[at], type) ?? row[at] ?? null]),
    ),
  );
  return `${JSON.stringify(objects, null, 2)}\n`;
}

/** Saves a text as a file. */
export function saveFile(name: string, type: string, content: string | Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(
    content instanceof Blob ? content : new Blob([content], { type }),
  );
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
