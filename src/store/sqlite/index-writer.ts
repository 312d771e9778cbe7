/** The tables of the index as the indexer uses them: what there is, in memory, and what a plan adds. */

import type { DatabaseSync } from "node:sqlite";
import {
  type Counters,
  type IndexPlan,
  type ObjectState,
  type PlannedVersion,
  type WantedObject,
  workspaceState,
} from "../index-plan.ts";
import type { ObjectFacts } from "../store.ts";
import { identityKey, unescapeText, valueKey } from "../term.ts";
import type { IndexEntry } from "./entries.ts";
import { createEntryTables, ENTRY_KIND } from "./entry-tables.ts";
import { createIdentities, type MemoryMode } from "./identities.ts";
import type { KeyHash } from "./key-hash.ts";
import { createPlanRows } from "./plan-rows.ts";
import { type RevokedBits, revokedComplete, revokedMarker } from "./revoked-filter.ts";
import { stixIdOf } from "./stix-id-column.ts";
import type { Terms } from "./terms.ts";

/** The tables of the index, to look objects up in and to write plans to. */
export interface IndexTables {
  /** Reads what must be known of the stored objects, for about so long; true when everything is. Before that
   * only `counters` may be called. */
  load(forMs: number): boolean;
  counters(): Counters;
  /** The objects among these that exist, by their identity key. */
  find(wanted: readonly WantedObject[]): ReadonlyMap<string, ObjectState>;
  /** To be called inside a write transaction, with what `find` was asked for. */
  write(plan: IndexPlan, wanted: readonly WantedObject[]): void;
  /** To be called when the transaction of a `write` is on disk. */
  written(): void;
  /** Merges lists of the index that have become many, for about so long; true when there is more. To be
   * called inside a write transaction. */
  tidy(forMs: number): boolean;
  /** To be called after a rollback. */
  forget(): void;
}

const FIND = `SELECT object.id, object.stix_id, object.workspace, object.source, term.text AS type,
    object.change, object.revoked, object.content
  FROM object JOIN term ON term.id = object.type
  WHERE object.id = ?`;

/** Revoked objects that are read at once. */
const MARKED_PER_PAGE = 500;

/** What the tables of the index share with others. */
export interface IndexParts {
  readonly terms: Terms;
  readonly revoked: RevokedBits;
  readonly hash: KeyHash;
  readonly memory: MemoryMode;
}

/**
 * Prepares the statements; `terms` numbers types. Objects that are revoked are marked in `revoked`, the stored
 * ones by `load` and others with each plan.
 */
export function createIndexTables(
  database: DatabaseSync,
  { terms, revoked, hash, memory }: IndexParts,
): IndexTables {
  const position = database.prepare("SELECT sequence, change, object FROM index_position");
  const find = database.prepare(FIND);
  const writeRows = createPlanRows(database, terms);
  const identities = createIdentities(database, memory);
  const markRevoked = revokedMarker(revoked);
  const markStored = createMarkStored(database, markRevoked);
  const entries = createEntryTables(database);
  let newIdentities: IndexEntry[] = [];

  return {
    load(forMs) {
      const isMarked = markStored(forMs);
      if (isMarked) {
        revokedComplete(revoked);
      }
      return isMarked && identities.load(forMs);
    },

    counters() {
      const { sequence, change, object } = position.get() ?? {};
      return { sequence: Number(sequence), change: Number(change), object: Number(object) };
    },

    find(wanted) {
      const found = new Map<string, ObjectState>();
      const candidates = identities.find(wanted.map((each) => each.hash));
      for (const [at, { key }] of wanted.entries()) {
        for (const id of candidates[at] ?? []) {
          const row = find.get(id);
          const state = row && stateOf(row);
          if (state && identityKey(state.workspace, state.source, state.stixId) === key) {
            found.set(key, state);
          }
        }
      }
      return found;
    },

    write(plan, wanted) {
      const { created, updated, versions } = plan;
      for (const object of [...created, ...updated]) {
        if (object.revoked) {
          markRevoked(object.stixId);
        }
      }
      const hashes = new Map(wanted.map((each) => [each.key, each.hash]));
      newIdentities = created.map(({ workspace, source, stixId, id }) => {
        const key = identityKey(workspace, source, stixId);
        return [hashes.get(key) ?? hash(key), id];
      });
      entries.add(ENTRY_KIND.identity, newIdentities);
      entries.add(ENTRY_KIND.observable, entriesOf(versions, hash, valuesOf));
      entries.add(ENTRY_KIND.label, entriesOf(versions, hash, labelsOf));
      writeRows(plan);
    },

    written() {
      for (const [hash, object] of newIdentities) {
        identities.add(hash, object);
      }
      newIdentities = [];
    },

    tidy: entries.tidy,

    forget() {
      newIdentities = [];
      entries.forget();
    },
  };
}

/** Marks the stored objects that are revoked, a page at a time; returns whether all have been marked. */
function createMarkStored(
  database: DatabaseSync,
  mark: (stixId: string) => void,
): (forMs: number) => boolean {
  const page = database.prepare(
    `SELECT workspace, object.id, stix_id, term.text AS type
      FROM object INDEXED BY object_revoked CROSS JOIN term ON term.id = object.type
      WHERE revoked = 1 AND (workspace, object.id) > (?, ?) ORDER BY workspace, object.id LIMIT ?`,
  );
  let last: readonly [workspace: number, id: number] = [Number.MIN_SAFE_INTEGER, 0];
  let isDone = false;
  return (forMs) => {
    const endMs = performance.now() + forMs;
    while (!isDone && performance.now() < endMs) {
      const rows = page.all(...last, MARKED_PER_PAGE);
      for (const row of rows) {
        mark(stixIdOf(row["stix_id"], unescapeText(String(row["type"]))));
        last = [Number(row["workspace"]), Number(row["id"])];
      }
      isDone = rows.length < MARKED_PER_PAGE;
    }
    return isDone;
  };
}

/** An entry for each text of each version. */
function entriesOf(
  versions: readonly PlannedVersion[],
  hash: KeyHash,
  textsOf: (facts: ObjectFacts) => readonly string[],
): IndexEntry[] {
  const entries: IndexEntry[] = [];
  for (const { change, object, facts } of versions) {
    for (const text of textsOf(facts)) {
      entries.push([hash(valueKey(object.workspace, text)), change]);
    }
  }
  return entries;
}

function valuesOf({ observables }: ObjectFacts): readonly string[] {
  return observables.map(({ value }) => value);
}

function labelsOf({ labels }: ObjectFacts): readonly string[] {
  return labels;
}

function stateOf(row: Readonly<Record<string, unknown>>): ObjectState {
  const type = unescapeText(String(row["type"]));
  return {
    id: Number(row["id"]),
    ...workspaceState(Number(row["workspace"])),
    source: Number(row["source"]),
    stixId: stixIdOf(row["stix_id"], type),
    type,
    change: Number(row["change"]),
    revoked: row["revoked"] === 1,
    content: row["content"] as Uint8Array,
  };
}
