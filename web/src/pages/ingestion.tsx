/** Ingestion: requests as they come, who sends what, what was rejected, and the way to put it right. */
import { MessageBar, MessageBarBody, Tab, TabList, Title2 } from "@fluentui/react-components";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { call } from "../api/client.ts";
import type { ActivityReport } from "../api/ingestion-types.ts";
import { IntakeSteps } from "../parts/intake-steps.tsx";
import { type PageState, usePageState } from "../parts/page-state.ts";
import { Answer, Panel } from "../parts/panel.tsx";
import { Quarantine } from "../parts/quarantine.tsx";
import { ReceiptView } from "../parts/receipt-view.tsx";
import { RequestList } from "../parts/request-list.tsx";
import { hoursOf, SenderFilter, senderQuery } from "../parts/sender-filter.tsx";
import { SenderList } from "../parts/sender-list.tsx";
import { useApiBase } from "../shell/session.tsx";

/** A gauge that counts seconds is asked for this often. */
const POLL_MS = 3_000;

const VIEWS = [
  ["requests", "Requests"],
  ["activity", "Applications"],
  ["quarantine", "Rejected records"],
] as const;

type SetState = (change: PageState, replace?: boolean) => void;

/** The page. */
export function Page(): ReactNode {
  const [state, set] = usePageState();
  if (state["request"] !== undefined) {
    return (
      <div className="stack">
        <Title2 as="h1">Ingestion</Title2>
        <ReceiptView
          key={state["request"]}
          requestId={state["request"]}
          onClose={() => set({ request: undefined, only: undefined, record: undefined })}
        />
      </div>
    );
  }
  const view = VIEWS.find(([id]) => id === state["view"])?.[0] ?? "requests";
  return (
    <div className="stack">
      <Title2 as="h1">Ingestion</Title2>
      <TabList
        aria-label="What to look at"
        style={{ flexWrap: "wrap" }}
        selectedValue={view}
        onTabSelect={(_event, data) => set({ view: String(data.value), cursor: undefined })}
      >
        {VIEWS.map(([id, label]) => (
          <Tab key={id} value={id}>
            {label}
          </Tab>
        ))}
      </TabList>
      <View view={view} state={state} set={set} />
    </div>
  );
}

function View({
  view,
  state,
  set,
}: {
  readonly view: (typeof VIEWS)[number][0];
  readonly state: PageState;
  readonly set: SetState;
}): ReactNode {
  const base = useApiBase();
  const query = new URLSearchParams({ hours: hoursOf(state), ...senderQuery(state) });
  const activity = useQuery({
    queryKey: ["activity", base, String(query)],
    queryFn: ({ signal }) => call<ActivityReport>(`${base}/activity?${query}`, { signal }),
    refetchInterval: state["paused"] === "yes" ? false : POLL_MS,
    placeholderData: keepPreviousData,
  });
  const applications = activity.data?.applications ?? [];
  return (
    <>
      <SenderFilter
        applications={applications}
        state={state}
        set={set}
        hasTime={view !== "quarantine"}
      />
      {view === "quarantine" ? null : (
        <Panel title="Over time">
          <Answer of={activity}>
            {(report) => (
              <>
                {report.complete ? null : (
                  <MessageBar intent="warning">
                    <MessageBarBody>
                      There were too many requests to count them all: the figures begin at{" "}
                      {report.since}.
                    </MessageBarBody>
                  </MessageBar>
                )}
                <IntakeSteps
                  report={report}
                  outcome={view === "requests" ? state["outcome"] : undefined}
                  onOutcome={(outcome) => set({ view: "requests", outcome, cursor: undefined })}
                />
              </>
            )}
          </Answer>
        </Panel>
      )}
      {view === "requests" ? (
        <RequestList state={state} set={set} applications={applications} />
      ) : null}
      {view === "activity" ? (
        <Answer of={activity}>{(report) => <SenderList report={report} />}</Answer>
      ) : null}
      {view === "quarantine" ? <Quarantine state={state} set={set} /> : null}
    </>
  );
}
