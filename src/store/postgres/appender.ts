/**
 * Puts requests into the intake log. While one group is on its way to the server the next one gathers, so
 * callers share commits; one group at a time keeps the order of the calls.
 */

import type { AppendRow } from "../engine-rows.ts";
import { type Blob, pack } from "../payload.ts";
import { escapeText, hashOf } from "../term.ts";
import { bigints, byteStrings, integers, texts } from "./array-parameters.ts";
import { isRequestFault, refusalFor } from "./faults.ts";
import type { Ask, Statement } from "./sessions.ts";

/** Appends one request; resolves with its sequence when it is on disk. */
export type Append = (row: AppendRow) => Promise<number>;

/** Requests of one group. */
const GROUP_REQUESTS_MAX = 256;

/** Compressed bytes of one group, unless a single request is larger. */
const GROUP_BYTES_MAX = 16 * 1024 * 1024;

const APPEND: Statement = {
  name: "append",
  text: `SELECT stixgate.append_requests($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
    $15, $16, $17, $18, $19, $20) AS before`,
};

interface Waiting {
  readonly row: PackedRow;
  readonly resolve: (sequence: number) => void;
  readonly reject: (reason: Error) => void;
}

/** @param onAppended told of the last sequence of each group */
export function createAppender(write: Ask, onAppended: (sequence: number) => void): Append {
  let waiting: Waiting[] = [];
  let running = false;

  async function send(group: readonly Waiting[]): Promise<void> {
    try {
      const [answer] = await write<{ before: string }>(APPEND, columnsOf(group));
      const before = Number(answer?.before);
      onAppended(before + group.length);
      for (const [at, { resolve }] of group.entries()) {
        resolve(before + at + 1);
      }
    } catch (error) {
      if (group.length > 1 && isRequestFault(error)) {
        // One request that can't be stored must not take its neighbours along.
        for (const each of group) {
          await send([each]);
        }
        return;
      }
      const refusal = refusalFor(error);
      for (const { reject } of group) {
        reject(refusal);
      }
    }
  }

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      const size = groupSize(waiting);
      const group = waiting.slice(0, size);
      waiting = waiting.slice(size);
      await send(group);
    }
    running = false;
  }

  return (row) =>
    new Promise((resolve, reject) => {
      waiting.push({ row: packed(row), resolve, reject });
      if (!running) {
        running = true;
        // The calls that have been made by then are all taken into the first group.
        setImmediate(() => void run());
      }
    });
}

/** How many of those that wait make the next group; at least one. */
function groupSize(waiting: readonly Waiting[]): number {
  let bytes = 0;
  for (const [at, { row }] of waiting.entries()) {
    bytes += row.bytes;
    if (at > 0 && (at === GROUP_REQUESTS_MAX || bytes > GROUP_BYTES_MAX)) {
      return at;
    }
  }
  return waiting.length;
}

interface PackedRow {
  readonly row: AppendRow;
  readonly objectsBytes: number;
  readonly objects: Blob | null;
  readonly rejections: Blob | null;
  readonly warnings: Blob | null;
  readonly bytes: number;
}

/** The decompressed records aren't kept while the row waits. */
function packed({ objects, rejections, warnings, ...row }: AppendRow): PackedRow {
  const blobs = {
    objects: objects && pack(objects),
    rejections: rejections === null ? null : pack(Buffer.from(rejections)),
    warnings: warnings === null ? null : pack(Buffer.from(warnings)),
  };
  const bytes = Object.values(blobs).reduce((sum, blob) => sum + (blob?.payload.length ?? 0), 0);
  const rest = { ...row, objects: null, rejections: null, warnings: null };
  return { row: rest, objectsBytes: objects?.length ?? 0, ...blobs, bytes };
}

/** One array for each parameter of the function. */
function columnsOf(group: readonly Waiting[]): Buffer[] {
  const rows = group.map(({ row }) => row);
  const each = <T>(value: (row: AppendRow) => T): T[] => rows.map(({ row }) => value(row));
  const blobs = (blob: (row: PackedRow) => Blob | null): Buffer[] => [
    integers(rows.map((row) => blob(row)?.codec ?? null)),
    byteStrings(rows.map((row) => blob(row)?.payload ?? null)),
  ];
  return [
    bigints(each((row) => hashOf(row.workspaceId))),
    texts(each((row) => escapeText(row.workspaceId))),
    bigints(each((row) => hashOf(row.requestId))),
    texts(each((row) => escapeText(row.requestId))),
    texts(each((row) => row.receivedAt)),
    texts(each((row) => row.appendedAt)),
    texts(each((row) => row.outcome)),
    texts(each(({ sourceSystem }) => (sourceSystem === null ? null : escapeText(sourceSystem)))),
    integers(each((row) => row.received)),
    integers(each((row) => row.accepted)),
    integers(each((row) => row.rejected)),
    integers(each((row) => row.warned)),
    integers(rows.map((row) => row.objectsBytes)),
    texts(each((row) => row.rest)),
    ...blobs((row) => row.objects),
    ...blobs((row) => row.rejections),
    ...blobs((row) => row.warnings),
  ];
}
