/** Builds the management plane: people, and the routes of our own API with what stands behind them. */
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import {
  type ApiRoute,
  armRoutes,
  type Caller,
  directoryRoutes,
  fileRoutes,
  identifyCaller,
  ingestionRoutes,
  objectRoutes,
  openApiRoute,
  peopleRoutes,
  queriesOrRefusal,
  queryApiRoutes,
  registerApiRoutes,
  relationRoutes,
  ruleRoutes,
  sessionRoutes,
  taskRoutes,
  viewRoutes,
  type WorkspaceAccess,
} from "../http/index.ts";
import type { Imports, ManageParts, Rules, Tasks } from "../manage/index.ts";
import {
  createOidc,
  createPeople,
  type Oidc,
  type People,
  type PeopleParts,
} from "../people/index.ts";
import type { Queries } from "../query/index.ts";
import type { DocumentStore, Store } from "../store/index.ts";
import {
  type AccessRequest,
  authorise,
  authoriseTenant,
  type Directory,
  type RequestTarget,
  THREAT_INTELLIGENCE_READ,
  THREAT_INTELLIGENCE_TAG,
  THREAT_INTELLIGENCE_WRITE,
  type TokenVerifier,
  workspaceScope,
} from "../token/index.ts";
import { AppError } from "../wire/index.ts";
import type { Settings } from "./settings-table.ts";
import type { Teardown } from "./teardown.ts";
import { validationOptions } from "./validation-options.ts";

/** What the management plane is built of. */
export interface ManagementParts {
  readonly settings: Settings;
  readonly log: Logger;
  readonly now: () => Date;
  readonly directory: Directory;
  readonly store: Store;
  readonly documents: DocumentStore;
  readonly people: People;
  readonly oidc: Oidc | null;
  readonly tasks: Tasks;
  readonly rules: Rules;
  readonly imports: Imports;
  readonly verifier: TokenVerifier;
  /** Undefined when the server answers no queries. */
  readonly queries?: Queries | undefined;
  readonly originOf: (target: RequestTarget) => string;
}

/** Purpose of the key that hashes codes, sessions and keys. */
const PEOPLE_KEY_PURPOSE = "people v1";

/** Expired sessions and old notes are looked for so often; nothing depends on it but space. */
const HOUSEKEEPING_MS = 3_600_000;

const MS_PER_DAY = 86_400_000;

/** What people are made of on this server. */
export function peopleParts(
  settings: Pick<Settings, "people.sessionHours">,
  parts: Omit<PeopleParts, "hashKey" | "sessionHours"> & {
    readonly deriveKey: (purpose: string) => Uint8Array;
  },
): PeopleParts {
  const { deriveKey, ...rest } = parts;
  return {
    ...rest,
    hashKey: deriveKey(PEOPLE_KEY_PURPOSE),
    sessionHours: settings["people.sessionHours"],
  };
}

/** People, and the way in by an identity provider where one is set up. @throws AppError `settings_invalid` */
export function openPeople(
  settings: Settings,
  parts: PeopleParts,
): { readonly people: People; readonly oidc: Oidc | null } {
  const issuer = settings["people.oidcIssuer"];
  if (issuer !== "" && (!URL.canParse(issuer) || settings["people.oidcClientId"] === "")) {
    throw new AppError(
      "settings_invalid",
      'An identity provider needs "people.oidcIssuer" to be a URL, and "people.oidcClientId".',
      { field: URL.canParse(issuer) ? "people.oidcClientId" : "people.oidcIssuer" },
    );
  }
  const oidc =
    issuer === ""
      ? null
      : createOidc(parts, {
          issuer,
          clientId: settings["people.oidcClientId"],
          clientSecret: settings["people.oidcClientSecret"],
          tenantId: settings["people.oidcTenant"],
          emailDomains: settings["people.oidcEmailDomains"].map((domain) => domain.toLowerCase()),
        });
  return { people: createPeople(parts), oidc };
}

/** What management is made of on this server. */
export function manageParts({
  settings,
  store,
  documents,
  now,
}: Pick<ManagementParts, "settings" | "store" | "documents" | "now">): ManageParts {
  return { store, documents, validation: validationOptions(settings).v3, now };
}

/** Every route of our own API, and of signing in. */
export function managementRoutes(parts: ManagementParts): readonly ApiRoute[] {
  const { people, oidc, now, documents, directory, tasks, rules, imports } = parts;
  const manage = manageParts(parts);
  const routes: readonly ApiRoute[] = [
    openApiRoute(() => routes),
    ...sessionRoutes({ people, oidc, now, accessOf: (caller) => accessOf(parts, caller) }),
    ...objectRoutes(manage),
    ...relationRoutes(manage),
    ...armRoutes(manage),
    ...fileRoutes(manage, imports),
    ...ingestionRoutes(manage),
    ...ruleRoutes(rules),
    ...taskRoutes(tasks),
    ...viewRoutes(documents),
    ...queryApiRoutes({ queries: () => queriesOrRefusal(parts.queries), now }),
    ...peopleRoutes({ people, audit: (query) => documents.audit(query) }),
    ...directoryRoutes({
      directory,
      note: async (note) => {
        await documents.commit([], [note]);
      },
    }),
  ];
  return routes;
}

/** Puts the routes on the server. */
export function registerManagement(app: FastifyInstance, parts: ManagementParts): void {
  const { directory } = parts;
  registerApiRoutes(app, managementRoutes(parts), {
    identify: (request) => identifyCaller(request, parts),
    findWorkspace: async (id) => (await directory.view()).findWorkspace(id),
    findWorkspaceByPath: async (path) => {
      const wanted = path.toLowerCase();
      return (await directory.view()).workspaces.find(
        (workspace) => workspaceScope(workspace).toLowerCase() === wanted,
      );
    },
    authorise: ({ principal }, workspace, action) =>
      authorise(directory, principal, { workspace, action }),
    authoriseTenant: ({ principal }, action) => authoriseTenant(directory, principal, action),
    originOf: parts.originOf,
  });
}

/** Forgets expired sessions and old notes now and then. */
export function keepPeople(parts: ManagementParts, teardown: Teardown): void {
  const { settings, log, now, people, documents } = parts;
  const auditDays = settings["people.auditDays"];
  const tidy = async (): Promise<void> => {
    try {
      await people.forgetExpired();
      if (auditDays > 0) {
        const before = new Date(now().getTime() - auditDays * MS_PER_DAY);
        await documents.forgetAuditBefore(before.toISOString());
      }
    } catch (cause) {
      log.error({ err: cause }, "expired sessions could not be removed");
    }
  };
  let round = tidy();
  const timer = setInterval(() => {
    round = tidy();
  }, HOUSEKEEPING_MS);
  timer.unref();
  teardown.push(async () => {
    clearInterval(timer);
    await round;
  });
}

async function accessOf(
  { directory }: ManagementParts,
  { principal }: Caller,
): Promise<readonly WorkspaceAccess[]> {
  const allows = (request: AccessRequest): Promise<boolean> =>
    authorise(directory, principal, request).then(
      () => true,
      () => false,
    );
  const view = await directory.view();
  const own = view.workspaces.filter(({ tenantId }) => tenantId === principal.tenantId);
  const found = await Promise.all(
    own.map(async (workspace) => ({
      workspace,
      canRead: await allows({ workspace, action: THREAT_INTELLIGENCE_READ }),
      canTag: await allows({ workspace, action: THREAT_INTELLIGENCE_TAG }),
      canWrite: await allows({ workspace, action: THREAT_INTELLIGENCE_WRITE }),
    })),
  );
  return found.filter(({ canRead, canTag, canWrite }) => canRead || canTag || canWrite);
}
