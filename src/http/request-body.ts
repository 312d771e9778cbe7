/**
 * Request bodies from the socket to text: bounded reading, decompression, character encoding. What the
 * text means is read elsewhere; so is the decision what a refused client is told beside the reason.
 *
 * Only the size as sent and the size after decompression are bounded here, for one request; how many bodies
 * are held at one time is the caller's business.
 */

import { isUtf8 } from "node:buffer";
import type { Readable } from "node:stream";
import { promisify, TextDecoder } from "node:util";
import { brotliDecompress, gunzip, inflate, inflateRaw, type ZlibOptions } from "node:zlib";
import { AppError } from "../wire/index.ts";

/** What is needed of a raw request. */
export type BodyStream = Readable & {
  readonly headers?: { readonly "content-length"?: string | undefined };
};

/** The bounds of one body, and how it was encoded. */
export interface BodyOptions {
  /** The header as received; undefined when there is none. */
  readonly contentEncoding: string | undefined;
  /** Largest body as sent. */
  readonly bytesMax: number;
  /** Largest body after decompression; also applies to bodies that aren't compressed. */
  readonly decodedBytesMax: number;
  /** Largest decompressed size as a multiple of the size as sent. */
  readonly ratioMax: number;
  readonly signal?: AbortSignal;
}

/** A body as text, with remarks for the receipt about what had to be guessed or replaced. */
export interface DecodedText {
  readonly text: string;
  readonly notes: readonly string[];
}

/** Clients compress once; more layers than two only multiply the work a small body can cause. */
const ENCODINGS_MAX = 2;

/** A body that stays below this after decompression may have any ratio: short texts compress very well. */
const RATIO_FREE_BYTES = 1_048_576;

/** As much of a client's header as a message repeats. */
const QUOTED_LENGTH_MAX = 64;

/** What decoders put in the place of unreadable bytes. */
const REPLACEMENT = "\uFFFD";

type Decompress = (bytes: Buffer, options: ZlibOptions) => Promise<Buffer>;

/** Content codings by name. @see RFC 9110 §8.4.1, RFC 7932 §13 */
const DECOMPRESSORS: Readonly<Record<string, Decompress>> = {
  gzip: promisify<Buffer, ZlibOptions, Buffer>(gunzip),
  "x-gzip": promisify<Buffer, ZlibOptions, Buffer>(gunzip),
  deflate: decompressDeflate,
  br: promisify<Buffer, ZlibOptions, Buffer>(brotliDecompress),
};

/**
 * Reads a request's body and undoes its Content-Encoding.
 *
 * After a refusal the rest of the request is left unread. When the body is too large, close the connection
 * with the answer, or Node receives and discards the rest. A body without encoding is copied once at most.
 *
 * @throws AppError `body_too_large`, `unsupported_encoding`, or `malformed_body` when the connection ends
 *   before the body does; the signal's reason when it is aborted
 */
export async function readBody(stream: BodyStream, options: BodyOptions): Promise<Buffer> {
  const encodings = encodingsOf(options.contentEncoding);
  const isPlain = encodings.length === 0;
  const bytesMax = isPlain ? Math.min(options.bytesMax, options.decodedBytesMax) : options.bytesMax;
  const declared = Number(stream.headers?.["content-length"] ?? 0);
  if (declared > bytesMax) {
    throw tooLarge(bytesMax);
  }
  const received = await receive(stream, bytesMax, options.signal);
  return isPlain || received.length === 0
    ? received
    : await decompress(received, encodings, options);
}

/**
 * Turns a body into text by its byte order mark, otherwise by the charset of its Content-Type, otherwise
 * as UTF-8. The byte order mark is no part of the text.
 *
 * Nothing is refused: an unknown charset counts as UTF-8 and unreadable bytes become U+FFFD, each with a
 * note.
 *
 * @see RFC 8259 §8.1; Encoding Standard, "decode" (a byte order mark goes before the header)
 */
export function decodeText(bytes: Buffer, contentType: string | undefined): DecodedText {
  const label = byteOrderMark(bytes) ?? charsetOf(contentType) ?? "utf-8";
  const known = textDecoder(label, false);
  const unknownNote = `The charset ${quoted(label)} is unknown; the body was read as UTF-8.`;
  const notes = known === undefined ? [unknownNote] : [];
  const decoder = known ?? new TextDecoder();
  if (decoder.encoding === "utf-8") {
    const text = decoder.decode(bytes);
    return isUtf8(bytes) ? { text, notes } : { text, notes: [...notes, invalidUtf8(bytes)] };
  }
  const isReadable = tryDecode(label, bytes);
  return {
    text: isReadable ?? decoder.decode(bytes),
    notes:
      isReadable === undefined
        ? [`The body isn't valid ${decoder.encoding}; unreadable bytes were replaced by U+FFFD.`]
        : [],
  };
}

/** The codings in the order they were applied, without those that change nothing. */
function encodingsOf(header: string | undefined): readonly string[] {
  const names = (header ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "" && name !== "identity");
  const unknown = names.find((name) => !Object.hasOwn(DECOMPRESSORS, name));
  if (unknown !== undefined) {
    throw new AppError(
      "unsupported_encoding",
      `Content-Encoding ${quoted(unknown)} is not supported. Use gzip, deflate, br or none.`,
      { field: "Content-Encoding" },
    );
  }
  if (names.length > ENCODINGS_MAX) {
    throw new AppError(
      "unsupported_encoding",
      `Content-Encoding names ${names.length} encodings; at most ${ENCODINGS_MAX} are supported.`,
      { field: "Content-Encoding" },
    );
  }
  return names;
}

function receive(
  stream: BodyStream,
  bytesMax: number,
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  // Events rather than `for await`: a request of many small chunks costs a third less.
  return new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length > bytesMax) {
        refuse(tooLarge(bytesMax));
        return;
      }
      chunks.push(chunk);
    };
    const onEnd = (): void => {
      detach();
      const [only] = chunks;
      resolve(chunks.length === 1 && only ? only : Buffer.concat(chunks, length));
    };
    const onCut = (cause?: Error): void => refuse(cutOff(cause));
    const onAbort = (): void => refuse(signal?.reason);
    const detach = (): void => {
      stream.off("data", onData).off("end", onEnd).off("error", onCut).off("close", onCut);
      signal?.removeEventListener("abort", onAbort);
    };
    const refuse = (reason: unknown): void => {
      detach();
      stream.pause();
      // The connection may still break while the refusal is on its way; nobody waits for that.
      stream.on("error", () => undefined);
      reject(reason);
    };

    if (signal?.aborted) {
      refuse(signal.reason);
    } else if (stream.destroyed || stream.readableEnded) {
      refuse(cutOff(stream.errored ?? undefined));
    } else {
      stream.on("data", onData).on("end", onEnd).on("error", onCut).on("close", onCut);
      signal?.addEventListener("abort", onAbort);
    }
  });
}

async function decompress(
  received: Buffer,
  encodings: readonly string[],
  options: BodyOptions,
): Promise<Buffer> {
  const ratioBytesMax = Math.max(RATIO_FREE_BYTES, received.length * options.ratioMax);
  const maxOutputLength = Math.min(options.decodedBytesMax, ratioBytesMax);
  let bytes = received;
  for (const name of encodings.toReversed()) {
    const step = DECOMPRESSORS[name];
    if (step === undefined) {
      throw new AppError("unsupported_encoding", `Content-Encoding ${quoted(name)} is unknown.`);
    }
    try {
      bytes = await step(bytes, { maxOutputLength });
    } catch (error) {
      if (isBeyondOutputLength(error)) {
        throw ratioBytesMax < options.decodedBytesMax
          ? new AppError(
              "body_too_large",
              `The request body decompresses to more than ${options.ratioMax} times its size.`,
            )
          : tooLarge(maxOutputLength, " after decompression");
      }
      throw broken(name, error);
    }
    options.signal?.throwIfAborted();
  }
  return bytes;
}

/**
 * `deflate` is the zlib format by the standard, and bare deflate from clients that misread it.
 *
 * A zlib stream starts with a byte whose lower half is 8, and its first two bytes are a multiple of 31
 * (RFC 1950 §2.2). A bare stream that starts with such a byte would be a stored block whose padding isn't
 * zero (RFC 1951 §3.2.4), which no compressor writes.
 */
async function decompressDeflate(bytes: Buffer, options: ZlibOptions): Promise<Buffer> {
  const [first = 0, second = 0] = bytes;
  const isZlib = (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0;
  return await (isZlib ? inflateZlib : inflateBare)(bytes, options);
}

const inflateZlib: Decompress = promisify<Buffer, ZlibOptions, Buffer>(inflate);
const inflateBare: Decompress = promisify<Buffer, ZlibOptions, Buffer>(inflateRaw);

function isBeyondOutputLength(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
}

function tooLarge(bytesMax: number, when = ""): AppError {
  return new AppError(
    "body_too_large",
    `The request body is larger than ${bytesMax} bytes${when}. Send fewer or smaller objects a request.`,
  );
}

function cutOff(cause: Error | undefined): AppError {
  return new AppError(
    "malformed_body",
    "The connection ended before the whole request body arrived.",
    cause === undefined ? {} : { cause },
  );
}

function broken(encoding: string, cause: unknown): AppError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new AppError(
    "unsupported_encoding",
    `The request body isn't valid ${encoding} data, as its Content-Encoding says: ${reason}.`,
    { cause, field: "Content-Encoding" },
  );
}

/**
 * The `charset` parameter of a Content-Type.
 *
 * parameters = *( OWS ";" OWS [ token "=" ( token / quoted-string ) ] )  (RFC 9110 §5.6.6)
 */
function charsetOf(contentType: string | undefined): string | undefined {
  const [, inQuotes, bare] =
    /;\s*charset\s*=\s*(?:"([^"]*)"|([^\s;]+))/i.exec(contentType ?? "") ?? [];
  return inQuotes ?? bare;
}

/** Windows programs write UTF-16 with a mark; its bytes occur in no UTF-8 text. */
function byteOrderMark(bytes: Buffer): string | undefined {
  const [first, second, third] = bytes;
  if (first === 0xff && second === 0xfe) {
    return "utf-16le";
  }
  if (first === 0xfe && second === 0xff) {
    return "utf-16be";
  }
  return first === 0xef && second === 0xbb && third === 0xbf ? "utf-8" : undefined;
}

function textDecoder(label: string, fatal: boolean): TextDecoder | undefined {
  try {
    return new TextDecoder(label, { fatal });
  } catch {
    return undefined;
  }
}

function tryDecode(label: string, bytes: Buffer): string | undefined {
  try {
    return textDecoder(label, true)?.decode(bytes);
  } catch {
    return undefined;
  }
}

function invalidUtf8(bytes: Buffer): string {
  return (
    `The body isn't valid UTF-8 (first at byte ${firstInvalidByte(bytes)}); unreadable bytes were ` +
    "replaced by U+FFFD. Send UTF-8, or name the charset in Content-Type."
  );
}

/** Offset of the first byte that is no part of UTF-8, in a body that has one. */
function firstInvalidByte(bytes: Buffer): number {
  const text = bytes.toString("utf8");
  let offset = 0;
  let start = 0;
  for (;;) {
    const found = text.indexOf(REPLACEMENT, start);
    // Up to the first replaced byte, text and bytes are equally long when the text is encoded again.
    offset += Buffer.byteLength(text.slice(start, found === -1 ? undefined : found));
    if (found === -1 || bytes.indexOf(REPLACEMENT, offset) !== offset) {
      return offset;
    }
    offset += Buffer.byteLength(REPLACEMENT);
    start = found + REPLACEMENT.length;
  }
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, QUOTED_LENGTH_MAX));
}
