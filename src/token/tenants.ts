/** Tenants: creating and deleting them. */
import { randomUUID } from "node:crypto";
import type { IdentityChange, Tenant } from "../store/index.ts";
import { AppError } from "../wire/index.ts";
import { type DeleteOptions, type DirectoryContext, remove } from "./directory-change.ts";
import { DEFAULT_TENANT_ALIAS, type DirectoryView } from "./directory-view.ts";
import { invalidField, requireDisplayName, requireGuid, requireRoom } from "./fields.ts";

/** The directory is held in memory as a whole; so many tenants are still read in milliseconds. */
const TENANTS_MAX = 1_000;
/** Microsoft Entra allows thousands; nobody types more than this. */
const DOMAINS_PER_TENANT_MAX = 50;

const DOMAIN =
  /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/;

/** Whether a text has the form of a DNS name with at least two labels; lower case only. */
export function isDomainName(text: string): boolean {
  return DOMAIN.test(text);
}

/** A tenant to create. */
export interface NewTenant {
  readonly displayName: string;
  /** GUID; a random one when absent. Give the id of a Microsoft Entra tenant to own workspaces for it. */
  readonly tenantId?: string;
  /** DNS names by which clients may call it, such as `contoso.onmicrosoft.com`. */
  readonly domains?: readonly string[];
  /** Make it the tenant of the alias `adfs`; the first tenant is the default in any case. */
  readonly isDefault?: boolean;
}

export function createTenant(context: DirectoryContext, input: NewTenant): Promise<Tenant> {
  const tenantId =
    input.tenantId === undefined ? randomUUID() : requireGuid("tenantId", input.tenantId);
  const displayName = requireDisplayName("displayName", input.displayName);
  const domains = [...new Set((input.domains ?? []).map((domain) => domain.toLowerCase()))];
  const malformed = domains.find((domain) => !isDomainName(domain));
  if (malformed !== undefined) {
    throw invalidField("domains", `"${malformed}" is not a DNS name such as contoso.example.`);
  }
  if (domains.length > DOMAINS_PER_TENANT_MAX) {
    throw invalidField("domains", `A tenant has at most ${DOMAINS_PER_TENANT_MAX}.`);
  }
  const createdAt = context.clock().toISOString();
  return context.change((view) => {
    requireRoom(view.tenants.length, TENANTS_MAX, "tenants");
    refuseTakenNames(view, tenantId, domains);
    const isDefault = input.isDefault === true || view.defaultTenant === undefined;
    const tenant: Tenant = { tenantId, displayName, domains, isDefault, createdAt };
    const former = isDefault && view.defaultTenant !== undefined ? [view.defaultTenant] : [];
    return {
      changes: [
        ...former.map((row): IdentityChange => putTenant({ ...row, isDefault: false })),
        putTenant(tenant),
      ],
      result: tenant,
    };
  });
}

export function deleteTenant(
  context: DirectoryContext,
  tenantId: string,
  options: DeleteOptions = {},
): Promise<void> {
  return context.change((view) => {
    const tenant = requireTenant(view, tenantId);
    const applications = view.applications.filter((row) => row.tenantId === tenant.tenantId);
    const workspaces = view.workspaces.filter((row) => row.tenantId === tenant.tenantId);
    const assignments = view.roleAssignments.filter((row) => row.tenantId === tenant.tenantId);
    const inUse = applications.length + workspaces.length + assignments.length > 0;
    if (inUse && options.force !== true) {
      throw new AppError(
        "conflict",
        `The tenant "${tenant.displayName}" has ${applications.length} application(s), ` +
          `${workspaces.length} workspace(s) and ${assignments.length} role assignment(s); ` +
          "delete these first, or force the deletion.",
      );
    }
    return {
      changes: [
        ...assignments.map(({ name }) => remove("roleAssignments", name)),
        ...workspaces.map(({ workspaceId }) => remove("workspaces", workspaceId)),
        ...applications.flatMap(({ objectId, appId }) => [
          remove("servicePrincipals", objectId),
          ...removeApplication(view, appId),
        ]),
        remove("tenants", tenant.tenantId),
      ],
      result: undefined,
    };
  });
}

/** The changes that remove an application and its credentials, but not its service principal. */
export function removeApplication(view: DirectoryView, appId: string): readonly IdentityChange[] {
  return [
    ...view.secretsOf(appId).map(({ keyId }) => remove("passwordCredentials", keyId)),
    ...view.certificatesOf(appId).map(({ keyId }) => remove("keyCredentials", keyId)),
    remove("applications", appId),
  ];
}

/** A tenant by id or domain; the default one when nothing is named. @throws AppError `not_found` */
export function requireTenant(view: DirectoryView, idOrDomain: string | undefined): Tenant {
  const tenant = idOrDomain === undefined ? view.defaultTenant : view.findTenant(idOrDomain);
  if (tenant === undefined) {
    const message =
      idOrDomain === undefined
        ? "There is no tenant yet: create one first."
        : `There is no tenant "${idOrDomain}".`;
    throw new AppError("not_found", message, { field: "tenantId" });
  }
  return tenant;
}

function putTenant(row: Tenant): IdentityChange {
  return { kind: "put", table: "tenants", row };
}

function refuseTakenNames(view: DirectoryView, tenantId: string, domains: readonly string[]): void {
  if (view.findTenant(tenantId) !== undefined) {
    throw new AppError("conflict", `There is a tenant with the id ${tenantId} already.`, {
      field: "tenantId",
    });
  }
  const taken = domains.find(
    (domain) => domain === DEFAULT_TENANT_ALIAS || view.findTenant(domain) !== undefined,
  );
  if (taken !== undefined) {
    throw new AppError("conflict", `The domain ${taken} belongs to another tenant.`, {
      field: "domains",
    });
  }
}
