/** Which columns of an answer are shown, as the address says it. */
import { type Answer, type Column, type Row, textOfValue } from "./answer.ts";

/** An answer without the columns that are hidden. */
export interface ShownAnswer {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** The names in an address. */
export function hiddenColumns(text: string | undefined): ReadonlySet<string> {
  return new Set(text === undefined || text === "" ? [] : String(text).split(",").map(decode));
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The address of them; undefined for none. */
export function hiddenText(names: Iterable<string>): string | undefined {
  const text = [...names].map(encodeURIComponent).join(",");
  return text === "" ? undefined : text;
}

/** What is left to show. One column always is. */
export function withoutColumns(
  { columns }: Pick<Answer, "columns">,
  rows: readonly Row[],
  hidden: ReadonlySet<string>,
): ShownAnswer {
  const kept = columns.flatMap(({ name }, at) => (hidden.has(name) ? [] : [at]));
  const places = kept.length === 0 ? [0] : kept;
  if (places.length === columns.length) {
    return { columns, rows };
  }
  return {
    columns: places.flatMap((at) => columns[at] ?? []),
    rows: rows.map((row) => places.map((at) => row[at])),
  };
}

/** Columns that hold nothing in any row. */
export function emptyColumns({
  columns,
  rows,
}: Pick<Answer, "columns" | "rows">): readonly string[] {
  return columns.flatMap(({ name }, at) =>
    rows.some((row) => textOfValue(row[at]) !== "") ? [] : [name],
  );
}
