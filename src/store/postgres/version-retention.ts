/**
 * Drops versions that have been kept long enough, a few rows in each transaction. What is current is never dropped.
 * Where more is due than one transaction takes, the cursor stays where it is until all of it is gone.
 */

import { RETENTION_ROWS } from "../retention.ts";
import { bigints } from "./array-parameters.ts";
import type { AddGarbage } from "./log-garbage.ts";
import type { Ask, Statement } from "./sessions.ts";

/** Up to where the log and the index are looked at. */
export interface SettledPosition {
  readonly sequence: number;
  readonly change: number;
}

/** The steps, each to be called inside a transaction of its own; they return how many rows they have looked at. */
export interface VersionRetention {
  /** Records that changed nothing were never referred to. */
  countRepeated(until: SettledPosition): Promise<number>;
  dropBeyond(versionsMax: number, until: SettledPosition): Promise<number>;
  dropAged(before: string, until: SettledPosition): Promise<number>;
  dropDeleted(before: string, until: SettledPosition): Promise<number>;
}

/** Versions dropped in one transaction. */
const DROPPED_MAX = 5_000;

const STATE: Statement = {
  name: "retention-state",
  text: `SELECT counted_sequence, counted_change, aged_change FROM stixgate.retention_position
    WHERE id = 1`,
};

type Cursor = "counted_sequence" | "counted_change" | "aged_change";

const MOVE: Readonly<Record<Cursor, Statement>> = {
  counted_sequence: moveOf("counted_sequence"),
  counted_change: moveOf("counted_change"),
  aged_change: moveOf("aged_change"),
};

function moveOf(cursor: Cursor): Statement {
  return {
    name: `retention-${cursor}`,
    text: `UPDATE stixgate.retention_position SET ${cursor} = $1 WHERE id = 1`,
  };
}

const RESULTS: Statement = {
  name: "retention-results",
  text: `SELECT sequence, unchanged FROM stixgate.index_result
    WHERE sequence > $1 AND sequence <= $2 ORDER BY sequence LIMIT $3`,
};

const NEXT: Statement = {
  name: "retention-next",
  text: `SELECT change, place, object, sequence FROM stixgate.version
    WHERE change > $1 AND change <= $2 ORDER BY change LIMIT $3`,
};

const APPENDED: Statement = {
  name: "retention-appended",
  text: "SELECT sequence, appended_at FROM stixgate.request WHERE sequence = ANY ($1::bigint[])",
};

const OLDER: Statement = {
  name: "retention-older",
  text: `SELECT version.change, version.sequence
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS given (place, object, change)
    JOIN stixgate.version ON version.place = given.place AND version.object = given.object
    WHERE version.change < given.change LIMIT $4`,
};

const BEYOND: Statement = {
  name: "retention-beyond",
  text: `SELECT change, sequence FROM (
      SELECT version.change, version.sequence, row_number() OVER (
        PARTITION BY version.place, version.object ORDER BY version.change DESC) AS place
      FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS given (place, object, change)
      JOIN stixgate.version ON version.place = given.place AND version.object = given.object
      WHERE version.change <= given.change) AS numbered
    WHERE place > $5 LIMIT $4`,
};

const DROP: Statement = {
  name: "retention-drop-versions",
  text: "DELETE FROM stixgate.version WHERE change = ANY ($1::bigint[])",
};

const COUNT_DROPPED: Statement = {
  name: "retention-dropped",
  text: "UPDATE stixgate.retention_position SET dropped = dropped + $1 WHERE id = 1",
};

/** Until the transaction ends, nothing is indexed. */
const LOCK_INDEX: Statement = {
  name: "retention-lock-index",
  text: "SELECT FROM stixgate.index_position WHERE id = 1 FOR UPDATE",
};

/** The index for searches must have met a deletion before it goes. */
const DELETED: Statement = {
  name: "retention-deleted",
  text: `SELECT object.place, object.id AS object, object.change FROM stixgate.object
    WHERE object.workspace < 0 AND object.change <= $1
      AND object.change <= (SELECT change FROM stixgate.search_position WHERE id = 1)
    ORDER BY object.change LIMIT $2`,
};

const SEQUENCES: Statement = {
  name: "retention-sequences",
  text: "SELECT change, sequence FROM stixgate.version WHERE change = ANY ($1::bigint[])",
};

const FORGET: Statement = {
  name: "retention-forget",
  text: `DELETE FROM stixgate.object WHERE workspace < 0 AND change = ANY ($1::bigint[])`,
};

interface Placed {
  readonly change: string;
  readonly place: string;
  readonly object: string;
}

interface Dated {
  readonly change: string;
  readonly sequence: string;
}

/** The steps on a connection. */
export function createVersionRetention(ask: Ask, addGarbage: AddGarbage): VersionRetention {
  const drop = createDropper(ask, addGarbage);

  async function nextAfter(cursor: Cursor, until: SettledPosition): Promise<(Placed & Dated)[]> {
    return await ask(NEXT, [await cursorAt(ask, cursor), until.change, RETENTION_ROWS]);
  }

  /** Drops what the statement finds for these, and moves the cursor when that was all. */
  async function dropBehind(
    cursor: Cursor,
    newer: readonly Placed[],
    [statement, ...values]: readonly [Statement, ...number[]],
  ): Promise<number> {
    const last = newer.at(-1);
    if (last !== undefined) {
      const found = await ask<Dated>(statement, [...placesOf(newer), DROPPED_MAX, ...values]);
      await drop(found);
      if (found.length < DROPPED_MAX) {
        await ask(MOVE[cursor], [last.change]);
      }
    }
    return newer.length;
  }

  return {
    async countRepeated(until) {
      const from = await cursorAt(ask, "counted_sequence");
      const rows = await ask<{ sequence: string; unchanged: number }>(RESULTS, [
        ...[from, until.sequence, RETENTION_ROWS],
      ]);
      const last = rows.at(-1);
      if (last !== undefined) {
        await addGarbage(new Map(rows.map((row) => [Number(row.sequence), row.unchanged])));
        await ask(MOVE.counted_sequence, [last.sequence]);
      }
      return rows.length;
    },

    async dropBeyond(versionsMax, until) {
      const rows = await nextAfter("counted_change", until);
      return await dropBehind("counted_change", rows, [BEYOND, versionsMax]);
    },

    async dropAged(before, until) {
      const rows = await nextAfter("aged_change", until);
      const due = await appendedBefore(ask, before, rows);
      const end = rows.findIndex(({ change }) => !due.has(change));
      return await dropBehind("aged_change", end === -1 ? rows : rows.slice(0, end), [OLDER]);
    },

    async dropDeleted(before, until) {
      if ((await dueDeletions(ask, before, until)).length === 0) {
        return 0;
      }
      // An upload of the same id may just be on its way into the index.
      await ask(LOCK_INDEX, []);
      const due = await dueDeletions(ask, before, until);
      const older = await ask<Dated>(OLDER, [...placesOf(due), DROPPED_MAX]);
      await drop(older);
      if (older.length < DROPPED_MAX) {
        // The tombstone goes last, since it tells when the object is due.
        await drop(await ask<Dated>(SEQUENCES, [changesOf(due)]));
        await ask(FORGET, [changesOf(due)]);
      }
      return due.length;
    },
  };
}

async function cursorAt(ask: Ask, cursor: Cursor): Promise<number> {
  const [row] = await ask<Record<Cursor, string>>(STATE, []);
  return Number(row?.[cursor]);
}

/** Drops versions, and counts what that leaves behind. */
function createDropper(ask: Ask, addGarbage: AddGarbage) {
  return async (rows: readonly Dated[]): Promise<void> => {
    if (rows.length > 0) {
      await ask(DROP, [changesOf(rows)]);
      const bySequence = Map.groupBy(rows, ({ sequence }) => Number(sequence));
      const dead = [...bySequence].map(([sequence, { length }]) => [sequence, length] as const);
      await addGarbage(new Map(dead));
      await ask(COUNT_DROPPED, [rows.length]);
    }
  };
}

/** The changes among the rows whose request was appended before. */
async function appendedBefore(
  ask: Ask,
  before: string,
  rows: readonly Dated[],
): Promise<ReadonlySet<string>> {
  const sequences = new Set(rows.map(({ sequence }) => sequence));
  const requests = await ask<{ sequence: string; appended_at: string }>(APPENDED, [
    bigints([...sequences].map(Number)),
  ]);
  const old = new Set(
    requests.filter((row) => row.appended_at < before).map(({ sequence }) => sequence),
  );
  return new Set(rows.filter(({ sequence }) => old.has(sequence)).map(({ change }) => change));
}

async function dueDeletions(ask: Ask, before: string, until: SettledPosition): Promise<Placed[]> {
  const rows = await ask<Placed>(DELETED, [until.change, RETENTION_ROWS]);
  const tombstones = rows.length === 0 ? [] : await ask<Dated>(SEQUENCES, [changesOf(rows)]);
  const due = await appendedBefore(ask, before, tombstones);
  return rows.filter(({ change }) => due.has(change));
}

/** Each object once, with its newest change among the rows, which are in order. */
function placesOf(rows: readonly Placed[]): Buffer[] {
  const newest = [...new Map(rows.map((row) => [`${row.place} ${row.object}`, row])).values()];
  return [
    bigints(newest.map(({ place }) => Number(place))),
    bigints(newest.map(({ object }) => Number(object))),
    bigints(newest.map(({ change }) => Number(change))),
  ];
}

function changesOf(rows: readonly { readonly change: string }[]): Buffer {
  return bigints(rows.map(({ change }) => Number(change)));
}
