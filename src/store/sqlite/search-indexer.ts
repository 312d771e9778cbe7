/**
 * Follows the log's index into the search index, a batch of versions in each transaction. Only what is current
 * is looked at, so a version that was replaced meanwhile costs nothing. After a crash it goes on from its
 * position, which a transaction moves together with the rows.
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { instantKey } from "../search-object.ts";
import { searchEntry } from "../search-rows.ts";
import { createFoundRows } from "./search-found.ts";
import { createSearchSource, type NextVersion } from "./search-source.ts";
import { inTransaction } from "./transaction.ts";

/** Where the search index is. */
interface SearchPosition {
  readonly sequence: number;
  readonly change: number;
  /** The highest number of an object among the versions so far: those above it are new. */
  readonly object: number;
}

/** Takes versions into the search index. */
export interface SearchIndexer {
  position(): SearchPosition;
  /** How many versions are left to look at, or somewhat fewer. */
  behind(): number;
  /** Takes the next versions and returns how many it has looked at; 0 when nothing is left to do.
   * @throws what the database throws: nothing of the batch is kept */
  indexBatch(versionsMax: number): number;
}

/** Prepares the statements on the connection of the search index. */
export function createSearchIndexer(database: DatabaseSync): SearchIndexer {
  const source = createSearchSource(database);
  const rows = createFoundRows(database);
  const state = database.prepare("SELECT sequence, change, object FROM search_state");
  const advance = database.prepare("UPDATE search_state SET sequence = ?, change = ?, object = ?");
  const reached = database.prepare("SELECT sequence, change, 0 AS object FROM index_position");
  let position = positionOf(state);

  /** Most objects are new, and of a new one nothing has to be looked up. */
  function take(version: NextVersion, isNew: boolean): void {
    const { workspace, object } = version;
    const before = isNew ? undefined : rows.remove(Math.abs(workspace), object);
    if (workspace < 0) {
      return;
    }
    const whole = source.versionOf(version);
    const ingested =
      before ?? instantKey(isNew ? whole.ingestedAt : source.firstIngestedAt(object));
    rows.add(searchEntry({ workspace, object }, whole, ingested));
  }

  function batch(versionsMax: number): readonly [SearchPosition, looked: number] {
    const end = positionOf(reached);
    if (end.sequence === position.sequence) {
      return [position, 0];
    }
    const versions = source.next(position.change, versionsMax);
    let { object } = position;
    for (const version of versions) {
      if (version.isCurrent) {
        take(version, version.object > object);
      }
      object = Math.max(object, version.object);
    }
    rows.end();
    const last = versions.at(-1);
    const isAll = last === undefined || versions.length < versionsMax;
    // The last request may have more versions, so only those before it are complete.
    const { sequence, change } = isAll ? end : { sequence: last.sequence - 1, change: last.change };
    advance.run(sequence, change, object);
    return [{ sequence, change, object }, versions.length];
  }

  return {
    position: () => position,
    behind: () => positionOf(reached).change - position.change,
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
  const { sequence, change, object } = statement.get() ?? {};
  return { sequence: Number(sequence), change: Number(change), object: Number(object) };
}
