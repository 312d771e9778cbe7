/**
 * Routes of the Log Analytics query API: one query, or a batch, by workspace id or by resource path, under `/v1` and
 * without it, because clients differ in what they make of a custom endpoint.
 * @see Azure Monitor, "Log Analytics API, request format"; "batch queries"
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import {
  answerBody,
  faultError,
  type QueryOutcome,
  type RunQuery,
  readTimespan,
} from "../query/index.ts";
import type { Workspace } from "../store/index.ts";
import { type Principal, principalKey, workspaceScope } from "../token/index.ts";
import { AppError } from "../wire/index.ts";
import { COMPRESSION, withCompression } from "./compression.ts";
import { bodyObject, leaveBodies } from "./plane-body.ts";
import { QUERY_ERRORS, queryErrorObject } from "./query-errors.ts";

export interface QueryRouteOptions {
  /** For the plane of queries. @throws AppError `unauthorized`, `wrong_audience` */
  readonly authenticate: (request: FastifyRequest) => Promise<Principal>;
  readonly findWorkspace: (workspaceId: string) => Promise<Workspace | undefined>;
  /** Workspaces of a tenant. */
  readonly workspacesOf: (tenantId: string) => Promise<readonly Workspace[]>;
  /** Whether the caller may query. @throws AppError `no_role` */
  readonly authorise: (principal: Principal, workspace: Workspace) => Promise<void>;
  /** Counts a query. @throws AppError `throttled` */
  readonly admit: (principalKey: string) => Promise<void>;
  readonly run: RunQuery;
  readonly now: () => Date;
}

/** A body of a batch holds several texts of at most 200,000 characters. */
const BODY_LIMITS = { bytesMax: 8 * 1_048_576, decodedBytesMax: 16 * 1_048_576 } as const;
/** Queries of one batch. */
const BATCH_REQUESTS_MAX = 100;
/** Queries of one batch under way at once; the engine has a queue of its own. */
const BATCH_CONCURRENCY = 4;
const BATCH_ID_LENGTH_MAX = 200;
const MS_PER_SECOND = 1000;

const RESOURCE_PATH =
  "/subscriptions/:subscriptionId/resourceGroups/:resourceGroup/providers/Microsoft.OperationalInsights/workspaces/:workspaceName";

/** The paths of one query; the second ends as Azure Resource Manager's does. */
const QUERY_PATHS: readonly string[] = [
  "/workspaces/:workspaceId/query",
  `${RESOURCE_PATH}/query`,
  `${RESOURCE_PATH}/api/query`,
];

/** Adds the query routes. */
export function registerQueryRoutes(app: FastifyInstance, options: QueryRouteOptions): void {
  withCompression(app, (scope) => {
    leaveBodies(scope);
    const config = { errors: "query" } as const;
    for (const prefix of ["", "/v1"]) {
      for (const path of QUERY_PATHS) {
        scope.route({
          method: ["GET", "POST"],
          url: `${prefix}${path}`,
          config,
          compress: COMPRESSION,
          handler: (request, reply) => handleQuery(request, reply, options),
        });
      }
      scope.post(`${prefix}/$batch`, { config, compress: COMPRESSION }, (request, reply) =>
        handleBatch(request, reply, options),
      );
    }
  });
}

/** One query as it was asked. */
interface AskedQuery {
  readonly query: string;
  readonly timespan: string | undefined;
  readonly workspaces: readonly string[];
  readonly prefer: Preferences;
}

interface Preferences {
  readonly waitSeconds: number | undefined;
  readonly statistics: boolean;
  readonly render: boolean;
}

async function handleQuery(
  request: FastifyRequest,
  reply: FastifyReply,
  options: QueryRouteOptions,
): Promise<FastifyReply> {
  const principal = await options.authenticate(request);
  const workspace = await workspaceOf(request, principal, options);
  await options.authorise(principal, workspace);
  await options.admit(principalKey(principal));
  const fields =
    request.method === "GET"
      ? queryFields(request.query as Readonly<Record<string, unknown>>)
      : await bodyObject(request, BODY_LIMITS);
  const asked = readAsked(fields, request.headers["prefer"]);
  const outcome = await runAsked(asked, { principal, workspace, options, signal: gone(reply) });
  if (outcome.kind === "fault") {
    logFault(request, workspace, outcome);
    return sendJson(
      reply.code(QUERY_ERRORS.invalid_request.status),
      faultText(outcome, request.id),
    );
  }
  logAnswer(request, workspace, outcome);
  return sendJson(reply, answerBody(outcome, asked.prefer));
}

/** In a query string the workspaces are one text with commas. */
function queryFields(query: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { workspaces } = query as { readonly workspaces?: unknown };
  return {
    ...query,
    ...(typeof workspaces === "string" ? { workspaces: workspaces.split(",") } : {}),
  };
}

async function workspaceOf(
  request: FastifyRequest,
  principal: Principal,
  options: QueryRouteOptions,
): Promise<Workspace> {
  const params = request.params as Readonly<Record<string, string | undefined>>;
  const { workspaceId, subscriptionId, resourceGroup, workspaceName } = params as {
    readonly [name in
      | "workspaceId"
      | "subscriptionId"
      | "resourceGroup"
      | "workspaceName"]?: string;
  };
  const reference =
    workspaceId ??
    workspaceScope({
      subscriptionId: subscriptionId ?? "",
      resourceGroup: resourceGroup ?? "",
      name: workspaceName ?? "",
    });
  return findReferred(reference, principal, options);
}

/** A workspace by its id, its name, or its resource path; one of another tenant is not there. */
async function findReferred(
  reference: string,
  principal: Principal,
  options: QueryRouteOptions,
): Promise<Workspace> {
  const byId = await options.findWorkspace(reference);
  const own = await options.workspacesOf(principal.tenantId);
  const wanted = reference.toLowerCase().replace(/^\/*/, "/");
  const found =
    byId ??
    own.find((row) => workspaceScope(row).toLowerCase() === wanted) ??
    own.find((row) => row.name.toLowerCase() === reference.toLowerCase());
  if (found === undefined || found.tenantId !== principal.tenantId) {
    throw new AppError(
      "workspace_not_found",
      `Workspace '${reference.slice(0, 300)}' does not exist.`,
      { field: "workspaceId" },
    );
  }
  return found;
}

interface RunContext {
  readonly principal: Principal;
  readonly workspace: Workspace;
  readonly options: QueryRouteOptions;
  readonly signal: AbortSignal;
}

async function runAsked(asked: AskedQuery, context: RunContext): Promise<QueryOutcome> {
  const { principal, workspace, options, signal } = context;
  for (const reference of asked.workspaces) {
    const other = await findReferred(reference, principal, options);
    await options.authorise(principal, other);
    if (other.workspaceId !== workspace.workspaceId) {
      throw new AppError(
        "invalid_request",
        `A query reads one workspace; '${reference.slice(0, 300)}' is another than that of the path.`,
        { field: "workspaces" },
      );
    }
  }
  const now = options.now();
  const { waitSeconds } = asked.prefer;
  return options.run({
    workspaceId: workspace.workspaceId,
    query: asked.query,
    range: readTimespan(asked.timespan, now),
    now,
    signal,
    ...(waitSeconds === undefined ? {} : { limits: { timeMs: waitSeconds * MS_PER_SECOND } }),
  });
}

function readAsked(
  fields: Readonly<Record<string, unknown>>,
  prefer: string | readonly string[] | undefined,
): AskedQuery {
  const { query, timespan, workspaces } = fields as Readonly<
    Record<"query" | "timespan" | "workspaces", unknown>
  >;
  if (typeof query !== "string" || query.trim() === "") {
    throw new AppError("invalid_request", "query must be a text with a KQL query.", {
      field: "query",
    });
  }
  if (timespan !== undefined && timespan !== null && typeof timespan !== "string") {
    throw new AppError("invalid_request", "timespan must be a text.", { field: "timespan" });
  }
  const listed = workspaces ?? [];
  if (!Array.isArray(listed) || listed.some((entry) => typeof entry !== "string")) {
    throw new AppError("invalid_request", "workspaces must be a list of texts.", {
      field: "workspaces",
    });
  }
  return {
    query,
    timespan: timespan ?? undefined,
    workspaces: listed as readonly string[],
    prefer: readPrefer(prefer),
  };
}

/** `Prefer: wait=60,include-statistics=true,include-render=true`; what is unknown is left alone (RFC 7240 §2). */
function readPrefer(header: string | readonly string[] | undefined): Preferences {
  const texts = typeof header === "string" ? [header] : (header ?? []);
  const given = new Map(
    texts
      .flatMap((text) => text.split(/[,;]/))
      .map((part) =>
        part
          .trim()
          .toLowerCase()
          .split(/\s*=\s*/),
      )
      .map(([name = "", value = "true"]) => [name, value.replaceAll('"', "")]),
  );
  const wait = /^\d{1,6}$/.exec(given.get("wait") ?? "")?.[0];
  return {
    waitSeconds: wait === undefined ? undefined : Math.max(1, Number(wait)),
    statistics: given.get("include-statistics") === "true",
    render: given.get("include-render") === "true",
  };
}

async function handleBatch(
  request: FastifyRequest,
  reply: FastifyReply,
  options: QueryRouteOptions,
): Promise<FastifyReply> {
  const principal = await options.authenticate(request);
  const { requests } = (await bodyObject(request, BODY_LIMITS)) as { readonly requests?: unknown };
  if (!Array.isArray(requests) || requests.length > BATCH_REQUESTS_MAX) {
    throw new AppError(
      "invalid_request",
      `requests must be a list of at most ${BATCH_REQUESTS_MAX} queries.`,
      { field: "requests" },
    );
  }
  const signal = gone(reply);
  const answers = new Array<string>(requests.length);
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < requests.length) {
      const index = next;
      next += 1;
      answers[index] = await batchAnswer(requests[index], { request, principal, options, signal });
    }
  };
  await Promise.all(Array.from({ length: BATCH_CONCURRENCY }, work));
  return sendJson(reply, `{"responses":[${answers.join(",")}]}`);
}

interface BatchContext {
  readonly request: FastifyRequest;
  readonly principal: Principal;
  readonly options: QueryRouteOptions;
  readonly signal: AbortSignal;
}

/** The answer to one query of a batch; whatever happens to it is its own. */
async function batchAnswer(entry: unknown, context: BatchContext): Promise<string> {
  const { request, principal, options, signal } = context;
  const item = (typeof entry === "object" && entry !== null ? entry : {}) as Readonly<
    Record<"id" | "headers" | "body" | "workspace", unknown>
  >;
  const id = String(item.id ?? "").slice(0, BATCH_ID_LENGTH_MAX);
  try {
    const workspace = await findReferred(String(item.workspace ?? ""), principal, options);
    await options.authorise(principal, workspace);
    await options.admit(principalKey(principal));
    const asked = readAsked(
      (item.body ?? {}) as Readonly<Record<string, unknown>>,
      preferOf(item.headers),
    );
    const outcome = await runAsked(asked, { principal, workspace, options, signal });
    if (outcome.kind === "fault") {
      logFault(request, workspace, outcome);
      return response(id, QUERY_ERRORS.invalid_request.status, faultText(outcome, request.id));
    }
    logAnswer(request, workspace, outcome);
    return response(id, 200, answerBody(outcome, asked.prefer));
  } catch (thrown) {
    if (signal.aborted) {
      throw thrown;
    }
    const error =
      thrown instanceof AppError
        ? thrown
        : new AppError("internal", "Internal server error", { cause: thrown });
    if (error.code === "internal") {
      request.log.error({ err: error.cause ?? error }, "a query of a batch failed");
    }
    const body = JSON.stringify({ error: queryErrorObject(error, request.id) });
    return response(id, QUERY_ERRORS[error.code].status, body);
  }
}

function preferOf(headers: unknown): string | undefined {
  const entries = typeof headers === "object" && headers !== null ? Object.entries(headers) : [];
  const [, value] = entries.find(([name]) => name.toLowerCase() === "prefer") ?? [];
  return typeof value === "string" ? value : undefined;
}

function response(id: string, status: number, body: string): string {
  return `{"id":${JSON.stringify(id)},"status":${status},"headers":{},"body":${body}}`;
}

function faultText({ error }: Extract<QueryOutcome, { kind: "fault" }>, requestId: string): string {
  return JSON.stringify({ error: { ...faultError(error), correlationId: requestId } });
}

/** Fires when the client goes away before its answer is written. */
function gone(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) {
      controller.abort(new AppError("query_timeout", "The client went away."));
    }
  });
  return controller.signal;
}

function sendJson(reply: FastifyReply, text: string): FastifyReply {
  return reply
    .header("cache-control", "no-store")
    .type("application/json; charset=utf-8")
    .send(text);
}

function logAnswer(
  request: FastifyRequest,
  { workspaceId }: Workspace,
  { answer, compileMs }: Extract<QueryOutcome, { kind: "answer" }>,
): void {
  const { queuedMs, elapsedMs, bytes } = answer.statistics;
  const facts = { workspaceId, rows: answer.rowCount, bytes, compileMs, queuedMs, elapsedMs };
  request.log.info({ ...facts, partial: answer.partial }, "query answered");
}

function logFault(
  request: FastifyRequest,
  { workspaceId }: Workspace,
  { error }: Extract<QueryOutcome, { kind: "fault" }>,
): void {
  const { code, message } = error;
  request.log.info({ workspaceId, code, reason: message }, "query refused");
}
