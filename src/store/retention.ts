/**
 * What retention goes by, the same for every engine: what may go, how much at a time, and when tidying up is worth
 * its beginning. How the rows are found is each engine's own.
 *
 * A replaced version is found by the one that replaced it: versions are numbered in the order of their arrival, so
 * two cursors over the newer ones (by age and by number) meet each older one once, whenever it was replaced. Texts
 * lie in a blob for each request; a blob is written anew when half of its records are dead.
 */

import { type Blob, pack, unpack, withoutRecords } from "./payload.ts";

/** What may go, as of now. */
export interface VersionCutoffs {
  /** Versions that were replaced before; null keeps them. RFC 3339. */
  readonly versionsBefore: string | null;
  /** Versions that an object keeps, the current one among them; null keeps them all. */
  readonly versionsMax: number | null;
  /** Objects that were deleted before, with all of their history; null keeps them. */
  readonly tombstonesBefore: string | null;
}

/** What may go, as of now. */
export interface RetentionCutoffs extends VersionCutoffs {
  /** Rejected records and warnings that were received before; null keeps them. RFC 3339. */
  readonly rejectedBefore: string | null;
  /** Receipts of requests of which no object is left, or that brought none, and that were received before; null
   * keeps them. */
  readonly receiptsBefore: string | null;
}

/** Up to which request a store's own followers are: what they have yet to meet isn't dropped. */
export interface RetentionReach {
  readonly indexed: number;
  /** Deletions go when the index for searches has met them. */
  readonly searchable: number;
}

/** Rows of one kind that are looked at in one transaction: others wait for it. */
export const RETENTION_ROWS = 500;

/** Blobs written anew in one transaction; a usual one takes a millisecond. */
export const RETENTION_BLOBS = 8;

/** Versions dropped before which taking their values out of the index isn't worth its beginning. */
const CLEANED_VERSIONS_MIN = 50_000;

/** Of all versions, one dropped for so many that are there: so all of it costs each dropped one a few look-ups. */
const DROPPED_SHARE = 4;

/** Whether any version may ever go, and so whether records without a version have to be counted. */
export function dropsVersions(cutoffs: VersionCutoffs): boolean {
  const { versionsBefore, versionsMax, tombstonesBefore } = cutoffs;
  return versionsBefore !== null || versionsMax !== null || tombstonesBefore !== null;
}

/**
 * Whether the index is to be rid of the values of dropped versions.
 * @param dropped versions since the last time
 * @param span between the numbers of the first and the last version
 */
export function isCleaningDue(
  dropped: number,
  span: number,
  droppedMin: number = CLEANED_VERSIONS_MIN,
): boolean {
  return dropped >= droppedMin && dropped * DROPPED_SHARE >= span - dropped;
}

/** A blob with the records at these places alone; the others are empty, and all stay where they are. */
export function blobWith(blob: Blob, places: ReadonlySet<number>): Blob {
  return pack(withoutRecords(unpack(blob), places));
}
