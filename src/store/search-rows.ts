/** What the search index keeps of a current object, the same for every engine. */

import { referencesOf, searchTextsOf } from "../stix/index.ts";
import type { FacetField } from "./search.ts";
import { type SearchColumns, searchColumns } from "./search-object.ts";
import { type CountedValue, facetValuesOf } from "./search-query.ts";
import type { TokenSource } from "./search-tokens.ts";
import type { ObjectVersion } from "./store.ts";

/** Numbers of the fields whose values are counted; they stand in databases. */
export const FACET_NUMBER: { readonly [Field in FacetField]: number } = {
  type: 1,
  source: 2,
  label: 3,
  tlp: 4,
  revoked: 5,
};

/** A current object on its way to the search index. */
export interface SearchEntry {
  readonly workspace: number;
  readonly object: number;
  readonly change: number;
  readonly revoked: boolean;
  readonly columns: SearchColumns;
  /** What its words are taken from. */
  readonly texts: readonly string[];
  /** What is compared exactly of it. */
  readonly exact: TokenSource;
  readonly facets: readonly CountedValue[];
}

/** What an entry is made of. */
export type EntryVersion = Pick<
  ObjectVersion,
  "change" | "facts" | "json" | "sourceSystem" | "revoked" | "ingestedAt"
>;

/** Makes an entry of a version; `ingested` is the instant of the oldest version, as `instantKey` gives it. */
export function searchEntry(
  { workspace, object }: { readonly workspace: number; readonly object: number },
  version: EntryVersion,
  ingested: number,
): SearchEntry {
  const stix = parsed(version.json);
  return {
    workspace,
    object,
    change: version.change,
    revoked: version.revoked,
    columns: searchColumns(version, ingested),
    texts: searchTextsOf(stix),
    exact: { version, references: referencesOf(stix) },
    facets: facetValuesOf(version),
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** A counted value as it is stored; `null` only occurs where no value is empty. */
export function facetText({ value }: CountedValue): string {
  return value ?? "";
}

/** Undoes `facetText`. */
export function facetValue(field: FacetField, text: string): string | null {
  return field === "tlp" && text === "" ? null : text;
}
