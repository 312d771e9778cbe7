/** Where `stixgate query` finds its data: a service, a data directory, or nothing. */
import { type OfflineQueries, openEmptyQueries, openOfflineQueries } from "../app/index.ts";
import { createMonitorClient, QUERY_SCOPE } from "../client/index.ts";
import { type Queries, readTimespan } from "../query/index.ts";
import { AppError } from "../wire/index.ts";
import { type GlobalOptions, settingsOf } from "./global-options.ts";
import { answerOf, answerOfBody } from "./query-answer.ts";
import type { AskQuery } from "./query-batch.ts";
import type { Surroundings } from "./surroundings.ts";
import { trustAuthority } from "./trust-authority.ts";
import { resolveSettings, type UploadFlags } from "./upload-settings.ts";

/** Options that say where. */
export interface SourceOptions extends UploadFlags {
  readonly workspace?: string;
  /** Seconds. */
  readonly timeout?: number;
}

/** An opened source. */
export interface QuerySource {
  readonly ask: AskQuery;
  readonly close: () => Promise<void>;
}

/** The public cloud's query API, where no endpoint is named. */
const AZURE_QUERY_ENDPOINT = "https://api.loganalytics.io";
const MS_PER_SECOND = 1000;

/** Opens the source that the options name. @throws AppError, ClientError for options that do not go together */
export async function openQuerySource(
  options: GlobalOptions & SourceOptions,
  surroundings: Surroundings,
): Promise<QuerySource> {
  const isService = options.ready !== undefined || options.workspaceId !== undefined;
  if (isService && options.dataDir !== undefined) {
    throw new AppError("invalid_request", "--data-dir and a service exclude each other.");
  }
  if (isService) {
    return serviceSource(options, surroundings);
  }
  const { settings } = settingsOf(options, surroundings.environment);
  if (options.dataDir === undefined && options.workspace === undefined) {
    const empty = await openEmptyQueries(settings);
    const { queries, workspaceId, close } = empty;
    return { ask: askOf(queries, workspaceId, options.timeout), close };
  }
  const offline = await openOfflineQueries(settings, (text) =>
    surroundings.stderr.write(`stixgate query: ${text}\n`),
  );
  try {
    const workspaceId = pickWorkspace(offline.workspaces, options.workspace);
    const ask = askOf(offline.queries, workspaceId, options.timeout);
    return {
      ask: offline.isServerRunning ? withoutLogs(ask, offline.queries) : ask,
      close: offline.close,
    };
  } catch (error) {
    await offline.close();
    throw error;
  }
}

function askOf(queries: Queries, workspaceId: string, timeoutSeconds?: number): AskQuery {
  return async (query, timespan) => {
    const now = new Date();
    const range = readTimespan(timespan, now);
    const limits =
      timeoutSeconds === undefined ? {} : { limits: { timeMs: timeoutSeconds * MS_PER_SECOND } };
    return answerOf(await queries.run({ workspaceId, query, range, now, ...limits }));
  };
}

/** A table that looks empty because a server holds it would be a wrong answer. */
function withoutLogs(ask: AskQuery, queries: Queries): AskQuery {
  const names = queries.logTables.list().map(({ name }) => name);
  const named = new RegExp(`\\b(?:${names.join("|")}|_Im_\\w+|_GetWatchlist)\\b`);
  return async (query, timespan) => {
    const table = named.exec(query)?.[0];
    if (table !== undefined) {
      throw new AppError(
        "data_directory_locked",
        `A server works on this data directory and holds '${table}': ask the server (--ready or --workspace-id).`,
      );
    }
    return ask(query, timespan);
  };
}

/** The workspace that is meant. @throws AppError `invalid_request`, `workspace_not_found` */
export function pickWorkspace(workspaces: OfflineQueries["workspaces"], wanted?: string): string {
  const [first, ...others] = workspaces;
  if (wanted === undefined) {
    if (first === undefined || others.length > 0) {
      throw new AppError(
        "invalid_request",
        first === undefined
          ? "The data directory has no workspace."
          : `Say which workspace: ${workspaces.map(({ name }) => name).join(", ")}.`,
        { field: "--workspace" },
      );
    }
    return first.workspaceId;
  }
  const lower = wanted.toLowerCase();
  const found = workspaces.find(
    ({ workspaceId, name }) => workspaceId === lower || name.toLowerCase() === lower,
  );
  if (found === undefined) {
    throw new AppError("workspace_not_found", `The data directory has no workspace '${wanted}'.`, {
      field: "--workspace",
    });
  }
  return found.workspaceId;
}

function serviceSource(options: SourceOptions, surroundings: Surroundings): QuerySource {
  const { client, caFile } = resolveSettings(options, surroundings.environment);
  trustAuthority(caFile);
  const monitor = createMonitorClient({
    ...client,
    endpoint: client.endpoint ?? AZURE_QUERY_ENDPOINT,
    scope: client.scope ?? QUERY_SCOPE,
    requestsPerMinuteMax: 200,
    timeoutMs: ((options.timeout ?? 600) + 30) * MS_PER_SECOND,
  });
  return {
    ask: async (query, timespan) => {
      const reply = await monitor.query({ query, timespan, waitSeconds: options.timeout });
      return answerOfBody(reply.body);
    },
    close: async () => undefined,
  };
}
