/** What the server knows of a graph: the neighbourhoods that are shown, more of groups, and paths through the store. */
import { useQueries, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { call } from "../api/client.ts";
import type { FoundPath, Graph, GroupPage } from "../api/types.ts";
import { EXPANDED_MAX, type GraphState, listOf, pagesOf } from "./address.ts";
import { likenessOf } from "./folds.ts";
import { type MoreOfGroup, mergeGraphs } from "./model.ts";

const FRESH_MS = 60_000;

/** A path through the store, as far as it is known. */
export type StoredPath =
  | { readonly kind: "none" | "searching" | "missing" | "bounded" | "failed" }
  | { readonly kind: "found"; readonly path: FoundPath };

/** Everything that is known, put together. */
export interface KnownGraph {
  readonly graph: Graph;
  /** Objects whose neighbours were asked for. */
  readonly centres: ReadonlySet<string>;
  readonly errors: readonly Error[];
  readonly isFetching: boolean;
}

/** The neighbourhood that a picture begins with. */
export function useNeighbourhood(base: string, of: string, depth: number) {
  return useQuery(neighbourhoodQuery(base, of, depth));
}

function neighbourhoodQuery(base: string, id: string, depth: number) {
  return {
    queryKey: ["graph", base, id, depth],
    queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
      call<Graph>(`${base}/objects/${encodeURIComponent(id)}/graph?depth=${depth}`, { signal }),
    staleTime: FRESH_MS,
    placeholderData: (old: Graph | undefined) => old,
  };
}

interface Combined<T> {
  readonly data: readonly T[];
  readonly errors: readonly Error[];
  readonly isFetching: boolean;
}

function combined<T>(
  results: readonly {
    readonly data: T | undefined;
    readonly error: Error | null;
    readonly isFetching: boolean;
  }[],
): Combined<T> {
  return {
    data: results.flatMap(({ data }) => (data === undefined ? [] : [data])),
    errors: results.flatMap(({ error }) => error ?? []),
    isFetching: results.some(({ isFetching }) => isFetching),
  };
}

/** What the address asks for beside the first neighbourhood, put together with it. */
export function useKnownGraph(
  base: string,
  { first, state }: { readonly first: Graph; readonly state: GraphState },
): KnownGraph {
  const expanded = listOf(state.expanded).slice(0, EXPANDED_MAX);
  const others = useQueries({
    queries: expanded.map((id) => neighbourhoodQuery(base, id, 1)),
    combine: combined<Graph>,
  });
  const ids = useMemo(
    () =>
      new Map(
        [first, ...others.data].flatMap(({ nodes }) =>
          nodes.flatMap(({ stixId, view }) => (view === null ? [] : [[stixId, view.id] as const])),
        ),
      ),
    [first, others.data],
  );
  const wanted = [...pagesOf(state)].flatMap(([key, count]) => {
    const id = ids.get(likenessOf(key)?.of ?? "");
    return id === undefined ? [] : [{ key, count, id }];
  });
  const pages = useQueries({
    queries: wanted.map((group) => membersQuery(base, group)),
    combine: combined<MoreOfGroup>,
  });
  const known = useMemo(
    () => ({
      graph: mergeGraphs([first, ...others.data], pages.data),
      centres: new Set([first, ...others.data].flatMap(({ nodes }) => nodes[0]?.stixId ?? [])),
    }),
    [first, others.data, pages.data],
  );
  return {
    ...known,
    errors: [...others.errors, ...pages.errors],
    isFetching: others.isFetching || pages.isFetching,
  };
}

/** Pages of a group, one after the other, since each begins where the one before ended. */
function membersQuery(
  base: string,
  { key, count, id }: { readonly key: string; readonly count: number; readonly id: string },
) {
  return {
    queryKey: ["graph-members", base, id, key, count],
    queryFn: async ({ signal }: { readonly signal: AbortSignal }): Promise<MoreOfGroup> => {
      const { relation = "", type = "", outgoing = false } = likenessOf(key) ?? {};
      const found: GroupPage[] = [];
      let cursor: string | null = null;
      do {
        const asked: URLSearchParams = new URLSearchParams({
          relation,
          type,
          outgoing: String(outgoing),
          ...(cursor === null ? {} : { cursor }),
        });
        const page: GroupPage = await call<GroupPage>(
          `${base}/objects/${encodeURIComponent(id)}/graph/members?${asked}`,
          { signal },
        );
        found.push(page);
        cursor = page.cursor;
        // The first page is what the neighbourhood shows already.
      } while (cursor !== null && found.length <= count);
      return {
        key,
        nodes: found.flatMap(({ nodes }) => nodes),
        edges: found.flatMap(({ edges }) => edges),
        isWhole: cursor === null,
      };
    },
    staleTime: FRESH_MS,
    placeholderData: (old: MoreOfGroup | undefined) => (old?.key === key ? old : undefined),
  };
}

/** The path between two objects through everything that is stored. @param fromId null asks nothing */
export function useStoredPath(
  base: string,
  { fromId, to }: { readonly fromId: string | null; readonly to: string },
): StoredPath {
  const path = useQuery({
    queryKey: ["graph-path", base, fromId, to],
    queryFn: ({ signal }) =>
      call<FoundPath>(
        `${base}/objects/${encodeURIComponent(fromId ?? "")}/path?${new URLSearchParams({ to })}`,
        { signal },
      ),
    enabled: fromId !== null,
    staleTime: FRESH_MS,
  });
  const { data, isPending, error } = path;
  return useMemo((): StoredPath => {
    if (fromId === null || error !== null) {
      return { kind: fromId === null ? "none" : "failed" };
    }
    if (isPending) {
      return { kind: "searching" };
    }
    if (data === undefined || data.nodes.length === 0) {
      return { kind: data?.bounded === true ? "bounded" : "missing" };
    }
    return { kind: "found", path: data };
  }, [fromId, data, isPending, error]);
}
