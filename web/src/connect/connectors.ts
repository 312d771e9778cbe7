/** Settings for tools that upload, with somebody's own ids. @see docs/guide/clients.md */

import { SNIPPETS, type SnippetIds } from "../parts/snippets.ts";
import { newUuid } from "../parts/uuid.ts";
import { takeoverTools } from "./takeover-tools.ts";

/** What the settings are made of. */
export interface ConnectorIds extends SnippetIds {
  readonly workspaceName: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
}

/** A block to paste. */
export interface Block {
  readonly title: string;
  readonly text: string;
}

/** A tool. */
export interface Connector {
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  /** How the tool comes to trust the server's certificate. */
  readonly trust: readonly Block[];
  /** Has Microsoft's addresses built in, so that its machine has to be led here. */
  readonly takesOver: boolean;
  readonly blocks: (ids: ConnectorIds) => readonly Block[];
}

const SCOPE = "https://management.azure.com/.default";

/** An object of the documentation, so that the first upload shows something. */
function example(now: Date): object {
  const instant = now.toISOString();
  return {
    type: "indicator",
    spec_version: "2.1",
    id: `indicator--${newUuid()}`,
    created: instant,
    modified: instant,
    name: "First indicator",
    pattern_type: "stix",
    pattern: "[domain-name:value = 'bad.example']",
    valid_from: instant,
  };
}

/** Where objects are sent. */
function uploadUrl({ origin, workspaceId }: ConnectorIds): string {
  return `${origin}/workspaces/${workspaceId}/threat-intelligence-stix-objects:upload?api-version=2024-02-01-preview`;
}

const POWERSHELL_TRUST: readonly Block[] = [
  {
    title: "Trust, on Windows",
    text: "Import-Certificate -FilePath stixgate-ca.pem -CertStoreLocation Cert:\\CurrentUser\\Root\n",
  },
  {
    title: "Trust, on Linux and macOS, before PowerShell starts",
    text: "cat /etc/ssl/certs/ca-certificates.crt stixgate-ca.pem > bundle.pem\nexport SSL_CERT_FILE=$PWD/bundle.pem\n",
  },
];

/** The scripts name the file themselves; these are those that don't. */
const SCRIPT_TRUST: Readonly<Record<string, readonly Block[]>> = { powershell: POWERSHELL_TRUST };

const SCRIPTS: readonly Connector[] = SNIPPETS.map(({ id, label, write }) => ({
  id,
  label,
  hint: "It asks for the client secret and uploads one example indicator.",
  trust: SCRIPT_TRUST[id] ?? [],
  takesOver: false,
  blocks: (ids) => [
    { title: label, text: write(ids, { source: "My feed", objects: [example(new Date())] }) },
  ],
}));

const AZURE_SDK: Connector = {
  id: "azure-identity",
  label: "Azure SDK",
  hint: "Programs that take their credential from the environment (EnvironmentCredential, DefaultAzureCredential) need no change. To the libraries, the tenant adfs means a server of one's own; here it is the default tenant.",
  takesOver: false,
  trust: [
    {
      title: "Trust",
      text: `export NODE_EXTRA_CA_CERTS=$PWD/stixgate-ca.pem   # Node: adds
cat /etc/ssl/certs/ca-certificates.crt stixgate-ca.pem > bundle.pem
export REQUESTS_CA_BUNDLE=$PWD/bundle.pem          # Python: replaces, hence the bundle
`,
    },
  ],
  blocks: (ids) => [
    {
      title: "Environment",
      text: `export AZURE_AUTHORITY_HOST=${ids.origin}
export AZURE_TENANT_ID=adfs
export AZURE_CLIENT_ID=${ids.clientId}
read -rsp "Client secret: " AZURE_CLIENT_SECRET && export AZURE_CLIENT_SECRET
`,
    },
    { title: `Address of the upload, with the scope ${SCOPE}`, text: `${uploadUrl(ids)}\n` },
  ],
};

const MSAL: Connector = {
  id: "msal",
  label: "MSAL",
  hint: "The libraries must not ask Microsoft about the authority: hence the option beside it. The secret is read from the environment.",
  takesOver: false,
  trust: AZURE_SDK.trust,
  blocks: ({ origin, tenantId, clientId }) => [
    {
      title: "Python",
      text: `import os
import msal

application = msal.ConfidentialClientApplication(
    "${clientId}",
    client_credential=os.environ["CLIENT_SECRET"],
    authority="${origin}/${tenantId}",
    instance_discovery=False,
)
result = application.acquire_token_for_client(["${SCOPE}"])
print(result.get("access_token") or result)
`,
    },
    {
      title: "JavaScript",
      text: `import { ConfidentialClientApplication } from "@azure/msal-node";
import { newUuid } from "../parts/uuid.ts";

const application = new ConfidentialClientApplication({
  auth: {
    clientId: "${clientId}",
    clientSecret: process.env.CLIENT_SECRET,
    authority: "${origin}/${tenantId}",
    knownAuthorities: ["${new URL(origin).host}"],
  },
});
const { accessToken } = await application.acquireTokenByClientCredential({
  scopes: ["${SCOPE}"],
});
`,
    },
  ],
};

const HTTP: Connector = {
  id: "http",
  label: "HTTP action",
  hint: "For Logic Apps, n8n, Tines and whatever else makes calls of its own: two of them. A workflow that runs in a cloud must be able to reach this server, and must trust its certificate: give the server one of a public CA (tls.certFile), since most don't take another.",
  takesOver: false,
  trust: [],
  blocks: (ids) => [
    {
      title: "1. The token: POST, form",
      text: `URL      ${ids.origin}/${ids.tenantId}/oauth2/v2.0/token
Header   Content-Type: application/x-www-form-urlencoded
Body     grant_type=client_credentials&client_id=${ids.clientId}&client_secret=YOUR-CLIENT-SECRET&scope=${encodeURIComponent(SCOPE)}
Answer   access_token, for an hour
`,
    },
    {
      title: "2. The upload: POST, JSON, at most 100 objects",
      text: `URL      ${uploadUrl(ids)}
Header   Authorization: Bearer ACCESS_TOKEN
Header   Content-Type: application/json
Answer   200: taken; "errors" names records that were not. 429: wait as Retry-After says
Body
${JSON.stringify({ sourcesystem: "My workflow", stixobjects: [example(new Date())] }, null, 2)}
`,
    },
  ],
};

/** The server's own command, which paces itself and goes on after an interruption. */
const COMMAND: Connector = {
  id: "stixgate",
  label: "stixgate upload",
  hint: "The server's own command sends files of any size: bundles, lists, CSV; it keeps to the throttle and goes on where it was interrupted.",
  takesOver: false,
  trust: [],
  blocks: ({ origin, tenantId, clientId, workspaceId }) => [
    {
      title: "Terminal",
      text: `read -rsp "Client secret: " AZURE_CLIENT_SECRET && export AZURE_CLIENT_SECRET
stixgate upload feed.json --source "My feed" \\
  --endpoint ${origin} --authority ${origin} --ca stixgate-ca.pem \\
  --tenant ${tenantId} --client-id ${clientId} --workspace-id ${workspaceId}
`,
    },
  ],
};

/** The tools. */
export const CONNECTORS: readonly [Connector, ...Connector[]] = [
  ...takeoverTools,
  COMMAND,
  ...SCRIPTS,
  AZURE_SDK,
  MSAL,
  HTTP,
];
