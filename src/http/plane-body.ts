/** Bodies of the query and ingestion APIs: any Content-Type or none, bounded, decompressed, JSON. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { AppError } from "../wire/index.ts";
import { decodeText, readBody } from "./request-body.ts";

/** Bounds of a body. */
export interface PlaneBodyLimits {
  readonly bytesMax: number;
  readonly decodedBytesMax: number;
}

/** Decompressed size over compressed size; repeated log records reach 50, a decompression bomb 1,000. */
const RATIO_MAX = 400;

/** Lets the handlers of a scope read the raw request; Fastify must neither parse nor refuse any Content-Type. */
export function leaveBodies(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
  scope.addHook("onRequest", async (request) => {
    contentTypes.set(request, request.headers["content-type"]);
    delete request.raw.headers["content-type"];
  });
}

const contentTypes = new WeakMap<FastifyRequest, string | undefined>();

/** The body's text. @throws AppError as `readBody` */
export async function bodyText(request: FastifyRequest, limits: PlaneBodyLimits): Promise<string> {
  const bytes = await readBody(request.raw, {
    contentEncoding: request.headers["content-encoding"],
    ratioMax: RATIO_MAX,
    ...limits,
  });
  return decodeText(bytes, contentTypes.get(request)).text;
}

/** The body as an object of JSON. @throws AppError `malformed_body`, and as `readBody` */
export async function bodyObject(
  request: FastifyRequest,
  limits: PlaneBodyLimits,
): Promise<Readonly<Record<string, unknown>>> {
  const text = await bodyText(request, limits);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "";
    throw new AppError("malformed_body", `The body is not valid JSON: ${reason}`, { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new AppError("malformed_body", "The body must be a JSON object.");
  }
  return value as Readonly<Record<string, unknown>>;
}
