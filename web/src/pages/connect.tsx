/** Connect: settings to paste for the tools that upload, with the reader's own ids, and whether something has come. */
import {
  Field,
  Input,
  MessageBar,
  MessageBarBody,
  Tab,
  TabList,
  Title2,
} from "@fluentui/react-components";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import type { Application } from "../api/admin-types.ts";
import { Arrivals } from "../connect/arrivals.tsx";
import { CLIENT_ID_MISSING, isOrigin, useConnectorIds } from "../connect/connector-ids.ts";
import { CONNECTORS, type Connector, type ConnectorIds } from "../connect/connectors.ts";
import { CodeBlock } from "../parts/code-block.tsx";
import { CopyButton } from "../parts/copy-button.tsx";
import { type PageState, usePageState } from "../parts/page-state.ts";
import { Panel } from "../parts/panel.tsx";
import { useApplications } from "../settings/admin.ts";
import { useWorkspace } from "../shell/session.tsx";

/** The page. */
export function Page(): ReactNode {
  const [state, set] = usePageState();
  const applications = useApplications().data ?? [];
  const ids = useConnectorIds(state);
  const tool = CONNECTORS.find(({ id }) => id === state["tool"]) ?? CONNECTORS[0];
  const chosen = applications.find(({ appId }) => appId === ids.clientId);
  return (
    <div className="stack">
      <Title2 as="h1">Connect a tool</Title2>
      <Panel
        title="1. Your ids"
        hint="The secret is not among them: it is shown once, when it is made."
      >
        <div className="controls">
          <ApplicationField state={state} set={set} applications={applications} />
          <ServerField state={state} set={set} ids={ids} />
        </div>
        {chosen === undefined || chosen.enabled ? null : (
          <MessageBar intent="warning">
            <MessageBarBody>
              {chosen.displayName} is kept out: enable it in the settings.
            </MessageBarBody>
          </MessageBar>
        )}
        <Ids ids={ids} />
      </Panel>
      <Panel
        title="2. Trust in the server"
        hint="The server has a certificate of its own CA, unless another was set up. The tool has to trust it; how is said with each tool. Compare the fingerprint with that of: npm run stixgate -- ca show"
      >
        <a className="link" href="/ca.pem" download="stixgate-ca.pem">
          Download stixgate-ca.pem
        </a>
      </Panel>
      <Panel title="3. The tool">
        <TabList
          aria-label="Tools"
          selectedValue={tool.id}
          onTabSelect={(_event, data) => set({ tool: String(data.value) }, true)}
          style={{ flexWrap: "wrap" }}
        >
          {CONNECTORS.map(({ id, label }) => (
            <Tab key={id} value={id}>
              {label}
            </Tab>
          ))}
        </TabList>
        <Tool tool={tool} ids={ids} />
      </Panel>
      <Arrivals clientId={ids.clientId} name={chosen?.displayName ?? "the application"} />
    </div>
  );
}

function Tool({ tool, ids }: { readonly tool: Connector; readonly ids: ConnectorIds }): ReactNode {
  // An example has an id and instants of its own: they stay while the page is read.
  const blocks = useMemo(() => [...tool.trust, ...tool.blocks(ids)], [tool, ids]);
  return (
    <>
      <p className="hint">{tool.hint}</p>
      {tool.takesOver ? (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>
            The tool's machine can then not reach Microsoft's services of these names: use a machine
            or a container that does nothing else.
          </MessageBarBody>
        </MessageBar>
      ) : null}
      {blocks.map(({ title, text }) => (
        <CodeBlock key={title} title={title} text={text} />
      ))}
    </>
  );
}

interface FieldProps {
  readonly state: PageState;
  readonly set: (change: PageState, replace?: boolean) => void;
}

function ServerField({
  state,
  set,
  ids,
}: FieldProps & {
  readonly ids: ConnectorIds;
}): ReactNode {
  const server = state["server"] ?? ids.origin;
  return (
    <Field
      label="Address of the server"
      hint="As the tool reaches it; with its port."
      {...(isOrigin(server)
        ? {}
        : { validationMessage: "An address begins with https:// and has no path." })}
    >
      <Input
        type="url"
        value={server}
        onChange={(_event, data) => set({ server: data.value || undefined }, true)}
      />
    </Field>
  );
}

function ApplicationField({
  state,
  set,
  applications,
}: FieldProps & {
  readonly applications: readonly Application[];
}): ReactNode {
  const { workspaceId } = useWorkspace();
  if (applications.length === 0) {
    return (
      <Field label="Client id" hint="Of the application; an administrator knows it.">
        <Input
          value={state["app"] ?? ""}
          placeholder={CLIENT_ID_MISSING}
          onChange={(_event, data) => set({ app: data.value || undefined }, true)}
        />
      </Field>
    );
  }
  return (
    <>
      <label className="label">
        Application
        <select
          className="picker"
          value={state["app"] ?? applications[0]?.appId}
          onChange={({ target }) => set({ app: target.value }, true)}
        >
          {applications.map(({ appId, displayName }) => (
            <option key={appId} value={appId}>
              {displayName}
            </option>
          ))}
        </select>
      </label>
      <Link
        className="link"
        to="/w/$workspaceId/settings"
        params={{ workspaceId }}
        search={{ section: "applications" }}
      >
        Add one, or make a new secret
      </Link>
    </>
  );
}

function Ids({ ids }: { readonly ids: ConnectorIds }): ReactNode {
  const rows = [
    ["Tenant id", ids.tenantId],
    ["Client id", ids.clientId],
    ["Workspace id", ids.workspaceId],
    ["Workspace name", ids.workspaceName],
    ["Resource group", ids.resourceGroup],
    ["Subscription id", ids.subscriptionId],
    ["Address", ids.origin],
  ] as const;
  return (
    <dl className="facts">
      {rows.map(([label, text]) => (
        <div key={label} style={{ display: "contents" }}>
          <dt>{label}</dt>
          <dd>
            <span className="mono">{text}</span>
            <CopyButton text={text} what={label} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
