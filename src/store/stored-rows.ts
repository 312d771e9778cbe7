/** Between what the door speaks and the rows that stores keep: the same for every engine, free of SQL. */

import type { Outcome, Receipt, ReceiptSummary } from "../wire/index.ts";
import type { AppendRow, ReceiptDetailRow, ReceiptRow, VersionRow } from "./engine-rows.ts";
import { decodeObjects, encodeObjects } from "./payload.ts";
import { countsOf, rejectionOf, warningsOf } from "./receipt-parts.ts";
import type {
  IntakeRejection,
  IntakeRequest,
  ObjectFacts,
  ObjectQuery,
  ObjectVersion,
  PreparedRequest,
} from "./store.ts";

/** A row whose records lie in a buffer of their own, which can be transferred. */
export interface PreparedRow extends AppendRow {
  readonly objects: Uint8Array<ArrayBuffer> | null;
}

/** The facts of a request that are read only with its receipt. */
interface RequestRest {
  readonly generation: IntakeRequest["generation"];
  readonly apiVersion: string;
  readonly caller: IntakeRequest["caller"];
  readonly refusal: IntakeRequest["refusal"];
  readonly notes: readonly string[];
}

/** A request as it goes into the log; `now` is the time of the append. */
export function appendRowOf(request: IntakeRequest | PreparedRequest, now: Date): PreparedRow {
  const prepared = isPrepared(request) ? request : prepareRequest(request);
  return { ...prepared, appendedAt: now.toISOString() };
}

/** Prepares a request for `append`: everything that needs the records in full. */
export function prepareRequest(request: IntakeRequest): PreparedRequest {
  const { generation, apiVersion, caller, refusal, notes, objects, rejections } = request;
  const rest: RequestRest = { generation, apiVersion, caller, refusal, notes };
  const { received, accepted, rejected, warned } = countsOf(request, undefined);
  const warnings = warningsOf(request);
  return {
    requestId: request.requestId,
    workspaceId: request.workspaceId,
    receivedAt: request.receivedAt,
    outcome: request.outcome,
    sourceSystem: request.sourceSystem,
    ...{ received, accepted, rejected, warned },
    rest: JSON.stringify(rest),
    objects: objects.length === 0 ? null : encodeObjects(objects),
    rejections: rejections.length === 0 ? null : JSON.stringify(rejections),
    warnings: warnings.length === 0 ? null : JSON.stringify(warnings),
  };
}

/** Undoes `prepareRequest`, for a store that keeps requests in full. */
export function intakeRequestOf(request: IntakeRequest | PreparedRequest): IntakeRequest {
  if (!isPrepared(request)) {
    return request;
  }
  const { requestId, workspaceId, receivedAt, outcome, sourceSystem, received } = request;
  const warnings = new Map(
    (JSON.parse(request.warnings ?? "[]") as Receipt["warnings"]).map((row) => [
      row.recordIndex,
      row.warnings,
    ]),
  );
  const records = request.objects === null ? [] : decodeObjects(request.objects);
  return {
    ...{ requestId, workspaceId, receivedAt, outcome, sourceSystem, received },
    ...(JSON.parse(request.rest) as RequestRest),
    objects: records.map(({ recordIndex, facts, text }) => ({
      recordIndex,
      json: text.toString(),
      facts: JSON.parse(facts.toString()) as ObjectFacts,
      warnings: warnings.get(recordIndex) ?? [],
    })),
    rejections: JSON.parse(request.rejections ?? "[]") as IntakeRejection[],
  };
}

function isPrepared(request: IntakeRequest | PreparedRequest): request is PreparedRequest {
  return "rest" in request;
}

/** Bytes of a request; characters count as bytes: near enough for a bound on memory. */
export function bytesOf({ objects, rejections, warnings, rest }: AppendRow): number {
  const texts = [rest, rejections ?? "", warnings ?? ""];
  return texts.reduce((sum, text) => sum + text.length, objects?.length ?? 0);
}

/** A version as the door shows it. */
export function versionOf({ facts: factsText, ...row }: VersionRow): ObjectVersion {
  const facts = JSON.parse(factsText) as ObjectFacts;
  return { ...row, stixId: facts.stixId, facts, deleted: facts.deleted === true };
}

/** Whether a row has the texts asked for, which engines look up by their hashes only. */
export function matches({ facts }: VersionRow, { label, observableValue }: ObjectQuery): boolean {
  if (label === undefined && observableValue === undefined) {
    return true;
  }
  const { labels, observables } = JSON.parse(facts) as ObjectFacts;
  return (
    (label === undefined || labels.includes(label)) &&
    (observableValue === undefined || observables.some(({ value }) => value === observableValue))
  );
}

/** The line of a receipt in a list. */
export function summaryOf(row: ReceiptRow): ReceiptSummary {
  const { requestId, workspaceId, sequence, receivedAt, sourceSystem } = row;
  const { received, accepted, rejected, warned, created, updated, unchanged } = row;
  const { generation, apiVersion, caller, refusal } = JSON.parse(row.rest) as RequestRest;
  return {
    ...{ requestId, workspaceId, sequence, receivedAt, generation, apiVersion, sourceSystem },
    outcome: row.outcome as Outcome,
    caller,
    counts: { received, accepted, rejected, warned, created, updated, unchanged },
    indexed: created !== null,
    refusal,
  };
}

/** A receipt in full. */
export function receiptOf(row: ReceiptDetailRow): Receipt {
  const { notes } = JSON.parse(row.rest) as RequestRest;
  const rejections = JSON.parse(row.rejections ?? "[]") as IntakeRejection[];
  const warnings = JSON.parse(row.warnings ?? "[]") as Receipt["warnings"];
  return { ...summaryOf(row), notes, rejections: rejections.map(rejectionOf), warnings };
}
