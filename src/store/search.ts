/**
 * What a search asks for and gives back. Conditions are data: a tree whose leaves compare one property of the
 * current version. Searches see current objects only; deleted ones are nowhere.
 */

import type { ObjectVersion, Page } from "./store.ts";

/**
 * What must hold of an object. Comparisons of texts are exact but for `name`, `text` and `label` prefixes.
 * Instants are RFC 3339; they are compared in milliseconds, and an object without the property never matches
 * a range of it.
 */
export type SearchCondition =
  | { readonly kind: "and"; readonly conditions: readonly SearchCondition[] }
  | { readonly kind: "or"; readonly conditions: readonly SearchCondition[] }
  | { readonly kind: "not"; readonly condition: SearchCondition }
  | { readonly kind: "type" | "source" | "label" | "id"; readonly anyOf: readonly string[] }
  /** `white`, `green`, `amber`, `amber+strict`, `red`, or null for objects without a TLP marking. */
  | { readonly kind: "tlp"; readonly anyOf: readonly (string | null)[] }
  /** Both ends belong to the range. */
  | { readonly kind: "confidence"; readonly from?: number; readonly to?: number }
  /** `from` belongs to the range, `before` doesn't. */
  | { readonly kind: SearchTime; readonly from?: string; readonly before?: string }
  | { readonly kind: "revoked"; readonly is: boolean }
  /** Not revoked, and valid at an instant: from `valid_from` (if any) until before `valid_until` (if any). */
  | { readonly kind: "active"; readonly at: string }
  /** The beginning of the name, in lower or upper case. */
  | { readonly kind: "name"; readonly startsWith: string }
  /** A value that the pattern pins, under a key or under whatever key. */
  | { readonly kind: "observable"; readonly value: string; readonly key?: string }
  /**
   * Words of name, aliases, description, labels, pattern, value and external ids, in lower or upper case. All
   * must occur: `word` whole, `word*` at the beginning of a word, `"several words"` one after the other.
   * Addresses, names of hosts, hashes and identifiers such as `CVE-2024-3094` are words and consist of words.
   */
  | { readonly kind: "text"; readonly words: string };

/** Instants that a range can be asked of. `ingested` is the first version's, `updated` the current one's. */
export type SearchTime =
  | "created"
  | "modified"
  | "valid_from"
  | "valid_until"
  | "ingested"
  | "updated";

/** Orders of a search; objects without the property come first ascending, last descending. Objects of equal
 * rank are in the order of their last change. Names are compared by their first 40 characters, in lower case. */
export type SearchSort = SearchTime | "confidence" | "name" | "type" | "source";

/** A search. */
export interface SearchQuery {
  readonly workspaceId: string;
  /** All current objects when left out. */
  readonly condition?: SearchCondition;
  /** `updated`, newest first, when left out. */
  readonly sort?: { readonly by: SearchSort; readonly direction: "ascending" | "descending" };
  /** 1 to 1,000. */
  readonly limit: number;
  /** `next` of the previous page of the same search. */
  readonly cursor?: string;
  /** After so long the page is given back as far as it is; 2,000 when left out, at most 30,000. */
  readonly timeoutMs?: number;
}

/** An object that a search found: its current version. */
export interface SearchHit extends ObjectVersion {
  /** When the oldest version that is still kept was ingested: RFC 3339, UTC, milliseconds. */
  readonly firstIngestedAt: string;
}

/** A page of a search; an object that changes meanwhile stands where it stood, or where it belongs now. */
export interface SearchPage extends Page<SearchHit> {
  /** The time was up before the page was full: `next` goes on from there, even if there are no items. */
  readonly partial: boolean;
  /** Requests that were indexed when the search began but couldn't be searched in time; 0 normally. */
  readonly behind: number;
}

/** A question for a number. */
export interface CountQuery {
  readonly workspaceId: string;
  readonly condition?: SearchCondition;
  /** Counting ends there: 1 to 100,000; 10,000 when left out. */
  readonly countMax?: number;
  readonly timeoutMs?: number;
}

/** A number of objects: exact, or at least so many when the bound or the time was reached. */
export interface MatchCount {
  readonly count: number;
  readonly exact: boolean;
}

/** Fields whose values are counted. */
export type FacetField = "type" | "source" | "label" | "tlp" | "revoked";

/** A question for the values of a field. */
export interface FacetQuery {
  readonly workspaceId: string;
  readonly field: FacetField;
  /** Only values that begin so, exactly: for completing what someone types. */
  readonly prefix?: string;
  readonly limit: number;
}

/** A value and the number of current objects that have it; `revoked` has `true` and `false`. */
export interface FacetValue {
  /** Null: objects without a TLP marking. */
  readonly value: string | null;
  readonly count: number;
}

/** A question for the neighbours of an object. */
export interface RelatedQuery {
  readonly workspaceId: string;
  readonly stixId: string;
  /** `incoming`: objects that refer to it. `outgoing`: objects that objects with this id refer to. */
  readonly direction: "incoming" | "outgoing";
  /** Such as `source_ref` or `object_refs`; any property when left out. */
  readonly property?: string;
  /** 1 to 1,000. */
  readonly limit: number;
  readonly cursor?: string;
}

/** A neighbour. */
export interface RelatedObject {
  /** Property that refers, such as `target_ref`; of the neighbour when incoming. */
  readonly property: string;
  /** STIX id of the neighbour. */
  readonly stixId: string;
  /** The neighbour; null when what is referred to isn't stored. */
  readonly object: ObjectVersion | null;
}

/** The part of a store that searches. */
export interface Searches {
  /**
   * Current objects that a condition holds for, in the order asked for. What has been indexed when the
   * search begins is waited for, up to two seconds; then `behind` says that something may be missing.
   * @throws AppError `invalid_request` for a limit out of range, a condition that is too large or broken,
   *   or a cursor that no page of the same search returned; the message names the field
   */
  searchObjects(query: SearchQuery): Promise<SearchPage>;

  /** How many current objects a condition holds for: exactly up to a bound. @throws as `searchObjects` */
  countMatches(query: CountQuery): Promise<MatchCount>;

  /**
   * The values of a field among the current objects of a workspace with the number of objects of each,
   * the most frequent first; `limit` 1 to 1,000. Nothing is scanned.
   * @throws AppError `invalid_request`
   */
  facets(query: FacetQuery): Promise<readonly FacetValue[]>;

  /**
   * Current objects of the workspace, of whatever source, that refer to an object, or that it refers to.
   * @throws AppError `invalid_request` for a limit out of range or a cursor that no page returned
   */
  relatedObjects(query: RelatedQuery): Promise<Page<RelatedObject>>;
}
