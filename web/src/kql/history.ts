/** Queries that were run in this browser, newest first. They stay in it. */
import { useSyncExternalStore } from "react";

/** A run. */
export interface PastRun {
  readonly query: string;
  readonly span: string;
  readonly at: string;
  /** Null when it was refused. */
  readonly rows: number | null;
  /** It stays, and stands first. */
  readonly isStarred?: boolean;
}

/** Runs without a star. */
const RUNS_MAX = 100;
/** Longer texts would fill the browser's store, which holds about 5 million letters. */
const QUERY_LENGTH_MAX = 20_000;

const listeners = new Set<() => void>();
const read = new Map<string, { readonly text: string | null; readonly runs: readonly PastRun[] }>();

function keyOf(workspaceId: string): string {
  return `stixgate.queries.${workspaceId}`;
}

/** The same list as long as nothing has changed. */
function runsOf(workspaceId: string): readonly PastRun[] {
  const text = localStorage.getItem(keyOf(workspaceId));
  const known = read.get(workspaceId);
  if (known?.text === text && known !== undefined) {
    return known.runs;
  }
  let runs: readonly PastRun[] = [];
  try {
    const stored: unknown = JSON.parse(text ?? "[]");
    runs = Array.isArray(stored) ? (stored as PastRun[]) : [];
  } catch {
    // What cannot be read is forgotten.
  }
  read.set(workspaceId, { text, runs });
  return runs;
}

/** The runs of a workspace. */
export function useHistory(workspaceId: string): readonly PastRun[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => runsOf(workspaceId),
  );
}

/** Remembers a run; an older one of the same text goes, but for its star. */
export function rememberRun(workspaceId: string, run: PastRun): void {
  if (run.query.length <= QUERY_LENGTH_MAX) {
    store(workspaceId, withRun(runsOf(workspaceId), run));
  }
}

/** The list with a run in front; the oldest without a star go. */
export function withRun(runs: readonly PastRun[], run: PastRun): readonly PastRun[] {
  const known = runs.find(({ query }) => query === run.query);
  const isStarred = run.isStarred ?? known?.isStarred ?? false;
  const all = [{ ...run, isStarred }, ...runs.filter((each) => each !== known)];
  const plain = all.filter((each) => each.isStarred !== true);
  const kept = new Set(plain.slice(0, RUNS_MAX));
  return all.filter((each) => each.isStarred === true || kept.has(each));
}

/** Stars a run, or takes its star. */
export function starRun(workspaceId: string, query: string): void {
  store(
    workspaceId,
    runsOf(workspaceId).map((run) =>
      run.query === query ? { ...run, isStarred: run.isStarred !== true } : run,
    ),
  );
}

/** Forgets all of it but what has a star. */
export function forgetRuns(workspaceId: string): void {
  store(
    workspaceId,
    runsOf(workspaceId).filter(({ isStarred }) => isStarred === true),
  );
}

function store(workspaceId: string, runs: readonly PastRun[]): void {
  try {
    localStorage.setItem(keyOf(workspaceId), JSON.stringify(runs));
  } catch {
    // A full or forbidden store costs the history, not the query.
  }
  for (const listener of listeners) {
    listener();
  }
}
