/** A rejected record beside the reasons, and the ways on: put it right, send it again as it was, copy it. */
import { Button, MessageBar, MessageBarBody } from "@fluentui/react-components";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { call } from "../api/client.ts";
import type { RejectedRecord, ReplayResult } from "../api/ingestion-types.ts";
import { useApiBase, useWorkspace } from "../shell/session.tsx";
import { CopyMenu } from "./copy-menu.tsx";
import { Loading } from "./loading.tsx";
import { Refusal } from "./panel.tsx";
import { RecordJson } from "./record-json.tsx";

/** It brings the tables of STIX along, which nobody needs who only looks. */
const RecordEditor = lazy(async () => ({
  default: (await import("./record-editor.tsx")).RecordEditor,
}));

/** The record. */
export function RejectedCard({
  requestId,
  record,
  source,
  appId,
  heading,
}: {
  readonly requestId: string;
  readonly record: RejectedRecord;
  readonly source: string | null;
  readonly appId: string;
  readonly heading?: ReactNode;
}): ReactNode {
  const base = useApiBase();
  const { canWrite } = useWorkspace();
  const queries = useQueryClient();
  const [isEditing, setEditing] = useState(false);
  const { recordIndex, stixId, errors, warnings, payload } = record;
  const replay = useMutation({
    mutationFn: () =>
      call<ReplayResult>(`${base}/requests/${requestId}/replay`, {
        method: "POST",
        body: { records: [{ recordIndex }] },
      }),
    onSuccess: () => queries.invalidateQueries(),
  });
  return (
    <article className="record" aria-label={`Record ${recordIndex}`}>
      <div className="panelHead">
        <h3 className="breaks">
          Record {recordIndex}: {stixId ?? "without an id"}
        </h3>
        <span className="grow" />
        {heading}
      </div>
      <ul className="reasons" aria-label="Reasons">
        {errors.map(({ rule, path, message }) => (
          <li key={`${rule} ${path} ${message}`}>
            {message} <code>{rule}</code>
          </li>
        ))}
      </ul>
      {isEditing ? (
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
        {!canWrite || isEditing ? null : (
          <>
            <Button
              size="small"
              appearance="primary"
              aria-label={`Fix record ${recordIndex}`}
              onClick={() => setEditing(true)}
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
          </>
        )}
        <CopyMenu
          objects={[payload]}
          source={source}
          clientId={appId}
          what={`record ${recordIndex}`}
        />
        {canWrite ? null : <span>To fix it you need a role that may write here.</span>}
      </div>
      <Refusal error={replay.error} />
      {replay.data === undefined ? null : (
        <MessageBar intent={replay.data.stored > 0 ? "success" : "warning"} layout="multiline">
          <MessageBarBody>
            {replay.data.stored > 0 ? "Stored." : "Rejected again, for the reasons above."}
          </MessageBarBody>
        </MessageBar>
      )}
    </article>
  );
}
