/**
 * What a first start needs to be useful at once: a tenant, a workspace, an application with a secret and the
 * role that lets it upload. Each is made only where it is missing.
 */

import type { People, Person } from "../people/index.ts";
import type { Tenant, Workspace } from "../store/index.ts";
import { type AppRegistration, type Directory, workspaceScope } from "../token/index.ts";

/** The identities of a quickstart. */
export interface QuickstartIdentities {
  readonly tenant: Tenant;
  readonly workspace: Workspace;
  readonly application: AppRegistration;
  /** The application's secret where it was made just now; it can't be shown again. */
  readonly clientSecret: string | null;
}

const TENANT_NAME = "Quickstart";
const TENANT_DOMAIN = "quickstart.stixgate.example";
const WORKSPACE_NAME = "quickstart";
const APPLICATION_NAME = "quickstart";
/** To upload intelligence and to query, and to send logs. */
const ROLES = ["Microsoft Sentinel Contributor", "Monitoring Metrics Publisher"] as const;

/** Finds or makes the identities. @throws AppError `store_unavailable` */
export async function ensureQuickstart(directory: Directory): Promise<QuickstartIdentities> {
  const before = await directory.view();
  const tenant =
    before.defaultTenant ??
    (await directory.createTenant({
      displayName: TENANT_NAME,
      domains: [TENANT_DOMAIN],
      isDefault: true,
    }));
  const inTenant = (row: { tenantId: string }): boolean => row.tenantId === tenant.tenantId;
  const oldWorkspace = before.workspaces.find(
    (row) => inTenant(row) && row.name === WORKSPACE_NAME,
  );
  const workspace = oldWorkspace ?? (await directory.createWorkspace({ name: WORKSPACE_NAME }));
  const oldApplication = before.applications.find(
    (row) => inTenant(row) && row.displayName === APPLICATION_NAME,
  );
  const application =
    oldApplication ?? (await directory.createApplication({ displayName: APPLICATION_NAME }));
  if (oldWorkspace === undefined || oldApplication === undefined) {
    const scope = workspaceScope(workspace);
    for (const role of ROLES) {
      await directory.assignRole({ principalId: application.objectId, role, scope });
    }
  }
  const clientSecret =
    oldApplication === undefined ? (await directory.addSecret(application.appId)).secret : null;
  return { tenant, workspace, application, clientSecret };
}

/** The person of a quickstart: whoever sits before the machine. */
const PERSON_NAME = "Quickstart";

/** So long the link that is printed works: somebody starts a server to use it. */
const SIGN_IN_MINUTES = 1_440;

/** Makes the address by which the person of a quickstart signs in, once. @throws AppError `store_unavailable` */
export async function quickstartSignIn(
  directory: Directory,
  people: People,
  { tenantId, origin }: { readonly tenantId: string; readonly origin: string },
): Promise<string> {
  const known = (await people.list()).find(
    (person) => person.tenantId === tenantId && person.displayName === PERSON_NAME,
  );
  const { personId } = known ?? (await addQuickstartPerson(directory, people, tenantId));
  const code = await people.issueSignInCode(personId, SIGN_IN_MINUTES);
  return `${origin}/sign-in?code=${code}`;
}

async function addQuickstartPerson(
  directory: Directory,
  people: People,
  tenantId: string,
): Promise<Person> {
  const actor = { id: "quickstart", name: "quickstart" };
  const person = await people.add({ tenantId, displayName: PERSON_NAME }, actor);
  const principalId = person.personId;
  await directory.assignRole({ principalId, role: "Owner", scope: "/", tenantId });
  return person;
}
