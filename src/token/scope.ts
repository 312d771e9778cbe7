/**
 * Scopes as Azure Resource Manager writes them:
 *
 *     scope = "/" / subscription / group / workspace
 *     subscription = "/subscriptions/" GUID
 *     group = subscription "/resourceGroups/" name
 *     workspace = group "/providers/Microsoft.OperationalInsights/workspaces/" name
 *
 * A role assigned at a scope holds at every scope below it. Case doesn't matter.
 */
import type { Workspace } from "../store/index.ts";
import { invalidField } from "./fields.ts";

const SCOPE =
  /^(?:\/|\/subscriptions\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:\/resourceGroups\/[^/]{1,90}(?:\/providers\/Microsoft\.OperationalInsights\/workspaces\/[^/]{1,63})?)?)$/i;

/** The resource path of a workspace. */
export function workspaceScope(
  workspace: Pick<Workspace, "subscriptionId" | "resourceGroup" | "name">,
): string {
  return (
    `/subscriptions/${workspace.subscriptionId}/resourceGroups/${workspace.resourceGroup}` +
    `/providers/Microsoft.OperationalInsights/workspaces/${workspace.name}`
  );
}

/** The scope without a trailing slash. @throws AppError `invalid_request` when it has none of the forms */
export function parseScope(text: string): string {
  const scope = text === "/" ? text : text.replace(/\/$/, "");
  if (!SCOPE.test(scope)) {
    throw invalidField(
      "scope",
      `"${text}" is not a scope. Give "/", "/subscriptions/GUID", ` +
        `"/subscriptions/GUID/resourceGroups/NAME" or the full path of a workspace.`,
    );
  }
  return scope;
}

/** Whether a scope names one workspace rather than something above it. */
export function isWorkspaceScope(scope: string): boolean {
  return /\/workspaces\/[^/]+$/i.test(scope);
}

/** Whether a scope is the other one or an ancestor of it. */
export function scopeCovers(scope: string, other: string): boolean {
  const upper = scope.toLowerCase();
  const lower = other.toLowerCase();
  return upper === "/" || lower === upper || lower.startsWith(`${upper}/`);
}
