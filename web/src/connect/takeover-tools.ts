/** Tools that have Microsoft's addresses built in: their machine is led here, and their settings take our ids. */
import type { Block, Connector, ConnectorIds } from "./connectors.ts";

const TAKEOVER_HOSTS = [
  "login.microsoftonline.com",
  "api.ti.sentinel.azure.com",
  "sentinelus.azure-api.net",
  "management.azure.com",
] as const;

function hosts({ origin }: ConnectorIds): Block {
  const { hostname } = new URL(origin);
  return {
    title: "/etc/hosts of the tool's machine (the server's IP address first in each line)",
    text: TAKEOVER_HOSTS.map((host) => `SERVER_IP  ${host}  # ${hostname}\n`).join(""),
  };
}

const BUNDLE: Block = {
  title: "Trust: the system's list and the CA in one file, since the variable replaces the list",
  text: "cat /etc/ssl/certs/ca-certificates.crt stixgate-ca.pem > bundle.pem\n",
};

const MISP: Connector = {
  id: "misp",
  label: "MISP",
  hint: "misp2sentinel has Microsoft's addresses built in, so its machine is led here by the hosts file, and the server has to listen on port 443. Leave token.lifetimeSeconds above 3,500, which is when it renews its token. A record that is rejected makes it send the same batch without end: the overview shows that as an error.",
  takesOver: true,
  trust: [BUNDLE],
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
      title: "Run it with that trust (add your MISP's own CA to the file, if it has one)",
      text: "REQUESTS_CA_BUNDLE=$PWD/bundle.pem python3 script.py\n",
    },
  ],
};

const OPENCTI: Connector = {
  id: "opencti",
  label: "OpenCTI",
  hint: "The connector microsoft-sentinel-intel has Microsoft's addresses built in, so its container is led here, and the server has to listen on port 443. It does not look at rejected records: the receipts under Ingestion do.",
  takesOver: true,
  trust: [BUNDLE],
  blocks: (ids) => [
    {
      title: "docker-compose.yml, in the connector's service",
      text: `    environment:
      - MICROSOFT_SENTINEL_INTEL_TENANT_ID=${ids.tenantId}
      - MICROSOFT_SENTINEL_INTEL_CLIENT_ID=${ids.clientId}
      - MICROSOFT_SENTINEL_INTEL_CLIENT_SECRET=YOUR-CLIENT-SECRET
      - MICROSOFT_SENTINEL_INTEL_WORKSPACE_ID=${ids.workspaceId}
      - MICROSOFT_SENTINEL_INTEL_WORKSPACE_NAME=${ids.workspaceName}
      - MICROSOFT_SENTINEL_INTEL_RESOURCE_GROUP=${ids.resourceGroup}
      - MICROSOFT_SENTINEL_INTEL_SUBSCRIPTION_ID=${ids.subscriptionId}
      - REQUESTS_CA_BUNDLE=/certs/bundle.pem
    volumes:
      - ./bundle.pem:/certs/bundle.pem:ro
    extra_hosts:
${TAKEOVER_HOSTS.filter((host) => host !== "sentinelus.azure-api.net")
  .map((host) => `      - "${host}:SERVER_IP"\n`)
  .join("")}`,
    },
  ],
};

/** The tools. */
export const takeoverTools: readonly [Connector, Connector] = [MISP, OPENCTI];
