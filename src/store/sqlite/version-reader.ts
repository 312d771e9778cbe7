/** Reads of objects and their versions. */

import type { DatabaseSync } from "node:sqlite";
import type { VersionReader } from "../engine-rows.ts";
import type { ObjectKey } from "../store.ts";
import { matches } from "../stored-rows.ts";
import { identityKey, TERM_KIND, unescapeText } from "../term.ts";
import { createEntryReader } from "./entry-reader.ts";
import { ENTRY_KIND } from "./entry-tables.ts";
import { readKeyHash } from "./key-hash.ts";
import { COLUMNS, createObjectList, JOINS } from "./object-list.ts";
import { stixIdOf } from "./stix-id-column.ts";
import { createTermReader } from "./term-reader.ts";
import { createRowDecoder, type Row } from "./version-rows.ts";

/** Prepares the reads on the reader's connection. */
export function createVersionReader(database: DatabaseSync): VersionReader {
  const rowsOf = createRowDecoder(database);
  const entries = createEntryReader(database);
  const hashOf = readKeyHash(database);
  const termOf = createTermReader(database);
  const listed = createObjectList(database, entries, hashOf);
  const findObject = database.prepare(
    `SELECT object.id, change, revoked, workspace < 0 AS deleted, stix_id, term.text AS type
      FROM object JOIN term ON term.id = object.type
      WHERE object.id = ? AND abs(workspace) = ? AND source = ?`,
  );
  const versionsOf = database.prepare(
    `SELECT ${COLUMNS} FROM version JOIN object ON object.id = version.object ${JOINS}
      WHERE version.object = ? AND version.change <= ? ORDER BY version.change DESC LIMIT ?`,
  );
  const changesAfter = database.prepare(
    `SELECT ${COLUMNS} FROM version JOIN object ON object.id = version.object ${JOINS}
      WHERE version.change > ? ORDER BY version.change LIMIT ?`,
  );
  const counts = database.prepare(
    `SELECT term.text, count FROM object_count JOIN term ON term.id = type
      WHERE workspace = ? AND count > 0`,
  );

  function stateOf({ workspaceId, sourceSystem, stixId }: ObjectKey) {
    const workspace = termOf(TERM_KIND.workspace, workspaceId);
    const source = termOf(TERM_KIND.source, sourceSystem);
    if (workspace === undefined || source === undefined) {
      return undefined;
    }
    const hash = hashOf(identityKey(workspace, source, stixId));
    for (const object of entries.refs(ENTRY_KIND.identity, hash, 0)) {
      const row = findObject.get(object, workspace, source);
      if (row !== undefined && isNamed(row, stixId)) {
        return {
          id: Number(row["id"]),
          change: Number(row["change"]),
          revoked: row["revoked"] === 1,
          deleted: row["deleted"] === 1,
        };
      }
    }
    return undefined;
  }

  return {
    currentObject(key) {
      const state = stateOf(key);
      return state?.deleted === false
        ? rowsOf(versionsOf.iterate(state.id, state.change, 1), 1).rows[0]
        : undefined;
    },

    currentObjects(query, after) {
      const workspace = termOf(TERM_KIND.workspace, query.workspaceId);
      const type = query.type === undefined ? undefined : termOf(TERM_KIND.type, query.type);
      if (workspace === undefined || (query.type !== undefined && type === undefined)) {
        return { rows: [], next: null };
      }
      const { rows, more } = rowsOf(listed(query, { workspace, type, after }), query.limit);
      const next = more ? (rows.at(-1)?.change ?? null) : null;
      return { rows: rows.filter((row) => matches(row, query)), next };
    },

    countObjects(workspaceId) {
      const workspace = termOf(TERM_KIND.workspace, workspaceId);
      return workspace === undefined
        ? []
        : counts
            .all(workspace)
            .map(({ text, count }) => [unescapeText(String(text)), Number(count)] as const);
    },

    objectVersions(key, limit, before) {
      const state = stateOf(key);
      return state === undefined
        ? []
        : rowsOf(versionsOf.iterate(state.id, before - 1, limit), limit).rows;
    },

    objectVersion(key, change) {
      const state = stateOf(key);
      const row =
        state && rowsOf(versionsOf.iterate(state.id, Math.min(change, state.change), 1), 1).rows[0];
      return row?.change === change ? row : undefined;
    },

    changes: (after, limit) => rowsOf(changesAfter.iterate(after, limit), limit).rows,

    revokedObjects: (keys) =>
      keys.filter((key) => stateOf(key)?.revoked === true).map(({ stixId }) => stixId),
  };
}

function isNamed(row: Row, stixId: string): boolean {
  return stixIdOf(row["stix_id"], unescapeText(String(row["type"]))) === stixId;
}
