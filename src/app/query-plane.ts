/** Builds the query API and the Logs Ingestion API of a server. */
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { registerLogsIngestionRoutes, registerQueryRoutes } from "../http/index.ts";
import type { Throttle } from "../ingest/index.ts";
import type { Queries } from "../query/index.ts";
import type { DocumentStore, Store, Workspace } from "../store/index.ts";
import {
  authorise,
  type Directory,
  QUERY_READ,
  TELEMETRY_WRITE,
  type TokenVerifier,
} from "../token/index.ts";
import { AppError } from "../wire/index.ts";
import type { DataDirectory } from "./data-directory.ts";
import { openQueries, QUERY_FOLDER } from "./query-parts.ts";
import type { Settings } from "./settings-table.ts";
import type { Teardown } from "./teardown.ts";

/** What a server's queries are opened with. */
export interface ServerQueryParts {
  readonly settings: Settings;
  readonly log: Logger;
  readonly now: () => Date;
  readonly dataDirectory: DataDirectory;
  readonly store: Store;
  readonly documents: DocumentStore;
}

/** Opens queries over the server's store; undefined when they are switched off. */
export async function openServerQueries(
  parts: ServerQueryParts,
  teardown: Teardown,
): Promise<Queries | undefined> {
  const { settings, log, dataDirectory, store } = parts;
  if (!settings["query.enabled"]) {
    return undefined;
  }
  const opened = await openQueries(
    {
      settings,
      directory: join(dataDirectory.path, QUERY_FOLDER),
      source:
        settings["store.kind"] === "sqlite"
          ? { kind: "sqlite", directory: dataDirectory.path }
          : { kind: "store", changes: (after, limit) => store.changes(after, limit) },
      documents: parts.documents,
      now: parts.now,
      onNotice: ({ level, message, cause }) => log[level]({ err: cause }, message),
      onFault: (cause) => log.error({ err: cause }, "the thread that reads queries broke down"),
    },
    teardown,
  );
  return opened.queries;
}

/** What the routes need. */
export interface QueryPlaneParts {
  readonly settings: Settings;
  readonly now: () => Date;
  readonly directory: Directory;
  readonly verifier: TokenVerifier;
  readonly queries: Queries;
  /** Counts per principal; undefined when throttles are off. */
  readonly throttle: Throttle | undefined;
}

/** Adds the routes of both APIs. */
export function registerQueryPlane(app: FastifyInstance, parts: QueryPlaneParts): void {
  const { settings, directory, verifier, queries } = parts;
  const findWorkspace = async (id: string): Promise<Workspace | undefined> =>
    (await directory.view()).findWorkspace(id);
  registerQueryRoutes(app, {
    authenticate: ({ headers }) => verifier.verifyAuthorization(headers.authorization, "query"),
    findWorkspace,
    workspacesOf: async (tenantId) =>
      (await directory.view()).workspaces.filter((row) => row.tenantId === tenantId),
    authorise: (principal, workspace) =>
      authorise(directory, principal, { workspace, action: QUERY_READ }),
    admit: (key) => admit(parts, `query:${key}`, settings["query.requestsPerMinute"]),
    run: queries.run,
    now: parts.now,
  });
  registerLogsIngestionRoutes(app, {
    authenticate: ({ headers }) => verifier.verifyAuthorization(headers.authorization, "ingestion"),
    findWorkspace,
    authorise: (principal, workspace) =>
      authorise(directory, principal, { workspace, action: TELEMETRY_WRITE }),
    admit: (key) => admit(parts, `logs:${key}`, settings["logs.requestsPerMinute"]),
    logs: queries.logs,
    bodyLimits: {
      bytesMax: settings["logs.bodyBytesMax"],
      decodedBytesMax: settings["logs.decodedBytesMax"],
    },
  });
}

async function admit({ throttle }: QueryPlaneParts, key: string, perMinute: number): Promise<void> {
  const verdict = await throttle?.take(key, perMinute, performance.now());
  if (verdict !== undefined && verdict.retryAfterSeconds > 0) {
    const { retryAfterSeconds } = verdict;
    throw new AppError(
      "throttled",
      `Rate limit is exceeded. Try again in ${retryAfterSeconds} seconds.`,
      { retryAfterSeconds },
    );
  }
}
