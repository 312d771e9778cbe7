/** Reads of receipts. */

import type { ReceiptDetailRow, ReceiptRow, RowPage } from "../engine-rows.ts";
import { receivedRecordsOf } from "../logged-records.ts";
import { unpack } from "../payload.ts";
import type { ReceiptQuery, ReceivedRecord } from "../store.ts";
import { escapeText, hashOf, unescapeText } from "../term.ts";
import type { Ask, Statement } from "./sessions.ts";

/** The reads that end in receipts; limits have been checked. */
export interface PostgresReceiptReader {
  /** @param before sequence of the last row of the page before */
  receipts(query: ReceiptQuery, before: number): Promise<RowPage<ReceiptRow>>;
  receipt(workspaceId: string, requestId: string): Promise<ReceiptDetailRow | undefined>;
  receivedRecords(workspaceId: string, requestId: string): Promise<readonly ReceivedRecord[]>;
}

const SELECT = `SELECT request.sequence, request.request_id, request.received_at, request.outcome,
    request.source, request.received, request.accepted, request.rejected, request.warned, request.rest,
    index_result.created, index_result.updated, index_result.unchanged
  FROM stixgate.request
  LEFT JOIN stixgate.index_result ON index_result.workspace = request.workspace
    AND index_result.sequence = request.sequence
  WHERE request.workspace = $1 AND request.workspace_id = $2`;

const ALL: Statement = {
  name: "receipts",
  text: `${SELECT} AND request.sequence < $3 ORDER BY request.sequence DESC LIMIT $4`,
};

const BY_OUTCOME: Statement = {
  name: "receipts-by-outcome",
  text: `${SELECT} AND request.sequence < $3 AND request.outcome = $5
    ORDER BY request.sequence DESC LIMIT $4`,
};

const BY_ID: Statement = {
  name: "receipt",
  text: `${SELECT} AND request.request = $3 AND request.request_id = $4
    ORDER BY request.sequence DESC LIMIT 1`,
};

const REJECTIONS: Statement = {
  name: "rejections",
  text: "SELECT codec, payload FROM stixgate.quarantine WHERE workspace = $1 AND sequence = $2",
};

const OBJECTS: Statement = {
  name: "received-objects",
  text: "SELECT codec, payload FROM stixgate.request_objects WHERE workspace = $1 AND sequence = $2",
};

const WARNINGS: Statement = {
  name: "warnings",
  text: "SELECT codec, payload FROM stixgate.request_warnings WHERE workspace = $1 AND sequence = $2",
};

interface Row {
  readonly sequence: string;
  readonly request_id: string;
  readonly received_at: string;
  readonly outcome: string;
  readonly source: string | null;
  readonly received: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly warned: number;
  readonly created: number | null;
  readonly updated: number | null;
  readonly unchanged: number | null;
  readonly rest: string;
}

/** @param read the connections for reads */
export function createReceiptReader(read: Ask): PostgresReceiptReader {
  async function bytesOf(statement: Statement, values: unknown[]): Promise<Uint8Array | null> {
    const [row] = await read<{ codec: number; payload: Buffer }>(statement, values);
    return row === undefined ? null : unpack(row);
  }

  async function textOf(statement: Statement, values: unknown[]): Promise<string | null> {
    const bytes = await bytesOf(statement, values);
    return bytes && Buffer.from(bytes).toString();
  }

  function byId(workspaceId: string, requestId: string): Promise<readonly Row[]> {
    return read<Row>(BY_ID, [
      ...[hashOf(workspaceId), escapeText(workspaceId)],
      ...[hashOf(requestId), escapeText(requestId)],
    ]);
  }

  return {
    async receipts({ workspaceId, outcome, limit }, before) {
      const values = [hashOf(workspaceId), escapeText(workspaceId), before, limit + 1];
      const found =
        outcome === undefined
          ? await read<Row>(ALL, values)
          : await read<Row>(BY_OUTCOME, [...values, outcome]);
      const rows = found.slice(0, limit).map((row) => rowOf(workspaceId, row));
      return { rows, next: found.length > limit ? (rows.at(-1)?.sequence ?? null) : null };
    },

    async receipt(workspaceId, requestId) {
      const workspace = hashOf(workspaceId);
      const [found] = await byId(workspaceId, requestId);
      const row = found && rowOf(workspaceId, found);
      return (
        row && {
          ...row,
          rejections: await textOf(REJECTIONS, [workspace, row.sequence]),
          warnings: await textOf(WARNINGS, [workspace, row.sequence]),
        }
      );
    },

    async receivedRecords(workspaceId, requestId) {
      const [found] = await byId(workspaceId, requestId);
      if (found === undefined) {
        return [];
      }
      const place = [hashOf(workspaceId), Number(found.sequence)];
      return receivedRecordsOf(await bytesOf(OBJECTS, place), await textOf(REJECTIONS, place));
    },
  };
}

function rowOf(workspaceId: string, row: Row): ReceiptRow {
  const { received, accepted, rejected, warned, created, updated, unchanged, rest } = row;
  return {
    requestId: unescapeText(row.request_id),
    workspaceId,
    sequence: Number(row.sequence),
    receivedAt: row.received_at,
    outcome: row.outcome,
    sourceSystem: row.source === null ? null : unescapeText(row.source),
    ...{ received, accepted, rejected, warned, created, updated, unchanged, rest },
  };
}
