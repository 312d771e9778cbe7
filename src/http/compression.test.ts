/** Goal: long answers are compressed in the way that the caller takes, short ones and other routes never. */
import assert from "node:assert/strict";
import test from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import Fastify from "fastify";
import { COMPRESSION, withCompression } from "./compression.ts";

const LONG = JSON.stringify({ value: "row ".repeat(1_000) });

const CASES = [
  { url: "/long", accept: "gzip", encoding: "gzip", read: gunzipSync, body: LONG },
  { url: "/long", accept: "gzip, br", encoding: "br", read: brotliDecompressSync, body: LONG },
  { url: "/long", accept: "identity", encoding: undefined, read: Buffer.from, body: LONG },
  { url: "/long", accept: undefined, encoding: undefined, read: Buffer.from, body: LONG },
  { url: "/short", accept: "gzip", encoding: undefined, read: Buffer.from, body: "{}" },
  { url: "/secret", accept: "gzip", encoding: undefined, read: Buffer.from, body: LONG },
] as const;

test("compressed answers", async (context) => {
  const app = Fastify();
  context.after(() => app.close());
  withCompression(app, (scope) => {
    const answer = (body: string) => ({
      handler: (
        _request: unknown,
        reply: { type: (type: string) => { send: (b: string) => unknown } },
      ) => reply.type("application/json; charset=utf-8").send(body),
    });
    scope.route({ method: "GET", url: "/long", compress: COMPRESSION, ...answer(LONG) });
    scope.route({ method: "GET", url: "/short", compress: COMPRESSION, ...answer("{}") });
    scope.route({ method: "GET", url: "/secret", compress: false, ...answer(LONG) });
  });
  for (const { url, accept, encoding, read, body } of CASES) {
    const headers = accept === undefined ? {} : { "accept-encoding": accept };
    const { headers: answered, rawPayload } = await app.inject({ url, headers });
    assert.equal(answered["content-encoding"], encoding, `${url} ${accept}`);
    assert.equal(read(rawPayload).toString("utf8"), body, `${url} ${accept}`);
  }
});
