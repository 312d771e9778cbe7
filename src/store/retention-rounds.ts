/** Asks a store now and then to drop what has been kept long enough, until nothing more is due. */

import type { RetentionCutoffs } from "./retention.ts";

/** How long things are kept; what is left out is kept for ever. */
export interface Retention {
  /** Rejected records, and the warnings of accepted ones; the receipt goes on telling their numbers. */
  readonly rejectedDays?: number;
  /** Receipts of requests that brought no object, or of which none is left. */
  readonly receiptDays?: number;
  /** Versions, counted from the moment when a newer one replaced them. */
  readonly versionDays?: number;
  /** Versions of one object, the current one among them; the newest are kept. */
  readonly versionsMax?: number;
  /** Deleted objects with their tombstone and all of their history: longer than any follower is behind. */
  readonly tombstoneDays?: number;
  /** Pause between two rounds; a minute when left out. */
  readonly roundMs?: number;
}

const DAY_MS = 86_400_000;

/** A day more or less of keeping is no matter, so a look now and then suffices. */
const ROUND_MS = 60_000;

/** Starts the rounds; the function that it returns ends them. */
export function startRetention(
  { roundMs = ROUND_MS, ...kept }: Retention,
  clock: () => Date,
  drop: (cutoffs: RetentionCutoffs) => Promise<number>,
): () => void {
  if (Object.values(kept).every((limit) => limit === undefined)) {
    return () => undefined;
  }
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  function before(days: number | undefined): string | null {
    return days === undefined ? null : new Date(clock().getTime() - days * DAY_MS).toISOString();
  }

  async function round(): Promise<void> {
    const cutoffs: RetentionCutoffs = {
      rejectedBefore: before(kept.rejectedDays),
      receiptsBefore: before(kept.receiptDays),
      versionsBefore: before(kept.versionDays),
      versionsMax: kept.versionsMax ?? null,
      tombstonesBefore: before(kept.tombstoneDays),
    };
    try {
      while (!stopped && (await drop(cutoffs)) > 0) {
        // Each call drops a little, so that uploads get their turn in between.
      }
    } catch {
      // A disk or a server that fails now is told by the appends; what is due now is due in the next round, too.
    }
    plan();
  }

  function plan(): void {
    if (!stopped) {
      timer = setTimeout(() => void round(), roundMs).unref();
    }
  }

  plan();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
