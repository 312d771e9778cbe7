/**
 * Routes of receipts: what became of each upload request, for people and scripts that hold a token and a
 * role that may read the workspace.
 */

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { ReceiptFilter } from "../manage/index.ts";
import type { Page, Workspace } from "../store/index.ts";
import type { Principal } from "../token/index.ts";
import {
  AppError,
  type Outcome,
  type Receipt,
  type ReceiptPage,
  type ReceiptSummary,
} from "../wire/index.ts";

export interface ReceiptRouteOptions {
  /** @throws AppError `unauthorized`, `wrong_audience` */
  readonly authenticate: (request: FastifyRequest) => Promise<Principal>;
  readonly findWorkspace: (workspaceId: string) => Promise<Workspace | undefined>;
  /** @throws AppError `no_role` */
  readonly authorise: (principal: Principal, workspace: Workspace) => Promise<void>;
  readonly receipts: (query: ReceiptFilter) => Promise<Page<ReceiptSummary>>;
  readonly receipt: (workspaceId: string, requestId: string) => Promise<Receipt | undefined>;
}

const PAGE_SIZE_DEFAULT = 50;
const PAGE_SIZE_MAX = 1000;
const OUTCOMES: readonly (Outcome | "throttled")[] = [
  "accepted",
  "partly_accepted",
  "rejected",
  "empty",
  "refused",
  "deleted",
  "throttled",
];

/** Longest text of a condition: a source. */
const CONDITION_LENGTH_MAX = 256;
const REQUEST_ID = /^[0-9a-fA-F-]{36}$/;

/** Adds `GET /api/v1/workspaces/{id}/requests` and `/requests/{requestId}`. */
export function registerReceiptRoutes(app: FastifyInstance, options: ReceiptRouteOptions): void {
  app.get("/api/v1/workspaces/:workspaceId/requests", async (request, reply) => {
    const workspace = await readableWorkspace(request, options);
    const query = readQuery(request, workspace.workspaceId);
    const page = await options.receipts(query);
    const answer: ReceiptPage = {
      value: page.items,
      nextLink: page.next === null ? null : nextLink(request, page.next),
    };
    return sendJson(reply, answer);
  });
  app.get("/api/v1/workspaces/:workspaceId/requests/:requestId", async (request, reply) => {
    const workspace = await readableWorkspace(request, options);
    const { requestId = "" } = request.params as { requestId?: string };
    const receipt = REQUEST_ID.test(requestId)
      ? await options.receipt(workspace.workspaceId, requestId.toLowerCase())
      : undefined;
    if (receipt === undefined) {
      throw new AppError(
        "not_found",
        `This workspace has no receipt of a request '${requestId}'.`,
        {
          field: "requestId",
        },
      );
    }
    return sendJson(reply, receipt);
  });
}

/** Indented: a receipt is read by people as often as by scripts. */
function sendJson(reply: FastifyReply, value: unknown): FastifyReply {
  return reply
    .header("cache-control", "no-store")
    .type("application/json; charset=utf-8")
    .send(`${JSON.stringify(value, null, 2)}\n`);
}

async function readableWorkspace(
  request: FastifyRequest,
  options: ReceiptRouteOptions,
): Promise<Workspace> {
  const principal = await options.authenticate(request);
  const { workspaceId = "" } = request.params as { workspaceId?: string };
  const workspace = await options.findWorkspace(workspaceId);
  if (workspace === undefined) {
    throw new AppError("workspace_not_found", `Workspace '${workspaceId}' does not exist.`, {
      field: "workspaceId",
    });
  }
  await options.authorise(principal, workspace);
  return workspace;
}

function readQuery(request: FastifyRequest, workspaceId: string): ReceiptFilter {
  const query = request.query as Readonly<Record<string, unknown>>;
  const cursor = query["cursor"];
  const outcome = query["outcome"];
  if (outcome !== undefined && !OUTCOMES.some((known) => known === outcome)) {
    throw new AppError("invalid_request", `outcome must be one of ${OUTCOMES.join(", ")}.`, {
      field: "outcome",
    });
  }
  return {
    workspaceId,
    limit: readLimit(query["limit"]),
    ...(typeof cursor === "string" ? { cursor } : {}),
    ...(outcome === undefined ? {} : { outcome: outcome as Outcome | "throttled" }),
    ...textOf(query, "appId"),
    ...textOf(query, "source"),
  };
}

function textOf<Name extends "appId" | "source">(
  query: Readonly<Record<string, unknown>>,
  name: Name,
): Partial<Record<Name, string>> {
  const value = query[name];
  if (value === undefined) {
    return {};
  }
  if (typeof value !== "string" || value === "" || value.length > CONDITION_LENGTH_MAX) {
    throw new AppError(
      "invalid_request",
      `${name} must be one text of 1 to ${CONDITION_LENGTH_MAX} characters.`,
      { field: name },
    );
  }
  return { [name]: value } as Partial<Record<Name, string>>;
}

function readLimit(raw: unknown): number {
  if (raw === undefined) {
    return PAGE_SIZE_DEFAULT;
  }
  const limit = typeof raw === "string" && /^\d{1,6}$/.test(raw) ? Number(raw) : 0;
  if (limit < 1 || limit > PAGE_SIZE_MAX) {
    throw new AppError(
      "invalid_request",
      `limit must be a whole number from 1 to ${PAGE_SIZE_MAX}.`,
      {
        field: "limit",
      },
    );
  }
  return limit;
}

function nextLink(request: FastifyRequest, cursor: string): string {
  const url = new URL(`${request.protocol}://${request.host}${request.url}`);
  url.searchParams.set("cursor", cursor);
  return url.href;
}
