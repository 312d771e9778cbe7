/** What was found in a file, what storing it would do, and the choice of what becomes of it. */
import { Button, MessageBar, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef } from "react";
import { call } from "../api/client.ts";
import type { ImportView } from "../api/ingestion-types.ts";
import { useApiBase, useWorkspace } from "../shell/session.tsx";
import { ImportChoice } from "./import-choice.tsx";
import { ImportRecords } from "./import-records.tsx";
import { ImportProgress, ImportState } from "./import-state.tsx";
import { Answer, Panel, Refusal } from "./panel.tsx";
import { saveAnswer } from "./save-blob.ts";
import { Time } from "./time.tsx";
import "./import.css";

const POLL_MS = 500;

/** Requests that are listed; a file of a hundred thousand records has two hundred. */
const REQUESTS_SHOWN_MAX = 20;

/** The result. */
export function ImportResult({
  importId,
  onClose,
}: {
  readonly importId: string;
  readonly onClose: () => void;
}): ReactNode {
  const base = useApiBase();
  const queries = useQueryClient();
  const found = useQuery({
    queryKey: ["imports", base, importId],
    queryFn: ({ signal }) =>
      call<ImportView>(`${base}/imports/${encodeURIComponent(importId)}`, { signal }),
    refetchInterval: ({ state }) =>
      state.data?.state === "storing" || state.data?.state === "checking" ? POLL_MS : false,
  });
  const state = found.data?.state;
  const before = useRef(state);
  useEffect(() => {
    // What a step has changed is in other lists, too.
    if (before.current !== undefined && before.current !== state) {
      void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[2] !== importId });
    }
    before.current = state;
  }, [state, queries, importId]);
  return (
    <div className="stack">
      <div className="inline">
        <Button onClick={onClose}>Another file</Button>
      </div>
      <Answer of={found}>{(view) => <Whole view={view} />}</Answer>
    </div>
  );
}

function Whole({ view }: { readonly view: ImportView }): ReactNode {
  const { order, invalid, total, valid, warned, bytes, state } = view;
  const isCounted = state !== "checking" && total > 0;
  return (
    <>
      <Panel title={order.fileName} actions={<ImportState state={state} />}>
        <dl className="facts">
          <dt>Source</dt>
          <dd>{order.source}</dd>
          <dt>Size</dt>
          <dd>{bytes.toLocaleString("en")} bytes</dd>
          <dt>Records</dt>
          <dd>
            <span role="status">
              {isCounted
                ? `${total.toLocaleString("en")} found, ${valid.toLocaleString("en")} valid (${warned.toLocaleString("en")} with warnings), ${invalid.toLocaleString("en")} invalid`
                : state === "checking"
                  ? "being read"
                  : "none"}
            </span>
          </dd>
          <dt>Imported by</dt>
          <dd>
            {view.orderedBy.name}, <Time instant={view.orderedAt} />
          </dd>
        </dl>
        {view.reason === null ? null : (
          <MessageBar intent={state === "failed" ? "error" : "info"} layout="multiline">
            <MessageBarBody>
              {state === "failed" ? (
                <MessageBarTitle>The file could not be imported</MessageBarTitle>
              ) : null}
              {view.reason}
            </MessageBarBody>
          </MessageBar>
        )}
        <ImportProgress view={view} />
        {state === "checked" ? <ImportChoice view={view} /> : null}
        {state === "done" ? <Stored view={view} /> : null}
      </Panel>
      {isCounted && view.filesUntil !== null ? (
        <ImportRecords view={view} actions={<ErrorFile view={view} />} />
      ) : null}
      {isCounted && view.filesUntil === null ? (
        <p className="hint">
          The records and the file of errors are kept for a day after the file came, on the server
          that received it.
        </p>
      ) : null}
    </>
  );
}

function Stored({ view }: { readonly view: ImportView }): ReactNode {
  const { workspaceId } = useWorkspace();
  const { stored, order, requests } = view;
  return (
    <>
      <MessageBar intent="success">
        <MessageBarBody>
          {stored === 1 ? "1 record is" : `${stored.toLocaleString("en")} records are`} stored.{" "}
          <Link
            className="link"
            to="/w/$workspaceId/intelligence"
            params={{ workspaceId }}
            search={{ source: order.source }}
          >
            See what is there of {order.source}
          </Link>
        </MessageBarBody>
      </MessageBar>
      <p className="receipts">
        {requests.length === 1 ? "Its receipt:" : `Its ${requests.length} receipts:`}{" "}
        {requests.slice(0, REQUESTS_SHOWN_MAX).map((requestId, at) => (
          <Link
            key={requestId}
            className="link"
            to="/w/$workspaceId/ingestion"
            params={{ workspaceId }}
            search={{ request: requestId }}
            aria-label={`Receipt ${at + 1}`}
          >
            {at + 1}
          </Link>
        ))}
        {requests.length > REQUESTS_SHOWN_MAX ? (
          <Link
            className="link"
            to="/w/$workspaceId/ingestion"
            params={{ workspaceId }}
            search={{ source: order.source }}
          >
            all of {order.source}
          </Link>
        ) : null}
      </p>
    </>
  );
}

function ErrorFile({ view }: { readonly view: ImportView }): ReactNode {
  const base = useApiBase();
  const save = useMutation({
    mutationFn: (format: "csv" | "json") =>
      saveAnswer(`${base}/imports/${view.importId}/errors.${format}`, `errors.${format}`),
  });
  if (view.invalid === 0) {
    return null;
  }
  return (
    <>
      <Refusal error={save.error} />
      <Button size="small" disabled={save.isPending} onClick={() => save.mutate("csv")}>
        Errors as CSV
      </Button>
      <Button size="small" disabled={save.isPending} onClick={() => save.mutate("json")}>
        Errors as JSON
      </Button>
    </>
  );
}
