/** Reads of receipts. */

import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { ReceiptReader, ReceiptRow } from "../engine-rows.ts";
import { receivedRecordsOf } from "../logged-records.ts";
import { unpack } from "../payload.ts";
import { escapeText, TERM_KIND, unescapeText } from "../term.ts";

const SELECT = `SELECT request.sequence, request_id, received_at, outcome, received, accepted, rejected,
    warned, rest, created, updated, unchanged, source.text AS source
  FROM request
  LEFT JOIN index_result ON index_result.sequence = request.sequence
  LEFT JOIN term AS source ON source.id = request.source`;

const NEWEST_FIRST = "ORDER BY request.sequence DESC LIMIT ?";

/** Prepares the reads on the reader's connection. */
export function createReceiptReader(database: DatabaseSync): ReceiptReader {
  const all = database.prepare(
    `${SELECT} WHERE workspace = ? AND request.sequence < ? ${NEWEST_FIRST}`,
  );
  const byOutcome = database.prepare(
    `${SELECT} WHERE workspace = ? AND outcome = ? AND request.sequence < ? ${NEWEST_FIRST}`,
  );
  const byId = database.prepare(`${SELECT} WHERE workspace = ? AND request_id = ? ${NEWEST_FIRST}`);
  const rejections = database.prepare("SELECT codec, payload FROM quarantine WHERE sequence = ?");
  const objects = database.prepare("SELECT codec, payload FROM request_objects WHERE sequence = ?");
  const warnings = database.prepare(
    "SELECT codec, payload FROM request_warnings WHERE sequence = ?",
  );
  const findTerm = database.prepare("SELECT id FROM term WHERE kind = ? AND text = ?");

  function workspaceOf(workspaceId: string): SQLInputValue {
    // No request has the workspace null, so a workspace that isn't known has no receipts.
    const row = findTerm.get(TERM_KIND.workspace, escapeText(workspaceId));
    return row === undefined ? null : Number(row["id"]);
  }

  return {
    receipts({ workspaceId, outcome, limit }, before) {
      const workspace = workspaceOf(workspaceId);
      const found =
        outcome === undefined
          ? all.all(workspace, before, limit + 1)
          : byOutcome.all(workspace, outcome, before, limit + 1);
      const rows = found.slice(0, limit).map((row) => rowOf(workspaceId, row));
      return { rows, next: found.length > limit ? (rows.at(-1)?.sequence ?? null) : null };
    },

    receipt(workspaceId, requestId) {
      const found = byId.get(workspaceOf(workspaceId), escapeText(requestId), 1);
      const row = found && rowOf(workspaceId, found);
      return (
        row && {
          ...row,
          rejections: textOf(rejections.get(row.sequence)),
          warnings: textOf(warnings.get(row.sequence)),
        }
      );
    },

    receivedRecords(workspaceId, requestId) {
      const found = byId.get(workspaceOf(workspaceId), escapeText(requestId), 1);
      if (found === undefined) {
        return [];
      }
      const sequence = Number(found["sequence"]);
      return receivedRecordsOf(bytesOf(objects.get(sequence)), textOf(rejections.get(sequence)));
    },
  };
}

function rowOf(workspaceId: string, row: Readonly<Record<string, unknown>>): ReceiptRow {
  const source = row["source"];
  return {
    requestId: unescapeText(String(row["request_id"])),
    workspaceId,
    sequence: Number(row["sequence"]),
    receivedAt: String(row["received_at"]),
    outcome: String(row["outcome"]),
    sourceSystem: source === null ? null : unescapeText(String(source)),
    received: Number(row["received"]),
    accepted: Number(row["accepted"]),
    rejected: Number(row["rejected"]),
    warned: Number(row["warned"]),
    created: countOf(row["created"]),
    updated: countOf(row["updated"]),
    unchanged: countOf(row["unchanged"]),
    rest: String(row["rest"]),
  };
}

function countOf(value: unknown): number | null {
  return value === null ? null : Number(value);
}

function textOf(row: Readonly<Record<string, unknown>> | undefined): string | null {
  const bytes = bytesOf(row);
  return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}

function bytesOf(row: Readonly<Record<string, unknown>> | undefined): Uint8Array | null {
  return row === undefined
    ? null
    : unpack({ codec: Number(row["codec"]), payload: row["payload"] as Uint8Array });
}
