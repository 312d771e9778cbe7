/**
 * Makes rows of versions whole: the facts and texts of a version lie in the log's blobs. Retention may drop a version
 * after its row was read and before its blob is; it is then left out, as if it had been read a moment later.
 */

import type { VersionRow } from "../engine-rows.ts";
import { decodeObjects, type StoredRecord, unpack } from "../payload.ts";
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

/** Whole versions in the order of the rows. */
export interface CompletedRows {
  readonly rows: readonly VersionRow[];
  /** How many of the rows found they stand for: fewer than all when the others were left for their size. */
  readonly taken: number;
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
    let taken = 0;
    let characters = 0;
    for (const part of partsOf(found)) {
      const versions = await versionsOf(read, part);
      for (const version of versions) {
        if (rows.length > 0 && characters >= ANSWER_CHARACTERS_MAX) {
          return { rows, taken };
        }
        taken += 1;
        if (version !== undefined) {
          rows.push(version);
          characters += version.json.length + version.facts.length;
        }
      }
    }
    return { rows, taken };
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

const KEPT: Statement = {
  name: "version-kept",
  text: "SELECT change FROM stixgate.version WHERE change = ANY ($1::bigint[]) LIMIT 1",
};

/** In the order of the rows; undefined where a version has been dropped meanwhile. */
async function versionsOf(
  read: Ask,
  part: readonly PlacedVersion[],
): Promise<readonly (VersionRow | undefined)[]> {
  const wanted = [...new Set(part.map(({ sequence }) => sequence))].map(Number);
  const requests = await read<RequestRow>(REQUESTS, [bigints(wanted)]);
  const bySequence = new Map(
    requests.map((request) => [
      request.sequence,
      { request, records: decodeObjects(unpack(request)) },
    ]),
  );
  const versions = part.map((row) => {
    const { request, records } = bySequence.get(row.sequence) ?? {};
    const stored = records?.[row.record];
    return request === undefined || stored === undefined || stored.facts.length === 0
      ? undefined
      : versionOf(row, request, stored);
  });
  await expectDropped(
    read,
    part.filter((_, at) => versions[at] === undefined),
  );
  return versions;
}

/** @throws RangeError when the log lacks the record of a version that is still there */
async function expectDropped(read: Ask, missing: readonly PlacedVersion[]): Promise<void> {
  if (missing.length === 0) {
    return;
  }
  const changes = bigints(missing.map(({ change }) => Number(change)));
  const [kept] = await read<{ change: string }>(KEPT, [changes]);
  const row = missing.find(({ change }) => change === kept?.change);
  if (row !== undefined) {
    const { record, sequence } = row;
    throw new RangeError(`the log has no accepted record ${record} of request ${sequence}`);
  }
}

function versionOf(row: PlacedVersion, request: RequestRow, stored: StoredRecord): VersionRow {
  return {
    change: Number(row.change),
    workspaceId: unescapeText(request.workspace_id),
    sourceSystem: unescapeText(request.source ?? ""),
    requestId: unescapeText(request.request_id),
    sequence: Number(row.sequence),
    recordIndex: stored.recordIndex,
    ingestedAt: request.appended_at,
    revoked: row.revoked,
    facts: stored.facts.toString(),
    json: stored.text.toString(),
  };
}
