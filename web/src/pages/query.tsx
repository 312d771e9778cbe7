/** Query: a text in KQL, its answer as rows and as a chart, and the queries that there are already. */
import { Button, Spinner } from "@fluentui/react-components";
import {
  LinkRegular,
  PanelLeftRegular,
  PlayRegular,
  StopRegular,
  TextAlignLeftRegular,
} from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { call } from "../api/client.ts";
import { packText, type QueryState, unpackText } from "../kql/address.ts";
import { QueryFault } from "../kql/answer.ts";
import { type EditorHandle, KqlEditor } from "../kql/editor.tsx";
import { withCondition } from "../kql/kql-text.ts";
import { languageClient, tellCatalogue } from "../kql/language.ts";
import type { Catalogue } from "../kql/language-messages.ts";
import { Library } from "../kql/library.tsx";
import { Results } from "../kql/results.tsx";
import { TimeRange } from "../kql/time-range.tsx";
import { type RunState, useQueryRun } from "../kql/use-query-run.ts";
import "../kql/query.css";
import { Failure, Loading } from "../parts/loading.tsx";
import { useShortcuts } from "../shell/keys.tsx";
import { useApiBase } from "../shell/session.tsx";

const FIRST_TEXT = "// Shift+Enter runs a query.\nThreatIntelIndicators\n| take 100\n";
const ADDRESS_PAUSE_MS = 400;
/** The list stands open where it leaves room for the editor. */
const LIST_BESIDE = "(min-width: 1100px)";

type Change = Partial<Record<keyof QueryState, string | undefined>>;

/** The page; it waits for the text that the address holds. */
export function Page(): ReactNode {
  const state = useSearch({ strict: false }) as QueryState;
  const [first, setFirst] = useState<{ readonly text: string; readonly isAsked: boolean }>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the address at the beginning counts.
  useEffect(() => {
    void unpackText(state).then((text) =>
      setFirst({ text: text ?? FIRST_TEXT, isAsked: text !== undefined }),
    );
  }, []);
  return first === undefined ? <Loading /> : <Workbench first={first} state={state} />;
}

function Workbench({
  first,
  state,
}: {
  readonly first: { readonly text: string; readonly isAsked: boolean };
  readonly state: QueryState;
}): ReactNode {
  const base = useApiBase();
  const navigate = useNavigate();
  const editor = useRef<EditorHandle>(null);
  const [text, setText] = useState(first.text);
  const [asked, setAsked] = useState({ start: 0, length: 0 });
  const { state: run, start, stop } = useQueryRun();
  const span = String(state.span ?? "");
  const set = useCallback(
    (change: Change): void => {
      void navigate({
        to: ".",
        search: (old: Record<string, unknown>) => ({ ...old, ...change }),
        replace: true,
      });
    },
    [navigate],
  );
  const catalogue = useCatalogue(base, editor);
  const isTooLong = useAddress(text, first.text, set);
  const ask = useCallback(
    async (range: string): Promise<void> => {
      const chosen = editor.current?.chosen() ?? null;
      if (chosen === null) {
        return;
      }
      const { query, start: offset } = chosen;
      setAsked({ start: offset, length: query.length });
      editor.current?.showFindings([]);
      const error = await start({ query, span: range });
      if (error instanceof QueryFault) {
        editor.current?.showFindings(
          error.findings.map((found) => ({ ...found, start: found.start + offset })),
        );
      }
    },
    [start],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: what a link asks for is run once.
  useEffect(() => {
    if (first.isAsked) {
      void ask(span);
    }
  }, []);
  const putQuery = (query: string, range: string): void => {
    editor.current?.replace(query);
    set({ span: range === "" ? undefined : range, find: undefined, sort: undefined });
    editor.current?.focus();
    void ask(range);
  };
  const addCondition = (condition: string): void => {
    const { start: from, length } = asked;
    const query = text.slice(from, from + length);
    editor.current?.replace(withCondition(query, condition), { from, to: from + length });
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
        <QueryBar
          isListed={list !== "none"}
          onList={() => setList(list === "none" ? "tables" : "none")}
          isRunning={run.kind === "running"}
          onRun={() => void ask(span)}
          onStop={stop}
          span={span}
          onSpan={(next) => set({ span: next === "" ? undefined : next })}
          onFormat={() => editor.current?.format()}
          isTooLong={isTooLong}
        />
        <KqlEditor
          text={first.text}
          handle={editor}
          onChange={setText}
          onRun={() => void ask(span)}
        />
        <Outcome run={run} onRetry={() => void ask(span)}>
          {run.kind === "done" ? (
            <Results answer={run.answer} state={state} onState={set} onFilter={addCondition} />
          ) : null}
        </Outcome>
      </div>
    </div>
  );
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

/** Keeps the address at the text. Gives whether it is too long for one. */
function useAddress(text: string, first: string, set: (change: Change) => void): boolean {
  const [isTooLong, setTooLong] = useState(false);
  const written = useRef(first);
  useEffect(() => {
    if (text === written.current) {
      return;
    }
    const timer = setTimeout(() => {
      written.current = text;
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
