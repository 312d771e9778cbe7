/** The run of a query: one at a time, can be stopped. */
import { useCallback, useEffect, useRef, useState } from "react";
import { useWorkspace } from "../shell/session.tsx";
import { type Answer, QueryFault, runQuery } from "./answer.ts";
import { rememberRun } from "./history.ts";

/** How far a run is. */
export type RunState =
  | { readonly kind: "none" }
  | { readonly kind: "running"; readonly since: number }
  | { readonly kind: "stopped" }
  | { readonly kind: "failed"; readonly error: Error }
  | { readonly kind: "done"; readonly answer: Answer; readonly asked: Ask; readonly start: number };

/** What is asked. */
export interface Ask {
  readonly query: string;
  readonly span: string;
}

/** Answers of tabs that are not in front; older ones are asked for again. */
const ANSWERS_MAX = 8;
const answers = new Map<string, RunState>();

function keep(tab: string, state: RunState): void {
  answers.delete(tab);
  answers.set(tab, state);
  const [oldest] = answers.keys();
  if (answers.size > ANSWERS_MAX && oldest !== undefined) {
    answers.delete(oldest);
  }
}

/** The run of a tab, and the ways to start and to stop one. @param tab told apart from those of other workspaces */
export function useQueryRun(tab: string): {
  readonly state: RunState;
  /** @param place where in the tab's text the query begins */
  readonly start: (ask: Ask, place: number) => Promise<Error | null>;
  readonly stop: () => void;
} {
  const { workspaceId } = useWorkspace();
  const [state, setState] = useState<RunState>(answers.get(tab) ?? { kind: "none" });
  const current = useRef<AbortController | null>(null);
  useEffect(() => () => current.current?.abort(), []);
  const start = useCallback(
    async (asked: Ask, place: number): Promise<Error | null> => {
      const { query, span } = asked;
      current.current?.abort();
      const controller = new AbortController();
      current.current = controller;
      setState({ kind: "running", since: Date.now() });
      const remember = (rows: number | null): void =>
        rememberRun(workspaceId, { query, span, rows, at: new Date().toISOString() });
      try {
        const base = `/api/v1/workspaces/${workspaceId}`;
        const answer = await runQuery(base, { query, timespan: span }, controller.signal);
        remember(answer.rows.length);
        const done: RunState = { kind: "done", answer, asked, start: place };
        keep(tab, done);
        setState(done);
        return null;
      } catch (thrown) {
        const error = thrown instanceof Error ? thrown : new Error(String(thrown));
        if (controller.signal.aborted) {
          // A newer run has its own state.
          setState((now) => (current.current === controller ? { kind: "stopped" } : now));
          return null;
        }
        if (error instanceof QueryFault) {
          remember(null);
        }
        setState({ kind: "failed", error });
        return error;
      }
    },
    [workspaceId, tab],
  );
  const stop = useCallback(() => current.current?.abort(), []);
  return { state, start, stop };
}
