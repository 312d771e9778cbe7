/**
 * Answers that are compressed for whoever takes it: JSON of many rows shrinks to a tenth. Not those that carry
 * secrets: next to text that somebody else chooses, their length would tell something about them.
 */

import { constants } from "node:zlib";
import fastifyCompress, { type FastifyCompressRouteOptions } from "@fastify/compress";
import type { FastifyInstance } from "fastify";

/** Shorter answers fit into one packet anyway. */
const COMPRESSED_BYTES_MIN = 1_400;

/** The level that costs least processor time for its size. */
const BROTLI_QUALITY = 4;
const GZIP_LEVEL = 4;

/** What a route says that takes it. */
export const COMPRESSION: Exclude<FastifyCompressRouteOptions["compress"], false | undefined> = {
  threshold: COMPRESSED_BYTES_MIN,
  encodings: ["br", "gzip", "identity"],
  brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } },
  zlibOptions: { level: GZIP_LEVEL },
};

/** Adds routes that may take it, in a scope of their own. */
export function withCompression(
  app: FastifyInstance,
  addRoutes: (scope: FastifyInstance) => void,
): void {
  void app.register((outer, _options, outerDone) => {
    void outer.register(fastifyCompress, { global: false });
    // The plugin sees the routes that are added once it is loaded.
    void outer.register((scope, _inner, done) => {
      addRoutes(scope);
      done();
    });
    outerDone();
  });
}
