/**
 * What a route of our own API says of itself. From this one table routes are registered, callers are authorised,
 * bodies are checked, and the OpenAPI description and the authorisation tests are made.
 */
import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import type { Static, TObject, TSchema } from "typebox";
import type { Workspace } from "../../store/index.ts";
import { AppError } from "../../wire/index.ts";
import type { Caller } from "../caller.ts";

/**
 * Who may call: everybody, whoever has signed in, who has a role that allows an action on the workspace of the path,
 * or who has such a role on the whole tenant.
 */
export type ApiAccess =
  | { readonly kind: "public" }
  | { readonly kind: "signed-in" }
  | { readonly kind: "workspace"; readonly action: string }
  | { readonly kind: "tenant"; readonly action: string };

/** A call that was let in and understood. */
export interface ApiCall<Query = unknown, Body = unknown> {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
  /** The stream of the body where the route reads it itself. */
  readonly stream: Readable;
  readonly headers: IncomingHttpHeaders;
  /** How the request came; cookies are named by it. */
  readonly protocol: "http" | "https";
  /** Path and query as they were asked for. */
  readonly url: string;
  /** Origin under which the caller reached us, such as `https://127.0.0.1:8443`. */
  readonly origin: string;
  readonly requestId: string;
  /** Aborted when the caller goes away. */
  readonly signal: AbortSignal;
  readonly callerOrNull: Caller | null;
  readonly workspaceOrNull: Workspace | null;
  /** @throws AppError `internal` on a route that is public */
  readonly caller: Caller;
  /** @throws AppError `internal` on a route without a workspace */
  readonly workspace: Workspace;
}

/** The answer of a route. */
export interface ApiReply {
  readonly status: 200 | 201 | 202 | 204 | 302;
  /** JSON; nothing with 204. */
  readonly body?: unknown;
  /** Sent as it is, with `content-type` among the headers. */
  readonly stream?: Readable | string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

/** A route as it is registered. */
export interface ApiRoute {
  readonly method: "DELETE" | "GET" | "PATCH" | "POST" | "PUT";
  /** Such as `/api/v1/workspaces/{workspaceId}/views/{name}`. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  /** More, in Markdown, where the summary does not say it all. */
  readonly description?: string;
  /** Heading under which the description lists it. */
  readonly tag: string;
  readonly access: ApiAccess;
  readonly query?: TObject;
  readonly body?: TSchema;
  /** The body is no JSON and is read by the route: its content types. */
  readonly streamedBody?: readonly string[];
  /** Largest body, in bytes; `API_BODY_BYTES_MAX` when left out. */
  readonly bodyBytesMax?: number;
  readonly replies: Readonly<Partial<Record<ApiReply["status"], ReplyDescription>>>;
  readonly handle: (call: ApiCall) => Promise<ApiReply>;
}

/** What a status means, and the shape of its body. */
export interface ReplyDescription {
  readonly description: string;
  /** JSON when given; else there is no body, or one of another type. */
  readonly schema?: TSchema;
  readonly contentType?: string;
}

/** A route whose handler knows the types of its query and body. */
export function route<Query extends TObject, Body extends TSchema>(
  spec: Omit<ApiRoute, "query" | "body" | "handle"> & {
    readonly query?: Query;
    readonly body?: Body;
    readonly handle: (call: ApiCall<Static<Query>, Static<Body>>) => Promise<ApiReply>;
  },
): ApiRoute {
  return spec as unknown as ApiRoute;
}

/** A reply with a body. */
export function ok(body: unknown, headers?: ApiReply["headers"]): ApiReply {
  return { status: 200, body, ...(headers === undefined ? {} : { headers }) };
}

/** A reply without one. */
export const NO_CONTENT: ApiReply = { status: 204 };

/** The revision that `If-Match` names; undefined without one or with `*`. @throws AppError `invalid_request` */
export function ifMatchOf(headers: ApiCall["headers"]): number | undefined {
  const header = headers["if-match"];
  if (header === undefined || header === "*") {
    return undefined;
  }
  const digits = /^(?:W\/)?"?(\d{1,15})"?$/.exec(String(header))?.[1];
  if (digits === undefined) {
    throw new AppError("invalid_request", "If-Match must be an ETag that this server has sent.", {
      field: "If-Match",
    });
  }
  return Number(digits);
}
