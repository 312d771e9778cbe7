/**
 * The bytes of an input as UTF-8 without a mark: opens files and standard input, unpacks gzip whatever the
 * file is called, and turns UTF-16 (as PowerShell writes it) into UTF-8.
 */
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { ClientError, reasonOf } from "./client-error.ts";

/** Standard input, as a file name. */
export const STDIN_NAME = "-";

/** An open input. */
export interface OpenInput {
  readonly chunks: AsyncIterable<Buffer>;
  /** Bytes taken from the file or pipe so far, packed ones. */
  bytesRead(): number;
}

/** Opens one input; what goes wrong shows while its chunks are read. */
export function openInput(file: string, stdin: Readable): OpenInput {
  let bytesRead = 0;
  const raw = file === STDIN_NAME ? stdin : createReadStream(file);
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const chunk of raw) {
      const bytes = Buffer.from(chunk as Uint8Array);
      bytesRead += bytes.length;
      yield bytes;
    }
  }
  return { chunks: plainBytes(counted(), file), bytesRead: () => bytesRead };
}

/** Bytes as UTF-8 without a mark, whether they come packed or in UTF-16. @throws ClientError */
export function plainBytes(chunks: AsyncIterable<Buffer>, file: string): AsyncIterable<Buffer> {
  return readable(file, decoded(unpacked(chunks), file));
}

/** Says of every failure which file it concerns. */
async function* readable(file: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* chunks;
  } catch (cause) {
    if (cause instanceof ClientError) {
      throw cause;
    }
    throw new ClientError("input_unreadable", `Cannot read ${file}: ${reasonOf(cause)}`, { cause });
  }
}

/** Passes the chunks on, with at least `bytes` of them in the first. */
async function* withHead(chunks: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length >= bytes) {
      yield head;
      head = undefined;
    }
  }
  if (head !== undefined && head.length > 0) {
    yield head;
  }
}

async function* unpacked(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const iterator = withHead(chunks, 2);
  const first = await iterator.next();
  if (first.done) {
    return;
  }
  const whole = prepended(first.value, iterator);
  // RFC 1952 §2.3.1: the two bytes with which every member of a gzip file begins.
  if (first.value[0] === 0x1f && first.value[1] === 0x8b) {
    const source = Readable.from(whole);
    const gunzip = createGunzip();
    source.on("error", (error) => gunzip.destroy(error));
    try {
      yield* source.pipe(gunzip) as AsyncIterable<Buffer>;
    } finally {
      source.destroy();
    }
    return;
  }
  yield* whole;
}

async function* prepended(
  first: Buffer,
  rest: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, void, undefined> {
  yield first;
  yield* rest;
}

/** The byte order marks of Unicode, with the encoding each announces. */
const MARKS: readonly (readonly [mark: readonly number[], encoding: string])[] = [
  [[0xef, 0xbb, 0xbf], "utf-8"],
  [[0xff, 0xfe], "utf-16le"],
  [[0xfe, 0xff], "utf-16be"],
];

async function* decoded(chunks: AsyncIterable<Buffer>, file: string): AsyncGenerator<Buffer> {
  const iterator = withHead(chunks, 3);
  const first = await iterator.next();
  if (first.done) {
    return;
  }
  const [mark, encoding] = MARKS.find(([bytes]) =>
    bytes.every((byte, place) => first.value[place] === byte),
  ) ?? [[], "utf-8"];
  const body = prepended(first.value.subarray(mark.length), iterator);
  yield* encoding === "utf-8" ? body : transcoded(body, encoding, file);
}

async function* transcoded(
  chunks: AsyncIterable<Buffer>,
  encoding: string,
  file: string,
): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  try {
    for await (const chunk of chunks) {
      yield Buffer.from(decoder.decode(chunk, { stream: true }));
    }
    yield Buffer.from(decoder.decode());
  } catch (cause) {
    if (cause instanceof TypeError) {
      throw new ClientError("input_invalid", `${file} is no ${encoding} text.`, { cause });
    }
    throw cause;
  }
}
