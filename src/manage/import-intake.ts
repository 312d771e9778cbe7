/**
 * Receives the bytes of a file, whatever they are wrapped in, and keeps them as UTF-8 text: gzip is unpacked and UTF-16
 * with a mark is rewritten. What is no text that can be imported is refused by what it is, with the place.
 */
import { isUtf8 } from "node:buffer";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ClientError, plainBytes } from "../client/index.ts";
import { AppError } from "../wire/index.ts";

/** What a body turned out to be: its bytes as text, or why it is none. */
export interface Received {
  readonly bytes: number;
  readonly fault: string | null;
}

/** What other files begin with, and what to do about it. */
const SIGNATURES: readonly (readonly [head: string, reason: string])[] = [
  [
    "504b0304",
    "It is a ZIP archive (an Excel workbook is one, too). Unpack it and send the file inside, or save the sheet as CSV UTF-8. Only gzip is unpacked here.",
  ],
  ["504b0506", "It is an empty ZIP archive."],
  ["25504446", "It is a PDF document. Send the STIX or CSV file it was made from."],
  ["d0cf11e0", "It is an old Excel or Office document. Save the sheet as CSV UTF-8."],
  ["377abcaf271c", "It is a 7-Zip archive. Unpack it and send the file inside."],
  ["28b52ffd", "It is packed with Zstandard. Unpack it, or pack it with gzip."],
  ["425a68", "It is packed with bzip2. Unpack it, or pack it with gzip."],
  ["fd377a585a00", "It is packed with xz. Unpack it, or pack it with gzip."],
];

const SIGNATURE_BYTES = 6;

/**
 * Receives a body into a file.
 * @param file where the text goes
 * @param bytesMax of the unpacked file
 * @throws AppError `body_too_large`, `invalid_request` when it did not arrive whole
 */
export async function receiveText(
  body: Readable,
  file: string,
  { bytesMax, fileName }: { readonly bytesMax: number; readonly fileName: string },
): Promise<Received> {
  let bytes = 0;
  const limit = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      const mebibytes = bytesMax / 1_048_576;
      done(
        bytes > bytesMax
          ? new AppError(
              "body_too_large",
              `The file is larger than ${mebibytes} MiB${fileName.endsWith(".gz") ? " when unpacked" : ""}: cut it into pieces.`,
            )
          : null,
        chunk,
      );
    },
  });
  try {
    const chunks = plainBytes(recognised(body), fileName);
    await pipeline(checkedText(chunks), limit, createWriteStream(file, { mode: 0o600 }));
    return { bytes, fault: bytes === 0 ? "The file is empty." : null };
  } catch (error) {
    await rm(file, { force: true });
    const known = error instanceof ClientError ? (error.cause ?? error) : error;
    if (known instanceof NotText) {
      return { bytes, fault: known.message };
    }
    if (error instanceof ClientError) {
      return { bytes, fault: unpackingFault(error) };
    }
    throw error instanceof AppError
      ? error
      : new AppError("invalid_request", "The file did not arrive whole.", { cause: error });
  }
}

class NotText extends Error {}

function unpackingFault(error: ClientError): string {
  const isGzip = /header|incorrect|unexpected end|invalid (?:block|distance|stored)/i.test(
    error.message,
  );
  return isGzip
    ? "The file begins like gzip and can't be unpacked: it is damaged or was cut off. Send it again."
    : error.message;
}

/** Passes a body on unless its first bytes are those of another kind of file. */
async function* recognised(body: Readable): AsyncGenerator<Buffer> {
  let head: Buffer | null = Buffer.alloc(0);
  for await (const chunk of body as AsyncIterable<Buffer>) {
    if (head === null) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length >= SIGNATURE_BYTES) {
      refuseForeign(head);
      yield head;
      head = null;
    }
  }
  if (head !== null && head.length > 0) {
    refuseForeign(head);
    yield head;
  }
}

function refuseForeign(head: Buffer): void {
  const start = head.toString("hex", 0, SIGNATURE_BYTES);
  const foreign = SIGNATURES.find(([signature]) => start.startsWith(signature));
  if (foreign !== undefined) {
    throw new NotText(foreign[1]);
  }
}

const NEWLINE = 0x0a;

/** Passes UTF-8 on. A character may be cut in two by the end of a chunk. */
async function* checkedText(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0);
  let line = 1;
  for await (const chunk of chunks) {
    const whole = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = whole.length - unfinishedBytes(whole);
    const text = whole.subarray(0, end);
    requireText(text, line);
    line += linesIn(text);
    rest = Buffer.from(whole.subarray(end));
    yield text;
  }
  requireText(rest, line);
  if (rest.length > 0) {
    yield rest;
  }
}

/** Bytes of a character of UTF-8 by its first byte. @see RFC 3629 §3 */
function bytesOfCharacter(first: number): number {
  return first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
}

/** Bytes at the end that may be the beginning of a character. */
function unfinishedBytes(bytes: Buffer): number {
  const tail = bytes.subarray(-3);
  const first = tail.findLastIndex((byte) => (byte & 0xc0) !== 0x80);
  const there = tail.length - first;
  return first >= 0 && bytesOfCharacter(tail[first] ?? 0) > there ? there : 0;
}

function requireText(bytes: Buffer, firstLine: number): void {
  if (bytes.includes(0)) {
    throw new NotText(
      "The file is no UTF-8 text: it holds zero bytes, as UTF-16 without a byte order mark or a binary file does. Save it as UTF-8.",
    );
  }
  if (isUtf8(bytes)) {
    return;
  }
  // Halved until the first byte that does not fit is found.
  let sound = 0;
  for (let step = bytes.length; step >= 1; step = Math.floor(step / 2)) {
    while (sound + step <= bytes.length && isSoundStart(bytes.subarray(0, sound + step))) {
      sound += step;
    }
  }
  // The last character of what is sound so far may have begun only.
  sound -= unfinishedBytes(bytes.subarray(0, sound));
  const before = bytes.subarray(0, sound);
  const line = firstLine + linesIn(before);
  const column = before.subarray(before.lastIndexOf(NEWLINE) + 1).toString().length + 1;
  const byte = (bytes[sound] ?? 0).toString(16).toUpperCase().padStart(2, "0");
  throw new NotText(
    `The file is no UTF-8 text: byte 0x${byte} at line ${line}, column ${column}. It may be Windows-1252 or Latin-1: save it as UTF-8 (in Excel: "CSV UTF-8").`,
  );
}

function isSoundStart(bytes: Buffer): boolean {
  return isUtf8(bytes.subarray(0, bytes.length - unfinishedBytes(bytes)));
}

function linesIn(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) {
    lines += 1;
  }
  return lines;
}
