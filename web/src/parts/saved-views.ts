/** Saved views: those of the workspace, which everybody sees who may read there, and those of this browser. */
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { call } from "../api/client.ts";
import type { Page } from "../api/types.ts";
import { useApiBase, useWorkspace } from "../shell/session.tsx";
import { searchStateOf, type ViewSearch, viewSearchOf } from "./search-state.ts";

/** A saved view of the list. */
export interface SavedView {
  readonly name: string;
  readonly search: ViewSearch;
  /** Null for a view of this browser. */
  readonly etag: number | null;
}

interface StoredView {
  readonly name: string;
  readonly etag: number;
  readonly content: unknown;
}

/** The workspace's views hold queries as well; ours say what they are. */
const KIND = "intelligence";

const PAGE_ITEMS = 100;
/** A workspace may have a thousand. */
const PAGES_MAX = 10;

/** The views of the workspace, by name. */
export function useSharedViews(): UseQueryResult<readonly SavedView[]> {
  const base = useApiBase();
  return useQuery({
    queryKey: ["views", base],
    queryFn: ({ signal }) => listShared(base, signal),
  });
}

async function listShared(base: string, signal: AbortSignal): Promise<readonly SavedView[]> {
  const found: SavedView[] = [];
  let next: string | null = `${base}/views?limit=${PAGE_ITEMS}`;
  for (let page = 0; page < PAGES_MAX && next !== null; page += 1) {
    const answer: Page<StoredView> = await call<Page<StoredView>>(next, { signal });
    found.push(...answer.value.flatMap(viewOf));
    next = answer.nextLink === null ? null : pathOf(answer.nextLink);
  }
  return found;
}

function viewOf({ name, etag, content }: StoredView): SavedView[] {
  const { kind, search } = (content ?? {}) as { kind?: unknown; search?: unknown };
  return kind === KIND && typeof search === "object" && search !== null
    ? [{ name, etag, search: viewSearchOf(searchStateOf(search as Record<string, unknown>)) }]
    : [];
}

/** The server writes its own name into the link, which behind a proxy is another than the page's. */
function pathOf(link: string): string {
  const { pathname, search } = new URL(link, location.origin);
  return pathname + search;
}

/** Stores a view for everybody. @param ifEtag 0: only a new one; a number: only that version */
export function storeShared(
  base: string,
  { name, search }: Pick<SavedView, "name" | "search">,
  ifEtag: number,
): Promise<unknown> {
  return call(`${base}/views/${encodeURIComponent(name)}`, {
    method: "PUT",
    headers: { "if-match": `"${ifEtag}"` },
    body: { content: { kind: KIND, search } },
  });
}

/** Removes a view for everybody. */
export function removeShared(base: string, { name, etag }: SavedView): Promise<unknown> {
  return call(`${base}/views/${encodeURIComponent(name)}`, {
    method: "DELETE",
    ...(etag === null ? {} : { headers: { "if-match": `"${etag}"` } }),
  });
}

const listeners = new Set<() => void>();
const read = new Map<string, { readonly text: string; readonly views: readonly SavedView[] }>();
const keyOf = (workspaceId: string): string => `stixgate.views.${workspaceId}`;

/** The views of this browser, by name. */
export function useOwnViews(): readonly SavedView[] {
  const { workspaceId } = useWorkspace();
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => ownViews(workspaceId),
  );
}

/** The same list as long as nothing has changed. */
function ownViews(workspaceId: string): readonly SavedView[] {
  const text = localStorage.getItem(keyOf(workspaceId)) ?? "[]";
  const known = read.get(workspaceId);
  if (known?.text === text) {
    return known.views;
  }
  let views: readonly SavedView[] = [];
  try {
    const stored: unknown = JSON.parse(text);
    views = (Array.isArray(stored) ? (stored as { name?: unknown; search?: unknown }[]) : [])
      .filter(({ name, search }) => typeof name === "string" && typeof search === "object")
      .map(({ name, search }) => ({
        name: String(name),
        etag: null,
        search: viewSearchOf(searchStateOf((search ?? {}) as Record<string, unknown>)),
      }));
  } catch {
    // What cannot be read is forgotten.
  }
  read.set(workspaceId, { text, views });
  return views;
}

/** Puts a view into this browser; an older one of the same name goes. */
export function storeOwn(workspaceId: string, view: Pick<SavedView, "name" | "search">): void {
  const others = ownViews(workspaceId).filter(({ name }) => name !== view.name);
  const all = [...others, view].toSorted((one, other) => one.name.localeCompare(other.name));
  write(workspaceId, all);
}

/** Takes a view out of this browser. */
export function removeOwn(workspaceId: string, name: string): void {
  write(
    workspaceId,
    ownViews(workspaceId).filter((view) => view.name !== name),
  );
}

function write(workspaceId: string, views: readonly Pick<SavedView, "name" | "search">[]): void {
  const kept = views.map(({ name, search }) => ({ name, search }));
  localStorage.setItem(keyOf(workspaceId), JSON.stringify(kept));
  for (const listener of listeners) {
    listener();
  }
}
