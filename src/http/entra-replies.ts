/**
 * Replies of the token service: statuses, headers and bodies as Microsoft Entra sends them. The one place
 * that turns a kind of refusal into a status.
 */
import { randomUUID } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import {
  ENTRA_ERRORS,
  type EntraErrorId,
  type EntraErrorName,
  type EntraRefusal,
  entraErrorBody,
  isGuid,
} from "../wire/index.ts";

const JSON_TYPE = "application/json; charset=utf-8";

/** Headers of every reply about tokens. */
const TOKEN_HEADERS: Readonly<Record<string, string>> = {
  "cache-control": "no-store, no-cache",
  pragma: "no-cache",
  expires: "-1",
  "x-content-type-options": "nosniff",
  "content-type": JSON_TYPE,
};

/** Headers of documents, which clients may keep for a day. */
const DOCUMENT_HEADERS: Readonly<Record<string, string>> = {
  "cache-control": "max-age=86400, private",
  "access-control-allow-origin": "*",
  "x-content-type-options": "nosniff",
  "content-type": JSON_TYPE,
};

const STATUS_OF_ERROR: Readonly<Record<EntraErrorName, number>> = {
  invalid_client: 401,
  invalid_grant: 400,
  invalid_instance: 400,
  invalid_request: 400,
  invalid_resource: 400,
  invalid_scope: 400,
  invalid_tenant: 400,
  server_error: 500,
  temporarily_unavailable: 503,
  unauthorized_client: 400,
  unsupported_grant_type: 400,
};

/** Refusals whose status isn't that of their `error`. */
const STATUS_OF_REFUSAL: Partial<Readonly<Record<EntraErrorId, number>>> = {
  body_too_large: 413,
  too_many_failures: 429,
};

/** Browsers would apply the rule to every port of these, the plain one for people included. */
const LOOPBACK_HOST = /^(?:localhost|127\.|\[::1\])/i;

/** What a reply is written with. */
export interface EntraReplyContext {
  readonly now: Date;
  /** Origin of this server as the client sees it. */
  readonly origin: string;
}

/** Sends a token. */
export function sendToken(
  request: FastifyRequest,
  reply: FastifyReply,
  body: object,
): FastifyReply {
  return sendBody(request, reply.headers(TOKEN_HEADERS), body);
}

/** Sends a document. */
export function sendDocument(
  request: FastifyRequest,
  reply: FastifyReply,
  body: object,
): FastifyReply {
  return sendBody(request, reply.headers(DOCUMENT_HEADERS), body);
}

function sendBody(request: FastifyRequest, reply: FastifyReply, body: object): FastifyReply {
  return reply
    .code(200)
    .headers({ ...transportHeaders(request), "x-ms-request-id": traceId(request) })
    .send(JSON.stringify(body));
}

/** Sends a refusal; its `trace_id` is the id by which the log names the request. */
export function sendRefusal(
  request: FastifyRequest,
  reply: FastifyReply,
  refusal: EntraRefusal & { readonly retryAfterSeconds?: number },
  { now, origin }: EntraReplyContext,
): FastifyReply {
  const trace = traceId(request);
  const body = entraErrorBody(refusal, {
    now,
    origin,
    traceId: trace,
    correlationId: correlationId(request),
  });
  const wait = refusal.retryAfterSeconds;
  return reply
    .code(statusOf(refusal.id))
    .headers({
      ...TOKEN_HEADERS,
      ...transportHeaders(request),
      "x-ms-request-id": trace,
      ...(wait === undefined ? {} : { "retry-after": String(wait) }),
      ...(refusal.id === "wrong_method" ? { allow: "POST" } : {}),
    })
    .send(JSON.stringify(body));
}

/** The status of a kind of refusal. */
function statusOf(id: EntraErrorId): number {
  return STATUS_OF_REFUSAL[id] ?? STATUS_OF_ERROR[ENTRA_ERRORS[id].error];
}

function transportHeaders(request: FastifyRequest): Readonly<Record<string, string>> {
  const isPublic = request.protocol === "https" && !LOOPBACK_HOST.test(request.host);
  return isPublic ? { "strict-transport-security": "max-age=31536000; includeSubDomains" } : {};
}

/** The request's own id when it is a GUID, as Entra's are; one per request. */
function traceId(request: FastifyRequest): string {
  const known = traceIds.get(request);
  if (known !== undefined) {
    return known;
  }
  const id = isGuid(request.id) ? request.id : randomUUID();
  traceIds.set(request, id);
  return id;
}

const traceIds = new WeakMap<FastifyRequest, string>();

/** The client's own id for the request, from wherever it put it. */
function correlationId(request: FastifyRequest): string {
  const name = "client-request-id";
  const form = request.body instanceof URLSearchParams ? request.body.get(name) : null;
  const query = (request.query as Readonly<Record<string, unknown>> | undefined)?.[name];
  const candidates = [form, query, request.headers[name]];
  const given = candidates.find((value) => typeof value === "string" && isGuid(value));
  return typeof given === "string" ? given : randomUUID();
}
