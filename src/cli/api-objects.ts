/** Objects as the commands see them: found by their names, and shown without what would disturb a terminal. */
import type { ApiClient } from "../client/index.ts";
import type { SearchCondition } from "../store/index.ts";
import type { ObjectPage, ObjectView } from "../wire/index.ts";

/** Stands between source and STIX id in the name of an object. */
const SEPARATOR = "---";

/** An object has few sources; more than this many are not one object. */
const SOURCES_MAX = 100;

/** Path of an object. */
export function pathOf(id: string): string {
  return `/objects/${encodeURIComponent(id)}`;
}

/** The objects that a name means: one by its full name, or by a STIX id one of each source; none when there is none. */
export async function objectsNamed(api: ApiClient, name: string): Promise<readonly ObjectView[]> {
  if (name.includes(SEPARATOR)) {
    const found = await api.call({ name: `object ${name}`, method: "GET", path: pathOf(name) });
    return [found as ObjectView];
  }
  const page = await api.call({
    name: "the search",
    method: "POST",
    path: "/objects/search",
    body: { condition: { kind: "id", anyOf: [name] }, limit: SOURCES_MAX },
  });
  return (page as ObjectPage).value;
}

/** Objects beyond this many are not counted: the API counts no further. */
const COUNT_MAX = 100_000;

/** How many objects match: exactly, or at least so many. */
export async function countOfObjects(
  api: ApiClient,
  condition: SearchCondition | undefined,
): Promise<{ readonly count: number; readonly exact: boolean }> {
  const body = { countMax: COUNT_MAX, ...(condition === undefined ? {} : { condition }) };
  const request = { name: "the count", method: "POST", path: "/objects/count", body } as const;
  return (await api.call(request)) as { readonly count: number; readonly exact: boolean };
}

/** In one word, how an object stands. */
export function stateOf({ deleted, revoked, active }: ObjectView): string {
  if (deleted) {
    return "deleted";
  }
  if (revoked) {
    return "revoked";
  }
  return active ? "active" : "not valid now";
}

/** A text of somebody else's on one line, without control characters. */
export function plain(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, " ");
}
