/** Takes STIX objects out of a JSON document, whichever of the known wrappings they come in. */
import { ClientError, type InputPosition } from "./client-error.ts";
import { firstFault } from "./json-fault.ts";
import {
  compactText,
  elementsOf,
  type Member,
  membersOf,
  NotJson,
  opensArray,
  opensObject,
  parseSpan,
  type Span,
  skipSpace,
  skipValue,
} from "./json-scan.ts";
import { type UploadObject, uploadObjectOf } from "./upload-object.ts";

/** Where a document begins. */
export interface Place {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** Keys of the array in the upload bodies of the three generations, the documented one first. */
const BODY_KEYS = ["stixobjects", "value", "indicators"];

/** What is wrapped in a document: where its objects stand, and their source. */
interface Wrapping {
  readonly spans: Iterable<Span>;
  readonly source?: string;
}

/**
 * The objects of one or more JSON values that stand one after the other, in order.
 *
 * @throws ClientError input_invalid
 */
export function* objectsOfDocument(bytes: Buffer, place: Place): Generator<UploadObject> {
  const positions = createPositions(bytes, place);
  let at = skipSpace(bytes, 0);
  while (at < bytes.length) {
    const start = at;
    try {
      yield* objectsOfValue(bytes, start, positions);
      at = skipSpace(bytes, skipValue(bytes, start));
    } catch (error) {
      throw error instanceof NotJson ? faultOf(bytes, start, place) : error;
    }
  }
}

/** A record of a document: its text as it stands there, and where. */
export interface DocumentRecord {
  readonly span: Span;
  readonly line: number;
  readonly text: string;
  /** Why it can't be read; null when it can. Only a line among lines can be faulty by itself. */
  readonly fault: {
    readonly line: number;
    readonly column: number;
    readonly reason: string;
  } | null;
}

/**
 * The records of a document with their places. In a file of lines, one value each, a line that is no JSON is a faulty
 * record; anywhere else nothing behind a fault can be trusted.
 *
 * @throws ClientError input_invalid
 */
export function* recordsOfDocument(bytes: Buffer, place: Place): Generator<DocumentRecord> {
  const positions = createPositions(bytes, place);
  if (!isLines(bytes)) {
    yield* recordsWithin(bytes, 0, positions, (start) => {
      throw faultOf(bytes, start, place);
    });
    return;
  }
  for (const end of lineEnds(bytes)) {
    const line = bytes.subarray(0, end);
    const start = bytes.lastIndexOf(NEWLINE, Math.max(0, end - 1)) + 1;
    yield* recordsWithin(line, start, positions, (at) => faultyLine(line, at, positions));
  }
}

const NEWLINE = 0x0a;

/** The records from a byte to the end. @param faulty what stands in the place of what is no JSON, and of all behind it */
function* recordsWithin(
  bytes: Buffer,
  from: number,
  positions: Positions,
  faulty: (start: number) => DocumentRecord,
): Generator<DocumentRecord> {
  let start = skipSpace(bytes, from);
  try {
    while (start < bytes.length) {
      yield* recordsOfValue(bytes, start, positions);
      start = skipSpace(bytes, skipValue(bytes, start));
    }
  } catch (error) {
    if (!(error instanceof NotJson)) {
      throw error;
    }
    yield faulty(start);
  }
}

function* recordsOfValue(
  bytes: Buffer,
  at: number,
  positions: Positions,
): Generator<DocumentRecord> {
  for (const span of wrappingOf(bytes, at, positions).spans) {
    parseSpan(bytes, span);
    const { line } = positions.at(span.start);
    yield { span, line, text: compactText(bytes, span), fault: null };
  }
}

function faultyLine(bytes: Buffer, start: number, positions: Positions): DocumentRecord {
  const fault = firstFault(bytes, start) ?? { offset: start, reason: "it cannot be parsed" };
  const span = { start, end: bytes.length };
  const { line } = positions.at(start);
  const { column } = positions.at(fault.offset);
  const text = bytes.toString("utf8", start, bytes.length).trimEnd();
  return { span, line, text, fault: { line, column, reason: `Not JSON: ${fault.reason}.` } };
}

/** Whether every line is a value of its own: then the first or the second one is, since only one may be faulty. */
function isLines(bytes: Buffer): boolean {
  if (!opensObject(bytes, skipSpace(bytes, 0))) {
    return false;
  }
  const some: string[] = [];
  for (const end of lineEnds(bytes)) {
    const from = bytes.lastIndexOf(NEWLINE, Math.max(0, end - 1)) + 1;
    const text = bytes.toString("utf8", from, end).trim();
    some.push(...(text === "" ? [] : [text]));
    if (some.length === 2) {
      return some.some(isObjectText);
    }
  }
  return false;
}

function isObjectText(text: string): boolean {
  try {
    return text.startsWith("{") && typeof JSON.parse(text) === "object";
  } catch {
    return false;
  }
}

function* lineEnds(bytes: Buffer): Generator<number> {
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(NEWLINE, at);
    yield end < 0 ? bytes.length : end;
    at = end < 0 ? bytes.length : end + 1;
  }
}

function* objectsOfValue(bytes: Buffer, at: number, positions: Positions): Generator<UploadObject> {
  const { spans, ...source } = wrappingOf(bytes, at, positions);
  for (const span of spans) {
    const origin = { position: positions.at(span.start), ...source };
    yield uploadObjectOf(parseSpan(bytes, span), compactText(bytes, span), origin);
  }
}

function wrappingOf(bytes: Buffer, at: number, positions: Positions): Wrapping {
  const whole = { start: at, end: skipValue(bytes, at) };
  if (opensArray(bytes, at)) {
    return { spans: elementsOf(bytes, at) };
  }
  if (!opensObject(bytes, at)) {
    parseSpan(bytes, whole);
    throw notUsable("Neither a JSON object nor an array", positions.at(at));
  }
  const members = new Map([...membersOf(bytes, at)].map((member) => [member.key, member]));
  const type = members.get("type");
  if (type !== undefined && parseSpan(bytes, type) === "bundle") {
    return bundleWrapping(bytes, members.get("objects"), positions);
  }
  const array = type === undefined ? bodyArrayOf(bytes, members) : undefined;
  return array === undefined
    ? { spans: [whole] }
    : { spans: elementsOf(bytes, array.start), ...sourceOf(bytes, members, positions) };
}

/** A bundle may be empty (STIX 2.1 §8: `objects` is optional). */
function bundleWrapping(
  bytes: Buffer,
  objects: Member | undefined,
  positions: Positions,
): Wrapping {
  if (objects === undefined) {
    return { spans: [] };
  }
  if (!opensArray(bytes, objects.start)) {
    throw notUsable("The objects of the bundle are no array", positions.at(objects.start));
  }
  return { spans: elementsOf(bytes, objects.start) };
}

function notUsable(reason: string, position: InputPosition): ClientError {
  return new ClientError("input_invalid", `${reason}.`, { position });
}

/** The array of an upload body or a TAXII envelope. An object with a `type` is neither. */
function bodyArrayOf(bytes: Buffer, members: ReadonlyMap<string, Member>): Member | undefined {
  const arrays = [...members.values()].filter((member) => opensArray(bytes, member.start));
  const body = BODY_KEYS.map((key) => arrays.find((array) => array.key.toLowerCase() === key));
  const envelope = arrays.find((array) => array.key === "objects");
  return body.find((array) => array !== undefined) ?? envelope;
}

function sourceOf(
  bytes: Buffer,
  members: ReadonlyMap<string, Member>,
  positions: Positions,
): Pick<Wrapping, "source"> {
  const member = [...members.values()].find(({ key }) => key.toLowerCase() === "sourcesystem");
  if (member === undefined) {
    return {};
  }
  const source = parseSpan(bytes, member);
  if (typeof source !== "string") {
    throw notUsable("The sourcesystem is no string", positions.at(member.start));
  }
  return { source };
}

function faultOf(bytes: Buffer, start: number, place: Place): ClientError {
  const fault = firstFault(bytes, start) ?? { offset: start, reason: "it cannot be parsed" };
  return new ClientError("input_invalid", `Not JSON: ${fault.reason}.`, {
    position: createPositions(bytes, place).at(fault.offset),
  });
}

interface Positions {
  /** Offsets are asked for in rising order; an earlier one is counted from the start again. */
  at(offset: number): InputPosition;
}

/** Counts lines and columns as it goes, so that each byte is looked at once. */
function createPositions(bytes: Buffer, place: Place): Positions {
  let counted = 0;
  let line = place.line;
  let column = 1;
  return {
    at(offset) {
      if (offset < counted) {
        [counted, line, column] = [0, place.line, 1];
      }
      for (; counted < offset; counted += 1) {
        const byte = bytes[counted] ?? 0;
        if (byte === NEWLINE) {
          line += 1;
          column = 1;
        } else if ((byte & 0xc0) !== 0x80) {
          // Bytes that continue a character of UTF-8 add no column.
          column += 1;
        }
      }
      return { file: place.file, line, column };
    },
  };
}
