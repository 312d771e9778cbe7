/** Puts a rejected record right and sends it again; what is still wrong is said while typing, by the server's own rules. */
import { Button, MessageBar, MessageBarBody } from "@fluentui/react-components";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useDeferredValue, useId, useMemo, useState } from "react";
import { messageOf, type ValidationOptions, validateObject } from "../../../src/stix/index.ts";
import { call } from "../api/client.ts";
import type { RejectedRecord, ReplayResult } from "../api/ingestion-types.ts";
import { useApiBase, useWorkspace } from "../shell/session.tsx";
import { Refusal } from "./panel.tsx";

/** As a server is set up that nobody has changed; what counts is its own answer. */
const OPTIONS: ValidationOptions = {
  profile: "sentinel",
  defaultSpecVersion: "2.0",
  patternTypeOn20: "optional",
  timestamps: "lenient",
  supportedTypes: "stix",
  coerceNumericStrings: false,
  tlpGreenAlias: true,
  severity: {},
};

const REMARKS_MAX = 20;

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
  const { workspaceId } = useWorkspace();
  const queries = useQueryClient();
  const id = useId();
  const [text, setText] = useState(() => JSON.stringify(record.payload, null, 2));
  const late = useDeferredValue(text);
  const check = useMemo(() => checkOf(late), [late]);
  const replay = useMutation({
    mutationFn: (object: unknown) =>
      call<ReplayResult>(`${base}/requests/${requestId}/replay`, {
        method: "POST",
        body: { records: [{ recordIndex: record.recordIndex, object }] },
      }),
    onSuccess: () => queries.invalidateQueries(),
  });
  const { data } = replay;
  return (
    <div className="stack tight">
      <label className="label" htmlFor={id}>
        Record {record.recordIndex} put right
        <textarea
          id={id}
          className="editor"
          value={text}
          onChange={(event) => setText(event.target.value)}
          spellCheck={false}
          autoCapitalize="off"
          aria-describedby={`${id}-check`}
          rows={Math.min(30, text.split("\n").length + 1)}
        />
      </label>
      <div id={`${id}-check`} role="status">
        {check.remarks.length === 0 ? (
          "Nothing is wrong with it any more, as far as this page can tell."
        ) : (
          <ul className="reasons">
            {check.remarks.slice(0, REMARKS_MAX).map((remark) => (
              <li key={remark}>{remark}</li>
            ))}
          </ul>
        )}
      </div>
      <div className="inline">
        <Button
          appearance="primary"
          disabled={check.object === undefined || replay.isPending}
          onClick={() => replay.mutate(check.object)}
        >
          {replay.isPending ? "Sending…" : "Send again"}
        </Button>
        <Button onClick={onClose}>Close the editor</Button>
      </div>
      <Refusal error={replay.error} />
      {data === undefined ? null : (
        <MessageBar intent={data.stored > 0 ? "success" : "warning"} layout="multiline">
          <MessageBarBody>
            {data.stored > 0 ? "Stored by " : "Rejected again by "}
            <Link
              className="link"
              to="/w/$workspaceId/ingestion"
              params={{ workspaceId }}
              search={{ request: data.requestId }}
            >
              request {data.requestId}
            </Link>
            . {data.rejected.flatMap(({ errorMessages }) => errorMessages).join(" ")}
          </MessageBarBody>
        </MessageBar>
      )}
    </div>
  );
}

interface Check {
  /** Undefined while it is no JSON object. */
  readonly object: unknown;
  readonly remarks: readonly string[];
}

function checkOf(text: string): Check {
  let object: unknown;
  try {
    object = JSON.parse(text);
  } catch (error) {
    return { object: undefined, remarks: [`No JSON yet: ${(error as Error).message}.`] };
  }
  if (typeof object !== "object" || object === null || Array.isArray(object)) {
    return { object: undefined, remarks: ["A record is a JSON object: { … }."] };
  }
  const { findings } = validateObject(object, OPTIONS);
  const errors = findings.filter(({ severity }) => severity === "error");
  return { object, remarks: [...new Set(errors.map(messageOf))] };
}
