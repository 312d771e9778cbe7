/** The parts of a search's question that need no engine: defaults, limits, the values that are counted. */

import { AppError } from "../wire/index.ts";
import type { CountQuery, FacetField, SearchQuery } from "./search.ts";
import type { ObjectVersion } from "./store.ts";

/** Where counting ends unless the question says otherwise, and at most. */
const COUNT_MAX = { fallback: 10_000, most: 100_000 };

/** How long a search may take unless the question says otherwise, and at most. */
const TIMEOUT_MS = { fallback: 2_000, most: 30_000 };

/** The order of a search. */
export function sortOf({ sort }: SearchQuery): NonNullable<SearchQuery["sort"]> {
  return sort ?? { by: "updated", direction: "descending" };
}

/** @throws AppError `invalid_request` */
export function countMaxOf({ countMax = COUNT_MAX.fallback }: CountQuery): number {
  return checkedNumber("countMax", countMax, COUNT_MAX.most);
}

/** @throws AppError `invalid_request` */
export function timeoutMsOf({ timeoutMs = TIMEOUT_MS.fallback }: SearchQuery | CountQuery): number {
  return checkedNumber("timeoutMs", timeoutMs, TIMEOUT_MS.most);
}

function checkedNumber(field: string, value: number, max: number): number {
  if (!Number.isSafeInteger(value) || value < 1 || value > max) {
    throw new AppError("invalid_request", `${field} must be a whole number from 1 to ${max}.`, {
      field,
    });
  }
  return value;
}

/** A value that is counted; null is the absence of a marking. */
export interface CountedValue {
  readonly field: FacetField;
  readonly value: string | null;
}

/** What an object counts for, each once. */
export function facetValuesOf({
  facts,
  sourceSystem,
  revoked,
}: Pick<ObjectVersion, "facts" | "sourceSystem" | "revoked">): readonly CountedValue[] {
  const labels = facts.labels.length > 1 ? [...new Set(facts.labels)] : facts.labels;
  return [
    { field: "type", value: facts.type },
    { field: "source", value: sourceSystem },
    { field: "tlp", value: facts.tlp },
    { field: "revoked", value: String(revoked) },
    ...labels.map((value) => ({ field: "label" as const, value })),
  ];
}
