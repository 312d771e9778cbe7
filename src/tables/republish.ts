/**
 * When an unexpired object appears again in the tables. The service writes every unexpired object anew each 7 to 10
 * days, so that rules which look back 14 days go on seeing it. Here nothing is written anew: the rule below says at
 * which instant a row of a version appears a second time, and that instant alone is kept.
 */

const DAY_MS = 86_400_000;

/** The life of a version, in milliseconds since 1970. */
export interface VersionLife {
  readonly ingestedMs: number;
  /** End of validity; null for none. */
  readonly validUntilMs: number | null;
  /** Ingestion of the next version of the same object; null for the current one. */
  readonly supersededMs: number | null;
}

/**
 * The latest instant up to `nowMs` at which a version is republished: a whole number of periods after its ingestion,
 * while it was current and had not expired. null when there is none yet. Versions that are revoked or deleted are never
 * republished; leave them out.
 * @param days the period; 0 for never
 */
export function republishedMs(life: VersionLife, days: number, nowMs: number): number | null {
  const { ingestedMs, validUntilMs, supersededMs } = life;
  const beforeMs = Math.min(
    nowMs + 1,
    validUntilMs ?? Number.POSITIVE_INFINITY,
    supersededMs ?? Number.POSITIVE_INFINITY,
  );
  const periodMs = days * DAY_MS;
  const periods = periodMs === 0 ? 0 : Math.ceil((beforeMs - ingestedMs) / periodMs) - 1;
  return periods < 1 ? null : ingestedMs + periods * periodMs;
}
