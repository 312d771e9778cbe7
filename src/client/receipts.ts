/**
 * Receipts: what became of earlier requests, for servers that keep them (ours; the real service doesn't).
 * The answers are passed on as they are typed on the wire.
 */
import type { Outcome, Receipt, ReceiptPage, ReceiptSummary } from "../wire/index.ts";
import { ClientError } from "./client-error.ts";
import type { CheckedOptions } from "./options.ts";
import { jsonOf, memberOf } from "./reply.ts";
import type { StopSignals } from "./retry.ts";
import { refusalOf, type Service } from "./service.ts";

/** Which receipts to list. */
export interface ReceiptFilter {
  readonly outcome?: Outcome | undefined;
  /** Receipts after which the list ends; 1,000 by default. */
  readonly countMax?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const COUNT_DEFAULT = 1_000;
/** Page size that is asked for; the server may give fewer. */
const PAGE_SIZE = 200;

/**
 * Looks up the receipt of one request.
 *
 * @throws ClientError not_found, and the codes of every call
 */
export async function readReceipt(
  service: Service,
  options: CheckedOptions,
  lookup: { readonly requestId: string; readonly signal?: AbortSignal | undefined },
): Promise<Receipt> {
  const url = `${addressOf(options)}/${encodeURIComponent(lookup.requestId)}`;
  const name = `the receipt ${lookup.requestId}`;
  const body = await getJson(service, { name, url }, signalsOf(lookup.signal));
  if (typeof memberOf(body, "requestId") !== "string") {
    throw notReceipts(name);
  }
  return body as Receipt;
}

/**
 * Lists receipts, newest first, page by page as they are consumed.
 *
 * @throws ClientError not_found, and the codes of every call
 */
export async function* readReceipts(
  service: Service,
  options: CheckedOptions,
  filter: ReceiptFilter = {},
): AsyncGenerator<ReceiptSummary> {
  const countMax = filter.countMax ?? COUNT_DEFAULT;
  const name = "the list of receipts";
  const first = new URL(addressOf(options));
  first.searchParams.set("limit", String(Math.min(PAGE_SIZE, countMax)));
  if (filter.outcome !== undefined) {
    first.searchParams.set("outcome", filter.outcome);
  }
  let url: string | null = first.href;
  let count = 0;
  while (url !== null && count < countMax) {
    const body = await getJson(service, { name, url }, signalsOf(filter.signal));
    if (!Array.isArray(memberOf(body, "value"))) {
      throw notReceipts(name);
    }
    const page = body as ReceiptPage;
    for (const receipt of page.value.slice(0, countMax - count)) {
      yield receipt;
    }
    count += page.value.length;
    url = page.value.length === 0 ? null : nextAddress(page.nextLink, options);
  }
}

function addressOf(options: CheckedOptions): string {
  return `${options.endpoint}/api/v1/workspaces/${options.workspaceId}/requests`;
}

/** The token goes to no other host than the one that the caller named. */
function nextAddress(nextLink: string | null, options: CheckedOptions): string | null {
  if (nextLink === null) {
    return null;
  }
  const url = new URL(nextLink, options.endpoint);
  if (url.origin !== new URL(options.endpoint).origin) {
    throw new ClientError("unexpected_reply", `The next page lies on another host: ${url.origin}`);
  }
  return url.href;
}

/** Nothing of a look-up is worth being waited for after a stop. */
function signalsOf(signal: AbortSignal | undefined): StopSignals {
  return { stop: signal, cut: signal ?? new AbortController().signal };
}

async function getJson(
  service: Service,
  call: { readonly name: string; readonly url: string },
  signals: StopSignals,
): Promise<unknown> {
  const reply = await service.call({ ...call, method: "GET" }, signals);
  if (reply.status !== 200) {
    throw refusalOf(reply, call.name);
  }
  return jsonOf(reply.text);
}

function notReceipts(name: string): ClientError {
  return new ClientError("unexpected_reply", `The answer to ${name} has none of its fields.`);
}
