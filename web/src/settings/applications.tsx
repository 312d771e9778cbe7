/** Applications: what signs in by itself, its credentials (a secret is shown once), and its roles. */
import { Badge, Button } from "@fluentui/react-components";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { Application, NewApplication } from "../api/admin-types.ts";
import { call } from "../api/client.ts";
import { ConfirmButton } from "../parts/confirm-button.tsx";
import { CopyButton } from "../parts/copy-button.tsx";
import { Answer, Nothing, Panel, Refusal, Secret } from "../parts/panel.tsx";
import { Time } from "../parts/time.tsx";
import { useWorkspace } from "../shell/session.tsx";
import { AddForm } from "./add-form.tsx";
import { ADMINISTRATORS_ONLY, useApplications, useRoles } from "./admin.ts";
import { Certificates, Secrets, type ShownSecret } from "./credentials.tsx";
import { DeleteDialog } from "./delete-dialog.tsx";

/** The role that the upload API asks for. */
const UPLOAD_ROLE = "Microsoft Sentinel Contributor";

/** The part. */
export function Applications(): ReactNode {
  const applications = useApplications();
  const queries = useQueryClient();
  const [shown, setShown] = useState<ShownSecret | null>(null);
  const add = useMutation({
    mutationFn: (displayName: string) =>
      call<NewApplication>("/api/v1/applications", { method: "POST", body: { displayName } }),
    onSuccess: ({ displayName: name, secret }) => {
      setShown({ name, secret });
      return queries.invalidateQueries({ queryKey: ["applications"] });
    },
  });
  return (
    <Panel
      title="Applications"
      hint="A connector signs in as an application, by its client id and a secret or a certificate. It can upload once it has a role on the workspace."
    >
      <Answer of={applications} missing={ADMINISTRATORS_ONLY}>
        {(found) => (
          <>
            <AddForm
              label="Name of the application"
              button="Add the application"
              isBusy={add.isPending}
              onAdd={(name) => add.mutateAsync(name)}
            />
            <Refusal error={add.error} />
            {shown === null ? null : (
              <Secret
                title={`Client secret of ${shown.name}`}
                text={shown.secret}
                hint="It is shown only now. Keep it where the connector reads it."
                onClose={() => setShown(null)}
              />
            )}
            {found.length === 0 ? (
              <Nothing command="npm run stixgate -- app create --help">There is none yet.</Nothing>
            ) : (
              found.map((application) => (
                <Card key={application.appId} application={application} onSecret={setShown} />
              ))
            )}
          </>
        )}
      </Answer>
    </Panel>
  );
}

interface CardProps {
  readonly application: Application;
  readonly onSecret: (shown: ShownSecret) => void;
}

function Card({ application, onSecret }: CardProps): ReactNode {
  const { appId, objectId, displayName: name, enabled, createdAt, lastUsedAt } = application;
  return (
    <article className="record" aria-label={name}>
      <div className="panelHead">
        <h3 className="breaks">{name}</h3>
        <Badge appearance="tint" color={enabled ? "success" : "danger"}>
          {enabled ? "may sign in" : "kept out"}
        </Badge>
      </div>
      <dl className="facts">
        <dt>Client id</dt>
        <dd>
          <span className="mono">{appId}</span>
          <CopyButton text={appId} what={`the client id of ${name}`} />
        </dd>
        <dt>Object id</dt>
        <dd>
          <span className="mono">{objectId}</span>
          <CopyButton text={objectId} what={`the object id of ${name}`} />
        </dd>
        <dt>Last used</dt>
        <dd>
          {lastUsedAt === null ? "not seen yet" : <Time instant={lastUsedAt} />}, added{" "}
          <Time instant={createdAt} />
        </dd>
        <dt>Roles</dt>
        <dd>
          <AppRoles objectId={objectId} name={name} />
        </dd>
        <dt>Secrets</dt>
        <dd className="stack tight">
          <Secrets application={application} onSecret={onSecret} />
        </dd>
        <dt>Certificates</dt>
        <dd className="stack tight">
          <Certificates application={application} />
        </dd>
      </dl>
      <Controls application={application} />
    </article>
  );
}

function Controls({ application }: Pick<CardProps, "application">): ReactNode {
  const { appId, displayName: name, enabled } = application;
  const { workspaceId } = useWorkspace();
  const queries = useQueryClient();
  const path = `/api/v1/applications/${appId}`;
  const onSettled = (): unknown => queries.invalidateQueries({ queryKey: ["applications"] });
  const toggle = useMutation({
    mutationFn: () => call(path, { method: "PATCH", body: { enabled: !enabled } }),
    onSettled,
  });
  const remove = useMutation({
    mutationFn: () => call(`${path}?confirm=${encodeURIComponent(name)}`, { method: "DELETE" }),
    onSettled,
  });
  return (
    <>
      <div className="inline">
        {enabled ? (
          <ConfirmButton
            label={`Disable ${name}`}
            question="Keep out at once?"
            onConfirm={() => toggle.mutate()}
          />
        ) : (
          <Button size="small" aria-label={`Enable ${name}`} onClick={() => toggle.mutate()}>
            Enable
          </Button>
        )}
        <DeleteDialog
          name={name}
          consequence="Its secrets, certificates and roles go with it, and its connector is kept out at once. What it has sent stays."
          error={remove.error}
          onDelete={() => remove.mutate()}
        />
        <Link
          className="link"
          to="/w/$workspaceId/connect"
          params={{ workspaceId }}
          search={{ app: appId }}
        >
          Settings for its connector
        </Link>
      </div>
      <Refusal error={toggle.error} />
    </>
  );
}

/** The roles of an application, and the quick way to the one that it needs. */
function AppRoles({
  objectId,
  name,
}: {
  readonly objectId: string;
  readonly name: string;
}): ReactNode {
  const roles = useRoles();
  const queries = useQueryClient();
  const workspace = useWorkspace();
  const assign = useMutation({
    mutationFn: () =>
      call("/api/v1/roles", {
        method: "POST",
        body: { principalId: objectId, role: UPLOAD_ROLE, scope: workspace.resourceId },
      }),
    onSettled: () => queries.invalidateQueries({ queryKey: ["roles"] }),
  });
  const own = (roles.data?.assignments ?? []).filter((each) => each.principalId === objectId);
  return (
    <>
      {own.length === 0
        ? "none: it can't upload anywhere "
        : `${own.map(({ role, scope }) => `${role} on ${scope.split("/").at(-1) || "everything"}`).join(", ")} `}
      {own.length > 0 || roles.data === undefined ? null : (
        <Button
          size="small"
          disabled={assign.isPending}
          aria-label={`Let it upload to ${workspace.name}: ${name}`}
          onClick={() => assign.mutate()}
        >
          Let it upload to {workspace.name}
        </Button>
      )}
      <Refusal error={assign.error} />
    </>
  );
}
