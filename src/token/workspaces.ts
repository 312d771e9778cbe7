/** Workspaces: what intelligence is uploaded to, and the scope that roles are assigned at. */
import { randomUUID } from "node:crypto";
import type { Workspace } from "../store/index.ts";
import { AppError } from "../wire/index.ts";
import { type DeleteOptions, type DirectoryContext, remove } from "./directory-change.ts";
import type { DirectoryView } from "./directory-view.ts";
import { requireForm, requireGuid, requireRoom } from "./fields.ts";
import { guidFromName } from "./guid.ts";
import { scopeCovers, workspaceScope } from "./scope.ts";
import { requireTenant } from "./tenants.ts";

/** The directory is held in memory as a whole; so many workspaces are still read in well under a second. */
const WORKSPACES_MAX = 10_000;
const RESOURCE_GROUP_DEFAULT = "stixgate";

// Azure's naming rules for the two resource types.
const WORKSPACE_NAME = /^[a-z0-9][a-z0-9-]{2,61}[a-z0-9]$/i;
const WORKSPACE_NAME_RULE =
  "A workspace name has 4 to 63 letters, digits and hyphens, no hyphen first or last.";
const RESOURCE_GROUP_NAME = /^[\p{L}\p{N}_().-]{0,89}[\p{L}\p{N}_()-]$/u;

/** A workspace to create. */
export interface NewWorkspace {
  readonly name: string;
  /** Id or domain; the default tenant when absent. */
  readonly tenantId?: string;
  /** GUID, which clients put into the upload path; a random one when absent. */
  readonly workspaceId?: string;
  /** GUID; one derived from the tenant when absent. */
  readonly subscriptionId?: string;
  /** `stixgate` when absent. */
  readonly resourceGroup?: string;
}

export function createWorkspace(
  context: DirectoryContext,
  input: NewWorkspace,
): Promise<Workspace> {
  const name = requireForm("name", input.name, WORKSPACE_NAME, WORKSPACE_NAME_RULE);
  const resourceGroup = requireForm(
    "resourceGroup",
    input.resourceGroup ?? RESOURCE_GROUP_DEFAULT,
    RESOURCE_GROUP_NAME,
    "A resource group name has 1 to 90 letters, digits, _ ( ) . - and doesn't end with a full stop.",
  );
  const workspaceId =
    input.workspaceId === undefined ? randomUUID() : requireGuid("workspaceId", input.workspaceId);
  const subscription =
    input.subscriptionId === undefined
      ? undefined
      : requireGuid("subscriptionId", input.subscriptionId);
  const createdAt = context.clock().toISOString();
  return context.change((view) => {
    requireRoom(view.workspaces.length, WORKSPACES_MAX, "workspaces");
    const { tenantId } = requireTenant(view, input.tenantId);
    const subscriptionId = subscription ?? guidFromName("subscription", tenantId);
    const row: Workspace = {
      workspaceId,
      tenantId,
      subscriptionId,
      resourceGroup,
      name,
      createdAt,
    };
    refuseTaken(view, row);
    return { changes: [{ kind: "put", table: "workspaces", row }], result: row };
  });
}

/**
 * Gives a workspace another name. Its id stays, and uploads with it; its path under Azure Resource Manager ends in the
 * new name, and the roles that were assigned at the old path move along.
 */
export function renameWorkspace(
  context: DirectoryContext,
  reference: string,
  newName: string,
): Promise<Workspace> {
  const name = requireForm("name", newName, WORKSPACE_NAME, WORKSPACE_NAME_RULE);
  return context.change((view) => {
    const workspace = requireWorkspace(view, reference);
    const row: Workspace = { ...workspace, name };
    const [from, to] = [workspaceScope(workspace), workspaceScope(row)];
    if (from.toLowerCase() !== to.toLowerCase()) {
      refuseTakenPath(view, row);
    }
    const assignments = view.roleAssignments.filter(
      (each) => each.tenantId === workspace.tenantId && scopeCovers(from, each.scope),
    );
    return {
      changes: [
        { kind: "put", table: "workspaces", row },
        ...assignments.map(
          (each) =>
            ({
              kind: "put",
              table: "roleAssignments",
              row: { ...each, scope: `${to}${each.scope.slice(from.length)}` },
            }) as const,
        ),
      ],
      result: row,
    };
  });
}

/** Deletes the registration; objects that were uploaded to the workspace stay in the store. */
export function deleteWorkspace(
  context: DirectoryContext,
  reference: string,
  options: DeleteOptions = {},
): Promise<void> {
  return context.change((view) => {
    const workspace = requireWorkspace(view, reference);
    const scope = workspaceScope(workspace);
    const assignments = view.roleAssignments.filter(
      (row) => row.tenantId === workspace.tenantId && scopeCovers(scope, row.scope),
    );
    if (assignments.length > 0 && options.force !== true) {
      throw new AppError(
        "conflict",
        `${assignments.length} role assignment(s) refer to the workspace "${workspace.name}"; ` +
          "delete these first, or force the deletion.",
      );
    }
    return {
      changes: [
        ...assignments.map((row) => remove("roleAssignments", row.name)),
        remove("workspaces", workspace.workspaceId),
      ],
      result: undefined,
    };
  });
}

/**
 * The workspace with this id, or with this name when only one has it.
 * @throws AppError `not_found`, or `invalid_request` when several have the name
 */
export function requireWorkspace(view: DirectoryView, reference: string): Workspace {
  const byId = view.findWorkspace(reference);
  if (byId !== undefined) {
    return byId;
  }
  const wanted = reference.toLowerCase();
  const named = view.workspaces.filter(({ name }) => name.toLowerCase() === wanted);
  const [only] = named;
  if (only === undefined) {
    throw new AppError("not_found", `There is no workspace "${reference}".`, {
      field: "workspaceId",
    });
  }
  if (named.length > 1) {
    throw new AppError(
      "invalid_request",
      `${named.length} workspaces are called "${reference}": name one by its id.`,
      { field: "workspaceId" },
    );
  }
  return only;
}

function refuseTaken(view: DirectoryView, workspace: Workspace): void {
  if (view.findWorkspace(workspace.workspaceId) !== undefined) {
    throw new AppError(
      "conflict",
      `There is a workspace with the id ${workspace.workspaceId} already.`,
      { field: "workspaceId" },
    );
  }
  refuseTakenPath(view, workspace);
}

function refuseTakenPath(view: DirectoryView, workspace: Workspace): void {
  const scope = workspaceScope(workspace).toLowerCase();
  if (view.workspaces.some((row) => workspaceScope(row).toLowerCase() === scope)) {
    throw new AppError(
      "conflict",
      `There is a workspace "${workspace.name}" in the resource group ${workspace.resourceGroup} already.`,
      { field: "name" },
    );
  }
}
