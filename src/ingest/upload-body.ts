/**
 * The body of an upload request: from text to its source and its records.
 *
 * Each record is kept twice: parsed, for validation, and as the exact text between its braces, for storage
 * (a parsed number beyond 2^53 is no longer the number that was sent). One pass over the text finds the
 * depth and the places of keys and records before anything is parsed, so that a hostile nesting costs no
 * memory; `JSON.parse` then decides what is JSON.
 *
 * Keys of the top level are compared without regard to case, and the last of several wins, as the service's
 * own binding does (Upload API, "Request body"; certified connectors send `SourceSystem` and `Value`).
 */

import {
  AppError,
  GENERATIONS,
  type Generation,
  RESTRICTED_SOURCE_SYSTEM,
  SOURCE_SYSTEM_LENGTH_MAX,
} from "../wire/index.ts";

/** One record of a request. */
export interface UploadRecord {
  readonly value: unknown;
  /** The record as sent. */
  readonly json: string;
}

/** What a request body says. */
export interface UploadBody {
  readonly sourceSystem: string;
  /** Key of the array, as the generation spells it. */
  readonly arrayKey: string;
  readonly records: readonly UploadRecord[];
}

export interface UploadBodyOptions {
  readonly generation: Generation;
  /** Whether v3 takes the arrays of the older generations too (setting `upload.acceptAnyArrayKey.v3`). */
  readonly acceptAnyArrayKey: boolean;
  /** Levels of nesting, the body itself being the first. */
  readonly depthMax: number;
  /** Records in one request. */
  readonly objectsMax: number;
}

/**
 * Reads an upload body.
 * @throws AppError `malformed_body` when it is not JSON or too deep; `invalid_request` with the `field`
 *   when `sourcesystem` or the array breaks a rule
 */
export function readUploadBody(text: string, options: UploadBodyOptions): UploadBody {
  const layout = scanLayout(text, options.depthMax);
  const root = parseRoot(text);
  const entries = winningEntries(text, layout, root);
  const sourceSystem = readSourceSystem(entries.get("sourcesystem")?.value);
  const array = findArray(entries, options);
  if (array.value.length > options.objectsMax) {
    throw new AppError(
      "invalid_request",
      `The request holds ${array.value.length} objects in ${array.key}; at most ${options.objectsMax} are allowed in one request.`,
      { field: array.key },
    );
  }
  const records = array.value.map((value, index) => ({
    value,
    json: text.slice(array.items[index * 2] ?? 0, array.items[index * 2 + 1] ?? 0),
  }));
  return { sourceSystem, arrayKey: array.key, records };
}

/** A top-level member: where its key stands, and where the items of its value stand if that is an array. */
interface Member {
  readonly keyStart: number;
  readonly keyEnd: number;
  /** Start and end of each item, one after the other. */
  readonly items: number[];
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** What a scan knows at a place. */
interface Scan {
  readonly members: Member[];
  depth: number;
  lastString: readonly [number, number];
  /** Where the item under way starts; -1 between items. */
  itemStart: number;
  /** Whether the value of the last member is an array. */
  inItems: boolean;
}

/**
 * Finds the top-level members and, for arrays among them, the extents of the items. The places are right
 * for every text that is JSON; for others they mean nothing, and only the bound on the depth holds.
 */
function scanLayout(text: string, depthMax: number): Member[] {
  const scan: Scan = {
    members: [],
    depth: 0,
    lastString: [0, 0],
    itemStart: -1,
    inItems: false,
  };
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= 0x20) {
      continue;
    }
    markItem(scan, text, code, at);
    if (code === QUOTE) {
      const end = stringEnd(text, at);
      scan.lastString = [at, end];
      at = end - 1;
    } else if (code === COLON && scan.depth === 1) {
      const [keyStart, keyEnd] = scan.lastString;
      scan.members.push({ keyStart, keyEnd, items: [] });
    } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      enter(scan, code, depthMax);
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      scan.depth -= 1;
      scan.inItems = scan.depth >= 2 && scan.inItems;
    }
  }
  return scan.members;
}

/** Items stand on the second level: one ends at a comma or with the array, the next starts with what follows. */
function markItem(scan: Scan, text: string, code: number, at: number): void {
  if (!scan.inItems || scan.depth !== 2) {
    return;
  }
  if (code !== COMMA && code !== CLOSE_BRACKET) {
    scan.itemStart = scan.itemStart < 0 ? at : scan.itemStart;
  } else if (scan.itemStart >= 0) {
    scan.members.at(-1)?.items.push(scan.itemStart, trimEnd(text, at));
    scan.itemStart = -1;
  }
}

function enter(scan: Scan, code: number, depthMax: number): void {
  scan.depth += 1;
  if (scan.depth > depthMax) {
    throw new AppError(
      "malformed_body",
      `Body of the request is nested deeper than ${depthMax} levels.`,
    );
  }
  scan.inItems = scan.depth === 2 ? code === OPEN_BRACKET : scan.inItems;
}

/** Index after the closing quote of the string that opens at `start`. */
function stringEnd(text: string, start: number): number {
  let at = text.indexOf('"', start + 1);
  while (at >= 0 && isEscaped(text, at)) {
    at = text.indexOf('"', at + 1);
  }
  return at < 0 ? text.length : at + 1;
}

function isEscaped(text: string, quote: number): boolean {
  let at = quote - 1;
  while (text.charCodeAt(at) === BACKSLASH) {
    at -= 1;
  }
  return (quote - at) % 2 === 0;
}

function trimEnd(text: string, end: number): number {
  let at = end;
  while (at > 0 && text.charCodeAt(at - 1) <= 0x20) {
    at -= 1;
  }
  return at;
}

function parseRoot(text: string): Readonly<Record<string, unknown>> {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch (cause) {
    throw new AppError("malformed_body", "Body of the request is not in valid JSON format.", {
      cause,
      detail: cause instanceof Error ? cause.message : "",
    });
  }
  if (typeof root !== "object" || root === null || Array.isArray(root)) {
    throw new AppError("malformed_body", "Body of the request is not in valid JSON format.", {
      detail: "the body is not a JSON object",
    });
  }
  return root as Readonly<Record<string, unknown>>;
}

interface Entry {
  readonly value: unknown;
  readonly items: readonly number[];
}

/** The last member of each name, by name in lower case. */
function winningEntries(
  text: string,
  layout: readonly Member[],
  root: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const member of layout) {
    const key = JSON.parse(text.slice(member.keyStart, member.keyEnd)) as string;
    entries.set(key.toLowerCase(), { value: root[key], items: member.items });
  }
  return entries;
}

function readSourceSystem(value: unknown): string {
  if (value === undefined || value === null || value === "") {
    throw sourceSystemError("Required property is missing", value);
  }
  if (typeof value !== "string") {
    throw sourceSystemError("The value must be a string", value);
  }
  if (value.trim() === "") {
    throw sourceSystemError("The value must not be blank", value);
  }
  if (value.length > SOURCE_SYSTEM_LENGTH_MAX) {
    throw sourceSystemError(
      `The value must have at most ${SOURCE_SYSTEM_LENGTH_MAX} characters, not ${value.length}`,
      `${value.slice(0, 64)}…`,
    );
  }
  if (value.trim().toLowerCase() === RESTRICTED_SOURCE_SYSTEM.toLowerCase()) {
    throw sourceSystemError(`The value ${RESTRICTED_SOURCE_SYSTEM} is restricted`, value);
  }
  return value;
}

function sourceSystemError(reason: string, value: unknown): AppError {
  const shown =
    value === undefined || value === null
      ? "NULL"
      : typeof value === "string"
        ? value
        : (JSON.stringify(value) ?? "").slice(0, 64);
  return new AppError(
    "invalid_request",
    `Error for Property=sourcesystem: ${reason}. Actual value: ${shown}.`,
    { field: "sourcesystem" },
  );
}

interface FoundArray {
  readonly key: string;
  readonly value: readonly unknown[];
  readonly items: readonly number[];
}

function findArray(entries: ReadonlyMap<string, Entry>, options: UploadBodyOptions): FoundArray {
  const own = GENERATIONS[options.generation].arrayKeys;
  const accepted = options.acceptAnyArrayKey ? [...new Set([...own, ...ALL_ARRAY_KEYS])] : own;
  const documented = own[0] ?? "stixobjects";
  const key = accepted.find((name) => (entries.get(name)?.value ?? null) !== null);
  if (key === undefined) {
    const other = ALL_ARRAY_KEYS.find((name) => entries.has(name) && !accepted.includes(name));
    const hint =
      other === undefined
        ? ""
        : ` (the property ${other} belongs to an older endpoint; send ${documented})`;
    throw new AppError(
      "invalid_request",
      `Error for Property=${documented}: Required property is missing${hint}. Actual value: NULL.`,
      { field: documented },
    );
  }
  const { value, items } = entries.get(key) ?? { value: undefined, items: [] };
  if (!Array.isArray(value)) {
    throw new AppError(
      "invalid_request",
      `Error for Property=${key}: The value must be an array of STIX objects. Actual value: ${(JSON.stringify(value) ?? "").slice(0, 64)}.`,
      { field: key },
    );
  }
  return { key, value, items };
}

const ALL_ARRAY_KEYS: readonly string[] = ["stixobjects", "indicators", "value"];
