/**
 * Who sends what: the receipts of a while, counted by application and source. A client that sends the same batch again
 * and again without effect is named, since it neither notices nor stops.
 */
import type { ReceiptCaller, ReceiptSummary } from "../wire/index.ts";
import type { ManageParts } from "./context.ts";
import type { RecentReceipts } from "./recent-receipts.ts";

/** What one application has sent under one source. */
export interface Activity {
  /** As its last request named it. */
  readonly caller: ReceiptCaller;
  readonly appId: string;
  readonly objectId: string;
  /** Null where a request was refused before its source was read. */
  readonly source: string | null;
  readonly userAgent: string;
  readonly requests: number;
  /** Requests by what became of them; `throttled` and `refused` stand for themselves. */
  readonly outcomes: OutcomeCounts;
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

/** Requests by what became of them. */
export interface OutcomeCounts {
  readonly accepted: number;
  readonly partly: number;
  readonly rejected: number;
  /** Without a record, or deletions. */
  readonly empty: number;
  readonly throttled: number;
  readonly refused: number;
}

/** Requests of a while, by what became of them. */
export interface ActivityStep extends OutcomeCounts {
  readonly from: string;
}

/** Which activity is asked for; every condition given must hold. */
export interface ActivityQuery {
  readonly workspaceId: string;
  readonly since: Date;
  readonly appId?: string;
  readonly source?: string;
}

/** Activity over a while. */
export interface ActivityReport {
  readonly since: string;
  /** False when there were too many receipts to look at all: then it begins later than asked for. */
  readonly complete: boolean;
  /** Every application and source, whatever the conditions. */
  readonly applications: readonly Activity[];
  readonly stepSeconds: number;
  /** Step by step, the oldest first. */
  readonly steps: readonly ActivityStep[];
}

/** Steps of a report: bars that can still be told apart. */
const STEPS = 48;

/** So many equal requests in a row, each soon after the other, are a loop; retries are fewer and slower. */
const LOOP_TIMES_MIN = 5;
const LOOP_GAP_MS = 10_000;

/** Counts the receipts since an instant, the busiest first. */
export async function activitySince(
  { now }: ManageParts,
  recent: RecentReceipts,
  query: ActivityQuery,
): Promise<ActivityReport> {
  const { workspaceId, appId, source } = query;
  const from = query.since.toISOString();
  const { receipts, complete } = await recent.since(workspaceId, from);
  const groups = Map.groupBy(receipts.toReversed(), ({ caller, sourceSystem }) =>
    JSON.stringify([caller.appId, sourceSystem]),
  );
  const shown = receipts.filter(
    ({ caller, sourceSystem }) =>
      (appId === undefined || caller.appId === appId) &&
      (source === undefined || sourceSystem === source),
  );
  return {
    since: complete ? from : (receipts.at(-1)?.receivedAt ?? from),
    complete,
    applications: [...groups.values()]
      .map(activityOf)
      .toSorted((one, other) => other.requests - one.requests),
    ...stepsOf(shown, query.since, now()),
  };
}

function stepsOf(
  receipts: readonly ReceiptSummary[],
  since: Date,
  until: Date,
): Pick<ActivityReport, "stepSeconds" | "steps"> {
  const stepMs = Math.ceil((until.getTime() - since.getTime()) / STEPS / 1_000) * 1_000;
  const start = since.getTime();
  const groups = Map.groupBy(receipts, ({ receivedAt }) =>
    Math.min(STEPS - 1, Math.floor((Date.parse(receivedAt) - start) / stepMs)),
  );
  const steps = Array.from({ length: STEPS }, (_, at) => ({
    from: new Date(start + at * stepMs).toISOString(),
    ...outcomesOf(groups.get(at) ?? []),
  }));
  return { stepSeconds: stepMs / 1_000, steps };
}

function outcomesOf(receipts: readonly ReceiptSummary[]): OutcomeCounts {
  const count = (of: (receipt: ReceiptSummary) => boolean): number => receipts.filter(of).length;
  return {
    accepted: count(({ outcome }) => outcome === "accepted"),
    partly: count(({ outcome }) => outcome === "partly_accepted"),
    rejected: count(({ outcome }) => outcome === "rejected"),
    empty: count(({ outcome }) => outcome === "empty" || outcome === "deleted"),
    throttled: count(({ refusal }) => refusal?.code === "throttled"),
    refused: count(({ refusal }) => refusal !== null && refusal.code !== "throttled"),
  };
}

const NOBODY: ReceiptCaller = { tenantId: "", objectId: "", appId: "", userAgent: "" };

function activityOf(receipts: readonly ReceiptSummary[]): Activity {
  const [first] = receipts;
  const last = receipts.at(-1);
  const outcomes = outcomesOf(receipts);
  const sum = (of: (receipt: ReceiptSummary) => number): number =>
    receipts.reduce((total, receipt) => total + of(receipt), 0);
  const caller = last?.caller ?? NOBODY;
  return {
    caller,
    appId: caller.appId,
    objectId: caller.objectId,
    source: last?.sourceSystem ?? null,
    userAgent: caller.userAgent,
    requests: receipts.length,
    outcomes,
    throttled: outcomes.throttled,
    refused: outcomes.refused,
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
