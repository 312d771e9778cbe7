/** A request as its receipt tells of it: who sent it, what became of it, and each rejected record beside its reasons. */
import { Badge, Button, MessageBar, MessageBarBody } from "@fluentui/react-components";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { call } from "../api/client.ts";
import type { ReplayResult } from "../api/ingestion-types.ts";
import type { Receipt } from "../api/types.ts";
import { useShortcuts } from "../shell/keys.tsx";
import { useApiBase, useWorkspace } from "../shell/session.tsx";
import { CopyButton } from "./copy-button.tsx";
import { CopyMenu } from "./copy-menu.tsx";
import { Outcome } from "./outcome.tsx";
import { Answer, Panel, Refusal } from "./panel.tsx";
import { RejectedCard } from "./rejected-record.tsx";
import { RequestFiles, type RequestRecordPage, RequestRecords } from "./request-records.tsx";
import { Time } from "./time.tsx";

/** The receipt. */
export function ReceiptView({
  requestId,
  onClose,
}: {
  readonly requestId: string;
  readonly onClose: () => void;
}): ReactNode {
  const base = useApiBase();
  useShortcuts([{ keys: "Escape", label: "Back to the requests", run: onClose }]);
  const receipt = useQuery({
    queryKey: ["receipt", base, requestId],
    queryFn: ({ signal }) =>
      call<Receipt>(`${base}/requests/${encodeURIComponent(requestId)}`, { signal }),
  });
  return (
    <div className="stack">
      <div className="inline">
        <Button onClick={onClose}>Back to the requests (Esc)</Button>
      </div>
      <Answer of={receipt}>{(found) => <Whole receipt={found} />}</Answer>
    </div>
  );
}

function Whole({ receipt }: { readonly receipt: Receipt }): ReactNode {
  const { refusal, counts, requestId } = receipt;
  return (
    <>
      <Facts receipt={receipt} />
      {refusal === null ? null : (
        <MessageBar intent="error" layout="multiline">
          <MessageBarBody>
            {refusal.message} <code>{refusal.code}</code>
          </MessageBarBody>
        </MessageBar>
      )}
      {counts.rejected === 0 ? null : <Rejected receipt={receipt} />}
      {counts.accepted + counts.rejected === 0 ? null : <RequestRecords receipt={receipt} />}
      {receipt.outcome === "refused" ? (
        <p className="hint">
          Nothing of its body was looked at, so nothing of it is kept; request {requestId} has this
          receipt alone.
        </p>
      ) : null}
    </>
  );
}

/** Cards that are shown at once: each has a record in full. */
const CARDS_OF_PAGE = 20;

function Rejected({ receipt }: { readonly receipt: Receipt }): ReactNode {
  const base = useApiBase();
  const [shown, setShown] = useState(CARDS_OF_PAGE);
  const { rejections, requestId, sourceSystem, caller } = receipt;
  const records = useQuery({
    queryKey: ["receipt", base, requestId, "rejected"],
    queryFn: ({ signal }) =>
      call<RequestRecordPage>(`${base}/requests/${requestId}/records?only=rejected&limit=200`, {
        signal,
      }),
  });
  const settlements = new Map(
    (records.data?.value ?? []).map(({ recordIndex, settled }) => [recordIndex, settled]),
  );
  return (
    <Panel
      title={`Rejected (${rejections.length})`}
      hint="Each record as it was received; the marks are at what is wrong."
      actions={<ReplayAll receipt={receipt} />}
    >
      {rejections.slice(0, shown).map((record) => (
        <RejectedCard
          key={record.recordIndex}
          requestId={requestId}
          record={record}
          settled={settlements.get(record.recordIndex) ?? null}
          source={sourceSystem}
          appId={caller.appId}
        />
      ))}
      {shown < rejections.length ? (
        <Button onClick={() => setShown(shown + CARDS_OF_PAGE)}>
          {`More (${rejections.length - shown})`}
        </Button>
      ) : null}
    </Panel>
  );
}

function Facts({ receipt }: { readonly receipt: Receipt }): ReactNode {
  const { workspaceId } = useWorkspace();
  const { counts, caller, sourceSystem, requestId, notes, refusal } = receipt;
  const { headers = {} } = caller;
  return (
    <Panel
      title="Request"
      actions={
        <>
          <Outcome outcome={refusal?.code === "throttled" ? "throttled" : receipt.outcome} />
          <RequestFiles receipt={receipt} />
        </>
      }
    >
      <dl className="facts">
        <dt>Id</dt>
        <dd>
          <span className="mono">{requestId}</span>
          <CopyButton text={requestId} what="the id" />
        </dd>
        <dt>Received</dt>
        <dd>
          {receipt.receivedAt} (<Time instant={receipt.receivedAt} />)
        </dd>
        <dt>Source</dt>
        <dd>
          {sourceSystem === null ? (
            "none"
          ) : (
            <Link
              className="link"
              to="/w/$workspaceId/intelligence"
              params={{ workspaceId }}
              search={{ source: sourceSystem }}
            >
              {sourceSystem}
            </Link>
          )}
        </dd>
        <dt>Application</dt>
        <dd>
          <span className="mono">{caller.appId}</span> {caller.userAgent}
        </dd>
        <dt>API version</dt>
        <dd>{receipt.apiVersion === "" ? "none" : receipt.apiVersion}</dd>
        {Object.keys(headers).length === 0 ? null : (
          <>
            <dt>Headers</dt>
            <dd className="mono">
              {Object.entries(headers).map(([name, value]) => (
                <div key={name}>
                  {name}: {value}
                </div>
              ))}
            </dd>
          </>
        )}
        <dt>Records</dt>
        <dd>
          {counts.received} received, {counts.accepted} accepted ({counts.warned} with warnings),{" "}
          {counts.rejected} rejected
        </dd>
        <dt>Effect</dt>
        <dd>
          {counts.created === null
            ? "not indexed yet"
            : `${counts.created} new, ${counts.updated} changed, ${counts.unchanged} unchanged`}
        </dd>
        {notes.length === 0 ? null : (
          <>
            <dt>Remarks</dt>
            <dd>{notes.join("; ")}</dd>
          </>
        )}
      </dl>
    </Panel>
  );
}

function ReplayAll({ receipt }: { readonly receipt: Receipt }): ReactNode {
  const base = useApiBase();
  const { canWrite } = useWorkspace();
  const queries = useQueryClient();
  const { requestId, rejections, sourceSystem, caller } = receipt;
  const replay = useMutation({
    mutationFn: () =>
      call<ReplayResult>(`${base}/requests/${requestId}/replay`, { method: "POST", body: {} }),
    onSuccess: () => queries.invalidateQueries(),
  });
  return (
    <>
      {replay.data === undefined ? null : (
        <Badge appearance="tint" color={replay.data.rejected.length > 0 ? "warning" : "success"}>
          {replay.data.stored} stored, {replay.data.rejected.length} rejected again
        </Badge>
      )}
      <Refusal error={replay.error} />
      {canWrite ? (
        <Button size="small" disabled={replay.isPending} onClick={() => replay.mutate()}>
          Send all again
        </Button>
      ) : null}
      <CopyMenu
        objects={rejections.map(({ payload }) => payload)}
        source={sourceSystem}
        clientId={caller.appId}
        what="all rejected records"
      />
    </>
  );
}
