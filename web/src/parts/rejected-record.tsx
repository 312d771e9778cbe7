/** A rejected record beside the reasons, and the ways on: put it right, send it again as it was, copy it. */
import { Button, MessageBar, MessageBarBody } from "@fluentui/react-components";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { call } from "../api/client.ts";
import type { RejectedRecord, ReplayResult, Settlement } from "../api/ingestion-types.ts";
import { useApiBase, useWorkspace } from "../shell/session.tsx";
import { CopyMenu } from "./copy-menu.tsx";
import { useDismiss, useRestore } from "./dismissal.ts";
import { Loading } from "./loading.tsx";
import { Refusal } from "./panel.tsx";
import { RecordJson } from "./record-json.tsx";
import { Time } from "./time.tsx";

/** It brings the tables of STIX along, which nobody needs who only looks. */
const RecordEditor = lazy(async () => ({
  default: (await import("./record-editor.tsx")).RecordEditor,
}));

/** The record. */
export function RejectedCard({
  requestId,
  record,
  settled,
  source,
  appId,
  heading,
}: {
  readonly requestId: string;
  readonly record: RejectedRecord;
  /** What somebody did about it; null while it is open. */
  readonly settled: Settlement | null;
  readonly source: string | null;
  readonly appId: string;
  readonly heading?: ReactNode;
}): ReactNode {
  const [isEditing, setEditing] = useState(false);
  const { recordIndex, stixId, errors, warnings, payload } = record;
  return (
    <article className="record" aria-label={`Record ${recordIndex}`}>
      <div className="panelHead">
        <h3 className="breaks">
          Record {recordIndex}: {stixId ?? "without an id"}
        </h3>
        <span className="grow" />
        {heading}
      </div>
      {settled === null ? null : <Settled requestId={requestId} record={record} {...{ settled }} />}
      <ul className="reasons" aria-label="Reasons">
        {errors.map(({ rule, path, message }) => (
          <li key={`${rule} ${path} ${message}`}>
            {message} <code>{rule}</code>
          </li>
        ))}
      </ul>
      {isEditing && settled === null ? (
        <Suspense fallback={<Loading />}>
          <RecordEditor requestId={requestId} record={record} onClose={() => setEditing(false)} />
        </Suspense>
      ) : (
        <RecordJson
          value={payload}
          errors={errors}
          warnings={warnings}
          label={`Record ${recordIndex} as received`}
        />
      )}
      <div className="inline">
        {isEditing || settled !== null ? null : (
          <Acts requestId={requestId} record={record} onEdit={() => setEditing(true)} />
        )}
        <CopyMenu
          objects={[payload]}
          source={source}
          clientId={appId}
          what={`record ${recordIndex}`}
        />
      </div>
    </article>
  );
}

function Acts({
  requestId,
  record: { recordIndex },
  onEdit,
}: {
  readonly requestId: string;
  readonly record: RejectedRecord;
  readonly onEdit: () => void;
}): ReactNode {
  const base = useApiBase();
  const { canWrite } = useWorkspace();
  const queries = useQueryClient();
  const dismiss = useDismiss();
  const replay = useMutation({
    mutationFn: () =>
      call<ReplayResult>(`${base}/requests/${requestId}/replay`, {
        method: "POST",
        body: { records: [{ recordIndex }] },
      }),
    onSuccess: ({ stored }) => (stored > 0 ? queries.invalidateQueries() : undefined),
  });
  if (!canWrite) {
    return <span>To fix it you need a role that may write here.</span>;
  }
  return (
    <>
      <Button
        size="small"
        appearance="primary"
        aria-label={`Fix record ${recordIndex}`}
        onClick={onEdit}
      >
        Fix…
      </Button>
      <Button
        size="small"
        aria-label={`Send again as it was: record ${recordIndex}`}
        disabled={replay.isPending}
        onClick={() => replay.mutate()}
      >
        Send again as it was
      </Button>
      <Button
        size="small"
        aria-label={`Dismiss record ${recordIndex}`}
        disabled={dismiss.isPending}
        onClick={() => dismiss.mutate([{ requestId, recordIndex }])}
      >
        Dismiss
      </Button>
      <Refusal error={replay.error ?? dismiss.error} />
      {replay.data === undefined || replay.data.stored > 0 ? null : (
        <MessageBar intent="warning">
          <MessageBarBody>Rejected again, for the reasons above.</MessageBarBody>
        </MessageBar>
      )}
    </>
  );
}

function Settled({
  requestId,
  record: { recordIndex },
  settled,
}: {
  readonly requestId: string;
  readonly record: RejectedRecord;
  readonly settled: Settlement;
}): ReactNode {
  const { workspaceId, canWrite } = useWorkspace();
  const restore = useRestore();
  return (
    <MessageBar intent={settled.how === "stored" ? "success" : "info"} layout="multiline">
      <MessageBarBody>
        {settled.requestId === null ? (
          "Dismissed"
        ) : (
          <>
            Stored by{" "}
            <Link
              className="link"
              to="/w/$workspaceId/ingestion"
              params={{ workspaceId }}
              search={{ request: settled.requestId }}
            >
              request {settled.requestId}
            </Link>
          </>
        )}
        , by {settled.by}, <Time instant={settled.at} />.{" "}
        {settled.how === "dismissed" && canWrite ? (
          <button
            type="button"
            className="link"
            onClick={() => restore.mutate([{ requestId, recordIndex }])}
          >
            Put it back
          </button>
        ) : null}
      </MessageBarBody>
    </MessageBar>
  );
}
