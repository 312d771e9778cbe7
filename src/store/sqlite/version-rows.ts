/** Makes rows of versions whole: the facts and texts of a version lie in the log's blobs. */

import type { DatabaseSync } from "node:sqlite";
import type { VersionRow } from "../engine-rows.ts";
import { decodeObject, type StoredRecord, unpack } from "../payload.ts";
import { unescapeText } from "../term.ts";

/** A row as SQLite gives it. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * Takes up to `limit` of the rows found, fewer when their texts grow large, but one if there is one;
 * `more` says that it left some.
 */
export type RowDecoder = (
  found: Iterable<Row>,
  limit: number,
) => { readonly rows: readonly VersionRow[]; readonly more: boolean };

/** Texts and facts that one answer may hold: it crosses a thread and is built in memory. */
const ANSWER_CHARACTERS_MAX = 32 * 1024 * 1024;

/** Prepares a decoder on the reader's connection. */
export function createRowDecoder(database: DatabaseSync): RowDecoder {
  const recordOf = createPayloads(database);
  return (found, limit) => {
    const rows: VersionRow[] = [];
    let characters = 0;
    for (const each of found) {
      if (rows.length === limit || characters >= ANSWER_CHARACTERS_MAX) {
        return { rows, more: true };
      }
      const row = rowOf(each, recordOf(Number(each["sequence"]), Number(each["record"])));
      rows.push(row);
      characters += row.json.length + row.facts.length;
    }
    return { rows, more: false };
  };
}

function rowOf(row: Row, { recordIndex, facts, text }: StoredRecord): VersionRow {
  return {
    change: Number(row["change"]),
    workspaceId: unescapeText(String(row["workspace"])),
    sourceSystem: unescapeText(String(row["source"])),
    requestId: unescapeText(String(row["request_id"])),
    sequence: Number(row["sequence"]),
    recordIndex,
    ingestedAt: String(row["appended_at"]),
    revoked: row["revoked"] === 1,
    facts: facts.toString(),
    json: text.toString(),
  };
}

/** Decompressed payloads that stay in memory: neighbours in a list are mostly of one request. */
const PAYLOADS_MAX = 16;

/** Their bytes altogether, unless a single one is larger. */
const PAYLOAD_BYTES_MAX = 16 * 1024 * 1024;

/** Reads single records out of the log's blobs; retention changes a blob, but no record that a version refers to. */
function createPayloads(
  database: DatabaseSync,
): (sequence: number, record: number) => StoredRecord {
  const find = database.prepare("SELECT codec, payload FROM request_objects WHERE sequence = ?");
  const unpacked = new Map<number, Uint8Array>();
  let bytes = 0;

  function payloadOf(sequence: number): Uint8Array {
    const known = unpacked.get(sequence);
    if (known !== undefined) {
      return known;
    }
    const row = find.get(sequence);
    if (row === undefined) {
      throw new RangeError(`the log has no records of request ${sequence}`);
    }
    const payload = unpack({ codec: Number(row["codec"]), payload: row["payload"] as Uint8Array });
    for (const [oldest, entry] of unpacked) {
      if (unpacked.size < PAYLOADS_MAX && bytes + payload.length <= PAYLOAD_BYTES_MAX) {
        break;
      }
      unpacked.delete(oldest);
      bytes -= entry.length;
    }
    unpacked.set(sequence, payload);
    bytes += payload.length;
    return payload;
  }

  return (sequence, record) => {
    const found = decodeObject(payloadOf(sequence), record);
    if (found === undefined) {
      throw new RangeError(`request ${sequence} has no accepted record ${record}`);
    }
    return found;
  };
}
