/**
 * A hand-written stand-in for the token service and the upload API, for tests of clients: it answers with
 * the statuses, headers and texts of the real ones, keeps a ledger of what it acknowledged, and can be told
 * to fail.
 */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";

/** An upload as it arrived. */
export interface ReceivedUpload {
  readonly authorization: string;
  readonly contentType: string;
  readonly userAgent: string;
  readonly url: string;
  readonly sourcesystem: string;
  readonly objects: readonly Readonly<Record<string, unknown>>[];
  /** Count of uploads before this one. */
  readonly place: number;
}

/** An answer; `drop` closes the connection without one, and `stall` never answers. */
export interface FakeReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly drop?: true;
  readonly stall?: true;
  /** Acknowledges the objects although the answer is an error or none. */
  readonly stored?: true;
}

export interface FakeServiceOptions {
  /** Decides over one upload; undefined accepts it. */
  readonly onUpload?:
    | ((upload: ReceivedUpload) => FakeReply | undefined | Promise<FakeReply | undefined>)
    | undefined;
  /** Decides over one token request; undefined gives a token. */
  readonly onToken?: (form: URLSearchParams, place: number) => FakeReply | undefined;
  /** Answers to GET, by path with query. */
  readonly documents?: Readonly<Record<string, unknown>>;
  readonly clientSecret?: string;
  readonly tokenLifetimeSeconds?: number;
  /** PEM; without it the service speaks http. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

export interface FakeService {
  readonly endpoint: string;
  readonly uploads: readonly ReceivedUpload[];
  readonly tokenForms: readonly URLSearchParams[];
  /** How often each id was acknowledged. */
  readonly ledger: ReadonlyMap<string, number>;
  /** Tokens that are no longer taken. */
  readonly refusedTokens: Set<string>;
  close(): Promise<void>;
}

/** Texts of the real service (Upload API, "Process the response message"; observed bodies). */
export const THROTTLED = (seconds: number): FakeReply => ({
  status: 429,
  headers: { "content-type": "application/json", "retry-after": String(seconds) },
  body: `{ "statusCode": 429, "message": "Rate limit is exceeded. Try again in ${seconds} seconds." }`,
});

export const UNAUTHORIZED: FakeReply = {
  status: 401,
  headers: { "content-type": "application/json" },
  body: '{ "statusCode": 401, "message": "Unauthorized. Access token is missing or invalid." }',
};

export const SERVER_ERROR: FakeReply = {
  status: 500,
  headers: { "content-type": "application/json" },
  body: '{ "statusCode": 500, "message": "Internal server error", "activityId": "3423a016-8bd4-4116-a214-88de2e285704" }',
};

/** The documented answer that rejects some records. */
export function rejecting(indexes: readonly number[], status = 200): FakeReply {
  const errors = indexes.map((recordIndex) => ({
    recordIndex,
    errorMessages: ["Error for Property=id: Required property is missing. Actual value: NULL."],
  }));
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8" },
    body: JSON.stringify({ errors }),
  };
}

export const CLIENT_SECRET = "a-secret-of-the-tests";

/** Starts a service on a free loopback port. */
export async function startFakeService(options: FakeServiceOptions = {}): Promise<FakeService> {
  const uploads: ReceivedUpload[] = [];
  const tokenForms: URLSearchParams[] = [];
  const ledger = new Map<string, number>();
  const refusedTokens = new Set<string>();

  function acknowledge(upload: ReceivedUpload, reply: FakeReply): void {
    const body = reply.body === undefined ? undefined : (JSON.parse(reply.body) as unknown);
    const errors = (body as { errors?: { recordIndex: number }[] } | undefined)?.errors ?? [];
    const rejected = new Set(errors.map(({ recordIndex }) => recordIndex));
    for (const [place, object] of upload.objects.entries()) {
      const id = String(object["id"]);
      if (!rejected.has(place)) {
        ledger.set(id, (ledger.get(id) ?? 0) + 1);
      }
    }
  }

  async function answerUpload(request: IncomingMessage, text: string): Promise<FakeReply> {
    const authorization = request.headers.authorization ?? "";
    if (refusedTokens.has(authorization.replace("Bearer ", "")) || authorization === "") {
      return UNAUTHORIZED;
    }
    const body = JSON.parse(text) as {
      sourcesystem: string;
      stixobjects: ReceivedUpload["objects"];
    };
    const upload: ReceivedUpload = {
      authorization,
      contentType: request.headers["content-type"] ?? "",
      userAgent: request.headers["user-agent"] ?? "",
      url: request.url ?? "",
      sourcesystem: body.sourcesystem,
      objects: body.stixobjects,
      place: uploads.length,
    };
    uploads.push(upload);
    const reply = (await options.onUpload?.(upload)) ?? { status: 200 };
    if (reply.stored || (reply.status === 200 && !reply.drop && !reply.stall)) {
      acknowledge(upload, reply);
    }
    return reply;
  }

  function answerToken(text: string): FakeReply {
    const form = new URLSearchParams(text);
    tokenForms.push(form);
    const told = options.onToken?.(form, tokenForms.length - 1);
    if (told !== undefined) {
      return told;
    }
    const secret = form.get("client_secret");
    if (secret !== null && secret !== (options.clientSecret ?? CLIENT_SECRET)) {
      return wrongSecret(form.get("client_id") ?? "");
    }
    const expires = options.tokenLifetimeSeconds ?? 3599;
    return {
      status: 200,
      headers: { "content-type": "application/json; charset=utf-8" },
      body: JSON.stringify({
        token_type: "Bearer",
        expires_in: expires,
        ext_expires_in: expires,
        access_token: `token-${tokenForms.length}`,
      }),
    };
  }

  async function answer(request: IncomingMessage, text: string): Promise<FakeReply> {
    const url = request.url ?? "";
    if (request.method === "POST" && /\/oauth2\/(?:v2\.0\/)?token$/.test(url)) {
      return answerToken(text);
    }
    if (request.method === "POST" && url.includes("threat-intelligence-stix-objects:upload")) {
      return answerUpload(request, text);
    }
    const document = options.documents?.[url];
    return document === undefined
      ? { status: 404, body: '{ "statusCode": 404, "message": "Resource not found" }' }
      : { status: 200, body: JSON.stringify(document) };
  }

  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      answer(request, Buffer.concat(chunks).toString("utf8"))
        .then((reply) => send(response, reply))
        .catch((error: unknown) => response.destroy(error as Error));
    });
  };
  const server = options.tls ? createTlsServer(options.tls, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `${options.tls ? "https" : "http"}://127.0.0.1:${port}`,
    uploads,
    tokenForms,
    ledger,
    refusedTokens,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function send(response: ServerResponse, reply: FakeReply): void {
  if (reply.drop) {
    response.socket?.destroy();
  } else if (!reply.stall) {
    response.writeHead(reply.status ?? 200, {
      "x-ms-request-id": "5f1c3f6e-0000-4000-8000-000000000001",
      ...reply.headers,
    });
    response.end(reply.body ?? "");
  }
}

/** AADSTS7000215 as Entra words it. */
function wrongSecret(clientId: string): FakeReply {
  const text = `AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${clientId}'. Trace ID: 0b5b3a2e Correlation ID: 1c2d Timestamp: 2026-08-13 21:24:29Z`;
  return {
    status: 401,
    headers: { "content-type": "application/json; charset=utf-8" },
    body: JSON.stringify({
      error: "invalid_client",
      error_description: text,
      error_codes: [7000215],
    }),
  };
}
