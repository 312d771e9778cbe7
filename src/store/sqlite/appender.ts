/** Puts requests into the intake log: as many as are waiting in one transaction. */

import type { DatabaseSync } from "node:sqlite";
import type { AppError } from "../../wire/index.ts";
import type { AppendRow } from "../engine-rows.ts";
import { type Blob, pack } from "../payload.ts";
import { escapeText, TERM_KIND } from "../term.ts";
import type { Terms } from "./terms.ts";
import { inTransaction, isDiskFault, refusalFor } from "./transaction.ts";

/** What became of one append: its sequence, or why it isn't in the log. */
export type AppendResult = number | AppError;

/** Appends a group in one commit. */
export type Appender = (group: readonly AppendRow[]) => AppendResult[];

const INSERT_REQUEST = `INSERT INTO request (workspace, request_id, received_at, appended_at, outcome,
    source, received, accepted, rejected, warned, rest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** Prepares the statements of an appender on the writer's connection. */
export function createAppender(database: DatabaseSync, terms: Terms): Appender {
  const insertRequest = database.prepare(INSERT_REQUEST);
  const insertObjects = database.prepare(
    "INSERT INTO request_objects (sequence, codec, payload) VALUES (?, ?, ?)",
  );
  const insertRejections = database.prepare(
    "INSERT INTO quarantine (sequence, received_at, codec, payload) VALUES (?, ?, ?, ?)",
  );
  const insertWarnings = database.prepare(
    "INSERT INTO request_warnings (sequence, received_at, codec, payload) VALUES (?, ?, ?, ?)",
  );

  function insert({ row, objects, rejections, warnings }: PackedRow): number {
    const { sourceSystem: source, receivedAt } = row;
    const { lastInsertRowid } = insertRequest.run(
      terms.idOf(TERM_KIND.workspace, row.workspaceId),
      escapeText(row.requestId),
      receivedAt,
      row.appendedAt,
      row.outcome,
      source === null ? null : terms.idOf(TERM_KIND.source, source),
      ...[row.received, row.accepted, row.rejected, row.warned],
      row.rest,
    );
    const sequence = Number(lastInsertRowid);
    if (objects !== null) {
      insertObjects.run(sequence, objects.codec, objects.payload);
    }
    if (rejections !== null) {
      insertRejections.run(sequence, receivedAt, rejections.codec, rejections.payload);
    }
    if (warnings !== null) {
      insertWarnings.run(sequence, receivedAt, warnings.codec, warnings.payload);
    }
    return sequence;
  }

  function append(group: readonly PackedRow[]): AppendResult[] {
    try {
      return inTransaction(database, () => group.map(insert));
    } catch (error) {
      terms.forget();
      if (group.length > 1 && !isDiskFault(error)) {
        // One request that can't be stored must not take its neighbours along.
        return group.flatMap((row) => append([row]));
      }
      const refusal = refusalFor(error);
      return group.map(() => refusal);
    }
  }

  return (group) => append(group.map(packed));
}

interface PackedRow {
  readonly row: AppendRow;
  readonly objects: Blob | null;
  readonly rejections: Blob | null;
  readonly warnings: Blob | null;
}

/** Compresses before the transaction begins, which keeps it short. */
function packed(row: AppendRow): PackedRow {
  return {
    row,
    objects: row.objects && pack(row.objects),
    rejections: row.rejections === null ? null : pack(Buffer.from(row.rejections)),
    warnings: row.warnings === null ? null : pack(Buffer.from(row.warnings)),
  };
}
