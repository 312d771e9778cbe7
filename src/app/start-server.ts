/**
 * The composition root: builds every part from the settings, top to bottom, binds the sockets, and takes it
 * all down again in order. Nothing else builds a store, a verifier or a socket.
 */

import type { Server } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import type { People } from "../people/index.ts";
import { lockDataDirectory } from "../store/index.ts";
import {
  checkTokenOptions,
  createDirectory,
  createSigningKeys,
  type Directory,
  type SigningKeys,
} from "../token/index.ts";
import { type ApplicationParts, buildApplication } from "./application.ts";
import { rememberUses } from "./application-uses.ts";
import { type DataDirectory, openDataDirectory } from "./data-directory.ts";
import { openManagement } from "./management-parts.ts";
import { IDENTITY_KEY_PURPOSE } from "./offline.ts";
import { pageDirectory } from "./page.ts";
import { openServerQueries } from "./query-plane.ts";
import { serverInfo } from "./server-info.ts";
import type { SettingOrigin } from "./settings.ts";
import type { SettingName, Settings } from "./settings-table.ts";
import { drain, listenHttp, listening, portOf } from "./sockets.ts";
import { openDocumentStore, openIdentityStore, openServerStore } from "./stores.ts";
import { type Teardown, takeDown } from "./teardown.ts";
import { openTls } from "./tls/open-tls.ts";
import { tokenOptions } from "./token-options.ts";
import { openProcessor, openThrottle } from "./upload-parts.ts";

/** What a server is started with. */
export interface StartOptions {
  readonly settings: Settings;
  /** Where each setting came from, for administrators who ask. */
  readonly origins?: Readonly<Record<SettingName, SettingOrigin>>;
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
export async function startServer(options: StartOptions): Promise<RunningServer> {
  const teardown: Teardown = [];
  try {
    return await build(options, teardown);
  } catch (error) {
    await takeDown(teardown);
    throw error;
  }
}

async function build(start: StartOptions, teardown: Teardown): Promise<RunningServer> {
  const { settings, log } = start;
  const dataDirectory = await openDataDirectory(settings["data.directory"]);
  const lock = lockDataDirectory(dataDirectory.path);
  teardown.push(() => lock.release());
  // Known once the socket is bound; the parts ask for it at each request.
  const place = { origin: "" };
  const parts = await openParts({ ...start, dataDirectory, place }, teardown);
  const { app, secureServer } = buildApplication(parts, teardown);
  teardown.push(() => app.close());
  const httpsPort = await listenHttps(app, secureServer(), settings);
  place.origin = `https://${hostInUrl(settings["https.host"])}:${httpsPort}`;
  const { tls, directory, people } = parts;
  tls.onRenewal(() => {
    secureServer().setSecureContext(tls.secureContext());
    log.info("the TLS certificate was renewed");
  });
  const plain = await listenPlain(app, settings);
  keepKeys(parts.keys, log, teardown);
  log.info({ https: place.origin, dataDirectory: dataDirectory.path }, "listening");

  return {
    httpsUrl: place.origin,
    httpUrl: plain === undefined ? null : `http://127.0.0.1:${portOf(plain)}`,
    dataDirectory,
    caFile: tls.caPem === undefined ? null : dataDirectory.files.caCertificate,
    directory,
    people,
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

interface Base extends StartOptions {
  readonly dataDirectory: DataDirectory;
  readonly place: { readonly origin: string };
}

/** Opens what the application is made of, each part above those it needs. */
async function openParts(base: Base, teardown: Teardown): Promise<ApplicationParts> {
  const { settings, origins, log, dataDirectory, place } = base;
  const now = (): Date => new Date();
  const identity = await openIdentityStore(settings, dataDirectory);
  teardown.push(() => identity.close());
  const identityKey = dataDirectory.deriveKey(IDENTITY_KEY_PURPOSE);
  const identityParts = { store: identity, masterKey: identityKey, clock: now };
  const directory = createDirectory(identityParts);
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
  const stored = { settings, log, now, dataDirectory, store, documents };
  const management = openManagement({ ...stored, directory }, teardown);
  const options = tokenOptions(
    settings,
    tls.names,
    () => settings["server.canonicalUrl"] || place.origin,
  );
  for (const warning of checkTokenOptions(options)) {
    log.warn(warning);
  }
  return {
    ...{ settings, log, now, identityKey, directory, tls, store, documents, options },
    ...management,
    uses: rememberUses(stored, teardown),
    serverInfo: serverInfo({ ...stored, directory, origins, dataPath: dataDirectory.path }),
    keys: createSigningKeys(identityParts),
    queries: await openServerQueries(stored, teardown),
    throttle: await openThrottle(settings, log, teardown),
    process: openProcessor(settings, log, teardown),
  };
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
