/** The rows of an answer as a table for people, as CSV (RFC 4180), or as JSON. */
import type { AnswerColumn, Cell } from "./query-answer.ts";
import { rowsJson } from "./query-batch.ts";

type Rows = readonly (readonly Cell[])[];

/** Widest cell of a table; longer values are cut, and `--format csv` or `json` has them whole. */
const CELL_WIDTH_MAX = 60;

/** Types whose values stand at the right. */
const NUMBERS: ReadonlySet<string> = new Set(["int", "long", "real", "decimal"]);

/** A table as wide as its values. */
export function tableText(columns: readonly AnswerColumn[], rows: Rows): string {
  const lines = [
    columns.map(({ name }) => name),
    ...rows.map((row) => columns.map((_column, place) => shown(row[place] ?? null))),
  ];
  const widths = columns.map((_column, place) =>
    Math.max(...lines.map((line) => width(line[place] ?? ""))),
  );
  const printed = lines.map((line) =>
    line
      .map((cell, place) => {
        const gap = " ".repeat((widths[place] ?? 0) - width(cell));
        return NUMBERS.has(columns[place]?.type ?? "") ? gap + cell : cell + gap;
      })
      .join("  ")
      .trimEnd(),
  );
  const rule = widths.map((size) => "-".repeat(size)).join("  ");
  const [head = "", ...body] = printed;
  const count = `${rows.length} ${rows.length === 1 ? "row" : "rows"}`;
  return `${[head, rule, ...body, "", count].join("\n")}\n`;
}

/** One line, without what would move a terminal's cursor or change its colours. */
function shown(cell: Cell): string {
  const text = cell === null ? "" : String(cell).replaceAll(/\p{Cc}+/gu, " ");
  const characters = [...text];
  return characters.length <= CELL_WIDTH_MAX
    ? text
    : `${characters.slice(0, CELL_WIDTH_MAX - 1).join("")}…`;
}

function width(text: string): number {
  return [...text].length;
}

/** Comma-separated values with a heading. */
export function csvText(columns: readonly AnswerColumn[], rows: Rows): string {
  const lines = [columns.map(({ name }) => name), ...rows];
  return `${lines.map((line) => line.map(csvCell).join(",")).join("\r\n")}\r\n`;
}

function csvCell(cell: Cell): string {
  const text = cell === null ? "" : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Columns and rows, with `dynamic` as values. */
export function jsonText(columns: readonly AnswerColumn[], rows: Rows): string {
  const named = columns.map(({ name, type }) => ({ name, type }));
  return `{"columns":${JSON.stringify(named)},"rows":${rowsJson(columns, rows)}}\n`;
}
