/** Puts the management plane on the server: the routes of our own API, and the housekeeping of what they keep. */
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import {
  type ApiRoute,
  armRoutes,
  type Caller,
  directoryRoutes,
  fileRoutes,
  type IngestionParts,
  identifyCaller,
  ingestionRoutes,
  objectRoutes,
  openApiRoute,
  overviewRoutes,
  peopleRoutes,
  queriesOrRefusal,
  queryApiRoutes,
  registerApiRoutes,
  relationRoutes,
  ruleRoutes,
  type ServerInfoOptions,
  serverInfoRoutes,
  sessionRoutes,
  taskRoutes,
  viewRoutes,
  type WorkspaceAccess,
} from "../http/index.ts";
import type { Throttle } from "../ingest/index.ts";
import {
  createRecentReceipts,
  forgetEdits,
  forgetSettled,
  type ManageParts,
} from "../manage/index.ts";
import type { Queries } from "../query/index.ts";
import type { DocumentStore, Store } from "../store/index.ts";
import {
  type AccessRequest,
  authorise,
  authoriseTenant,
  type Directory,
  principalKey,
  type RequestTarget,
  THREAT_INTELLIGENCE_READ,
  THREAT_INTELLIGENCE_TAG,
  THREAT_INTELLIGENCE_WRITE,
  type TokenVerifier,
  workspaceScope,
} from "../token/index.ts";
import type { ApplicationUses } from "./application-uses.ts";
import { type Management, manageParts } from "./management-parts.ts";
import type { Settings } from "./settings-table.ts";
import type { Teardown } from "./teardown.ts";
import { limitsOf } from "./upload-parts.ts";

/** What the management plane is built of. */
export interface ManagementParts extends Management {
  readonly settings: Settings;
  readonly log: Logger;
  readonly now: () => Date;
  readonly directory: Directory;
  readonly store: Store;
  readonly documents: DocumentStore;
  readonly verifier: TokenVerifier;
  /** Undefined when nothing is throttled. */
  readonly throttle?: Throttle | undefined;
  /** Undefined when the server answers no queries. */
  readonly queries?: Queries | undefined;
  readonly uses: Pick<ApplicationUses, "last">;
  readonly serverInfo: ServerInfoOptions;
  readonly originOf: (target: RequestTarget) => string;
}

/** Expired sessions, old notes and old imports are looked for so often; nothing depends on it but space. */
const HOUSEKEEPING_MS = 3_600_000;

const MS_PER_DAY = 86_400_000;

/** Every route of our own API, and of signing in. */
export function managementRoutes(parts: ManagementParts): readonly ApiRoute[] {
  const { people, oidc, now, documents, directory, tasks, rules, imports } = parts;
  const manage = manageParts(parts);
  const routes: readonly ApiRoute[] = [
    openApiRoute(() => routes),
    ...sessionRoutes({
      people,
      oidc,
      now,
      accessOf: (caller) => accessOf(parts, caller),
      // A host that is not ours gives way to our own.
      httpsOrigin: () => parts.originOf({ protocol: "https", host: "" }),
    }),
    ...objectRoutes(manage),
    ...relationRoutes(manage),
    ...armRoutes(manage),
    ...fileRoutes(manage, imports),
    ...overviewRoutes(manage),
    ...ingestionRoutes(ingestionParts(parts, manage)),
    ...ruleRoutes(rules),
    ...taskRoutes(tasks),
    ...viewRoutes(documents),
    ...queryApiRoutes({ queries: () => queriesOrRefusal(parts.queries), now }),
    ...peopleRoutes({
      people,
      audit: (query) => documents.audit(query),
      idsOf: (tenantId) => idsOf(directory, tenantId),
    }),
    ...directoryRoutes({
      directory,
      note: async (note) => {
        await documents.commit([], [note]);
      },
      lastUses: () => parts.uses.last(),
    }),
    ...serverInfoRoutes(parts.serverInfo),
  ];
  return routes;
}

/** What the routes of what connectors send work with. */
function ingestionParts(parts: ManagementParts, manage: ManageParts): IngestionParts {
  const { directory, throttle, settings, turnedAway } = parts;
  const limits = limitsOf(settings);
  return {
    manage,
    turnedAway,
    recent: createRecentReceipts(manage.store),
    async gaugeOf({ tenantId, objectId, appId }) {
      const limit = limits(appId).requestsPerMinute;
      const key = principalKey({ tenantId, objectId });
      const state = await throttle?.peek(key, limit, performance.now());
      return state === undefined ? null : { limit, ...state };
    },
    nameOf: async ({ tenantId, objectId }) =>
      (await directory.view()).findPrincipal(tenantId, objectId)?.displayName ?? null,
  };
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

/** Forgets expired sessions, old notes, imports and guards of edits now and then. */
export function keepManagement(parts: ManagementParts, teardown: Teardown): void {
  const { settings, log, now, people, documents, imports, store } = parts;
  const auditDays = settings["people.auditDays"];
  const tidy = async (): Promise<void> => {
    try {
      await people.forgetExpired();
      await imports.forgetOld();
      await forgetEdits({ documents, now });
      await forgetSettled({ documents, store, now });
      if (auditDays > 0) {
        const before = new Date(now().getTime() - auditDays * MS_PER_DAY);
        await documents.forgetAuditBefore(before.toISOString());
      }
    } catch (cause) {
      log.error({ err: cause }, "expired sessions and old notes could not be removed");
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

async function idsOf(directory: Directory, tenantId: string): Promise<ReadonlySet<string>> {
  const { applications, workspaces } = await directory.view();
  const ofTenant = (row: { readonly tenantId: string }): boolean => row.tenantId === tenantId;
  return new Set([
    ...applications.filter(ofTenant).flatMap(({ appId, objectId }) => [appId, objectId]),
    ...workspaces.filter(ofTenant).map(({ workspaceId }) => workspaceId),
  ]);
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
