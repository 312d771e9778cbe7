/** Pages of a search, fetched one after the other as they are wanted. */
import {
  type InfiniteData,
  type UseInfiniteQueryResult,
  useInfiniteQuery,
} from "@tanstack/react-query";
import { call } from "../api/client.ts";
import type { Condition, SearchPage, Sort } from "../api/types.ts";
import { useApiBase } from "../shell/session.tsx";

const PAGE_ITEMS = 100;

/** Objects that a condition holds for. */
export function useObjects(
  condition: Condition | undefined,
  sort: Sort,
): UseInfiniteQueryResult<InfiniteData<SearchPage>> {
  const base = useApiBase();
  return useInfiniteQuery({
    queryKey: ["objects", base, condition, sort],
    queryFn: ({ pageParam, signal }) =>
      call<SearchPage>(`${base}/objects/search`, {
        method: "POST",
        body: {
          sort,
          limit: PAGE_ITEMS,
          ...(condition === undefined ? {} : { condition }),
          ...(pageParam === null ? {} : { cursor: pageParam }),
        },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ cursor }) => cursor,
  });
}
