/** What was found in a file, record by record, and the choice of what becomes of it. */
import {
  Badge,
  Button,
  Field,
  MessageBar,
  MessageBarBody,
  MessageBarTitle,
  ProgressBar,
} from "@fluentui/react-components";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { call, download } from "../api/client.ts";
import type { ImportView } from "../api/ingestion-types.ts";
import { useApiBase, useWorkspace } from "../shell/session.tsx";
import { Answer, Panel, Refusal, TableScroll } from "./panel.tsx";

const POLL_MS = 1_000;
const FAULTS_OF_PAGE = 50;

/** The result. */
export function ImportResult({
  importId,
  onClose,
}: {
  readonly importId: string;
  readonly onClose: () => void;
}): ReactNode {
  const base = useApiBase();
  const found = useQuery({
    queryKey: ["imports", base, importId],
    queryFn: ({ signal }) =>
      call<ImportView>(`${base}/imports/${encodeURIComponent(importId)}`, { signal }),
    refetchInterval: ({ state }) =>
      state.data?.state === "storing" || state.data?.state === "checking" ? POLL_MS : false,
  });
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
  const { order, faults, invalid, total, valid, warned, bytes } = view;
  return (
    <>
      <Panel title={order.fileName} actions={<ImportState state={view.state} />}>
        <dl className="facts">
          <dt>Source</dt>
          <dd>{order.source}</dd>
          <dt>Size</dt>
          <dd>{bytes.toLocaleString("en")} bytes</dd>
          <dt>Records</dt>
          <dd>
            <span role="status">
              {total.toLocaleString("en")} found, {valid.toLocaleString("en")} valid (
              {warned.toLocaleString("en")} with warnings), {invalid.toLocaleString("en")} invalid
            </span>
          </dd>
        </dl>
        {view.reason === null ? null : (
          <MessageBar intent="error" layout="multiline">
            <MessageBarBody>
              <MessageBarTitle>The file could not be read</MessageBarTitle>
              {view.reason}
            </MessageBarBody>
          </MessageBar>
        )}
        <Choice view={view} />
      </Panel>
      {faults.length === 0 ? null : <Faults view={view} />}
    </>
  );
}

function Choice({ view }: { readonly view: ImportView }): ReactNode {
  const base = useApiBase();
  const { canWrite, workspaceId } = useWorkspace();
  const queries = useQueryClient();
  const { importId, state, valid, invalid, stored, order } = view;
  const store = useMutation({
    mutationFn: (mode: "all" | "valid") =>
      call<ImportView>(`${base}/imports/${importId}/store`, { method: "POST", body: { mode } }),
    onSettled: () => queries.invalidateQueries(),
  });
  if (store.isPending || state === "storing") {
    return (
      <Field
        validationState="none"
        validationMessage={`Storing ${valid.toLocaleString("en")} records`}
      >
        <ProgressBar aria-label="Progress of storing" />
      </Field>
    );
  }
  if (state === "done") {
    return (
      <MessageBar intent="success">
        <MessageBarBody>
          {stored.toLocaleString("en")} records are stored.{" "}
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
    );
  }
  if (state !== "checked") {
    return null;
  }
  if (!canWrite) {
    return <p className="hint">To store it you need a role that may write here.</p>;
  }
  return (
    <>
      <div className="inline">
        {invalid === 0 ? null : (
          <Button appearance="primary" disabled={valid === 0} onClick={() => store.mutate("valid")}>
            Store the {valid.toLocaleString("en")} valid ones
          </Button>
        )}
        <Button
          appearance={invalid === 0 ? "primary" : "secondary"}
          disabled={invalid > 0 || valid === 0}
          onClick={() => store.mutate("all")}
        >
          {invalid === 0 ? `Store all ${valid.toLocaleString("en")}` : "Store all or nothing"}
        </Button>
        {invalid === 0 ? null : (
          <span>
            All or nothing is not possible while {invalid.toLocaleString("en")} are invalid.
          </span>
        )}
      </div>
      <Refusal error={store.error} />
    </>
  );
}

function Faults({ view }: { readonly view: ImportView }): ReactNode {
  const base = useApiBase();
  const [shown, setShown] = useState(FAULTS_OF_PAGE);
  const { faults, invalid, importId } = view;
  const save = useMutation({
    mutationFn: async () => {
      const file = await download(`${base}/imports/${importId}/errors.csv`);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(file);
      link.download = "errors.csv";
      link.click();
      URL.revokeObjectURL(link.href);
    },
  });
  return (
    <Panel
      title={`What is wrong (${invalid.toLocaleString("en")})`}
      {...(invalid > faults.length
        ? { hint: `The first ${faults.length.toLocaleString("en")}; the file has them all.` }
        : {})}
      actions={
        <Button size="small" disabled={save.isPending} onClick={() => save.mutate()}>
          Download as CSV
        </Button>
      }
    >
      <Refusal error={save.error} />
      <TableScroll label="Faults">
        <thead>
          <tr>
            <th scope="col" className="number">
              Line
            </th>
            <th scope="col" className="number">
              Record
            </th>
            <th scope="col">Object</th>
            <th scope="col">Pointer</th>
            <th scope="col">What is wrong</th>
          </tr>
        </thead>
        <tbody>
          {faults.slice(0, shown).map(({ index, line, stixId, pointer, message }) => (
            <tr key={index}>
              <td className="number">{line ?? "–"}</td>
              <td className="number">{index + 1}</td>
              <td className="breaks mono">{stixId ?? "–"}</td>
              <td className="breaks mono">{pointer === "" ? "(record)" : pointer}</td>
              <td className="breaks">{message}</td>
            </tr>
          ))}
        </tbody>
      </TableScroll>
      {shown < faults.length ? (
        <Button onClick={() => setShown(shown + FAULTS_OF_PAGE)}>
          {`More (${(faults.length - shown).toLocaleString("en")})`}
        </Button>
      ) : null}
    </Panel>
  );
}

const STATES: Readonly<
  Record<ImportView["state"], readonly [string, "danger" | "informative" | "success" | "warning"]>
> = {
  checking: ["being checked", "informative"],
  checked: ["checked, not stored", "warning"],
  storing: ["being stored", "informative"],
  done: ["stored", "success"],
  failed: ["failed", "danger"],
};

/** How far an import is. */
export function ImportState({ state }: { readonly state: ImportView["state"] }): ReactNode {
  const [label, color] = STATES[state];
  return (
    <Badge appearance="tint" color={color}>
      {label}
    </Badge>
  );
}
