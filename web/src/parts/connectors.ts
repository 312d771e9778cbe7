/** Settings for tools that upload, with somebody's own ids. @see docs/guide/clients.md */
import { SNIPPETS, type SnippetIds } from "./snippets.ts";

/** What the settings are made of. */
export interface ConnectorIds extends SnippetIds {
  readonly workspaceName: string;
  readonly subscriptionId: string;
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
  /** Has Microsoft's addresses built in, so that its machine has to be led here. */
  readonly takesOver: boolean;
  readonly blocks: (ids: ConnectorIds) => readonly Block[];
}

/** An object of the documentation, so that the first upload shows something. */
function example(now: Date): object {
  const instant = now.toISOString();
  return {
    type: "indicator",
    spec_version: "2.1",
    id: `indicator--${crypto.randomUUID()}`,
    created: instant,
    modified: instant,
    name: "First indicator",
    pattern_type: "stix",
    pattern: "[domain-name:value = 'bad.example']",
    valid_from: instant,
  };
}

const TAKEOVER_HOSTS = [
  "login.microsoftonline.com",
  "api.ti.sentinel.azure.com",
  "sentinelus.azure-api.net",
  "management.azure.com",
] as const;

function hosts({ origin }: ConnectorIds): Block {
  const { hostname } = new URL(origin);
  return {
    title: "/etc/hosts of the tool's machine (put the server's IP address first in each line)",
    text: TAKEOVER_HOSTS.map((host) => `SERVER_IP  ${host}  # ${hostname}\n`).join(""),
  };
}

const SCRIPTS: readonly Connector[] = SNIPPETS.map(({ id, label, write }) => ({
  id,
  label,
  hint: "It asks for the client secret and uploads one example indicator.",
  takesOver: false,
  blocks: (ids) => [
    { title: label, text: write(ids, { source: "My feed", objects: [example(new Date())] }) },
  ],
}));

/** The tools. */
export const CONNECTORS: readonly [Connector, ...Connector[]] = [
  {
    id: "misp",
    label: "MISP",
    hint: "misp2sentinel has Microsoft's addresses built in, so its machine is led here by the hosts file, and the server has to listen on port 443. Leave token.lifetimeSeconds above 3,500, which is when it renews its token.",
    takesOver: true,
    blocks: (ids) => [
      {
        title: "config.py",
        text: `ms_auth = {
    'tenant': '${ids.tenantId}',
    'client_id': '${ids.clientId}',
    'client_secret': 'YOUR CLIENT SECRET',
    'scope': 'https://management.azure.com/.default',
    'graph_api': False,
    'workspace_id': '${ids.workspaceId}'
}
`,
      },
      hosts(ids),
      {
        title:
          "Run it with trust in the CA (the file also holds what your MISP's certificate needs)",
        text: "REQUESTS_CA_BUNDLE=/path/to/bundle.pem python3 script.py\n",
      },
    ],
  },
  {
    id: "opencti",
    label: "OpenCTI",
    hint: "The connector microsoft-sentinel-intel has Microsoft's addresses built in, so its container is led here, and the server has to listen on port 443.",
    takesOver: true,
    blocks: (ids) => [
      {
        title: "docker-compose.yml, in the connector's service",
        text: `    environment:
      - MICROSOFT_SENTINEL_INTEL_TENANT_ID=${ids.tenantId}
      - MICROSOFT_SENTINEL_INTEL_CLIENT_ID=${ids.clientId}
      - MICROSOFT_SENTINEL_INTEL_CLIENT_SECRET=YOUR-CLIENT-SECRET
      - MICROSOFT_SENTINEL_INTEL_WORKSPACE_ID=${ids.workspaceId}
      - MICROSOFT_SENTINEL_INTEL_WORKSPACE_NAME=${ids.workspaceName}
      - MICROSOFT_SENTINEL_INTEL_SUBSCRIPTION_ID=${ids.subscriptionId}
      - REQUESTS_CA_BUNDLE=/certs/bundle.pem
    volumes:
      - ./bundle.pem:/certs/bundle.pem:ro
    extra_hosts:
      - "login.microsoftonline.com:SERVER_IP"
      - "api.ti.sentinel.azure.com:SERVER_IP"
      - "management.azure.com:SERVER_IP"
`,
      },
      {
        title: "The bundle: the system's list and the CA, since the variable replaces the list",
        text: "cat /etc/ssl/certs/ca-certificates.crt stixgate-ca.pem > bundle.pem\n",
      },
    ],
  },
  {
    id: "azure-identity",
    label: "Azure SDK",
    hint: "Programs that take their credential from the environment (EnvironmentCredential, DefaultAzureCredential) need no change. To the libraries, the tenant adfs means a server of one's own; here it is the default tenant.",
    takesOver: false,
    blocks: ({ origin, clientId, workspaceId }) => [
      {
        title: "Environment",
        text: `export AZURE_AUTHORITY_HOST=${origin}
export AZURE_TENANT_ID=adfs
export AZURE_CLIENT_ID=${clientId}
read -rsp "Client secret: " AZURE_CLIENT_SECRET && export AZURE_CLIENT_SECRET
export NODE_EXTRA_CA_CERTS=$PWD/stixgate-ca.pem   # Node
export REQUESTS_CA_BUNDLE=$PWD/stixgate-ca.pem    # Python
`,
      },
      {
        title: "Address of the upload, with the scope https://management.azure.com/.default",
        text: `${origin}/workspaces/${workspaceId}/threat-intelligence-stix-objects:upload?api-version=2024-02-01-preview\n`,
      },
    ],
  },
  ...SCRIPTS,
];
