/** The list that an address asks for: its question, its rows so far, and the way to more of them. */
import { useCallback, useEffect, useMemo } from "react";
import type { Condition, ObjectView, Sort } from "../api/types.ts";
import { conditionOf, type SearchState, sortOf } from "./search-state.ts";
import { useObjects } from "./use-objects.ts";

/** Rows that are loaded at most: a browser can't show a list of millions under one scroll bar. */
export const ROWS_MAX = 20_000;

/** A list. */
export interface ObjectList {
  /** Stands for the question; another one, another list. */
  readonly key: string;
  readonly condition: Condition | undefined;
  readonly sort: Sort;
  readonly rows: readonly ObjectView[];
  readonly hasMore: boolean;
  readonly isFetching: boolean;
  /** Nothing has been found yet, and not everything has been looked at. */
  readonly isSearching: boolean;
  readonly error: Error | null;
  /** Requests that have arrived and can't be searched yet. */
  readonly behind: number;
  readonly more: () => void;
  readonly retry: () => void;
}

/** The list. */
export function useList(state: SearchState): ObjectList {
  const { open: _open, part: _part, columns: _columns, view: _view, ...question } = state;
  const key = JSON.stringify(question);
  // What is active is asked of the moment at which the question changed, so that pages belong together.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the question.
  const condition = useMemo(() => conditionOf(question, new Date()), [key]);
  const sort = sortOf(state);
  const objects = useObjects(condition, sort);
  const rows = useMemo(
    () => objects.data?.pages.flatMap(({ value }) => value) ?? [],
    [objects.data],
  );
  const hasMore = objects.hasNextPage && rows.length < ROWS_MAX;
  const { fetchNextPage, isFetchingNextPage, error } = objects;
  const more = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  useEffect(() => {
    // A page whose time was up may be empty: the next one goes on.
    if (rows.length === 0 && hasMore && !isFetchingNextPage && error === null) {
      more();
    }
  }, [rows.length, hasMore, isFetchingNextPage, error, more]);
  return {
    key,
    condition,
    sort,
    rows,
    hasMore,
    isFetching: isFetchingNextPage,
    isSearching: objects.isPending || (rows.length === 0 && hasMore),
    error,
    behind: objects.data?.pages[0]?.behind ?? 0,
    more,
    retry: () => void objects.refetch(),
  };
}
