/** The state of a page as texts in its address. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

/** Texts by name. */
export type PageState = Readonly<Record<string, string | undefined>>;

/** The state, and the way to change some of it. An address of its own is made unless `replace` says otherwise. */
export function usePageState(): readonly [
  PageState,
  (change: PageState, replace?: boolean) => void,
] {
  const search = useSearch({ strict: false }) as Readonly<Record<string, unknown>>;
  const navigate = useNavigate();
  const set = useCallback(
    (change: PageState, replace = false): void => {
      void navigate({
        to: ".",
        search: (old: Record<string, unknown>) => ({ ...old, ...change }),
        replace,
      });
    },
    [navigate],
  );
  // An address that was written by hand may hold numbers.
  const state = Object.fromEntries(
    Object.entries(search).map(([name, value]) => [
      name,
      value === undefined ? undefined : typeof value === "object" ? undefined : String(value),
    ]),
  );
  return [state, set];
}
