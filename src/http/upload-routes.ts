/**
 * Routes of the upload API, three generations of it. They read the body themselves: shipping clients send
 * any Content-Type or none, and the order of refusals (401, 404, role, 429, 400) wants the body last.
 */

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { UploadContext, UploadResult, Uploads } from "../ingest/index.ts";
import { uploadPathOf } from "../ingest/index.ts";
import type { Principal } from "../token/index.ts";
import { AppError, GENERATIONS, type Generation, type RecordError } from "../wire/index.ts";
import { decodeText, readBody } from "./request-body.ts";

export interface UploadRouteOptions {
  readonly uploads: Uploads;
  /** @throws AppError `unauthorized`, `wrong_audience` */
  readonly authenticate: (request: FastifyRequest) => Promise<Principal>;
  readonly successBody: Readonly<Record<Generation, "empty" | "errors">>;
  readonly allInvalidStatus: Readonly<Record<Generation, 200 | 400>>;
  readonly alsoEmitValidationErrorMessages: boolean;
  readonly pathAliases: boolean;
  readonly bodyBytesMax: number;
  readonly decodedBytesMax: number;
  /** Bytes of bodies held at one time. */
  readonly bodiesInFlightBytesMax: number;
  /** Told of requests that were refused before anything was known of them but where they went. */
  readonly onTurnedAway?: (refused: TurnedAwayRequest) => void;
}

/** A request that was not let in, and so leaves no receipt. */
export interface TurnedAwayRequest {
  /** As it stands in the path. */
  readonly workspaceId: string;
  readonly code: string;
  readonly message: string;
  /** Null where no token could be trusted. */
  readonly appId: string | null;
  readonly userAgent: string;
}

/** Header that says up to where a reader must wait to find what this request brought. */
const SEQUENCE_HEADER = "x-stixgate-sequence";

/** Decompressed size over compressed size; JSON of the field reaches 20, a decompression bomb 1,000. */
const DECOMPRESSION_RATIO_MAX = 200;

const API_VERSION_LENGTH_MAX = 64;
const USER_AGENT_LENGTH_MAX = 256;
const EVERY_OTHER_METHOD = ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;

/** Adds the upload routes. */
export function registerUploadRoutes(app: FastifyInstance, options: UploadRouteOptions): void {
  void app.register((scope, _options, done) => {
    // The handler reads the raw request; Fastify must neither parse nor refuse any Content-Type.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
    const bodies = createBodyBudget(options.bodiesInFlightBytesMax);
    for (const generation of Object.keys(GENERATIONS) as Generation[]) {
      const { path, aliases } = GENERATIONS[generation];
      const refuseMethod = async (): Promise<never> => {
        throw new AppError(
          "method_not_allowed",
          `Resource not found. Use POST ${uploadPathOf(generation)}.`,
        );
      };
      for (const spelling of [path, ...(options.pathAliases ? aliases : [])]) {
        const url = spelling.replaceAll(/:(?!workspaceId\b)/g, "::");
        const handle = (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
          handleUpload(request, reply, { ...options, generation, bodies });
        scope.post(url, { onRequest: forgetContentType }, handle);
        scope.route({
          method: [...EVERY_OTHER_METHOD],
          url,
          onRequest: forgetContentType,
          handler: refuseMethod,
        });
      }
    }
    done();
  });
}

/** Keeps the Content-Type for us and hides it from Fastify, which refuses what it cannot read (415). */
async function forgetContentType(request: FastifyRequest): Promise<void> {
  contentTypes.set(request, request.headers["content-type"]);
  delete request.raw.headers["content-type"];
}

const contentTypes = new WeakMap<FastifyRequest, string | undefined>();

interface HandleOptions extends UploadRouteOptions {
  readonly generation: Generation;
  readonly bodies: BodyBudget;
}

async function handleUpload(
  request: FastifyRequest,
  reply: FastifyReply,
  options: HandleOptions,
): Promise<FastifyReply> {
  const startMs = performance.now();
  const context = await admitted(request, options);
  try {
    const result = await options.bodies.hold(
      expectedBytes(request, options.decodedBytesMax),
      async () => {
        const bytes = await readBody(request.raw, {
          contentEncoding: request.headers["content-encoding"],
          bytesMax: options.bodyBytesMax,
          decodedBytesMax: options.decodedBytesMax,
          ratioMax: DECOMPRESSION_RATIO_MAX,
        });
        const { text, notes } = decodeText(bytes, contentTypes.get(request));
        return options.uploads.accept(context, text, notes);
      },
    );
    logUpload(request, context, result, performance.now() - startMs);
    return sendResult(reply, result, options);
  } catch (error) {
    if (error instanceof AppError && LEAVES_RECEIPT.has(error.code)) {
      await options.uploads.keepRefusal(context, error);
    }
    throw error;
  }
}

/** Who sends, and whether it may: a refusal is told to those who watch. */
async function admitted(request: FastifyRequest, options: HandleOptions): Promise<UploadContext> {
  let principal: Principal | undefined;
  try {
    principal = await options.authenticate(request);
    const context = contextOf(request, principal, options.generation);
    await options.uploads.admit(context);
    return context;
  } catch (error) {
    if (error instanceof AppError && TURNED_AWAY.has(error.code)) {
      const { workspaceId = "" } = request.params as { workspaceId?: string };
      options.onTurnedAway?.({
        workspaceId,
        code: error.code,
        message: error.message,
        appId: principal?.appId ?? null,
        userAgent: (request.headers["user-agent"] ?? "").slice(0, USER_AGENT_LENGTH_MAX),
      });
    }
    throw error;
  }
}

/** Refusals of callers that are not known, or not known here. */
const TURNED_AWAY: ReadonlySet<string> = new Set(["unauthorized", "wrong_audience", "no_role"]);

/** Refusals that are the fault of what was sent; the others are ours, and the store may be their cause. */
const LEAVES_RECEIPT: ReadonlySet<string> = new Set([
  "malformed_body",
  "invalid_request",
  "body_too_large",
  "unsupported_encoding",
]);

function contextOf(
  request: FastifyRequest,
  principal: Principal,
  generation: Generation,
): UploadContext {
  const { workspaceId = "" } = request.params as { workspaceId?: string };
  const apiVersion = (request.query as Readonly<Record<string, unknown>>)["api-version"];
  const userAgent = request.headers["user-agent"] ?? "";
  return {
    requestId: request.id,
    generation,
    apiVersion: typeof apiVersion === "string" ? apiVersion.slice(0, API_VERSION_LENGTH_MAX) : "",
    workspaceId,
    principal,
    userAgent: userAgent.slice(0, USER_AGENT_LENGTH_MAX),
    headers: keptHeaders(request),
  };
}

/** Headers that explain how a client sends; a token or a cookie is none of them. */
const KEPT_HEADERS = [
  "content-type",
  "content-length",
  "content-encoding",
  "transfer-encoding",
  "accept",
  "accept-encoding",
  "x-ms-client-request-id",
  "traceparent",
] as const;

const KEPT_HEADER_LENGTH_MAX = 200;

function keptHeaders(request: FastifyRequest): Readonly<Record<string, string>> {
  const sent: Readonly<Record<string, unknown>> = {
    ...request.headers,
    "content-type": contentTypes.get(request),
  };
  return Object.fromEntries(
    KEPT_HEADERS.flatMap((name) => {
      const value = sent[name];
      return value === undefined ? [] : [[name, String(value).slice(0, KEPT_HEADER_LENGTH_MAX)]];
    }),
  );
}

/** Bytes that a request will probably hold; a packed body grows by about what JSON of feeds is packed. */
function expectedBytes(request: FastifyRequest, decodedBytesMax: number): number {
  const length = Number(request.headers["content-length"]);
  const declared = Number.isSafeInteger(length) && length > 0 ? length : UNDECLARED_BODY_BYTES;
  const isPacked = request.headers["content-encoding"] !== undefined;
  return isPacked ? Math.min(declared * PACKED_GROWTH, decodedBytesMax) : declared;
}

/** What a body without Content-Length counts for: a hundred objects of ordinary size. */
const UNDECLARED_BODY_BYTES = 256 * 1024;

/** gzip makes feeds of indicators eight to twelve times smaller. */
const PACKED_GROWTH = 10;

/** Bounds the bytes of bodies that are held at one time. */
interface BodyBudget {
  readonly hold: <T>(bytes: number, work: () => Promise<T>) => Promise<T>;
}

function createBodyBudget(bytesMax: number): BodyBudget {
  let heldBytes = 0;
  return {
    async hold(bytes, work) {
      if (heldBytes > 0 && heldBytes + bytes > bytesMax) {
        throw new AppError(
          "overloaded",
          "The server holds too many request bodies. Try again later.",
        );
      }
      heldBytes += bytes;
      try {
        return await work();
      } finally {
        heldBytes -= bytes;
      }
    },
  };
}

function sendResult(
  reply: FastifyReply,
  result: UploadResult,
  options: HandleOptions,
): FastifyReply {
  const { generation } = options;
  reply.header(SEQUENCE_HEADER, String(result.sequence));
  reply.code(result.outcome === "rejected" ? options.allInvalidStatus[generation] : 200);
  if (result.errors.length === 0 && options.successBody[generation] === "empty") {
    return reply.header("content-length", "0").send();
  }
  const errors = options.alsoEmitValidationErrorMessages
    ? result.errors.map(withSwaggerName)
    : result.errors;
  return reply.type("application/json; charset=utf-8").send(JSON.stringify({ errors }));
}

function withSwaggerName(error: RecordError): RecordError {
  return { ...error, validationErrorMessages: error.errorMessages };
}

function logUpload(
  request: FastifyRequest,
  context: UploadContext,
  result: UploadResult,
  durationMs: number,
): void {
  request.log.info(
    {
      workspaceId: context.workspaceId,
      generation: context.generation,
      appId: context.principal.appId,
      outcome: result.outcome,
      received: result.received,
      rejected: result.errors.length,
      durationMs: Math.round(durationMs * 10) / 10,
    },
    "upload",
  );
}
