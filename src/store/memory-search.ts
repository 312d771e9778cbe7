/** Searches of the store in memory: every object is tested, which says what the others must find. */

import { referencesOf } from "../stix/index.ts";
import { checkLimit, cursorAfter, PAGE_ITEMS_MAX, positionOf } from "./paging.ts";
import type {
  CountQuery,
  FacetQuery,
  FacetValue,
  MatchCount,
  RelatedObject,
  RelatedQuery,
  SearchCondition,
  SearchHit,
  SearchPage,
  SearchQuery,
  SearchSort,
} from "./search.ts";
import { checkCondition, objectTest } from "./search-condition.ts";
import { type SearchPlace, searchCursor, searchPlace } from "./search-cursor.ts";
import { compareTexts, type SearchedObject, SORT_COLUMN, searchedObject } from "./search-object.ts";
import { countMaxOf, facetValuesOf, sortOf } from "./search-query.ts";
import type { ObjectVersion, Page } from "./store.ts";

/** What there is to search. */
export interface MemoryObjects {
  /** Every version that was ever stored, oldest first. */
  readonly versions: readonly ObjectVersion[];
  isCurrent(version: ObjectVersion): boolean;
  /** The first version of the same object. */
  firstOf(version: ObjectVersion): ObjectVersion;
}

/** @see Searches */
export function searchMemory(objects: MemoryObjects, query: SearchQuery): SearchPage {
  checkLimit(query.limit, PAGE_ITEMS_MAX);
  const sort = sortOf(query);
  const after = searchPlace(query);
  const found = matching(objects, query)
    .map((object) => ({ object, place: placeOf(objects, object, sort.by) }))
    .sort((a, b) => comparePlaces(a.place, b.place));
  const ordered = sort.direction === "ascending" ? found : found.reverse();
  const sign = sort.direction === "ascending" ? 1 : -1;
  const rest = ordered.filter(
    ({ place }) => after === undefined || sign * comparePlaces(place, after) > 0,
  );
  const page = rest.slice(0, query.limit);
  const last = page.at(-1);
  return {
    items: page.map(({ object }) => hitOf(objects, object.version)),
    next:
      last === undefined || page.length === rest.length ? null : searchCursor(query, last.place),
    partial: false,
    behind: 0,
  };
}

/** @see Searches */
export function countMemory(objects: MemoryObjects, query: CountQuery): MatchCount {
  const countMax = countMaxOf(query);
  const found = matching(objects, query).length;
  return { count: Math.min(found, countMax), exact: found <= countMax };
}

/** @see Searches */
export function memoryFacets(objects: MemoryObjects, query: FacetQuery): readonly FacetValue[] {
  checkLimit(query.limit, PAGE_ITEMS_MAX);
  const counts = new Map<string | null, number>();
  for (const { version } of matching(objects, { workspaceId: query.workspaceId })) {
    for (const { field, value } of facetValuesOf(version)) {
      if (field === query.field) {
        counts.set(value, (counts.get(value) ?? 0) + 1);
      }
    }
  }
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .filter(({ value }) => query.prefix === undefined || value?.startsWith(query.prefix))
    .sort((a, b) => b.count - a.count || compareTexts(a.value ?? "", b.value ?? ""))
    .slice(0, query.limit);
}

/** @see Searches */
export function relatedInMemory(objects: MemoryObjects, query: RelatedQuery): Page<RelatedObject> {
  checkLimit(query.limit, PAGE_ITEMS_MAX);
  const after = positionOf("related", query.cursor) ?? 0;
  const current = matching(objects, { workspaceId: query.workspaceId }).map(
    ({ version }) => version,
  );
  const wanted = (property: string) => query.property === undefined || query.property === property;
  const all =
    query.direction === "incoming"
      ? current.flatMap((version) =>
          referencesOf(JSON.parse(version.json))
            .filter(({ stixId, property }) => stixId === query.stixId && wanted(property))
            .map(({ property }) => ({
              at: version.change,
              related: { property, stixId: version.stixId, object: version },
            })),
        )
      : outgoing(current, query.stixId, wanted);
  const rest = all.filter(({ at }) => at > after);
  const page = pageByPosition(rest, query.limit);
  const last = page.at(-1);
  return {
    items: page.map(({ related }) => related),
    next:
      last === undefined || page.length === rest.length ? null : cursorAfter("related", last.at),
  };
}

/** What one object refers to by several properties isn't torn apart. */
function pageByPosition<T extends { readonly at: number }>(
  rest: readonly T[],
  limit: number,
): readonly T[] {
  const end = rest[limit - 1]?.at;
  return end === undefined ? rest : rest.filter(({ at }) => at <= end);
}

function outgoing(
  current: readonly ObjectVersion[],
  stixId: string,
  wanted: (property: string) => boolean,
): { readonly at: number; readonly related: RelatedObject }[] {
  const references = current
    .filter((each) => each.stixId === stixId)
    .flatMap((each) => referencesOf(JSON.parse(each.json)))
    .filter(({ property }) => wanted(property));
  const related = new Map<string, RelatedObject>();
  for (const reference of references) {
    const targets = current.filter((each) => each.stixId === reference.stixId);
    for (const object of targets.length === 0 ? [null] : targets) {
      const key = JSON.stringify([reference, object?.change ?? null]);
      related.set(key, { ...reference, object });
    }
  }
  return [...related.values()].map((each, at) => ({ at: at + 1, related: each }));
}

function matching(
  objects: MemoryObjects,
  query: { readonly workspaceId: string; readonly condition?: SearchCondition },
): SearchedObject[] {
  if (query.condition !== undefined) {
    checkCondition(query.condition);
  }
  return objects.versions
    .filter((version) => version.workspaceId === query.workspaceId && objects.isCurrent(version))
    .map((version) => searchedObject(version, objects.firstOf(version).ingestedAt))
    .filter(objectTest(query.condition));
}

function hitOf(objects: MemoryObjects, version: ObjectVersion): SearchHit {
  return { ...version, firstIngestedAt: objects.firstOf(version).ingestedAt };
}

function placeOf(
  objects: MemoryObjects,
  { version, columns }: SearchedObject,
  by: SearchSort,
): SearchPlace {
  const { change } = version;
  if (by === "type" || by === "source") {
    return {
      key: change,
      change,
      group: by === "type" ? version.facts.type : version.sourceSystem,
    };
  }
  const column = SORT_COLUMN[by];
  if (column !== undefined) {
    return { key: columns[column], change };
  }
  return { key: by === "updated" ? change : objects.firstOf(version).change, change };
}

function comparePlaces(one: SearchPlace, other: SearchPlace): number {
  return (
    compareTexts(one.group ?? "", other.group ?? "") ||
    (typeof one.key === "string"
      ? compareTexts(one.key, String(other.key))
      : one.key - Number(other.key)) ||
    one.change - other.change
  );
}
