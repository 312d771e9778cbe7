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
  | { readonly kind: "done"; readonly answer: Answer; readonly query: string };

/** What is asked. */
export interface Ask {
  readonly query: string;
  readonly span: string;
}

/** The run, and the ways to start and to stop one. */
export function useQueryRun(): {
  readonly state: RunState;
  readonly start: (ask: Ask) => Promise<Error | null>;
  readonly stop: () => void;
} {
  const { workspaceId } = useWorkspace();
  const [state, setState] = useState<RunState>({ kind: "none" });
  const current = useRef<AbortController | null>(null);
  useEffect(() => () => current.current?.abort(), []);
  const start = useCallback(
    async ({ query, span }: Ask): Promise<Error | null> => {
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
        setState({ kind: "done", answer, query });
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
    [workspaceId],
  );
  const stop = useCallback(() => current.current?.abort(), []);
  return { state, start, stop };
}
