/**
 * One consistent state of the directory, indexed for the questions that requests ask. A view never changes;
 * the directory gives a new one after each change. Building it costs one pass over a few thousand rows.
 */
import type {
  Application,
  IdentitySnapshot,
  KeyCredential,
  PasswordCredential,
  RoleAssignment,
  ServicePrincipal,
  StoredSigningKey,
  Tenant,
  Workspace,
} from "../store/index.ts";
import { isGuid } from "../wire/index.ts";

/** The alias of the default tenant; clients that see it skip instance discovery. */
export const DEFAULT_TENANT_ALIAS = "adfs";

/** A service principal with its application and tenant. */
export interface AppRegistration extends ServicePrincipal {
  readonly displayName: string;
  readonly createdAt: string;
  readonly tenant: Tenant;
}

/** One state of the directory. Ids may be given in either case. */
export interface DirectoryView {
  readonly tenants: readonly Tenant[];
  readonly defaultTenant: Tenant | undefined;
  readonly applications: readonly AppRegistration[];
  readonly workspaces: readonly Workspace[];
  readonly roleAssignments: readonly RoleAssignment[];
  readonly signingKeys: readonly StoredSigningKey[];
  /** The tenant with this id, this domain, or the alias `adfs` for the default one. */
  findTenant(idOrDomain: string): Tenant | undefined;
  findApplication(tenantId: string, appId: string): AppRegistration | undefined;
  findPrincipal(tenantId: string, objectId: string): AppRegistration | undefined;
  findWorkspace(workspaceId: string): Workspace | undefined;
  secretsOf(appId: string): readonly PasswordCredential[];
  certificatesOf(appId: string): readonly KeyCredential[];
  assignmentsOf(tenantId: string, principalId: string): readonly RoleAssignment[];
}

/** Indexes a snapshot. */
export function viewOf(snapshot: IdentitySnapshot): DirectoryView {
  const tenants = keyedBy(snapshot.tenants, ({ tenantId }) => tenantId);
  const domains = new Map(
    snapshot.tenants.flatMap((tenant) => tenant.domains.map((domain) => [domain, tenant] as const)),
  );
  const applications = registrations(snapshot, tenants);
  const byAppId = keyedBy(applications, ({ tenantId, appId }) => `${tenantId}/${appId}`);
  const byObjectId = keyedBy(applications, ({ tenantId, objectId }) => `${tenantId}/${objectId}`);
  const workspaces = keyedBy(snapshot.workspaces, ({ workspaceId }) => workspaceId);
  const secrets = groupedBy(snapshot.passwordCredentials, ({ appId }) => appId);
  const certificates = groupedBy(snapshot.keyCredentials, ({ appId }) => appId);
  const assignments = groupedBy(
    snapshot.roleAssignments,
    ({ tenantId, principalId }) => `${tenantId}/${principalId}`,
  );
  const defaultTenant = snapshot.tenants.find(({ isDefault }) => isDefault);
  return {
    tenants: snapshot.tenants,
    defaultTenant,
    applications,
    workspaces: snapshot.workspaces,
    roleAssignments: snapshot.roleAssignments,
    signingKeys: snapshot.signingKeys,
    findTenant(idOrDomain) {
      const wanted = idOrDomain.toLowerCase();
      if (wanted === DEFAULT_TENANT_ALIAS) {
        return defaultTenant;
      }
      return isGuid(wanted) ? tenants.get(wanted) : domains.get(wanted);
    },
    findApplication: (tenantId, appId) => byAppId.get(`${tenantId}/${appId}`.toLowerCase()),
    findPrincipal: (tenantId, objectId) => byObjectId.get(`${tenantId}/${objectId}`.toLowerCase()),
    findWorkspace: (workspaceId) => workspaces.get(workspaceId.toLowerCase()),
    secretsOf: (appId) => secrets.get(appId.toLowerCase()) ?? [],
    certificatesOf: (appId) => certificates.get(appId.toLowerCase()) ?? [],
    assignmentsOf: (tenantId, principalId) =>
      assignments.get(`${tenantId}/${principalId}`.toLowerCase()) ?? [],
  };
}

function registrations(
  snapshot: IdentitySnapshot,
  tenants: ReadonlyMap<string, Tenant>,
): readonly AppRegistration[] {
  const applications: ReadonlyMap<string, Application> = keyedBy(
    snapshot.applications,
    ({ appId }) => appId,
  );
  return snapshot.servicePrincipals.flatMap((principal) => {
    const application = applications.get(principal.appId);
    const tenant = tenants.get(principal.tenantId);
    return application === undefined || tenant === undefined
      ? []
      : [{ ...application, ...principal, tenant }];
  });
}

function keyedBy<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row> {
  return new Map(rows.map((row) => [keyOf(row), row]));
}

function groupedBy<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, [row]);
    } else {
      group.push(row);
    }
  }
  return groups;
}
