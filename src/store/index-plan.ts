/**
 * Decides what a batch of requests does to the index, before a row of it is written: which records change
 * an object, which versions, labels and observables follow. Knows no SQL and no clock. The same requests on
 * the same state give the same plan, so a crash between two batches is mended by planning again.
 */

import type { IndexCounts } from "./receipt-parts.ts";
import type { ObjectFacts } from "./store.ts";
import { hashOf, identityKey, valueKey } from "./term.ts";

/** A request as the log has it; workspace and source are terms. */
export interface LoggedRequest {
  readonly sequence: number;
  readonly workspace: number;
  readonly source: number;
  readonly records: readonly LoggedRecord[];
}

/** An accepted record: what is known of it, and the hash of its text. */
export interface LoggedRecord {
  /** Among the accepted records of its request, from 0. */
  readonly place: number;
  readonly facts: ObjectFacts;
  readonly content: Uint8Array;
}

/** An object, as stored or as the plan leaves it. */
export interface ObjectState {
  readonly id: number;
  readonly workspace: number;
  readonly source: number;
  readonly stixId: string;
  readonly type: string;
  readonly change: number;
  readonly revoked: boolean;
  /** Gone; its number and its history stay. */
  readonly deleted: boolean;
  readonly content: Uint8Array;
}

/** The last numbers that were given out. */
export interface Counters {
  readonly sequence: number;
  readonly change: number;
  readonly object: number;
}

/** A new version; `record` is its place among the accepted records of its request. */
export interface PlannedVersion {
  readonly change: number;
  readonly object: ObjectState;
  readonly sequence: number;
  readonly record: number;
  readonly facts: ObjectFacts;
}

/** Everything that a batch writes. */
export interface IndexPlan {
  readonly counters: Counters;
  /** New objects, and stored ones with their new state, each once, in the order of their numbers. */
  readonly created: readonly ObjectState[];
  readonly updated: readonly ObjectState[];
  readonly versions: readonly PlannedVersion[];
  readonly results: readonly { readonly sequence: number; readonly counts: IndexCounts }[];
  /** By how much the number of objects of a workspace and type grows, or shrinks. */
  readonly growth: readonly TypeGrowth[];
}

/** One entry of `IndexPlan.growth`. */
interface TypeGrowth {
  readonly workspace: number;
  readonly type: string;
  readonly by: number;
}

/** A key that has to be looked up before planning. */
export interface WantedObject {
  readonly hash: number;
  readonly key: string;
  readonly workspace: number;
  readonly source: number;
  readonly stixId: string;
}

/** The keys that a batch touches, each once, in the order of their hashes: neighbours share a page. */
export function wantedObjects(
  requests: readonly LoggedRequest[],
  hash: (key: string) => number = hashOf,
): readonly WantedObject[] {
  const wanted = new Map<string, WantedObject>();
  for (const { workspace, source, records } of requests) {
    for (const { facts } of records) {
      const { stixId } = facts;
      const key = identityKey(workspace, source, stixId);
      if (!wanted.has(key)) {
        wanted.set(key, { hash: hash(key), key, workspace, source, stixId });
      }
    }
  }
  return [...wanted.values()].sort((a, b) => a.hash - b.hash);
}

/** @param stored the objects among `wantedObjects` that exist, by their identity key */
export function planIndex(
  requests: readonly LoggedRequest[],
  stored: ReadonlyMap<string, ObjectState>,
  counters: Counters,
): IndexPlan {
  const states = new Map(stored);
  const versions: PlannedVersion[] = [];
  let { change, object } = counters;

  function take(request: LoggedRequest, logged: LoggedRecord): keyof IndexCounts {
    const { facts, content, place: record } = logged;
    const key = identityKey(request.workspace, request.source, facts.stixId);
    const before = states.get(key);
    const deleted = facts.deleted === true;
    const isAsBefore = before !== undefined && sameBytes(before.content, content);
    if (isAsBefore || (deleted && before === undefined)) {
      return "unchanged";
    }
    change += 1;
    object += before === undefined ? 1 : 0;
    const after: ObjectState = {
      id: before?.id ?? object,
      workspace: request.workspace,
      source: request.source,
      stixId: facts.stixId,
      type: facts.type,
      change,
      revoked: facts.revoked || (facts.keepRevoked && before?.revoked === true),
      deleted,
      content,
    };
    states.set(key, after);
    versions.push({ change, object: after, sequence: request.sequence, record, facts });
    return before === undefined || before.deleted ? "created" : "updated";
  }

  const results = requests.map((request) => {
    const counts = { created: 0, updated: 0, unchanged: 0 };
    for (const logged of request.records) {
      counts[take(request, logged)] += 1;
    }
    return { sequence: request.sequence, counts };
  });
  const sequence = requests.at(-1)?.sequence ?? counters.sequence;
  const touched = [...states.entries()].filter(([key, state]) => stored.get(key) !== state);
  const byNumber = touched.map(([, state]) => state).sort((a, b) => a.id - b.id);
  return {
    counters: { sequence, change, object },
    created: byNumber.filter(({ id }) => id > counters.object),
    updated: byNumber.filter(({ id }) => id <= counters.object),
    versions,
    results,
    growth: growthOf(touched, stored),
  };
}

function growthOf(
  touched: readonly (readonly [string, ObjectState])[],
  stored: ReadonlyMap<string, ObjectState>,
): readonly TypeGrowth[] {
  const growth = new Map<string, TypeGrowth>();
  const add = ({ workspace, type }: ObjectState, by: number): void => {
    const key = valueKey(workspace, type);
    growth.set(key, { workspace, type, by: (growth.get(key)?.by ?? 0) + by });
  };
  for (const [key, state] of touched) {
    const before = stored.get(key);
    if (before?.deleted === false) {
      add(before, -1);
    }
    if (!state.deleted) {
      add(state, 1);
    }
  }
  return [...growth.values()].filter(({ by }) => by !== 0);
}

/** The workspace as rows of objects have it: below 0 for deleted ones, which every list then passes over. */
export function workspaceColumn({ workspace, deleted }: ObjectState): number {
  return deleted ? -workspace : workspace;
}

/** Undoes `workspaceColumn`. */
export function workspaceState(column: number): Pick<ObjectState, "workspace" | "deleted"> {
  return { workspace: Math.abs(column), deleted: column < 0 };
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
