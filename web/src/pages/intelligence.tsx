/** Intelligence: the grid of everything there is, what is asked of it, and the object that is open beside it. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import {
  lazy,
  type ReactNode,
  Suspense,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import type { ObjectView } from "../api/types.ts";
import { BulkBar, type BulkTarget } from "../parts/bulk.tsx";
import { FilterBar, TypeTabs } from "../parts/filter-bar.tsx";
import { useGridCursor } from "../parts/grid-cursor.ts";
import { useListActs } from "../parts/list-acts.ts";
import { ListBody } from "../parts/list-body.tsx";
import { ListTools } from "../parts/list-tools.tsx";
import { ObjectPane } from "../parts/object-pane.tsx";
import {
  listOf,
  NOTHING_ASKED,
  rememberedSearch,
  rememberSearch,
  type SearchChange,
  type SearchState,
  searchStateOf,
} from "../parts/search-state.ts";
import { useColumns } from "../parts/use-columns.ts";
import { useList } from "../parts/use-list.ts";
import { useWorkspace } from "../shell/session.tsx";

/** The validators of the specification come along with the form, when somebody asks for it. */
const NewObject = lazy(() =>
  import("../parts/new-object.tsx").then(({ NewObject: component }) => ({ default: component })),
);
const TagDialog = lazy(() =>
  import("../parts/tag-dialog.tsx").then(({ TagDialog: component }) => ({ default: component })),
);

/** The page. */
export function Page(): ReactNode {
  const { workspaceId } = useWorkspace();
  const raw = useSearch({ strict: false }) as Readonly<Record<string, unknown>>;
  const navigate = useNavigate();
  const state = useMemo(() => searchStateOf(raw), [raw]);
  const isBlank = Object.keys(state).length === 0;
  const last = isBlank ? rememberedSearch(workspaceId) : null;
  useEffect(() => {
    if (last !== null) {
      void navigate({ to: ".", search: { ...last }, replace: true });
    } else if (!isBlank) {
      rememberSearch(workspaceId, state);
    }
  });
  const change = useCallback(
    (part: SearchChange, replace = false): void => {
      const next = searchStateOf({ ...state, ...part });
      rememberSearch(workspaceId, next);
      void navigate({ to: ".", search: { ...next }, replace });
    },
    [navigate, state, workspaceId],
  );
  // Whoever comes back finds what was asked last; asking for everything first would only be in the way.
  return last === null ? <Intelligence state={state} change={change} /> : null;
}

function Intelligence({
  state,
  change,
}: {
  readonly state: SearchState;
  readonly change: (part: SearchChange, replace?: boolean) => void;
}): ReactNode {
  const { canWrite, canTag } = useWorkspace();
  const list = useList(state);
  const { rows, condition } = list;
  const cursor = useGridCursor(rows, list.key);
  const grid = useRef<HTMLDivElement>(null);
  const pane = useRef<HTMLElement>(null);
  const [allOf, setAllOf] = useState<string | null>(null);
  const [dialog, setDialog] = useState<"new" | "tag" | null>(null);
  const isAll = allOf === list.key;
  const chosen = useMemo(
    () => rows.filter(({ id }) => cursor.chosen.has(id)),
    [rows, cursor.chosen],
  );
  const target: BulkTarget = { chosen, isAll, condition };
  const chooseNone = (): void => {
    cursor.choose(new Set());
    setAllOf(null);
  };
  const acts = useListActs({
    ...{ openId: state.open, rows, cursor, grid, pane, canWrite, canTag, change },
    hasChosen: isAll || chosen.length > 0,
    onDialog: setDialog,
    onNone: chooseNone,
  });
  const columns = useColumns(state.columns, (text) => change({ columns: text }, true));
  const at = rows.find(({ id }) => id === (state.open ?? cursor.view?.id));
  return (
    <div className={state.open === undefined ? "intelligence" : "intelligence split"}>
      <h1 className="unseen">Intelligence</h1>
      <section className="list" aria-label="Intelligence">
        <div className="listHead">
          <TypeTabs types={listOf(state.type)} onType={(type) => change({ type })} />
          <ListTools
            {...{ state, target, columns, change }}
            {...(canWrite ? { onNew: () => setDialog("new") } : {})}
          />
        </div>
        <FilterBar
          state={state}
          condition={condition}
          onChange={change}
          onClear={() => change({ ...NOTHING_ASKED, columns: state.columns })}
        />
        <BulkBar
          target={target}
          onAll={(all) => setAllOf(all ? list.key : null)}
          onNone={chooseNone}
          onTag={() => setDialog("tag")}
        />
        <ListBody
          {...{ state, list, cursor, acts, columns, grid }}
          onSort={({ by, direction }) => change({ sort: by, direction })}
        />
      </section>
      {state.open === undefined ? null : (
        <ObjectPane
          {...{ state, acts, pane, change }}
          known={rows.find(({ id }) => id === state.open) ?? null}
        />
      )}
      <Suspense fallback={null}>
        {dialog === "new" ? (
          <NewObject
            onClose={() => setDialog(null)}
            onMade={(open) => {
              setDialog(null);
              change({ open });
            }}
          />
        ) : null}
        {dialog === "tag" ? (
          <TagDialog target={tagTarget(target, at)} onClose={() => setDialog(null)} />
        ) : null}
      </Suspense>
    </div>
  );
}

/** What is chosen, or else the object that is open or that the keys are at. */
function tagTarget(target: BulkTarget, at: ObjectView | undefined): BulkTarget {
  const { chosen, isAll } = target;
  return isAll || chosen.length > 0 || at === undefined ? target : { ...target, chosen: [at] };
}
