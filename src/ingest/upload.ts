/**
 * The upload use case: who may upload, what becomes of each record, and the receipt of it all.
 *
 * A request passes `admit` (workspace, role, throttle) before its body is read, and `accept` after. What is
 * refused behind the role check leaves a receipt too, so that a connector's developer finds every request
 * that a workspace has seen. Nothing here knows a status code.
 */

import type { Finding, Validation, ValidationOptions } from "../stix/index.ts";
import { messageOf, validateObject } from "../stix/index.ts";
import type {
  IntakeObject,
  IntakeRejection,
  IntakeRequest,
  ObjectKey,
  Sequence,
  Store,
  Workspace,
} from "../store/index.ts";
import { type Principal, principalKey } from "../token/index.ts";
import {
  AppError,
  GENERATIONS,
  type Generation,
  type Outcome,
  type ReceiptFinding,
  type RecordError,
} from "../wire/index.ts";
import type { Throttle } from "./throttle.ts";
import { readUploadBody, type UploadBody, type UploadRecord } from "./upload-body.ts";

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
  readonly validation: Readonly<Record<Generation, ValidationOptions>>;
  readonly unrevoke: "keep-revoked" | "reject" | "allow";
  readonly acceptAnyArrayKeyV3: boolean;
  readonly depthMax: number;
  /** Undefined: no throttle, only the number of objects is limited. */
  readonly throttle: Throttle | undefined;
  /** The limits that hold for a client id. */
  readonly limitsOf: (appId: string) => UploadLimits;
}

/** What the use case needs of others. */
export interface UploadPorts {
  readonly store: Store;
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

const WORKSPACE_ID = /^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$/;

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
    accept: (context, text, notes) => accept(ports, options, { context, text, notes }),
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
  if (!WORKSPACE_ID.test(workspaceId)) {
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

interface AdmittedUpload {
  readonly context: UploadContext;
  readonly text: string;
  readonly notes: readonly string[];
}

async function accept(
  ports: UploadPorts,
  options: UploadOptions,
  { context, text, notes }: AdmittedUpload,
): Promise<UploadResult> {
  const body = readUploadBody(text, {
    generation: context.generation,
    acceptAnyArrayKey: context.generation === "v3" && options.acceptAnyArrayKeyV3,
    depthMax: options.depthMax,
    objectsMax: options.limitsOf(context.principal.appId).objectsPerRequest,
  });
  const { objects, rejections } = sortRecords(body.records, {
    validation: options.validation[context.generation],
    unrevoke: options.unrevoke,
    revoked: await findRevoked(ports.store, keysOf(context, body), options.unrevoke),
  });
  const outcome = outcomeOf(objects.length, rejections.length);
  const received = body.records.length;
  const sequence = await ports.store.append({
    ...requestFacts(context, ports.now()),
    outcome,
    sourceSystem: body.sourceSystem,
    refusal: null,
    notes,
    received,
    objects,
    rejections,
  });
  const errors = rejections.map(({ recordIndex, errors }) => ({
    recordIndex,
    errorMessages: errors.map((error) => error.message),
  }));
  return { outcome, errors, sequence, received };
}

/** The documented text, which clients take the number of seconds from (Upload API, "Throttling limits"). */
function throttledError(retryAfterSeconds: number, limit: number): AppError {
  return new AppError(
    "throttled",
    `Rate limit is exceeded. Try again in ${retryAfterSeconds} seconds.`,
    { retryAfterSeconds, detail: `more than ${limit} requests in a minute` },
  );
}

function outcomeOf(accepted: number, rejected: number): UploadResult["outcome"] {
  if (rejected === 0) {
    return accepted === 0 ? "empty" : "accepted";
  }
  return accepted === 0 ? "rejected" : "partly_accepted";
}

type RequestFacts = Pick<
  IntakeRequest,
  "requestId" | "workspaceId" | "receivedAt" | "generation" | "apiVersion" | "caller"
>;

function requestFacts(context: UploadContext, now: Date): RequestFacts {
  const { tenantId, objectId, appId } = context.principal;
  return {
    requestId: context.requestId,
    workspaceId: context.workspaceId.toLowerCase(),
    receivedAt: now.toISOString(),
    generation: context.generation,
    apiVersion: context.apiVersion,
    caller: { tenantId, objectId, appId, userAgent: context.userAgent },
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

/** Which of these objects are revoked already, when the setting makes that matter. */
async function findRevoked(
  store: Store,
  keys: readonly ObjectKey[],
  unrevoke: UploadOptions["unrevoke"],
): Promise<ReadonlySet<string>> {
  if (unrevoke === "allow" || keys.length === 0) {
    return new Set();
  }
  if (unrevoke === "reject") {
    // Otherwise an upload that follows a revocation closely could slip through before it is indexed.
    await indexed(store);
  }
  return store.revokedObjects(keys);
}

async function indexed(store: Store): Promise<void> {
  try {
    await store.waitIndexed(store.position().appended, AbortSignal.timeout(INDEX_WAIT_MS));
  } catch (cause) {
    throw new AppError("overloaded", "The index is behind the uploads. Try again later.", {
      cause,
    });
  }
}

/** Keys of the records that have an id. */
function keysOf(context: UploadContext, body: UploadBody): readonly ObjectKey[] {
  const workspaceId = context.workspaceId.toLowerCase();
  return body.records.flatMap(({ value }) => {
    const stixId = textProperty(value, "id");
    return stixId === null ? [] : [{ workspaceId, sourceSystem: body.sourceSystem, stixId }];
  });
}

interface SortOptions {
  readonly validation: ValidationOptions;
  readonly unrevoke: UploadOptions["unrevoke"];
  readonly revoked: ReadonlySet<string>;
}

interface SortedRecords {
  readonly objects: readonly IntakeObject[];
  readonly rejections: readonly IntakeRejection[];
}

function sortRecords(records: readonly UploadRecord[], options: SortOptions): SortedRecords {
  const objects: IntakeObject[] = [];
  const rejections: IntakeRejection[] = [];
  records.forEach((record, recordIndex) => {
    const validation = withRevocation(validateObject(record.value, options.validation), options);
    const warnings = receiptFindings(validation.findings, "warning");
    if (validation.valid && validation.facts !== undefined) {
      const facts = { ...validation.facts, keepRevoked: options.unrevoke === "keep-revoked" };
      objects.push({ recordIndex, json: record.json, facts, warnings });
    } else {
      const errors = receiptFindings(validation.findings, "error");
      const stixId = textProperty(record.value, "id");
      rejections.push({ recordIndex, json: record.json, stixId, errors, warnings });
    }
  });
  return { objects, rejections };
}

/**
 * Adds what holds of a revoked object that is uploaded without `revoked`.
 * @see Upload API, "Common properties": "Revoking an object is permanent"
 */
function withRevocation(validation: Validation, options: SortOptions): Validation {
  const { facts } = validation;
  if (facts === undefined || facts.revoked || !options.revoked.has(facts.stixId)) {
    return validation;
  }
  const rejects = options.unrevoke === "reject";
  const finding: Finding = {
    rule: "state.revoked",
    severity: rejects ? "error" : "warning",
    path: "revoked",
    reason: rejects
      ? "Revoking an object is permanent; a later version must not be created"
      : "The object was revoked earlier and stays revoked",
    value: false,
  };
  return { ...validation, valid: !rejects, findings: [...validation.findings, finding] };
}

function receiptFindings(
  findings: readonly Finding[],
  severity: Finding["severity"],
): readonly ReceiptFinding[] {
  return findings
    .filter((finding) => finding.severity === severity)
    .map((finding) => ({ rule: finding.rule, path: finding.path, message: messageOf(finding) }));
}

/** A property of a record as far as it is a text; ids are cut where no honest one reaches. */
function textProperty(value: unknown, name: string): string | null {
  const property =
    typeof value === "object" && value !== null && Object.hasOwn(value, name)
      ? (value as Readonly<Record<string, unknown>>)[name]
      : undefined;
  return typeof property === "string" && property !== ""
    ? property.slice(0, STIX_ID_LENGTH_MAX)
    : null;
}

const STIX_ID_LENGTH_MAX = 1024;

/** The documented path of a generation, for messages that name the right one. */
export function uploadPathOf(generation: Generation): string {
  return GENERATIONS[generation].path.replace(":workspaceId", "{workspaceId}");
}
