/** Reads of objects and their versions. */

import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { ObjectFacts, ObjectKey, ObjectQuery } from "../store.ts";
import {
  escapeText,
  hashOf,
  identityKey,
  TERM_KIND,
  type TermKind,
  unescapeText,
  valueKey,
} from "./term.ts";
import { createRowDecoder, type VersionRow } from "./version-rows.ts";

/** A page of rows; `next` is the position of the last row if more follow. */
export interface RowPage<T> {
  readonly rows: readonly T[];
  readonly next: number | null;
}

/** The reads that end in versions; limits have been checked. */
export interface VersionReader {
  currentObject(key: ObjectKey): VersionRow | undefined;
  /** @param after position of the last row of the page before, 0 for the first page */
  currentObjects(query: ObjectQuery, after: number): RowPage<VersionRow>;
  countObjects(workspaceId: string): (readonly [type: string, count: number])[];
  objectVersions(key: ObjectKey, limit: number): readonly VersionRow[];
  changes(after: number, limit: number): readonly VersionRow[];
  /** STIX ids of the revoked ones. */
  revokedObjects(keys: readonly ObjectKey[]): readonly string[];
}

const COLUMNS = `version.change, version.sequence, version.record, version.revoked,
  request.request_id, request.appended_at, workspace.text AS workspace, source.text AS source`;

const JOINS = `JOIN request ON request.sequence = version.sequence
  JOIN term AS workspace ON workspace.id = object.workspace
  JOIN term AS source ON source.id = object.source`;

/** Prepares the reads on the reader's connection. */
export function createVersionReader(database: DatabaseSync): VersionReader {
  const rowsOf = createRowDecoder(database);
  const findTerm = database.prepare("SELECT id FROM term WHERE kind = ? AND text = ?");
  const findObject = database.prepare(
    `SELECT object.id, object.change, object.revoked FROM identity
      JOIN object ON object.id = identity.object
      WHERE identity.hash = ? AND object.workspace = ? AND object.source = ? AND stix_id = ?`,
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

  function termOf(kind: TermKind, text: string): number | undefined {
    const id = findTerm.get(kind, escapeText(text))?.["id"];
    return id === undefined ? undefined : Number(id);
  }

  function stateOf({ workspaceId, sourceSystem, stixId }: ObjectKey) {
    const workspace = termOf(TERM_KIND.workspace, workspaceId);
    const source = termOf(TERM_KIND.source, sourceSystem);
    if (workspace === undefined || source === undefined) {
      return undefined;
    }
    const hash = hashOf(identityKey(workspace, source, stixId));
    const row = findObject.get(hash, workspace, source, escapeText(stixId));
    return (
      row && {
        id: Number(row["id"]),
        change: Number(row["change"]),
        revoked: row["revoked"] === 1,
      }
    );
  }

  return {
    currentObject(key) {
      const state = stateOf(key);
      return state && rowsOf(versionsOf.iterate(state.id, state.change, 1), 1).rows[0];
    },

    currentObjects(query, after) {
      const workspace = termOf(TERM_KIND.workspace, query.workspaceId);
      const type = query.type === undefined ? undefined : termOf(TERM_KIND.type, query.type);
      if (workspace === undefined || (query.type !== undefined && type === undefined)) {
        return { rows: [], next: null };
      }
      const { sql, values } = objectsStatement(query, { workspace, type, after });
      const found = database.prepare(sql).iterate(...values, query.limit + 1);
      const { rows, more } = rowsOf(found, query.limit);
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

    objectVersions(key, limit) {
      const state = stateOf(key);
      return state === undefined
        ? []
        : rowsOf(versionsOf.iterate(state.id, state.change, limit), limit).rows;
    },

    changes: (after, limit) => rowsOf(changesAfter.iterate(after, limit), limit).rows,

    revokedObjects: (keys) =>
      keys.filter((key) => stateOf(key)?.revoked === true).map(({ stixId }) => stixId),
  };
}

/** Where a page of current objects starts, in numbers. */
interface ObjectsPlace {
  readonly workspace: number;
  readonly type: number | undefined;
  readonly after: number;
}

/**
 * The statement of a list of current objects; its last parameter, the limit, is left to the caller. The
 * table that narrows most stands first and is read in the order of its key, so a page costs what it holds.
 */
function objectsStatement(
  { label, observableValue }: ObjectQuery,
  { workspace, type, after }: ObjectsPlace,
): { readonly sql: string; readonly values: SQLInputValue[] } {
  const ofObject = type === undefined ? "object.workspace = ?" : OF_TYPE;
  const objectValues = type === undefined ? [workspace] : [workspace, type];
  if (label === undefined && observableValue === undefined) {
    const sql = `SELECT ${COLUMNS} FROM object CROSS JOIN version ON version.change = object.change
      ${JOINS} WHERE ${ofObject} AND object.change > ? ORDER BY object.change LIMIT ?`;
    return { sql, values: [...objectValues, after] };
  }
  const table = observableValue === undefined ? "label" : "observable";
  const hash = hashOf(valueKey(workspace, observableValue ?? label ?? ""));
  const labelled = observableValue !== undefined && label !== undefined;
  const sql = `SELECT ${COLUMNS} FROM ${table} AS found
    CROSS JOIN version ON version.change = found.change
    CROSS JOIN object ON object.id = version.object AND object.change = version.change ${JOINS}
    WHERE found.hash = ? AND found.change > ? AND ${ofObject} ${labelled ? HAS_LABEL : ""}
    GROUP BY found.change ORDER BY found.change LIMIT ?`;
  const labelValues = labelled ? [hashOf(valueKey(workspace, label))] : [];
  return { sql, values: [hash, after, ...objectValues, ...labelValues] };
}

const OF_TYPE = "object.workspace = ? AND object.type = ?";

const HAS_LABEL =
  "AND EXISTS (SELECT 1 FROM label WHERE label.hash = ? AND label.change = found.change)";

/** Compares the texts that were looked up by their hashes. */
function matches({ facts }: VersionRow, { label, observableValue }: ObjectQuery): boolean {
  if (label === undefined && observableValue === undefined) {
    return true;
  }
  const { labels, observables } = JSON.parse(facts) as ObjectFacts;
  return (
    (label === undefined || labels.includes(label)) &&
    (observableValue === undefined || observables.some(({ value }) => value === observableValue))
  );
}
