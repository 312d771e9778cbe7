/**
 * Follows the index into the search index, a batch of versions in each transaction. Only what is current is
 * looked at. A lock on the row of the position keeps two from taking the same versions.
 */

import { hash } from "node:crypto";
import type { Client } from "pg";
import { instantKey } from "../search-object.ts";
import type { CountedValue } from "../search-query.ts";
import { FACET_NUMBER, facetText, type SearchEntry, searchEntry } from "../search-rows.ts";
import { createExactTokens, joinedTokens } from "../search-tokens.ts";
import { wordsOf } from "../search-words.ts";
import { versionOf } from "../stored-rows.ts";
import { escapeText } from "../term.ts";
import { bigints, byteStrings, integers, texts } from "./array-parameters.ts";
import { createCurrentVersions } from "./search-versions.ts";
import type { Ask, Statement } from "./sessions.ts";

/** Takes versions into the search index. */
export interface SearchIndexer {
  /** Takes the next versions in one transaction. @throws what the client throws */
  indexBatch(): Promise<SearchBatch>;
}

/** What a batch reached. */
interface SearchBatch {
  readonly searchable: number;
  /** Nothing was left to do. */
  readonly done: boolean;
}

/** Versions of one batch. */
const BATCH_VERSIONS = 2_000;

const LOCK_POSITION: Statement = {
  name: "search-position",
  text: "SELECT sequence, change FROM stixgate.search_position WHERE id = 1 FOR UPDATE",
};

const INDEX_POSITION: Statement = {
  name: "search-index-position",
  text: "SELECT sequence, change FROM stixgate.index_position WHERE id = 1",
};

const NEXT: Statement = {
  name: "search-next",
  text: `SELECT version.change, version.object, version.place, version.sequence,
      object.workspace, object.change = version.change AS current
    FROM stixgate.version JOIN stixgate.object
      ON object.place = version.place AND object.id = version.object
    WHERE version.change > $1 AND version.change <= $2 ORDER BY version.change LIMIT $3`,
};

/** Within one workspace: Citus then asks one worker. */
const REMOVE: Statement = {
  name: "search-remove",
  text: `DELETE FROM stixgate.found WHERE workspace = $1 AND object = ANY ($2::bigint[])
    RETURNING object, ingested, facets`,
};

const OLDEST: Statement = {
  name: "search-oldest",
  text: `SELECT DISTINCT ON (version.place, version.object) version.object, version.sequence
    FROM unnest($1::bigint[], $2::bigint[]) AS given (place, object)
    JOIN stixgate.version ON version.place = given.place AND version.object = given.object
    ORDER BY version.place, version.object, version.change`,
};

const TIMES: Statement = {
  name: "search-times",
  text: `SELECT request.sequence, request.appended_at FROM unnest($1::bigint[]) AS given (sequence)
    JOIN stixgate.request ON request.sequence = given.sequence`,
};

const ADD: Statement = {
  name: "search-add",
  text: `INSERT INTO stixgate.found (workspace, change, object, updated, ingested, created, modified,
      valid_from, valid_until, confidence, revoked, name, facets, tokens)
    SELECT workspace, change, object, updated, ingested, created, modified, valid_from, valid_until,
      confidence::double precision, revoked, name, facets,
      array_to_tsvector(string_to_array(tokens, ' '))
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
      $7::bigint[], $8::bigint[], $9::bigint[], $10::text[], $11::integer[], $12::text[], $13::text[],
      $14::text[]) AS given (workspace, change, object, updated, ingested, created, modified,
      valid_from, valid_until, confidence, revoked, name, facets, tokens)`,
};

const ADD_FACETS: Statement = {
  name: "search-facets",
  text: `INSERT INTO stixgate.facet (workspace, field, digest, value, count)
    SELECT workspace, field, digest, value, 0
    FROM unnest($1::bigint[], $2::integer[], $3::bytea[], $4::text[]) AS given (workspace, field, digest, value)
    ON CONFLICT (workspace, field, digest) DO NOTHING`,
};

const FIND_FACETS: Statement = {
  name: "search-find-facets",
  text: `SELECT facet.id, facet.workspace, facet.field, facet.value
    FROM unnest($1::bigint[], $2::integer[], $3::bytea[]) AS given (workspace, field, digest)
    JOIN stixgate.facet ON facet.workspace = given.workspace AND facet.field = given.field
      AND facet.digest = given.digest`,
};

const COUNT_FACETS: Statement = {
  name: "search-count-facets",
  text: `UPDATE stixgate.facet SET count = facet.count + given.by
    FROM unnest($1::bigint[], $2::bigint[]) AS given (id, by) WHERE facet.id = given.id`,
};

/** Those who wait hear of it when the transaction is committed. */
const ADVANCE: Statement = {
  name: "search-advance",
  text: `WITH advanced AS (
      UPDATE stixgate.search_position SET sequence = $1, change = $2 WHERE id = 1 RETURNING sequence)
    SELECT pg_notify('stixgate_position', 'searchable ' || sequence) FROM advanced`,
};

interface NextRow {
  readonly change: string;
  readonly object: string;
  readonly place: string;
  readonly sequence: string;
  readonly workspace: string;
  readonly current: boolean;
}

interface RemovedRow {
  readonly object: string;
  readonly ingested: string;
  readonly facets: string;
}

type Position = Record<"sequence" | "change", string>;

/** @param client a connection that nobody else uses */
export function createSearchIndexer(client: Client): SearchIndexer {
  const ask: Ask = async (statement, values) => (await client.query({ ...statement, values })).rows;
  const versionsOf = createCurrentVersions(ask);
  const exactOf = createExactTokens();
  const tokensOf = ({ workspace, texts: searched, exact }: SearchEntry): string =>
    joinedTokens(workspace, exactOf(exact), wordsOf(searched.join("\n")));
  const facets = createFacets(ask);

  async function positionOf(statement: Statement): Promise<{ sequence: number; change: number }> {
    const [row] = await ask<Position>(statement, []);
    return { sequence: Number(row?.sequence), change: Number(row?.change) };
  }

  async function entriesOf(live: readonly NextRow[], before: ReadonlyMap<number, number>) {
    const found = await versionsOf(live.map(({ change }) => Number(change)));
    const fresh = live.filter(({ object }) => !before.has(Number(object)));
    const oldest = await ask<{ object: string; sequence: string }>(OLDEST, [
      bigints(fresh.map(({ place }) => Number(place))),
      bigints(fresh.map(({ object }) => Number(object))),
    ]);
    const sequences = new Set(oldest.map(({ sequence }) => Number(sequence)));
    const times = await ask<{ sequence: string; appended_at: string }>(TIMES, [
      bigints([...sequences]),
    ]);
    const timeOf = new Map(times.map((row) => [row.sequence, instantKey(row.appended_at)]));
    const firsts = new Map([
      ...before,
      ...oldest.map((row) => [Number(row.object), timeOf.get(row.sequence) ?? 0] as const),
    ]);
    return live.flatMap((row): SearchEntry[] => {
      const version = found.get(Number(row.change));
      const [workspace, object] = [Number(row.workspace), Number(row.object)];
      return version === undefined
        ? []
        : [searchEntry({ workspace, object }, versionOf(version), firsts.get(object) ?? 0)];
    });
  }

  async function remove(current: readonly NextRow[]): Promise<RemovedRow[]> {
    const removed: RemovedRow[] = [];
    const byWorkspace = Map.groupBy(current, ({ workspace }) => Math.abs(Number(workspace)));
    for (const [workspace, rows] of byWorkspace) {
      const objects = bigints(rows.map(({ object }) => Number(object)));
      removed.push(...(await ask<RemovedRow>(REMOVE, [workspace, objects])));
    }
    return removed;
  }

  async function take(rows: readonly NextRow[]): Promise<void> {
    const current = rows.filter((row) => row.current);
    const removed = await remove(current);
    for (const row of removed) {
      facets.grow(row.facets.split(",").map(Number), -1);
    }
    const before = new Map(removed.map((row) => [Number(row.object), Number(row.ingested)]));
    const live = current.filter(({ workspace }) => Number(workspace) > 0);
    const entries = await entriesOf(live, before);
    const ids = await facets.idsOf(entries);
    if (entries.length > 0) {
      await ask(ADD, columnsOf(entries, ids, entries.map(tokensOf)));
    }
    await facets.count();
  }

  async function batch(): Promise<SearchBatch> {
    const from = await positionOf(LOCK_POSITION);
    const end = await positionOf(INDEX_POSITION);
    if (from.sequence >= end.sequence) {
      return { searchable: from.sequence, done: true };
    }
    const rows = await ask<NextRow>(NEXT, [from.change, end.change, BATCH_VERSIONS]);
    await take(rows);
    const last = rows.at(-1);
    const isAll = last === undefined || rows.length < BATCH_VERSIONS;
    // The last request may have more versions, so only those before it are complete.
    const to = isAll ? end : { sequence: Number(last.sequence) - 1, change: Number(last.change) };
    await ask(ADVANCE, [to.sequence, to.change]);
    return { searchable: to.sequence, done: false };
  }

  return {
    async indexBatch() {
      // One state for all reads of a batch: what it finds is neither replaced nor dropped meanwhile.
      await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
      try {
        const reached = await batch();
        await client.query("COMMIT");
        return reached;
      } catch (error) {
        facets.forget();
        await client.query("ROLLBACK").catch(() => undefined);
        throw error;
      }
    },
  };
}

function columnsOf(
  entries: readonly SearchEntry[],
  ids: readonly (readonly number[])[],
  tokens: readonly string[],
): Buffer[] {
  const each = (value: (entry: SearchEntry) => number): Buffer => bigints(entries.map(value));
  return [
    each(({ workspace }) => workspace),
    each(({ change }) => change),
    each(({ object }) => object),
    each(({ columns }) => columns.updated),
    each(({ columns }) => columns.ingested),
    each(({ columns }) => columns.created),
    each(({ columns }) => columns.modified),
    each(({ columns }) => columns.validFrom),
    each(({ columns }) => columns.validUntil),
    texts(entries.map(({ columns }) => String(columns.confidence))),
    integers(entries.map(({ revoked }) => Number(revoked))),
    texts(entries.map(({ columns }) => columns.name)),
    texts(ids.map((facets) => facets.join(","))),
    texts(tokens),
  ];
}

/** Numbers of counted values remembered before all are forgotten. */
const REMEMBERED_MAX = 50_000;

interface WantedFacet {
  readonly key: string;
  readonly workspace: number;
  readonly field: number;
  readonly value: string;
}

function createFacets(ask: Ask) {
  const remembered = new Map<string, number>();
  const growth = new Map<number, number>();

  async function learn(missing: readonly WantedFacet[]): Promise<void> {
    if (remembered.size + missing.length > REMEMBERED_MAX) {
      remembered.clear();
    }
    const keys = [
      bigints(missing.map(({ workspace }) => workspace)),
      integers(missing.map(({ field }) => field)),
      byteStrings(missing.map(({ value }) => hash("sha256", value, "buffer"))),
    ];
    await ask(ADD_FACETS, [...keys, texts(missing.map(({ value }) => value))]);
    const rows = await ask<{ id: string; workspace: string; field: number; value: string }>(
      FIND_FACETS,
      keys,
    );
    for (const { id, workspace, field, value } of rows) {
      remembered.set(`${workspace} ${field} ${value}`, Number(id));
    }
  }

  function grow(ids: readonly number[], by: number): void {
    for (const id of ids) {
      growth.set(id, (growth.get(id) ?? 0) + by);
    }
  }

  return {
    grow,
    /** The numbers of what each entry counts for, which is counted at once. */
    async idsOf(entries: readonly SearchEntry[]): Promise<readonly (readonly number[])[]> {
      const wanted = entries.map((entry) => entry.facets.map((facet) => wantedFacet(entry, facet)));
      const all = new Map(wanted.flat().map((facet) => [facet.key, facet]));
      if (all.size > REMEMBERED_MAX) {
        remembered.clear();
      }
      const missing = [...all.values()].filter(({ key }) => !remembered.has(key));
      if (missing.length > 0) {
        await learn(
          remembered.size + missing.length > REMEMBERED_MAX ? [...all.values()] : missing,
        );
      }
      const ids = wanted.map((facets) => facets.map(({ key }) => remembered.get(key) ?? 0));
      for (const each of ids) {
        grow(each, 1);
      }
      return ids;
    },
    async count(): Promise<void> {
      const changed = [...growth].filter(([, by]) => by !== 0).sort(([a], [b]) => a - b);
      growth.clear();
      if (changed.length > 0) {
        const ids = bigints(changed.map(([id]) => id));
        await ask(COUNT_FACETS, [ids, bigints(changed.map(([, by]) => by))]);
      }
    },
    forget(): void {
      remembered.clear();
      growth.clear();
    },
  };
}

function wantedFacet({ workspace }: SearchEntry, facet: CountedValue): WantedFacet {
  const field = FACET_NUMBER[facet.field];
  const value = escapeText(facetText(facet));
  return { key: `${workspace} ${field} ${value}`, workspace, field, value };
}
