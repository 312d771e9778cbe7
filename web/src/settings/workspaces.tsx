/** Workspaces: made, renamed and deleted; their ids to copy. */
import { Badge, Button, Input } from "@fluentui/react-components";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { Workspace } from "../api/admin-types.ts";
import { call } from "../api/client.ts";
import { CopyButton } from "../parts/copy-button.tsx";
import { Answer, Panel, Refusal } from "../parts/panel.tsx";
import { Time } from "../parts/time.tsx";
import { useWorkspace } from "../shell/session.tsx";
import { AddForm } from "./add-form.tsx";
import { ADMINISTRATORS_ONLY, useWorkspaces } from "./admin.ts";
import { DeleteDialog } from "./delete-dialog.tsx";

const NAME_RULE = "4 to 63 letters, digits and hyphens";

/** Who has which workspaces is a part of the session, too. */
function useSettled(): () => Promise<unknown> {
  const queries = useQueryClient();
  return () =>
    Promise.all(
      ["workspaces", "session", "roles"].map((key) =>
        queries.invalidateQueries({ queryKey: [key] }),
      ),
    );
}

/** The part. */
export function Workspaces(): ReactNode {
  const workspaces = useWorkspaces();
  const onSettled = useSettled();
  const add = useMutation({
    mutationFn: (name: string) =>
      call<Workspace>("/api/v1/workspaces", { method: "POST", body: { name } }),
    onSuccess: onSettled,
  });
  return (
    <Panel
      title="Workspaces"
      hint="Each holds its own intelligence. Applications and people reach it by a role on it, or on everything."
    >
      <Answer of={workspaces} missing={ADMINISTRATORS_ONLY}>
        {(found) => (
          <>
            <AddForm
              label={`Name of the workspace (${NAME_RULE})`}
              button="Make the workspace"
              isBusy={add.isPending}
              onAdd={(name) => add.mutateAsync(name)}
            />
            <Refusal error={add.error} />
            {found.map((workspace) => (
              <Card key={workspace.workspaceId} workspace={workspace} />
            ))}
          </>
        )}
      </Answer>
    </Panel>
  );
}

function Card({ workspace }: { readonly workspace: Workspace }): ReactNode {
  const current = useWorkspace();
  const onSettled = useSettled();
  const { workspaceId, name, resourceId, createdAt } = workspace;
  const isCurrent = workspaceId === current.workspaceId;
  const remove = useMutation({
    mutationFn: () =>
      call(`/api/v1/workspaces/${workspaceId}?confirm=${encodeURIComponent(name)}`, {
        method: "DELETE",
      }),
    onSuccess: onSettled,
  });
  return (
    <article className="record" aria-label={name}>
      <div className="panelHead">
        <h3 className="breaks">{name}</h3>
        {isCurrent ? <Badge appearance="tint">open here</Badge> : null}
      </div>
      <dl className="facts">
        <dt>Workspace id</dt>
        <dd>
          <span className="mono">{workspaceId}</span>
          <CopyButton text={workspaceId} what={`the id of ${name}`} />
        </dd>
        <dt>Resource id</dt>
        <dd>
          <span className="mono">{resourceId}</span>
          <CopyButton text={resourceId} what={`the resource id of ${name}`} />
        </dd>
        <dt>Made</dt>
        <dd>
          <Time instant={createdAt} />
        </dd>
      </dl>
      <div className="inline">
        <Rename workspace={workspace} />
        {isCurrent ? (
          <Button size="small" disabledFocusable aria-label={`Delete ${name}: open another first`}>
            Delete (open another workspace first)
          </Button>
        ) : (
          <>
            <DeleteDialog
              name={name}
              consequence="Its roles go with it, and nobody reaches its objects any more. They stay in the server's files."
              error={remove.error}
              onDelete={() => remove.mutate()}
            />
            <Link className="link" to="/w/$workspaceId/overview" params={{ workspaceId }}>
              Open it
            </Link>
          </>
        )}
      </div>
    </article>
  );
}

function Rename({
  workspace: { workspaceId, name },
}: {
  readonly workspace: Workspace;
}): ReactNode {
  const onSettled = useSettled();
  const [typed, setTyped] = useState<string | null>(null);
  const rename = useMutation({
    mutationFn: (to: string) =>
      call(`/api/v1/workspaces/${workspaceId}`, { method: "PATCH", body: { name: to } }),
    onSuccess: async () => {
      await onSettled();
      setTyped(null);
    },
  });
  if (typed === null) {
    return (
      <Button size="small" aria-label={`Rename ${name}`} onClick={() => setTyped(name)}>
        Rename
      </Button>
    );
  }
  return (
    <form
      className="inline"
      onSubmit={(event) => {
        event.preventDefault();
        rename.mutate(typed.trim());
      }}
    >
      <Input
        size="small"
        autoFocus
        value={typed}
        aria-label={`New name of ${name}`}
        onChange={(_event, data) => setTyped(data.value)}
      />
      <Button
        size="small"
        type="submit"
        appearance="primary"
        disabled={typed.trim() === name || rename.isPending}
      >
        Save the name
      </Button>
      <Button size="small" onClick={() => setTyped(null)}>
        Keep
      </Button>
      <span className="hint">
        Uploads go on: they use the id. Its resource id changes, which the query API and OpenCTI's
        deletions use.
      </span>
      <Refusal error={rename.error} />
    </form>
  );
}
