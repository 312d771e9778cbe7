/**
 * Follows the log's index into the search index, a batch of versions in each transaction. Only what is current
 * is looked at, so a version that was replaced meanwhile costs nothing. After a crash it goes on from its
 * position; a version that was taken in already is replaced by itself.
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { instantKey } from "../search-object.ts";
import type { CountedValue } from "../search-query.ts";
import { createSearchEntries, FACET_NUMBER, facetText, type SearchEntry } from "../search-rows.ts";
import { versionOf } from "../stored-rows.ts";
import { escapeText } from "../term.ts";
import { createCurrentVersions } from "./search-versions.ts";
import { inTransaction } from "./transaction.ts";

/** Where the search index is. */
interface SearchPosition {
  readonly sequence: number;
  readonly change: number;
}

/** Takes versions into the search index. */
export interface SearchIndexer {
  position(): SearchPosition;
  /** Takes the next versions and returns how many it has looked at; 0 when nothing is left to do.
   * @throws what the database throws: nothing of the batch is kept */
  indexBatch(versionsMax: number): number;
}

const NEXT = `SELECT version.change, version.object, version.sequence,
    object.change AS current, object.workspace
  FROM version JOIN object ON object.id = version.object
  WHERE version.change > ? ORDER BY version.change LIMIT ?`;

const INSERT = `INSERT INTO found (change, workspace, object, updated, ingested, created, modified,
    valid_from, valid_until, confidence, revoked, name, facets)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

interface NextVersion {
  readonly change: number;
  readonly object: number;
  readonly sequence: number;
  readonly workspace: number;
  readonly isCurrent: boolean;
}

/** Prepares the statements on the connection of the search index. */
export function createSearchIndexer(database: DatabaseSync): SearchIndexer {
  const next = database.prepare(NEXT);
  const versionsOf = createCurrentVersions(database);
  const entryOf = createSearchEntries();
  const rows = createFoundRows(database);
  const state = database.prepare("SELECT sequence, change FROM search_state");
  const advance = database.prepare("UPDATE search_state SET sequence = ?, change = ?");
  const reached = database.prepare("SELECT sequence, change FROM index_position");
  const oldest = database.prepare(
    `SELECT request.appended_at FROM version JOIN request ON request.sequence = version.sequence
      WHERE version.object = ? ORDER BY version.change LIMIT 1`,
  );
  let position = positionOf(state);

  function nextVersions(versionsMax: number): NextVersion[] {
    return next.all(position.change, versionsMax).map((row) => ({
      change: Number(row["change"]),
      object: Number(row["object"]),
      sequence: Number(row["sequence"]),
      workspace: Number(row["workspace"]),
      isCurrent: row["current"] === row["change"],
    }));
  }

  function take(versions: readonly NextVersion[]): void {
    const current = versions.filter(({ isCurrent }) => isCurrent);
    const live = current.filter(({ workspace }) => workspace > 0);
    const texts = versionsOf(live.map(({ change }) => change));
    for (const { change, object, workspace } of current) {
      const before = rows.remove(Math.abs(workspace), object);
      const row = texts.get(change);
      if (row !== undefined) {
        const version = versionOf(row);
        const ingested = before ?? instantKey(String(oldest.get(object)?.["appended_at"]));
        rows.add(entryOf({ workspace, object }, version, ingested));
      }
    }
    rows.count();
  }

  function batch(versionsMax: number): readonly [SearchPosition, looked: number] {
    const end = positionOf(reached);
    if (end.sequence === position.sequence) {
      return [position, 0];
    }
    const versions = nextVersions(versionsMax);
    take(versions);
    const last = versions.at(-1);
    const isAll = last === undefined || versions.length < versionsMax;
    // The last request may have more versions, so only those before it are complete.
    const to = isAll ? end : { sequence: last.sequence - 1, change: last.change };
    advance.run(to.sequence, to.change);
    return [to, versions.length];
  }

  return {
    position: () => position,
    indexBatch(versionsMax) {
      try {
        const [after, looked] = inTransaction(database, () => batch(versionsMax));
        const moved = after.sequence > position.sequence;
        position = after;
        return moved ? Math.max(looked, 1) : looked;
      } catch (error) {
        rows.forget();
        throw error;
      }
    },
  };
}

function positionOf(statement: StatementSync): SearchPosition {
  const { sequence, change } = statement.get() ?? {};
  return { sequence: Number(sequence), change: Number(change) };
}

/** The rows of found objects, their words, and the counts of their values. */
function createFoundRows(database: DatabaseSync) {
  const insert = database.prepare(INSERT);
  const find = database.prepare(
    "SELECT change, ingested, facets FROM found WHERE workspace = ? AND object = ?",
  );
  const remove = database.prepare("DELETE FROM found WHERE change = ?");
  const insertWords = database.prepare("INSERT INTO words (rowid, tokens) VALUES (?, ?)");
  const removeWords = database.prepare("DELETE FROM words WHERE rowid = ?");
  const facets = createFacets(database);

  return {
    /** Takes an object out; returns when its first version was ingested, if it was there. */
    remove(workspace: number, object: number): number | undefined {
      const row = find.get(workspace, object);
      if (row === undefined) {
        return undefined;
      }
      const change = Number(row["change"]);
      remove.run(change);
      removeWords.run(change);
      for (const id of String(row["facets"]).split(",")) {
        facets.grow(Number(id), -1);
      }
      return Number(row["ingested"]);
    },

    add(entry: SearchEntry): void {
      const { workspace, object, change, revoked, columns, tokens } = entry;
      const ids = entry.facets.map((facet) => facets.idOf(workspace, facet));
      for (const id of ids) {
        facets.grow(id, 1);
      }
      const { updated, ingested, created, modified, validFrom, validUntil } = columns;
      const { confidence, name } = columns;
      insert.run(
        ...[change, workspace, object, updated, ingested, created, modified],
        ...[validFrom, validUntil, confidence, Number(revoked), name, ids.join(",")],
      );
      insertWords.run(change, tokens.join(" "));
    },

    /** To be called at the end of a batch. */
    count: () => facets.count(),

    /** To be called after a rollback. */
    forget: () => facets.forget(),
  };
}

/** Numbers of counted values remembered before all are forgotten. */
const REMEMBERED_MAX = 50_000;

function createFacets(database: DatabaseSync) {
  const find = database.prepare(
    "SELECT id FROM facet WHERE workspace = ? AND field = ? AND value = ?",
  );
  const insert = database.prepare(
    "INSERT INTO facet (workspace, field, value, count) VALUES (?, ?, ?, 0)",
  );
  const update = database.prepare("UPDATE facet SET count = count + ? WHERE id = ?");
  const remembered = new Map<string, number>();
  const growth = new Map<number, number>();

  return {
    idOf(workspace: number, facet: CountedValue): number {
      const field = FACET_NUMBER[facet.field];
      const value = escapeText(facetText(facet));
      const key = `${workspace} ${field} ${value}`;
      const known = remembered.get(key);
      if (known !== undefined) {
        return known;
      }
      if (remembered.size >= REMEMBERED_MAX) {
        remembered.clear();
      }
      const row = find.get(workspace, field, value);
      const id = Number(row?.["id"] ?? insert.run(workspace, field, value).lastInsertRowid);
      remembered.set(key, id);
      return id;
    },
    grow(id: number, by: number): void {
      growth.set(id, (growth.get(id) ?? 0) + by);
    },
    count(): void {
      for (const [id, by] of growth) {
        update.run(by, id);
      }
      growth.clear();
    },
    forget(): void {
      remembered.clear();
      growth.clear();
    },
  };
}
