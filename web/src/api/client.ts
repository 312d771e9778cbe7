/** Calls of the server's own API from the page: the session's token goes along with every change. */

/** A refusal. @see RFC 9457 */
export interface Problem {
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly field?: string;
  readonly code: string;
  readonly requestId: string;
  readonly [more: string]: unknown;
}

/** An answer that was a refusal, or none. */
export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.name = "ApiError";
    this.problem = problem;
  }
}

let csrfToken = "";

/** Remembers the token of the session, which changes have to send. */
export function rememberCsrfToken(token: string | null): void {
  csrfToken = token ?? "";
}

/** What a call told of the server: that it answers, that it does not, or that nobody is signed in any more. */
export type Contact = "answered" | "signed-out" | "unreachable";

const contactListeners = new Set<(contact: Contact) => void>();

/** Learns what every call tells of the server, until the function that is given back is called. */
export function onContact(listener: (contact: Contact) => void): () => void {
  contactListeners.add(listener);
  return () => contactListeners.delete(listener);
}

function tellContact(contact: Contact): void {
  for (const listener of contactListeners) {
    listener(contact);
  }
}

/** A call. */
export interface Call {
  readonly method?: "DELETE" | "GET" | "PATCH" | "POST" | "PUT";
  /** Sent as JSON, or as it is when it is a Blob. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** An answer's body and ETag. */
export interface Answer<T> {
  readonly body: T;
  readonly etag: string | null;
}

/** Calls the API. @throws ApiError for a refusal, and when there is no answer */
export async function call<T>(path: string, options: Call = {}): Promise<T> {
  return (await callWithEtag<T>(path, options)).body;
}

/** The same, with the ETag. */
export async function callWithEtag<T>(path: string, options: Call = {}): Promise<Answer<T>> {
  const response = await send(path, options);
  const type = response.headers.get("content-type") ?? "";
  const body = (type.includes("json") ? await response.json() : await response.text()) as T;
  return { body, etag: response.headers.get("etag") };
}

/** The same, as a file to save. */
export async function download(path: string, options: Call = {}): Promise<Blob> {
  return (await send(path, options)).blob();
}

/** The same, as a body to read piece by piece. */
export function stream(path: string, options: Call = {}): Promise<Response> {
  return send(path, options);
}

async function send(
  path: string,
  { method = "GET", body, headers, signal }: Call,
): Promise<Response> {
  const isFile = body instanceof Blob;
  const request: RequestInit = {
    method,
    credentials: "same-origin",
    headers: {
      accept: "application/json",
      ...(body === undefined || isFile ? {} : { "content-type": "application/json" }),
      ...(method === "GET" ? {} : { "x-stixgate-csrf": csrfToken }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isFile ? body : JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  };
  let response: Response;
  try {
    response = await fetch(path, request);
  } catch (cause) {
    if (signal?.aborted === true) {
      throw cause;
    }
    tellContact("unreachable");
    throw new ApiError({
      title: "The server does not answer.",
      status: 0,
      code: "unreachable",
      requestId: "",
    });
  }
  tellContact(response.status === 401 ? "signed-out" : "answered");
  if (!response.ok) {
    throw new ApiError(await problemOf(response));
  }
  return response;
}

async function problemOf(response: Response): Promise<Problem> {
  const fallback: Problem = {
    title: `The server answered ${response.status}.`,
    status: response.status,
    code: "unknown",
    requestId: response.headers.get("x-ms-request-id") ?? "",
  };
  try {
    return { ...fallback, ...((await response.json()) as Problem) };
  } catch {
    return fallback;
  }
}
