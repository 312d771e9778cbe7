/**
 * When an unexpired object appears again. The service writes every unexpired object anew each 7 to 10 days, so that
 * rules which look back 14 days go on seeing it. Here nothing is written anew: a column holds the latest instant at
 * which a version is republished, a whole number of periods after its ingestion, while it was current and had not
 * expired; the views show its rows a second time at that instant. The instant follows from the versions alone, so a
 * rebuilt mirror has the same.
 */

import { mirrorTable } from "./names.ts";

const DAY_MICROS = 86_400_000_000;

/** What a round looks at. */
export interface RepublishRound {
  readonly workspaceId: string;
  readonly table: string;
  /** The period; 0 for never. */
  readonly days: number;
}

/**
 * Statement that brings the instants of a table up to date, changing only those that are not. `$now` is its parameter.
 * A version is over when the next one of its object arrives; a revoked one and a tombstone are never republished.
 */
export function republishSql({ workspaceId, table, days }: RepublishRound): string {
  const from = mirrorTable(workspaceId, table);
  const period = days * DAY_MICROS;
  if (period === 0) {
    return `UPDATE ${from} SET Republished = NULL WHERE Republished IS NOT NULL AND $now IS NOT NULL`;
  }
  return `UPDATE ${from} AS kept SET Republished = due.Instant FROM (
      SELECT Change, CASE WHEN Periods >= 1
               THEN make_timestamp(epoch_us(TimeGenerated) + Periods * ${period}) END AS Instant
        FROM (
          SELECT Change, TimeGenerated, (epoch_us(least(CAST($now AS TIMESTAMP) + INTERVAL 1 MICROSECOND,
                   ValidUntil, Superseded)) - epoch_us(TimeGenerated) - 1) // ${period} AS Periods,
            FROM (
              SELECT Change, TimeGenerated, ValidUntil, Gone,
                     lead(TimeGenerated) OVER (PARTITION BY Id ORDER BY Change) AS Superseded
                FROM (SELECT Id, Change, any_value(TimeGenerated) AS TimeGenerated,
                             any_value(ValidUntil) AS ValidUntil, any_value(Revoked OR IsDeleted) AS Gone
                        FROM ${from} GROUP BY Id, Change))
           WHERE NOT Gone)) AS due
    WHERE kept.Change = due.Change AND kept.Republished IS DISTINCT FROM due.Instant`;
}
