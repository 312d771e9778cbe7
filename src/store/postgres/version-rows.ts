/** Makes rows of versions whole: the facts and texts of a version lie in the log's blobs, which never change. */

import type { VersionRow } from "../engine-rows.ts";
import { decodeObjects, unpack } from "../payload.ts";
import { unescapeText } from "../term.ts";
import { bigints } from "./array-parameters.ts";
import type { Ask, Statement } from "./sessions.ts";

/** A version as the index has it. */
export interface PlacedVersion {
  readonly change: string;
  readonly sequence: string;
  readonly record: number;
  readonly revoked: boolean;
}

/** Whole versions in the order of the rows; `more` says that some were left for their size. */
export interface CompletedRows {
  readonly rows: readonly VersionRow[];
  readonly more: boolean;
}

/** Requests that are fetched at once: their blobs are in memory together. */
const REQUESTS_PER_FETCH = 32;

/** Texts and facts that one answer may hold, unless a single version is larger. */
const ANSWER_CHARACTERS_MAX = 32 * 1024 * 1024;

const REQUESTS: Statement = {
  name: "version-requests",
  text: `SELECT request.sequence, request.workspace_id, request.source, request.request_id,
      request.appended_at, request_objects.codec, request_objects.payload
    FROM unnest($1::bigint[]) AS wanted (sequence)
    JOIN stixgate.request ON request.sequence = wanted.sequence
    JOIN stixgate.request_objects ON request_objects.workspace = request.workspace
      AND request_objects.sequence = request.sequence`,
};

interface RequestRow {
  readonly sequence: string;
  readonly workspace_id: string;
  readonly source: string | null;
  readonly request_id: string;
  readonly appended_at: string;
  readonly codec: number;
  readonly payload: Buffer;
}

/** Completes rows on the connections for reads. */
export function createRowCompleter(
  read: Ask,
): (found: readonly PlacedVersion[]) => Promise<CompletedRows> {
  return async (found) => {
    const rows: VersionRow[] = [];
    let characters = 0;
    for (const part of partsOf(found)) {
      const versions = await versionsOf(read, part);
      for (const version of versions) {
        if (rows.length > 0 && characters >= ANSWER_CHARACTERS_MAX) {
          return { rows, more: true };
        }
        rows.push(version);
        characters += version.json.length + version.facts.length;
      }
    }
    return { rows, more: false };
  };
}

/** Cuts the rows where the requests of a fetch are full; neighbours are mostly of one request. */
function* partsOf(found: readonly PlacedVersion[]): Generator<readonly PlacedVersion[]> {
  let part: PlacedVersion[] = [];
  let sequences = new Set<string>();
  for (const row of found) {
    if (!sequences.has(row.sequence) && sequences.size === REQUESTS_PER_FETCH) {
      yield part;
      part = [];
      sequences = new Set();
    }
    sequences.add(row.sequence);
    part.push(row);
  }
  if (part.length > 0) {
    yield part;
  }
}

async function versionsOf(read: Ask, part: readonly PlacedVersion[]): Promise<VersionRow[]> {
  const wanted = [...new Set(part.map(({ sequence }) => sequence))].map(Number);
  const requests = await read<RequestRow>(REQUESTS, [bigints(wanted)]);
  const bySequence = new Map(
    requests.map((request) => [
      request.sequence,
      { request, records: decodeObjects(unpack(request)) },
    ]),
  );
  return part.map(({ change, sequence, record, revoked }) => {
    const { request, records } = bySequence.get(sequence) ?? {};
    const stored = records?.[record];
    if (request === undefined || stored === undefined) {
      throw new RangeError(`the log has no accepted record ${record} of request ${sequence}`);
    }
    return {
      change: Number(change),
      workspaceId: unescapeText(request.workspace_id),
      sourceSystem: unescapeText(request.source ?? ""),
      requestId: unescapeText(request.request_id),
      sequence: Number(sequence),
      recordIndex: stored.recordIndex,
      ingestedAt: request.appended_at,
      revoked,
      facts: stored.facts.toString(),
      json: stored.text.toString(),
    };
  });
}
