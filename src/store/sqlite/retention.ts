/** Drops what has been kept long enough, a little at a time, on the thread that writes. */

import type { DatabaseSync } from "node:sqlite";
import { inDerivedTransaction } from "./transaction.ts";
import { createVersionRetention, type VersionCutoffs } from "./version-retention.ts";

/** What may go, as of now. */
export interface RetentionCutoffs extends VersionCutoffs {
  /** Rejected records and warnings that were received before; null keeps them. RFC 3339. */
  readonly rejectedBefore: string | null;
  /** Receipts of requests of which no object is left, or that brought none, and that were received before; null
   * keeps them. */
  readonly receiptsBefore: string | null;
}

/** Rows of one table that are dropped in one transaction: appends wait for it. */
const ROWS_PER_ROUND = 500;

/**
 * Prepares the statements on the writer's connection. The function drops one round's worth and returns the
 * number of rows, 0 when nothing is due. Only requests up to `indexed` are dropped: the indexer counts on
 * the rest.
 */
export function createRetention(
  database: DatabaseSync,
): (cutoffs: RetentionCutoffs, indexed: number) => number {
  const dropRejected = ["quarantine", "request_warnings"].map((table) =>
    database.prepare(
      `DELETE FROM ${table} WHERE sequence IN
        (SELECT sequence FROM ${table} WHERE received_at < ? ORDER BY received_at LIMIT ?)`,
    ),
  );
  const due = database.prepare(
    `SELECT sequence FROM request WHERE accepted = 0 AND received_at < ? AND sequence <= ?
      ORDER BY received_at LIMIT ?`,
  );
  const dueEmpty = database.prepare(
    `SELECT sequence FROM log_garbage JOIN request USING (sequence)
      WHERE records = 0 AND received_at < ? AND sequence <= ? ORDER BY sequence LIMIT ?`,
  );
  const tables = ["request", "index_result", "quarantine", "request_warnings", "log_garbage"];
  const retainVersions = createVersionRetention(database);
  const dropReceipt = tables.map((table) =>
    database.prepare(`DELETE FROM ${table} WHERE sequence = ?`),
  );

  function dropReceipts(before: string, indexed: number): number {
    const sequences = [due, dueEmpty].flatMap((statement) =>
      statement.all(before, indexed, ROWS_PER_ROUND).map((row) => Number(row["sequence"])),
    );
    for (const sequence of sequences) {
      for (const drop of dropReceipt) {
        drop.run(sequence);
      }
    }
    return sequences.length;
  }

  return ({ rejectedBefore, receiptsBefore, ...cutoffs }, indexed) =>
    inDerivedTransaction(database, () => {
      let rows = receiptsBefore === null ? 0 : dropReceipts(receiptsBefore, indexed);
      for (const drop of rejectedBefore === null ? [] : dropRejected) {
        rows += Number(drop.run(rejectedBefore, ROWS_PER_ROUND).changes);
      }
      return rows + retainVersions(cutoffs, indexed);
    });
}
