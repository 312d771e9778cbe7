/**
 * Routes of the token service, as Microsoft Entra lays them out: metadata, keys, instance discovery, tokens,
 * webfinger for one old library, and the page behind `error_uri`.
 *
 * They live in a scope of their own, because they take every body as a form, whatever its Content-Type says,
 * and answer every fault in Entra's own envelope.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import {
  type Clock,
  type MetadataDocument,
  type MetadataService,
  type OriginOptions,
  requestOrigin,
  type TokenRefusal,
  type TokenService,
} from "../token/index.ts";
import {
  AppError,
  ENTRA_ERRORS,
  type EntraRefusal,
  entraErrorText,
  TOKEN_PATHS,
} from "../wire/index.ts";
import { entraErrorPage } from "./entra-error-page.ts";
import { type EntraReplyContext, sendDocument, sendRefusal, sendToken } from "./entra-replies.ts";

/** What the routes need. */
export interface TokenRouteOptions {
  readonly tokens: TokenService;
  readonly metadata: MetadataService;
  readonly origins: OriginOptions;
  readonly clock: Clock;
}

/** An assertion with a long certificate chain has about ten kilobytes. */
const TOKEN_BODY_BYTES_MAX = 65_536;

interface TenantRoute {
  readonly Params: { readonly tenant: string };
}

/** Adds the routes of the token service. */
export function registerTokenRoutes(app: FastifyInstance, options: TokenRouteOptions): void {
  void app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      "*",
      { parseAs: "string", bodyLimit: TOKEN_BODY_BYTES_MAX },
      (_request, body, parsed) => parsed(null, new URLSearchParams(String(body))),
    );
    scope.setErrorHandler((error, request, reply) => sendFault(error, request, reply, options));
    registerTokens(scope, options);
    registerDocuments(scope, options);
    registerErrorPage(scope);
    done();
  });
}

function registerTokens(scope: FastifyInstance, options: TokenRouteOptions): void {
  const routes = [
    ["v2", TOKEN_PATHS.tokenV2],
    ["v1", TOKEN_PATHS.tokenV1],
  ] as const;
  for (const [route, url] of routes) {
    scope.all<TenantRoute>(
      url,
      { onRequest: acceptAnyContentType },
      async (request, reply): Promise<FastifyReply> => {
        const context = replyContext(request, options);
        if (request.method !== "POST") {
          const refusal = refusalOf("wrong_method", { method: request.method });
          return sendRefusal(request, reply, refusal, context);
        }
        const outcome = await options.tokens.issue({
          ...targetOf(request),
          route,
          tenant: request.params.tenant,
          form: request.body instanceof URLSearchParams ? request.body : new URLSearchParams(),
          authorization: request.headers.authorization,
          address: request.ip,
        });
        if (outcome.kind === "refused") {
          logRefusal(request, outcome);
          return sendRefusal(request, reply, outcome, context);
        }
        const { tenantId, appId } = outcome.application;
        const { credential } = outcome;
        request.log.info({ tenantId, appId, credential }, "token issued");
        return sendToken(request, reply, outcome.reply);
      },
    );
  }
}

function registerDocuments(scope: FastifyInstance, options: TokenRouteOptions): void {
  const { metadata } = options;
  const answer = (
    request: FastifyRequest,
    reply: FastifyReply,
    outcome: MetadataDocument | EntraRefusal,
  ): FastifyReply =>
    outcome.kind === "document"
      ? sendDocument(request, reply, outcome.body)
      : sendRefusal(request, reply, outcome, replyContext(request, options));
  const documents = [
    [TOKEN_PATHS.metadataV2, "2.0", metadata.openIdConfiguration],
    [TOKEN_PATHS.metadataV1, "1.0", metadata.openIdConfiguration],
    [TOKEN_PATHS.keysV2, "2.0", metadata.keys],
    [TOKEN_PATHS.keysV1, "1.0", metadata.keys],
  ] as const;
  for (const [url, version, write] of documents) {
    scope.get<TenantRoute>(url, async (request, reply): Promise<FastifyReply> => {
      const { tenant } = request.params;
      return answer(request, reply, await write({ ...targetOf(request), version, tenant }));
    });
  }
  scope.get(TOKEN_PATHS.instanceDiscovery, async (request, reply): Promise<FastifyReply> => {
    const asked = {
      ...targetOf(request),
      apiVersion: queryValue(request, "api-version"),
      authorizationEndpoint: queryValue(request, "authorization_endpoint"),
    };
    return answer(request, reply, metadata.instanceDiscovery(asked));
  });
  scope.get(TOKEN_PATHS.webfinger, async (request, reply): Promise<FastifyReply> => {
    const resource = queryValue(request, "resource");
    return answer(request, reply, metadata.webfinger(targetOf(request), resource));
  });
}

function registerErrorPage(scope: FastifyInstance): void {
  scope.get(TOKEN_PATHS.error, async (request, reply): Promise<FastifyReply> => {
    const page = entraErrorPage(queryValue(request, "code") ?? "");
    reply.headers({
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
      "x-content-type-options": "nosniff",
    });
    return page === undefined
      ? reply.code(404).type("text/plain; charset=utf-8").send("This server sends no such code.\n")
      : reply.type("text/html; charset=utf-8").send(page);
  });
}

/** Fastify refuses a Content-Type that isn't well-formed; Entra reads the body as a form in any case. */
async function acceptAnyContentType(request: FastifyRequest): Promise<void> {
  delete request.raw.headers["content-type"];
}

function sendFault(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  options: TokenRouteOptions,
): FastifyReply {
  const refusal = refusalOfFault(thrown);
  if (ENTRA_ERRORS[refusal.id].error === "invalid_request") {
    logRefusal(request, refusal);
  } else {
    request.log.error({ err: thrown }, "token request failed");
  }
  return sendRefusal(request, reply, refusal, replyContext(request, options));
}

/** Failures of the service, and the framework's own refusals of requests it can't read. */
function refusalOfFault(thrown: unknown): EntraRefusal {
  const status = (thrown as { statusCode?: unknown } | null)?.statusCode;
  if (status === 413) {
    return refusalOf("body_too_large", { bytesMax: String(TOKEN_BODY_BYTES_MAX) });
  }
  if (typeof status === "number" && status >= 400 && status < 500) {
    return refusalOf("malformed_request", { reason: "The request can't be read." });
  }
  return refusalOf(thrown instanceof AppError ? "unavailable" : "internal", {});
}

function logRefusal(request: FastifyRequest, refusal: TokenRefusal): void {
  const { error, code } = ENTRA_ERRORS[refusal.id];
  request.log.warn(
    { remote: request.ip, error, code, reason: entraErrorText(refusal) },
    "token refused",
  );
}

function refusalOf(id: EntraRefusal["id"], values: Readonly<Record<string, string>>): EntraRefusal {
  return { kind: "refused", id, values };
}

function targetOf(request: FastifyRequest): { protocol: "http" | "https"; host: string } {
  return { protocol: request.protocol === "https" ? "https" : "http", host: request.host };
}

function replyContext(request: FastifyRequest, options: TokenRouteOptions): EntraReplyContext {
  return { now: options.clock(), origin: requestOrigin(targetOf(request), options.origins) };
}

/** The first value of a query parameter. */
function queryValue(request: FastifyRequest, name: string): string | undefined {
  const value = (request.query as Readonly<Record<string, unknown>>)[name];
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === "string" ? first : undefined;
}
