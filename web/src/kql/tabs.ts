/** Queries that are being worked on side by side. They stay in this browser, for each workspace. */
import { useSyncExternalStore } from "react";

/** A tab. */
export interface QueryTab {
  readonly id: string;
  readonly name: string;
  readonly text: string;
  readonly span: string;
}

/** The tabs of a workspace, and which of them is in front. */
export interface QueryTabs {
  readonly tabs: readonly QueryTab[];
  readonly at: string;
}

/** What the first tab of a workspace holds. */
export const FIRST_TEXT = "// Shift+Enter runs a query.\nThreatIntelIndicators\n| take 100\n";

/** More tabs than these nobody tells apart; the oldest goes. */
const TABS_MAX = 20;
/** The browser's store holds about 5 million letters. */
const TEXT_LENGTH_MAX = 100_000;

/** What there is when nothing is stored. */
export function firstTabs(): QueryTabs {
  const tab = { id: "1", name: "Query 1", text: FIRST_TEXT, span: "" };
  return { tabs: [tab], at: tab.id };
}

/** One more, in front. */
export function withTab({ tabs }: QueryTabs, text: string, span: string): QueryTabs {
  const last = Math.max(0, ...tabs.map(({ id }) => Number(id) || 0));
  const tab = { id: String(last + 1), name: freeName(tabs), text, span };
  return { tabs: [...tabs, tab].slice(-TABS_MAX), at: tab.id };
}

function freeName(tabs: readonly QueryTab[]): string {
  const names = new Set(tabs.map(({ name }) => name));
  let number = 1;
  while (names.has(`Query ${number}`)) {
    number += 1;
  }
  return `Query ${number}`;
}

/** Without one; its neighbour comes to the front. The last one cannot go. */
export function withoutTab(all: QueryTabs, id: string): QueryTabs {
  const { tabs, at } = all;
  if (tabs.length < 2) {
    return all;
  }
  const place = tabs.findIndex((tab) => tab.id === id);
  const rest = tabs.filter((tab) => tab.id !== id);
  const next = rest[Math.max(0, Math.min(rest.length - 1, place))]?.id ?? at;
  return { tabs: rest, at: at === id ? next : at };
}

/** With one of them changed. */
export function withChange(
  { tabs, at }: QueryTabs,
  id: string,
  change: Partial<Omit<QueryTab, "id">>,
): QueryTabs {
  return { tabs: tabs.map((tab) => (tab.id === id ? { ...tab, ...change } : tab)), at };
}

/** With a text in front that came by a link: in the tab that has it, in the one in front if it is unused, or anew. */
export function withLinked(all: QueryTabs, text: string, span: string): QueryTabs {
  const front = all.tabs.find(({ id }) => id === all.at);
  const known = front?.text === text ? front : all.tabs.find((tab) => tab.text === text);
  if (known !== undefined) {
    return { ...all, at: known.id };
  }
  return front !== undefined && isUnused(front.text)
    ? withChange(all, front.id, { text, span })
    : withTab(all, text, span);
}

/** Whether a text can be replaced without asking. */
export function isUnused(text: string): boolean {
  return text.trim() === "" || text === FIRST_TEXT;
}

/** What is stored, if it can be read. */
export function readTabs(stored: string | null): QueryTabs | null {
  try {
    const { tabs, at } = JSON.parse(stored ?? "null") as Partial<QueryTabs>;
    const whole = (tabs ?? []).filter((tab) =>
      [tab.id, tab.name, tab.text, tab.span].every((each) => typeof each === "string"),
    );
    const [first] = whole;
    return first === undefined
      ? null
      : { tabs: whole, at: whole.find(({ id }) => id === at)?.id ?? first.id };
  } catch {
    return null;
  }
}

const listeners = new Set<() => void>();
const known = new Map<string, QueryTabs>();

function keyOf(workspaceId: string): string {
  return `stixgate.tabs.${workspaceId}`;
}

/** The tabs of a workspace. */
export function tabsOf(workspaceId: string): QueryTabs {
  const tabs =
    known.get(workspaceId) ?? readTabs(localStorage.getItem(keyOf(workspaceId))) ?? firstTabs();
  known.set(workspaceId, tabs);
  return tabs;
}

/** The same, which a component follows. */
export function useTabs(workspaceId: string): QueryTabs {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => tabsOf(workspaceId),
  );
}

/** Remembers tabs. */
export function storeTabs(workspaceId: string, tabs: QueryTabs): void {
  known.set(workspaceId, tabs);
  try {
    const short = tabs.tabs.map((tab) => ({ ...tab, text: tab.text.slice(0, TEXT_LENGTH_MAX) }));
    localStorage.setItem(keyOf(workspaceId), JSON.stringify({ ...tabs, tabs: short }));
  } catch {
    // A full or forbidden store costs the tabs of the next visit, not the query.
  }
  for (const listener of listeners) {
    listener();
  }
}
