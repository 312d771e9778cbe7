/**
 * The HTTP server: one Fastify instance that carries every route, request ids, the log line of each refusal,
 * and the replies to errors. It listens nowhere; the composition root binds it to sockets.
 */

import { randomUUID } from "node:crypto";
import type { RequestListener, Server } from "node:http";
import fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from "fastify";
import type { Logger } from "pino";
import type { RequestTarget } from "../token/index.ts";
import { AppError } from "../wire/index.ts";
import {
  armManagementReply,
  type ErrorContext,
  type ErrorReply,
  problemReply,
  signInErrorReply,
  uploadErrorReply,
} from "./error-table.ts";
import { ingestionErrorReply, queryErrorReply } from "./query-errors.ts";

export interface HttpServerOptions {
  /** Makes the socket server; Fastify sets no bounds on it, so its maker does. */
  readonly serverFactory: (handler: RequestListener) => Server;
  readonly log: Logger;
  readonly noRoleStatus: 401 | 403;
  readonly errorStyle: "service" | "arm";
  /** Origin that a challenge names for a request, by a Host that is allowed. */
  readonly originOf: (target: RequestTarget) => string;
}

/** Prefix of our own API. */
const OWN_API_PREFIX = "/api/";

/** Each family of API answers errors in its own shape; what has no prefix here answers as the upload API. */
const ERROR_FAMILIES: readonly (readonly [
  prefix: string,
  reply: (error: AppError, context: ErrorContext) => ErrorReply,
])[] = [
  [OWN_API_PREFIX, problemReply],
  ["/sign-in", signInErrorReply],
  ["/subscriptions/", armManagementReply],
  ["/v1/", queryErrorReply],
  ["/datacollectionrules/", ingestionErrorReply],
];

type ErrorFamily = (typeof ERROR_FAMILIES)[number][1];

/** Families of routes whose prefix others have, too; such a route names its family. */
const ROUTE_FAMILIES: Readonly<Record<string, ErrorFamily>> = {
  query: queryErrorReply,
  ingestion: ingestionErrorReply,
};

/** Longest request target; longer ones are refused by the parser of Node (431). */
const PATH_PARAMETER_LENGTH_MAX = 512;

/** Header that names the request in every answer, as Azure's services spell it. */
const REQUEST_ID_HEADER = "x-ms-request-id";

/** Makes the server without routes. */
export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const app = fastify({
    serverFactory: options.serverFactory,
    loggerInstance: options.log,
    // Refusals and uploads have log lines of their own; the framework's would repeat them.
    logController: new LogController({
      disableRequestLogging: true,
      requestIdLogLabel: "requestId",
    }),
    genReqId: () => randomUUID(),
    // A request on a connection that was open before the drain began is still answered.
    return503OnClosing: false,
    routerOptions: {
      caseSensitive: false,
      ignoreTrailingSlash: true,
      // Azure's clients put a resource path, which begins with a slash, behind another one.
      ignoreDuplicateSlashes: true,
      maxParamLength: PATH_PARAMETER_LENGTH_MAX,
    },
    rewriteUrl: (request) => withPlainColons(request.url ?? "/"),
    frameworkErrors: (_error, request, reply) => {
      const error = new AppError(
        "route_not_found",
        "Resource not found. The path is not well-formed.",
      );
      sendError(request as FastifyRequest, reply as FastifyReply, error, options);
    },
  }) as unknown as FastifyInstance;
  app.addHook("onRequest", async (request, reply) => {
    reply.header(REQUEST_ID_HEADER, request.id);
    const clientId = request.headers["x-ms-client-request-id"];
    if (typeof clientId === "string" && /^[\x21-\x7e]{1,128}$/.test(clientId)) {
      reply.header("x-ms-client-request-id", clientId);
    }
  });
  app.setErrorHandler((error, request, reply) => sendError(request, reply, error, options));
  app.setNotFoundHandler((request, reply) => {
    sendError(request, reply, new AppError("route_not_found", unknownPathText(request)), options);
  });
  return app;
}

/** Some clients escape the colon of `:upload`, which the router compares before it unescapes. */
function withPlainColons(url: string): string {
  const pathEnd = url.indexOf("?") < 0 ? url.length : url.indexOf("?");
  return url.slice(0, pathEnd).replaceAll(/%3a/gi, ":") + url.slice(pathEnd);
}

function unknownPathText(request: FastifyRequest): string {
  const path = request.url.split("?", 1)[0] ?? "";
  return path.includes("upload") && !path.startsWith(OWN_API_PREFIX)
    ? "Resource not found. To upload STIX objects, POST to /workspaces/{workspaceId}/threat-intelligence-stix-objects:upload?api-version=2024-02-01-preview."
    : "Resource not found";
}

/** Answers a request with an error and logs why; whatever is no refusal is a fault of ours. */
function sendError(
  request: FastifyRequest,
  reply: FastifyReply,
  thrown: unknown,
  options: Pick<HttpServerOptions, "noRoleStatus" | "errorStyle" | "originOf">,
): FastifyReply {
  const error = asAppError(thrown);
  const context: ErrorContext = {
    requestId: request.id,
    origin: options.originOf({ protocol: request.protocol, host: request.host }),
    noRoleStatus: options.noRoleStatus,
    errorStyle: options.errorStyle,
  };
  const path = request.url.toLowerCase();
  const { errors } = request.routeOptions.config as { readonly errors?: string };
  const family =
    ROUTE_FAMILIES[errors ?? ""] ?? ERROR_FAMILIES.find(([prefix]) => path.startsWith(prefix))?.[1];
  const answer: ErrorReply = (family ?? uploadErrorReply)(error, context);
  logRefusal(request, answer.status, error);
  for (const [name, value] of Object.entries(answer.headers)) {
    reply.header(name, value);
  }
  return reply.code(answer.status).send(answer.body);
}

function asAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) {
    return thrown;
  }
  const status = (thrown as { statusCode?: unknown } | null)?.statusCode;
  if (typeof status === "number" && status >= 400 && status < 500) {
    // The framework's own refusal, such as a Content-Length that is no number.
    const message = thrown instanceof Error ? thrown.message : "The request is not well-formed.";
    return new AppError(status === 413 ? "body_too_large" : "invalid_request", message, {
      cause: thrown,
    });
  }
  return new AppError("internal", "Internal server error", { cause: thrown });
}

function logRefusal(request: FastifyRequest, status: number, error: AppError): void {
  const facts = {
    method: request.method,
    path: request.url.split("?", 1)[0],
    remote: request.ip,
    status,
    code: error.code,
    reason: error.message,
    ...(error.detail === undefined ? {} : { detail: error.detail }),
  };
  if (status >= 500) {
    request.log.error({ ...facts, err: error.cause ?? error }, "request failed");
  } else {
    request.log.warn(facts, "request refused");
  }
}
