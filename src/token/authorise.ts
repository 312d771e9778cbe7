/** Whether a principal may do something to a workspace. Read from the directory at each request, so that a
 * role that is taken away stops working at once. */
import type { Workspace } from "../store/index.ts";
import { AppError } from "../wire/index.ts";
import type { Directory } from "./directory.ts";
import type { Principal } from "./principal.ts";
import { requireRoleDefinition } from "./role-assignments.ts";
import { findRoleDefinition, roleAllows } from "./roles.ts";
import { scopeCovers, workspaceScope } from "./scope.ts";

/** What is to be done to which workspace. */
export interface AccessRequest {
  readonly workspace: Workspace;
  /** An action's full name, such as `THREAT_INTELLIGENCE_WRITE`. */
  readonly action: string;
  /** Ids or names of the only roles that count; empty or absent: every role whose actions include it. */
  readonly allowedRoles?: readonly string[];
}

/**
 * Lets the principal pass or refuses. The workspace must belong to its tenant, and a role that allows the
 * action must be assigned to it at the workspace or above.
 * @throws AppError `no_role`, with the service's own text
 * @see Upload API, "Register your client application with Microsoft Entra ID"
 */
export async function authorise(
  directory: Directory,
  principal: Principal,
  { workspace, action, allowedRoles = [] }: AccessRequest,
): Promise<void> {
  if (workspace.tenantId !== principal.tenantId) {
    throw refusal(principal, workspace, `the workspace belongs to tenant ${workspace.tenantId}`);
  }
  const view = await directory.view();
  const scope = workspaceScope(workspace);
  const allowed = new Set(allowedRoles.map((role) => requireRoleDefinition(role).id));
  const roles = view
    .assignmentsOf(principal.tenantId, principal.objectId)
    .filter((assignment) => scopeCovers(assignment.scope, scope))
    .flatMap(({ roleDefinitionId }) => findRoleDefinition(roleDefinitionId) ?? []);
  const passes = roles.some(
    (role) => roleAllows(role, action) && (allowed.size === 0 || allowed.has(role.id)),
  );
  if (!passes) {
    const held = roles.map(({ name }) => name).join(", ") || "none";
    throw refusal(principal, workspace, `${action} needs a role; held at ${scope}: ${held}`);
  }
}

function refusal(principal: Principal, workspace: Workspace, detail: string): AppError {
  return new AppError(
    "no_role",
    `The Object ID [${principal.objectId}] does not have required permission to perform this action on ` +
      `the workspace [${workspace.workspaceId}].`,
    { detail },
  );
}

/**
 * The same for what belongs to a tenant as a whole, such as its people: only a role assigned at the root counts.
 * @throws AppError `no_role`
 */
export async function authoriseTenant(
  directory: Directory,
  principal: Principal,
  action: string,
): Promise<void> {
  const view = await directory.view();
  const passes = view
    .assignmentsOf(principal.tenantId, principal.objectId)
    .filter(({ scope }) => scope === "/")
    .flatMap(({ roleDefinitionId }) => findRoleDefinition(roleDefinitionId) ?? [])
    .some((role) => roleAllows(role, action));
  if (!passes) {
    throw new AppError(
      "no_role",
      `The Object ID [${principal.objectId}] needs a role at the scope / that allows ${action}.`,
    );
  }
}
