/** Intelligence: the grid of everything there is, what is asked of it, and the object that is open beside it. */
import { Body1, Button, SearchBox, Tab, TabList } from "@fluentui/react-components";
import { AddRegular, DismissRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useCallback, useEffect, useMemo, useState } from "react";
import { call } from "../api/client.ts";
import type { FacetValue, MatchCount, ObjectView } from "../api/types.ts";
import { BulkBar } from "../parts/bulk.tsx";
import { ConditionBuilder } from "../parts/condition-builder.tsx";
import { Details } from "../parts/details.tsx";
import { FacetPicker } from "../parts/facet-picker.tsx";
import { Failure, Loading } from "../parts/loading.tsx";
import { COLUMNS, ObjectGrid } from "../parts/object-grid.tsx";
import { conditionOf, type SearchState, sortOf } from "../parts/search-state.ts";
import { useObjects } from "../parts/use-objects.ts";
import { useShortcuts } from "../shell/keys.tsx";
import { useApiBase, useWorkspace } from "../shell/session.tsx";

/** The validators of the specification come along with the form, when somebody asks for it. */
const NewObject = lazy(() =>
  import("../parts/new-object.tsx").then(({ NewObject: component }) => ({ default: component })),
);

const NONE: ReadonlySet<string> = new Set();
const TABS_MAX = 7;
const SEARCH_PAUSE_MS = 250;

/** The page. */
export function Page(): ReactNode {
  const state = useSearch({ strict: false }) as SearchState;
  const navigate = useNavigate();
  const set = useCallback(
    (change: Partial<Record<keyof SearchState, string | undefined>>, replace = false): void => {
      void navigate({
        to: ".",
        search: (old: Record<string, unknown>) => ({ ...old, ...change }),
        replace,
      });
    },
    [navigate],
  );
  // What is active is asked of the moment at which the question changed, so that pages belong together.
  const { open: _open, ...question } = state;
  const key = JSON.stringify(question);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the question.
  const condition = useMemo(() => conditionOf(question, new Date()), [key]);
  const sort = sortOf(state);
  const objects = useObjects(condition, sort);
  const rows = useMemo(
    () => objects.data?.pages.flatMap(({ value }) => value) ?? [],
    [objects.data],
  );
  const [chosen, setChosen] = useState<ReadonlySet<string>>(NONE);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another question, another choice.
  useEffect(() => setChosen(NONE), [key]);
  const openView = rows.find(({ id }) => id === state.open) ?? null;
  const step = (by: number): void => {
    const at = rows.findIndex(({ id }) => id === state.open);
    const next = rows[Math.max(0, Math.min(rows.length - 1, at + by))];
    if (next !== undefined) {
      set({ open: next.id }, true);
    }
  };
  const { canWrite } = useWorkspace();
  const [making, setMaking] = useState(false);
  useShortcuts([
    { keys: "n", label: "New object", run: () => setMaking(canWrite) },
    { keys: "j", label: "Next object", run: () => step(1) },
    { keys: "k", label: "Previous object", run: () => step(-1) },
    { keys: "Escape", label: "Close the object", run: () => set({ open: undefined }, true) },
    {
      keys: "/",
      label: "Search",
      run: () => document.querySelector<HTMLInputElement>("#search input, input#search")?.focus(),
    },
  ]);
  const more = useCallback(() => void objects.fetchNextPage(), [objects.fetchNextPage]);
  const chosenViews = rows.filter(({ id }) => chosen.has(id));
  return (
    <div className={state.open === undefined ? "intelligence" : "intelligence split"}>
      <h1 className="unseen">Intelligence</h1>
      <section className="list" aria-label="Intelligence">
        <TypeTabs type={state.type} onType={(type) => set({ type })} />
        <div className="filters">
          <WordSearch text={state.text ?? ""} onText={(text) => set({ text }, true)} />
          <FacetPicker field="source" value={state.source} onValue={(source) => set({ source })} />
          <FacetPicker field="label" value={state.label} onValue={(label) => set({ label })} />
          <FacetPicker field="tlp" value={state.tlp} onValue={(tlp) => set({ tlp })} />
          <StatePicker state={state.state} onState={(next) => set({ state: next })} />
          <ConditionBuilder where={state.where} onWhere={(where) => set({ where })} />
          <Count condition={condition} />
          {canWrite ? (
            <Button appearance="primary" icon={<AddRegular />} onClick={() => setMaking(true)}>
              New (n)
            </Button>
          ) : null}
        </div>
        <BulkBar chosen={chosenViews} condition={condition} onDone={() => setChosen(NONE)} />
        {objects.isPending ? (
          <Loading label="Searching" />
        ) : objects.error !== null ? (
          <Failure error={objects.error} onRetry={() => void objects.refetch()} />
        ) : rows.length === 0 ? (
          <Empty isAsked={condition !== undefined} />
        ) : (
          <ObjectGrid
            rows={rows}
            columns={COLUMNS}
            hasMore={objects.hasNextPage}
            isFetching={objects.isFetchingNextPage}
            onMore={more}
            sort={sort}
            onSort={({ by, direction }) => set({ sort: by, direction })}
            openId={state.open ?? null}
            onOpen={(view: ObjectView) => set({ open: view.id }, true)}
            chosen={chosen}
            onChoose={setChosen}
          />
        )}
      </section>
      {state.open === undefined ? null : (
        <aside className="pane" aria-label="Object">
          <div className="paneBar">
            <Button appearance="subtle" onClick={() => step(-1)}>
              Previous (k)
            </Button>
            <Button appearance="subtle" onClick={() => step(1)}>
              Next (j)
            </Button>
            <span className="grow" />
            <Button
              appearance="subtle"
              icon={<DismissRegular />}
              aria-label="Close (Esc)"
              onClick={() => set({ open: undefined }, true)}
            />
          </div>
          <Details id={state.open} known={openView} onOpen={(open) => set({ open })} />
        </aside>
      )}
      {making ? (
        <Suspense fallback={null}>
          <NewObject
            onClose={() => setMaking(false)}
            onMade={(open) => {
              setMaking(false);
              set({ open });
            }}
          />
        </Suspense>
      ) : null}
    </div>
  );
}

function TypeTabs({
  type,
  onType,
}: {
  readonly type: string | undefined;
  readonly onType: (type: string | undefined) => void;
}): ReactNode {
  const base = useApiBase();
  const { data = [] } = useQuery({
    queryKey: ["facet", base, "type"],
    queryFn: ({ signal }) =>
      call<readonly FacetValue[]>(`${base}/facets/type?limit=50`, { signal }),
  });
  const total = data.reduce((sum, { count }) => sum + count, 0);
  const shown = data.slice(0, TABS_MAX);
  const selected = data.find(({ value }) => value === type);
  const tabs =
    selected === undefined || shown.includes(selected) ? shown : [...shown.slice(0, -1), selected];
  return (
    <TabList
      selectedValue={type ?? ""}
      onTabSelect={(_event, data) => onType(data.value === "" ? undefined : String(data.value))}
      aria-label="Types"
    >
      <Tab value="">All {total.toLocaleString("en")}</Tab>
      {tabs.map(({ value, count }) => (
        <Tab key={value} value={value ?? ""}>
          {value} {count.toLocaleString("en")}
        </Tab>
      ))}
    </TabList>
  );
}

/** Searches when the typing pauses. */
function WordSearch({
  text,
  onText,
}: {
  readonly text: string;
  readonly onText: (text: string | undefined) => void;
}): ReactNode {
  const [typed, setTyped] = useState(text);
  useEffect(() => setTyped(text), [text]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is typed starts a search.
  useEffect(() => {
    if (typed === text) {
      return;
    }
    const timer = setTimeout(() => onText(typed === "" ? undefined : typed), SEARCH_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <SearchBox
      id="search"
      value={typed}
      onChange={(_event, data) => setTyped(data.value)}
      placeholder="Words, a value, a STIX id ( / )"
      aria-label="Search the intelligence"
    />
  );
}

const STATES = ["active", "inactive", "revoked"] as const;

function StatePicker({
  state,
  onState,
}: {
  readonly state: string | undefined;
  readonly onState: (state: string | undefined) => void;
}): ReactNode {
  return (
    <select
      className="picker"
      aria-label="State"
      value={state ?? ""}
      onChange={(event) => onState(event.target.value === "" ? undefined : event.target.value)}
    >
      <option value="">Any state</option>
      {STATES.map((each) => (
        <option key={each} value={each}>
          {each}
        </option>
      ))}
    </select>
  );
}

function Count({ condition }: { readonly condition: ReturnType<typeof conditionOf> }): ReactNode {
  const base = useApiBase();
  const { data } = useQuery({
    queryKey: ["count", base, condition],
    queryFn: ({ signal }) =>
      call<MatchCount>(`${base}/objects/count`, {
        method: "POST",
        body: condition === undefined ? {} : { condition },
        signal,
      }),
  });
  const text =
    data === undefined
      ? "…"
      : `${data.exact ? "" : "more than "}${data.count.toLocaleString("en")} objects`;
  return (
    <span className="count" role="status">
      {text}
    </span>
  );
}

function Empty({ isAsked }: { readonly isAsked: boolean }): ReactNode {
  return (
    <div className="center">
      <Body1>
        {isAsked
          ? "Nothing matches. Take a filter away, or search for fewer words."
          : "Nothing has arrived yet. Connect a tool, or import a file."}
      </Body1>
    </div>
  );
}
