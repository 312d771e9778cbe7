/** The parts of a receipt that follow from the request alone, the same for every store. */

import type { ReceiptCounts, ReceiptRejection, ReceiptWarning } from "../wire/index.ts";
import type { IntakeRejection, IntakeRequest } from "./store.ts";

/** How the indexer sorted the accepted records of a request. */
export interface IndexCounts {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
}

/** The counts of a request; those of the index are null as long as it has not been indexed. */
export function countsOf(request: IntakeRequest, indexed: IndexCounts | undefined): ReceiptCounts {
  return {
    received: request.received,
    accepted: request.objects.length,
    rejected: request.rejections.length,
    warned: request.objects.filter(({ warnings }) => warnings.length > 0).length,
    created: indexed?.created ?? null,
    updated: indexed?.updated ?? null,
    unchanged: indexed?.unchanged ?? null,
  };
}

/** The remarks about the records that were accepted. */
export function warningsOf(request: IntakeRequest): ReceiptWarning[] {
  return request.objects
    .filter(({ warnings }) => warnings.length > 0)
    .map(({ recordIndex, facts, warnings }) => ({ recordIndex, stixId: facts.stixId, warnings }));
}

/** A rejected record as the receipt shows it. */
export function rejectionOf(rejection: IntakeRejection): ReceiptRejection {
  const { recordIndex, stixId, errors, warnings, json } = rejection;
  return { recordIndex, stixId, errors, warnings, payload: payloadOf(json) };
}

/** A record that was rejected for not being JSON is shown as its text. */
function payloadOf(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}
