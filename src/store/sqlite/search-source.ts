/**
 * What the search index is made from: versions in the order of their changes, and the records of those that are
 * current, read on the connection of the search index. A request's records lie in one blob, so it is unpacked once.
 */

import type { DatabaseSync } from "node:sqlite";
import { decodeObjects, type StoredRecord, unpack } from "../payload.ts";
import type { EntryVersion } from "../search-rows.ts";
import type { ObjectFacts } from "../store.ts";
import { unescapeText } from "../term.ts";

/** A version that the search index comes to next. */
export interface NextVersion {
  readonly change: number;
  readonly object: number;
  readonly sequence: number;
  /** Among the accepted records of its request. */
  readonly record: number;
  readonly revoked: boolean;
  /** Of its object: below 0 where that is deleted. */
  readonly workspace: number;
  readonly source: number;
  readonly isCurrent: boolean;
}

/** Reads versions. */
export interface SearchSource {
  /** Versions behind a change, in order. */
  next(change: number, versionsMax: number): readonly NextVersion[];
  /** The version in full. */
  versionOf(version: NextVersion): EntryVersion;
  /** When the oldest version of an object that is kept was ingested. */
  firstIngestedAt(object: number): string;
}

const NEXT = `SELECT version.change, version.object, version.sequence, version.record, version.revoked,
    object.workspace, object.source, object.change
  FROM version CROSS JOIN object ON object.id = version.object
  WHERE version.change > ? ORDER BY version.change LIMIT ?`;

const REQUEST = `SELECT request.appended_at, request_objects.codec, request_objects.payload
  FROM request JOIN request_objects ON request_objects.sequence = request.sequence
  WHERE request.sequence = ?`;

const OLDEST = `SELECT request.appended_at FROM version
  JOIN request ON request.sequence = version.sequence
  WHERE version.object = ? ORDER BY version.change LIMIT 1`;

/** Sources remembered before all are forgotten: clients may invent them without end. */
const SOURCES_MAX = 10_000;

/** A request whose records have been unpacked. */
interface OpenRequest {
  readonly sequence: number;
  readonly appendedAt: string;
  readonly records: readonly StoredRecord[];
}

/** Prepares the reads. */
export function createSearchSource(database: DatabaseSync): SearchSource {
  const next = database.prepare(NEXT);
  next.setReturnArrays(true);
  const request = database.prepare(REQUEST);
  const oldest = database.prepare(OLDEST);
  const term = database.prepare("SELECT text FROM term WHERE id = ?");
  const sources = new Map<number, string>();
  let open: OpenRequest | undefined;

  function sourceOf(id: number): string {
    const known = sources.get(id);
    if (known !== undefined) {
      return known;
    }
    if (sources.size >= SOURCES_MAX) {
      sources.clear();
    }
    const text = unescapeText(String(term.get(id)?.["text"]));
    sources.set(id, text);
    return text;
  }

  function requestOf(sequence: number): OpenRequest {
    const row = request.get(sequence);
    if (row === undefined) {
      throw new RangeError(`the log has no records of request ${sequence}`);
    }
    const blob = { codec: Number(row["codec"]), payload: row["payload"] as Uint8Array };
    return {
      sequence,
      appendedAt: String(row["appended_at"]),
      records: decodeObjects(unpack(blob)),
    };
  }

  return {
    next: (change, versionsMax) =>
      (next.all(change, versionsMax) as unknown as readonly (readonly number[])[]).map(nextVersion),

    versionOf({ change, sequence, record, revoked, source }) {
      if (open?.sequence !== sequence) {
        open = requestOf(sequence);
      }
      const stored = open.records[record];
      if (stored === undefined) {
        throw new RangeError(`request ${sequence} has no accepted record ${record}`);
      }
      return {
        change,
        revoked,
        sourceSystem: sourceOf(source),
        ingestedAt: open.appendedAt,
        facts: JSON.parse(stored.facts.toString()) as ObjectFacts,
        json: stored.text.toString(),
      };
    },

    firstIngestedAt: (object) => String(oldest.get(object)?.["appended_at"]),
  };
}

function nextVersion(row: readonly number[]): NextVersion {
  const [change = 0, object = 0, sequence = 0, record = 0, revoked = 0, ...ofObject] = row;
  const [workspace = 0, source = 0, current = 0] = ofObject;
  return {
    ...{ change, object, sequence, record, workspace, source },
    revoked: revoked === 1,
    isCurrent: current === change,
  };
}
