/**
 * The application of a server: every family of routes, with the parts that it is made of. Sockets and the order of
 * starting and stopping are the composition root's (`start-server.ts`).
 */
import type { RequestListener } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Logger } from "pino";
import {
  createHttpServer,
  identifyCaller,
  registerPageRoutes,
  registerReceiptRoutes,
  registerServerRoutes,
  registerTokenRoutes,
  registerUploadRoutes,
  type ServerInfoOptions,
  type TurnedAwayRequest,
} from "../http/index.ts";
import {
  createUploads,
  type RecordProcessor,
  type Throttle,
  type Uploads,
} from "../ingest/index.ts";
import { filteredReceipts } from "../manage/index.ts";
import type { Queries } from "../query/index.ts";
import type { DocumentStore, Store, Workspace } from "../store/index.ts";
import {
  authorise,
  createMetadataService,
  createTokenService,
  createTokenVerifier,
  type Directory,
  type Principal,
  type RequestTarget,
  requestOrigin,
  type SigningKeys,
  THREAT_INTELLIGENCE_READ,
  THREAT_INTELLIGENCE_WRITE,
  type TokenOptions,
  type TokenVerifier,
} from "../token/index.ts";
import { AppError } from "../wire/index.ts";
import type { ApplicationUses } from "./application-uses.ts";
import { keepManagement, registerManagement } from "./management.ts";
import type { Management } from "./management-parts.ts";
import { pageDirectory } from "./page.ts";
import { registerQueryPlane } from "./query-plane.ts";
import type { Settings } from "./settings-table.ts";
import { httpsServer } from "./sockets.ts";
import type { Teardown } from "./teardown.ts";
import type { Tls } from "./tls/open-tls.ts";
import { limitsOf } from "./upload-parts.ts";

const MS_PER_SECOND = 1000;

/** What an application is made of. */
export interface ApplicationParts extends Management {
  readonly uses: ApplicationUses;
  readonly serverInfo: ServerInfoOptions;
  readonly settings: Settings;
  readonly log: Logger;
  readonly now: () => Date;
  readonly identityKey: Uint8Array;
  readonly directory: Directory;
  readonly keys: SigningKeys;
  readonly tls: Tls;
  readonly store: Store;
  readonly documents: DocumentStore;
  readonly queries: Queries | undefined;
  readonly throttle: Throttle | undefined;
  readonly process: RecordProcessor;
  readonly options: TokenOptions;
}

interface Application {
  readonly app: FastifyInstance;
  readonly secureServer: () => HttpsServer;
}

/** Makes the application; what works beside its routes is added to the teardown. */
export function buildApplication(parts: ApplicationParts, teardown: Teardown): Application {
  const { settings, log, now, directory, keys, tls, options } = parts;
  const requestTimeoutMs = settings["server.requestSeconds"] * MS_PER_SECOND;
  let secure: HttpsServer | undefined;
  const app = createHttpServer({
    serverFactory: (handler: RequestListener) => {
      secure = httpsServer(handler, { ...tls.secureContext(), requestTimeoutMs });
      return secure;
    },
    log,
    noRoleStatus: settings["auth.noRoleStatus"] === "403" ? 403 : 401,
    errorStyle: settings["auth.errorStyle"],
    originOf: (target) => requestOrigin(target, options),
  });
  const verifier = parts.uses.watching(
    createTokenVerifier({
      directory,
      keys,
      options,
      clock: now,
      warn: (message, cause) => log.warn({ err: cause }, message),
    }),
  );
  registerPublic(app, parts);
  registerUploadPlane(app, parts, verifier);
  if (parts.queries !== undefined) {
    registerQueryPlane(app, { ...parts, verifier, queries: parts.queries });
  }
  const management = {
    ...parts,
    verifier,
    originOf: (target: RequestTarget) => requestOrigin(target, options),
  };
  registerManagement(app, management);
  keepManagement(management, teardown);
  return {
    app,
    secureServer: () => {
      if (secure === undefined) {
        throw new AppError("internal", "The HTTPS server was never made.");
      }
      return secure;
    },
  };
}

/** What needs no token: the page's files, health, the certificate, and the token service. */
function registerPublic(app: FastifyInstance, parts: ApplicationParts): void {
  const { log, now, directory, keys, tls, store, options } = parts;
  const page = pageDirectory();
  if (page === undefined) {
    log.warn("the web page was not built: run npm run build");
  } else {
    registerPageRoutes(app, page);
  }
  registerServerRoutes(app, { checkReady: () => store.checkHealth(), caPem: tls.caPem });
  registerTokenRoutes(app, {
    tokens: createTokenService({
      directory,
      keys,
      options,
      clock: now,
      masterKey: parts.identityKey,
    }),
    metadata: createMetadataService({ directory, keys, options }),
    origins: options,
    clock: now,
  });
}

/** Uploads and their receipts. */
function registerUploadPlane(
  app: FastifyInstance,
  parts: ApplicationParts,
  verifier: TokenVerifier,
): void {
  const { settings, directory, store } = parts;
  registerUploadRoutes(app, {
    uploads: buildUploads(parts),
    authenticate: authenticator(verifier),
    successBody: {
      v1: settings["upload.successBody.v1"],
      v2: settings["upload.successBody.v2"],
      v3: settings["upload.successBody.v3"],
    },
    allInvalidStatus: {
      v1: settings["upload.allInvalidStatus.v1"] === "400" ? 400 : 200,
      v2: settings["upload.allInvalidStatus.v2"] === "400" ? 400 : 200,
      v3: settings["upload.allInvalidStatus.v3"] === "400" ? 400 : 200,
    },
    alsoEmitValidationErrorMessages: settings["upload.alsoEmitValidationErrorMessages"],
    pathAliases: settings["upload.pathAliases"],
    bodyBytesMax: settings["upload.bodyBytesMax"],
    decodedBytesMax: settings["upload.decodedBytesMax"],
    bodiesInFlightBytesMax: settings["upload.bodiesInFlightBytesMax"],
    onTurnedAway: (refused) => void rememberTurnedAway(parts, refused),
  });
  registerReceiptRoutes(app, {
    authenticate: async (request) =>
      (await identifyCaller(request, { verifier, directory, people: parts.people })).principal,
    findWorkspace: (workspaceId) => findWorkspace(directory, workspaceId),
    authorise: (principal, workspace) =>
      authorise(directory, principal, { workspace, action: THREAT_INTELLIGENCE_READ }),
    receipts: (query) => filteredReceipts(store, query),
    receipt: (workspaceId, requestId) => store.receipt(workspaceId, requestId),
  });
}

/** Only for workspaces that exist: whatever a stranger asks for takes no room. */
async function rememberTurnedAway(
  { directory, turnedAway, now, log }: ApplicationParts,
  { workspaceId, ...refused }: TurnedAwayRequest,
): Promise<void> {
  try {
    const workspace = await findWorkspace(directory, workspaceId);
    if (workspace !== undefined) {
      turnedAway.add(workspace.workspaceId, { at: now().toISOString(), ...refused });
    }
  } catch (cause) {
    log.error({ err: cause }, "a request that was not let in could not be remembered");
  }
}

async function findWorkspace(directory: Directory, id: string): Promise<Workspace | undefined> {
  return (await directory.view()).findWorkspace(id);
}

function authenticator(verifier: TokenVerifier): (request: FastifyRequest) => Promise<Principal> {
  return (request) => verifier.verifyAuthorization(request.headers.authorization);
}

function buildUploads({
  settings,
  log,
  now,
  directory,
  store,
  rules,
  throttle,
  process,
}: ApplicationParts): Uploads {
  return createUploads(
    {
      store,
      process,
      rulesOf: (workspaceId) => rules.of(workspaceId),
      findWorkspace: (workspaceId) => findWorkspace(directory, workspaceId),
      authorise: (principal, workspace) =>
        authorise(directory, principal, {
          workspace,
          action: THREAT_INTELLIGENCE_WRITE,
          allowedRoles: settings["auth.allowedRoles"],
        }),
      now,
      monotonicMs: () => performance.now(),
      onReceiptLost: (requestId, cause) =>
        log.error({ requestId, err: cause }, "the receipt of a refused request could not be kept"),
    },
    {
      unrevoke: settings["upload.unrevoke"],
      throttle,
      limitsOf: limitsOf(settings),
    },
  );
}
