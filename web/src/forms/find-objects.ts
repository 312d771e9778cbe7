/** Finds objects for a reference while one types, and tells what those are called that a reference names. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { call } from "../api/client.ts";
import type { Condition, ObjectView, SearchPage } from "../api/types.ts";
import { useApiBase } from "../shell/session.tsx";

/** Objects that are offered at once. */
const FOUND_MAX = 12;
const TITLES_MAX = 500;
const PAUSE_MS = 200;

/** Ids have this form. */
export const STIX_ID: RegExp = /^[a-z0-9-]+--[0-9a-f-]{36}$/i;

/** A text once nobody has typed for a moment. */
export function usePaused(text: string): string {
  const [paused, setPaused] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return paused;
}

/** Objects that fit what was typed, the newest first; of these types, where some are given. */
export function useFound(
  typed: string,
  types: readonly string[] | undefined,
): { readonly views: readonly ObjectView[]; readonly isBusy: boolean } {
  const base = useApiBase();
  const text = usePaused(typed).trim();
  const condition = conditionFor(text, types);
  const { data, isFetching } = useQuery({
    queryKey: ["found", base, condition],
    queryFn: ({ signal }) =>
      call<SearchPage>(`${base}/objects/search`, {
        method: "POST",
        body: { ...(condition === undefined ? {} : { condition }), limit: FOUND_MAX },
        signal,
      }),
    placeholderData: keepPreviousData,
  });
  return { views: data?.value ?? [], isBusy: isFetching };
}

function conditionFor(text: string, types: readonly string[] | undefined): Condition | undefined {
  const parts: Condition[] = [
    ...(types === undefined ? [] : [{ kind: "type", anyOf: types } as const]),
    ...(STIX_ID.test(text)
      ? [{ kind: "id", anyOf: [text.toLowerCase()] } as const]
      : /[\p{L}\p{N}]/u.test(text)
        ? [{ kind: "text", words: /[\p{L}\p{N}]$/u.test(text) ? `${text}*` : text } as const]
        : []),
  ];
  return parts.length === 0 ? undefined : { kind: "and", conditions: parts };
}

/** The objects with these ids, as far as they are stored here. */
export function useTitles(ids: readonly string[]): ReadonlyMap<string, ObjectView> {
  const base = useApiBase();
  const wanted = [...new Set(ids.filter((id) => STIX_ID.test(id)))].sort().slice(0, TITLES_MAX);
  const { data } = useQuery({
    queryKey: ["titles", base, wanted],
    queryFn: ({ signal }) =>
      call<SearchPage>(`${base}/objects/search`, {
        method: "POST",
        body: { condition: { kind: "id", anyOf: wanted }, limit: TITLES_MAX },
        signal,
      }),
    enabled: wanted.length > 0,
    placeholderData: keepPreviousData,
  });
  return new Map(data?.value.map((view) => [view.stixId, view]));
}
