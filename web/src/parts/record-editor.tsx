/** Puts a rejected record right and sends it again. */
import { MessageBar, MessageBarBody } from "@fluentui/react-components";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { call } from "../api/client.ts";
import type { RejectedRecord, ReplayResult } from "../api/ingestion-types.ts";
import { useNotices } from "../shell/notices.tsx";
import { useApiBase } from "../shell/session.tsx";
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
  const notices = useNotices();
  const { recordIndex, payload } = record;
  const replay = useMutation({
    mutationFn: (object: unknown) =>
      call<ReplayResult>(`${base}/requests/${requestId}/replay`, {
        method: "POST",
        body: { records: [{ recordIndex, object }] },
      }),
    onSuccess: async ({ stored }) => {
      if (stored > 0) {
        notices.done("The record is stored and settled");
        await queries.invalidateQueries();
      }
    },
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
      {replay.data === undefined || replay.data.stored > 0 ? null : (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>
            Rejected again:{" "}
            {replay.data.rejected.flatMap(({ errorMessages }) => errorMessages).join(" ")}
          </MessageBarBody>
        </MessageBar>
      )}
    </>
  );
}
