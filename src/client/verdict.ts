/** What an answer of the upload API says of each record (Upload API, "Process the response message"). */
import { ClientError } from "./client-error.ts";
import { jsonOf, memberOf, oneLine, type Reply } from "./reply.ts";
import { refusalOf } from "./service.ts";

/** Messages of the rejected records, by their index in the request. */
export type Verdict = ReadonlyMap<number, readonly string[]>;

/** The service finds the whole request too large; smaller ones may pass. */
export const TOO_LARGE = "too_large";

/** Said of a record that a refused request names no reason for. */
const REFUSED_WITH_OTHERS = "Not stored: the service refused the request that carried it.";

/**
 * Reads the verdict on a request of `count` records.
 *
 * @throws ClientError unauthorized, forbidden, not_found, refused, unexpected_reply
 */
export function verdictOf(reply: Reply, count: number, name: string): Verdict | typeof TOO_LARGE {
  if (reply.status === 413) {
    return TOO_LARGE;
  }
  if (reply.status >= 200 && reply.status < 300) {
    return reply.text.trim() === "" ? new Map() : listedErrors(reply, count, name);
  }
  // The service answers 400 with the same body when no record was valid.
  if (reply.status === 400 && hasErrors(reply)) {
    const listed = listedErrors(reply, count, name);
    const all = Array.from({ length: count }, (_, index) => index);
    return new Map(all.map((index) => [index, listed.get(index) ?? [REFUSED_WITH_OTHERS]]));
  }
  throw refusalOf(reply, name);
}

function hasErrors(reply: Reply): boolean {
  const errors = memberOf(jsonOf(reply.text), "errors");
  return Array.isArray(errors) && errors.length > 0;
}

function listedErrors(reply: Reply, count: number, name: string): Verdict {
  const body = jsonOf(reply.text);
  const errors = memberOf(body, "errors") ?? [];
  if (typeof body !== "object" || body === null || Array.isArray(body) || !Array.isArray(errors)) {
    throw unexpected(reply, name, "a body that no upload API gives");
  }
  const verdict = new Map<number, readonly string[]>();
  for (const error of errors as unknown[]) {
    const index = memberOf(error, "recordIndex");
    if (typeof index !== "number" || !Number.isInteger(index) || index < 0 || index >= count) {
      throw unexpected(reply, name, `an error for record ${String(index)}, which was not sent`);
    }
    verdict.set(index, [...(verdict.get(index) ?? []), ...messagesOf(error)]);
  }
  return verdict;
}

/** The swagger files of the service spell the key otherwise than its documentation and its answers. */
function messagesOf(error: unknown): readonly string[] {
  const messages = memberOf(error, "errorMessages") ?? memberOf(error, "validationErrorMessages");
  return Array.isArray(messages) && messages.length > 0
    ? messages.map((message) => oneLine(String(message)))
    : ["The service names no reason."];
}

function unexpected(reply: Reply, name: string, what: string): ClientError {
  return new ClientError(
    "unexpected_reply",
    `The answer to ${name} has ${what} (status ${reply.status}). Is the endpoint right?`,
    { status: reply.status, requestId: reply.requestId },
  );
}
