/** Neighbours of an object, whatever the engine: found by the tokens of ids and references. */

import { type ObjectReference, referencesOf } from "../stix/index.ts";
import { checkLimit, cursorAfter, PAGE_ITEMS_MAX, positionOf } from "./paging.ts";
import type { RelatedObject, RelatedQuery } from "./search.ts";
import type { SearchEngine } from "./search-engine.ts";
import { type SearchStatement, searchStatements } from "./search-sql.ts";
import { exactToken, propertyAndTarget, type TokenQuery } from "./search-tokens.ts";
import type { ObjectVersion, Page } from "./store.ts";
import { versionOf } from "./stored-rows.ts";

/** Objects with one id that are looked at: one for each source. */
const SAME_ID_MAX = 100;

/** A neighbour and its place among all. */
interface PlacedNeighbour {
  readonly at: number;
  readonly related: RelatedObject;
}

/** Places of the neighbours that one reference leads to. */
const PLACES_PER_REFERENCE = 1_000;

/** @throws AppError `invalid_request` for a limit out of range or a cursor that no page returned */
export async function relatedOn(
  engine: SearchEngine,
  query: RelatedQuery,
): Promise<Page<RelatedObject>> {
  checkLimit(query.limit, PAGE_ITEMS_MAX);
  const after = positionOf("related", query.cursor) ?? 0;
  const workspace = await engine.workspace(query.workspaceId);
  if (workspace === undefined) {
    return { items: [], next: null };
  }
  const { found, isEnd } =
    query.direction === "incoming"
      ? await incoming(engine, query, { workspace, after })
      : await outgoing(engine, query, { workspace, after });
  const page = found.slice(0, query.limit);
  const last = page.at(-1);
  const isMore = found.length > page.length || !isEnd;
  return {
    items: page.map(({ related }) => related),
    next: last !== undefined && isMore ? cursorAfter("related", last.at) : null,
  };
}

interface Place {
  readonly workspace: number;
  readonly after: number;
}

interface Neighbours {
  readonly found: readonly PlacedNeighbour[];
  /** Nothing follows. */
  readonly isEnd: boolean;
}

/** An object that refers by two properties is one place: a page ends behind both or before them. */
async function incoming(
  engine: SearchEngine,
  { stixId, property, limit }: RelatedQuery,
  { workspace, after }: Place,
): Promise<Neighbours> {
  const tokens =
    property === undefined
      ? exactToken(workspace, "reference", stixId)
      : exactToken(workspace, "referenceBy", propertyAndTarget({ property, stixId }));
  const found: PlacedNeighbour[] = [];
  let from = Math.floor(after / PLACES_PER_REFERENCE);
  for (;;) {
    // The object that the page before ended in is read again for the rest of its references.
    const place = { tokens, workspace, after: from - 1, limit: limit + 1 };
    const { versions, last } = await withTokens(engine, place);
    for (const version of versions) {
      const references = referencesIn(version).filter(
        (each) => each.stixId === stixId && (property === undefined || each.property === property),
      );
      for (const [nth, { property: by }] of references.entries()) {
        const at = version.change * PLACES_PER_REFERENCE + nth;
        if (at > after) {
          found.push({ at, related: { property: by, stixId: version.stixId, object: version } });
        }
      }
    }
    if (last === null) {
      return { found, isEnd: true };
    }
    if (found.length > limit) {
      return { found, isEnd: false };
    }
    from = last + 1;
  }
}

async function outgoing(
  engine: SearchEngine,
  { stixId, property, limit }: RelatedQuery,
  { workspace, after }: Place,
): Promise<Neighbours> {
  const own = await withId(engine, workspace, [stixId]);
  const references = new Map<string, ObjectReference>();
  for (const reference of own.flatMap(referencesIn)) {
    if (property === undefined || reference.property === property) {
      references.set(JSON.stringify([reference.property, reference.stixId]), reference);
    }
  }
  const first = Math.floor(after / PLACES_PER_REFERENCE);
  const wanted = [...references.values()].slice(first, first + limit + 1);
  const targets = Map.groupBy(
    await withId(engine, workspace, [...new Set(wanted.map((each) => each.stixId))]),
    (version) => version.stixId,
  );
  const found = wanted.flatMap((reference, place) => {
    const objects: readonly (ObjectVersion | null)[] = targets.get(reference.stixId) ?? [null];
    return objects.map((object, source) => ({
      at: (first + place) * PLACES_PER_REFERENCE + source + 1,
      related: { ...reference, object },
    }));
  });
  const isEnd = first + limit + 1 >= references.size;
  return { found: found.filter(({ at }) => at > after), isEnd };
}

async function withId(
  engine: SearchEngine,
  workspace: number,
  stixIds: readonly string[],
): Promise<readonly ObjectVersion[]> {
  const [first, ...others] = stixIds.map((stixId) => exactToken(workspace, "id", stixId));
  if (first === undefined) {
    return [];
  }
  const tokens: TokenQuery =
    others.length === 0 ? first : { kind: "or", parts: [first, ...others] };
  const limit = stixIds.length * SAME_ID_MAX;
  const wanted = new Set(stixIds);
  const { versions } = await withTokens(engine, { tokens, workspace, after: 0, limit });
  return versions.filter((version) => wanted.has(version.stixId));
}

interface TokenPage {
  readonly tokens: TokenQuery;
  readonly workspace: number;
  readonly after: number;
  readonly limit: number;
}

/** Current objects with tokens, in the order of their changes; `last` is the place to go on from, if any. */
async function withTokens(
  engine: SearchEngine,
  { tokens, workspace, after, limit }: TokenPage,
): Promise<{ readonly versions: readonly ObjectVersion[]; readonly last: number | null }> {
  const statement: SearchStatement = searchStatements(engine.dialect).inOrder(
    { kind: "tokens", query: tokens },
    { workspace, after, limit },
  );
  const rows = await engine.rows(statement);
  const versions = await engine.versions(rows.map(({ change }) => change));
  const current = rows.flatMap(({ change }) => {
    const row = versions.get(change);
    return row === undefined ? [] : [versionOf(row)];
  });
  return { versions: current, last: rows.length < limit ? null : (rows.at(-1)?.change ?? null) };
}

function referencesIn(version: ObjectVersion): readonly ObjectReference[] {
  try {
    return referencesOf(JSON.parse(version.json));
  } catch {
    return [];
  }
}
