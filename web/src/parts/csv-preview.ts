/** The first rows of a table, read in the page so that its columns can be mapped before it is sent. @see RFC 4180 */

/** So much of a file holds its heading and some rows. */
const PREVIEW_BYTES = 65_536;

const ROWS_MAX = 6;

/** Properties that a column can hold, with the names of columns that the server takes for them unasked. */
export const CSV_PROPERTIES: readonly (readonly [property: string, columns: readonly string[]])[] =
  [
    ["pattern", ["pattern"]],
    ["value", ["value", "indicator", "observable", "ioc", "observablevalue"]],
    [
      "observable_type",
      ["observabletype", "observable_type", "type", "indicatortype", "patterntype"],
    ],
    ["name", ["name", "displayname", "title"]],
    ["description", ["description", "comment"]],
    ["labels", ["labels", "tags", "threatintelligencetags"]],
    ["indicator_types", ["indicator_types", "threattypes", "threattype"]],
    ["confidence", ["confidence"]],
    ["revoked", ["revoked"]],
    ["valid_from", ["valid_from", "validfrom", "firstseen", "first_seen"]],
    ["valid_until", ["valid_until", "validuntil", "expiration", "expires"]],
    ["created", ["created"]],
    ["modified", ["modified"]],
    ["id", ["id", "stixid"]],
  ];

/** The column that is taken for a property unasked. */
export function columnFor(property: string, heading: readonly string[]): string | undefined {
  const names = CSV_PROPERTIES.find(([each]) => each === property)?.[1] ?? [];
  return heading.find((column) => names.includes(column.trim().toLowerCase().replaceAll(" ", "")));
}

/** The heading and the first rows. */
export async function previewOf(file: Blob): Promise<readonly (readonly string[])[]> {
  const text = await file.slice(0, PREVIEW_BYTES).text();
  const rows = rowsOf(text.replace(/^\uFEFF/, ""));
  // The last row may be cut off where the file goes on.
  return (file.size > PREVIEW_BYTES ? rows.slice(0, -1) : rows).slice(0, ROWS_MAX);
}

const CELL = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|$)/y;

function rowsOf(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  CELL.lastIndex = 0;
  while (CELL.lastIndex < text.length && rows.length <= ROWS_MAX) {
    const match = CELL.exec(text);
    if (match === null) {
      break;
    }
    const [, quoted, plain = "", end] = match;
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end !== ",") {
      rows.push(row);
      row = [];
    }
  }
  return row.length > 0 ? [...rows, row] : rows;
}
