/**
 * Goal: what a client sent arrives byte for byte whatever its encoding and chunks; every body that is too
 * large, broken or cut off is refused with its reason and nothing else; text decoding never fails.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { PassThrough, Readable } from "node:stream";
import { describe, test } from "node:test";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { AppError } from "../wire/index.ts";
import { type BodyOptions, type BodyStream, decodeText, readBody } from "./request-body.ts";

const LIMITS: BodyOptions = {
  contentEncoding: undefined,
  bytesMax: 100_000,
  decodedBytesMax: 4_000_000,
  ratioMax: 100,
};

/** How to apply each content coding; two of them share the name deflate. */
const ENCODERS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: (bytes) => gzipSync(bytes),
  "x-gzip": (bytes) => gzipSync(bytes),
  deflate: (bytes) => deflateSync(bytes),
  "deflate bare": (bytes) => deflateRawSync(bytes),
  br: (bytes) => brotliCompressSync(bytes),
  identity: (bytes) => bytes,
};

function streamOf(...chunks: readonly Buffer[]): BodyStream {
  return Readable.from(chunks, { objectMode: false });
}

function declaring(length: string, stream: Readable): BodyStream {
  return Object.assign(stream, { headers: { "content-length": length } });
}

async function refusalOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => assert.fail("was not refused"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof AppError, String(error));
  return `${error.code}: ${error.message}`;
}

describe("reading a body", () => {
  const text = Buffer.from("x".repeat(1000));
  const READ: readonly (readonly [encoding: string | undefined, bytes: Buffer])[] = [
    [undefined, text],
    ["", text],
    ["identity", text],
    ["gzip", gzipSync(text)],
    ["GZip", gzipSync(text)],
    ["x-gzip", gzipSync(text)],
    [" gzip ,", gzipSync(text)],
    ["identity, gzip", gzipSync(text)],
    ["deflate", deflateSync(text)],
    ["deflate", deflateSync(text, { level: 0 })],
    ["deflate", deflateRawSync(text)],
    ["deflate", deflateRawSync(text, { level: 0 })],
    ["br", brotliCompressSync(text)],
    ["gzip, br", brotliCompressSync(gzipSync(text))],
    ["deflate,deflate", deflateRawSync(deflateSync(text))],
    ["gzip", Buffer.concat([gzipSync(text.subarray(0, 500)), gzipSync(text.subarray(500))])],
  ];
  for (const [contentEncoding, bytes] of READ) {
    test(`Content-Encoding ${JSON.stringify(contentEncoding)}, ${bytes.length} bytes`, async () => {
      const body = await readBody(streamOf(bytes), { ...LIMITS, contentEncoding });
      assert.equal(body.equals(text), true);
    });
  }

  test("any bytes in any chunks under any two encodings arrive unchanged", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 2000 }),
        fc.array(fc.constantFrom(...Object.keys(ENCODERS)), { maxLength: 2 }),
        fc.integer({ min: 1, max: 3000 }),
        async (content, names, chunkBytes) => {
          const encoded = names.reduce<Buffer>(
            (bytes, name) => ENCODERS[name]?.(bytes) ?? bytes,
            Buffer.from(content),
          );
          const chunks = Array.from(
            { length: Math.ceil(encoded.length / chunkBytes) },
            (_, index) => encoded.subarray(index * chunkBytes, (index + 1) * chunkBytes),
          );
          const contentEncoding = names.map((name) => name.replace(" bare", "")).join(", ");
          const body = await readBody(streamOf(...chunks), { ...LIMITS, contentEncoding });
          assert.equal(body.equals(content), true);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("damaged data is read or refused, but never fails otherwise", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("gzip", "deflate", "br", "gzip, br"),
        fc.uint8Array({ maxLength: 300 }),
        fc.nat(400),
        fc.nat(255),
        async (contentEncoding, content, place, value) => {
          const encoded = contentEncoding
            .split(", ")
            .reduce<Buffer>(
              (bytes, name) => ENCODERS[name]?.(bytes) ?? bytes,
              Buffer.from(content),
            );
          const damaged = Buffer.from(
            encoded.subarray(0, Math.max(1, encoded.length - (place % 7))),
          );
          damaged[place % damaged.length] = value;
          await readBody(streamOf(damaged), { ...LIMITS, contentEncoding }).catch(
            (error: unknown) => {
              assert.ok(error instanceof AppError, String(error));
              assert.match(error.code, /^(unsupported_encoding|body_too_large)$/);
            },
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  test("a body that arrives in one piece isn't copied", async () => {
    const chunk = Buffer.from("in one piece");
    const stream = new PassThrough();
    stream.end(chunk);
    const body = await readBody(stream, LIMITS);
    assert.equal(body.buffer, chunk.buffer);
  });

  test("an empty body is empty whatever its encoding", async () => {
    for (const contentEncoding of [undefined, "gzip", "br, deflate"]) {
      assert.equal((await readBody(streamOf(), { ...LIMITS, contentEncoding })).length, 0);
    }
  });

  const zeros = Buffer.alloc(3_000_000);
  const REFUSED: readonly (readonly [
    what: string,
    stream: () => BodyStream,
    options: Partial<BodyOptions>,
    refusal: RegExp,
  ])[] = [
    [
      "a body beyond the limit",
      () => streamOf(text, text),
      { bytesMax: 1999 },
      /^body_too_large: The request body is larger than 1999 bytes\. /,
    ],
    [
      "a declared length beyond the limit",
      () => declaring("100001", new PassThrough()),
      {},
      /^body_too_large: The request body is larger than 100000 bytes\. /,
    ],
    [
      "a plain body beyond the decoded limit",
      () => streamOf(text),
      { decodedBytesMax: 999 },
      /^body_too_large: .* larger than 999 bytes\. /,
    ],
    [
      "a body that expands beyond the decoded limit",
      () => streamOf(gzipSync(text)),
      { contentEncoding: "gzip", decodedBytesMax: 999 },
      /^body_too_large: .* larger than 999 bytes after decompression\. /,
    ],
    [
      "a bomb",
      () => streamOf(gzipSync(zeros)),
      { contentEncoding: "gzip" },
      /^body_too_large: The request body decompresses to more than 100 times its size\.$/,
    ],
    [
      "a bomb in a bomb",
      () => streamOf(brotliCompressSync(gzipSync(zeros))),
      { contentEncoding: "gzip, br" },
      /^body_too_large: /,
    ],
    [
      "an unknown encoding",
      () => streamOf(text),
      { contentEncoding: "zstd" },
      /^unsupported_encoding: Content-Encoding "zstd" is not supported\. Use gzip, deflate, br or none\.$/,
    ],
    [
      "a name of every object",
      () => streamOf(text),
      { contentEncoding: "constructor" },
      /^unsupported_encoding: Content-Encoding "constructor"/,
    ],
    [
      "a long name, cut",
      () => streamOf(text),
      { contentEncoding: "z".repeat(999) },
      /^unsupported_encoding: Content-Encoding "z{64}" is not/,
    ],
    [
      "three encodings",
      () => streamOf(text),
      { contentEncoding: "gzip, gzip, br" },
      /^unsupported_encoding: Content-Encoding names 3 encodings; at most 2/,
    ],
    [
      "plain text called gzip",
      () => streamOf(text),
      { contentEncoding: "gzip" },
      /^unsupported_encoding: The request body isn't valid gzip data, as its Content-Encoding says: incorrect header check\.$/,
    ],
    [
      "half a gzip stream",
      () => streamOf(gzipSync(text).subarray(0, 15)),
      { contentEncoding: "gzip" },
      /^unsupported_encoding: .*unexpected end of file\.$/,
    ],
    [
      "half a brotli stream",
      () => streamOf(brotliCompressSync(text).subarray(0, 5)),
      { contentEncoding: "br" },
      /^unsupported_encoding: .* valid br data/,
    ],
  ];
  for (const [what, stream, options, refusal] of REFUSED) {
    test(`${what} is refused`, async () => {
      assert.match(await refusalOf(readBody(stream(), { ...LIMITS, ...options })), refusal);
    });
  }

  test("limits are inclusive", async () => {
    const exact = { ...LIMITS, bytesMax: 1000, decodedBytesMax: 1000 };
    assert.equal((await readBody(declaring("1000", streamOf(text)), exact)).length, 1000);
    const zipped = { ...exact, contentEncoding: "gzip" };
    assert.equal((await readBody(streamOf(gzipSync(text)), zipped)).length, 1000);
  });

  test("a small body may expand by any ratio, up to a mebibyte", async () => {
    const options = { ...LIMITS, contentEncoding: "br" };
    const small = brotliCompressSync(Buffer.alloc(1_048_576));
    assert.ok(small.length * 1000 < 1_048_576);
    assert.equal((await readBody(streamOf(small), options)).length, 1_048_576);
    const larger = brotliCompressSync(Buffer.alloc(1_048_577));
    assert.match(await refusalOf(readBody(streamOf(larger), options)), /^body_too_large: /);
  });

  test("an abort ends the wait with its reason", async () => {
    const reason = new Error("draining");
    const aborted = readBody(new PassThrough(), { ...LIMITS, signal: AbortSignal.abort(reason) });
    await assert.rejects(aborted, reason);
    const controller = new AbortController();
    const waiting = readBody(new PassThrough(), { ...LIMITS, signal: controller.signal });
    controller.abort(reason);
    await assert.rejects(waiting, reason);
  });

  test("a stream that is over or broken is refused", async () => {
    const cut = /^malformed_body: The connection ended before the whole request body arrived\.$/;
    const over = streamOf(text);
    await readBody(over, LIMITS);
    assert.match(await refusalOf(readBody(over, LIMITS)), cut);
    const broken = new PassThrough();
    const reading = readBody(broken, LIMITS);
    broken.write("half");
    broken.destroy(new Error("reset"));
    assert.match(await refusalOf(reading), cut);
    const closed = new PassThrough();
    const closing = readBody(closed, LIMITS);
    closed.destroy();
    assert.match(await refusalOf(closing), cut);
  });

  test("a client that goes away in the middle of a real request is noticed", async () => {
    const server = createServer();
    const outcome = once(server, "request").then(([incoming]) =>
      refusalOf(readBody(incoming, LIMITS)),
    );
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const client = httpRequest({
      port,
      host: "127.0.0.1",
      method: "POST",
      headers: { "content-length": 1000 },
    });
    client.on("error", () => undefined);
    client.write("half", () => client.destroy());
    assert.match(await outcome, /^malformed_body: The connection ended before/);
    server.close();
    await once(server, "close");
  });
});

describe("decoding text", () => {
  const utf16le = (text: string): Buffer => Buffer.from(text, "utf16le");
  const TEXTS: readonly (readonly [
    what: string,
    bytes: Buffer,
    contentType: string | undefined,
    text: string,
    notes: readonly string[],
  ])[] = [
    ["no Content-Type is UTF-8", Buffer.from("é"), undefined, "é", []],
    ["no charset is UTF-8", Buffer.from("é"), "application/json", "é", []],
    ["a charset in capitals", Buffer.from("é"), "application/json; Charset=UTF-8", "é", []],
    ["a charset in quotes", Buffer.from("é"), 'application/json;charset="utf-8"', "é", []],
    ["a UTF-8 mark is dropped", Buffer.from("\uFEFF{}"), undefined, "{}", []],
    ["Latin 1", Buffer.from([0xe9]), "text/plain; charset=iso-8859-1", "é", []],
    ["UTF-16 by its mark", utf16le("\uFEFFé"), undefined, "é", []],
    ["UTF-16 with the bytes swapped", utf16le("\uFEFFé").swap16(), undefined, "é", []],
    ["a mark goes before the charset", Buffer.from("\uFEFFé"), "x/y; charset=latin1", "é", []],
    ["UTF-16 by its charset", utf16le("é"), "x/y; charset=utf-16le", "é", []],
    ["an empty body", Buffer.alloc(0), undefined, "", []],
    [
      "an empty charset",
      Buffer.from("é"),
      'x/y; charset=""',
      "é",
      ['The charset "" is unknown; the body was read as UTF-8.'],
    ],
    [
      "an unknown charset",
      Buffer.from("é"),
      "x/y; charset=klingon",
      "é",
      ['The charset "klingon" is unknown; the body was read as UTF-8.'],
    ],
  ];
  for (const [what, bytes, contentType, text, notes] of TEXTS) {
    test(what, () => {
      assert.deepEqual(decodeText(bytes, contentType), { text, notes });
    });
  }

  const INVALID: readonly (readonly [
    what: string,
    bytes: readonly number[],
    text: string,
    at: number,
  ])[] = [
    ["a Latin 1 letter", [0x61, 0xe9, 0x62], "a\uFFFDb", 1],
    ["half a character at the end", [0x61, 0xc3], "a\uFFFD", 1],
    [
      "after a replacement character that was sent",
      [0xef, 0xbf, 0xbd, 0xc3, 0xa9, 0xff],
      "\uFFFDé\uFFFD",
      5,
    ],
    ["after a mark", [0xef, 0xbb, 0xbf, 0x61, 0x80], "a\uFFFD", 4],
    ["a surrogate", [0xed, 0xa0, 0x80], "\uFFFD\uFFFD\uFFFD", 0],
  ];
  for (const [what, bytes, text, at] of INVALID) {
    test(`invalid UTF-8, ${what}, is replaced and noted`, () => {
      assert.deepEqual(decodeText(Buffer.from(bytes), undefined), {
        text,
        notes: [
          `The body isn't valid UTF-8 (first at byte ${at}); unreadable bytes were replaced by U+FFFD. Send UTF-8, or name the charset in Content-Type.`,
        ],
      });
    });
  }

  test("other charsets note what they can't read", () => {
    assert.deepEqual(decodeText(Buffer.from([0x82]), "x/y; charset=shift_jis").notes, [
      "The body isn't valid shift_jis; unreadable bytes were replaced by U+FFFD.",
    ]);
  });

  test("any text survives, and any bytes under any Content-Type give a text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const expected = text.startsWith("\uFEFF") ? text.slice(1) : text;
        assert.deepEqual(decodeText(Buffer.from(text), undefined), { text: expected, notes: [] });
      }),
    );
    fc.assert(
      fc.property(
        fc.uint8Array(),
        fc.oneof(
          fc.string(),
          fc.constantFrom("utf-16", "gbk", "utf-7", "x-user-defined", "iso-2022-jp", "replacement"),
        ),
        (bytes, charset) => {
          assert.equal(
            typeof decodeText(Buffer.from(bytes), `x/y; charset=${charset}`).text,
            "string",
          );
        },
      ),
      { numRuns: 1000 },
    );
  });
});
