/**
 * The route of the Logs Ingestion API: records of a stream of a data collection rule. The answer comes when they are on
 * disk, and has no body.
 * @see Azure Monitor, "Logs Ingestion API, REST API call"
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import {
  type CollectionRule,
  type LogIngestion,
  parseLogJson,
  receiptNotes,
} from "../query/index.ts";
import type { Workspace } from "../store/index.ts";
import { type Principal, principalKey } from "../token/index.ts";
import { AppError } from "../wire/index.ts";
import { bodyText, leaveBodies, type PlaneBodyLimits } from "./plane-body.ts";

export interface LogsIngestionRouteOptions {
  /** For the plane of logs. @throws AppError `unauthorized`, `wrong_audience` */
  readonly authenticate: (request: FastifyRequest) => Promise<Principal>;
  readonly findWorkspace: (workspaceId: string) => Promise<Workspace | undefined>;
  /** Whether the caller may send logs. @throws AppError `no_role` */
  readonly authorise: (principal: Principal, workspace: Workspace) => Promise<void>;
  /** Counts a request. @throws AppError `throttled` */
  readonly admit: (principalKey: string) => Promise<void>;
  readonly logs: LogIngestion;
  readonly bodyLimits: PlaneBodyLimits;
}

/** Header that says what of the records was not kept. */
const NOTES_HEADER = "x-stixgate-notes";
const NOTES_LENGTH_MAX = 1000;

/** Adds the ingestion route. */
export function registerLogsIngestionRoutes(
  app: FastifyInstance,
  options: LogsIngestionRouteOptions,
): void {
  void app.register((scope, _options, done) => {
    leaveBodies(scope);
    scope.post(
      "/dataCollectionRules/:ruleId/streams/:stream",
      { config: { errors: "ingestion" } },
      (request, reply) => handle(request, reply, options),
    );
    done();
  });
}

async function handle(
  request: FastifyRequest,
  reply: FastifyReply,
  options: LogsIngestionRouteOptions,
): Promise<FastifyReply> {
  const startMs = performance.now();
  const principal = await options.authenticate(request);
  const { ruleId = "", stream = "" } = request.params as {
    readonly ruleId?: string;
    readonly stream?: string;
  };
  const { rule, workspace } = await findRule(ruleId, principal, options);
  await options.authorise(principal, workspace);
  await options.admit(principalKey(principal));
  const body = parseLogJson(await bodyText(request, options.bodyLimits));
  const receipt = await options.logs.accept(rule, stream, body);
  const notes = receiptNotes(receipt)
    .replaceAll(/[^\x20-\x7e]/g, "?")
    .slice(0, NOTES_LENGTH_MAX);
  request.log.info(
    {
      workspaceId: workspace.workspaceId,
      table: receipt.table,
      rows: receipt.rows,
      elapsedMs: Math.round(performance.now() - startMs),
      ...(notes === "" ? {} : { notes }),
    },
    "logs accepted",
  );
  return (notes === "" ? reply : reply.header(NOTES_HEADER, notes)).code(204).send();
}

async function findRule(
  ruleId: string,
  principal: Principal,
  options: LogsIngestionRouteOptions,
): Promise<{ readonly rule: CollectionRule; readonly workspace: Workspace }> {
  const rule = await options.logs.findRule(ruleId);
  const workspace = rule === undefined ? undefined : await options.findWorkspace(rule.workspaceId);
  if (rule === undefined || workspace?.tenantId !== principal.tenantId) {
    throw new AppError(
      "not_found",
      `Data collection rule with immutable Id '${ruleId.slice(0, 100)}' not found.`,
      { field: "immutableId" },
    );
  }
  return { rule, workspace };
}

/** What a sender wants to know and the status 204 has no body for. */
