/** Reads of objects and their versions. */

import type { RowPage, VersionRow } from "../engine-rows.ts";
import type { ObjectKey, ObjectQuery } from "../store.ts";
import { matches } from "../stored-rows.ts";
import { escapeText, hashOf, identityKey, TERM_KIND, unescapeText, valueKey } from "../term.ts";
import { bigints, texts } from "./array-parameters.ts";
import type { Ask, Statement } from "./sessions.ts";
import type { FindTerm } from "./terms.ts";
import { createRowCompleter, type PlacedVersion } from "./version-rows.ts";

const COLUMNS = "version.change, version.sequence, version.record, version.revoked";

const CURRENT_OF_PLACE = `object.place = $1 AND object.workspace = $2 AND object.source = $3
  AND object.stix_id = $4`;

/** A deleted object has its history, too. */
const EVER_OF_PLACE = `object.place = $1 AND abs(object.workspace) = $2 AND object.source = $3
  AND object.stix_id = $4`;

const CURRENT_OBJECT: Statement = {
  name: "current-object",
  text: `SELECT ${COLUMNS} FROM stixgate.object
    JOIN stixgate.version ON version.place = object.place AND version.change = object.change
    WHERE ${CURRENT_OF_PLACE}`,
};

const OBJECT_VERSIONS: Statement = {
  name: "object-versions",
  text: `SELECT ${COLUMNS} FROM stixgate.object
    JOIN stixgate.version ON version.place = object.place AND version.object = object.id
    WHERE ${EVER_OF_PLACE} AND version.change < $6 ORDER BY version.change DESC LIMIT $5`,
};

const OBJECT_VERSION: Statement = {
  name: "object-version",
  text: `SELECT ${COLUMNS} FROM stixgate.object
    JOIN stixgate.version ON version.place = object.place AND version.object = object.id
    WHERE ${EVER_OF_PLACE} AND version.change = $5`,
};

const CHANGES: Statement = {
  name: "changes",
  text: `SELECT ${COLUMNS} FROM stixgate.version
    WHERE version.change > $1 ORDER BY version.change LIMIT $2`,
};

const COUNTS: Statement = {
  name: "counts",
  text: `SELECT term.text AS type, object_count.count FROM stixgate.object_count
    JOIN stixgate.term ON term.id = object_count.type
    WHERE object_count.workspace = $1 AND object_count.count > 0`,
};

const REVOKED: Statement = {
  name: "revoked",
  text: `SELECT object.stix_id FROM unnest($3::bigint[], $4::text[]) AS wanted (place, stix_id)
    JOIN stixgate.object ON object.place = wanted.place AND object.stix_id = wanted.stix_id
    WHERE object.workspace = $1 AND object.source = $2 AND object.revoked`,
};

/** The reads that end in versions; limits have been checked. */
export interface PostgresVersionReader {
  currentObject(key: ObjectKey): Promise<VersionRow | undefined>;
  currentObjects(query: ObjectQuery, after: number): Promise<RowPage<VersionRow>>;
  countObjects(workspaceId: string): Promise<(readonly [type: string, count: number])[]>;
  objectVersions(key: ObjectKey, limit: number, before: number): Promise<readonly VersionRow[]>;
  objectVersion(key: ObjectKey, change: number): Promise<VersionRow | undefined>;
  changes(after: number, limit: number): Promise<readonly VersionRow[]>;
  revokedObjects(keys: readonly ObjectKey[]): Promise<readonly string[]>;
}

/** @param read the connections for reads */
export function createVersionReader(read: Ask, findTerm: FindTerm): PostgresVersionReader {
  const complete = createRowCompleter(read);

  /** The parameters that name an object; undefined when nothing has its workspace or its source. */
  async function placeOf(key: ObjectKey): Promise<unknown[] | undefined> {
    const workspace = await findTerm(TERM_KIND.workspace, key.workspaceId);
    const source = await findTerm(TERM_KIND.source, key.sourceSystem);
    if (workspace === undefined || source === undefined) {
      return undefined;
    }
    const place = hashOf(identityKey(workspace, source, key.stixId));
    return [place, workspace, source, escapeText(key.stixId)];
  }

  /** Where retention has dropped all that was found before its texts were read, what has followed is read instead. */
  async function versions(statement: Statement, values: unknown[]): Promise<readonly VersionRow[]> {
    for (;;) {
      const found = await read<PlacedVersion>(statement, values);
      const { rows } = await complete(found);
      if (rows.length > 0 || found.length === 0) {
        return rows;
      }
    }
  }

  return {
    async currentObject(key) {
      const place = await placeOf(key);
      return place && (await versions(CURRENT_OBJECT, place))[0];
    },

    async currentObjects(query, after) {
      const workspace = await findTerm(TERM_KIND.workspace, query.workspaceId);
      const { type } = query;
      const typeTerm = type === undefined ? undefined : await findTerm(TERM_KIND.type, type);
      if (workspace === undefined || (type !== undefined && typeTerm === undefined)) {
        return { rows: [], next: null };
      }
      const { statement, values } = objectsStatement(query, { workspace, type: typeTerm, after });
      const found = await read<PlacedVersion>(statement, [...values, query.limit + 1]);
      const { rows, taken } = await complete(found.slice(0, query.limit));
      const next = taken < found.length ? Number(found[taken - 1]?.change) : null;
      return { rows: rows.filter((row) => matches(row, query)), next };
    },

    async countObjects(workspaceId) {
      const workspace = await findTerm(TERM_KIND.workspace, workspaceId);
      const rows = await read<{ type: string; count: string }>(COUNTS, [workspace ?? 0]);
      return rows.map(({ type, count }) => [unescapeText(type), Number(count)] as const);
    },

    async objectVersions(key, limit, before) {
      const place = await placeOf(key);
      return place === undefined ? [] : await versions(OBJECT_VERSIONS, [...place, limit, before]);
    },

    async objectVersion(key, change) {
      const place = await placeOf(key);
      return place && (await versions(OBJECT_VERSION, [...place, change]))[0];
    },

    changes: (after, limit) => versions(CHANGES, [after, limit]),

    async revokedObjects(keys) {
      const [first] = keys;
      const place = first && (await placeOf(first));
      if (place === undefined) {
        return [];
      }
      const [, workspace, source] = place.map(Number);
      const hashes = keys.map((key) =>
        hashOf(identityKey(workspace ?? 0, source ?? 0, key.stixId)),
      );
      const ids = texts(keys.map(({ stixId }) => escapeText(stixId)));
      const values = [workspace, source, bigints(hashes), ids];
      const rows = await read<{ stix_id: string }>(REVOKED, values);
      return rows.map((row) => unescapeText(row.stix_id));
    },
  };
}

/** Where a page of current objects starts, in numbers. */
interface ObjectsPlace {
  readonly workspace: number;
  readonly type: number | undefined;
  readonly after: number;
}

/**
 * The statement of a list of current objects; its last parameter, the limit, is left to the caller. The
 * table that narrows most is read in the order of its key, so a page costs what it holds. A value is pinned
 * by few objects: a label beside it is left to `matches`.
 */
function objectsStatement(
  { label, observableValue }: ObjectQuery,
  { workspace, type, after }: ObjectsPlace,
): { readonly statement: Statement; readonly values: unknown[] } {
  const values: unknown[] = [workspace, after];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const ofType = type === undefined ? "" : `AND object.type = ${parameter(type)}`;
  const table = observableValue === undefined ? "label" : "observable";
  const text = observableValue ?? label;
  const hash = text === undefined ? "" : parameter(hashOf(valueKey(workspace, text)));
  const first = text === undefined ? "object" : table;
  const found = `FROM stixgate.${table}
    JOIN stixgate.object ON object.place = ${table}.place AND object.change = ${table}.change`;
  const sql = `SELECT ${COLUMNS} ${text === undefined ? "FROM stixgate.object" : found}
    JOIN stixgate.version ON version.place = object.place AND version.change = object.change
    WHERE object.workspace = $1 AND ${first}.change > $2 ${ofType}
      ${text === undefined ? "" : `AND ${table}.hash = ${hash}`}
    ORDER BY ${first}.change LIMIT $${values.length + 1}`;
  const name = `objects by ${first}${type === undefined ? "" : " and type"}`;
  return { statement: { name, text: sql }, values };
}
