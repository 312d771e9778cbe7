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
  const current = `SELECT ${COLUMNS} FROM object
    CROSS JOIN version ON version.change = object.change ${JOINS}`;
  const inOrder = "AND object.change > ? ORDER BY object.change LIMIT ?";
  const currentAfter = database.prepare(`${current} WHERE object.workspace = ? ${inOrder}`);
  const currentOfTypeAfter = database.prepare(
    `${current} WHERE object.workspace = ? AND object.type = ? ${inOrder}`,
  );
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

  return (query, place) => {
    const { workspace, type, after } = place;
    if (query.label !== undefined || query.observableValue !== undefined) {
      return listed(query, place);
    }
    return type === undefined
      ? currentAfter.iterate(workspace, after, query.limit + 1)
      : currentOfTypeAfter.iterate(workspace, type, after, query.limit + 1);
  };
}
