/** Rows of a table as indicators: which column holds what is said by a mapping, or by the names of the columns. */
import { hash } from "node:crypto";
import { AppError, guidFromDigest, type StixObject } from "../wire/index.ts";

/** Column by property; properties are those of `CSV_PROPERTIES`. */
export type CsvMapping = Readonly<Record<string, string>>;

interface Reader {
  /** Names of columns that are taken for it without a mapping, in lower case without spaces. */
  readonly columns: readonly string[];
  /** The value; undefined leaves the property out. @throws Error with the reason */
  readonly read: (text: string) => unknown;
}

const LIST_SEPARATOR = /[;|]/;

const plain = (text: string): unknown => text;
const list = (text: string): unknown =>
  text
    .split(LIST_SEPARATOR)
    .map((each) => each.trim())
    .filter((each) => each !== "");

/** What a row can say of an indicator. `value` and `observable_type` make a pattern. */
const READERS: Readonly<Record<string, Reader>> = {
  pattern: { columns: ["pattern"], read: plain },
  value: { columns: ["value", "indicator", "observable", "ioc", "observablevalue"], read: plain },
  observable_type: {
    columns: ["observable_type", "observabletype", "type", "indicatortype", "patterntype"],
    read: plain,
  },
  name: { columns: ["name", "displayname", "title"], read: plain },
  description: { columns: ["description", "comment"], read: plain },
  labels: { columns: ["labels", "tags", "threatintelligencetags"], read: list },
  indicator_types: { columns: ["indicator_types", "threattypes", "threattype"], read: list },
  confidence: { columns: ["confidence"], read: wholeNumber },
  revoked: { columns: ["revoked"], read: truth },
  valid_from: { columns: ["valid_from", "validfrom", "firstseen", "first_seen"], read: instant },
  valid_until: { columns: ["valid_until", "validuntil", "expiration", "expires"], read: instant },
  created: { columns: ["created"], read: instant },
  modified: { columns: ["modified"], read: instant },
  id: { columns: ["id", "stixid"], read: plain },
};

/** Properties that a mapping can name. */
export const CSV_PROPERTIES: readonly string[] = Object.keys(READERS);

/** Reads rows of one table. @throws RowFault */
export type RowReader = (fields: readonly string[]) => StixObject;

/** A cell that can't be read. */
export class RowFault extends Error {
  readonly property: string;
  /** The row as far as it can be read, with the cell's text as it is: where somebody goes on by hand. */
  readonly draft: StixObject;

  constructor(message: string, property: string, draft: StixObject) {
    super(message);
    this.name = "RowFault";
    this.property = property;
    this.draft = draft;
  }
}

/**
 * Makes the reader of a table from its heading. A property that is mapped to an empty name is not read.
 * @throws AppError `invalid_request` for a mapping to a column that isn't there, and for a table without a pattern or
 *   a value
 */
export function createRowReader(
  heading: readonly string[],
  { mapping = {}, source, now }: { mapping?: CsvMapping; source: string; now: Date },
): RowReader {
  const columns = new Map<string, number>();
  for (const property of CSV_PROPERTIES) {
    const at = columnOf(heading, property, mapping);
    if (at !== undefined) {
      columns.set(property, at);
    }
  }
  const unknown = Object.keys(mapping).find((property) => !CSV_PROPERTIES.includes(property));
  if (unknown !== undefined) {
    throw invalid(`There is no property '${unknown}': ${CSV_PROPERTIES.join(", ")}.`);
  }
  if (!columns.has("pattern") && !columns.has("value")) {
    throw invalid(
      `No column holds a pattern or a value: there are ${heading.join(", ")}. Map one of them.`,
    );
  }
  return (fields) => indicatorOf(fields, columns, { source, now });
}

function columnOf(
  heading: readonly string[],
  property: string,
  mapping: CsvMapping,
): number | undefined {
  const wanted = mapping[property];
  if (wanted === "") {
    return undefined;
  }
  const names = heading.map(simplified);
  if (wanted !== undefined) {
    const at = names.indexOf(simplified(wanted));
    if (at < 0) {
      throw invalid(`There is no column '${wanted}': there are ${heading.join(", ")}.`);
    }
    return at;
  }
  const at = names.findIndex((name) => READERS[property]?.columns.includes(name));
  return at < 0 ? undefined : at;
}

function simplified(name: string): string {
  return name
    .replace(/^\uFEFF/, "")
    .trim()
    .toLowerCase()
    .replaceAll(" ", "");
}

function indicatorOf(
  fields: readonly string[],
  columns: ReadonlyMap<string, number>,
  { source, now }: { readonly source: string; readonly now: Date },
): StixObject {
  const read: Record<string, unknown> = {};
  let fault: { readonly property: string; readonly message: string } | undefined;
  for (const [property, at] of columns) {
    const text = (fields[at] ?? "").trim();
    if (text !== "") {
      try {
        read[property] = READERS[property]?.read(text);
      } catch (error) {
        read[property] = text;
        fault ??= { property, message: messageOf(error) };
      }
    }
  }
  const { value, observable_type: observableType, pattern, ...rest } = read;
  let made: unknown = pattern ?? String(value ?? "");
  try {
    made = pattern ?? patternOf(String(value ?? ""), String(observableType ?? ""));
  } catch (error) {
    fault ??= { property: "pattern", message: messageOf(error) };
  }
  const instantNow = now.toISOString();
  const object = {
    type: "indicator",
    spec_version: "2.1",
    id: `indicator--${guidOf(`${source} ${String(made)}`)}`,
    created: instantNow,
    modified: instantNow,
    valid_from: instantNow,
    pattern: made,
    pattern_type: "stix",
    ...rest,
  };
  if (fault !== undefined) {
    throw new RowFault(fault.message, fault.property, object);
  }
  return object;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whether a text is a date as tables and people write it, year first. */
export function isRfc3339Like(text: string): boolean {
  return /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?\s?(?:Z|[+-]\d\d:?\d\d)?)?$/i.test(
    text,
  );
}

/** The pattern of a value by its form; undefined when it is none of those that are known. */
export function patternOfValue(value: string): string | undefined {
  try {
    return patternOf(value, "");
  } catch {
    return undefined;
  }
}

const HASHES: Readonly<Record<number, string>> = {
  32: "MD5",
  40: "SHA-1",
  64: "SHA-256",
  128: "SHA-512",
};

/** What a value is, judged by its form; the first that fits. */
const FORMS: readonly (readonly [RegExp, (value: string) => string])[] = [
  [/^\d{1,3}(\.\d{1,3}){3}(\/\d{1,2})?$/, () => "ipv4-addr:value"],
  [/^[0-9a-f]*:[0-9a-f:.]*(\/\d{1,3})?$/i, () => "ipv6-addr:value"],
  [/^[a-z][a-z0-9+.-]*:\/\/\S+$/i, () => "url:value"],
  [/^[^\s@]+@[^\s@]+\.[^\s@]+$/, () => "email-addr:value"],
  [
    /^([0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})$/i,
    (value) => `file:hashes.'${HASHES[value.length]}'`,
  ],
  [
    /^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}\.?$/i,
    () => "domain-name:value",
  ],
];

/** Paths by the names that tables give to types. */
const PATHS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ipv4: "ipv4-addr:value",
    ip: "ipv4-addr:value",
    "ipv4-addr": "ipv4-addr:value",
    ipv6: "ipv6-addr:value",
    "ipv6-addr": "ipv6-addr:value",
    domain: "domain-name:value",
    hostname: "domain-name:value",
    "domain-name": "domain-name:value",
    url: "url:value",
    email: "email-addr:value",
    "email-addr": "email-addr:value",
    md5: "file:hashes.MD5",
    sha1: "file:hashes.'SHA-1'",
    "sha-1": "file:hashes.'SHA-1'",
    sha256: "file:hashes.'SHA-256'",
    "sha-256": "file:hashes.'SHA-256'",
    filename: "file:name",
    "user-account": "user-account:user_id",
  }),
);

function patternOf(value: string, type: string): string {
  if (value === "") {
    throw new Error("There is neither a pattern nor a value.");
  }
  const named = PATHS.get(type.trim().toLowerCase());
  const path = named ?? FORMS.find(([form]) => form.test(value))?.[1](value);
  if (path === undefined) {
    throw new Error(
      `'${value.slice(0, 100)}' is no address, name, URL or hash; say in the column observable_type what it is.`,
    );
  }
  return `[${path} = '${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}']`;
}

function wholeNumber(text: string): unknown {
  if (!/^\d{1,3}$/.test(text)) {
    throw new Error(`confidence: '${text.slice(0, 50)}' is no whole number.`);
  }
  return Number(text);
}

const TRUTHS: ReadonlyMap<string, boolean> = new Map([
  ...["true", "1", "yes"].map((text) => [text, true] as const),
  ...["false", "0", "no"].map((text) => [text, false] as const),
]);

function truth(text: string): unknown {
  const value = TRUTHS.get(text.toLowerCase());
  if (value === undefined) {
    throw new Error(`revoked: '${text.slice(0, 50)}' is neither true nor false.`);
  }
  return value ? true : undefined;
}

function instant(text: string): unknown {
  const ms = Date.parse(
    /\d\d:\d\d/.test(text) && !/(Z|[+-]\d\d:?\d\d)$/i.test(text) ? `${text}Z` : text,
  );
  if (Number.isNaN(ms)) {
    throw new Error(`'${text.slice(0, 50)}' is no instant: write 2026-01-31T12:00:00Z.`);
  }
  return new Date(ms).toISOString();
}

/** The same pattern gives the same id, so that a table that is imported again makes no second indicator. */
function guidOf(text: string): string {
  return guidFromDigest(hash("sha256", text), 5);
}

function invalid(message: string): AppError {
  return new AppError("invalid_request", message, { field: "mapping" });
}
