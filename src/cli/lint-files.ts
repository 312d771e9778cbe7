/**
 * Lints what stands in a file: cuts it into JSON documents, checks each, and gives every finding its line,
 * column and a piece of the source. JSON lines need the memory of one line; anything else is held whole.
 */

import { isUtf8 } from "node:buffer";
import { firstFault, LINE_BYTES_MAX } from "../client/index.ts";
import { AppError } from "../wire/index.ts";
import {
  emptyTree,
  type JsonPlace,
  locate,
  nodeOf,
  offsetInLiteral,
  type PlaceTree,
  resolvePath,
  skipSpace,
  skipValue,
} from "./json-places.ts";
import {
  checkDocument,
  KEY_RULES,
  type Linter,
  type RootedFinding,
  sourceOf,
  wordsOf,
} from "./lint-check.ts";
import { pathBelow } from "./lint-lines.ts";
import { createPatternPlaces, type PatternPlaces } from "./lint-pattern-place.ts";
import type { Tally } from "./lint-tally.ts";
import { createPositions, type Excerpt, excerptOf, type TextPositions } from "./text-positions.ts";

/** A finding as it is reported: what, by which rule, where in which file. */
export interface LintFinding {
  readonly file: string;
  /** From 1; columns count characters. The end is behind the last one. */
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly severity: "error" | "warning";
  readonly rule: string;
  readonly message: string;
  /** Where the rule is written; empty where it is not one of STIX. */
  readonly source: string;
  /** From the top of the document, as `objects[3].name`. */
  readonly path: string;
  /** RFC 6901, to the deepest part that is there. */
  readonly pointer: string;
  readonly objectId: string | null;
  readonly excerpt: Excerpt;
}

/** Largest document that is held whole: its values take several times its size in memory. */
const DOCUMENT_BYTES_MAX: number = 256 * 1024 * 1024;

const NEWLINE = 0x0a;
const LINES_NAME = /\.(?:jsonl|ndjson)(?:\.gz)?$/i;
const JSON_SOURCE = "RFC 8259";

/** A text with one or several JSON values, and where it begins. */
interface Source {
  readonly file: string;
  readonly text: string;
  readonly line: number;
}

/** The findings of one input, in the order of their places within each document. */
export async function* lintInput(
  input: { readonly file: string; readonly chunks: AsyncIterable<Buffer> },
  linter: Linter,
  tally: Tally,
): AsyncGenerator<LintFinding> {
  let isEmpty = true;
  for await (const piece of piecesOf(input)) {
    isEmpty = false;
    if (!isUtf8(piece.bytes)) {
      tally.errors += 1;
      yield notUtf8(input.file, piece);
      continue;
    }
    const source = { file: input.file, text: piece.bytes.toString("utf8"), line: piece.line };
    yield* lintSource(source, linter, tally);
  }
  if (isEmpty) {
    throw new AppError("invalid_request", `${input.file} is empty.`);
  }
  tally.files += 1;
}

/** The JSON values of an input, one after the other. @throws AppError `invalid_request` where it is not JSON */
export async function* readValues(input: {
  readonly file: string;
  readonly chunks: AsyncIterable<Buffer>;
}): AsyncGenerator<unknown> {
  for await (const { bytes, line } of piecesOf(input)) {
    const source = { file: input.file, text: bytes.toString("utf8"), line };
    const { text } = source;
    for (let at = skipSpace(text, 0), end = at; at < text.length; at = skipSpace(text, end)) {
      end = skipValue(text, at);
      const value = parsed(text.slice(at, end));
      if (value === undefined) {
        const fault = syntaxFinding(source, at, createPositions(text, line));
        const place = `${input.file}:${fault.line}:${fault.column}`;
        throw new AppError("invalid_request", `${place}: ${fault.message}.`);
      }
      yield value;
    }
  }
}

/** The value of a JSON text; undefined where it is none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface Piece {
  readonly bytes: Buffer;
  readonly line: number;
}

/** Lines where the first one is a JSON value of its own or the name says so; otherwise everything at once. */
async function* piecesOf(input: {
  readonly file: string;
  readonly chunks: AsyncIterable<Buffer>;
}): AsyncGenerator<Piece> {
  let parts: Buffer[] = [];
  let [length, line] = [0, 1];
  let isLines = LINES_NAME.test(input.file) ? true : undefined;
  for await (const chunk of input.chunks) {
    parts.push(chunk);
    length += chunk.length;
    checkLength(input.file, length, isLines);
    if (isLines === false || !chunk.includes(NEWLINE)) {
      continue;
    }
    const held = Buffer.concat(parts, length);
    isLines ??= startsWithValue(held);
    let from = 0;
    if (isLines === true) {
      for (let end = held.indexOf(NEWLINE); end >= 0; end = held.indexOf(NEWLINE, from)) {
        const bytes = held.subarray(from, end);
        if (!isBlank(bytes)) {
          yield { bytes, line };
        }
        line += 1;
        from = end + 1;
      }
    }
    parts = [held.subarray(from)];
    length = held.length - from;
  }
  const rest = Buffer.concat(parts, length);
  if (!isBlank(rest)) {
    yield { bytes: rest, line };
  }
}

function checkLength(file: string, length: number, isLines: boolean | undefined): void {
  const bytesMax = isLines === true ? LINE_BYTES_MAX : DOCUMENT_BYTES_MAX;
  if (length > bytesMax) {
    const size = `${bytesMax / 1024 / 1024} MiB`;
    const advice =
      isLines === true
        ? "put each object on a line of its own"
        : "larger feeds are read as JSON lines, one object a line";
    throw new AppError("invalid_request", `${file} has more than ${size} in one piece: ${advice}.`);
  }
}

/** Undefined while no line that is not blank has ended. */
function startsWithValue(held: Buffer): boolean | undefined {
  const lines = held.toString("latin1").split("\n").slice(0, -1);
  const first = lines.find((line) => line.trim() !== "");
  if (first === undefined) {
    return undefined;
  }
  try {
    JSON.parse(Buffer.from(first, "latin1").toString("utf8"));
    return true;
  } catch {
    return false;
  }
}

function isBlank(bytes: Buffer): boolean {
  return bytes.length < 1000 ? bytes.toString("latin1").trim() === "" : false;
}

/** Lints the values that stand in a text one after the other. */
function* lintSource(source: Source, linter: Linter, tally: Tally): Generator<LintFinding> {
  const { text } = source;
  const positions = createPositions(text, source.line);
  for (let at = skipSpace(text, 0); at < text.length; ) {
    const end = skipValue(text, at);
    const value = parsed(text.slice(at, end));
    if (value === undefined) {
      tally.errors += 1;
      yield syntaxFinding(source, at, positions);
      return;
    }
    yield* lintValue(value, at, { source, positions, linter, tally });
    at = skipSpace(text, end);
  }
}

interface Frame {
  readonly source: Source;
  readonly positions: TextPositions;
  readonly linter: Linter;
  readonly tally: Tally;
}

interface Located {
  readonly rooted: RootedFinding;
  readonly steps: readonly string[];
  readonly complete: boolean;
  readonly node: PlaceTree;
}

function lintValue(value: unknown, at: number, frame: Frame): readonly LintFinding[] {
  const { source, linter, tally } = frame;
  const { findings, objectCount } = checkDocument(value, linter);
  tally.objects += objectCount;
  if (findings.length === 0) {
    return [];
  }
  const tree = emptyTree();
  const located = findings.map((rooted): Located => {
    const { steps, complete } = resolvePath(rooted.finding.path, rooted.root);
    const all = [...rooted.base, ...steps];
    return { rooted, steps: all, complete, node: nodeOf(tree, all) };
  });
  locate(source.text, at, tree);
  const patterns = createPatternPlaces();
  return located
    .map((each) => ({ ...each, range: rangeOf(each, frame, patterns) }))
    .sort((left, right) => left.range.start - right.range.start)
    .map((each) => lintFindingOf(each, value, frame));
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** What to mark: the name, the faulty part of a pattern, a whole scalar, or the bracket that opens a container. */
function rangeOf(located: Located, { source }: Frame, patterns: PatternPlaces): Range {
  const { rooted, complete, node } = located;
  const place: JsonPlace = node.place ?? { start: 0, end: 1, key: undefined };
  if (complete && place.key !== undefined && KEY_RULES.has(rooted.finding.rule)) {
    return place.key;
  }
  const part = complete ? patterns.partOf(rooted) : undefined;
  if (part !== undefined) {
    const start = offsetInLiteral(source.text, place, part.start);
    return { start, end: Math.max(start + 1, offsetInLiteral(source.text, place, part.end)) };
  }
  const first = source.text[place.start];
  const isContainer = first === "{" || first === "[";
  return { start: place.start, end: isContainer ? place.start + 1 : place.end };
}

function lintFindingOf(
  { rooted, steps, range }: Located & { readonly range: Range },
  value: unknown,
  { source, positions, tally }: Frame,
): LintFinding {
  const { finding, base } = rooted;
  tally[finding.severity === "error" ? "errors" : "warnings"] += 1;
  return {
    ...placeOf(source, range, positions),
    severity: finding.severity,
    rule: finding.rule,
    message: wordsOf(finding),
    source: sourceOf(finding.rule, finding.section),
    path: pathBelow(base, finding.path),
    pointer: steps.map((step) => `/${step.replaceAll("~", "~0").replaceAll("/", "~1")}`).join(""),
    objectId: objectIdOf(value, steps),
  };
}

function placeOf(
  { file, text }: Source,
  range: Range,
  positions: TextPositions,
): Pick<LintFinding, "file" | "line" | "column" | "endLine" | "endColumn" | "excerpt"> {
  const start = positions.at(range.start);
  const excerpt = excerptOf(text, positions.lineOf(range.start), range);
  const end = positions.at(range.end);
  return {
    file,
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column,
    excerpt,
  };
}

/** The id of the outermost object with one on the way to the fault, but for the bundle around it. */
function objectIdOf(value: unknown, steps: readonly string[]): string | null {
  let at = value;
  let bundleId: string | null = null;
  for (const step of [undefined, ...steps]) {
    at = step === undefined ? at : (at as Readonly<Record<string, unknown>>)[step];
    if (typeof at !== "object" || at === null) {
      break;
    }
    const { id, type } = at as Readonly<Record<string, unknown>>;
    if (typeof id === "string" && type !== "bundle") {
      return id;
    }
    bundleId ??= typeof id === "string" ? id : null;
  }
  return bundleId;
}

function syntaxFinding(source: Source, at: number, positions: TextPositions): LintFinding {
  const bytes = Buffer.from(source.text.slice(at));
  const fault = firstFault(bytes, 0) ?? { offset: 0, reason: "it cannot be parsed" };
  const start = at + bytes.subarray(0, fault.offset).toString("utf8").length;
  return {
    ...placeOf(source, { start, end: Math.min(start + 1, source.text.length) }, positions),
    severity: "error",
    rule: "json.syntax",
    message: `Not JSON: ${fault.reason}`,
    source: JSON_SOURCE,
    path: "",
    pointer: "",
    objectId: null,
  };
}

function notUtf8(file: string, piece: Piece): LintFinding {
  let [line, from] = [piece.line, 0];
  for (let end = 0; from < piece.bytes.length; from = end + 1, line++) {
    const found = piece.bytes.indexOf(NEWLINE, from);
    end = found < 0 ? piece.bytes.length : found;
    if (!isUtf8(piece.bytes.subarray(from, end))) {
      break;
    }
  }
  return {
    file,
    line,
    column: 1,
    endLine: line,
    endColumn: 1,
    severity: "error",
    rule: "json.syntax",
    message: "The line is no UTF-8 text",
    source: JSON_SOURCE,
    path: "",
    pointer: "",
    objectId: null,
    excerpt: { text: "", marker: "" },
  };
}
