/** Lists of current objects in the order of change, as rows that `version-rows.ts` makes whole. */

import type { DatabaseSync } from "node:sqlite";
import type { ObjectQuery } from "../store.ts";
import { valueKey } from "../term.ts";
import type { EntryReader } from "./entry-reader.ts";
import { ENTRY_KIND } from "./entry-tables.ts";
import type { KeyHash } from "./key-hash.ts";
import type { Row } from "./version-rows.ts";

/** Columns of a version's row. */
export const COLUMNS: string = `version.change, version.sequence, version.record, version.revoked,
  request.request_id, request.appended_at, workspace.text AS workspace, source.text AS source`;

/** Tables that the columns come from, beside `version` and `object`. */
export const JOINS: string = `JOIN request ON request.sequence = version.sequence
  JOIN term AS workspace ON workspace.id = abs(object.workspace)
  JOIN term AS source ON source.id = object.source`;

/** Where a page of current objects starts, in numbers. */
interface ObjectsPlace {
  readonly workspace: number;
  readonly type: number | undefined;
  readonly after: number;
}

/** Finds the rows of a page, at least one more than it holds if there is one. */
export type ObjectList = (query: ObjectQuery, place: ObjectsPlace) => Iterable<Row>;

/** Prepares the lists on the reader's connection. */
export function createObjectList(
  database: DatabaseSync,
  entries: EntryReader,
  hashOf: KeyHash,
): ObjectList {
  const currentOfTypeAfter = database.prepare(
    `SELECT ${COLUMNS} FROM object
      CROSS JOIN version ON version.change = object.change ${JOINS}
      WHERE object.workspace = ? AND object.type = ? AND object.change > ?
      ORDER BY object.change LIMIT ?`,
  );
  const ofEveryType = createMergedTypes(database);
  const one = `SELECT ${COLUMNS} FROM version
    CROSS JOIN object ON object.id = version.object AND object.change = version.change ${JOINS}
    WHERE version.change = ? AND object.workspace = ?`;
  const currentAt = database.prepare(one);
  const currentOfTypeAt = database.prepare(`${one} AND object.type = ?`);
  /** Current versions that pin the value, or have the label, in the order of change. */
  function* listed({ label, observableValue }: ObjectQuery, place: ObjectsPlace): Iterable<Row> {
    const { workspace, type, after } = place;
    const kind = observableValue === undefined ? ENTRY_KIND.label : ENTRY_KIND.observable;
    const hash = hashOf(valueKey(workspace, observableValue ?? label ?? ""));
    for (const change of entries.refs(kind, hash, after)) {
      const row =
        type === undefined
          ? currentAt.get(change, workspace)
          : currentOfTypeAt.get(change, workspace, type);
      if (row !== undefined) {
        yield row;
      }
    }
  }

  function* currentAfter({ workspace, after }: ObjectsPlace, limit: number): Iterable<Row> {
    for (const change of ofEveryType({ workspace, after, limit })) {
      const row = currentAt.get(change, workspace);
      if (row !== undefined) {
        yield row;
      }
    }
  }

  return (query, place) => {
    const { workspace, type, after } = place;
    if (query.label !== undefined || query.observableValue !== undefined) {
      return listed(query, place);
    }
    return type === undefined
      ? currentAfter(place, query.limit + 1)
      : currentOfTypeAfter.iterate(workspace, type, after, query.limit + 1);
  };
}

/** Changes of one type that are read at least, so that rare types cost one read. */
const CHANGES_PER_READ_MIN = 16;

/** The changes of one type that come next. */
interface TypeChanges {
  readonly type: number;
  changes: readonly number[];
  at: number;
}

/** Prepares the changes of current objects of all types, in order: merged from the orders of each type. */
function createMergedTypes(
  database: DatabaseSync,
): (place: Omit<ObjectsPlace, "type"> & { readonly limit: number }) => Iterable<number> {
  const types = database.prepare("SELECT type FROM object_count WHERE workspace = ? AND count > 0");
  const next = database.prepare(
    `SELECT change FROM object INDEXED BY object_by_type
      WHERE workspace = ? AND type = ? AND change > ? ORDER BY change LIMIT ?`,
  );
  return function* merged({ workspace, after, limit }) {
    const known = types.all(workspace).map(({ type }) => Number(type));
    const perRead = Math.max(Math.ceil(limit / Math.max(known.length, 1)), CHANGES_PER_READ_MIN);
    const read = (type: number, behind: number): TypeChanges => {
      const rows = next.all(workspace, type, behind, perRead);
      return { type, at: 0, changes: rows.map(({ change }) => Number(change)) };
    };
    const waiting = known.map((type) => read(type, after));
    for (let given = 0; given < limit; given += 1) {
      const first = firstOf(waiting);
      if (first === undefined) {
        return;
      }
      const change = first.changes[first.at] ?? 0;
      yield change;
      first.at += 1;
      if (first.at === first.changes.length) {
        Object.assign(first, read(first.type, change));
      }
    }
  };
}

/** The type whose next change is the lowest: types are few. */
function firstOf(waiting: readonly TypeChanges[]): TypeChanges | undefined {
  let first: TypeChanges | undefined;
  let lowest = Number.POSITIVE_INFINITY;
  for (const each of waiting) {
    const change = each.changes[each.at] ?? lowest;
    if (change < lowest) {
      lowest = change;
      first = each;
    }
  }
  return first;
}
