/** Looks up what a batch of the index touches, and writes its plan: one statement for each table. */

import type {
  Counters,
  IndexPlan,
  ObjectState,
  PlannedVersion,
  WantedObject,
} from "../index-plan.ts";
import { escapeText, hashOf, identityKey, TERM_KIND, unescapeText, valueKey } from "../term.ts";
import { bigints, byteStrings, integers, texts } from "./array-parameters.ts";
import type { Ask, Statement } from "./sessions.ts";
import type { TermWriter } from "./terms.ts";

/** The tables of the index on the indexer's connection; to be used inside a transaction. */
export interface IndexTables {
  /** Where the index is; nobody else can move it until the transaction ends. */
  lockCounters(): Promise<Counters>;
  /** The objects among these that exist, by their identity key. */
  find(wanted: readonly WantedObject[]): Promise<ReadonlyMap<string, ObjectState>>;
  /** @param workspaces the hash of the workspace of each request, by its sequence */
  write(plan: IndexPlan, workspaces: ReadonlyMap<number, number>): Promise<void>;
}

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

const INSERT_OBJECTS: Statement = {
  name: "index-objects",
  text: `INSERT INTO stixgate.object
      (place, id, workspace, source, stix_id, type, change, revoked, content)
    SELECT place, id, workspace, source, stix_id, type, change, revoked = 1, content
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[],
      $7::bigint[], $8::integer[], $9::bytea[])
      AS given (place, id, workspace, source, stix_id, type, change, revoked, content)`,
};

const UPDATE_OBJECTS: Statement = {
  name: "index-updates",
  text: `UPDATE stixgate.object
    SET type = given.type, change = given.change, revoked = given.revoked = 1,
      content = given.content
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::integer[], $6::bytea[])
      AS given (place, id, type, change, revoked, content)
    WHERE object.place = given.place AND object.id = given.id`,
};

const INSERT_VERSIONS: Statement = {
  name: "index-versions",
  text: `INSERT INTO stixgate.version (change, place, object, sequence, record, revoked)
    SELECT change, place, object, sequence, record, revoked = 1
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::integer[], $6::integer[])
      AS given (change, place, object, sequence, record, revoked)`,
};

const INSERT_OBSERVABLES: Statement = {
  name: "index-observables",
  text: `INSERT INTO stixgate.observable (hash, change, place)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[])`,
};

const INSERT_LABELS: Statement = {
  name: "index-labels",
  text: `INSERT INTO stixgate.label (hash, change, place)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[])`,
};

const INSERT_RESULTS: Statement = {
  name: "index-results",
  text: `INSERT INTO stixgate.index_result (workspace, sequence, created, updated, unchanged)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::integer[], $5::integer[])`,
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
export function createIndexTables(ask: Ask, terms: TermWriter): IndexTables {
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

    async write(plan, workspaces) {
      const typed = [...plan.created, ...plan.updated, ...plan.growth];
      const types = await terms.idsOf(
        TERM_KIND.type,
        typed.map(({ type }) => type),
      );
      const placeOf = createPlaces();
      for (const [statement, rows, values] of tableWrites({ plan, workspaces, types, placeOf })) {
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
}

type TableWrite = readonly [statement: Statement, rows: number, values: () => Buffer[]];

/** What goes to each table, a column at a time. */
function tableWrites({ plan, workspaces, types, placeOf }: PlanContext): readonly TableWrite[] {
  const { created, updated, versions, results, growth } = plan;
  const typeOf = ({ type }: { readonly type: string }): number => types.get(type) ?? 0;
  const observables = versions.flatMap((version) =>
    hashRows(
      version,
      version.facts.observables.map(({ value }) => value),
      placeOf,
    ),
  );
  const labels = versions.flatMap((version) => hashRows(version, version.facts.labels, placeOf));
  return [
    [
      INSERT_OBJECTS,
      created.length,
      () => [
        bigints(created.map(placeOf)),
        bigints(created.map(({ id }) => id)),
        bigints(created.map(({ workspace }) => workspace)),
        bigints(created.map(({ source }) => source)),
        texts(created.map(({ stixId }) => escapeText(stixId))),
        ...stateColumns(created, typeOf),
      ],
    ],
    [
      UPDATE_OBJECTS,
      updated.length,
      () => [
        bigints(updated.map(placeOf)),
        bigints(updated.map(({ id }) => id)),
        ...stateColumns(updated, typeOf),
      ],
    ],
    [
      INSERT_VERSIONS,
      versions.length,
      () => [
        bigints(versions.map(({ change }) => change)),
        bigints(versions.map(({ object }) => placeOf(object))),
        bigints(versions.map(({ object }) => object.id)),
        bigints(versions.map(({ sequence }) => sequence)),
        integers(versions.map(({ record }) => record)),
        integers(versions.map(({ object }) => Number(object.revoked))),
      ],
    ],
    [INSERT_OBSERVABLES, observables.length, () => hashColumns(observables)],
    [INSERT_LABELS, labels.length, () => hashColumns(labels)],
    [
      INSERT_RESULTS,
      results.length,
      () => [
        bigints(results.map(({ sequence }) => workspaces.get(sequence) ?? 0)),
        bigints(results.map(({ sequence }) => sequence)),
        integers(results.map(({ counts }) => counts.created)),
        integers(results.map(({ counts }) => counts.updated)),
        integers(results.map(({ counts }) => counts.unchanged)),
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

/** The columns that a new version changes. */
function stateColumns(
  objects: readonly ObjectState[],
  typeOf: (object: ObjectState) => number,
): Buffer[] {
  return [
    bigints(objects.map(typeOf)),
    bigints(objects.map(({ change }) => change)),
    integers(objects.map(({ revoked }) => Number(revoked))),
    byteStrings(objects.map(({ content }) => content)),
  ];
}

interface HashRow {
  readonly hash: number;
  readonly change: number;
  readonly place: number;
}

/** A value that a version has twice is one row. */
function hashRows(
  { change, object }: PlannedVersion,
  values: readonly string[],
  placeOf: (object: ObjectState) => number,
): HashRow[] {
  const hashes = new Set(values.map((value) => hashOf(valueKey(object.workspace, value))));
  return [...hashes].map((hash) => ({ hash, change, place: placeOf(object) }));
}

/** In the order of the index, which touches each of its pages once. */
function hashColumns(rows: readonly HashRow[]): Buffer[] {
  const sorted = rows.toSorted((a, b) => a.hash - b.hash || a.change - b.change);
  return [
    bigints(sorted.map(({ hash }) => hash)),
    bigints(sorted.map(({ change }) => change)),
    bigints(sorted.map(({ place }) => place)),
  ];
}

/** Where the rows of an object lie; each object is hashed once. */
function createPlaces(): (object: ObjectState) => number {
  const places = new Map<number, number>();
  return (object) => {
    const known = places.get(object.id);
    if (known !== undefined) {
      return known;
    }
    const place = hashOf(keyOf(object));
    places.set(object.id, place);
    return place;
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
    workspace: Number(row.workspace),
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
