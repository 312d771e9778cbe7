/** Records of the log that no version refers to: counted for each request, and taken out when they are many. */

import { blobWith, RETENTION_BLOBS } from "../retention.ts";
import { bigints, integers } from "./array-parameters.ts";
import type { Ask, Statement } from "./sessions.ts";

/** Counts dead records; to be called inside a transaction. @param dead how many more, by sequence */
export type AddGarbage = (dead: ReadonlyMap<number, number>) => Promise<void>;

/** The garbage of the log. */
export interface LogGarbage {
  readonly add: AddGarbage;
  /** Writes a few blobs anew of which half is dead; returns how many. To be called inside a transaction. */
  readonly rewrite: () => Promise<number>;
}

/** Decompressed records that one transaction may hold in memory, unless a single blob is larger. */
const REWRITE_BYTES_MAX = 32 * 1024 * 1024;

const REQUESTS: Statement = {
  name: "garbage-requests",
  text: "SELECT sequence, workspace, accepted FROM stixgate.request WHERE sequence = ANY ($1::bigint[])",
};

const ADD: Statement = {
  name: "garbage-add",
  text: `INSERT INTO stixgate.log_garbage (workspace, sequence, records, dead)
    SELECT workspace, sequence, records, dead
    FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::integer[])
      AS given (workspace, sequence, records, dead)
    ON CONFLICT (sequence, workspace) DO UPDATE SET dead = log_garbage.dead + excluded.dead`,
};

const DUE: Statement = {
  name: "garbage-due",
  text: `SELECT log_garbage.sequence, log_garbage.workspace, request.objects_bytes
    FROM stixgate.log_garbage JOIN stixgate.request
      ON request.workspace = log_garbage.workspace AND request.sequence = log_garbage.sequence
    WHERE log_garbage.dead > 0 AND log_garbage.dead * 2 >= log_garbage.records
    ORDER BY log_garbage.sequence LIMIT $1`,
};

const PLACES: Statement = {
  name: "garbage-places",
  text: "SELECT sequence, record FROM stixgate.version WHERE sequence = ANY ($1::bigint[])",
};

const READ: Statement = {
  name: "garbage-read",
  text: "SELECT codec, payload FROM stixgate.request_objects WHERE workspace = $1 AND sequence = $2",
};

const WRITE: Statement = {
  name: "garbage-write",
  text: `UPDATE stixgate.request_objects SET codec = $3, payload = $4
    WHERE workspace = $1 AND sequence = $2`,
};

const REMOVE: Statement = {
  name: "garbage-remove",
  text: "DELETE FROM stixgate.request_objects WHERE workspace = $1 AND sequence = $2",
};

const SETTLE: Statement = {
  name: "garbage-settle",
  text: `UPDATE stixgate.log_garbage SET records = $3, dead = 0
    WHERE workspace = $1 AND sequence = $2`,
};

interface DueRow {
  readonly sequence: string;
  readonly workspace: string;
  readonly objects_bytes: number;
}

/** The garbage on a connection. */
export function createLogGarbage(ask: Ask): LogGarbage {
  async function add(dead: ReadonlyMap<number, number>): Promise<void> {
    const counted = new Map([...dead].filter(([, count]) => count > 0));
    if (counted.size === 0) {
      return;
    }
    const rows = await ask<{ sequence: string; workspace: string; accepted: number }>(REQUESTS, [
      bigints([...counted.keys()]),
    ]);
    await ask(ADD, [
      bigints(rows.map(({ workspace }) => Number(workspace))),
      bigints(rows.map(({ sequence }) => Number(sequence))),
      integers(rows.map(({ accepted }) => accepted)),
      integers(rows.map(({ sequence }) => counted.get(Number(sequence)) ?? 0)),
    ]);
  }

  async function rewriteBlob(place: readonly unknown[], live: ReadonlySet<number>): Promise<void> {
    const [blob] =
      live.size === 0 ? [] : await ask<{ codec: number; payload: Buffer }>(READ, [...place]);
    if (blob === undefined) {
      await ask(REMOVE, [...place]);
    } else {
      const { codec, payload } = blobWith(blob, live);
      await ask(WRITE, [...place, codec, payload]);
    }
    await ask(SETTLE, [...place, live.size]);
  }

  async function rewrite(): Promise<number> {
    const due = fitting(await ask<DueRow>(DUE, [RETENTION_BLOBS]));
    if (due.length === 0) {
      return 0;
    }
    const referred = await ask<{ sequence: string; record: number }>(PLACES, [
      bigints(due.map(({ sequence }) => Number(sequence))),
    ]);
    const places = Map.groupBy(referred, ({ sequence }) => sequence);
    for (const { sequence, workspace } of due) {
      const live = new Set(places.get(sequence)?.map(({ record }) => record));
      await rewriteBlob([workspace, sequence], live);
    }
    return due.length;
  }

  return { add, rewrite };
}

/** As many of the first as may be in memory. */
function fitting(rows: readonly DueRow[]): readonly DueRow[] {
  let bytes = 0;
  return rows.filter(({ objects_bytes }, at) => {
    bytes += objects_bytes;
    return at === 0 || bytes <= REWRITE_BYTES_MAX;
  });
}
