/**
 * Receipts by what the store keeps no index of: the newest are looked through, so many at a time. A page ends where it is
 * full, wherever that is in a page of the store, and where enough was looked at.
 */
import type { Page, Store } from "../store/index.ts";
import { AppError, type Outcome, type ReceiptSummary } from "../wire/index.ts";

/** Which receipts are asked for; every condition given must hold. */
export interface ReceiptFilter {
  readonly workspaceId: string;
  /** `throttled` is what was refused for its pace. */
  readonly outcome?: Outcome | "throttled";
  readonly appId?: string;
  readonly source?: string;
  readonly limit: number;
  /** `next` of the previous page. */
  readonly cursor?: string;
}

/** Receipts of one reading. */
const PAGE_ITEMS = 500;

/** Receipts that one page looks at. */
const LOOKED_AT_MAX = 10_000;

/**
 * A page of receipts, newest first. It may be shorter than its limit, or empty, and have a next one: then there was
 * much to look through.
 * @throws AppError `invalid_request` for a foreign cursor
 */
export function filteredReceipts(
  store: Store,
  filter: ReceiptFilter,
): Promise<Page<ReceiptSummary>> {
  const { workspaceId, outcome, appId, source, limit, cursor } = filter;
  const isThrottled = outcome === "throttled";
  const stored = isThrottled ? "refused" : outcome;
  if (!isThrottled && appId === undefined && source === undefined) {
    const query = { ...(stored === undefined ? {} : { outcome: stored }) };
    return store.receipts({
      ...{ workspaceId, limit, ...query },
      ...(cursor === undefined ? {} : { cursor }),
    });
  }
  return scanReceipts(store, {
    ...{ workspaceId, limit },
    ...(stored === undefined ? {} : { outcome: stored }),
    ...(cursor === undefined ? {} : { cursor }),
    matches: (receipt) =>
      (!isThrottled || receipt.refusal?.code === "throttled") &&
      (appId === undefined || receipt.caller.appId === appId) &&
      (source === undefined || receipt.sourceSystem === source),
  });
}

/** What is looked for. */
export interface ReceiptScan {
  readonly workspaceId: string;
  readonly outcome?: Outcome;
  readonly limit: number;
  readonly cursor?: string;
  readonly matches: (receipt: ReceiptSummary) => boolean;
  /** How much of the limit a receipt takes; 1 when left out. */
  readonly weight?: (receipt: ReceiptSummary) => number;
}

/** Looks through the newest receipts. @throws AppError `invalid_request` for a foreign cursor */
export async function scanReceipts(store: Store, scan: ReceiptScan): Promise<Page<ReceiptSummary>> {
  const { workspaceId, outcome, limit, matches, weight = () => 1 } = scan;
  const items: ReceiptSummary[] = [];
  let used = 0;
  let { before, inner } = placeOf(scan.cursor);
  for (let looked = 0; looked < LOOKED_AT_MAX; looked += PAGE_ITEMS) {
    const page = await store.receipts({
      workspaceId,
      limit: PAGE_ITEMS,
      ...(outcome === undefined ? {} : { outcome }),
      ...(inner === "" ? {} : { cursor: inner }),
    });
    for (const receipt of page.items.filter(({ sequence }) => sequence < before)) {
      if (!matches(receipt)) {
        continue;
      }
      if (used >= limit) {
        return { items, next: cursorOf(before, inner) };
      }
      items.push(receipt);
      used += weight(receipt);
      before = receipt.sequence;
    }
    if (page.next === null) {
      return { items, next: null };
    }
    inner = page.next;
  }
  return { items, next: cursorOf(before, inner) };
}

/** The receipt before which to go on, and the page of the store that it is in. */
function cursorOf(before: number, inner: string): string {
  return Buffer.from(`${before} ${inner}`).toString("base64url");
}

function placeOf(cursor: string | undefined): { before: number; inner: string } {
  if (cursor === undefined) {
    return { before: Number.MAX_SAFE_INTEGER, inner: "" };
  }
  const text = Buffer.from(cursor, "base64url").toString();
  const [, before, inner = ""] = /^(\d{1,16}) (.*)$/s.exec(text) ?? [];
  if (before === undefined) {
    throw new AppError("invalid_request", "The cursor is not one that this list returned.", {
      field: "cursor",
    });
  }
  return { before: Number(before), inner };
}
