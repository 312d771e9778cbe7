/**
 * The upload use case: who may upload, what becomes of each record, and the receipt of it all.
 *
 * A request passes `admit` (workspace, role, throttle) before its body is read, and `accept` after. What is
 * refused behind the role check leaves a receipt too, so that a connector's developer finds every request
 * that a workspace has seen. Nothing here knows a status code.
 */

import type { IntakeRequest, Sequence, Store, Workspace } from "../store/index.ts";
import { type Principal, principalKey } from "../token/index.ts";
import {
  AppError,
  GENERATIONS,
  type Generation,
  isGuid,
  type Outcome,
  type RecordError,
} from "../wire/index.ts";
import type {
  ProcessedRecords,
  RecordJob,
  RecordOptions,
  RecordProcessor,
  RequestFacts,
} from "./records.ts";
import type { IngestionRule } from "./rules.ts";
import type { Throttle } from "./throttle.ts";

/** Everything that is known of an upload request before its body is read. */
export interface UploadContext {
  /** GUID that every answer carries. */
  readonly requestId: string;
  readonly generation: Generation;
  /** As received, cut to 64 characters; recorded, never refused. */
  readonly apiVersion: string;
  /** As it stands in the path. */
  readonly workspaceId: string;
  readonly principal: Principal;
  readonly userAgent: string;
  /** Headers that its receipt keeps; no secrets. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What became of an upload that was looked at. */
export interface UploadResult {
  readonly outcome: Exclude<Outcome, "refused">;
  /** The rejected records, in the order of the request. */
  readonly errors: readonly RecordError[];
  /** Position of the request in the intake log. */
  readonly sequence: Sequence;
  readonly received: number;
}

/** Limits of one application. */
export interface UploadLimits {
  readonly requestsPerMinute: number;
  readonly objectsPerRequest: number;
}

export interface UploadOptions {
  readonly unrevoke: RecordOptions["unrevoke"];
  /** Undefined: no throttle, only the number of objects is limited. */
  readonly throttle: Throttle | undefined;
  /** The limits that hold for a client id. */
  readonly limitsOf: (appId: string) => UploadLimits;
}

/** What the use case needs of others. */
export interface UploadPorts {
  readonly store: Store;
  readonly process: RecordProcessor;
  /** Ingestion rules of a workspace; asked for with each request, so it answers from memory. */
  readonly rulesOf?: (workspaceId: string) => Promise<readonly IngestionRule[]>;
  readonly findWorkspace: (workspaceId: string) => Promise<Workspace | undefined>;
  /** @throws AppError `no_role` */
  readonly authorise: (principal: Principal, workspace: Workspace) => Promise<void>;
  readonly now: () => Date;
  /** Milliseconds of a clock that does not jump. */
  readonly monotonicMs: () => number;
  /** Told when a receipt of a refused request could not be kept. */
  readonly onReceiptLost: (requestId: string, cause: unknown) => void;
}

/** The upload use case. */
export interface Uploads {
  /**
   * Decides whether the caller may upload now, in an order by which strangers learn nothing.
   * @throws AppError `invalid_workspace_id`, `workspace_not_found`, `no_role`, `throttled`
   */
  readonly admit: (context: UploadContext) => Promise<void>;
  /**
   * Validates and stores the records of an admitted request; resolves when the request is on disk.
   * @param notes remarks for the receipt, such as an unreadable character encoding
   * @throws AppError `malformed_body`, `invalid_request`, `store_unavailable`, `overloaded`
   */
  readonly accept: (
    context: UploadContext,
    text: string,
    notes: readonly string[],
  ) => Promise<UploadResult>;
  /** Keeps the receipt of an admitted request whose body could not be used, such as one too large. */
  readonly keepRefusal: (context: UploadContext, error: AppError) => Promise<void>;
}

/** Receipts of throttled requests that may wait for the disk; more are only logged, so that a client
 * without a pause cannot fill memory. */
const THROTTLE_RECEIPTS_PENDING_MAX = 256;

/** How long an upload waits for the index, which is milliseconds behind while it is well. */
const INDEX_WAIT_MS = 10_000;

/** Makes the use case. */
export function createUploads(ports: UploadPorts, options: UploadOptions): Uploads {
  const keepThrottled = throttleReceipts(ports);
  return {
    async admit(context) {
      const workspace = await findWorkspace(ports, context.workspaceId);
      await ports.authorise(context.principal, workspace);
      const error = await throttleRefusal(context.principal, ports.monotonicMs(), options);
      if (error !== undefined) {
        keepThrottled(context, error);
        throw error;
      }
    },
    async accept(context, text, notes) {
      const request = requestFacts(context, ports.now());
      const rules = (await ports.rulesOf?.(request.workspaceId)) ?? [];
      return accept(ports, options, {
        request,
        text,
        notes,
        objectsMax: options.limitsOf(context.principal.appId).objectsPerRequest,
        revoked: [],
        ...(rules.length === 0 ? {} : { rules }),
      });
    },
    async keepRefusal(context, error) {
      try {
        await ports.store.append(refusedRequest(context, error, ports.now()));
      } catch (cause) {
        ports.onReceiptLost(context.requestId, cause);
      }
    },
  };
}

async function findWorkspace(ports: UploadPorts, workspaceId: string): Promise<Workspace> {
  if (!isGuid(workspaceId)) {
    throw new AppError("invalid_workspace_id", "Workspace Id must be a valid GUID.", {
      field: "workspaceId",
    });
  }
  const workspace = await ports.findWorkspace(workspaceId);
  if (workspace === undefined) {
    throw new AppError("workspace_not_found", `Workspace '${workspaceId}' does not exist.`);
  }
  return workspace;
}

/** The refusal that a principal meets beyond its limit; undefined while it may pass. */
async function throttleRefusal(
  principal: Principal,
  nowMs: number,
  options: UploadOptions,
): Promise<AppError | undefined> {
  if (options.throttle === undefined) {
    return undefined;
  }
  const limit = options.limitsOf(principal.appId).requestsPerMinute;
  const { retryAfterSeconds } = await options.throttle.take(principalKey(principal), limit, nowMs);
  return retryAfterSeconds > 0 ? throttledError(retryAfterSeconds, limit) : undefined;
}

/** Keeps receipts of throttled requests without making their callers wait for the disk. */
function throttleReceipts(ports: UploadPorts): (context: UploadContext, error: AppError) => void {
  let pending = 0;
  return (context, error) => {
    if (pending >= THROTTLE_RECEIPTS_PENDING_MAX) {
      ports.onReceiptLost(context.requestId, "too many receipts of throttled requests are waiting");
      return;
    }
    pending += 1;
    ports.store
      .append(refusedRequest(context, error, ports.now()))
      .catch((cause: unknown) => ports.onReceiptLost(context.requestId, cause))
      .finally(() => {
        pending -= 1;
      });
  };
}

async function accept(
  ports: UploadPorts,
  options: UploadOptions,
  job: RecordJob,
): Promise<UploadResult> {
  let processed = await ports.process(job);
  const revoked = await findRevoked(ports.store, job, { processed, unrevoke: options.unrevoke });
  if (revoked.length > 0) {
    // Rare enough to do the work again rather than to ask the store before each first time.
    processed = await ports.process({ ...job, revoked });
  }
  const { outcome, errors, prepared } = processed;
  const sequence = await ports.store.append(prepared);
  return { outcome, errors, sequence, received: prepared.received };
}

/** The documented text, which clients take the number of seconds from (Upload API, "Throttling limits"). */
function throttledError(retryAfterSeconds: number, limit: number): AppError {
  return new AppError(
    "throttled",
    `Rate limit is exceeded. Try again in ${retryAfterSeconds} seconds.`,
    { retryAfterSeconds, detail: `more than ${limit} requests in a minute` },
  );
}

function requestFacts(context: UploadContext, now: Date): RequestFacts {
  const { tenantId, objectId, appId } = context.principal;
  return {
    requestId: context.requestId,
    workspaceId: context.workspaceId.toLowerCase(),
    receivedAt: now.toISOString(),
    generation: context.generation,
    apiVersion: context.apiVersion,
    caller: {
      ...{ tenantId, objectId, appId, userAgent: context.userAgent },
      ...(context.headers === undefined ? {} : { headers: context.headers }),
    },
  };
}

function refusedRequest(context: UploadContext, error: AppError, now: Date): IntakeRequest {
  return {
    ...requestFacts(context, now),
    outcome: "refused",
    sourceSystem: null,
    refusal: { code: error.code, message: refusalText(error) },
    notes: [],
    received: 0,
    objects: [],
    rejections: [],
  };
}

function refusalText(error: AppError): string {
  return error.detail === undefined || error.detail === ""
    ? error.message
    : `${error.message} (${error.detail})`;
}

interface RevocationQuestion {
  readonly processed: ProcessedRecords;
  readonly unrevoke: UploadOptions["unrevoke"];
}

/** Which of the accepted objects are revoked already, when the setting makes that matter. */
async function findRevoked(
  store: Store,
  { request }: RecordJob,
  { processed, unrevoke }: RevocationQuestion,
): Promise<readonly string[]> {
  const { activeIds, sourceSystem } = processed;
  if (unrevoke === "allow" || activeIds.length === 0) {
    return [];
  }
  if (unrevoke === "reject") {
    // Otherwise an upload that follows a revocation closely could slip through before it is indexed.
    await indexed(store);
  }
  const revoked: string[] = [];
  for (let start = 0; start < activeIds.length; start += REVOKED_KEYS_MAX) {
    const ids = activeIds.slice(start, start + REVOKED_KEYS_MAX);
    const keys = ids.map((stixId) => ({ workspaceId: request.workspaceId, sourceSystem, stixId }));
    revoked.push(...(await store.revokedObjects(keys)));
  }
  return revoked;
}

/** Keys in one question to the store. */
const REVOKED_KEYS_MAX = 10_000;

async function indexed(store: Store): Promise<void> {
  try {
    await store.waitIndexed(store.position().appended, AbortSignal.timeout(INDEX_WAIT_MS));
  } catch (cause) {
    throw new AppError("overloaded", "The index is behind the uploads. Try again later.", {
      cause,
    });
  }
}

/** The documented path of a generation, for messages that name the right one. */
export function uploadPathOf(generation: Generation): string {
  return GENERATIONS[generation].path.replace(":workspaceId", "{workspaceId}");
}
