/**
 * The newest receipts of workspaces that somebody looks at, kept in memory for a while, so that a page that asks every
 * few seconds costs the store one short reading and not all of them.
 */
import type { Store } from "../store/index.ts";
import type { ReceiptSummary } from "../wire/index.ts";

/** The newest receipts. */
export interface RecentReceipts {
  /** Receipts since an instant, newest first; not complete when there are too many to look at. */
  since(
    workspaceId: string,
    from: string,
  ): Promise<{ readonly receipts: readonly ReceiptSummary[]; readonly complete: boolean }>;
}

/** Receipts that are looked at: a day of a busy workspace. */
const RECEIPTS_MAX = 20_000;
const PAGE_ITEMS = 1_000;

/** Workspaces that are remembered: some 12 MB each at most. */
const WORKSPACES_MAX = 2;

interface Known {
  /** Newest first, without a gap. */
  readonly receipts: readonly ReceiptSummary[];
  /** Where the store goes on behind them; null when it has no more. */
  readonly next: string | null;
}

/** Makes the memory. */
export function createRecentReceipts(store: Store): RecentReceipts {
  const byWorkspace = new Map<string, Known>();
  return {
    async since(workspaceId, from) {
      const known = await extended(
        store,
        { workspaceId, from },
        await refreshed(store, workspaceId, byWorkspace.get(workspaceId)),
      );
      byWorkspace.delete(workspaceId);
      byWorkspace.set(workspaceId, known);
      const [oldest] = byWorkspace.keys();
      if (byWorkspace.size > WORKSPACES_MAX && oldest !== undefined) {
        byWorkspace.delete(oldest);
      }
      const receipts = known.receipts.filter(({ receivedAt }) => receivedAt >= from);
      const complete = known.next === null || receipts.length < known.receipts.length;
      return { receipts, complete };
    },
  };
}

/** What is known with what came since; receipts that were not indexed yet are read again. */
async function refreshed(
  store: Store,
  workspaceId: string,
  known: Known | undefined,
): Promise<Known> {
  if (known === undefined) {
    return pageOf(store, workspaceId);
  }
  const kept = known.receipts.slice(1 + known.receipts.findLastIndex((each) => !isFinal(each)));
  const newest = kept[0]?.sequence ?? 0;
  const fresh: ReceiptSummary[] = [];
  let next: string | null = "";
  while (next !== null && fresh.length < RECEIPTS_MAX) {
    const page: Known = await pageOf(store, workspaceId, next);
    const unknown = page.receipts.filter(({ sequence }) => sequence > newest);
    fresh.push(...unknown);
    if (unknown.length < page.receipts.length) {
      const receipts = [...fresh, ...kept].slice(0, RECEIPTS_MAX);
      // Behind a cut nothing is read any more: the bound spares it.
      return { receipts, next: receipts.length === RECEIPTS_MAX ? "" : known.next };
    }
    next = page.next;
  }
  return { receipts: fresh, next };
}

/** Whether nothing in it will change any more. */
function isFinal({ indexed, counts }: ReceiptSummary): boolean {
  return indexed || counts.accepted === 0;
}

async function pageOf(store: Store, workspaceId: string, cursor = ""): Promise<Known> {
  const query = { workspaceId, limit: PAGE_ITEMS };
  const { items, next } = await store.receipts(cursor === "" ? query : { ...query, cursor });
  return { receipts: items, next };
}

/** Goes back until an instant. */
async function extended(
  store: Store,
  { workspaceId, from }: { readonly workspaceId: string; readonly from: string },
  known: Known,
): Promise<Known> {
  const receipts = [...known.receipts];
  let { next } = known;
  while (
    next !== null &&
    next !== "" &&
    receipts.length < RECEIPTS_MAX &&
    (receipts.at(-1)?.receivedAt ?? from) >= from
  ) {
    const page = await pageOf(store, workspaceId, next);
    receipts.push(...page.receipts);
    next = page.next;
  }
  return { receipts, next };
}
