/**
 * Charts in a terminal for `render`: bars for categories and for time, shares for a pie. A chart needs one column of
 * categories or instants and one or more of numbers; an answer without them is printed as a table.
 */
import type { AnswerColumn, Cell, RenderHint } from "./query-answer.ts";

type Rows = readonly (readonly Cell[])[];

/** Charts that are drawn, and how. */
const SHAPES: Readonly<Record<string, "bars" | "shares" | "time">> = {
  areachart: "time",
  barchart: "bars",
  columnchart: "bars",
  linechart: "time",
  piechart: "shares",
  stackedareachart: "time",
  timechart: "time",
};

const NUMBERS: ReadonlySet<string> = new Set(["int", "long", "real", "decimal"]);
/** Points that are drawn; a longer series is thinned for the terminal by leaving out its end. */
const POINTS_MAX = 200;
const LABEL_WIDTH_MAX = 32;
const BAR_WIDTH_MIN = 10;
const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
const FULL = "█";

interface Point {
  readonly label: string;
  readonly value: number;
}

interface Series {
  readonly name: string;
  readonly points: readonly Point[];
}

/** The chart, or undefined when the answer is none. @param widthMax columns of the terminal */
export function chartText(
  hint: RenderHint,
  columns: readonly AnswerColumn[],
  rows: Rows,
  widthMax: number,
): string | undefined {
  const shape = SHAPES[hint.visualization.toLowerCase()];
  const series = shape === undefined ? [] : seriesOf(columns, rows, shape === "time");
  if (series.length === 0 || rows.length === 0) {
    return undefined;
  }
  const title = (hint.properties as { readonly title?: unknown }).title;
  const heading = typeof title === "string" && title !== "" ? [title, ""] : [];
  const drawn = series.flatMap(({ name, points }) => {
    const head = series.length > 1 ? [name] : [];
    return [...head, ...barLines(points, widthMax, shape === "shares"), ""];
  });
  const left =
    rows.length > POINTS_MAX ? [`The first ${POINTS_MAX} of each series are drawn.`] : [];
  return `${[...heading, ...drawn, ...left].join("\n").trimEnd()}\n`;
}

function seriesOf(
  columns: readonly AnswerColumn[],
  rows: Rows,
  isTime: boolean,
): readonly Series[] {
  const places = columns.map((column, place) => ({ ...column, place }));
  const numbers = places.filter(({ type }) => NUMBERS.has(type));
  const axis =
    places.find(({ type }) => isTime && type === "datetime") ??
    places.find(({ type }) => !NUMBERS.has(type));
  if (axis === undefined || numbers.length === 0) {
    return [];
  }
  const legend = places.find(({ type, place }) => place !== axis.place && !NUMBERS.has(type));
  const names = [...new Set(rows.map((row) => text(legend && (row[legend.place] ?? null))))];
  const found = numbers.flatMap((number) =>
    names.map((name) => ({
      name: [name, ...(numbers.length > 1 ? [number.name] : [])].filter((part) => part).join(" "),
      points: rows
        .filter((row) => text(legend && (row[legend.place] ?? null)) === name)
        .slice(0, POINTS_MAX)
        .map((row) => ({
          label: text(row[axis.place] ?? null),
          value: Number(row[number.place] ?? 0),
        })),
    })),
  );
  return isTime ? found.map(sortedByLabel) : found;
}

function sortedByLabel({ name, points }: Series): Series {
  return { name, points: points.toSorted((a, b) => (a.label < b.label ? -1 : 1)) };
}

/** An instant without the zeros that nobody reads. */
function text(cell: Cell | undefined): string {
  const plain = String(cell ?? "").replaceAll(/\p{Cc}+/gu, " ");
  return /^\d{4}-\d\d-\d\dT/.test(plain)
    ? plain
        .replace(/(?:\.0+)?Z$/, "")
        .replace("T", " ")
        .replace(/(?::00)$/, "")
    : plain;
}

function barLines(points: readonly Point[], widthMax: number, asShares: boolean): string[] {
  const labels = points.map(({ label }) => [...label].slice(0, LABEL_WIDTH_MAX).join(""));
  const total = points.reduce((sum, { value }) => sum + value, 0);
  const figures = points.map(({ value }) =>
    asShares && total !== 0
      ? `${value} (${Math.round((value / total) * 1000) / 10} %)`
      : `${value}`,
  );
  const labelWidth = Math.max(...labels.map((label) => [...label].length));
  const figureWidth = Math.max(...figures.map((figure) => figure.length));
  const barWidth = Math.max(BAR_WIDTH_MIN, widthMax - labelWidth - figureWidth - 4);
  const greatest = Math.max(...points.map(({ value }) => value), 0);
  return points.map(({ value }, place) => {
    const label = labels[place] ?? "";
    const gap = " ".repeat(labelWidth - [...label].length);
    return `${label}${gap}  ${bar(greatest > 0 ? value / greatest : 0, barWidth)} ${figures[place]}`;
  });
}

/** A bar in eighths of a character; what is below nothing has none. */
function bar(share: number, width: number): string {
  const eighths = Math.max(0, Math.round((Number.isFinite(share) ? share : 0) * width * 8));
  return FULL.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? "");
}
