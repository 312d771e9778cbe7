/** The rows of the search index as its indexer writes them: found objects, their words, the counts of their values. */

import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { CountedValue } from "../search-query.ts";
import { FACET_NUMBER, facetText, type SearchEntry } from "../search-rows.ts";
import { escapeText } from "../term.ts";
import { inserter } from "./inserter.ts";
import { createWordRuns } from "./word-runs.ts";

/** Writes the rows; everything is to be called inside a write transaction. */
export interface FoundRows {
  /** Takes an object out; returns when its first version was ingested, if it was there. */
  remove(workspace: number, object: number): number | undefined;
  /** Puts an object in that isn't there; the row is written by `end`. */
  add(entry: SearchEntry): void;
  /** To be called at the end of a batch. */
  end(): void;
  /** To be called after a rollback. */
  forget(): void;
}

/** Prepares the statements. */
export function createFoundRows(database: DatabaseSync): FoundRows {
  const insert = inserter(database, "found", [
    ...["change", "workspace", "object", "updated", "kept", "created", "modified_after"],
    ...["valid_after", "valid_for", "confidence", "revoked", "name", "facets"],
  ]);
  let added: SQLInputValue[][] = [];
  const find = database.prepare(
    "SELECT change, ingested, facets FROM found WHERE workspace = ? AND object = ?",
  );
  const remove = database.prepare("DELETE FROM found WHERE change = ?");
  const words = createWordRuns(database);
  const facets = createFacets(database);

  return {
    remove(workspace, object) {
      const row = find.get(workspace, object);
      if (row === undefined) {
        return undefined;
      }
      const change = Number(row["change"]);
      remove.run(change);
      words.remove(change);
      for (const id of String(row["facets"]).split(",")) {
        facets.grow(Number(id), -1);
      }
      return Number(row["ingested"]);
    },

    add(entry) {
      const { workspace, object, change, revoked, columns, facets: values } = entry;
      const ids = facets.idsOf(workspace, values);
      const { updated, ingested, created, modified, validFrom, validUntil } = columns;
      added.push([
        change,
        workspace,
        object,
        updated,
        updated - ingested,
        created,
        modified - created,
        validFrom - created,
        validUntil - validFrom,
        columns.confidence,
        Number(revoked),
        columns.name,
        ids,
      ]);
      words.add(entry);
    },

    end() {
      insert(added, (row) => row);
      added = [];
      words.end();
      facets.count();
    },

    forget() {
      added = [];
      words.forget();
      facets.forget();
    },
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
  const remembered = new Map<string, Map<string | null, number>>();
  let rememberedCount = 0;
  const growth = new Map<number, number>();

  function idOf(workspace: number, facet: CountedValue): number {
    const group = `${workspace} ${facet.field}`;
    const known = remembered.get(group)?.get(facet.value);
    if (known !== undefined) {
      return known;
    }
    if (rememberedCount >= REMEMBERED_MAX) {
      remembered.clear();
      rememberedCount = 0;
    }
    const field = FACET_NUMBER[facet.field];
    const value = escapeText(facetText(facet));
    const row = find.get(workspace, field, value);
    const id = Number(row?.["id"] ?? insert.run(workspace, field, value).lastInsertRowid);
    const ofGroup = remembered.get(group) ?? new Map<string | null, number>();
    remembered.set(group, ofGroup.set(facet.value, id));
    rememberedCount += 1;
    return id;
  }

  function grow(id: number, by: number): void {
    growth.set(id, (growth.get(id) ?? 0) + by);
  }

  return {
    grow,
    /** The numbers of what an object counts for, which is counted at once. */
    idsOf(workspace: number, values: readonly CountedValue[]): string {
      let ids = "";
      for (const value of values) {
        const id = idOf(workspace, value);
        grow(id, 1);
        ids += ids === "" ? id : `,${id}`;
      }
      return ids;
    },
    count(): void {
      for (const [id, by] of growth) {
        update.run(by, id);
      }
      growth.clear();
    },
    forget(): void {
      remembered.clear();
      rememberedCount = 0;
      growth.clear();
    },
  };
}
