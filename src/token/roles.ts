/**
 * Role definitions, as Azure publishes them, and what they allow. An action is allowed by a role when one of
 * its `actions` matches and none of its `notActions` does; `*` stands for any characters, and case doesn't
 * matter. @see Azure built-in roles, "Security" and "Privileged"
 */

/** A named set of actions. */
export interface RoleDefinition {
  /** GUID, the same in every Azure tenant. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
}

/** What an upload needs; named by the connector that Microsoft ships. */
export const THREAT_INTELLIGENCE_WRITE = "Microsoft.SecurityInsights/threatIntelligence/write";

/** What reading receipts and objects needs. */
export const THREAT_INTELLIGENCE_READ = "Microsoft.SecurityInsights/threatIntelligence/read";

/** What adding and removing tags needs, which Responders may. */
export const THREAT_INTELLIGENCE_TAG =
  "Microsoft.SecurityInsights/threatIntelligence/indicators/appendTags/action";

/** What removing an object needs. */
export const THREAT_INTELLIGENCE_DELETE = "Microsoft.SecurityInsights/threatIntelligence/delete";

/** What looking after people, applications and roles needs: an Owner at the root. */
export const ACCESS_WRITE = "Microsoft.Authorization/roleAssignments/write";

/** What running queries needs. */
export const QUERY_READ = "Microsoft.OperationalInsights/workspaces/query/read";

/** What sending logs needs: in Azure a data action on the data collection rule. */
export const TELEMETRY_WRITE = "Microsoft.Insights/Telemetry/Write";

/** What keeping functions for queries needs. */
export const FUNCTIONS_WRITE = "Microsoft.OperationalInsights/workspaces/savedSearches/write";

/** What listing watchlists needs. */
export const WATCHLISTS_READ = "Microsoft.SecurityInsights/watchlists/read";

/** What keeping watchlists needs. */
export const WATCHLISTS_WRITE = "Microsoft.SecurityInsights/watchlists/write";

const CONFIDENTIAL: readonly string[] = [
  "Microsoft.SecurityInsights/ConfidentialWatchlists/*",
  "Microsoft.OperationalInsights/workspaces/query/ConfidentialWatchlist/*",
];

const WORKSPACE_READ: readonly string[] = [
  "Microsoft.OperationalInsights/workspaces/analytics/query/action",
  "Microsoft.OperationalInsights/workspaces/*/read",
  "Microsoft.OperationalInsights/workspaces/query/read",
  "Microsoft.OperationalInsights/workspaces/query/*/read",
  "Microsoft.OperationalInsights/workspaces/dataSources/read",
  "Microsoft.OperationalInsights/querypacks/*/read",
  "Microsoft.OperationsManagement/solutions/read",
  "Microsoft.Insights/myworkbooks/read",
  "Microsoft.Insights/alertRules/*",
  "Microsoft.Authorization/*/read",
  "Microsoft.Resources/deployments/*",
  "Microsoft.Resources/subscriptions/resourceGroups/read",
  "Microsoft.Support/*",
];

const SENTINEL_READ: readonly string[] = [
  "Microsoft.SecurityInsights/*/read",
  "Microsoft.SecurityInsights/dataConnectorsCheckRequirements/action",
  "Microsoft.SecurityInsights/threatIntelligence/indicators/query/action",
  "Microsoft.SecurityInsights/threatIntelligence/queryIndicators/action",
  "Microsoft.OperationalInsights/workspaces/LinkedServices/read",
  "Microsoft.OperationalInsights/workspaces/savedSearches/read",
  "Microsoft.Insights/workbooks/read",
];

/** The roles that can be assigned. */
export const ROLE_DEFINITIONS: readonly RoleDefinition[] = [
  {
    id: "ab8e14d6-4a74-4a29-9ba8-549422addade",
    name: "Microsoft Sentinel Contributor",
    description: "Uploads, edits and reads threat intelligence: the role the upload API asks for.",
    actions: [
      "Microsoft.SecurityInsights/*",
      "Microsoft.OperationalInsights/workspaces/savedSearches/*",
      "Microsoft.Insights/workbooks/*",
      ...WORKSPACE_READ,
    ],
    notActions: CONFIDENTIAL,
  },
  {
    id: "3e150937-b8fe-4cfb-8069-0eaf05ecd056",
    name: "Microsoft Sentinel Responder",
    description: "Reads threat intelligence, tags indicators and works on incidents; can't upload.",
    actions: [
      ...SENTINEL_READ,
      "Microsoft.SecurityInsights/automationRules/*",
      "Microsoft.SecurityInsights/cases/*",
      "Microsoft.SecurityInsights/incidents/*",
      "Microsoft.SecurityInsights/entities/runPlaybook/action",
      "Microsoft.SecurityInsights/threatIntelligence/indicators/appendTags/action",
      "Microsoft.SecurityInsights/threatIntelligence/indicators/replaceTags/action",
      "Microsoft.SecurityInsights/threatIntelligence/bulkTag/action",
      ...WORKSPACE_READ,
    ],
    notActions: [
      "Microsoft.SecurityInsights/cases/*/Delete",
      "Microsoft.SecurityInsights/incidents/*/Delete",
      ...CONFIDENTIAL,
    ],
  },
  {
    id: "8d289c81-5878-46d4-8554-54e1e3d8b5cb",
    name: "Microsoft Sentinel Reader",
    description: "Reads threat intelligence and receipts; can't upload.",
    actions: [...SENTINEL_READ, ...WORKSPACE_READ],
    notActions: CONFIDENTIAL,
  },
  {
    id: "f4c81013-99ee-4d62-a7ee-b3f1f648599a",
    name: "Microsoft Sentinel Automation Contributor",
    description: "Lets automation rules run playbooks; allows nothing on this server.",
    actions: [
      "Microsoft.Authorization/*/read",
      "Microsoft.Logic/workflows/triggers/read",
      "Microsoft.Logic/workflows/triggers/listCallbackUrl/action",
      "Microsoft.Logic/workflows/runs/read",
      "Microsoft.Web/sites/hostruntime/webhooks/api/workflows/triggers/read",
      "Microsoft.Web/sites/hostruntime/webhooks/api/workflows/triggers/listCallbackUrl/action",
      "Microsoft.Web/sites/hostruntime/webhooks/api/workflows/runs/read",
    ],
    notActions: [],
  },
  {
    id: "73c42c96-874c-492b-b04d-ab87d138a893",
    name: "Log Analytics Reader",
    description: "Runs queries over everything in a workspace; can't upload.",
    actions: [
      "*/read",
      "Microsoft.OperationalInsights/workspaces/analytics/query/action",
      "Microsoft.OperationalInsights/workspaces/search/action",
      "Microsoft.Support/*",
    ],
    notActions: ["Microsoft.OperationalInsights/workspaces/sharedKeys/read"],
  },
  {
    id: "3913510d-42f4-4e42-8a64-420c390055eb",
    name: "Monitoring Metrics Publisher",
    description: "Sends logs by the Logs Ingestion API; reads nothing.",
    actions: [
      "Microsoft.Insights/Register/Action",
      "Microsoft.Support/*",
      "Microsoft.Resources/subscriptions/resourceGroups/read",
      "Microsoft.Insights/Metrics/Write",
      TELEMETRY_WRITE,
    ],
    notActions: [],
  },
  {
    id: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
    name: "Reader",
    description: "Reads everything; changes nothing.",
    actions: ["*/read"],
    notActions: [],
  },
  {
    id: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    name: "Owner",
    description: "Allows every action, on other resources too.",
    actions: ["*"],
    notActions: [],
  },
  {
    id: "b24988ac-6180-42a0-ab88-20f7382dd24c",
    name: "Contributor",
    description: "Allows every action except granting access.",
    actions: ["*"],
    notActions: [
      "Microsoft.Authorization/*/Delete",
      "Microsoft.Authorization/*/Write",
      "Microsoft.Authorization/elevateAccess/Action",
      "Microsoft.Blueprint/blueprintAssignments/write",
      "Microsoft.Blueprint/blueprintAssignments/delete",
      "Microsoft.Compute/galleries/share/action",
      "Microsoft.Purview/consents/write",
      "Microsoft.Purview/consents/delete",
      "Microsoft.Resources/deploymentStacks/manageDenySetting/action",
    ],
  },
];

/** The role with this id or name, in either case. */
export function findRoleDefinition(idOrName: string): RoleDefinition | undefined {
  const wanted = idOrName.trim().toLowerCase();
  return ROLE_DEFINITIONS.find(({ id, name }) => id === wanted || name.toLowerCase() === wanted);
}

/** Whether a role allows an action. */
export function roleAllows(role: RoleDefinition, action: string): boolean {
  return (
    role.actions.some((pattern) => matchesAction(pattern, action)) &&
    !role.notActions.some((pattern) => matchesAction(pattern, action))
  );
}

/** The pieces between the stars have to follow each other; greedy search is right for this pattern language. */
function matchesAction(pattern: string, action: string): boolean {
  const [head = "", ...rest] = pattern.toLowerCase().split("*");
  const text = action.toLowerCase();
  const tail = rest.pop();
  if (tail === undefined) {
    return text === head;
  }
  if (!text.startsWith(head)) {
    return false;
  }
  let from = head.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, from);
    if (found < 0) {
      return false;
    }
    from = found + piece.length;
  }
  return text.length - tail.length >= from && text.endsWith(tail);
}
