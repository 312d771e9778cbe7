/** The reader's own ids, as settings of tools are made of them. */
import { useMemo } from "react";
import type { PageState } from "../parts/page-state.ts";
import { useApplications } from "../settings/admin.ts";
import { useSession, useWorkspace } from "../shell/session.tsx";
import type { ConnectorIds } from "./connectors.ts";

const GUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
/** What stands there while nobody has said it. */
export const CLIENT_ID_MISSING = "YOUR-CLIENT-ID";

/** Whatever the address of the page says is looked at first, since these lines go into a terminal. */
export function useConnectorIds({ server, app }: PageState): ConnectorIds {
  const { tenantId, httpsOrigin } = useSession();
  const { workspaceId, name, resourceId } = useWorkspace();
  const applications = useApplications();
  const origin = server !== undefined && isOrigin(server) ? new URL(server).origin : httpsOrigin;
  const first = applications.data?.[0]?.appId ?? CLIENT_ID_MISSING;
  const clientId = app !== undefined && GUID.test(app) ? app : first;
  const [, , subscriptionId = "", , resourceGroup = ""] = resourceId.split("/");
  return useMemo(
    () => ({
      ...{ origin, tenantId, workspaceId, clientId, subscriptionId, resourceGroup },
      workspaceName: name,
    }),
    [origin, tenantId, workspaceId, name, subscriptionId, resourceGroup, clientId],
  );
}

/** Whether a text is an address that tools can be told. */
export function isOrigin(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === "https:" && /^[\w.:[\]-]+$/.test(url.host) && url.pathname === "/";
}
