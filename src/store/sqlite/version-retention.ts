/**
 * Drops versions that have been kept long enough, and gives back the room of their records: a few rows at a time,
 * on the thread that writes, so that uploads get their turn in between. What is current is never dropped. After a
 * crash a round begins again where the last transaction ended.
 */

import type { DatabaseSync } from "node:sqlite";
import {
  blobWith,
  dropsVersions,
  RETENTION_BLOBS,
  RETENTION_ROWS,
  type RetentionReach,
  type VersionCutoffs,
} from "../retention.ts";
import { createSegmentCleaner } from "./segment-cleaner.ts";

/** Drops one round's worth; returns how many rows it looked at, 0 when nothing is due. To be called inside a write
 * transaction. Only what is indexed is dropped. */
export type VersionRetention = (cutoffs: VersionCutoffs, reach: RetentionReach) => number;

/** Prepares the statements on the writer's connection. */
export function createVersionRetention(database: DatabaseSync): VersionRetention {
  const state = database.prepare(
    "SELECT counted_sequence, counted_change, aged_change FROM version_retention",
  );
  const move = {
    countedSequence: database.prepare("UPDATE version_retention SET counted_sequence = ?"),
    countedChange: database.prepare("UPDATE version_retention SET counted_change = ?"),
    agedChange: database.prepare("UPDATE version_retention SET aged_change = ?"),
  };
  const drop = createDropper(database);
  const rewrite = createRewriter(database);
  const clean = createSegmentCleaner(database);
  const results = database.prepare(
    `SELECT sequence, unchanged FROM index_result WHERE sequence > ? AND sequence <= ?
      ORDER BY sequence LIMIT ?`,
  );
  const next = database.prepare(
    `SELECT version.change, version.object, request.appended_at FROM version
      JOIN request ON request.sequence = version.sequence
      WHERE version.change > ? ORDER BY version.change LIMIT ?`,
  );
  const older = database.prepare(
    "SELECT change, sequence FROM version WHERE object = ? AND change < ?",
  );
  const beyond = database.prepare(
    `SELECT change, sequence FROM version WHERE object = ? AND change <= ?
      ORDER BY change DESC LIMIT -1 OFFSET ?`,
  );
  const deleted = database.prepare(
    `SELECT object.id, request.sequence, request.appended_at FROM object
      JOIN version ON version.change = object.change
      JOIN request ON request.sequence = version.sequence
      WHERE object.workspace < 0 ORDER BY object.change LIMIT ?`,
  );
  const forget = database.prepare("DELETE FROM object WHERE id = ?");

  /** Records that changed nothing were never referred to. */
  function countRepeated(indexed: number): number {
    const { counted_sequence: from } = state.get() ?? {};
    const rows = results.all(Number(from), indexed, RETENTION_ROWS);
    for (const { sequence, unchanged } of rows) {
      drop.garbage(Number(sequence), Number(unchanged));
    }
    const last = rows.at(-1);
    if (last !== undefined) {
      move.countedSequence.run(Number(last["sequence"]));
    }
    return rows.length;
  }

  function dropBeyond(versionsMax: number): number {
    const { counted_change: from } = state.get() ?? {};
    const rows = next.all(Number(from), RETENTION_ROWS);
    for (const { change, object } of rows) {
      drop.versions(beyond.all(Number(object), Number(change), versionsMax));
    }
    const last = rows.at(-1);
    if (last !== undefined) {
      move.countedChange.run(Number(last["change"]));
    }
    return rows.length;
  }

  function dropAged(before: string): number {
    const { aged_change: from } = state.get() ?? {};
    const rows = next.all(Number(from), RETENTION_ROWS);
    const due = rows.findIndex(({ appended_at: at }) => String(at) >= before);
    const aged = due === -1 ? rows : rows.slice(0, due);
    for (const { change, object } of aged) {
      drop.versions(older.all(Number(object), Number(change)));
    }
    const last = aged.at(-1);
    if (last !== undefined) {
      move.agedChange.run(Number(last["change"]));
    }
    return aged.length;
  }

  function dropDeleted(before: string, searchable: number): number {
    const due = deleted
      .all(RETENTION_ROWS)
      .filter(
        (row) => String(row["appended_at"]) < before && Number(row["sequence"]) <= searchable,
      );
    for (const { id } of due) {
      drop.versions(older.all(Number(id), Number.MAX_SAFE_INTEGER));
      forget.run(Number(id));
    }
    return due.length;
  }

  return (cutoffs, { indexed, searchable }) => {
    if (!dropsVersions(cutoffs)) {
      return 0;
    }
    const { versionsBefore, versionsMax, tombstonesBefore } = cutoffs;
    return (
      countRepeated(indexed) +
      (versionsMax === null ? 0 : dropBeyond(versionsMax)) +
      (versionsBefore === null ? 0 : dropAged(versionsBefore)) +
      (tombstonesBefore === null ? 0 : dropDeleted(tombstonesBefore, searchable)) +
      rewrite() +
      clean()
    );
  };
}

type Row = Readonly<Record<string, unknown>>;

function createDropper(database: DatabaseSync) {
  const drop = database.prepare("DELETE FROM version WHERE change = ?");
  const count = database.prepare("UPDATE version_retention SET dropped = dropped + ?");
  const garbage = database.prepare(
    `INSERT INTO log_garbage (sequence, records, dead)
      SELECT sequence, accepted, ?2 FROM request WHERE sequence = ?1
      ON CONFLICT (sequence) DO UPDATE SET dead = dead + excluded.dead`,
  );
  function addGarbage(sequence: number, records: number): void {
    if (records > 0) {
      garbage.run(sequence, records);
    }
  }
  return {
    garbage: addGarbage,
    versions(rows: readonly Row[]): void {
      for (const { change, sequence } of rows) {
        drop.run(Number(change));
        addGarbage(Number(sequence), 1);
      }
      if (rows.length > 0) {
        count.run(rows.length);
      }
    },
  };
}

/** Writes blobs anew of which half is dead; their records keep their places. */
function createRewriter(database: DatabaseSync): () => number {
  const due = database.prepare(
    "SELECT sequence FROM log_garbage WHERE dead > 0 AND dead * 2 >= records LIMIT ?",
  );
  const read = database.prepare("SELECT codec, payload FROM request_objects WHERE sequence = ?");
  const write = database.prepare(
    "UPDATE request_objects SET codec = ?, payload = ? WHERE sequence = ?",
  );
  const remove = database.prepare("DELETE FROM request_objects WHERE sequence = ?");
  const settle = database.prepare(
    "UPDATE log_garbage SET records = ?, dead = 0 WHERE sequence = ?",
  );
  const placesOf = createPlaces(database);

  function rewrite(sequence: number): void {
    const row = read.get(sequence);
    const live = placesOf(sequence);
    if (row !== undefined && live.size > 0) {
      const blob = { codec: Number(row["codec"]), payload: row["payload"] as Uint8Array };
      const { codec, payload } = blobWith(blob, live);
      write.run(codec, payload, sequence);
    } else {
      remove.run(sequence);
    }
    settle.run(live.size, sequence);
  }

  return () => {
    const sequences = due.all(RETENTION_BLOBS).map((row) => Number(row["sequence"]));
    for (const sequence of sequences) {
      rewrite(sequence);
    }
    return sequences.length;
  };
}

/** The places of a request's records that versions refer to. Versions are numbered in the order of requests, so
 * those of one request are found by halving, without an index of their own. */
function createPlaces(database: DatabaseSync): (sequence: number) => ReadonlySet<number> {
  const bounds = database.prepare("SELECT min(change) AS low, max(change) AS high FROM version");
  const from = database.prepare(
    "SELECT change, sequence FROM version WHERE change >= ? ORDER BY change LIMIT 1",
  );
  const following = database.prepare(
    "SELECT sequence, record FROM version WHERE change >= ? ORDER BY change",
  );
  const number = (value: unknown): number => Number(value);

  return (sequence) => {
    const { low: first, high: last } = bounds.get() ?? {};
    let low = number(first ?? 0);
    let high = number(last ?? 0) + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const row = from.get(middle);
      if (row !== undefined && number(row["sequence"]) < sequence) {
        low = number(row["change"]) + 1;
      } else {
        high = middle;
      }
    }
    const places = new Set<number>();
    for (const row of following.iterate(low)) {
      if (row["sequence"] !== sequence) {
        break;
      }
      places.add(number(row["record"]));
    }
    return places;
  };
}
