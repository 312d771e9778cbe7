/** Puts a rejected record right and sends it again. */
import { MessageBar, MessageBarBody } from "@fluentui/react-components";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { call } from "../api/client.ts";
import type { RejectedRecord, ReplayResult } from "../api/ingestion-types.ts";
import { useApiBase, useWorkspace } from "../shell/session.tsx";
import { Refusal } from "./panel.tsx";
import { RecordDraft } from "./record-draft.tsx";

/** The editor. */
export function RecordEditor({
  requestId,
  record,
  onClose,
}: {
  readonly requestId: string;
  readonly record: RejectedRecord;
  readonly onClose: () => void;
}): ReactNode {
  const base = useApiBase();
  const queries = useQueryClient();
  const { recordIndex, payload } = record;
  const replay = useMutation({
    mutationFn: (object: unknown) =>
      call<ReplayResult>(`${base}/requests/${requestId}/replay`, {
        method: "POST",
        body: { records: [{ recordIndex, object }] },
      }),
    onSuccess: ({ stored }) => (stored > 0 ? queries.invalidateQueries() : undefined),
  });
  return (
    <>
      <RecordDraft
        label={`Record ${recordIndex} put right`}
        value={payload}
        isPending={replay.isPending}
        action="Send again"
        onSend={(object) => replay.mutate(object)}
        onClose={onClose}
      />
      <Refusal error={replay.error} />
      {replay.data === undefined ? null : <ReplayOutcome result={replay.data} />}
    </>
  );
}

/** What became of what was sent again. */
export function ReplayOutcome({ result }: { readonly result: ReplayResult }): ReactNode {
  const { workspaceId } = useWorkspace();
  const { requestId, stored, rejected } = result;
  const reasons = [...new Set(rejected.flatMap(({ errorMessages }) => errorMessages))];
  return (
    <MessageBar intent={rejected.length === 0 ? "success" : "warning"} layout="multiline">
      <MessageBarBody>
        {requestId === null ? null : (
          <>
            {stored === 1 ? "Stored by " : `${stored} stored by `}
            <Link
              className="link"
              to="/w/$workspaceId/ingestion"
              params={{ workspaceId }}
              search={{ request: requestId }}
            >
              request {requestId}
            </Link>
            .{" "}
          </>
        )}
        {rejected.length === 0
          ? ""
          : `${rejected.length === 1 ? "Rejected again" : `${rejected.length} rejected again`}: ${reasons.slice(0, 3).join(" ")}`}
      </MessageBarBody>
    </MessageBar>
  );
}
