/** Writes a plan into the tables of the index, each in the order of its key, inside one transaction. */

import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type {
  Counters,
  IndexPlan,
  ObjectState,
  PlannedVersion,
  WantedObject,
} from "./index-plan.ts";
import {
  escapeText,
  hashOf,
  identityKey,
  TERM_KIND,
  type Terms,
  unescapeText,
  valueKey,
} from "./term.ts";

/** The tables of the index, to look objects up in and to write plans to. */
export interface IndexTables {
  counters(): Counters;
  /** The objects among these that exist, by their identity key. */
  find(wanted: readonly WantedObject[]): ReadonlyMap<string, ObjectState>;
  /** To be called inside a write transaction. */
  write(plan: IndexPlan): void;
}

/** Rows of one statement: many rows share the cost of a step through the binding. */
const ROWS_PER_INSERT = 32;

const FIND = `SELECT object.id, object.stix_id, object.workspace, object.source, term.text AS type,
    object.change, object.revoked, object.content
  FROM identity
  JOIN object ON object.id = identity.object
  JOIN term ON term.id = object.type
  WHERE identity.hash = ?`;

/** Prepares the statements; `terms` numbers types and observable keys. */
export function createIndexTables(database: DatabaseSync, terms: Terms): IndexTables {
  const position = database.prepare("SELECT sequence, change, object FROM index_position");
  const find = database.prepare(FIND);
  const insertObjects = inserter(database, "object", [
    ...["id", "workspace", "source", "stix_id"],
    ...["type", "change", "revoked", "content"],
  ]);
  const insertIdentities = inserter(database, "identity", ["hash", "object"]);
  const insertVersions = inserter(database, "version", [
    ...["change", "object", "sequence", "record", "revoked"],
  ]);
  const insertObservables = inserter(database, "observable", ["hash", "change", "key"]);
  const insertLabels = inserter(database, "label", ["hash", "change"]);
  const insertResults = inserter(database, "index_result", [
    ...["sequence", "created", "updated", "unchanged"],
  ]);
  const update = database.prepare(
    "UPDATE object SET type = ?, change = ?, revoked = ?, content = ? WHERE id = ?",
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

  return {
    counters() {
      const { sequence, change, object } = position.get() ?? {};
      return { sequence: Number(sequence), change: Number(change), object: Number(object) };
    },

    find(wanted) {
      const found = new Map<string, ObjectState>();
      for (const { hash, key } of wanted) {
        for (const row of find.all(hash)) {
          const state = stateOf(row);
          if (identityKey(state.workspace, state.source, state.stixId) === key) {
            found.set(key, state);
          }
        }
      }
      return found;
    },

    write({ created, updated, versions, results, growth, counters }) {
      insertObjects(
        created.map((object) => [
          ...[object.id, object.workspace, object.source, escapeText(object.stixId)],
          ...[typeOf(object.type), object.change, Number(object.revoked), object.content],
        ]),
      );
      insertIdentities(inKeyOrder(created.map((object) => [identityHash(object), object.id])));
      for (const { id, type, change, revoked, content } of updated) {
        update.run(typeOf(type), change, Number(revoked), content, id);
      }
      insertVersions(
        versions.map(({ change, object, sequence, record }) => [
          ...[change, object.id, sequence, record, Number(object.revoked)],
        ]),
      );
      insertObservables(inKeyOrder(versions.flatMap((version) => observableRows(version, terms))));
      insertLabels(inKeyOrder(versions.flatMap(labelRows)));
      insertResults(
        results.map(({ sequence, counts }) => [
          ...[sequence, counts.created, counts.updated, counts.unchanged],
        ]),
      );
      for (const { workspace, type, by } of growth) {
        grow.run(workspace, typeOf(type), by);
      }
      advance.run(counters.sequence, counters.change, counters.object);
    },
  };
}

function stateOf(row: Readonly<Record<string, unknown>>): ObjectState {
  return {
    id: Number(row["id"]),
    workspace: Number(row["workspace"]),
    source: Number(row["source"]),
    stixId: unescapeText(String(row["stix_id"])),
    type: unescapeText(String(row["type"])),
    change: Number(row["change"]),
    revoked: row["revoked"] === 1,
    content: row["content"] as Uint8Array,
  };
}

function identityHash({ workspace, source, stixId }: ObjectState): number {
  return hashOf(identityKey(workspace, source, stixId));
}

/** A value that a pattern pins twice under one key is one row. */
function observableRows({ change, object, facts }: PlannedVersion, terms: Terms): number[][] {
  const rows = facts.observables.map(({ key, value }) => [
    hashOf(valueKey(object.workspace, value)),
    change,
    terms.idOf(TERM_KIND.observableKey, key),
  ]);
  return rows.length < 2 ? rows : distinct(rows);
}

function labelRows({ change, object, facts }: PlannedVersion): number[][] {
  const labels = [...new Set(facts.labels)];
  return distinct(labels.map((label) => [hashOf(valueKey(object.workspace, label)), change]));
}

function distinct(rows: readonly number[][]): number[][] {
  return [...new Map(rows.map((row) => [row.join(), row])).values()];
}

/** Rows in the order of the index they go to touch each of its pages once. */
function inKeyOrder(rows: number[][]): number[][] {
  return rows.sort(
    (a, b) => (a[0] ?? 0) - (b[0] ?? 0) || (a[1] ?? 0) - (b[1] ?? 0) || (a[2] ?? 0) - (b[2] ?? 0),
  );
}

/** A function that inserts any number of rows, many with one statement. */
function inserter(
  database: DatabaseSync,
  table: string,
  columns: readonly string[],
): (rows: readonly (readonly SQLInputValue[])[]) => void {
  const row = `(${columns.map(() => "?").join(", ")})`;
  const head = `INSERT INTO ${table} (${columns.join(", ")}) VALUES`;
  const one = database.prepare(`${head} ${row}`);
  const many = database.prepare(`${head} ${Array(ROWS_PER_INSERT).fill(row).join(", ")}`);
  return (rows) => {
    let at = 0;
    for (; at + ROWS_PER_INSERT <= rows.length; at += ROWS_PER_INSERT) {
      many.run(...rows.slice(at, at + ROWS_PER_INSERT).flat());
    }
    for (const rest of rows.slice(at)) {
      one.run(...rest);
    }
  };
}
