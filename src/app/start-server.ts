/**
 * The composition root: builds every part from the settings, top to bottom, binds the sockets, and takes it
 * all down again in order. Nothing else builds a store, a verifier or a socket.
 */

import type { RequestListener, Server } from "node:http";
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
} from "../http/index.ts";
import {
  createUploads,
  type RecordProcessor,
  type Throttle,
  type Uploads,
} from "../ingest/index.ts";
import type { People } from "../people/index.ts";
import type { Queries } from "../query/index.ts";
import { type DocumentStore, lockDataDirectory, type Store } from "../store/index.ts";
import {
  authorise,
  checkTokenOptions,
  createDirectory,
  createMetadataService,
  createSigningKeys,
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
import { type DataDirectory, openDataDirectory } from "./data-directory.ts";
import { keepManagement, registerManagement } from "./management.ts";
import { type Management, openManagement } from "./management-parts.ts";
import { IDENTITY_KEY_PURPOSE } from "./offline.ts";
import { pageDirectory } from "./page.ts";
import { openServerQueries, registerQueryPlane } from "./query-plane.ts";
import type { Settings } from "./settings-table.ts";
import { drain, httpsServer, listenHttp, listening, portOf } from "./sockets.ts";
import { openDocumentStore, openIdentityStore, openServerStore } from "./stores.ts";
import { type Teardown, takeDown } from "./teardown.ts";
import { openTls, type Tls } from "./tls/open-tls.ts";
import { tokenOptions } from "./token-options.ts";
import { limitsOf, openProcessor, openThrottle } from "./upload-parts.ts";

/** What a server is started with. */
export interface StartOptions {
  readonly settings: Settings;
  readonly log: Logger;
}

/** A server that answers. */
export interface RunningServer {
  /** Origin of HTTPS, such as `https://127.0.0.1:8443`. */
  readonly httpsUrl: string;
  /** Origin of plain HTTP on loopback; null when it is off. */
  readonly httpUrl: string | null;
  readonly dataDirectory: DataDirectory;
  /** File with the certificate that clients must trust; null with an operator's own certificate. */
  readonly caFile: string | null;
  readonly directory: Directory;
  readonly people: People;
  /** Whether there is a web page to sign in to. */
  readonly hasPage: boolean;
  /** Reads the operator's certificate files again, or renews the own certificate where it is due. */
  readonly refreshTls: () => Promise<boolean>;
  /** Lets requests under way finish, closes the stores, gives the data directory free. */
  readonly stop: () => Promise<void>;
}

/** How often signing keys are looked after: rotation is a matter of weeks, so hours suffice. */
const KEY_MAINTENANCE_MS = 3_600_000;

const MS_PER_SECOND = 1000;

/**
 * Starts a server on a data directory.
 * @throws AppError `settings_invalid`, `data_directory_locked`, `store_unavailable`; nothing is left open
 */
export async function startServer({ settings, log }: StartOptions): Promise<RunningServer> {
  const teardown: Teardown = [];
  try {
    return await build(settings, log, teardown);
  } catch (error) {
    await takeDown(teardown);
    throw error;
  }
}

async function build(settings: Settings, log: Logger, teardown: Teardown): Promise<RunningServer> {
  const now = (): Date => new Date();
  const dataDirectory = await openDataDirectory(settings["data.directory"]);
  const lock = lockDataDirectory(dataDirectory.path);
  teardown.push(() => lock.release());
  const identity = await openIdentityStore(settings, dataDirectory);
  teardown.push(() => identity.close());
  const identityKey = dataDirectory.deriveKey(IDENTITY_KEY_PURPOSE);
  const identityParts = { store: identity, masterKey: identityKey, clock: now };
  const directory = createDirectory(identityParts);
  const keys = createSigningKeys(identityParts);
  const tls = await openTls({
    dataDirectory,
    names: settings["tls.names"],
    takeover: settings["tls.takeover"],
    ...(settings["tls.certFile"] === "" ? {} : { certFile: settings["tls.certFile"] }),
    ...(settings["tls.keyFile"] === "" ? {} : { keyFile: settings["tls.keyFile"] }),
    now,
    warn: (message) => log.warn(message),
  });
  teardown.push(() => tls.close());
  const store = await openServerStore({ settings, dataDirectory, log }, teardown);
  const documents = await openDocumentStore(settings, dataDirectory, now);
  teardown.push(() => documents.close());
  const management = openManagement(
    { settings, log, now, dataDirectory, directory, store, documents },
    teardown,
  );

  const place = { origin: "" };
  const options = tokenOptions(
    settings,
    tls.names,
    () => settings["server.canonicalUrl"] || place.origin,
  );
  for (const warning of checkTokenOptions(options)) {
    log.warn(warning);
  }
  const queries = await openServerQueries(
    { settings, log, now, dataDirectory, store, documents },
    teardown,
  );
  const throttle = await openThrottle(settings, log, teardown);
  const parts: Parts = {
    settings,
    log,
    now,
    identityKey,
    directory,
    keys,
    tls,
    store,
    documents,
    ...management,
    queries,
    throttle,
    process: openProcessor(settings, log, teardown),
    options,
  };
  const { app, secureServer } = buildApplication(parts, teardown);
  teardown.push(() => app.close());
  const httpsPort = await listenHttps(app, secureServer(), settings);
  place.origin = `https://${hostInUrl(settings["https.host"])}:${httpsPort}`;
  tls.onRenewal(() => {
    secureServer().setSecureContext(tls.secureContext());
    log.info("the TLS certificate was renewed");
  });
  const plain = await listenPlain(app, settings);
  keepKeys(keys, log, teardown);
  log.info({ https: place.origin, dataDirectory: dataDirectory.path }, "listening");

  return {
    httpsUrl: place.origin,
    httpUrl: plain === undefined ? null : `http://127.0.0.1:${portOf(plain)}`,
    dataDirectory,
    caFile: tls.caPem === undefined ? null : dataDirectory.files.caCertificate,
    directory,
    people: management.people,
    hasPage: pageDirectory() !== undefined,
    refreshTls: () => tls.refresh(),
    stop: once(async () => {
      log.info("stopping: requests under way may finish");
      const drainMs = settings["server.drainSeconds"] * MS_PER_SECOND;
      const servers: Server[] = [secureServer(), ...(plain === undefined ? [] : [plain])];
      await Promise.all(servers.map((server) => drain(server, drainMs)));
      await takeDown(teardown);
      log.info("stopped");
    }),
  };
}

interface Parts extends Management {
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

function buildApplication(parts: Parts, teardown: Teardown): Application {
  const { settings, log, now, directory, keys, tls, store, options } = parts;
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
  const verifier = createTokenVerifier({
    directory,
    keys,
    options,
    clock: now,
    warn: (message, cause) => log.warn({ err: cause }, message),
  });
  const authenticate = authenticator(verifier);
  const findWorkspace: ReceiptWorkspaces = async (id) => (await directory.view()).findWorkspace(id);
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
  registerUploadRoutes(app, {
    uploads: buildUploads(parts),
    authenticate,
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
  });
  registerReceiptRoutes(app, {
    authenticate: async (request) =>
      (await identifyCaller(request, { verifier, directory, people: parts.people })).principal,
    findWorkspace,
    authorise: (principal, workspace) =>
      authorise(directory, principal, { workspace, action: THREAT_INTELLIGENCE_READ }),
    receipts: (query) => store.receipts(query),
    receipt: (workspaceId, requestId) => store.receipt(workspaceId, requestId),
  });
  const management = {
    ...parts,
    verifier,
    originOf: (target: RequestTarget) => requestOrigin(target, options),
  };
  if (parts.queries !== undefined) {
    registerQueryPlane(app, { ...parts, verifier, queries: parts.queries });
  }
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

type ReceiptWorkspaces = Parameters<typeof registerReceiptRoutes>[1]["findWorkspace"];

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
}: Parts): Uploads {
  return createUploads(
    {
      store,
      process,
      rulesOf: (workspaceId) => rules.of(workspaceId),
      findWorkspace: async (id) => (await directory.view()).findWorkspace(id),
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

/** Binds the socket ourselves, because Fastify would log an http address for it. */
async function listenHttps(
  app: FastifyInstance,
  server: HttpsServer,
  settings: Settings,
): Promise<number> {
  await app.ready();
  server.listen({ host: settings["https.host"], port: settings["https.port"] });
  await listening(server, "https.port");
  return portOf(server);
}

async function listenPlain(app: FastifyInstance, settings: Settings): Promise<Server | undefined> {
  const port = settings["http.port"];
  return port === null
    ? undefined
    : listenHttp((request, response) => app.routing(request, response), port, {
        requestTimeoutMs: settings["server.requestSeconds"] * MS_PER_SECOND,
      });
}

/** Keeps a key that signs and one announced before; a failure is tried again with the next round. */
function keepKeys(keys: SigningKeys, log: Logger, teardown: Teardown): void {
  const maintain = async (): Promise<void> => {
    try {
      await keys.maintain();
    } catch (cause) {
      log.error({ err: cause }, "signing keys could not be renewed");
    }
  };
  let round = maintain();
  const timer = setInterval(() => {
    round = maintain();
  }, KEY_MAINTENANCE_MS);
  timer.unref();
  teardown.push(async () => {
    clearInterval(timer);
    await round;
  });
}

/** An address as it stands in a URL; a server that listens everywhere is reached by this machine's loopback. */
function hostInUrl(host: string): string {
  if (host === "0.0.0.0" || host === "::") {
    return "127.0.0.1";
  }
  return host.includes(":") ? `[${host}]` : host;
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= work();
    return running;
  };
}
