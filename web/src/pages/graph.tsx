/** Graph: what an object is related to, as a picture and as a list; more of it opens step by step. */
import { Body1, Button } from "@fluentui/react-components";
import { DismissRegular } from "@fluentui/react-icons";
import { useQueries, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useCallback, useMemo, useRef } from "react";
import { call } from "../api/client.ts";
import type { Graph } from "../api/types.ts";
import { type CanvasHandle, GraphCanvas } from "../graph/canvas.tsx";
import "../graph/graph.css";
import { Legend, useGlyphs } from "../graph/legend.tsx";
import { type Choice, mergeGraphs, type Picture, pictureOf, shortestPath } from "../graph/model.ts";
import { Notes } from "../graph/notes.tsx";
import { GraphTwin } from "../graph/twin.tsx";
import { saveFile } from "../kql/save-file.ts";
import { Details } from "../parts/details.tsx";
import { Failure, Loading } from "../parts/loading.tsx";
import { useShortcuts } from "../shell/keys.tsx";
import { useApiBase, useWorkspace } from "../shell/session.tsx";

/** What the address says. Lists have commas between their encoded members. */
interface GraphState {
  /** The object that the picture begins with. */
  readonly of?: string;
  readonly depth?: string;
  /** Further objects whose neighbours are shown. */
  readonly expanded?: string;
  readonly hide?: string;
  readonly away?: string;
  readonly groups?: string;
  /** `all` shows authors and markings of every object. */
  readonly references?: string;
  readonly at?: string;
  readonly from?: string;
  readonly to?: string;
  readonly open?: string;
}

type Change = Partial<Record<keyof GraphState, string | undefined>>;

/** Neighbourhoods in one picture: each is a request. */
const EXPANDED_MAX = 20;
const DEPTH_MAX = 3;

/** The page. */
export function Page(): ReactNode {
  const state = useSearch({ strict: false }) as GraphState;
  const { workspaceId } = useWorkspace();
  if (state.of === undefined) {
    return (
      <div className="center">
        <h1 className="graphTitle">Graph</h1>
        <Body1>
          A graph begins with an object. Open one, and choose “Show as a graph” under Related.
        </Body1>
        <Link to="/w/$workspaceId/intelligence" params={{ workspaceId }}>
          Choose an object
        </Link>
      </div>
    );
  }
  return <GraphOf key={state.of} of={String(state.of)} state={state} />;
}

function GraphOf({ of, state }: { readonly of: string; readonly state: GraphState }): ReactNode {
  const base = useApiBase();
  const depth = Math.max(1, Math.min(DEPTH_MAX, Number(state.depth ?? 1) || 1));
  const expanded = listOf(state.expanded).slice(0, EXPANDED_MAX);
  const first = useQuery(neighbourhoodQuery(base, of, depth));
  const others = useQueries({
    queries: expanded.map((id) => neighbourhoodQuery(base, id, 1)),
    combine: (results) => ({
      graphs: results.flatMap(({ data }) => (data === undefined ? [] : [data])),
      error: results.find(({ error }) => error !== null)?.error ?? null,
      isFetching: results.some(({ isFetching }) => isFetching),
    }),
  });
  if (first.isPending) {
    return <Loading label="Looking for what it is related to" />;
  }
  if (first.error !== null) {
    return <Failure error={first.error} onRetry={() => void first.refetch()} />;
  }
  return (
    <Board
      first={first.data}
      more={others.graphs}
      moreError={others.error}
      isFetching={first.isFetching || others.isFetching}
      state={state}
      depth={depth}
    />
  );
}

function neighbourhoodQuery(base: string, id: string, depth: number) {
  return {
    queryKey: ["graph", base, id, depth],
    queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
      call<Graph>(`${base}/objects/${encodeURIComponent(id)}/graph?depth=${depth}`, { signal }),
    staleTime: 60_000,
    placeholderData: (old: Graph | undefined) => old,
  };
}

function listOf(text: string | undefined): readonly string[] {
  return text === undefined || text === "" ? [] : String(text).split(",").map(decode);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function joined(list: Iterable<string>): string | undefined {
  const text = [...list].map(encodeURIComponent).join(",");
  return text === "" ? undefined : text;
}

interface BoardProps {
  readonly first: Graph;
  readonly more: readonly Graph[];
  readonly moreError: Error | null;
  readonly isFetching: boolean;
  readonly state: GraphState;
  readonly depth: number;
}

function Board({ first, more, moreError, isFetching, state, depth }: BoardProps): ReactNode {
  const navigate = useNavigate();
  const canvas = useRef<CanvasHandle>(null);
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
  const start = first.nodes[0]?.stixId ?? "";
  const { hide, away, groups, references } = state;
  const graph = useMemo(() => mergeGraphs([first, ...more]), [first, more]);
  const picture = useMemo(() => {
    const choice: Choice = {
      start,
      hiddenTypes: new Set(listOf(hide)),
      hiddenNodes: new Set(listOf(away)),
      openGroups: new Set(listOf(groups)),
      centres: new Set([first, ...more].flatMap(({ nodes }) => nodes[0]?.stixId ?? [])),
      allReferences: references === "all",
    };
    return pictureOf(graph, choice);
  }, [first, more, graph, start, hide, away, groups, references]);
  const at = picture.nodes.find(({ id }) => id === state.at)?.id ?? null;
  const path = useMemo(
    () =>
      state.from === undefined || state.to === undefined
        ? null
        : shortestPath(picture, state.from, state.to),
    [picture, state.from, state.to],
  );
  const acts = actsOf({ picture, state, set, at });
  useShortcuts([
    { keys: "f", label: "Fit the graph", run: () => canvas.current?.fit() },
    { keys: "+", label: "Zoom in", run: () => canvas.current?.zoom(1) },
    { keys: "-", label: "Zoom out", run: () => canvas.current?.zoom(-1) },
    { keys: "e", label: "Expand the object", run: () => at !== null && acts.expand(at) },
    { keys: "h", label: "Hide the object", run: acts.hide },
    { keys: "p", label: "Path from or to the object", run: acts.path },
    {
      keys: "Escape",
      label: "Close the object",
      run: () => set({ open: undefined, from: undefined, to: undefined }),
    },
  ]);
  const legend = useRef<HTMLUListElement>(null);
  const glyphs = useGlyphs(legend, picture.types);
  return (
    <div className={state.open === undefined ? "graph" : "graph opened"}>
      <section className="graphSide" aria-label="Objects">
        <h1 className="graphTitle">{titleOf(first)}</h1>
        <Legend
          list={legend}
          types={picture.types}
          hidden={new Set(listOf(hide))}
          onHidden={(hidden) => set({ hide: joined(hidden) })}
        />
        <GraphTwin
          picture={picture}
          at={at}
          onMove={acts.move}
          onOpen={acts.open}
          onExpand={acts.expand}
        />
      </section>
      <section className="graphMain" aria-label="Picture">
        <Toolbar
          state={state}
          depth={depth}
          set={set}
          acts={acts}
          at={at}
          canHide={at !== null && at !== start}
          canvas={canvas}
        />
        <Notes
          graph={graph}
          picture={picture}
          ends={state}
          path={path}
          error={moreError}
          isFetching={isFetching}
        />
        <GraphCanvas
          picture={picture}
          handle={canvas}
          at={at}
          path={path}
          glyphs={glyphs}
          onMove={(id) => set({ at: id ?? undefined })}
          onExpand={acts.expand}
        />
      </section>
      {state.open === undefined ? null : (
        <aside className="pane" aria-label="Object">
          <div className="paneBar">
            <Link to="." search={{ of: String(state.open) }}>
              Begin the graph here
            </Link>
            <span className="grow" />
            <Button
              appearance="subtle"
              icon={<DismissRegular />}
              aria-label="Close (Esc)"
              onClick={() => set({ open: undefined })}
            />
          </div>
          <Details id={String(state.open)} known={null} onOpen={(open) => set({ open })} />
        </aside>
      )}
    </div>
  );
}

function titleOf({ nodes }: Graph): string {
  const [first] = nodes;
  return first?.view?.title ?? first?.stixId ?? "Graph";
}

/** What can be done with the chosen node; each is a change of the address. */
function actsOf({
  picture,
  state,
  set,
  at,
}: {
  readonly picture: Picture;
  readonly state: GraphState;
  readonly set: (change: Change) => void;
  readonly at: string | null;
}) {
  const find = (id: string) => picture.nodes.find((node) => node.id === id);
  const expand = (id: string): void => {
    const node = find(id);
    if (node?.canOpen === true) {
      set({ groups: joined(new Set([...listOf(state.groups), id])), at: undefined });
    } else if (node?.view !== null && node?.view !== undefined) {
      const all = new Set([...listOf(state.expanded), node.view.id]);
      set({ expanded: joined([...all].slice(-EXPANDED_MAX)), at: id });
    } else {
      set({ at: id });
    }
  };
  return {
    expand,
    move: (id: string): void => set({ at: id }),
    open(id: string): void {
      const view = find(id)?.view;
      if (view === null || view === undefined) {
        expand(id);
      } else {
        set({ open: view.id, at: id });
      }
    },
    hide(): void {
      const node = at === null ? undefined : find(at);
      if (node !== undefined && !node.isStart && node.count === 1) {
        const next = picture.nodes[picture.nodes.indexOf(node) - 1]?.id;
        set({ away: joined([...listOf(state.away), node.id]), at: next });
      }
    },
    path(): void {
      if (at === null) {
        return;
      }
      const isNew = state.from === undefined || state.to !== undefined;
      set(isNew ? { from: at, to: undefined } : { to: at });
    },
  };
}

function Toolbar({
  state,
  depth,
  set,
  acts,
  at,
  canHide,
  canvas,
}: {
  readonly state: GraphState;
  readonly depth: number;
  readonly set: (change: Change) => void;
  readonly acts: ReturnType<typeof actsOf>;
  readonly at: string | null;
  readonly canHide: boolean;
  readonly canvas: { readonly current: CanvasHandle | null };
}): ReactNode {
  const { away, references } = state;
  const isAll = references === "all";
  const save = (): void => {
    const image = canvas.current?.png() ?? null;
    if (image !== null) {
      saveFile("graph.png", "image/png", image);
    }
  };
  return (
    <div className="graphBar">
      <select
        className="picker"
        aria-label="Steps"
        value={String(depth)}
        onChange={(event) => set({ depth: event.target.value })}
      >
        <option value="1">1 step away</option>
        <option value="2">2 steps away</option>
        <option value="3">3 steps away</option>
      </select>
      <Button
        size="small"
        aria-pressed={isAll}
        title="Authors and markings of every object, not only of those that were expanded"
        onClick={() => set({ references: isAll ? undefined : "all" })}
      >
        {isAll ? "Fewer references" : "All references"}
      </Button>
      <Button size="small" disabled={at === null} onClick={() => at !== null && acts.expand(at)}>
        Expand (e)
      </Button>
      <Button size="small" disabled={at === null} onClick={acts.path}>
        {state.from === undefined || state.to !== undefined ? "Path from (p)" : "Path to (p)"}
      </Button>
      <Button size="small" disabled={!canHide} onClick={acts.hide}>
        Hide (h)
      </Button>
      {away === undefined ? null : (
        <Button size="small" onClick={() => set({ away: undefined })}>
          Show {listOf(away).length} hidden
        </Button>
      )}
      <span className="grow" />
      <Button size="small" onClick={() => canvas.current?.fit()}>
        Fit (f)
      </Button>
      <Button size="small" aria-label="Zoom in (+)" onClick={() => canvas.current?.zoom(1)}>
        +
      </Button>
      <Button size="small" aria-label="Zoom out (-)" onClick={() => canvas.current?.zoom(-1)}>
        −
      </Button>
      <Button size="small" onClick={save}>
        Save as PNG
      </Button>
    </div>
  );
}
