/** Rejected records: found, put right and sent again under their own source, or dismissed. */
import {
  AppError,
  type Receipt,
  type ReceiptRejection,
  type ReceiptSummary,
  type StixObject,
} from "../wire/index.ts";
import { type Acting, type ManageParts, noteOf, prepareObjects, settled } from "./context.ts";
import { scanReceipts } from "./receipt-scan.ts";
import { type Settlement, settle, settlementsOf } from "./settled.ts";

/** A rejected record and where it came from. */
export interface QuarantinedRecord extends ReceiptRejection {
  readonly requestId: string;
  readonly receivedAt: string;
  readonly source: string | null;
  readonly appId: string;
  /** What became of it; null while nobody has done anything. */
  readonly settled: Settlement | null;
}

/** A page of rejected records, newest request first. */
export interface QuarantinePage {
  readonly items: readonly QuarantinedRecord[];
  readonly next: string | null;
}

/** Which rejected records are asked for. */
export interface QuarantineQuery {
  readonly workspaceId: string;
  /** Open ones alone when left out. */
  readonly settled?: "without" | "with" | "only";
  readonly appId?: string;
  readonly source?: string;
  readonly cursor?: string;
}

/** What became of records that were sent again. */
export interface ReplayResult {
  /** Receipt of the new request; null when there is none, since nothing was stored. */
  readonly requestId: string | null;
  readonly stored: number;
  readonly rejected: readonly {
    readonly recordIndex: number;
    readonly errorMessages: readonly string[];
  }[];
}

/** Records of a page, and more where the last request has many. */
const RECORDS_OF_PAGE = 50;

/** Pages without a record that is asked for, behind which an empty one is given. */
const EMPTY_ROUNDS_MAX = 20;

/** Rejected records of a workspace that are still kept. @throws AppError `invalid_request` for a foreign cursor */
export async function rejectedRecords(
  parts: ManageParts,
  query: QuarantineQuery,
): Promise<QuarantinePage> {
  let { cursor } = query;
  for (let round = 1; ; round += 1) {
    const page = await scanReceipts(parts.store, {
      workspaceId: query.workspaceId,
      limit: RECORDS_OF_PAGE,
      weight: ({ counts }) => counts.rejected,
      ...(cursor === undefined ? {} : { cursor }),
      matches: (receipt) => mayHold(receipt, query),
    });
    const found = await Promise.all(
      page.items.map(({ requestId }) => recordsOf(parts, query, requestId)),
    );
    const items = found.flat();
    if (items.length > 0 || page.next === null || round === EMPTY_ROUNDS_MAX) {
      return { items, next: page.next };
    }
    cursor = page.next;
  }
}

function mayHold(receipt: ReceiptSummary, { appId, source }: QuarantineQuery): boolean {
  return (
    receipt.counts.rejected > 0 &&
    (appId === undefined || receipt.caller.appId === appId) &&
    (source === undefined || receipt.sourceSystem === source)
  );
}

async function recordsOf(
  parts: ManageParts,
  { workspaceId, settled: which = "without" }: QuarantineQuery,
  requestId: string,
): Promise<readonly QuarantinedRecord[]> {
  const [receipt, settlements] = await Promise.all([
    parts.store.receipt(workspaceId, requestId),
    settlementsOf(parts, workspaceId, requestId),
  ]);
  if (receipt === undefined) {
    return [];
  }
  const { receivedAt, sourceSystem: source, caller, rejections } = receipt;
  return rejections
    .map((each) => ({
      ...each,
      ...{ requestId, receivedAt, source, appId: caller.appId },
      settled: settlements[each.recordIndex] ?? null,
    }))
    .filter((each) => which === "with" || (which === "only") === (each.settled !== null));
}

/**
 * Sends rejected records of a request again, as they are or put right. What is stored is settled; what is wrong still is
 * told and stays as it was.
 * @param fixed records put right, by their place in the request; others are sent as they were
 * @throws AppError `not_found`; `invalid_request` for a place without a rejected record
 */
export async function replayRejected(
  parts: ManageParts,
  acting: Acting,
  {
    requestId,
    recordIndexes,
    fixed,
  }: {
    readonly requestId: string;
    /** All that are not settled when left out. */
    readonly recordIndexes?: readonly number[];
    readonly fixed: ReadonlyMap<number, StixObject>;
  },
): Promise<ReplayResult> {
  const receipt = await requireReceipt(parts, acting.workspaceId, requestId);
  const settlements = await settlementsOf(parts, acting.workspaceId, requestId);
  const open = receipt.rejections
    .map(({ recordIndex }) => recordIndex)
    .filter((recordIndex) => settlements[recordIndex] === undefined);
  const chosen = chosenOf(receipt, recordIndexes ?? open).map(({ recordIndex, payload }) => ({
    recordIndex,
    object: fixed.get(recordIndex) ?? (payload as StixObject),
  }));
  const request = {
    sourceSystem: receipt.sourceSystem,
    notes: [`rejected records of request ${requestId}, sent again`],
  };
  const tried = prepareObjects(parts, acting, {
    ...request,
    objects: chosen.map(({ object }) => object),
  });
  const wrong = new Map(
    tried.errors.map(({ recordIndex, errorMessages }) => [recordIndex, errorMessages]),
  );
  const valid = chosen.filter((_each, at) => !wrong.has(at));
  if (valid.length > 0) {
    // What is wrong still is not kept a second time.
    const objects = valid.map(({ object }) => object);
    const { prepared } = prepareObjects(parts, acting, { ...request, objects });
    await settled(parts, await parts.store.append(prepared));
    await settle(parts, acting, {
      requestId,
      recordIndexes: valid.map(({ recordIndex }) => recordIndex),
      how: "stored",
    });
  }
  const counts = { stored: valid.length, rejected: wrong.size };
  const note = { action: "quarantine.replay", target: requestId, after: counts };
  await parts.documents.commit([], [noteOf(acting, note)]);
  return {
    requestId: valid.length === 0 ? null : acting.requestId,
    stored: valid.length,
    rejected: [...wrong].map(([at, errorMessages]) => ({
      recordIndex: chosen[at]?.recordIndex ?? at,
      errorMessages,
    })),
  };
}

/**
 * Takes rejected records off the list of those that somebody should look at, or puts them back.
 * @param recordIndexes all that are open, or that were dismissed, when left out
 * @returns how many
 * @throws AppError `not_found`; `invalid_request` for a place without a rejected record
 */
export async function dismissRejected(
  parts: ManageParts,
  acting: Acting,
  {
    requestId,
    recordIndexes,
    undo,
  }: {
    readonly requestId: string;
    readonly recordIndexes?: readonly number[];
    readonly undo: boolean;
  },
): Promise<number> {
  const receipt = await requireReceipt(parts, acting.workspaceId, requestId);
  const settlements = await settlementsOf(parts, acting.workspaceId, requestId);
  const all = receipt.rejections.map(({ recordIndex }) => recordIndex);
  const wanted = undo ? "dismissed" : undefined;
  const changed = chosenOf(receipt, recordIndexes ?? all)
    .map(({ recordIndex }) => recordIndex)
    .filter((recordIndex) => settlements[recordIndex]?.how === wanted);
  if (changed.length > 0) {
    const how = undo ? null : "dismissed";
    await settle(parts, acting, { requestId, recordIndexes: changed, how });
    const action = undo ? "quarantine.restore" : "quarantine.dismiss";
    const after = { records: changed.length };
    await parts.documents.commit([], [noteOf(acting, { action, target: requestId, after })]);
  }
  return changed.length;
}

type ReceiptWithSource = Receipt & { readonly sourceSystem: string };

async function requireReceipt(
  { store }: ManageParts,
  workspaceId: string,
  requestId: string,
): Promise<ReceiptWithSource> {
  const receipt = await store.receipt(workspaceId, requestId);
  if (receipt === undefined || receipt.sourceSystem === null) {
    throw new AppError("not_found", `There is no request '${requestId}' with rejected records.`, {
      field: "requestId",
    });
  }
  return receipt as ReceiptWithSource;
}

function chosenOf(receipt: Receipt, recordIndexes: readonly number[]): readonly ReceiptRejection[] {
  const byIndex = new Map(receipt.rejections.map((each) => [each.recordIndex, each]));
  if (recordIndexes.length === 0) {
    throw new AppError("not_found", "The request has no rejected record that is still open.", {
      field: "requestId",
    });
  }
  return recordIndexes.map((recordIndex) => {
    const found = byIndex.get(recordIndex);
    if (found === undefined) {
      throw new AppError(
        "invalid_request",
        `Record ${recordIndex} of the request was not rejected, or is not kept any more.`,
        { field: "records" },
      );
    }
    return found;
  });
}
