/** The page of one graph: its lists, its picture, and what both have in common. */
import { Button, SearchBox } from "@fluentui/react-components";
import { DismissRegular } from "@fluentui/react-icons";
import { Link, useNavigate } from "@tanstack/react-router";
import { type ReactNode, type RefObject, useCallback, useMemo, useRef, useState } from "react";
import type { Graph } from "../api/types.ts";
import { Details } from "../parts/details.tsx";
import { type Shortcut, useShortcuts } from "../shell/keys.tsx";
import { useApiBase, useWorkspace } from "../shell/session.tsx";
import { type Acts, actsOf } from "./acts.ts";
import { type Change, type GraphState, listOf, shortId } from "./address.ts";
import { type CanvasHandle, GraphCanvas, type ScreenPoint } from "./canvas.tsx";
import { layoutOf, type Place } from "./layouts.ts";
import { Legend, useGlyphs } from "./legend.tsx";
import type { Glyphs } from "./looks.ts";
import { GraphMenu, type MenuPlace } from "./menu.tsx";
import type { Picture } from "./model.ts";
import { Notes } from "./notes.tsx";
import { PathEnd } from "./path-end.tsx";
import { forgetPlaces, placesOf, savePlaces } from "./saved-places.ts";
import { GraphTable } from "./table.tsx";
import { Toolbar } from "./toolbar.tsx";
import { GraphTwin } from "./twin.tsx";
import { useExport } from "./use-export.ts";
import type { KnownGraph } from "./use-graph.ts";
import { type Shown, usePicture } from "./use-picture.ts";

export interface BoardProps {
  readonly first: Graph;
  readonly known: KnownGraph;
  readonly state: GraphState;
  readonly depth: number;
}

/** What the parts of the page share. */
interface Parts extends Shown, Marked {
  readonly state: GraphState;
  readonly set: (change: Change) => void;
  readonly acts: Acts;
  readonly start: string;
  readonly onMenu: (id: string | null, at: ScreenPoint) => void;
}

/** The page. */
export function Board({ first, known, state, depth }: BoardProps): ReactNode {
  const base = useApiBase();
  const set = useChange();
  const start = first.nodes[0]?.stixId ?? "";
  const shown = usePicture(base, { known, start, state });
  const { picture } = shown;
  const marked = useMarked(picture, state);
  const { picked } = marked;
  const acts = useMemo(
    () => actsOf({ picture, state, set, picked }),
    [picture, state, set, picked],
  );
  const [menu, setMenu] = useState<MenuPlace | null>(null);
  const onMenu = useCallback(
    (id: string | null, point: ScreenPoint) => setMenu({ id, at: point }),
    [],
  );
  const canvas = useRef<CanvasHandle>(null);
  const places = useSavedPlaces(start);
  const parts: Parts = { ...shown, ...marked, state, set, acts, start, onMenu };
  useGraphKeys(parts, canvas, places.arrange);
  const legend = useRef<HTMLUListElement>(null);
  const glyphs = useGlyphs(legend, picture.types);
  const title = titleOf(first);
  return (
    <div className={state.open === undefined ? "graph" : "graph opened"}>
      <Side {...parts} title={title} legend={legend} />
      <Main
        {...parts}
        title={title}
        depth={depth}
        known={known}
        canvas={canvas}
        glyphs={glyphs}
        places={places}
      />
      {state.open === undefined ? null : <OpenObject id={String(state.open)} set={set} />}
      {menu === null ? null : (
        <BoardMenu
          {...parts}
          place={menu}
          canvas={canvas}
          onArrange={places.arrange}
          onClose={() => setMenu(null)}
        />
      )}
    </div>
  );
}

function Side({
  title,
  legend,
  picture,
  state,
  set,
  acts,
  at,
  found,
  picked,
  onMenu,
}: Parts & {
  readonly title: string;
  readonly legend: RefObject<HTMLUListElement | null>;
}): ReactNode {
  return (
    <section className="graphSide" aria-label="Objects">
      <h1 className="graphTitle">{title}</h1>
      <Legend
        list={legend}
        picture={picture}
        hiddenTypes={new Set(listOf(state.hide))}
        hiddenRelations={new Set(listOf(state.without))}
        onType={acts.toggleType}
        onRelation={acts.toggleRelation}
      />
      <SearchBox
        size="small"
        id="graphFind"
        value={state.find ?? ""}
        onChange={(_event, { value }) => set({ find: value === "" ? undefined : value })}
        placeholder="Find in the graph (/)"
        aria-label="Find in the graph"
      />
      <GraphTwin
        picture={picture}
        found={found}
        at={at}
        picked={picked}
        acts={acts}
        isRelations={state.list === "relations"}
        onRelations={(isOn) => set({ list: isOn ? "relations" : undefined })}
        onMenu={onMenu}
      />
    </section>
  );
}

interface MainProps extends Parts {
  readonly title: string;
  readonly depth: number;
  readonly known: KnownGraph;
  readonly canvas: RefObject<CanvasHandle | null>;
  readonly glyphs: Glyphs;
  readonly places: SavedPlaces;
}

function Main(props: MainProps): ReactNode {
  const { title, depth, known, canvas, places, ...parts } = props;
  const { graph, picture, path, stored, state, set, acts, at, picked } = parts;
  const base = useApiBase();
  const [isFraming, setFraming] = useState(false);
  const saving = useExport(base, { graph, picture, canvas, name: title });
  const layout = layoutOf(state.layout);
  return (
    <section className="graphMain" aria-label="Picture">
      <Toolbar
        state={state}
        depth={depth}
        layout={layout}
        set={set}
        acts={acts}
        at={picture.nodes.find(({ id }) => id === at)}
        picked={picked}
        isFraming={isFraming}
        onFraming={setFraming}
        onFit={() => canvas.current?.fit()}
        onZoom={(factor) => canvas.current?.zoom(factor)}
        onArrange={places.arrange}
        onExport={saving.save}
      />
      {state.from === undefined || state.to !== undefined ? null : (
        <PathEnd
          from={picture.nodes.find(({ id }) => id === state.from)?.label ?? state.from}
          onTo={(to) => set({ to })}
          onCancel={() => set({ from: undefined })}
        />
      )}
      <Notes
        graph={graph}
        picture={picture}
        state={state}
        path={path}
        stored={stored}
        errors={[...known.errors, ...saving.errors]}
        isFetching={known.isFetching}
      />
      {state.view === "table" ? (
        <GraphTable picture={picture} found={parts.found} at={at} acts={acts} />
      ) : (
        <GraphCanvas
          picture={picture}
          glyphs={parts.glyphs}
          layout={layout}
          fixed={places.fixed}
          start={parts.start}
          at={at}
          path={path}
          found={parts.found ?? NONE}
          picked={picked}
          handle={canvas}
          isFraming={isFraming}
          arranged={places.arranged}
          onMove={acts.move}
          onExpand={acts.expand}
          onMenu={parts.onMenu}
          onPick={acts.pick}
          onPlaces={places.save}
        />
      )}
    </section>
  );
}

const NONE: ReadonlySet<string> = new Set();

function BoardMenu({
  place,
  canvas,
  onArrange,
  onClose,
  picture,
  picked,
  acts,
  state,
}: Parts & {
  readonly place: MenuPlace;
  readonly canvas: RefObject<CanvasHandle | null>;
  readonly onArrange: () => void;
  readonly onClose: () => void;
}): ReactNode {
  const navigate = useNavigate();
  return (
    <GraphMenu
      place={place}
      picture={picture}
      picked={picked}
      isPathBegun={state.from !== undefined && state.to === undefined}
      acts={acts}
      onBegin={(id) => void navigate({ to: ".", search: { of: id } })}
      onFit={() => canvas.current?.fit()}
      onArrange={onArrange}
      onClose={onClose}
    />
  );
}

interface SavedPlaces {
  readonly fixed: ReadonlyMap<string, Place>;
  /** Counts how often places were found anew. */
  readonly arranged: number;
  readonly save: (moved: ReadonlyMap<string, Place>) => void;
  /** Forgets them, and finds places anew. */
  readonly arrange: () => void;
}

/** Where somebody has put nodes of the graph that begins here. */
function useSavedPlaces(start: string): SavedPlaces {
  const { workspaceId } = useWorkspace();
  const name = `${workspaceId} ${start}`;
  const [{ fixed, arranged }, setPlaces] = useState(() => ({ fixed: placesOf(name), arranged: 0 }));
  return {
    fixed,
    arranged,
    save(moved) {
      savePlaces(name, moved);
      setPlaces((old) => ({ ...old, fixed: new Map([...old.fixed, ...moved]) }));
    },
    arrange() {
      forgetPlaces(name);
      setPlaces((old) => ({ fixed: new Map(), arranged: old.arranged + 1 }));
    },
  };
}

function useChange(): (change: Change) => void {
  const navigate = useNavigate();
  return useCallback(
    (change: Change): void => {
      void navigate({
        to: ".",
        search: (old: Record<string, unknown>) => ({ ...old, ...change }),
        replace: true,
      });
    },
    [navigate],
  );
}

/** What of the picture is chosen, selected and found. */
interface Marked {
  readonly found: ReadonlySet<string> | null;
  readonly picked: ReadonlySet<string>;
  readonly at: string | null;
}

function useMarked(picture: Picture, { find, pick, at }: GraphState): Marked {
  const found = useMemo(
    () => (find === undefined ? null : foundIn(picture, find)),
    [picture, find],
  );
  const picked = useMemo(() => {
    const chosen = new Set(listOf(pick));
    return new Set(picture.nodes.flatMap(({ id }) => (chosen.has(shortId(id)) ? [id] : [])));
  }, [picture, pick]);
  const isThere = [...picture.nodes, ...picture.edges].some(({ id }) => id === at);
  return { found, picked, at: isThere ? (at ?? null) : null };
}

function foundIn({ nodes, edges }: Picture, words: string): ReadonlySet<string> {
  const wanted = String(words).trim().toLowerCase();
  const has = (...texts: readonly string[]): boolean =>
    texts.some((text) => text.toLowerCase().includes(wanted));
  const found = nodes.filter(({ id, label, type, view }) =>
    has(id, label, type, view?.title ?? ""),
  );
  const ids = new Set(found.map(({ id }) => id));
  return new Set([
    ...ids,
    ...edges
      .filter(({ source, target, label }) => has(label) || ids.has(source) || ids.has(target))
      .map(({ id }) => id),
  ]);
}

function useGraphKeys(
  { state, set, acts, at }: Parts,
  canvas: RefObject<CanvasHandle | null>,
  arrange: () => void,
): void {
  const keys: readonly Shortcut[] = [
    {
      keys: "/",
      label: "Find in the graph",
      run: () => document.querySelector<HTMLElement>("#graphFind")?.focus(),
    },
    { keys: "f", label: "Fit the graph", run: () => canvas.current?.fit() },
    { keys: "+", label: "Zoom in", run: () => canvas.current?.zoom(1) },
    { keys: "-", label: "Zoom out", run: () => canvas.current?.zoom(-1) },
    {
      keys: "e",
      label: "Expand the object, or draw the group",
      run: () => at !== null && acts.expand(at),
    },
    { keys: "c", label: "Collapse the object", run: () => at !== null && acts.collapse(at) },
    { keys: "n", label: "Select the object's neighbours", run: () => acts.pickBeside(at) },
    { keys: "p", label: "Path from or to the object", run: () => acts.path(at) },
    { keys: "h", label: "Hide the object, or what is selected", run: () => acts.hide(at) },
    { keys: "l", label: "Arrange the graph again", run: arrange },
    {
      keys: "Shift+g",
      label: "Go to the legend",
      run: () => document.querySelector<HTMLElement>(".legend button")?.focus(),
    },
    {
      keys: "Escape",
      label: "Close, deselect, end the path: one after the other",
      run: () => set(stepBack(state)),
    },
  ];
  useShortcuts(keys);
}

/** What Escape ends: the details first, then the selection, then the path, then the choice. */
function stepBack({ open, pick, from, find }: GraphState): Change {
  if (open !== undefined) {
    return { open: undefined };
  }
  if (pick !== undefined) {
    return { pick: undefined };
  }
  if (from !== undefined) {
    return { from: undefined, to: undefined };
  }
  return find === undefined ? { at: undefined } : { find: undefined };
}

function OpenObject({
  id,
  set,
}: {
  readonly id: string;
  readonly set: (change: Change) => void;
}): ReactNode {
  return (
    <aside className="pane" aria-label="Object">
      <div className="paneBar">
        <Link to="." search={{ of: id }}>
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
      <Details id={id} known={null} onOpen={(open) => set({ open })} />
    </aside>
  );
}

function titleOf({ nodes: [first] }: Graph): string {
  return first?.view?.title ?? first?.stixId ?? "Graph";
}
