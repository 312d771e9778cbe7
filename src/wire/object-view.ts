/** Objects as our own API shows them: what is known of them beside their STIX, and the STIX itself. */

/** Who an object belongs to: made here by hand, or sent by a source. */
export type Provenance = "own" | "sourced";

/** A STIX object. */
export type StixObject = Readonly<Record<string, unknown>>;

/** One version of an object. */
export interface ObjectView {
  /** `base64(source)---stixid`, as in the column `Id` of Sentinel's tables. */
  readonly id: string;
  readonly stixId: string;
  readonly type: string;
  readonly source: string;
  readonly provenance: Provenance;
  /** Number of the version; the ETag of the object. */
  readonly change: number;
  /** A short text that stands for the object in lists. */
  readonly title: string;
  readonly revoked: boolean;
  readonly deleted: boolean;
  /** Not revoked, not deleted, and within its time. */
  readonly active: boolean;
  readonly tlp: string | null;
  readonly confidence: number | null;
  readonly labels: readonly string[];
  readonly created: string | null;
  readonly modified: string | null;
  readonly validFrom: string | null;
  readonly validUntil: string | null;
  readonly observables: readonly { readonly key: string; readonly value: string }[];
  readonly ingestedAt: string;
  /** Null where only one version was looked at. */
  readonly firstIngestedAt: string | null;
  /** Request that brought this version, and the record's place in it. */
  readonly requestId: string;
  readonly recordIndex: number;
  /** Null for a deletion. */
  readonly object: StixObject | null;
}

/** A page of a search. */
export interface ObjectPage {
  readonly value: readonly ObjectView[];
  /** Where the next page begins; null on the last. */
  readonly cursor: string | null;
  /** The time was up before the page was full; it goes on at the cursor. */
  readonly partial: boolean;
  /** Requests that could not be searched yet. */
  readonly behind: number;
}
