/** Writes a plan into the tables that have a row for each object, version or request. */

import type { DatabaseSync } from "node:sqlite";
import { type IndexPlan, workspaceColumn } from "../index-plan.ts";
import { TERM_KIND } from "../term.ts";
import { inserter } from "./inserter.ts";
import { storedStixId } from "./stix-id-column.ts";
import type { Terms } from "./terms.ts";

/** Prepares the statements; the function is to be called inside a write transaction. */
export function createPlanRows(database: DatabaseSync, terms: Terms): (plan: IndexPlan) => void {
  const insertObjects = inserter(database, "object", [
    ...["id", "workspace", "source", "stix_id"],
    ...["type", "change", "revoked", "content"],
  ]);
  const insertVersions = inserter(database, "version", [
    ...["change", "object", "sequence", "record", "revoked"],
  ]);
  const insertResults = inserter(database, "index_result", [
    ...["sequence", "created", "updated", "unchanged"],
  ]);
  const update = database.prepare(
    `UPDATE object SET workspace = ?, stix_id = ?, type = ?, change = ?, revoked = ?, content = ?
      WHERE id = ?`,
  );
  const grow = database.prepare(
    `INSERT INTO object_count (workspace, type, count) VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET count = count + excluded.count`,
  );
  const advance = database.prepare(
    "UPDATE index_position SET sequence = ?, change = ?, object = ?",
  );
  function typeOf(type: string): number {
    return terms.idOf(TERM_KIND.type, type);
  }

  return ({ created, updated, versions, results, growth, counters }) => {
    insertObjects(created, (object) => [
      ...[object.id, workspaceColumn(object), object.source],
      storedStixId(object.stixId, object.type),
      ...[typeOf(object.type), object.change, Number(object.revoked), object.content],
    ]);
    for (const object of updated) {
      const { id, stixId, type, change, revoked, content } = object;
      const workspace = workspaceColumn(object);
      const stored = storedStixId(stixId, type);
      update.run(workspace, stored, typeOf(type), change, Number(revoked), content, id);
    }
    insertVersions(versions, ({ change, object, sequence, record }) => [
      ...[change, object.id, sequence, record, Number(object.revoked)],
    ]);
    insertResults(results, ({ sequence, counts }) => [
      ...[sequence, counts.created, counts.updated, counts.unchanged],
    ]);
    for (const { workspace, type, by } of growth) {
      grow.run(workspace, typeOf(type), by);
    }
    advance.run(counters.sequence, counters.change, counters.object);
  };
}
