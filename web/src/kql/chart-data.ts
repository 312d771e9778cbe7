/** From an answer and its `render` to the series of a chart, as the language defines them. */
import { type Answer, type Column, isNumeric, nestedOf, type Row } from "./answer.ts";

/** The kinds that are drawn; another one is a table. */
type ChartKind = "line" | "area" | "stackedarea" | "column" | "bar" | "pie" | "scatter" | "card";

/** A chart. */
export interface ChartData {
  readonly kind: ChartKind;
  readonly stack: "none" | "stacked" | "stacked100";
  readonly xIsTime: boolean;
  readonly xIsNumber: boolean;
  /** Of categories, in the order of the rows. */
  readonly categories: readonly string[];
  readonly series: readonly {
    readonly name: string;
    readonly points: readonly (readonly [x: string | number, y: number | null])[];
  }[];
  readonly title: string;
  readonly xTitle: string;
  readonly yTitle: string;
  /** Series that were left out. */
  readonly left: number;
}

const KINDS: Readonly<Record<string, ChartKind>> = {
  timechart: "line",
  linechart: "line",
  anomalychart: "line",
  areachart: "area",
  stackedareachart: "stackedarea",
  columnchart: "column",
  barchart: "bar",
  piechart: "pie",
  scatterchart: "scatter",
  card: "card",
};

/** Whether a kind is drawn, or is a table anyway. */
export function isDrawable(visualization: string | null): boolean {
  return visualization === null || visualization === "table" || KINDS[visualization] !== undefined;
}

/** More lines nobody can tell apart. */
const SERIES_MAX = 40;

/** The chart that an answer wants; null when it wants none, or has nothing that could be drawn. */
export function chartOf(answer: Answer): ChartData | null {
  const { render } = answer;
  const kind = KINDS[render?.visualization ?? ""];
  if (render === null || kind === undefined || answer.rows.length === 0) {
    return null;
  }
  const { columns, rows } = unrolled(answer);
  const x = findX(columns, render.xColumn, render.visualization ?? "");
  const ys = findYs(columns, x, listOf(render.yColumns));
  const by = findSeries(columns, x, ys, listOf(render.series));
  if (ys.length === 0) {
    return null;
  }
  const type = columns[x]?.type ?? "string";
  const xIsTime = type === "datetime";
  const xIsNumber = isNumeric(type);
  const lines = collect(rows, { x, ys, by, columns, xIsTime, xIsNumber });
  const shown = lines.slice(0, SERIES_MAX);
  return {
    kind,
    stack: stackOf(render.kind, kind),
    xIsTime,
    xIsNumber,
    categories: categoriesOf(shown, xIsTime || xIsNumber),
    series: shown,
    title: render.title ?? "",
    xTitle: render.xTitle ?? columns[x]?.name ?? "",
    yTitle: render.yTitle ?? (ys.length === 1 ? (columns[ys[0] ?? 0]?.name ?? "") : ""),
    left: lines.length - shown.length,
  };
}

function categoriesOf(series: ChartData["series"], isOrdered: boolean): readonly string[] {
  const all = [...new Set(series.flatMap(({ points }) => points.map(([at]) => String(at))))];
  return isOrdered ? all.sort((first, second) => Number(first) - Number(second)) : all;
}

function stackOf(asked: string | null, kind: ChartKind): ChartData["stack"] {
  if (asked === "stacked" || asked === "stacked100") {
    return asked;
  }
  const byDefault = ["stackedarea", "column", "bar"].includes(kind) && asked !== "unstacked";
  return byDefault ? "stacked" : "none";
}

function listOf(given: unknown): readonly string[] {
  if (Array.isArray(given)) {
    return given.map(String);
  }
  return typeof given === "string" && given !== "" ? given.split(/\s*,\s*/) : [];
}

/** `make-series` gives lists in place of rows: each member becomes a row of its own. */
function unrolled({ columns, rows }: Answer): Pick<Answer, "columns" | "rows"> {
  const [first] = rows;
  const lists = columns.flatMap(({ type }, at) =>
    type === "dynamic" && Array.isArray(nestedOf(first?.[at], type)) ? [at] : [],
  );
  if (lists.length === 0) {
    return { columns, rows };
  }
  const next = rows.flatMap((row) => {
    const members = new Map(
      lists.map((at) => [at, nestedOf(row[at], "dynamic") as readonly unknown[] | undefined]),
    );
    const length = Math.max(...[...members.values()].map((each) => each?.length ?? 0));
    return Array.from({ length }, (_, index) =>
      row.map((value, at) => (members.has(at) ? (members.get(at)?.[index] ?? null) : value)),
    );
  });
  return {
    columns: columns.map((column, at) =>
      lists.includes(at) ? { ...column, type: typeOfMembers(next, at) } : column,
    ),
    rows: next,
  };
}

function typeOfMembers(rows: readonly Row[], at: number): string {
  const value = rows.map((row) => row[at]).find((each) => each !== null);
  if (typeof value === "number") {
    return "real";
  }
  return typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value) ? "datetime" : "string";
}

function findX(columns: readonly Column[], asked: string | null, visualization: string): number {
  const named = columns.findIndex(({ name }) => name === asked);
  if (named !== -1) {
    return named;
  }
  const time = columns.findIndex(({ type }) => type === "datetime");
  if (time !== -1 && ["timechart", "anomalychart"].includes(visualization)) {
    return time;
  }
  if (visualization === "piechart") {
    return Math.max(
      0,
      columns.findIndex(({ type }) => !isNumeric(type)),
    );
  }
  return 0;
}

function findYs(columns: readonly Column[], x: number, asked: readonly string[]): number[] {
  const numeric = columns.flatMap(({ type, name }, at) =>
    at !== x && isNumeric(type) && (asked.length === 0 || asked.includes(name)) ? [at] : [],
  );
  return numeric.length > 0 || columns.length > 1 || !isNumeric(columns[x]?.type ?? "")
    ? numeric
    : [x];
}

function findSeries(
  columns: readonly Column[],
  x: number,
  ys: readonly number[],
  asked: readonly string[],
): number[] {
  return columns.flatMap(({ type, name }, at) => {
    const may = at !== x && !ys.includes(at);
    const isWanted = asked.length > 0 ? asked.includes(name) : type === "string" || type === "bool";
    return may && isWanted ? [at] : [];
  });
}

interface Shape {
  readonly x: number;
  readonly ys: readonly number[];
  readonly by: readonly number[];
  readonly columns: readonly Column[];
  readonly xIsTime: boolean;
  readonly xIsNumber: boolean;
}

function collect(rows: readonly Row[], shape: Shape): ChartData["series"] {
  const { x, ys, by, columns } = shape;
  const lines = new Map<string, [string | number, number | null][]>();
  for (const row of rows) {
    const group = by.map((at) => String(row[at] ?? "")).join(", ");
    for (const y of ys) {
      const parts = [
        ...(by.length > 0 ? [group] : []),
        ...(by.length > 0 && ys.length === 1 ? [] : [columns[y]?.name ?? ""]),
      ];
      const line = parts.join(", ");
      const points = lines.get(line) ?? [];
      points.push([placeOf(row[x], shape), numberOf(row[y])]);
      lines.set(line, points);
    }
  }
  const isOrdered = shape.xIsTime || shape.xIsNumber;
  return [...lines].map(([name, points]) => ({
    name,
    points: isOrdered ? points.toSorted(([a], [b]) => Number(a) - Number(b)) : points,
  }));
}

function placeOf(value: unknown, { xIsTime, xIsNumber }: Shape): string | number {
  if (xIsTime) {
    return Date.parse(String(value));
  }
  return xIsNumber ? Number(value) : String(value ?? "");
}

function numberOf(value: unknown): number | null {
  return value === null || value === undefined || value === "" ? null : Number(value);
}
