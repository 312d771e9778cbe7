/**
 * Who sends what: the receipts of a while, counted by application and source. A client that sends the same batch again
 * and again without effect is named, since it neither notices nor stops.
 */
import type { ReceiptSummary } from "../wire/index.ts";
import type { ManageParts } from "./context.ts";

/** What one application has sent under one source. */
export interface Activity {
  readonly appId: string;
  readonly objectId: string;
  /** Null where a request was refused before its source was read. */
  readonly source: string | null;
  readonly userAgent: string;
  readonly requests: number;
  readonly throttled: number;
  readonly refused: number;
  readonly records: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly loop: Loop | null;
}

/** The same batch again and again. */
export interface Loop {
  readonly times: number;
  readonly since: string;
  readonly until: string;
  /** A receipt of it. */
  readonly requestId: string;
}

/** Activity over a while. */
export interface ActivityReport {
  readonly since: string;
  /** False when there were too many receipts to look at all: then it begins later than asked for. */
  readonly complete: boolean;
  readonly applications: readonly Activity[];
}

/** Receipts that are looked at: a day of a busy workspace. */
const RECEIPTS_MAX = 20_000;
const PAGE_ITEMS = 1_000;

/** So many equal requests in a row, each soon after the other, are a loop; retries are fewer and slower. */
const LOOP_TIMES_MIN = 5;
const LOOP_GAP_MS = 10_000;

/** Counts the receipts since an instant, the busiest first. */
export async function activitySince(
  { store }: ManageParts,
  workspaceId: string,
  since: Date,
): Promise<ActivityReport> {
  const receipts: ReceiptSummary[] = [];
  const from = since.toISOString();
  let cursor: string | null | undefined;
  while (cursor !== null && receipts.length < RECEIPTS_MAX) {
    const page = await store.receipts({
      workspaceId,
      limit: PAGE_ITEMS,
      ...(cursor === undefined ? {} : { cursor }),
    });
    const fresh = page.items.filter(({ receivedAt }) => receivedAt >= from);
    receipts.push(...fresh);
    cursor = fresh.length < page.items.length ? null : page.next;
  }
  const groups = Map.groupBy(receipts.toReversed(), ({ caller, sourceSystem }) =>
    JSON.stringify([caller.appId, sourceSystem]),
  );
  return {
    since: cursor === null ? from : (receipts.at(-1)?.receivedAt ?? from),
    complete: cursor === null,
    applications: [...groups.values()]
      .map(activityOf)
      .toSorted((one, other) => other.requests - one.requests),
  };
}

function activityOf(receipts: readonly ReceiptSummary[]): Activity {
  const [first] = receipts;
  const last = receipts.at(-1);
  const sum = (of: (receipt: ReceiptSummary) => number): number =>
    receipts.reduce((total, receipt) => total + of(receipt), 0);
  return {
    appId: last?.caller.appId ?? "",
    objectId: last?.caller.objectId ?? "",
    source: last?.sourceSystem ?? null,
    userAgent: last?.caller.userAgent ?? "",
    requests: receipts.length,
    throttled: sum(({ refusal }) => (refusal?.code === "throttled" ? 1 : 0)),
    refused: sum(({ refusal }) => (refusal !== null && refusal.code !== "throttled" ? 1 : 0)),
    records: sum(({ counts }) => counts.received),
    accepted: sum(({ counts }) => counts.accepted),
    rejected: sum(({ counts }) => counts.rejected),
    firstAt: first?.receivedAt ?? "",
    lastAt: last?.receivedAt ?? "",
    loop: loopOf(receipts),
  };
}

/** The longest run of equal requests that changed nothing. @param receipts oldest first */
function loopOf(receipts: readonly ReceiptSummary[]): Loop | null {
  let longest = { from: 0, times: 0 };
  let from = 0;
  for (const [at, receipt] of receipts.entries()) {
    const previous = receipts[at - 1];
    if (previous !== undefined && !repeats(previous, receipt)) {
      from = at;
    }
    const times = at - from + 1;
    longest = times > longest.times ? { from, times } : longest;
  }
  const first = receipts[longest.from];
  const last = receipts[longest.from + longest.times - 1];
  if (first === undefined || last === undefined || longest.times < LOOP_TIMES_MIN) {
    return null;
  }
  return {
    times: longest.times,
    since: first.receivedAt,
    until: last.receivedAt,
    requestId: last.requestId,
  };
}

/** Whether a request is the one before it once more: as many records, as many rejected, and nothing new among them. */
function repeats(before: ReceiptSummary, after: ReceiptSummary): boolean {
  const gapMs = Date.parse(after.receivedAt) - Date.parse(before.receivedAt);
  return (
    gapMs <= LOOP_GAP_MS &&
    before.counts.received > 0 &&
    before.counts.received === after.counts.received &&
    before.counts.rejected === after.counts.rejected &&
    (after.counts.unchanged ?? 0) === after.counts.accepted
  );
}
