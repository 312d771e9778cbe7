/** What the parts of this room share: the stores, a clock, who acts, and how a change of an object is stored. */
import { randomUUID } from "node:crypto";
import { type ProcessedRecords, prepareRecords } from "../ingest/index.ts";
import { OBJECT_TYPES, type ValidationOptions, validateObject } from "../stix/index.ts";
import type {
  AuditNote,
  DocumentStore,
  JsonValue,
  ObjectKey,
  ObjectVersion,
  Sequence,
  Store,
} from "../store/index.ts";
import { AppError, type ReceiptCaller, type StixObject } from "../wire/index.ts";
import { objectIdOf } from "./object-id.ts";

/** What management is made of. */
export interface ManageParts {
  readonly store: Store;
  readonly documents: DocumentStore;
  /** How objects that people make or change are validated: as uploads are. */
  readonly validation: ValidationOptions;
  readonly now: () => Date;
}

/** Who acts, and in which request. */
export interface Acting {
  readonly workspaceId: string;
  readonly actor: { readonly id: string; readonly name: string };
  readonly caller: ReceiptCaller;
  /** GUID of the call. */
  readonly requestId: string;
}

/** How long a change waits for the index, which is milliseconds behind while it is well. */
const INDEX_WAIT_MS = 10_000;

/** What the receipts of changes by hand name as the version of the API. */
const API_VERSION = "manage/v1";

/** The current version. @throws AppError `not_found` */
export async function requireObject(
  { store }: Pick<ManageParts, "store">,
  key: ObjectKey,
): Promise<ObjectVersion> {
  const found = await store.currentObject(key);
  if (found === undefined) {
    throw new AppError("not_found", `There is no object '${objectIdOf(key)}'.`, { field: "id" });
  }
  return found;
}

/** Waits until what was appended can be read and searched. @throws AppError `overloaded` when that takes too long */
export async function settled({ store }: Pick<ManageParts, "store">, at: Sequence): Promise<void> {
  const signal = AbortSignal.timeout(INDEX_WAIT_MS);
  try {
    await store.waitIndexed(at, signal);
    await store.waitSearchable(at, signal);
  } catch (cause) {
    if (cause instanceof AppError) {
      throw cause;
    }
    throw new AppError(
      "overloaded",
      "The change is stored; the index is behind. Try again later.",
      {
        cause,
      },
    );
  }
}

/** Objects to be stored under one source. */
export interface NewVersions {
  readonly sourceSystem: string;
  readonly objects: readonly StixObject[];
  /** Remarks for the receipt. */
  readonly notes: readonly string[];
  /** The request's own id when left out. */
  readonly requestId?: string;
}

/**
 * Validates objects as an upload would and stores them: all, or none when one is wrong.
 * @param beforeStoring what has to succeed between the two
 */
export async function storeObjects(
  parts: ManageParts,
  acting: Acting,
  versions: NewVersions,
  beforeStoring: () => Promise<void> = async () => undefined,
): Promise<Sequence> {
  const processed = prepareObjects(parts, acting, versions);
  if (processed.errors.length > 0) {
    throw invalidObjects(processed);
  }
  await beforeStoring();
  return parts.store.append(processed.prepared);
}

/** Validates objects and prepares them for the store. */
export function prepareObjects(
  parts: ManageParts,
  acting: Acting,
  { sourceSystem, objects, notes, requestId = acting.requestId }: NewVersions,
): ProcessedRecords {
  return prepareRecords({
    request: {
      requestId,
      workspaceId: acting.workspaceId,
      receivedAt: parts.now().toISOString(),
      generation: "v3",
      apiVersion: API_VERSION,
      caller: acting.caller,
    },
    sourceSystem,
    records: objects.map((value) => ({ value, json: JSON.stringify(value) })),
    notes,
    validation: byHand(parts.validation),
    // Somebody who changes an object by hand may take a revocation back. @see sentinel-api, conflict C9
    unrevoke: "allow",
    revoked: new Set(),
  });
}

const optionsByHand = new WeakMap<ValidationOptions, ValidationOptions>();

/** People relate observables to what they know, so by hand these are objects of their own. */
function byHand(validation: ValidationOptions): ValidationOptions {
  const known = optionsByHand.get(validation) ?? { ...validation, observables: true };
  optionsByHand.set(validation, known);
  return known;
}

/** Types of objects that can be made by hand on this server, in the order of the standard. */
export function makeableTypes({ validation }: Pick<ManageParts, "validation">): readonly string[] {
  return [...OBJECT_TYPES.keys()].filter((type) =>
    validateObject({ type }, byHand(validation)).findings.every(
      ({ rule, severity }) => rule !== "type.supported" || severity !== "error",
    ),
  );
}

function invalidObjects({ errors }: ProcessedRecords): AppError {
  const first = errors[0]?.errorMessages[0] ?? "The object is not valid.";
  return new AppError("invalid_request", first, { field: "object", facts: { errors } });
}

/** A change of objects as the audit log keeps it. */
export function noteOf(
  acting: Acting,
  note: Pick<AuditNote, "action" | "target"> & {
    readonly before?: unknown;
    readonly after?: unknown;
  },
): AuditNote {
  return {
    workspaceId: acting.workspaceId,
    actor: acting.actor.id,
    actorName: acting.actor.name,
    action: note.action,
    target: note.target,
    before: (note.before ?? null) as JsonValue,
    after: (note.after ?? null) as JsonValue,
    requestId: acting.requestId,
  };
}

/** A new id of a STIX object. */
export function newStixId(type: string): string {
  return `${type}--${randomUUID()}`;
}
