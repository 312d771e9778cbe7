/** Rejected records: found, put right, and sent again under their own source. */
import type { Outcome, Receipt, ReceiptRejection, StixObject } from "../wire/index.ts";
import { AppError } from "../wire/index.ts";
import { type Acting, type ManageParts, noteOf, prepareObjects, settled } from "./context.ts";

/** A rejected record and where it came from. */
export interface QuarantinedRecord extends ReceiptRejection {
  readonly requestId: string;
  readonly receivedAt: string;
  readonly source: string | null;
  readonly appId: string;
}

/** A page of rejected records, newest request first. */
export interface QuarantinePage {
  readonly items: readonly QuarantinedRecord[];
  readonly next: string | null;
}

/** What became of records that were sent again. */
export interface ReplayResult {
  /** Receipt of the new request. */
  readonly requestId: string;
  readonly stored: number;
  readonly rejected: readonly {
    readonly recordIndex: number;
    readonly errorMessages: readonly string[];
  }[];
}

/** Receipts that a page of rejected records is taken from; each may have a hundred. */
const RECEIPTS_OF_PAGE = 10;

/** Outcomes of requests with rejected records, in the order in which they are listed. */
const WITH_REJECTIONS: readonly Outcome[] = ["partly_accepted", "rejected"];

/** Rejected records of a workspace that are still kept. @throws AppError `invalid_request` for a foreign cursor */
export async function rejectedRecords(
  { store }: ManageParts,
  workspaceId: string,
  cursor?: string,
): Promise<QuarantinePage> {
  const { at, inner } = placeOf(cursor);
  const outcome = WITH_REJECTIONS[at];
  if (outcome === undefined) {
    return { items: [], next: null };
  }
  const page = await store.receipts({
    workspaceId,
    outcome,
    limit: RECEIPTS_OF_PAGE,
    ...(inner === "" ? {} : { cursor: inner }),
  });
  const receipts = await Promise.all(
    page.items.map(({ requestId }) => store.receipt(workspaceId, requestId)),
  );
  const items = receipts.flatMap((receipt) => (receipt === undefined ? [] : recordsOf(receipt)));
  const isLast = page.next === null && at === WITH_REJECTIONS.length - 1;
  const next = page.next === null ? cursorOf(at + 1, "") : cursorOf(at, page.next);
  return { items, next: isLast ? null : next };
}

/**
 * Sends rejected records of a request again, as they are or put right. What is wrong still is told and stays rejected.
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
    /** All of them when left out. */
    readonly recordIndexes?: readonly number[];
    readonly fixed: ReadonlyMap<number, StixObject>;
  },
): Promise<ReplayResult> {
  const receipt = await parts.store.receipt(acting.workspaceId, requestId);
  if (receipt?.sourceSystem === undefined || receipt.sourceSystem === null) {
    throw new AppError("not_found", `There is no request '${requestId}' with rejected records.`, {
      field: "requestId",
    });
  }
  const chosen = chosenOf(
    receipt,
    recordIndexes ?? receipt.rejections.map((each) => each.recordIndex),
  );
  const objects = chosen.map(
    ({ recordIndex, payload }) => fixed.get(recordIndex) ?? (payload as StixObject),
  );
  const { prepared, errors } = prepareObjects(parts, acting, {
    sourceSystem: receipt.sourceSystem,
    objects,
    notes: [`rejected records of request ${requestId}, sent again`],
  });
  await settled(parts, await parts.store.append(prepared));
  await parts.documents.commit(
    [],
    [
      noteOf(acting, {
        action: "quarantine.replay",
        target: requestId,
        after: { stored: prepared.accepted, rejected: errors.length },
      }),
    ],
  );
  return {
    requestId: acting.requestId,
    stored: prepared.accepted,
    rejected: errors.map(({ recordIndex, errorMessages }) => ({
      recordIndex: chosen[recordIndex]?.recordIndex ?? recordIndex,
      errorMessages,
    })),
  };
}

function chosenOf(receipt: Receipt, recordIndexes: readonly number[]): readonly ReceiptRejection[] {
  const byIndex = new Map(receipt.rejections.map((each) => [each.recordIndex, each]));
  if (recordIndexes.length === 0) {
    throw new AppError("not_found", "The request has no rejected record that is still kept.", {
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

function recordsOf({
  requestId,
  receivedAt,
  sourceSystem,
  caller,
  rejections,
}: Receipt): QuarantinedRecord[] {
  return rejections.map((each) => ({
    ...each,
    requestId,
    receivedAt,
    source: sourceSystem,
    appId: caller.appId,
  }));
}

function cursorOf(at: number, inner: string): string {
  return Buffer.from(`${at} ${inner}`).toString("base64url");
}

function placeOf(cursor: string | undefined): { readonly at: number; readonly inner: string } {
  if (cursor === undefined) {
    return { at: 0, inner: "" };
  }
  const [, at, inner = ""] = /^(\d) (.*)$/s.exec(Buffer.from(cursor, "base64url").toString()) ?? [];
  if (at === undefined) {
    throw new AppError("invalid_request", "The cursor is not one that this list returned.", {
      field: "cursor",
    });
  }
  return { at: Number(at), inner };
}
