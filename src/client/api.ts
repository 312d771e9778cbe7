/**
 * A client of our own API: one workspace, with an application's token or a person's key. It shares token, retries and
 * refusals with the upload client and decides nothing about what the answers mean.
 */
import { ClientError } from "./client-error.ts";
import type { TokenCredential } from "./credential.ts";
import { type ClientOptions, checkOptions } from "./options.ts";
import { jsonOf, type Reply } from "./reply.ts";
import { createService, refusalOf } from "./service.ts";

/** A call of the API. */
export interface ApiRequest {
  /** What it is, for messages: "the search". */
  readonly name: string;
  readonly method: "DELETE" | "GET" | "PATCH" | "POST" | "PUT";
  /** Below the workspace, such as `/objects/search`; its parts are escaped already. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, with its content type. */
  readonly file?: {
    readonly content: Blob;
    readonly type: string;
    readonly encoding: string | undefined;
  };
  /** A second try could do it a second time. */
  readonly isOnce?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** The API of a workspace. */
export interface ApiClient {
  /** The JSON of the answer; undefined without any. @throws ClientError */
  call(request: ApiRequest): Promise<unknown>;
  /** Takes the answer piece by piece. @throws ClientError */
  download(request: ApiRequest, sink: (piece: Uint8Array) => Promise<void>): Promise<void>;
}

/** A file of 250 MB takes its time to be read on the other side. */
const TIMEOUT_MS = 3_600_000;

/** The service holds back nobody here, so the client doesn't either. */
const REQUESTS_PER_MINUTE_MAX = 1_000_000;

/** Makes a client. @throws ClientError options_invalid */
export function createApiClient(options: ClientOptions): ApiClient {
  const checked = checkOptions({
    timeoutMs: TIMEOUT_MS,
    requestsPerMinuteMax: REQUESTS_PER_MINUTE_MAX,
    ...options,
  });
  const service = createService(checked);
  const base = `${checked.endpoint}/api/v1/workspaces/${checked.workspaceId}`;

  async function send(
    request: ApiRequest,
    sink?: (piece: Uint8Array) => Promise<void>,
  ): Promise<Reply> {
    const { name, method, file, body, signal, isOnce = false } = request;
    const content = file?.content ?? (body === undefined ? undefined : JSON.stringify(body));
    const headers = {
      ...(file === undefined ? {} : { "content-type": file.type }),
      ...(file?.encoding === undefined ? {} : { "content-encoding": file.encoding }),
    };
    const reply = await service.call(
      {
        ...{ name, method, headers, isOnce },
        url: `${base}${request.path}${queryOf(request.query)}`,
        ...(content === undefined ? {} : { body: content }),
        ...(sink === undefined ? {} : { sink }),
      },
      { stop: signal, cut: signal ?? new AbortController().signal },
    );
    if (reply.status < 200 || reply.status >= 300) {
      throw refusalOf(reply, name);
    }
    return reply;
  }

  return {
    async call(request) {
      const reply = await send(request);
      const body = jsonOf(reply.text);
      if (body === undefined && reply.status !== 204) {
        throw new ClientError(
          "unexpected_reply",
          `The answer to ${request.name} is no JSON: is this a Stixgate server?`,
          { status: reply.status, requestId: reply.requestId },
        );
      }
      return body;
    },
    async download(request, sink) {
      await send(request, sink);
    },
  };
}

/** A person's key in the place of a token; it is sent as it is and never renewed. */
export function apiKeyCredential(apiKey: string): TokenCredential {
  return {
    getToken: async () => ({ token: apiKey, expiresOnTimestamp: Number.MAX_SAFE_INTEGER }),
  };
}

function queryOf(query: ApiRequest["query"] = {}): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as const],
  );
  return given.length === 0 ? "" : `?${new URLSearchParams(Object.fromEntries(given))}`;
}
