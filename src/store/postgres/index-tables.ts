/** Looks up what a batch of the index touches, and writes its plan: one statement for each table. */

import type { Client } from "pg";
import {
  type Counters,
  type IndexPlan,
  type ObjectState,
  type WantedObject,
  workspaceColumn,
  workspaceState,
} from "../index-plan.ts";
import type { ObjectFacts } from "../store.ts";
import { escapeText, hashOf, identityKey, TERM_KIND, unescapeText, valueKey } from "../term.ts";
import { bigints, byteStrings, integers, texts } from "./array-parameters.ts";
import { type CopyTable, type CopyValue, copyData, copyInto } from "./copy.ts";
import type { Ask, Statement } from "./sessions.ts";
import type { TermWriter } from "./terms.ts";

/** The tables of the index on the indexer's connection; to be used inside a transaction. */
export interface IndexTables {
  /** Where the index is; nobody else can move it until the transaction ends. */
  lockCounters(): Promise<Counters>;
  /** The objects among these that exist, by their identity key. */
  find(wanted: readonly WantedObject[]): Promise<ReadonlyMap<string, ObjectState>>;
  /** Writes a plan that was made with what `find` was asked for. */
  write(plan: IndexPlan, known: KnownHashes): Promise<void>;
}

/** What has been hashed before. */
interface KnownHashes {
  readonly wanted: readonly WantedObject[];
  /** Of the workspace of each request, by its sequence. */
  readonly workspaces: ReadonlyMap<number, number>;
}

/** Hashes of labels that are remembered: feeds have few, and each costs a SHA-256. */
const LABELS_REMEMBERED_MAX = 50_000;

const LOCK_COUNTERS: Statement = {
  name: "index-counters",
  text: "SELECT sequence, change, object FROM stixgate.index_position WHERE id = 1 FOR UPDATE",
};

const FIND: Statement = {
  name: "index-find",
  text: `SELECT object.id, object.workspace, object.source, object.stix_id, object.type, object.change,
      object.revoked, object.content
    FROM unnest($1::bigint[]) AS wanted (place)
    JOIN stixgate.object ON object.place = wanted.place`,
};

const OBJECTS: CopyTable = {
  name: "stixgate.object",
  columns: {
    place: "bigint",
    id: "bigint",
    workspace: "bigint",
    source: "bigint",
    stix_id: "text",
    type: "bigint",
    change: "bigint",
    revoked: "boolean",
    content: "bytes",
  },
};

const VERSIONS: CopyTable = {
  name: "stixgate.version",
  columns: {
    change: "bigint",
    place: "bigint",
    object: "bigint",
    sequence: "bigint",
    record: "integer",
    revoked: "boolean",
  },
};

const OBSERVABLES: CopyTable = {
  name: "stixgate.observable",
  columns: { hash: "bigint", change: "bigint", place: "bigint" },
};

const LABELS: CopyTable = { ...OBSERVABLES, name: "stixgate.label" };

const RESULTS: CopyTable = {
  name: "stixgate.index_result",
  columns: {
    workspace: "bigint",
    sequence: "bigint",
    created: "integer",
    updated: "integer",
    unchanged: "integer",
  },
};

/** Citus takes no function in the FROM of an UPDATE, but one that rows are inserted from. */
const UPDATE_OBJECTS: Statement = {
  name: "index-updates",
  text: `INSERT INTO stixgate.object
      (place, id, workspace, source, stix_id, type, change, revoked, content)
    SELECT place, id, workspace, source, stix_id, type, change, revoked = 1, content
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[],
      $7::bigint[], $8::integer[], $9::bytea[])
      AS given (place, id, workspace, source, stix_id, type, change, revoked, content)
    ON CONFLICT (place, id) DO UPDATE SET workspace = excluded.workspace, type = excluded.type,
      change = excluded.change, revoked = excluded.revoked, content = excluded.content`,
};

const GROW: Statement = {
  name: "index-counts",
  text: `INSERT INTO stixgate.object_count (workspace, type, count)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[])
    ON CONFLICT (workspace, type) DO UPDATE SET count = object_count.count + excluded.count`,
};

/** Those who wait hear of it when the transaction is committed. */
const ADVANCE: Statement = {
  name: "index-advance",
  text: `WITH advanced AS (
      UPDATE stixgate.index_position SET sequence = $1, change = $2, object = $3 WHERE id = 1
      RETURNING sequence)
    SELECT pg_notify('stixgate_position', 'indexed ' || sequence) FROM advanced`,
};

/** The tables as the indexer's connection sees them. */
export function createIndexTables(client: Client, ask: Ask, terms: TermWriter): IndexTables {
  const labelHash = createHashMemory(LABELS_REMEMBERED_MAX);
  return {
    async lockCounters() {
      const [row] = await ask<Record<"sequence" | "change" | "object", string>>(LOCK_COUNTERS, []);
      return {
        sequence: Number(row?.sequence),
        change: Number(row?.change),
        object: Number(row?.object),
      };
    },

    async find(wanted) {
      const rows = await ask<ObjectRow>(FIND, [bigints(wanted.map(({ hash }) => hash))]);
      const types = await terms.textsOf(rows.map(({ type }) => Number(type)));
      const keys = new Set(wanted.map(({ key }) => key));
      const states = rows.map((row) => stateOf(row, types));
      return new Map(
        states.map((state) => [keyOf(state), state] as const).filter(([key]) => keys.has(key)),
      );
    },

    async write(plan, { wanted, workspaces }) {
      const typed = [...plan.created, ...plan.updated, ...plan.growth];
      const types = await terms.idsOf(
        TERM_KIND.type,
        typed.map(({ type }) => type),
      );
      const context = { plan, workspaces, types, placeOf: createPlaces(wanted), labelHash };
      // The rows of a table are put together while the server takes those of the one before.
      let before = Promise.resolve();
      for (const [table, rows] of newRows(context)) {
        if (rows.length > 0) {
          const data = copyData(table, rows);
          await before;
          before = copyInto(client, table, data);
          // Its failure is heard of with the next await; until then it isn't unhandled.
          before.catch(() => undefined);
        }
      }
      await before;
      for (const [statement, rows, values] of changedRows(context)) {
        if (rows > 0) {
          await ask(statement, values());
        }
      }
      const { sequence, change, object } = plan.counters;
      await ask(ADVANCE, [sequence, change, object]);
    },
  };
}

interface PlanContext {
  readonly plan: IndexPlan;
  readonly workspaces: ReadonlyMap<number, number>;
  readonly types: ReadonlyMap<string, number>;
  readonly placeOf: (object: ObjectState) => number;
  readonly labelHash: (key: string) => number;
}

/** Rows that are only ever added, in the order of an index: neighbours share its pages. */
function newRows({ plan, workspaces, types, placeOf, labelHash }: PlanContext): readonly NewRows[] {
  const { created, versions, results } = plan;
  const hashed = (textsOf: (facts: ObjectFacts) => readonly string[], hash = hashOf) =>
    inOrder(
      versions.flatMap(({ change, object, facts }) => {
        // A value that a version has twice is one row.
        const hashes = new Set(
          textsOf(facts).map((text) => hash(valueKey(object.workspace, text))),
        );
        return [...hashes].map((each) => [each, change, placeOf(object)] as const);
      }),
    );
  const objects = created.map((object) => {
    const { id, source, type, change, revoked, content } = object;
    const workspace = workspaceColumn(object);
    const stixId = escapeText(object.stixId);
    const typeTerm = types.get(type) ?? 0;
    const key = [placeOf(object), id, workspace, source, stixId] as const;
    return [...key, typeTerm, change, revoked, content] as const;
  });
  return [
    [OBJECTS, objects.toSorted((a, b) => a[0] - b[0])],
    [
      VERSIONS,
      versions.map(({ change, object, sequence, record }) => {
        return [change, placeOf(object), object.id, sequence, record, object.revoked];
      }),
    ],
    [OBSERVABLES, hashed(({ observables }) => observables.map(({ value }) => value))],
    [LABELS, hashed(({ labels }) => labels, labelHash)],
    [
      RESULTS,
      results.map(({ sequence, counts: { created, updated, unchanged } }) => {
        return [workspaces.get(sequence) ?? 0, sequence, created, updated, unchanged];
      }),
    ],
  ];
}

type NewRows = readonly [table: CopyTable, rows: readonly (readonly CopyValue[])[]];

/** Rows that may be there already, a column at a time. */
function changedRows({ plan, types, placeOf }: PlanContext): readonly ChangedRows[] {
  const { updated, growth } = plan;
  const typeOf = ({ type }: { readonly type: string }): number => types.get(type) ?? 0;
  return [
    [
      UPDATE_OBJECTS,
      updated.length,
      () => [
        bigints(updated.map(placeOf)),
        bigints(updated.map(({ id }) => id)),
        bigints(updated.map(workspaceColumn)),
        bigints(updated.map(({ source }) => source)),
        texts(updated.map(({ stixId }) => escapeText(stixId))),
        bigints(updated.map(typeOf)),
        bigints(updated.map(({ change }) => change)),
        integers(updated.map(({ revoked }) => Number(revoked))),
        byteStrings(updated.map(({ content }) => content)),
      ],
    ],
    [
      GROW,
      growth.length,
      () => [
        bigints(growth.map(({ workspace }) => workspace)),
        bigints(growth.map(typeOf)),
        bigints(growth.map(({ by }) => by)),
      ],
    ],
  ];
}

type ChangedRows = readonly [statement: Statement, rows: number, values: () => Buffer[]];

type HashRow = readonly [hash: number, change: number, place: number];

function inOrder(rows: readonly HashRow[]): readonly HashRow[] {
  return rows.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
}

/** Where the rows of an object lie: the hash of its key, which is known of all that a batch touches. */
function createPlaces(wanted: readonly WantedObject[]): (object: ObjectState) => number {
  const hashes = new Map(wanted.map(({ key, hash }) => [key, hash]));
  const places = new Map<number, number>();
  return (object) => {
    const known = places.get(object.id);
    if (known !== undefined) {
      return known;
    }
    const key = keyOf(object);
    const place = hashes.get(key) ?? hashOf(key);
    places.set(object.id, place);
    return place;
  };
}

/** Hashes, and remembers some of the hashes. */
function createHashMemory(max: number): (key: string) => number {
  const remembered = new Map<string, number>();
  return (key) => {
    const known = remembered.get(key);
    if (known !== undefined) {
      return known;
    }
    if (remembered.size >= max) {
      remembered.clear();
    }
    const hash = hashOf(key);
    remembered.set(key, hash);
    return hash;
  };
}

interface ObjectRow {
  readonly id: string;
  readonly workspace: string;
  readonly source: string;
  readonly stix_id: string;
  readonly type: string;
  readonly change: string;
  readonly revoked: boolean;
  readonly content: Buffer;
}

function stateOf(row: ObjectRow, types: ReadonlyMap<number, string>): ObjectState {
  return {
    id: Number(row.id),
    ...workspaceState(Number(row.workspace)),
    source: Number(row.source),
    stixId: unescapeText(row.stix_id),
    type: types.get(Number(row.type)) ?? "",
    change: Number(row.change),
    revoked: row.revoked,
    content: row.content,
  };
}

function keyOf({ workspace, source, stixId }: ObjectState): string {
  return identityKey(workspace, source, stixId);
}
