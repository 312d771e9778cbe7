/** Changes of single objects by hand: create, edit, tag, duplicate, delete. Every change is noted. */
import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { taggedWith } from "../ingest/index.ts";
import { differencesOf, OBJECT_TYPES, observableId } from "../stix/index.ts";
import type { ObjectKey, ObjectVersion } from "../store/index.ts";
import { AppError, type StixObject } from "../wire/index.ts";
import {
  type Acting,
  type ManageParts,
  newStixId,
  noteOf,
  requireObject,
  settled,
  storeObjects,
} from "./context.ts";
import { takeEdit } from "./edit-guard.ts";
import { objectIdOf } from "./object-id.ts";
import { overwrittenBy } from "./overwritten.ts";
import { mayEdit, OWN_SOURCE, provenanceOf } from "./provenance.ts";

/** Properties to set; null removes one. @see RFC 7396 */
export type ObjectPatch = Readonly<Record<string, unknown>>;

/** Which version an edit was made for; undefined: whichever is current. */
export interface EditOptions {
  readonly ifChange: number | undefined;
}

/** Most labels of one call. */
const TAGS_MAX = 100;
const TAG_LENGTH_MAX = 256;

/** What a copy does not take over. */
const NOT_COPIED: readonly string[] = ["id", "created", "modified", "revoked", "valid_until"];

/**
 * Stores an object that somebody made here. Id, times and version are filled in where they are missing.
 * @throws AppError `invalid_request` with what is wrong with each property; `conflict` when the id is taken
 */
export async function createObject(
  parts: ManageParts,
  acting: Acting,
  input: StixObject,
): Promise<ObjectVersion> {
  const object = completed(input, parts.now());
  const key: ObjectKey = {
    workspaceId: acting.workspaceId,
    sourceSystem: OWN_SOURCE,
    stixId: String(object["id"]),
  };
  if ((await parts.store.currentObject(key)) !== undefined) {
    throw new AppError("conflict", `There is an object '${key.stixId}' already.`, { field: "id" });
  }
  const sequence = await storeObjects(parts, acting, {
    sourceSystem: OWN_SOURCE,
    objects: [object],
    notes: ["created by hand"],
  });
  await settled(parts, sequence);
  const stored = await requireObject(parts, key);
  await parts.documents.commit(
    [],
    [noteOf(acting, { action: "object.create", target: objectIdOf(key), after: object })],
  );
  return stored;
}

/**
 * Changes properties of an object.
 * @throws AppError `not_found`; `precondition_failed` with what changed since; `invalid_request` naming a property
 *   that may not be changed or is not valid
 */
export async function editObject(
  parts: ManageParts,
  acting: Acting,
  change: EditOptions & { readonly key: ObjectKey; readonly patch: ObjectPatch },
): Promise<ObjectVersion> {
  const current = await requireObject(parts, change.key);
  await refuseChanged(parts, current, change.ifChange);
  refuseForbidden(current, change.patch);
  const now = parts.now();
  return replaceObject(parts, acting, {
    current,
    change: (object) => edited(object, change.patch, current, now),
    action: "object.edit",
  });
}

/** Adds and removes labels. @throws as `editObject` */
export async function tagObject(
  parts: ManageParts,
  acting: Acting,
  change: EditOptions & {
    readonly key: ObjectKey;
    readonly add: readonly string[];
    readonly remove: readonly string[];
    /** Take all other labels away. */
    readonly replace?: boolean;
  },
): Promise<ObjectVersion> {
  checkTags([...change.add, ...change.remove]);
  const current = await requireObject(parts, change.key);
  await refuseChanged(parts, current, change.ifChange);
  const tagged = (object: StixObject): StixObject => {
    const { labels: given, ...rest } = object;
    const old = Array.isArray(given) ? given.filter((each) => typeof each === "string") : [];
    const labels = taggedWith(change.replace === true ? [] : old, change.add, change.remove);
    return labels.length === 0 ? rest : { ...object, labels };
  };
  return replaceObject(parts, acting, { current, change: tagged, action: "object.tag" });
}

/** A copy under a new id, not stored yet: common metadata, and nothing that makes the original what it is. */
export function duplicateOf(version: ObjectVersion, overrides: ObjectPatch, now: Date): StixObject {
  const object = JSON.parse(version.json) as StixObject;
  const kept = Object.fromEntries(
    Object.entries(object).filter(([name]) => !NOT_COPIED.includes(name)),
  );
  return completed(patched(kept, overrides), now);
}

/** Deletes an object; a tombstone stays. @throws AppError `not_found`, `precondition_failed` */
export async function deleteObject(
  parts: ManageParts,
  acting: Acting,
  { key, ifChange }: EditOptions & { readonly key: ObjectKey },
): Promise<void> {
  const current = await requireObject(parts, key);
  await refuseChanged(parts, current, ifChange);
  await takeEdit(parts, current);
  const { requestId, workspaceId, caller } = acting;
  const sequence = await parts.store.deleteObjects({
    requestId,
    workspaceId,
    receivedAt: parts.now().toISOString(),
    caller,
    sourceSystem: key.sourceSystem,
    stixIds: [key.stixId],
    notes: ["deleted by hand"],
  });
  await settled(parts, sequence);
  await parts.documents.commit(
    [],
    [
      noteOf(acting, {
        action: "object.delete",
        target: objectIdOf(key),
        before: JSON.parse(current.json),
      }),
    ],
  );
}

interface Replacement {
  readonly current: ObjectVersion;
  readonly change: (object: StixObject) => StixObject;
  readonly action: string;
}

async function replaceObject(
  parts: ManageParts,
  acting: Acting,
  { current, change, action }: Replacement,
): Promise<ObjectVersion> {
  const before = JSON.parse(current.json) as StixObject;
  const after = change(before);
  if (isDeepStrictEqual(before, after)) {
    return current;
  }
  const versions = {
    sourceSystem: current.sourceSystem,
    objects: [after],
    notes: ["changed by hand"],
  };
  // Only a valid change takes the version's place: whoever has mistyped something may try again at once.
  const sequence = await storeObjects(parts, acting, versions, () => takeEdit(parts, current));
  await settled(parts, sequence);
  await changeOverwritten(parts, acting, current, change);
  const differences = differencesOf(before, after);
  await parts.documents.commit(
    [],
    [
      noteOf(acting, {
        action,
        target: objectIdOf(current),
        before: Object.fromEntries(differences.map((each) => [each.path, each.before ?? null])),
        after: Object.fromEntries(differences.map((each) => [each.path, each.after ?? null])),
      }),
    ],
  );
  return requireObject(parts, current);
}

/** Makes the change from an upload, too, that came while it was made. */
async function changeOverwritten(
  parts: ManageParts,
  acting: Acting,
  current: ObjectVersion,
  change: Replacement["change"],
): Promise<void> {
  const { requestId } = acting;
  const overwritten = await overwrittenBy(parts.store, current, { requestId, change });
  if (overwritten !== undefined) {
    const sequence = await storeObjects(parts, acting, {
      sourceSystem: current.sourceSystem,
      objects: [change(JSON.parse(overwritten.json) as StixObject)],
      notes: [`changed by hand, from the upload that came during request ${requestId}`],
      requestId: randomUUID(),
    });
    await settled(parts, sequence);
  }
}

/** @throws AppError `precondition_failed` with the differences between the version that was seen and the current one */
async function refuseChanged(
  { store }: ManageParts,
  current: ObjectVersion,
  ifChange: number | undefined,
): Promise<void> {
  if (ifChange === undefined || ifChange === current.change) {
    return;
  }
  const seen = await store.objectVersion(current, ifChange);
  const changes =
    seen === undefined || seen.deleted
      ? []
      : differencesOf(JSON.parse(seen.json), JSON.parse(current.json));
  throw new AppError("precondition_failed", "The object was changed since it was read.", {
    field: "If-Match",
    facts: { change: current.change, changes },
  });
}

function refuseForbidden(current: ObjectVersion, patch: ObjectPatch): void {
  const provenance = provenanceOf(current.sourceSystem);
  const forbidden = Object.keys(patch).filter((name) => !mayEdit(provenance, name));
  const [first] = forbidden;
  if (first !== undefined) {
    const reason =
      provenance === "sourced"
        ? `It belongs to the source "${current.sourceSystem}": only labels, confidence, valid_until and revoked can be changed here.`
        : "It makes the object what it is and can't be changed.";
    throw new AppError("invalid_request", `${first}: ${reason}`, { field: first });
  }
}

/** What is ours gets a new `modified`; a sourced object keeps its own, so that the source's next version is newer. */
function edited(
  before: StixObject,
  patch: ObjectPatch,
  current: ObjectVersion,
  now: Date,
): StixObject {
  const after = patched(before, patch);
  const ours = provenanceOf(current.sourceSystem) === "own" && "modified" in before;
  return ours && !isDeepStrictEqual(before, after)
    ? { ...after, modified: now.toISOString() }
    : after;
}

function patched(object: StixObject, patch: ObjectPatch): StixObject {
  const entries = Object.entries({ ...object, ...patch }).filter(([, value]) => value !== null);
  return Object.fromEntries(entries);
}

/**
 * What the specification asks of every object and a person should not have to type. Which of it a type has, its table
 * says; an observable's id is made from its own values, so that the same one is not stored twice.
 */
function completed(input: StixObject, now: Date): StixObject {
  const type = typeof input["type"] === "string" ? input["type"] : "";
  if (type === "") {
    throw new AppError("invalid_request", "type is missing.", { field: "type" });
  }
  const instant = now.toISOString();
  const table = OBJECT_TYPES.get(type);
  const has = (name: string): boolean =>
    table === undefined || table.properties.some((each) => each.name === name);
  const isVersioned = table?.category !== "sco";
  const defaults: StixObject = {
    type,
    spec_version: "2.1",
    id: observableId(input) ?? newStixId(type),
    ...(isVersioned && has("created") ? { created: instant } : {}),
    ...(isVersioned && has("modified") ? { modified: instant } : {}),
    ...(type === "indicator" ? { pattern_type: "stix", valid_from: instant } : {}),
  };
  return { ...defaults, ...input };
}

function checkTags(tags: readonly string[]): void {
  if (tags.length > TAGS_MAX) {
    throw new AppError("invalid_request", `At most ${TAGS_MAX} tags at once.`, { field: "tags" });
  }
  const bad = tags.find((tag) => tag.trim() === "" || tag.length > TAG_LENGTH_MAX);
  if (bad !== undefined) {
    throw new AppError("invalid_request", `A tag has 1 to ${TAG_LENGTH_MAX} characters.`, {
      field: "tags",
    });
  }
}
