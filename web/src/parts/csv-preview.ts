/** What a file is, judged by its first bytes, and the first rows of a table, so that its columns can be mapped. @see RFC 4180 */

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

/** Column by property. */
export type Mapping = Readonly<Record<string, string>>;

/** The columns that are taken for properties unasked. */
export function mappingByName(heading: readonly string[]): Mapping {
  return Object.fromEntries(
    CSV_PROPERTIES.flatMap(([property, names]) => {
      const column = heading.find((each) =>
        names.includes(each.trim().toLowerCase().replaceAll(" ", "")),
      );
      return column === undefined ? [] : [[property, column]];
    }),
  );
}

/** The mapping as the server takes it: what no column holds is not looked for by name either. */
export function wholeMapping(mapping: Mapping): Mapping {
  return Object.fromEntries(
    CSV_PROPERTIES.map(([property]) => [property, mapping[property] ?? ""]),
  );
}

/** What is known of a file before it is sent. */
export interface FileHead {
  readonly format: "stix" | "csv";
  /** Heading and first rows; of a table only. */
  readonly rows: readonly (readonly string[])[];
  /** The source that an upload body names. */
  readonly source: string | null;
}

/** Looks at the beginning of a file. */
export async function headOf(file: Blob, name: string): Promise<FileHead> {
  const text = (await firstText(file)).replace(/^\uFEFF/, "");
  const isTable = /\.(?:csv|tsv)(?:\.gz)?$/i.test(name) || !/^\s*[[{]/.test(text);
  const isStix = /\.(?:json|stix|jsonl|ndjson)(?:\.gz)?$/i.test(name);
  if (isStix || !isTable || text === "") {
    const source = /"sourcesystem"\s*:\s*("(?:[^"\\]|\\.){1,256}")/i.exec(text)?.[1];
    return { format: "stix", rows: [], source: source === undefined ? null : unquoted(source) };
  }
  const rows = rowsOf(text, separatorOf(text));
  // The last row may be cut off where the file goes on.
  const whole = file.size > PREVIEW_BYTES ? rows.slice(0, -1) : rows;
  return { format: "csv", rows: whole.slice(0, ROWS_MAX), source: null };
}

function unquoted(text: string): string | null {
  try {
    return String(JSON.parse(text));
  } catch {
    return null;
  }
}

const GZIP = [0x1f, 0x8b] as const;

async function firstText(file: Blob): Promise<string> {
  const start = new Uint8Array(await file.slice(0, PREVIEW_BYTES).arrayBuffer());
  if (start[0] !== GZIP[0] || start[1] !== GZIP[1]) {
    const isUtf16 = start[0] === 0xff && start[1] === 0xfe;
    return new TextDecoder(isUtf16 ? "utf-16le" : "utf-8").decode(start);
  }
  const reader = new Blob([start])
    .stream()
    .pipeThrough(new DecompressionStream("gzip"))
    .getReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    while (text.length < PREVIEW_BYTES) {
      const { done, value } = await reader.read();
      if (done) {
        break;
      }
      text += decoder.decode(value, { stream: true });
    }
  } catch {
    // The beginning of a packed file ends in the middle; what came out of it is enough.
  }
  return text;
}

const SEPARATORS = [",", ";", "\t"] as const;

function separatorOf(text: string): string {
  const [heading = ""] = text.trimStart().split("\n", 1);
  const unquotedHeading = heading.replaceAll(/"(?:[^"]|"")*"/g, "");
  return SEPARATORS.map((each) => [unquotedHeading.split(each).length, each] as const).reduce(
    (most, each) => (each[0] > most[0] ? each : most),
  )[1];
}

function rowsOf(text: string, separator: string): readonly (readonly string[])[] {
  const cell = new RegExp(
    `(?:"((?:[^"]|"")*)"|([^${separator}\\r\\n]*))(${separator}|\\r?\\n|$)`,
    "y",
  );
  const rows: string[][] = [];
  let row: string[] = [];
  while (cell.lastIndex < text.length && rows.length <= ROWS_MAX) {
    const match = cell.exec(text);
    if (match === null) {
      break;
    }
    const [, quoted, plain = "", end] = match;
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end !== separator) {
      rows.push(row);
      row = [];
    }
  }
  return row.length > 0 ? [...rows, row] : rows;
}

const MEMORY_KEY = "stixgate.csv-mappings";

/** Tables of other headings are forgotten, the oldest first. */
const REMEMBERED_MAX = 50;

/** The mapping that was used for this heading last; null when there was none. */
export function rememberedMapping(heading: readonly string[]): Mapping | null {
  return memory().find(([known]) => known === JSON.stringify(heading))?.[1] ?? null;
}

/** Remembers a mapping for its heading. */
export function rememberMapping(heading: readonly string[], mapping: Mapping): void {
  const key = JSON.stringify(heading);
  const others = memory().filter(([known]) => known !== key);
  const all = [[key, mapping] as const, ...others].slice(0, REMEMBERED_MAX);
  try {
    localStorage.setItem(MEMORY_KEY, JSON.stringify(all));
  } catch {
    // A browser that keeps nothing does without.
  }
}

function memory(): readonly (readonly [string, Mapping])[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(MEMORY_KEY) ?? "[]");
    return Array.isArray(kept) ? (kept as readonly (readonly [string, Mapping])[]) : [];
  } catch {
    return [];
  }
}
