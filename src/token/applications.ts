/** Applications and their service principals. Each application lives in one tenant. */
import { randomUUID } from "node:crypto";
import type { IdentityChange, ServicePrincipal } from "../store/index.ts";
import { AppError } from "../wire/index.ts";
import { type DeleteOptions, type DirectoryContext, remove } from "./directory-change.ts";
import type { AppRegistration, DirectoryView } from "./directory-view.ts";
import { requireDisplayName, requireGuid, requireRoom } from "./fields.ts";
import { removeApplication, requireTenant } from "./tenants.ts";

/** The directory is held in memory as a whole; so many applications are still read in well under a second. */
const APPLICATIONS_MAX = 10_000;

/** An application to register. */
export interface NewApplication {
  readonly displayName: string;
  /** Id or domain; the default tenant when absent. */
  readonly tenantId?: string;
  /** The client id, a GUID; a random one when absent. */
  readonly appId?: string;
  /** The service principal's object id, a GUID; a random one when absent. */
  readonly objectId?: string;
}

export function createApplication(
  context: DirectoryContext,
  input: NewApplication,
): Promise<AppRegistration> {
  const displayName = requireDisplayName("displayName", input.displayName);
  const appId = input.appId === undefined ? randomUUID() : requireGuid("appId", input.appId);
  const objectId =
    input.objectId === undefined ? randomUUID() : requireGuid("objectId", input.objectId);
  const createdAt = context.clock().toISOString();
  return context.change((view) => {
    const tenant = requireTenant(view, input.tenantId);
    requireRoom(view.applications.length, APPLICATIONS_MAX, "applications");
    refuseTakenIds(view, appId, objectId);
    const principal: ServicePrincipal = {
      objectId,
      tenantId: tenant.tenantId,
      appId,
      enabled: true,
    };
    return {
      changes: [
        { kind: "put", table: "applications", row: { appId, displayName, createdAt } },
        { kind: "put", table: "servicePrincipals", row: principal },
      ],
      result: { ...principal, displayName, createdAt, tenant },
    };
  });
}

/** Lets an application sign in and act, or stops it at once. */
export function setApplicationEnabled(
  context: DirectoryContext,
  appId: string,
  enabled: boolean,
): Promise<AppRegistration> {
  return context.change((view) => {
    const application = requireApplication(view, appId);
    const { objectId, tenantId } = application;
    const row: ServicePrincipal = { objectId, tenantId, appId: application.appId, enabled };
    const changes: readonly IdentityChange[] = [{ kind: "put", table: "servicePrincipals", row }];
    return { changes, result: { ...application, enabled } };
  });
}

export function deleteApplication(
  context: DirectoryContext,
  appId: string,
  options: DeleteOptions = {},
): Promise<void> {
  return context.change((view) => {
    const application = requireApplication(view, appId);
    const assignments = view.assignmentsOf(application.tenantId, application.objectId);
    if (assignments.length > 0 && options.force !== true) {
      throw new AppError(
        "conflict",
        `The application "${application.displayName}" holds ${assignments.length} role assignment(s); ` +
          "delete these first, or force the deletion.",
      );
    }
    return {
      changes: [
        ...assignments.map(({ name }) => remove("roleAssignments", name)),
        remove("servicePrincipals", application.objectId),
        ...removeApplication(view, application.appId),
      ],
      result: undefined,
    };
  });
}

/**
 * The application with this client id or object id, or with this display name when only one has it.
 * @throws AppError `not_found`, or `invalid_request` when several have the name
 */
export function requireApplication(view: DirectoryView, reference: string): AppRegistration {
  const wanted = reference.toLowerCase();
  const byId = view.applications.find(
    ({ appId, objectId }) => appId === wanted || objectId === wanted,
  );
  if (byId !== undefined) {
    return byId;
  }
  const named = view.applications.filter(({ displayName }) => displayName === reference);
  const [only] = named;
  if (only === undefined) {
    throw new AppError("not_found", `There is no application "${reference}".`, { field: "appId" });
  }
  if (named.length > 1) {
    throw new AppError(
      "invalid_request",
      `${named.length} applications are called "${reference}": name one by its client id.`,
      { field: "appId" },
    );
  }
  return only;
}

function refuseTakenIds(view: DirectoryView, appId: string, objectId: string): void {
  if (view.applications.some((row) => row.appId === appId)) {
    throw new AppError("conflict", `There is an application with the client id ${appId} already.`, {
      field: "appId",
    });
  }
  if (view.applications.some((row) => row.objectId === objectId)) {
    throw new AppError(
      "conflict",
      `There is a service principal with the object id ${objectId} already.`,
      { field: "objectId" },
    );
  }
}
