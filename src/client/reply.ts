/** One try of a request, and what an answer says: its text, its message for people, the wait it asks for. */
import { ClientError, reasonOf } from "./client-error.ts";
import type { CheckedOptions } from "./options.ts";

/** Far above a verdict on 10,000 records, and above a receipt with 100 large payloads. */
const REPLY_BYTES_MAX = 128 * 1024 * 1024;

/** What is repeated of a service's message. */
const MESSAGE_LENGTH_MAX = 500;

/** An answer, read to its end. */
export interface Reply {
  readonly status: number;
  readonly text: string;
  /** The service's identifier of the request; empty when it gave none. */
  readonly requestId: string;
  /** Whole message for people, from the body or a header; empty when there is none. */
  readonly message: string;
  /** The machine's word in the body, such as `UnauthorizedAccess`; empty when there is none. */
  readonly code: string;
  /** Wait that the service asks for, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** What our own server remarks on a request that succeeded; empty when it remarks nothing. */
  readonly notes: string;
}

/** A request as `fetch` takes it, without its signal. */
export interface OutgoingRequest {
  readonly url: string;
  readonly method: "DELETE" | "GET" | "PATCH" | "POST" | "PUT";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Blob;
  /** Takes the body of an answer with status 200 piece by piece; `text` is then empty. */
  readonly sink?: (piece: Uint8Array) => Promise<void>;
}

/** No answer: the connection failed, broke or took too long. Another try may succeed. */
export class NoAnswer extends Error {
  constructor(message: string, cause: unknown) {
    super(message, { cause });
    this.name = "NoAnswer";
  }
}

/**
 * Makes one request and reads its answer whole.
 *
 * @param cut ends the request at once; the caller tells this from a time-out by looking at it
 * @throws NoAnswer when another try may succeed
 */
export async function sendOnce(
  request: OutgoingRequest,
  options: CheckedOptions,
  cut: AbortSignal,
): Promise<Reply> {
  const timeout = AbortSignal.timeout(options.timeoutMs);
  let isPassedOn = false;
  try {
    const response = await options.fetch(request.url, {
      method: request.method,
      headers: { "user-agent": options.userAgent, ...request.headers },
      ...(request.body === undefined ? {} : { body: request.body }),
      // A token is never carried to where a redirect points.
      redirect: "manual",
      signal: AbortSignal.any([timeout, cut]),
    });
    if (request.sink !== undefined && response.status === 200) {
      isPassedOn = true;
      for await (const piece of response.body ?? []) {
        await request.sink(piece);
      }
      return replyOf(response, "", options.clock.now());
    }
    return replyOf(response, await boundedText(response), options.clock.now());
  } catch (error) {
    if (error instanceof ClientError) {
      throw error;
    }
    if (isPassedOn && !cut.aborted) {
      // What was passed on can't be taken back, so another try would repeat it.
      throw new ClientError("unavailable", `The answer broke off: ${reasonOf(error)}`, {
        cause: error,
      });
    }
    const { host } = new URL(request.url);
    throw timeout.aborted
      ? new NoAnswer(`${host} did not answer within ${options.timeoutMs / 1000} s`, error)
      : noAnswerOf(error, host);
  }
}

function noAnswerOf(error: unknown, host: string): ClientError | NoAnswer {
  const fault = certificateFault(error);
  return fault === undefined
    ? new NoAnswer(`no answer from ${host}: ${reasonOf(error)}`, error)
    : new ClientError(
        "certificate_untrusted",
        `The certificate of ${host} does not verify: ${fault}. Is its authority (CA) among the trusted ones?`,
        { cause: error },
      );
}

/** Codes of OpenSSL and Node for a certificate that does not verify; none of them passes with time. */
const CERTIFICATE_FAULT =
  /^(?:CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_(?:GET|VERIFY)_|ERR_TLS_CERT_|HOSTNAME_MISMATCH)/;

function certificateFault(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  return CERTIFICATE_FAULT.test(code) ? reasonOf(error) : undefined;
}

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > REPLY_BYTES_MAX) {
      throw new ClientError(
        "unexpected_reply",
        `The answer is longer than ${REPLY_BYTES_MAX} bytes.`,
        { status: response.status },
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function replyOf(response: Response, text: string, nowMs: number): Reply {
  const { headers, status } = response;
  const body = jsonOf(text);
  const inner = memberOf(body, "error");
  const inBody =
    stringOf(body, "message") || stringOf(inner, "message") || stringOf(body, "detail");
  // Our own server says more in headers where the body's wording is fixed by the API.
  const inHeader =
    headers.get("x-stixgate-reason") ??
    /error_description="([^"]*)"/.exec(headers.get("www-authenticate") ?? "")?.[1];
  return {
    status,
    text,
    requestId: headers.get("x-ms-request-id") ?? headers.get("x-request-id") ?? "",
    message: oneLine(inHeader || inBody || plainText(response, text)),
    code: stringOf(inner, "code"),
    retryAfterMs: retryAfterOf(headers.get("retry-after"), inBody, nowMs),
    notes: headers.get("x-stixgate-notes") ?? "",
  };
}

/** The value of a JSON text; undefined when it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A member of a JSON object; undefined when there is none. */
export function memberOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

function stringOf(value: unknown, key: string): string {
  const member = memberOf(value, key);
  return typeof member === "string" ? member : "";
}

/** Some refusals of the real service are a line of text; a page of HTML would help nobody. */
function plainText(response: Response, text: string): string {
  const type = response.headers.get("content-type") ?? "";
  return type.startsWith("text/plain") ? text : "";
}

/** A message as one line that cannot move the terminal's cursor, cut to a readable length. */
export function oneLine(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();
  return line.length > MESSAGE_LENGTH_MAX ? `${line.slice(0, MESSAGE_LENGTH_MAX)}…` : line;
}

/**
 * The wait that an answer asks for: the header in seconds or as a date (RFC 9110 §10.2.3), else the words
 * "in N seconds" (Upload API, "Throttling limits for the API").
 */
function retryAfterOf(header: string | null, message: string, nowMs: number): number | undefined {
  if (header !== null && /^\s*\d{1,9}\s*$/.test(header)) {
    return Number(header) * 1000;
  }
  const date = header === null ? Number.NaN : Date.parse(header);
  if (!Number.isNaN(date)) {
    return Math.max(0, date - nowMs);
  }
  const seconds = /\bin (\d{1,9}) seconds?\b/i.exec(message)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
