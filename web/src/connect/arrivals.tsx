/** Whether the chosen application has sent something: asked again and again while the page is open. */
import {
  Badge,
  MessageBar,
  MessageBarBody,
  MessageBarTitle,
  Spinner,
} from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { call } from "../api/client.ts";
import type { ReceiptPage } from "../api/ingestion-types.ts";
import type { ReceiptSummary } from "../api/types.ts";
import { Outcome } from "../parts/outcome.tsx";
import { Panel, Refusal } from "../parts/panel.tsx";
import { Time } from "../parts/time.tsx";
import { useApiBase, useWorkspace } from "../shell/session.tsx";

const POLL_MS = 2_000;
const REQUESTS_LOOKED_AT = 100;
const SHOWN_MAX = 5;

/** The indicator. */
export function Arrivals({
  clientId,
  name,
}: {
  readonly clientId: string;
  readonly name: string;
}): ReactNode {
  const base = useApiBase();
  const [openedAt] = useState(() => new Date().toISOString());
  const newest = useQuery({
    queryKey: ["requests", base, "newest"],
    queryFn: ({ signal }) =>
      call<ReceiptPage>(`${base}/requests?limit=${REQUESTS_LOOKED_AT}`, { signal }),
    refetchInterval: POLL_MS,
  });
  const own = (newest.data?.value ?? []).filter(({ caller }) => caller.appId === clientId);
  const fresh = own.filter(({ receivedAt }) => receivedAt >= openedAt);
  return (
    <Panel
      title="4. Has something come?"
      hint={`This looks every two seconds for what ${name} sends. A refused sign-in is told to the tool, not here.`}
    >
      <Refusal error={newest.error} />
      <div role="status">
        {fresh.length === 0 ? (
          <Spinner
            size="tiny"
            labelPosition="after"
            label={
              own.length === 0 ? "Waiting for the first upload…" : "Waiting for another upload…"
            }
            style={{ justifyContent: "start" }}
          />
        ) : (
          <Fresh fresh={fresh} />
        )}
      </div>
      {own.length === 0 ? null : <Requests requests={own.slice(0, SHOWN_MAX)} />}
    </Panel>
  );
}

function Fresh({ fresh }: { readonly fresh: readonly ReceiptSummary[] }): ReactNode {
  const accepted = fresh.reduce((sum, { counts }) => sum + counts.accepted, 0);
  const rejected = fresh.reduce((sum, { counts }) => sum + counts.rejected, 0);
  const at = new Date(fresh[0]?.receivedAt ?? 0).toLocaleTimeString("en-GB");
  const isFine = accepted > 0 && rejected === 0;
  return (
    <MessageBar intent={isFine ? "success" : "warning"} layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>
          Received {accepted.toLocaleString("en")} {accepted === 1 ? "object" : "objects"} at {at}
        </MessageBarTitle>
        {isFine
          ? "The tool is connected."
          : `${rejected} rejected; the receipt says which and why.`}
      </MessageBarBody>
    </MessageBar>
  );
}

function Requests({ requests }: { readonly requests: readonly ReceiptSummary[] }): ReactNode {
  const { workspaceId } = useWorkspace();
  return (
    <ul className="lines">
      {requests.map(({ requestId, receivedAt, counts, sourceSystem, outcome, refusal }) => (
        <li key={requestId}>
          <Link
            className="link"
            to="/w/$workspaceId/ingestion"
            params={{ workspaceId }}
            search={{ request: requestId }}
          >
            Receipt
          </Link>
          <Outcome outcome={outcome} />
          <span className="breaks">
            {refusal === null
              ? `${counts.received} records of ${sourceSystem ?? "no source"}`
              : refusal.message}
          </span>
          <Badge appearance="outline">
            <Time instant={receivedAt} />
          </Badge>
        </li>
      ))}
    </ul>
  );
}
