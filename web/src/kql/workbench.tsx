/** The workbench of one query: its editor, the lists beside it, its run and its answer. */
import { Button, Spinner } from "@fluentui/react-components";
import {
  LinkRegular,
  PanelLeftRegular,
  PlayRegular,
  StopRegular,
  TextAlignLeftRegular,
} from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { call } from "../api/client.ts";
import { Failure } from "../parts/loading.tsx";
import { useShortcuts } from "../shell/keys.tsx";
import { useApiBase } from "../shell/session.tsx";
import { packText, type QueryState } from "./address.ts";
import { QueryFault } from "./answer.ts";
import { type EditorHandle, KqlEditor } from "./editor.tsx";
import { withCondition } from "./kql-text.ts";
import { languageClient, tellCatalogue } from "./language.ts";
import type { Catalogue } from "./language-messages.ts";
import { Library } from "./library.tsx";
import { Results } from "./results.tsx";
import { FIRST_TEXT, isUnused, type QueryTab } from "./tabs.ts";
import { TimeRange } from "./time-range.tsx";
import { type RunState, useQueryRun } from "./use-query-run.ts";

const ADDRESS_PAUSE_MS = 400;
/** The list stands open where it leaves room for the editor. */
const LIST_BESIDE = "(min-width: 1100px)";

/** A change of the address. */
export type Change = Partial<Record<keyof QueryState, string | undefined>>;

/** What belongs to one answer, and goes with another query. */
export const NO_VIEW: Change = {
  find: undefined,
  sort: undefined,
  direction: undefined,
  hide: undefined,
  show: undefined,
};

export interface WorkbenchProps {
  readonly tab: QueryTab;
  /** The query is run at once. */
  readonly isAsked: boolean;
  readonly state: QueryState;
  readonly set: (change: Change) => void;
  /** Another query, which is run in a tab of its own. */
  readonly onOpen: (query: string, span: string) => void;
  readonly onChange: (changed: Partial<QueryTab>) => void;
  readonly bar: ReactNode;
}

/** One query with its editor, its lists and its answer. */
export function Workbench({
  tab,
  isAsked,
  state,
  set,
  onOpen,
  onChange,
  bar,
}: WorkbenchProps): ReactNode {
  const base = useApiBase();
  const editor = useRef<EditorHandle>(null);
  const [text, setText] = useState(tab.text);
  const { run, ask, stop } = useAsk(`${base} ${tab.id}`, editor);
  const span = String(state.span ?? "");
  const catalogue = useCatalogue(base, editor);
  const isTooLong = useAddress(text, isAsked ? tab.text : null, { set, onChange });
  // biome-ignore lint/correctness/useExhaustiveDependencies: what a link asks for is run once.
  useEffect(() => {
    if (isAsked) {
      void ask(span);
    }
  }, []);
  const setSpan = (next: string): void => {
    set({ span: next === "" ? undefined : next });
    onChange({ span: next });
  };
  const putQuery = (query: string, range: string): void => {
    if (!isUnused(text) && text !== query) {
      onOpen(query, range);
      return;
    }
    editor.current?.replace(query);
    set(NO_VIEW);
    setSpan(range);
    editor.current?.focus();
    void ask(range);
  };
  const addCondition = (condition: string): void => {
    const done = run.kind === "done" ? run : null;
    const from = done?.start ?? 0;
    const query = text.slice(from, from + (done?.asked.query.length ?? 0));
    editor.current?.replace(withCondition(query, condition), { from, to: from + query.length });
    void ask(span);
  };
  useShortcuts([
    { keys: "/", label: "Write a query", run: () => editor.current?.focus() },
    { keys: "Escape", label: "Stop the query", run: stop },
  ]);
  const [list, setList] = useList(state, set);
  return (
    <div className={list === "none" ? "query" : "query listed"}>
      <h1 className="hidden">Query</h1>
      {list === "none" ? null : (
        <Library
          list={list}
          onList={setList}
          catalogue={catalogue}
          onInsert={(word) => editor.current?.insert(word)}
          onQuery={putQuery}
          current={() => ({ query: text, span })}
        />
      )}
      <div className="work">
        {bar}
        <QueryBar
          isListed={list !== "none"}
          onList={() => setList(list === "none" ? "tables" : "none")}
          isRunning={run.kind === "running"}
          onRun={() => void ask(span)}
          onStop={stop}
          span={span}
          onSpan={setSpan}
          onFormat={() => editor.current?.format()}
          isTooLong={isTooLong}
        />
        <KqlEditor
          text={tab.text}
          handle={editor}
          onChange={setText}
          onRun={() => void ask(span)}
        />
        <Outcome run={run} onRetry={() => void ask(span)}>
          {run.kind === "done" ? (
            <Results
              answer={run.answer}
              asked={run.asked}
              state={state}
              onState={set}
              onFilter={addCondition}
            />
          ) : null}
        </Outcome>
      </div>
    </div>
  );
}

/** Runs what is chosen in the editor, and shows there what the server finds wrong. */
function useAsk(
  tab: string,
  editor: { readonly current: EditorHandle | null },
): {
  readonly run: RunState;
  readonly ask: (span: string) => Promise<void>;
  readonly stop: () => void;
} {
  const { state: run, start, stop } = useQueryRun(tab);
  const ask = useCallback(
    async (span: string): Promise<void> => {
      const chosen = editor.current?.chosen() ?? null;
      if (chosen === null) {
        return;
      }
      const { query, start: offset } = chosen;
      editor.current?.showFindings([]);
      const error = await start({ query, span }, offset);
      if (error instanceof QueryFault) {
        editor.current?.showFindings(
          error.findings.map((found) => ({ ...found, start: found.start + offset })),
        );
      }
    },
    [start, editor],
  );
  return { run, ask, stop };
}

function QueryBar({
  isListed,
  onList,
  isRunning,
  onRun,
  onStop,
  span,
  onSpan,
  onFormat,
  isTooLong,
}: {
  readonly isListed: boolean;
  readonly onList: () => void;
  readonly isRunning: boolean;
  readonly onRun: () => void;
  readonly onStop: () => void;
  readonly span: string;
  readonly onSpan: (span: string) => void;
  readonly onFormat: () => void;
  readonly isTooLong: boolean;
}): ReactNode {
  return (
    <div className="queryBar">
      <Button
        size="small"
        icon={<PanelLeftRegular />}
        aria-pressed={isListed}
        aria-label="Tables and queries"
        onClick={onList}
      />
      {isRunning ? (
        <Button size="small" icon={<StopRegular />} onClick={onStop}>
          Stop
        </Button>
      ) : (
        <Button
          size="small"
          appearance="primary"
          icon={<PlayRegular />}
          title="Shift+Enter"
          onClick={onRun}
        >
          Run
        </Button>
      )}
      <TimeRange span={span} onSpan={onSpan} />
      <span className="grow" />
      <Button size="small" icon={<TextAlignLeftRegular />} title="Shift+Alt+F" onClick={onFormat}>
        Format
      </Button>
      <Share isTooLong={isTooLong} />
    </div>
  );
}

/** Tables and functions; the language service learns them as soon as they are there. */
function useCatalogue(
  base: string,
  editor: { readonly current: EditorHandle | null },
): Catalogue | undefined {
  const { data } = useQuery({
    queryKey: ["catalogue", base],
    queryFn: ({ signal }) => call<Catalogue>(`${base}/tables`, { signal }),
  });
  useEffect(() => {
    if (data === undefined) {
      // It takes a second or two to load, and may do so meanwhile.
      languageClient();
      return;
    }
    // Without the language service the server still says what is wrong.
    void tellCatalogue(data).then(
      () => editor.current?.lookAgain(),
      () => undefined,
    );
  }, [data, editor]);
  return data;
}

/** Keeps the address and the tab at the text. Gives whether it is too long for an address. */
function useAddress(
  text: string,
  first: string | null,
  { set, onChange }: Pick<WorkbenchProps, "set" | "onChange">,
): boolean {
  const [isTooLong, setTooLong] = useState(false);
  const written = useRef(first);
  const latest = useRef({ text, onChange });
  latest.current = { text, onChange };
  useEffect(() => () => latest.current.onChange({ text: latest.current.text }), []);
  useEffect(() => {
    if (text === written.current || (written.current === null && text === FIRST_TEXT)) {
      return;
    }
    const timer = setTimeout(() => {
      written.current = text;
      latest.current.onChange({ text });
      void packText(text).then(({ q, z, tooLong }) => {
        setTooLong(tooLong);
        set({ q, z });
      });
    }, ADDRESS_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, set]);
  return isTooLong;
}

function useList(
  { list }: QueryState,
  set: (change: Change) => void,
): readonly [string, (list: string) => void] {
  const shown = list ?? (matchMedia(LIST_BESIDE).matches ? "tables" : "none");
  return [String(shown), (next) => set({ list: next })];
}

function Outcome({
  run,
  onRetry,
  children,
}: {
  readonly run: RunState;
  readonly onRetry: () => void;
  readonly children: ReactNode;
}): ReactNode {
  if (run.kind === "running") {
    return (
      <div className="center">
        <Spinner label="Running" />
      </div>
    );
  }
  if (run.kind === "failed") {
    return run.error instanceof QueryFault ? (
      <pre className="queryFault" role="alert">
        {run.error.message}
      </pre>
    ) : (
      <Failure error={run.error} onRetry={onRetry} />
    );
  }
  if (run.kind === "done") {
    return children;
  }
  return (
    <p className="hintText" role="status">
      {run.kind === "stopped"
        ? "Stopped."
        : "Shift+Enter runs the query that the cursor is in, or what is selected. Empty lines divide queries."}
    </p>
  );
}

function Share({ isTooLong }: { readonly isTooLong: boolean }): ReactNode {
  const [done, setDone] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(location.href);
    setDone(true);
    setTimeout(() => setDone(false), 1_500);
  };
  return (
    <Button
      size="small"
      icon={<LinkRegular />}
      disabled={isTooLong}
      title={
        isTooLong
          ? "The text is too long for a link; save it instead."
          : "Copy a link to this query; whoever opens it needs access to the workspace"
      }
      onClick={() => void copy()}
    >
      {done ? "Copied" : "Share"}
    </Button>
  );
}
