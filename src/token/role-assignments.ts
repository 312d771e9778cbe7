/** Role assignments: who may do what, where. The same assignment always has the same name (a GUID). */
import type { RoleAssignment } from "../store/index.ts";
import { AppError } from "../wire/index.ts";
import { type DirectoryContext, remove } from "./directory-change.ts";
import type { DirectoryView } from "./directory-view.ts";
import { invalidField, requireGuid, requireRoom } from "./fields.ts";
import { guidFromName } from "./guid.ts";
import { findRoleDefinition, ROLE_DEFINITIONS, type RoleDefinition } from "./roles.ts";
import { isWorkspaceScope, parseScope, workspaceScope } from "./scope.ts";
import { requireTenant } from "./tenants.ts";

/** The directory is held in memory as a whole; so many assignments are still read in well under a second. */
const ROLE_ASSIGNMENTS_MAX = 50_000;

/** A role to assign. */
export interface NewRoleAssignment {
  /** Object id of a service principal: one of this server's, or of a trusted Microsoft Entra tenant. */
  readonly principalId: string;
  /** Id or name of a role definition. */
  readonly role: string;
  /** `/`, a subscription, a resource group, or a workspace's full path. */
  readonly scope: string;
  /** Id or domain; the default tenant when absent. */
  readonly tenantId?: string;
}

/** Assigns a role; when the principal has it at this scope already, that assignment is returned. */
export function assignRole(
  context: DirectoryContext,
  input: NewRoleAssignment,
): Promise<RoleAssignment> {
  const principalId = requireGuid("principalId", input.principalId);
  const role = requireRoleDefinition(input.role);
  const scope = parseScope(input.scope);
  const createdAt = context.clock().toISOString();
  return context.change((view) => {
    const { tenantId } = requireTenant(view, input.tenantId);
    refuseApplicationId(view, tenantId, principalId);
    refuseUnknownWorkspace(view, tenantId, scope);
    const name = guidFromName(
      "role assignment",
      tenantId,
      scope.toLowerCase(),
      role.id,
      principalId,
    );
    const existing = view.assignmentsOf(tenantId, principalId).find((row) => row.name === name);
    if (existing !== undefined) {
      return { changes: [], result: existing };
    }
    requireRoom(view.roleAssignments.length, ROLE_ASSIGNMENTS_MAX, "role assignments");
    const row: RoleAssignment = {
      name,
      tenantId,
      principalId,
      roleDefinitionId: role.id,
      scope,
      createdAt,
    };
    return { changes: [{ kind: "put", table: "roleAssignments", row }], result: row };
  });
}

export function deleteRoleAssignment(context: DirectoryContext, name: string): Promise<void> {
  const wanted = requireGuid("name", name);
  return context.change((view) => {
    if (!view.roleAssignments.some((row) => row.name === wanted)) {
      throw new AppError("not_found", `There is no role assignment ${name}.`, { field: "name" });
    }
    return { changes: [remove("roleAssignments", wanted)], result: undefined };
  });
}

/** @throws AppError `invalid_request` naming the roles there are */
export function requireRoleDefinition(idOrName: string): RoleDefinition {
  const role = findRoleDefinition(idOrName);
  if (role === undefined) {
    const names = ROLE_DEFINITIONS.map(({ name }) => `"${name}"`).join(", ");
    throw invalidField("role", `There is no role "${idOrName}". There are ${names}.`);
  }
  return role;
}

/** Client ids and object ids are easily taken for each other, and a role on the wrong one does nothing. */
function refuseApplicationId(view: DirectoryView, tenantId: string, principalId: string): void {
  const application = view.findApplication(tenantId, principalId);
  if (application !== undefined) {
    throw invalidField(
      "principalId",
      `${principalId} is the client id of "${application.displayName}"; roles are assigned to its ` +
        `object id, ${application.objectId}.`,
    );
  }
}

function refuseUnknownWorkspace(view: DirectoryView, tenantId: string, scope: string): void {
  const known = view.workspaces.some(
    (row) => row.tenantId === tenantId && workspaceScope(row).toLowerCase() === scope.toLowerCase(),
  );
  if (isWorkspaceScope(scope) && !known) {
    throw new AppError("not_found", `The tenant has no workspace at ${scope}.`, { field: "scope" });
  }
}
