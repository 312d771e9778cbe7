/**
 * Reads STIX objects from files and standard input. The form is recognised by looking, not by the name:
 *
 * - a bundle, `{"type":"bundle","objects":[…]}`
 * - an upload body, `{"sourcesystem":"…","stixobjects":[…]}` (or `value`, `indicators`; keys in any case)
 * - a TAXII envelope, `{"objects":[…]}`
 * - an array of objects, or a single object
 * - several of these one after the other; when each stands on its own line (JSON lines), they are streamed
 *
 * JSON lines need the memory of one line. Everything else is held whole, and checked to its end before the
 * first object is handed out, so that a broken document uploads nothing.
 */
import { isUtf8 } from "node:buffer";
import { stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { ClientError, reasonOf } from "./client-error.ts";
import { objectsOfDocument, type Place } from "./document.ts";
import { openInput, STDIN_NAME } from "./input-bytes.ts";
import { skipSpace, skipValue } from "./json-scan.ts";
import type { UploadObject } from "./upload-object.ts";

export { STDIN_NAME };

/** Largest document that is held whole: 512 MiB, near the longest string the platform has. */
export const DOCUMENT_BYTES_MAX: number = 512 * 1024 * 1024;

/** Largest line of JSON lines after the first: room for a bundle of some ten thousand objects. */
export const LINE_BYTES_MAX: number = 64 * 1024 * 1024;

const NEWLINE = 0x0a;

/** Where the objects come from. */
export interface InputOptions {
  /** Paths; `-` is standard input, which can stand among them once. */
  readonly files: readonly string[];
  readonly stdin: Readable;
}

/** Objects of several inputs, in the order given. */
export interface Inputs {
  readonly objects: AsyncGenerator<UploadObject>;
  /** How much of the inputs is read, 0-1; undefined while that cannot be known. */
  fraction(): number | undefined;
}

/**
 * Opens inputs for reading. All files are looked at before the first is read.
 *
 * @throws ClientError input_unreadable, options_invalid; while reading also input_invalid, input_too_large
 */
export async function openInputs(options: InputOptions): Promise<Inputs> {
  const { files, stdin } = options;
  if (files.length === 0) {
    throw new ClientError("options_invalid", "No input was named.", { field: "files" });
  }
  if (files.filter((file) => file === STDIN_NAME).length > 1) {
    throw new ClientError("options_invalid", "Standard input (-) can be read only once.", {
      field: "files",
    });
  }
  const sizes = await Promise.all(files.map(sizeOf));
  const total = sizes.reduce((sum: number | undefined, size) => plus(sum, size), 0);
  let before = 0;
  let current: Progress = { fraction: 0 };
  let currentSize = 0;

  async function* objects(): AsyncGenerator<UploadObject> {
    for (const [place, file] of files.entries()) {
      current = { fraction: 0 };
      currentSize = sizes[place] ?? 0;
      yield* objectsOfInput(file, stdin, { size: currentSize, progress: current });
      before += currentSize;
      current = { fraction: 0 };
    }
  }

  return {
    objects: objects(),
    fraction: () =>
      total === undefined || total === 0
        ? undefined
        : Math.min(1, (before + currentSize * current.fraction) / total),
  };
}

interface Progress {
  /** Of the current file, 0-1. */
  fraction: number;
}

/** Undefined stands for a size that cannot be known. */
function plus(sum: number | undefined, size: number | undefined): number | undefined {
  return sum === undefined || size === undefined ? undefined : sum + size;
}

async function sizeOf(file: string): Promise<number | undefined> {
  if (file === STDIN_NAME) {
    return undefined;
  }
  const found = await stat(file).catch((cause: unknown) => {
    const absent = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    const reason = absent ? "there is no such file" : reasonOf(cause);
    throw new ClientError("input_unreadable", `Cannot read ${file}: ${reason}.`, { cause });
  });
  if (found.isDirectory()) {
    throw new ClientError("input_unreadable", `Cannot read ${file}: it is a directory.`);
  }
  return found.isFile() ? found.size : undefined;
}

interface Reading {
  readonly size: number;
  readonly progress: Progress;
}

async function* objectsOfInput(
  file: string,
  stdin: Readable,
  { size, progress }: Reading,
): AsyncGenerator<UploadObject> {
  const input = openInput(file, stdin);
  const lines = linesOf(input.chunks, file);
  let first: Line | undefined;
  for await (const line of lines.upTo(DOCUMENT_BYTES_MAX)) {
    if (!isBlank(line.bytes)) {
      first = line;
      break;
    }
  }
  if (first === undefined) {
    throw new ClientError("input_invalid", `${file} is empty.`, {
      position: { file, line: 1, column: 1 },
    });
  }
  if (isWholeValue(first.bytes)) {
    yield* objectsOfLine(first, file);
    for await (const line of lines.upTo(LINE_BYTES_MAX)) {
      progress.fraction = size === 0 ? 0 : Math.min(1, input.bytesRead() / size);
      yield* objectsOfLine(line, file);
    }
    return;
  }
  const bytes = await restOf(first.bytes, lines.rest(), { file, line: first.number });
  yield* objectsOfWhole(bytes, { file, line: first.number }, progress);
}

function* objectsOfLine(line: Line, file: string): Generator<UploadObject> {
  if (!isBlank(line.bytes)) {
    const place: Place = { file, line: line.number };
    checkEncoding(line.bytes, place);
    yield* objectsOfDocument(line.bytes, place);
  }
}

function* objectsOfWhole(bytes: Buffer, place: Place, progress: Progress): Generator<UploadObject> {
  checkEncoding(bytes, place);
  // The first walk only checks and counts; nothing is kept, so that memory holds the document once.
  let total = 0;
  for (const _object of objectsOfDocument(bytes, place)) {
    total += 1;
  }
  let done = 0;
  for (const object of objectsOfDocument(bytes, place)) {
    done += 1;
    progress.fraction = done / total;
    yield object;
  }
}

function checkEncoding(bytes: Buffer, place: Place): void {
  if (isUtf8(bytes)) {
    return;
  }
  let line = place.line;
  for (let at = 0; at < bytes.length; line += 1) {
    const end = bytes.indexOf(NEWLINE, at);
    const next = end === -1 ? bytes.length : end + 1;
    if (!isUtf8(bytes.subarray(at, next))) {
      break;
    }
    at = next;
  }
  const position = { file: place.file, line, column: 1 };
  throw new ClientError("input_invalid", "The line is no UTF-8 text.", { position });
}

/** A line with the line feed at its end. */
interface Line {
  readonly bytes: Buffer;
  /** From 1. */
  readonly number: number;
}

interface Lines {
  /** The next lines, each at most so many bytes long; can be taken up again after a break. */
  upTo(bytesMax: number): AsyncIterable<Line>;
  /** What no line was made of yet, chunk by chunk. */
  rest(): AsyncIterable<Buffer>;
}

function linesOf(chunks: AsyncIterable<Buffer>, file: string): Lines {
  const source = chunks[Symbol.asyncIterator]();
  let pending: Buffer = Buffer.alloc(0);
  let number = 0;

  /** Makes `pending` hold something; false at the end of the input. */
  async function refill(): Promise<boolean> {
    while (pending.length === 0) {
      const step = await source.next();
      if (step.done) {
        return false;
      }
      pending = step.value;
    }
    return true;
  }

  /** A line, or the end of the input without one; undefined behind the end. */
  async function nextLine(bytesMax: number): Promise<Line | undefined> {
    const parts: Buffer[] = [];
    let length = 0;
    let ended = false;
    while (!ended && (await refill())) {
      const end = pending.indexOf(NEWLINE) + 1;
      const part = end === 0 ? pending : pending.subarray(0, end);
      pending = pending.subarray(part.length);
      parts.push(part);
      length += part.length;
      ended = end > 0;
      if (length > bytesMax) {
        throw tooLarge(file, number + 1, bytesMax);
      }
    }
    number += 1;
    return length === 0 ? undefined : { bytes: Buffer.concat(parts, length), number };
  }

  return {
    async *upTo(bytesMax) {
      for (let line = await nextLine(bytesMax); line; line = await nextLine(bytesMax)) {
        yield line;
      }
    },
    async *rest() {
      while (await refill()) {
        yield pending;
        pending = Buffer.alloc(0);
      }
    },
  };
}

function isBlank(bytes: Buffer): boolean {
  return skipSpace(bytes, 0) === bytes.length;
}

/** Whether the line is a value from end to end: then the input is JSON lines, or has only this line. */
function isWholeValue(bytes: Buffer): boolean {
  try {
    return skipSpace(bytes, skipValue(bytes, skipSpace(bytes, 0))) === bytes.length;
  } catch {
    return false;
  }
}

async function restOf(first: Buffer, chunks: AsyncIterable<Buffer>, place: Place): Promise<Buffer> {
  const parts = [first];
  let length = first.length;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > DOCUMENT_BYTES_MAX) {
      throw tooLarge(place.file, place.line, DOCUMENT_BYTES_MAX);
    }
    parts.push(chunk);
  }
  return Buffer.concat(parts, length);
}

function tooLarge(file: string, line: number, bytesMax: number): ClientError {
  const advice =
    bytesMax === DOCUMENT_BYTES_MAX
      ? "A document is held whole up to that size; larger feeds are read as JSON lines, one object a line."
      : "Put each object on a line of its own.";
  return new ClientError(
    "input_too_large",
    `More than ${bytesMax / 1024 / 1024} MiB in one piece. ${advice}`,
    { position: { file, line, column: 1 } },
  );
}
