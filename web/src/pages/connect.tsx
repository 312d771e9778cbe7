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
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import type { Application } from "../api/admin-types.ts";
import { call } from "../api/client.ts";
import type { ReceiptPage } from "../api/ingestion-types.ts";
import { type Block, CONNECTORS, type ConnectorIds } from "../parts/connectors.ts";
import { CopyButton } from "../parts/copy-button.tsx";
import { Outcome } from "../parts/outcome.tsx";
import { type PageState, usePageState } from "../parts/page-state.ts";
import { Panel } from "../parts/panel.tsx";
import { Time } from "../parts/time.tsx";
import { useApplications } from "../settings/admin.ts";
import { useApiBase, useSession, useWorkspace } from "../shell/session.tsx";

const POLL_MS = 3_000;
const REQUESTS_LOOKED_AT = 200;
const GUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const CLIENT_ID_MISSING = "YOUR-CLIENT-ID";

/** The page. */
export function Page(): ReactNode {
  const [state, set] = usePageState();
  const applications = useApplications();
  const known = applications.data ?? [];
  const ids = useIds(state, known);
  const tool = CONNECTORS.find(({ id }) => id === state["tool"]) ?? CONNECTORS[0];
  // An example has an id and instants of its own: they stay while the page is read.
  const blocks = useMemo(() => tool.blocks(ids), [tool, ids]);
  return (
    <div className="stack">
      <Title2 as="h1">Connect a tool</Title2>
      <Panel
        title="1. Your ids"
        hint="The secret is not among them: it is shown once, when it is made."
      >
        <div className="controls">
          <ApplicationField state={state} set={set} applications={known} />
          <Field
            label="Address of the server"
            hint="As the tool reaches it; with its port."
            {...(isOrigin(state["server"] ?? ids.origin)
              ? {}
              : { validationMessage: "An address begins with https:// and has no path." })}
          >
            <Input
              type="url"
              value={state["server"] ?? ids.origin}
              onChange={(_event, data) => set({ server: data.value || undefined }, true)}
            />
          </Field>
        </div>
        <Ids ids={ids} />
      </Panel>
      <Panel
        title="2. Trust in the server"
        hint="The server has a certificate of its own CA, unless another was set up. The tool has to trust it. Compare the fingerprint with that of npm run stixgate -- ca show."
      >
        <a className="link" href="/ca.pem" download="stixgate-ca.pem">
          Download stixgate-ca.pem
        </a>
      </Panel>
      <Panel title="3. The tool">
        <TabList
          aria-label="Tools"
          selectedValue={tool.id}
          onTabSelect={(_event, data) => set({ tool: String(data.value) })}
          style={{ flexWrap: "wrap" }}
        >
          {CONNECTORS.map(({ id, label }) => (
            <Tab key={id} value={id}>
              {label}
            </Tab>
          ))}
        </TabList>
        <p className="hint">{tool.hint}</p>
        {tool.takesOver ? (
          <MessageBar intent="warning" layout="multiline">
            <MessageBarBody>
              The tool's machine can then not reach Microsoft's services of these names: use a
              machine or a container that does nothing else.
            </MessageBarBody>
          </MessageBar>
        ) : null}
        {blocks.map((block) => (
          <BlockView key={block.title} block={block} />
        ))}
      </Panel>
      <Arrived clientId={ids.clientId} />
    </div>
  );
}

/** Whatever the address of the page says is looked at first, since these lines go into a terminal. */
function useIds(state: PageState, applications: readonly Application[]): ConnectorIds {
  const { tenantId, httpsOrigin } = useSession();
  const { workspaceId, name, resourceId } = useWorkspace();
  const server = state["server"];
  const origin = server !== undefined && isOrigin(server) ? new URL(server).origin : httpsOrigin;
  const app = state["app"];
  const clientId =
    app !== undefined && GUID.test(app) ? app : (applications[0]?.appId ?? CLIENT_ID_MISSING);
  const subscriptionId = resourceId.split("/")[2] ?? "";
  return useMemo(
    () => ({ origin, tenantId, workspaceId, workspaceName: name, subscriptionId, clientId }),
    [origin, tenantId, workspaceId, name, subscriptionId, clientId],
  );
}

function isOrigin(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === "https:" && /^[\w.:[\]-]+$/.test(url.host) && url.pathname === "/";
}

function ApplicationField({
  state,
  set,
  applications,
}: {
  readonly state: PageState;
  readonly set: (change: PageState, replace?: boolean) => void;
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

function BlockView({ block: { title, text } }: { readonly block: Block }): ReactNode {
  return (
    <div className="stack tight">
      <div className="panelHead">
        <h3>{title}</h3>
        <CopyButton text={text} what={title} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys. */}
      <section className="code" aria-label={title} tabIndex={0}>
        {text}
      </section>
    </div>
  );
}

/** Whether the application has sent something, asked again and again. */
function Arrived({ clientId }: { readonly clientId: string }): ReactNode {
  const base = useApiBase();
  const { workspaceId } = useWorkspace();
  const { data } = useQuery({
    queryKey: ["requests", base, "newest"],
    queryFn: ({ signal }) =>
      call<ReceiptPage>(`${base}/requests?limit=${REQUESTS_LOOKED_AT}`, { signal }),
    refetchInterval: POLL_MS,
  });
  const last = data?.value.find(({ caller }) => caller.appId === clientId);
  return (
    <Panel title="4. Has something come?">
      <p role="status" className="hint">
        {last === undefined ? (
          "Nothing of this application yet; this page keeps looking."
        ) : (
          <>
            The last request came <Time instant={last.receivedAt} />: {last.counts.received} records
            of {last.sourceSystem ?? "no source"}, <Outcome outcome={last.outcome} />{" "}
            <Link
              className="link"
              to="/w/$workspaceId/ingestion"
              params={{ workspaceId }}
              search={{ request: last.requestId }}
            >
              Its receipt
            </Link>
          </>
        )}
      </p>
    </Panel>
  );
}
