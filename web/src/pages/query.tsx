/** Query: texts in KQL in tabs, their answers as rows and as charts, and the queries that there are already. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useCallback, useEffect, useState } from "react";
import { type QueryState, unpackText } from "../kql/address.ts";
import "../kql/answer.css";
import "../kql/query.css";
import { TabBar } from "../kql/tab-bar.tsx";
import {
  type QueryTabs,
  storeTabs,
  tabsOf,
  useTabs,
  withChange,
  withLinked,
  withoutTab,
  withTab,
} from "../kql/tabs.ts";
import { type Change, NO_VIEW, Workbench } from "../kql/workbench.tsx";
import { Loading } from "../parts/loading.tsx";
import { useShortcuts } from "../shell/keys.tsx";
import { useWorkspace } from "../shell/session.tsx";

/** The page; it waits for the text that the address holds, which comes to the front as a tab. */
export function Page(): ReactNode {
  const state = useSearch({ strict: false }) as QueryState;
  const { workspaceId } = useWorkspace();
  const [linked, setLinked] = useState<string | null>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the address at the beginning counts.
  useEffect(() => {
    void unpackText(state).then((text) => {
      if (text === undefined) {
        setLinked(null);
        return;
      }
      const tabs = withLinked(tabsOf(workspaceId), text, String(state.span ?? ""));
      storeTabs(workspaceId, tabs);
      setLinked(tabs.at);
    });
  }, [workspaceId]);
  return linked === undefined ? <Loading /> : <Tabs linked={linked} state={state} />;
}

/** @param linked the tab whose query is run at once */
function Tabs({
  linked,
  state,
}: {
  readonly linked: string | null;
  readonly state: QueryState;
}): ReactNode {
  const { workspaceId } = useWorkspace();
  const tabs = useTabs(workspaceId);
  const [asking, setAsking] = useState(linked);
  const set = useChange();
  const front = tabs.tabs.find(({ id }) => id === tabs.at) ?? tabs.tabs[0];
  const change = useCallback(
    (next: (now: QueryTabs) => QueryTabs): QueryTabs => {
      const now = next(tabsOf(workspaceId));
      storeTabs(workspaceId, now);
      return now;
    },
    [workspaceId],
  );
  const show = (next: QueryTabs): void => {
    const span = next.tabs.find(({ id }) => id === next.at)?.span ?? "";
    set({ ...NO_VIEW, span: span === "" ? undefined : span });
  };
  const openTab = (text: string, span: string, isRun: boolean): void => {
    const next = change((now) => withTab(now, text, span));
    setAsking(isRun ? next.at : null);
    show(next);
  };
  useShortcuts([{ keys: "Ctrl+J", label: "New query", run: () => openTab("", "", false) }]);
  return (
    <Workbench
      key={`${workspaceId} ${front?.id}`}
      tab={front ?? { id: "", name: "", text: "", span: "" }}
      isAsked={front?.id === asking}
      state={state}
      set={set}
      onOpen={(query, span) => openTab(query, span, true)}
      onChange={(changed) => change((now) => withChange(now, front?.id ?? "", changed))}
      bar={
        <TabBar
          tabs={tabs}
          onFront={(id) => {
            setAsking(null);
            show(change((now) => ({ ...now, at: id })));
          }}
          onNew={() => openTab("", "", false)}
          onClose={(id) => {
            setAsking(null);
            show(change((now) => withoutTab(now, id)));
          }}
          onName={(id, name) => void change((now) => withChange(now, id, { name }))}
        />
      }
    />
  );
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
