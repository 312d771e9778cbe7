/** Drops what has been kept long enough, a little at a time, on the thread that writes. */

import type { DatabaseSync } from "node:sqlite";
import { RETENTION_ROWS, type RetentionCutoffs, type RetentionReach } from "../retention.ts";
import { inDerivedTransaction } from "./transaction.ts";
import { createVersionRetention } from "./version-retention.ts";

/**
 * Prepares the statements on the writer's connection. The function drops one round's worth and returns the
 * number of rows, 0 when nothing is due. Only requests up to `indexed` are dropped: the indexer counts on
 * the rest.
 */
export function createRetention(
  database: DatabaseSync,
): (cutoffs: RetentionCutoffs, reach: RetentionReach) => number {
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
  // They are in the order of their arrival: where none of the first is due, none is.
  const dueEmpty = database.prepare(
    `SELECT sequence FROM request WHERE received_at < ? AND sequence <= ? AND sequence IN
      (SELECT sequence FROM log_garbage WHERE records = 0 ORDER BY sequence LIMIT ?)`,
  );
  const tables = ["request", "index_result", "quarantine", "request_warnings", "log_garbage"];
  const retainVersions = createVersionRetention(database);
  const dropReceipt = tables.map((table) =>
    database.prepare(`DELETE FROM ${table} WHERE sequence = ?`),
  );

  function dropReceipts(before: string, indexed: number): number {
    const sequences = [due, dueEmpty].flatMap((statement) =>
      statement.all(before, indexed, RETENTION_ROWS).map((row) => Number(row["sequence"])),
    );
    for (const sequence of sequences) {
      for (const drop of dropReceipt) {
        drop.run(sequence);
      }
    }
    return sequences.length;
  }

  return ({ rejectedBefore, receiptsBefore, ...cutoffs }, reach) =>
    inDerivedTransaction(database, () => {
      let rows = receiptsBefore === null ? 0 : dropReceipts(receiptsBefore, reach.indexed);
      for (const drop of rejectedBefore === null ? [] : dropRejected) {
        rows += Number(drop.run(rejectedBefore, RETENTION_ROWS).changes);
      }
      return rows + retainVersions(cutoffs, reach);
    });
}
