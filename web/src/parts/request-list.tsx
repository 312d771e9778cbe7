/** Requests as they come, newest first. */
import { Badge, Button } from "@fluentui/react-components";
import { PauseRegular, PlayRegular } from "@fluentui/react-icons";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useRef } from "react";
import { call } from "../api/client.ts";
import type { Activity, ReceiptPage } from "../api/ingestion-types.ts";
import type { ReceiptSummary } from "../api/types.ts";
import { useApiBase, useWorkspace } from "../shell/session.tsx";
import { OUTCOME_LABELS, Outcome } from "./outcome.tsx";
import type { PageState } from "./page-state.ts";
import { Answer, Nothing, Panel, TableScroll } from "./panel.tsx";
import { senderName, senderQuery } from "./sender-filter.tsx";
import { Time } from "./time.tsx";
import "./intake.css";

const POLL_MS = 2_000;
const REQUESTS_OF_PAGE = 50;

/** The list. */
export function RequestList({
  state,
  set,
  applications,
}: {
  readonly state: PageState;
  readonly set: (change: PageState, replace?: boolean) => void;
  readonly applications: readonly Activity[];
}): ReactNode {
  const base = useApiBase();
  const { outcome, cursor } = state;
  const isLive = state["paused"] !== "yes" && cursor === undefined;
  const query = new URLSearchParams({
    limit: String(REQUESTS_OF_PAGE),
    ...senderQuery(state),
    ...(outcome === undefined ? {} : { outcome }),
    ...(cursor === undefined ? {} : { cursor }),
  });
  const requests = useQuery({
    queryKey: ["requests", base, String(query)],
    queryFn: ({ signal }) => call<ReceiptPage>(`${base}/requests?${query}`, { signal }),
    refetchInterval: isLive ? POLL_MS : false,
    placeholderData: keepPreviousData,
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
              {query.size === 1
                ? "No request has come yet. Connect a tool, or send a file."
                : "No request of these."}
            </Nothing>
          ) : (
            <RequestTable key={base} receipts={value} applications={applications} />
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

function RequestTable({
  receipts,
  applications,
}: {
  readonly receipts: readonly ReceiptSummary[];
  readonly applications: readonly Activity[];
}): ReactNode {
  const { workspaceId } = useWorkspace();
  // What has come since this list was opened is marked.
  const seen = useRef(receipts[0]?.sequence ?? 0);
  const fresh = receipts.filter(({ sequence }) => sequence > seen.current).length;
  const names = new Map(applications.map((each) => [each.appId, senderName(each)]));
  return (
    <>
      <p className="unseen" role="status">
        {fresh === 0 ? "" : `${fresh} new requests`}
      </p>
      <TableScroll label="Requests, newest first">
        <thead>
          <tr>
            <th scope="col">Received</th>
            <th scope="col">Outcome</th>
            <th scope="col">Application</th>
            <th scope="col">Source</th>
            {["Records", "Accepted", "Rejected", "Warned"].map((label) => (
              <th key={label} scope="col" className="number">
                {label}
              </th>
            ))}
            <th scope="col">Client</th>
          </tr>
        </thead>
        <tbody>
          {receipts.map(({ requestId, receivedAt, outcome, sourceSystem, counts, ...rest }) => (
            <tr key={requestId} className={rest.sequence > seen.current ? "fresh" : undefined}>
              <td className="nowrap">
                <Link
                  className="link"
                  to="/w/$workspaceId/ingestion"
                  params={{ workspaceId }}
                  search={(old: Record<string, unknown>) => ({ ...old, request: requestId })}
                >
                  <Time instant={receivedAt} />
                </Link>{" "}
                {rest.sequence > seen.current ? (
                  <Badge size="small" appearance="tint" color="brand">
                    new
                  </Badge>
                ) : null}
              </td>
              <td>
                <Outcome outcome={rest.refusal?.code === "throttled" ? "throttled" : outcome} />{" "}
                {rest.refusal === null ? null : <span>{rest.refusal.message}</span>}
              </td>
              <td className="breaks">{names.get(rest.caller.appId) ?? rest.caller.appId}</td>
              <td className="breaks">{sourceSystem ?? "–"}</td>
              <td className="number">{counts.received}</td>
              <td className="number">{counts.accepted}</td>
              <td className="number">{counts.rejected}</td>
              <td className="number">{counts.warned}</td>
              <td className="breaks">{rest.caller.userAgent}</td>
            </tr>
          ))}
        </tbody>
      </TableScroll>
    </>
  );
}
