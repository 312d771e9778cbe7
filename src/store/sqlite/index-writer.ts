/** The tables of the index as the indexer uses them: what there is, in memory, and what a plan adds. */

import type { DatabaseSync } from "node:sqlite";
import type {
  Counters,
  IndexPlan,
  ObjectState,
  PlannedVersion,
  WantedObject,
} from "../index-plan.ts";
import type { ObjectFacts } from "../store.ts";
import { identityKey, unescapeText, valueKey } from "../term.ts";
import type { IndexEntry } from "./entries.ts";
import { createEntryReader } from "./entry-reader.ts";
import { createEntryTables, ENTRY_KIND } from "./entry-tables.ts";
import { createIdentityTable, type IdentityTable } from "./identity-table.ts";
import type { KeyHash } from "./key-hash.ts";
import { createPlanRows } from "./plan-rows.ts";
import { type RevokedBits, revokedMarker } from "./revoked-filter.ts";
import type { Terms } from "./terms.ts";

/** The tables of the index, to look objects up in and to write plans to. */
export interface IndexTables {
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

/** What the tables of the index share with others. */
export interface IndexParts {
  readonly terms: Terms;
  readonly revoked: RevokedBits;
  readonly hash: KeyHash;
}

/**
 * Prepares the statements; `terms` numbers types. Reads what objects there are into memory, and marks those
 * that are revoked in `revoked`, now and with each plan.
 */
export function createIndexTables(
  database: DatabaseSync,
  { terms, revoked, hash }: IndexParts,
): IndexTables {
  const position = database.prepare("SELECT sequence, change, object FROM index_position");
  const find = database.prepare(FIND);
  const writeRows = createPlanRows(database, terms);
  const identities = readIdentities(database);
  const markRevoked = revokedMarker(revoked);
  markStored(database, markRevoked);
  const entries = createEntryTables(database);
  let newIdentities: IndexEntry[] = [];

  return {
    counters() {
      const { sequence, change, object } = position.get() ?? {};
      return { sequence: Number(sequence), change: Number(change), object: Number(object) };
    },

    find(wanted) {
      const found = new Map<string, ObjectState>();
      for (const { hash: ofKey, key } of wanted) {
        for (const id of identities.find(ofKey)) {
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

function readIdentities(database: DatabaseSync): IdentityTable {
  const reader = createEntryReader(database);
  const table = createIdentityTable(reader.count(ENTRY_KIND.identity));
  for (const list of reader.all(ENTRY_KIND.identity)) {
    for (let at = 0; at < list.length; at += 2) {
      table.add(list[at] ?? 0, list[at + 1] ?? 0);
    }
  }
  return table;
}

function markStored(database: DatabaseSync, mark: (stixId: string) => void): void {
  for (const row of database.prepare("SELECT stix_id FROM object WHERE revoked = 1").iterate()) {
    mark(unescapeText(String(row["stix_id"])));
  }
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
