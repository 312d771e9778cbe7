/** Ingestion: requests as they come, who sends what, what was rejected, and the way to put it right. */
import {
  Badge,
  Button,
  MessageBar,
  MessageBarBody,
  MessageBarTitle,
  Tab,
  TabList,
  Title2,
} from "@fluentui/react-components";
import { PauseRegular, PlayRegular } from "@fluentui/react-icons";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { call } from "../api/client.ts";
import type {
  Activity,
  ActivityReport,
  QuarantinePage,
  ReceiptPage,
} from "../api/ingestion-types.ts";
import type { ReceiptSummary } from "../api/types.ts";
import { OUTCOME_LABELS, Outcome } from "../parts/outcome.tsx";
import { type PageState, usePageState } from "../parts/page-state.ts";
import { Answer, Nothing, Panel, TableScroll } from "../parts/panel.tsx";
import { ReceiptView } from "../parts/receipt-view.tsx";
import { RejectedCard } from "../parts/rejected-record.tsx";
import { Time } from "../parts/time.tsx";
import { useApiBase, useWorkspace } from "../shell/session.tsx";

const POLL_MS = 3_000;
const REQUESTS_OF_PAGE = 50;

const VIEWS = [
  ["requests", "Requests"],
  ["activity", "Applications"],
  ["quarantine", "Rejected records"],
] as const;

const HOURS = [
  ["1", "the last hour"],
  ["24", "24 hours"],
  ["168", "7 days"],
  ["720", "30 days"],
] as const;

type SetState = (change: PageState, replace?: boolean) => void;

/** The page. */
export function Page(): ReactNode {
  const [state, set] = usePageState();
  if (state["request"] !== undefined) {
    return (
      <div className="stack">
        <Title2 as="h1">Ingestion</Title2>
        <ReceiptView requestId={state["request"]} onClose={() => set({ request: undefined })} />
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
        onTabSelect={(_event, data) => set({ view: String(data.value) })}
      >
        {VIEWS.map(([id, label]) => (
          <Tab key={id} value={id}>
            {label}
          </Tab>
        ))}
      </TabList>
      {view === "requests" ? <Requests state={state} set={set} /> : null}
      {view === "activity" ? <Applications state={state} set={set} /> : null}
      {view === "quarantine" ? <Quarantine /> : null}
    </div>
  );
}

function Requests({
  state,
  set,
}: {
  readonly state: PageState;
  readonly set: SetState;
}): ReactNode {
  const base = useApiBase();
  const { outcome, cursor } = state;
  const isLive = state["paused"] !== "yes" && cursor === undefined;
  const query = new URLSearchParams({
    limit: String(REQUESTS_OF_PAGE),
    ...(outcome === undefined ? {} : { outcome }),
    ...(cursor === undefined ? {} : { cursor }),
  });
  const requests = useQuery({
    queryKey: ["requests", base, String(query)],
    queryFn: ({ signal }) => call<ReceiptPage>(`${base}/requests?${query}`, { signal }),
    refetchInterval: isLive ? POLL_MS : false,
  });
  const next = requests.data?.nextLink ?? null;
  return (
    <Panel
      title="Requests"
      actions={
        <>
          <select
            className="picker"
            aria-label="Outcome"
            value={outcome ?? ""}
            onChange={({ target }) =>
              set({ outcome: target.value === "" ? undefined : target.value, cursor: undefined })
            }
          >
            <option value="">Any outcome</option>
            {OUTCOME_LABELS.map(([id, label]) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
          </select>
          <Button
            size="small"
            icon={isLive ? <PauseRegular /> : <PlayRegular />}
            onClick={() => set({ paused: isLive ? "yes" : undefined, cursor: undefined }, true)}
          >
            {isLive ? "Live: pause" : "Go live"}
          </Button>
        </>
      }
    >
      <Answer of={requests}>
        {({ value }) =>
          value.length === 0 ? (
            <Nothing command="npm run stixgate -- upload --help">
              {outcome === undefined
                ? "No request has come yet. Connect a tool, or send a file."
                : "No request ended like this."}
            </Nothing>
          ) : (
            <RequestTable receipts={value} />
          )
        }
      </Answer>
      <div className="inline">
        {cursor === undefined ? null : (
          <Button onClick={() => set({ cursor: undefined })}>Newest</Button>
        )}
        {next === null ? null : (
          <Button
            onClick={() => set({ cursor: new URL(next).searchParams.get("cursor") ?? undefined })}
          >
            Older
          </Button>
        )}
      </div>
    </Panel>
  );
}

function RequestTable({ receipts }: { readonly receipts: readonly ReceiptSummary[] }): ReactNode {
  const { workspaceId } = useWorkspace();
  return (
    <TableScroll label="Requests, newest first">
      <thead>
        <tr>
          <th scope="col">Received</th>
          <th scope="col">Outcome</th>
          <th scope="col">Source</th>
          <th scope="col" className="number">
            Records
          </th>
          <th scope="col" className="number">
            Accepted
          </th>
          <th scope="col" className="number">
            Rejected
          </th>
          <th scope="col" className="number">
            Warned
          </th>
          <th scope="col">Sender</th>
        </tr>
      </thead>
      <tbody>
        {receipts.map(({ requestId, receivedAt, outcome, sourceSystem, counts, ...rest }) => (
          <tr key={requestId}>
            <td className="nowrap">
              <Link
                className="link"
                to="/w/$workspaceId/ingestion"
                params={{ workspaceId }}
                search={(old: Record<string, unknown>) => ({ ...old, request: requestId })}
              >
                <Time instant={receivedAt} />
              </Link>
            </td>
            <td>
              <Outcome outcome={outcome} />{" "}
              {rest.refusal === null ? null : <span>{rest.refusal.message}</span>}
            </td>
            <td className="breaks">{sourceSystem ?? "–"}</td>
            <td className="number">{counts.received}</td>
            <td className="number">{counts.accepted}</td>
            <td className="number">{counts.rejected}</td>
            <td className="number">{counts.warned}</td>
            <td className="breaks">{rest.caller.userAgent || rest.caller.appId}</td>
          </tr>
        ))}
      </tbody>
    </TableScroll>
  );
}

function Applications({
  state,
  set,
}: {
  readonly state: PageState;
  readonly set: SetState;
}): ReactNode {
  const base = useApiBase();
  const hours = HOURS.find(([id]) => id === state["hours"])?.[0] ?? "24";
  const activity = useQuery({
    queryKey: ["activity", base, Number(hours)],
    queryFn: ({ signal }) => call<ActivityReport>(`${base}/activity?hours=${hours}`, { signal }),
    refetchInterval: POLL_MS * 5,
  });
  return (
    <Panel
      title="Who sends what"
      hint="Each application and source by itself. An application that is throttled should wait as long as the Retry-After of the answer says."
      actions={
        <select
          className="picker"
          aria-label="Within"
          value={hours}
          onChange={({ target }) => set({ hours: target.value })}
        >
          {HOURS.map(([id, label]) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </select>
      }
    >
      <Answer of={activity}>
        {({ applications, complete, since }) => (
          <>
            {complete ? null : (
              <MessageBar intent="warning">
                <MessageBarBody>
                  There were too many requests to count them all: the figures begin at {since}.
                </MessageBarBody>
              </MessageBar>
            )}
            {applications.map((each) => (
              <Warning key={`${each.appId} ${each.source}`} activity={each} />
            ))}
            {applications.length === 0 ? (
              <Nothing command="npm run stixgate -- upload --help">
                Nobody has sent anything.
              </Nothing>
            ) : (
              <ActivityTable applications={applications} />
            )}
          </>
        )}
      </Answer>
    </Panel>
  );
}

/** What an operator should do something about. */
function Warning({ activity }: { readonly activity: Activity }): ReactNode {
  const { workspaceId } = useWorkspace();
  const { loop, throttled, rejected, records, source, userAgent, appId } = activity;
  const name = `${userAgent || appId} (${source ?? "no source"})`;
  const texts = [
    ...(throttled > 0 ? [`${throttled} requests were throttled: it sends too fast.`] : []),
    ...(rejected > 0 && rejected * 2 >= records
      ? [`${rejected} of ${records} records were rejected.`]
      : []),
    ...(loop === null
      ? []
      : [`The same batch came ${loop.times} times without effect, from ${loop.since} on.`]),
  ];
  if (texts.length === 0) {
    return null;
  }
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>{name}</MessageBarTitle>
        {texts.join(" ")}{" "}
        {loop === null ? null : (
          <Link
            className="link"
            to="/w/$workspaceId/ingestion"
            params={{ workspaceId }}
            search={{ request: loop.requestId }}
          >
            The last of them
          </Link>
        )}
      </MessageBarBody>
    </MessageBar>
  );
}

function ActivityTable({
  applications,
}: {
  readonly applications: readonly Activity[];
}): ReactNode {
  return (
    <TableScroll label="Applications and sources">
      <thead>
        <tr>
          <th scope="col">Application</th>
          <th scope="col">Source</th>
          {["Requests", "Throttled", "Refused", "Records", "Accepted", "Rejected"].map((label) => (
            <th key={label} scope="col" className="number">
              {label}
            </th>
          ))}
          <th scope="col">Last</th>
        </tr>
      </thead>
      <tbody>
        {applications.map((each) => (
          <tr key={`${each.appId} ${each.source}`}>
            <td className="breaks">
              {each.userAgent} <span className="mono">{each.appId}</span>{" "}
              {each.loop === null ? null : (
                <Badge color="warning" appearance="tint">
                  loop
                </Badge>
              )}
            </td>
            <td className="breaks">{each.source ?? "–"}</td>
            <td className="number">{each.requests.toLocaleString("en")}</td>
            <td className="number">{each.throttled.toLocaleString("en")}</td>
            <td className="number">{each.refused.toLocaleString("en")}</td>
            <td className="number">{each.records.toLocaleString("en")}</td>
            <td className="number">{each.accepted.toLocaleString("en")}</td>
            <td className="number">{each.rejected.toLocaleString("en")}</td>
            <td className="nowrap">
              <Time instant={each.lastAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </TableScroll>
  );
}

function Quarantine(): ReactNode {
  const base = useApiBase();
  const { workspaceId } = useWorkspace();
  const pages = useInfiniteQuery({
    queryKey: ["quarantine", base],
    queryFn: ({ pageParam, signal }) =>
      call<QuarantinePage>(
        `${base}/quarantine${pageParam === null ? "" : `?cursor=${encodeURIComponent(pageParam)}`}`,
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ cursor }) => cursor,
  });
  return (
    <Panel
      title="Rejected records"
      hint="First of requests that were accepted in part, then of those rejected whole. They are kept for as long as their receipts."
    >
      <Answer of={pages}>
        {({ pages: found }) => {
          const records = found.flatMap(({ value }) => value);
          return (
            <>
              {records.length === 0 && !pages.hasNextPage ? (
                <Nothing>Nothing is rejected. That is good.</Nothing>
              ) : null}
              {records.map((record) => (
                <RejectedCard
                  key={`${record.requestId} ${record.recordIndex}`}
                  requestId={record.requestId}
                  record={record}
                  source={record.source}
                  appId={record.appId}
                  heading={
                    <span>
                      {record.source},{" "}
                      <Link
                        className="link"
                        to="/w/$workspaceId/ingestion"
                        params={{ workspaceId }}
                        search={{ request: record.requestId }}
                      >
                        <Time instant={record.receivedAt} />
                      </Link>
                    </span>
                  }
                />
              ))}
              {pages.hasNextPage ? (
                <Button
                  disabled={pages.isFetchingNextPage}
                  onClick={() => void pages.fetchNextPage()}
                >
                  More
                </Button>
              ) : null}
            </>
          );
        }}
      </Answer>
    </Panel>
  );
}
