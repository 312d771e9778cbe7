/**
 * What somebody wants to know first: what there is, what changed in a day, what ends soon, who went silent, what was
 * rejected and throttled. What there is comes from counts that are kept anyway; the rest has a bound each, and says so
 * where it was reached, so that the answer costs about the same however much is stored.
 */
import type { FacetField, FacetValue, MatchCount, SearchCondition } from "../store/index.ts";
import type { ReceiptSummary } from "../wire/index.ts";
import type { ManageParts } from "./context.ts";
import { viewOf } from "./object-view.ts";

type Parts = Pick<ManageParts, "store" | "now">;

/** A value with its number; not exact: at least so many. */
export interface CountedValue extends MatchCount {
  /** Null: objects without a TLP marking. */
  readonly value: string | null;
}

/** What there is, and what came. */
export interface Overview {
  readonly at: string;
  readonly total: number;
  readonly types: readonly FacetValue[];
  readonly sources: readonly FacetValue[];
  readonly tlps: readonly FacetValue[];
  readonly intake: Intake;
}

/** What came in a day, and when each source last came in a month. */
export interface Intake {
  /** Begin of the day. */
  readonly since: string;
  /** False: there were more requests than are looked at, so figures begin at `since`. */
  readonly complete: boolean;
  /** The last 24 hours. */
  readonly day: IntakeFigures;
  /** Hour by hour of the clock, the oldest first. */
  readonly hours: readonly (IntakeFigures & { readonly from: string })[];
  /** The newest requests with something wrong. */
  readonly faults: readonly ReceiptSummary[];
  readonly throttled: readonly {
    readonly appId: string;
    readonly times: number;
    readonly lastAt: string;
  }[];
  /** When sources last sent something; who is missing has sent nothing since `lookedSince`. */
  readonly lastSent: readonly { readonly source: string; readonly at: string }[];
  readonly lookedSince: string;
}

/** How much came. */
interface IntakeFigures {
  readonly requests: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly throttled: number;
}

/** What changed in a day, and what is valid. */
export interface Changes {
  readonly since: string;
  readonly until: string;
  readonly changed: MatchCount;
  readonly active: MatchCount;
  readonly ending: MatchCount;
  readonly types: readonly CountedValue[];
  readonly sources: readonly CountedValue[];
  readonly tlps: readonly CountedValue[];
}

const HOUR_MS = 3_600_000;
const HOURS = 24;
const DAY_MS = HOURS * HOUR_MS;
const SOURCE_DAYS = 30;
const ENDING_DAYS = 7;

/** Values shown of a field. */
const VALUES_MAX = 10;
/** Types of STIX objects there are; a sum over all of them is the number of objects. */
const TYPES_MAX = 1_000;
/** Sources that are asked whether they went silent. */
const SOURCES_MAX = 50;
const FAULTS_MAX = 5;

/** Requests that are looked at: a summary is small, so they are read in a few hundred milliseconds. */
const REQUESTS_MAX = 5_000;
const PAGE_ITEMS = 1_000;

/** So many changed objects are looked at one by one; of more, each value is counted by the index. */
const TALLIED_MAX = 1_000;
const COUNT_MS = 300;

/** What there is, and what came. */
export async function overviewOf(parts: Parts, workspaceId: string): Promise<Overview> {
  const { store, now } = parts;
  const facet = (field: FacetField, limit: number): Promise<readonly FacetValue[]> =>
    store.facets({ workspaceId, field, limit });
  const [types, sources, tlps, intake] = await Promise.all([
    facet("type", TYPES_MAX),
    facet("source", SOURCES_MAX),
    facet("tlp", VALUES_MAX),
    intakeOf(parts, workspaceId),
  ]);
  return {
    at: now().toISOString(),
    total: types.reduce((sum, { count }) => sum + count, 0),
    types: types.slice(0, VALUES_MAX),
    ...{ sources, tlps, intake },
  };
}

async function intakeOf({ store, now }: Parts, workspaceId: string): Promise<Intake> {
  const nowMs = now().getTime();
  const monthAgo = new Date(nowMs - SOURCE_DAYS * DAY_MS).toISOString();
  const firstHour = Math.floor(nowMs / HOUR_MS) - HOURS + 1;
  const dayAgo = new Date(nowMs - DAY_MS).toISOString();
  const receipts: ReceiptSummary[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null && receipts.length < REQUESTS_MAX) {
    const page = await store.receipts({
      workspaceId,
      limit: PAGE_ITEMS,
      ...(cursor === undefined ? {} : { cursor }),
    });
    const fresh = page.items.filter(({ receivedAt }) => receivedAt >= monthAgo);
    receipts.push(...fresh);
    cursor = fresh.length < page.items.length ? null : page.next;
  }
  const lookedSince = cursor === null ? monthAgo : (receipts.at(-1)?.receivedAt ?? monthAgo);
  const today = receipts.filter(({ receivedAt }) => receivedAt >= dayAgo);
  return {
    since: lookedSince > dayAgo ? lookedSince : dayAgo,
    complete: lookedSince <= dayAgo,
    day: figuresOf(today),
    hours: hoursOf(today, firstHour),
    faults: today.filter(isFault).slice(0, FAULTS_MAX),
    throttled: throttledOf(today),
    lastSent: lastSentOf(receipts),
    lookedSince,
  };
}

function hoursOf(receipts: readonly ReceiptSummary[], first: number): Intake["hours"] {
  const groups = Map.groupBy(receipts, ({ receivedAt }) =>
    Math.floor(Date.parse(receivedAt) / HOUR_MS),
  );
  return Array.from({ length: HOURS }, (_each, at) => {
    const own = groups.get(first + at) ?? [];
    return { from: new Date((first + at) * HOUR_MS).toISOString(), ...figuresOf(own) };
  });
}

function figuresOf(receipts: readonly ReceiptSummary[]): IntakeFigures {
  const sum = (of: (receipt: ReceiptSummary) => number): number =>
    receipts.reduce((total, receipt) => total + of(receipt), 0);
  return {
    requests: receipts.length,
    accepted: sum(({ counts }) => counts.accepted),
    rejected: sum(({ counts }) => counts.rejected),
    throttled: receipts.filter(isThrottled).length,
  };
}

function isThrottled({ refusal }: ReceiptSummary): boolean {
  return refusal?.code === "throttled";
}

/** Something was wrong with it; throttling has a place of its own. */
function isFault(receipt: ReceiptSummary): boolean {
  return receipt.counts.rejected > 0 || (receipt.outcome === "refused" && !isThrottled(receipt));
}

function throttledOf(receipts: readonly ReceiptSummary[]): Intake["throttled"] {
  const groups = Map.groupBy(receipts.filter(isThrottled), ({ caller }) => caller.appId);
  return [...groups]
    .map(([appId, own]) => ({ appId, times: own.length, lastAt: own[0]?.receivedAt ?? "" }))
    .toSorted((one, other) => other.times - one.times);
}

/** @param receipts newest first */
function lastSentOf(receipts: readonly ReceiptSummary[]): Intake["lastSent"] {
  const found = new Map<string, string>();
  for (const { sourceSystem, receivedAt, outcome } of receipts) {
    if (sourceSystem !== null && outcome !== "deleted" && !found.has(sourceSystem)) {
      found.set(sourceSystem, receivedAt);
    }
  }
  return [...found].map(([source, at]) => ({ source, at }));
}

/** What changed in a day, and what is valid. */
export async function changesOf(parts: Parts, workspaceId: string): Promise<Changes> {
  const nowMs = parts.now().getTime();
  const [at, since, until] = [nowMs, nowMs - DAY_MS, nowMs + ENDING_DAYS * DAY_MS].map((ms) =>
    new Date(ms).toISOString(),
  ) as [string, string, string];
  const count = (condition: SearchCondition): Promise<MatchCount> =>
    parts.store.countMatches({ workspaceId, condition, timeoutMs: COUNT_MS });
  // At once: each waits for what is not searchable yet, and they may as well wait together.
  const [changed, active, ending] = await Promise.all([
    count({ kind: "updated", from: since }),
    count({ kind: "active", at }),
    count({ kind: "valid_until", from: at, before: until }),
  ]);
  const values =
    changed.exact && changed.count <= TALLIED_MAX
      ? await tallied(parts, workspaceId, since)
      : await counted(parts, workspaceId, { since, count });
  return { since, until, changed, active, ending, ...values };
}

type Values = Pick<Changes, "types" | "sources" | "tlps">;

async function tallied({ store, now }: Parts, workspaceId: string, since: string): Promise<Values> {
  const { items } = await store.searchObjects({
    workspaceId,
    condition: { kind: "updated", from: since },
    limit: TALLIED_MAX,
  });
  const views = items.map((item) => viewOf(item, now()));
  const tally = (of: (view: (typeof views)[number]) => string | null): readonly CountedValue[] =>
    [...Map.groupBy(views, of)]
      .map(([value, own]) => ({ value, count: own.length, exact: true }))
      .toSorted((one, other) => other.count - one.count)
      .slice(0, VALUES_MAX);
  return {
    types: tally(({ type }) => type),
    sources: tally(({ source }) => source),
    tlps: tally(({ tlp }) => tlp),
  };
}

async function counted(
  { store }: Parts,
  workspaceId: string,
  {
    since,
    count,
  }: {
    readonly since: string;
    readonly count: (condition: SearchCondition) => Promise<MatchCount>;
  },
): Promise<Values> {
  const changed: SearchCondition = { kind: "updated", from: since };
  const field = async (kind: "type" | "source" | "tlp"): Promise<readonly CountedValue[]> => {
    const values = await store.facets({ workspaceId, field: kind, limit: VALUES_MAX });
    const found = await Promise.all(
      values.map(async ({ value }) => {
        const own = { kind, anyOf: [value] } as SearchCondition;
        return { value, ...(await count({ kind: "and", conditions: [changed, own] })) };
      }),
    );
    return found
      .filter(({ count: number }) => number > 0)
      .toSorted((one, other) => other.count - one.count);
  };
  const [types, sources, tlps] = await Promise.all([field("type"), field("source"), field("tlp")]);
  return { types, sources, tlps };
}
